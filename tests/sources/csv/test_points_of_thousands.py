"""Points that may part thousands, where nobody said that they are decimal marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from smoothl1.sources.csv import thousands

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


def test_a_comma_between_cells_makes_points_decimal_marks(save: Callable[[str], Path]) -> None:
    assert evaluate(save(SALES.replace(";", ",")), pred="p", target="t").n == 4


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
        ("s;p;t\na;987;1.250\n", "s;p;t\na;640;2.500\n"),  # fractions beside counts
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


def test_the_numbers_of_a_set_without_such_points_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_set(tmp_path, SMALL, SMALL)
    monkeypatch.setattr(thousands, "numbers_written", None)
    assert evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";")).n == 4
