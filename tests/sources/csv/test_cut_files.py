"""CSV files that were cut from one: the header is in the first alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

ROWS = ["id,y_hat,y", "a,1,1.5", "b,2,2", "c,3,5", "d,4,4", "e,1,1"]


def cut(folder: Path, *parts: list[str]) -> Path:
    """Write each part as a file."""
    folder.mkdir()
    for i, rows in enumerate(parts):
        (folder / f"x{i}.csv").write_text("".join(f"{row}\n" for row in rows))
    return folder


def test_files_of_split_are_read_with_the_header_of_the_first(tmp_path: Path) -> None:
    for n in (1, 2, 3):  # with 1, the first file has no row of data
        parts = [ROWS[i : i + n] for i in range(0, len(ROWS), n)]
        if n == 1:
            parts = [[row.partition(",")[2] for row in part] for part in parts]
        folder = cut(tmp_path / str(n), *parts)
        found = evaluate(folder, pred="y_hat", target="y", betas=1.0)
        assert (found.n, found.sum) == (5, 0.125 + 1.5)
        choices = [d.choice for d in found.decisions if d.subject == "header"]
        assert choices[-1] == "only the first file has one"


A_HEADER, DATA = ROWS[:1], ROWS[4:5]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((ROWS[:3], A_HEADER + DATA, DATA), r"x2\.csv: begins with data, but .*x0\.csv with a hea"),
        ((ROWS[:3], DATA, A_HEADER + DATA), r"x2\.csv: begins with a header, but other files with"),
        ((["1,2"], ["y_hat,y", "1,2"]), r"x1\.csv: begins with a header, but .*x0\.csv with data"),
        ((ROWS[:3], ["d,4"]), r"x1\.csv: no column 'y_hat'"),
        ((ROWS[:3], ["4,d,4"]), r"x1\.csv: no column 'y_hat'"),
    ],
)
def test_a_header_in_some_files_is_refused(
    parts: tuple[list[str], ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=said):
        evaluate(cut(tmp_path / "x", *parts), pred="y_hat", target="y")


def test_a_header_in_all_but_the_first_file_is_refused(tmp_path: Path) -> None:
    folder = cut(tmp_path / "x", ["1,2"], ["y_hat,y", "1,2"])
    with pytest.raises(DataError, match=r"x1\.csv: begins with a header, but .*x0\.csv with data"):
        evaluate(folder, pred="@1", target="@2")


def test_a_header_in_each_file_is_no_data(tmp_path: Path) -> None:
    folder = cut(tmp_path / "x", ROWS[:3], ROWS[:1] + ROWS[3:])
    assert evaluate(folder, pred="y_hat", target="y").n == 5


TITLE, PAIRS = "Report, all of it", ["1,1.5", "2,2", "3,5", "4,4"]


@pytest.mark.parametrize(
    ("above", "n", "header"), [([TITLE, "p,y"], 1, None), ([TITLE, "p,y"], 2, False)]
)
def test_rows_are_not_left_out_as_lines_above_a_table(
    above: list[str], n: int, header: bool | None, tmp_path: Path
) -> None:
    folder = cut(tmp_path / "x", above + PAIRS[:2], [*PAIRS[2:], *PAIRS])
    options = ReadOptions(skip_rows=n, header=header)
    with pytest.raises(DataError, match=r"x1\.csv: line 1, '3,5', looks like a row") as caught:
        evaluate(folder, pred="@1", target="@2", options=options)
    assert caught.value.hint is not None


@pytest.mark.parametrize("above", [[TITLE], ["0,1"], ["7,8"]])
def test_lines_above_the_table_in_each_file_are_left_out(above: list[str], tmp_path: Path) -> None:
    parts = [[*above, "p,y", *PAIRS[:2]], [*above, "p,y", *PAIRS[2:]]]
    result = evaluate(
        cut(tmp_path / "x", *parts), pred="p", target="y", options=ReadOptions(skip_rows=1)
    )
    assert result.n == 4


def test_titles_of_files_may_differ(tmp_path: Path) -> None:
    parts = [[f"{name},2024", "p,y", *PAIRS] for name in ("Oslo", "Bern")]
    result = evaluate(
        cut(tmp_path / "x", *parts), pred="p", target="y", options=ReadOptions(skip_rows=1)
    )
    assert result.n == 8


def test_lines_above_the_own_header_of_each_file_may_look_like_rows(tmp_path: Path) -> None:
    """A station, its latitude and its longitude."""
    for i in (1, 2, 3):
        lines = (f"{100 + i},48.{i},16.{i}", "time,p,y", f"1,1.5,2.{i}", "2,2.5,3")
        (tmp_path / f"{i}.csv").write_text("".join(f"{line}\n" for line in lines))
    pattern, skipped = str(tmp_path / "*.csv"), ReadOptions(skip_rows=1)
    assert evaluate(pattern, pred="p", target="y", options=skipped).n == 6
