"""Header rows below the first: refused if they would be read as numbers."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
NAMED: dict[str, Any] = {"pred": ("pred",), "target": ("target",)}
HEADER, HEADLESS = ReadOptions(header=True), ReadOptions(header=False)


def save(folder: Path, text: str, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_text(text, newline="")
    return path


def quiet(*paths: Path | None, settings: EvalSettings = L1, **more: Any) -> Any:
    return evaluate(*paths, settings, warn=lambda _: None, **more)


# --- a second header row

FRACTIONS = "0,1.5,1.0\n1,2.5,2.0\n"
"""Two rows below an index; the sum of |pred - target| is 1."""

SECOND = {
    "an index": (",pred,target\n,0,0\n" + FRACTIONS, 2, ("@2", "@3")),
    "an index above whole numbers": (",pred,target\n,0,0\n0,1,2\n", 2, ("@2", "@3")),
    "names that are fractions": (",pred,target\n,0.5,0.5\n" + FRACTIONS, 2, ("@2", "@3")),
    "an index with a name": (",pred,target\n,0,0\nid,,\n" + FRACTIONS, 3, ("@2", "@3")),
    "names of the levels": ("side,pred,target\nmodel,0,0\n" + FRACTIONS, 2, ("@2", "@3")),
    "names of levels and index": (
        "side,pred,target\nmodel,0,0\nid,,\na,1.5,1.0\nb,2.5,2.0\n",
        3,
        ("@2", "@3"),
    ),
    "three levels": (",pred,target\n,0,0\n,7,7\n" + FRACTIONS, 3, ("@2", "@3")),
    "a pivot": ("id,pred,target\n,1,1\na,1.5,1.0\nb,2.5,2.0\n", 2, ("@2", "@3")),
    "a pivot of whole numbers": ("image,pred,target\n,1,1\na,1,2\n", 2, ("@2", "@3")),
    "a pivot with an index": (
        ",id,pred,target\n,,1,1\n0,a,1.5,1.0\n1,b,2.5,2.0\n",
        2,
        ("@3", "@4"),
    ),
    "a pivot with a name": (",id,pred,target\nm,,1,1\n0,a,1.5,1.0\n1,b,2.5,2.0\n", 2, ("@3", "@4")),
    "an index of two columns": (
        ",,pred,target\n,,0,1\n0,a,1.5,1.0\n0,b,2.5,2.0\n",
        2,
        ("@3", "@4"),
    ),
    "all cells in quotes": (
        '"","pred","target"\n"","0","0"\n"0","1.5","1.0"\n"1","2.5","2.0"\n',
        2,
        ("@2", "@3"),
    ),
}


@pytest.mark.parametrize(("text", "n_lines", "columns"), SECOND.values(), ids=SECOND)
def test_a_second_header_row_of_numbers_is_refused_and_the_hint_leads_on(
    tmp_path: Path, text: str, n_lines: int, columns: tuple[str, str]
) -> None:
    path = save(tmp_path, text)
    for settings in (L1, EvalSettings((0.0,), "sum", "omit")):
        for options in (ReadOptions(), HEADER):
            with pytest.raises(DataError, match=r"row 1, .*second header row") as caught:
                quiet(path, None, settings=settings, options=options, **NAMED)
            assert f"--skip-rows {n_lines} --no-header" in str(caught.value)
    below = ReadOptions(header=False, skip_rows=n_lines)
    found = quiet(path, None, options=below, pred=columns[:1], target=columns[1:])
    assert found.values == (1.0,)


def test_a_second_header_row_of_each_side_is_refused(tmp_path: Path) -> None:
    p = save(tmp_path, ",pred\n,0\n0,1.5\n1,2.5\n")
    t = save(tmp_path, ",target\n,0\n0,1.0\n1,2.0\n", "t.csv")
    with pytest.raises(DataError, match=r"p\.csv: row 1, .*second header row"):
        quiet(p, t)
    np.save(tmp_path / "t.npy", [0.0, 1.0, 2.0])
    with pytest.raises(DataError, match=r"t\.csv: row 1, .*second header row"):
        quiet(tmp_path / "t.npy", t)
    folder = tmp_path / "shards"
    folder.mkdir()
    save(folder, p.read_text().replace(",0\n", "", 1), "0.csv")
    save(folder, p.read_text(), "1.csv")
    with pytest.raises(DataError, match=r"1\.csv: row 1, .*second header row"):
        quiet(folder, tmp_path / "t.npy")


DATA = {
    "an id that is missing": "id,pred,target\n,1.5,1.0\na,2.5,2.0\n",
    "the same fractions": "id,pred,target\n,1.0,1.0\na,2.5,1.5\n",
    "whole numbers below": "id,pred,target\n,1,2\na,3,3\n",
    "another id that is missing": "id,pred,target\n,1,1\na,2.5,2.0\n,2.5,2.0\n",
    "an id in quotes": 'id,pred,target\n"",1,1\na,2.5,1.5\n',
    "another column that is empty": "pred,target,note\n1,1,\n2.5,1.5,x\n",
    "text": "id,pred,target\na,1,1\nb,2.5,1.5\n",
    "text above whole numbers": "id,pred,target\ntotal,3,3\n2001,2.5,1.5\n",
    "other text": ",name,pred,target\n,x,1,1\n0,y,2.5,2\n",
    "a date": "id,day,pred,target\n,2024-01-01,1,1\n7,2024-01-02,2.5,2\n",
}


@pytest.mark.parametrize("text", DATA.values(), ids=DATA)
def test_a_row_of_data_without_an_id_is_read(tmp_path: Path, text: str) -> None:
    lines = text.splitlines()
    found = quiet(save(tmp_path, text), None, **NAMED)
    names = lines[0].split(",")
    at = [names.index("pred"), names.index("target")]
    pairs = [[float(line.split(",")[i]) for i in at] for line in lines[1:]]
    assert (found.values, found.n) == ((sum(abs(x - y) for x, y in pairs),), len(pairs))


def test_a_row_without_numbers_below_whole_numbers_is_one_of_missing_values(
    tmp_path: Path,
) -> None:
    path = save(tmp_path, "image,pred,target\na,1,1\nb,,\nc,2.5,2.0\n")
    found = quiet(path, None, settings=EvalSettings((0.0,), "sum", "omit"), **NAMED)
    assert (found.values, found.n) == ((0.5,), 2)


def test_what_was_refused_as_a_header_row_is_read_as_data_if_the_hint_for_that_is_followed(
    tmp_path: Path,
) -> None:
    path = save(tmp_path, "# made by hand\nid,pred,target\n,1,1\na,1.5,1.0\n")
    with pytest.raises(DataError, match=r"--skip-rows 2 --no-header if row 1 is data"):
        quiet(path, None, options=ReadOptions(skip_rows=1), **NAMED)
    options = ReadOptions(header=False, skip_rows=2)
    found = quiet(path, None, options=options, pred=("@2",), target=("@3",))
    assert (found.values, found.n) == ((0.5,), 2)


def test_the_labels_below_a_second_header_row_may_be_long(tmp_path: Path) -> None:
    rows = [f"{label * 3000},1.5,1.0\n" for label in "ab"]
    path = save(tmp_path, ",pred,target\n,0,0\n" + "".join(rows))
    with pytest.raises(DataError, match="second header row"):
        quiet(path, None, **NAMED)


@pytest.mark.grid
def test_the_labels_of_long_rows_are_looked_at_too(tmp_path: Path) -> None:
    width = 15_000
    rows = [",".join(["", *(f"c{i}" for i in range(width)), "pred", "target"])]
    rows += [",".join(["", *["1.25"] * width, "0", "0"])]
    rows += [",".join([label, *["1.25"] * width, "1.5", "1.0"]) for label in "ab"]
    path = save(tmp_path, "".join(f"{row}\n" for row in rows))
    with pytest.raises(DataError, match="second header row"):
        quiet(path, None, **NAMED)


# --- the header row once more

BLOCK = ",0,1\n0,1.5,1.0\n1,2.5,2.0\n"
REPEATED = {
    "an index": BLOCK * 3,
    "an index, to the end": BLOCK + ",0,1\n",
    "an id": "id,0,1\na,1.5,1.0\nb,2.5,2.0\n" * 2,
    "an id of whole numbers": "id,0,1\n7,3,5\n8,4,6\n" * 2,
    "names that are fractions": ",0.5,0.9\na,1.5,1.0\nb,2.5,2.0\n" * 2,
}


@pytest.mark.parametrize("text", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_header_row_that_is_there_again_is_refused(tmp_path: Path, text: str, end: str) -> None:
    path = save(tmp_path, text.replace("\n", end))
    chosen: dict[str, Any] = {"pred": ("@2",), "target": ("@3",)}
    for options in (HEADER, *([ReadOptions()] if text.startswith(",0,1") else [])):
        with pytest.raises(DataError, match=r"row 3 repeats the header row \[remove"):
            quiet(path, None, options=options, **chosen)
    for execution in (Execution(1, 1), Execution(2, 3)):
        with pytest.raises(DataError, match="row 3 repeats the header row"):
            quiet(path, None, options=HEADER, execution=execution, **chosen)


def test_tables_appended_to_both_sides_are_refused(tmp_path: Path) -> None:
    p = save(tmp_path, ",0\n0,1.5\n1,2.5\n" * 2)
    t = save(tmp_path, ",0\n0,1.0\n1,2.0\n" * 2, "t.csv")
    with pytest.raises(DataError, match=r"p\.csv: row 3 repeats the header row"):
        quiet(p, t)
    packed = tmp_path / "p.csv.gz"
    packed.write_bytes(gzip.compress(p.read_bytes()))
    with pytest.raises(DataError, match="row 3 repeats the header row"):
        quiet(packed, t)


def test_a_repeated_header_is_found_far_into_a_file(tmp_path: Path) -> None:
    n = 150_000
    rows = "".join(f"{i},0.25,0.5\n" for i in range(n))
    path = save(tmp_path, f",0,1\n{rows},0,1\n{rows}")
    with pytest.raises(DataError, match=f"row {n + 1} repeats the header row"):
        quiet(path, None, pred=("0",), target=("1",))


@pytest.mark.parametrize("header", ["0", "2024"])
def test_a_name_that_is_a_whole_number_is_in_doubt_among_fractions(
    tmp_path: Path, header: str
) -> None:
    p = save(tmp_path, f"{header}\n1.5\n2.5\n" * 2)
    t = save(tmp_path, f"{header}\n1.0\n2.0\n" * 2, "t.csv")
    with pytest.raises(DataError, match=r"p\.csv: row 3 repeats.* --skip-rows 1 --no-header if"):
        quiet(p, t, options=HEADER)
    found = quiet(p, t, options=ReadOptions(header=False, skip_rows=1))
    assert (found.values, found.n) == ((2.0,), 5)
    both = save(tmp_path, "0,1\n1.5,1\n0,1\n2.5,2\n", "both.csv")
    with pytest.raises(DataError, match="row 2 repeats the header row"):
        quiet(both, None, pred=("0",), target=("1",))


def test_a_number_like_the_name_is_data_if_the_rows_of_another_input_confirm_it(
    tmp_path: Path,
) -> None:
    path = save(tmp_path, "0\n1.5\n0\n2.5\n")
    np.save(tmp_path / "t.npy", [1.0, 0.0, 2.0])
    found = quiet(path, tmp_path / "t.npy")
    assert (found.values, found.n) == ((1.0,), 3)


LIKE = {
    "whole numbers": ("0\n5\n0\n7\n", ("0", "0"), 3),
    "rows that are the same": ("id,0,1\na,0,1\na,0,1\n", ("0", "1"), 2),
    "another index": (",0,1\n0,0,1\n1,0,1\n", ("0", "1"), 2),
    "fractions": ("0.5,0.9\n0.5,0.9\n0.25,0.75\n", ("@1", "@2"), 2),
    "part of a row": ("0,1\n10,1\n0,12\n", ("0", "1"), 2),
    "part of a text": ('note,0,1\n"x\nnote,0,1\ny",3,4\n', ("0", "1"), 1),
    "no labels at all": (",0,1\n,0,1\n,5,7\n,0,1\n", ("@2", "@3"), 3),
}


@pytest.mark.parametrize(("text", "columns", "n"), LIKE.values(), ids=LIKE)
def test_rows_like_the_header_that_may_well_be_data_are_read(
    tmp_path: Path, text: str, columns: tuple[str, str], n: int
) -> None:
    path = save(tmp_path, text)
    found = quiet(path, None, options=HEADER, pred=columns[:1], target=columns[1:])
    assert found.n == n


def test_an_earlier_fault_goes_first(tmp_path: Path) -> None:
    path = save(tmp_path, BLOCK.replace("2.5", "x") + BLOCK)
    with pytest.raises(DataError, match="row 2, column '0': 'x' is not a number"):
        quiet(path, None, pred=("0",), target=("1",))
