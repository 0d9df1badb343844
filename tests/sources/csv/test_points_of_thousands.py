"""Points that may part thousands, where nobody said that they are decimal marks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from smoothl1.sources.csv.table import CsvTable
from tests.sources.files import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SALES = "s;p;t\na;1.234;1.300\nb;987;950\nc;12.345;12.000\nd;640;702\n"


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "whitespace"])
@pytest.mark.parametrize("more", ["", "e;;-1.000\n", "f;+999.999;0\n", "e;3;7\n" * 9999])
def test_points_that_may_part_thousands_are_refused(
    save: Callable[[str], Path], delimiter: str, more: str
) -> None:
    mark = {"whitespace": "\t "}.get(delimiter, delimiter)
    path = save((SALES + more).replace(";", mark))
    options = ReadOptions(delimiter=delimiter, allow_missing=True)
    with pytest.raises(DataError, match=r"column 'p' has '1.234' and '987'") as caught:
        evaluate(path, pred="p", target="t", options=options)
    assert caught.value.hint is not None
    assert "--decimal . if" in caught.value.hint


@pytest.mark.parametrize("header", ["", "p;t\n"])
def test_the_first_row_and_columns_without_names_count(
    save: Callable[[str], Path], header: str
) -> None:
    path = save(f"{header}1.250;1.000\n990;950\n")
    options = ReadOptions(delimiter=";", header=bool(header))
    with pytest.raises(DataError, match=r"has '1.250' and '990'"):
        evaluate(path, pred="@1", target="@2", options=options)


def test_whoever_says_that_points_are_decimal_marks_is_believed(
    save: Callable[[str], Path],
) -> None:
    options = ReadOptions(delimiter=";", decimal=".")
    assert evaluate(save(SALES), pred="p", target="t", options=options).n == 4


@pytest.mark.parametrize(
    "rows",
    [
        "1.234;1.250\n987.000;950.000\n",  # all are fractions
        "1.234;1.251\n987;950\n",  # none ends in zero
        "1.230;1.250\n-999;-999\n2.000;1.000\n",  # one value, which may be missing
        "1.230;1.250\n-999;-1\n",
        "0;1.250\n1.250;0\n",
        "0.250;1.250\n987;0.950\n",  # a zero before the point
        "1.23;1.2\n987;950.5\n",
        "1.230;1.250\n1987;1950\n",
        "1.250;1\n2.750;3\n",  # fractions beside counts
    ],
)
def test_fractions_as_programs_write_them_are_read(save: Callable[[str], Path], rows: str) -> None:
    result = evaluate(
        save(f"p;t\n{rows}"), pred="p", target="t", options=ReadOptions(delimiter=";")
    )
    assert result.n == rows.count("\n")


def test_columns_that_are_not_evaluated_do_not_count(save: Callable[[str], Path]) -> None:
    path = save("p;t;price\n1.5;1;1.200\n2.5;2;950\n2.5;2;640\n")
    assert evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";")).n == 3


def test_a_comma_between_cells_settles_nothing(save: Callable[[str], Path]) -> None:
    with pytest.raises(DataError, match=r"has '1.234' and '987'"):
        evaluate(save(SALES.replace(";", ",")), pred="p", target="t")
    quoted = 's,p,t,part\na,1.234,1.300,"0,5"\nb,987,950,"0,25"\nc,12.500,11.870,"1,0"\n'
    with pytest.raises(DataError, match=r"has '1.234' and '987'"):
        evaluate(save(quoted), pred="p", target="t")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_a_file_of_one_column_has_no_delimiter(tmp_path: Path, end: str) -> None:
    for name, rows in (("p", "p 1.230 987 12.500 640"), ("t", "t 1300 1001 11870 702")):
        text = (end or "\n").join(rows.split())
        (tmp_path / f"{name}.csv").write_bytes((text + end).encode())
    with pytest.raises(DataError, match=r"column 'p' has '1.230' and '987'"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", warn=lambda _: None)


def test_texts_of_json_lines_may_have_thousands_and_numbers_have_decimal_points(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.jsonl"
    pairs = [("1.234", "1.300"), ("987", "1.001"), ("12.500", "11.870"), ("640", "702")]
    path.write_text("".join(f'{{"p": "{p}", "t": "{t}"}}\n' for p, t in pairs))
    with pytest.raises(DataError, match=r"column 'p' has '1.234' and '987'"):
        evaluate(path, pred="p", target="t")
    assert evaluate(path, pred="p", target="t", options=ReadOptions(decimal=".")).n == 4
    path.write_text("".join(f'{{"p": {p}, "t": {t}}}\n' for p, t in pairs))
    assert evaluate(path, pred="p", target="t").n == 4
    path.unlink()
    for i, more in enumerate(("", ', "z": [1, 2]')):  # in a set, of which one file has lists
        of_file = pairs[i::2]
        text = "".join(f'{{"a": 1, "p": "{p}", "t": "{t}"{more}}}\n' for p, t in of_file)
        (tmp_path / f"{i}.jsonl").write_text(text)
    with pytest.raises(DataError, match=r"column 'p' has '1.234' and '987'"):
        evaluate(tmp_path, pred="p", target="t")


SMALL = "s;p;t\nb;987;950\nd;640;702\n"
LARGE = "s;p;t\na;1.234;1.300\nc;12.345;12.000\n"


def save_set(folder: Path, *files: str) -> Path:
    folder /= "months"
    folder.mkdir()
    for i, text in enumerate(files):
        (folder / f"{i}.csv").write_text(text)
    return folder


@pytest.mark.parametrize(
    "files",
    [
        (SMALL, LARGE),
        (LARGE, SMALL),
        (LARGE, "s;p;t\nb;;\n", "t;p;s\n950;987;b\n", SMALL),
        (LARGE, SMALL.partition("\n")[2]),  # without a header, as files that were cut
    ],
)
def test_numbers_of_all_files_of_a_set_count_together(
    files: tuple[str, ...], tmp_path: Path
) -> None:
    path = save_set(tmp_path, *files)
    options = ReadOptions(delimiter=";", allow_missing=True)
    with pytest.raises(DataError, match=r"column 'p' has '1.234' and '987'") as caught:
        evaluate(path, pred="p", target="t", options=options)
    assert caught.value.path == str(path)
    assert caught.value.hint is not None
    assert "--decimal . if" in caught.value.hint


@pytest.mark.parametrize(
    "files",
    [
        (SMALL, LARGE, "s;p;t\ne;1.5;2\nf;2;0.250\n"),  # fractions in a third file
        (LARGE, LARGE),
        (SMALL, LARGE.replace("0\n", "1\n")),  # none ends in zero
        (LARGE, "s;p;t\ne;-999;-999\n"),  # one value, which may be missing
        ("s;p;t\na;98;1.250\n", "s;p;t\na;64;2.500\n"),  # fractions beside counts
    ],
)
def test_fractions_in_some_files_of_a_set_are_read(files: tuple[str, ...], tmp_path: Path) -> None:
    path = save_set(tmp_path, *files)
    options = ReadOptions(delimiter=";", header=True)
    n_rows = sum(text.count("\n") - 1 for text in files)
    assert evaluate(path, pred="p", target="t", options=options).n == n_rows


def test_whoever_says_that_points_are_decimal_marks_in_a_set_is_believed(tmp_path: Path) -> None:
    path = save_set(tmp_path, SMALL, LARGE)
    options = ReadOptions(delimiter=";", decimal=".")
    assert evaluate(path, pred="p", target="t", options=options).n == 4


def counted_samples(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """An entry for each time that the numbers of a file are looked at."""
    seen: list[bool] = []
    of_table = CsvTable.numbers_written

    def numbers_written(self: CsvTable, positions: Any) -> Any:
        seen.append(True)
        return of_table(self, positions)

    monkeypatch.setattr(CsvTable, "numbers_written", numbers_written)
    return seen


@pytest.mark.parametrize(("text", "n_seen"), [(SMALL, 0), (LARGE, 1)])
def test_numbers_are_looked_at_once_where_points_may_part_thousands_and_else_never(
    text: str, n_seen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_set(tmp_path, text, text, text)
    seen = counted_samples(monkeypatch)
    open_source(str(path), [("p",), ("t",)], ReadOptions(delimiter=";")).close()
    assert len(seen) == 3 * n_seen


@pytest.mark.parametrize(
    "files",
    [
        ("p;t\n1.234;987\n1.300;950\n12.000;640\n",),
        ("p;t\n1.234;987\n1.300;950\n", "p;t\n12.000;640\n"),
        ("p;t;x\n987;1.234;a\n950;1.300;b\n640;2.000;c\n",),
    ],
)
def test_points_beside_whole_numbers_of_another_column_are_warned_of(
    files: tuple[str, ...], tmp_path: Path
) -> None:
    path = save_set(tmp_path, *files)
    with pytest.warns(match=r"has '1.234', and column '[pt]' '987': does the point part thousands"):
        evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";", decimal="."))


def test_points_beside_whole_numbers_of_another_file_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p\n1.234\n1.300\n12.000\n")
    (tmp_path / "b.csv").write_text("t\n987\n950\n640\n")
    with pytest.warns(match=r"'p' has '1.234', and column 't' of .*b.csv '987': does the point"):
        evaluate(tmp_path / "a.csv", tmp_path / "b.csv")


@pytest.mark.parametrize(
    "rows",
    [
        "1.250;1\n2.750;3\n2.500;2\n",  # counts, and predictions of them
        "87.250;91\n64.500;70\n120.125;99\n",
        "1.234;987\n1.301;950\n",  # none ends in zero
        "0.250;987\n1.300;950\n",
        "1.250;1987\n1.300;1950\n",  # whole numbers of more digits
        "1.250;900\n1.300;900\n",  # one value
    ],
)
def test_fractions_beside_counts_are_read(save: Callable[[str], Path], rows: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = save(f"p;t\n{rows}")
        evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";"))
