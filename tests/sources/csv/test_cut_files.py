"""CSV files that were cut from one: the header is in the first alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, evaluate

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
