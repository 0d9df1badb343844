"""Names that the command asks for settle a first row of numbers as a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
LEVELS = "0.1,0.5,0.9\n1.5,2.5,3.5\n2.5,3.5,4.5\n"


def table(folder: Path, text: str, name: str = "p.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "pred", "target", "expected"),
    [
        ("1,2\n5,7\n6,8\n", "1", "2", 4.0),
        ("2,1\n5,7\n6,9\n", "1", "2", 5.0),
        ("1.5,2\n5,7\n6,8\n", "1.5", "2", 4.0),
        (LEVELS, "0.5", "0.9", 2.0),
        ("10,20,30\n5,7,1\n6,8,1\n", "10", "20", 4.0),
    ],
)
def test_names_in_a_row_of_plain_numbers_make_it_a_header(
    tmp_path: Path, text: str, pred: str, target: str, expected: float
) -> None:
    path = table(tmp_path, text)
    result = evaluate(path, None, L1, pred=pred, target=target)
    assert (result.values, result.n) == ((expected,), 2)
    headless = ReadOptions(header=False)
    with pytest.raises(DataError, match="no column"):
        evaluate(path, None, L1, pred=pred, target=target, options=headless)


def test_positions_leave_a_row_of_plain_numbers_data(tmp_path: Path) -> None:
    path = table(tmp_path, "1,2\n5,7\n6,8\n")
    result = evaluate(path, None, L1, pred="@1", target="@2")
    assert (result.values, result.n) == ((5.0,), 3)


@pytest.mark.parametrize(("pred", "target"), [("1", "@2"), ("@1", "2")])
def test_a_name_beside_a_position_leaves_the_row_in_doubt(
    tmp_path: Path, pred: str, target: str
) -> None:
    path = table(tmp_path, "1,2\n5,7\n6,8\n")
    with pytest.raises(DataError, match=r"may be a header or data.*--header or --no-header"):
        evaluate(path, None, L1, pred=pred, target=target)
    header = ReadOptions(header=True)
    assert evaluate(path, None, L1, pred=pred, target=target, options=header).values == (4.0,)


def test_names_that_are_not_all_in_the_row_make_no_header(tmp_path: Path) -> None:
    path = table(tmp_path, "1,5\n2,7\n3,9\n")
    with pytest.raises(DataError, match="no column"):
        evaluate(path, None, L1, pred="1", target="2")


def test_each_side_is_settled_by_its_own_name(tmp_path: Path) -> None:
    p, t = table(tmp_path, LEVELS), table(tmp_path, "3,0.5\n7,2\n8,3\n", "t.csv")
    result = evaluate(p, t, L1, pred="0.9", target="0.5")
    assert (result.values, result.n) == ((3.0,), 2)
    compared = compare(p, p, t, pred_a="0.9", pred_b="0.1", target="0.5", warn=lambda _: None)
    assert {d.choice for d in compared.decisions if d.subject == "header"} == {
        "the first row is the header"
    }


def test_a_name_of_the_other_side_in_plain_numbers_is_settled_by_the_rows(tmp_path: Path) -> None:
    p = table(tmp_path, LEVELS)
    longer = table(tmp_path, "0.5\n2\n", "t.csv")
    result = evaluate(p, longer, L1, pred="0.5")
    assert (result.values, result.n) == ((2.0 + 1.5,), 2)
    header = table(tmp_path, "0.5\n2\n3\n", "h.csv")
    result = evaluate(p, header, L1, pred="0.5")
    assert (result.values, result.n) == ((1.0,), 2)
    with pytest.raises(DataError, match=r"h\.csv: the first row.*--header or --no-header"):
        evaluate(p, header, L1, pred="0.5", options=ReadOptions(flatten=True))


def test_weights_are_settled_by_their_name(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [1.0, 2.0])
    np.save(tmp_path / "t.npy", [2.0, 4.0])
    weights = table(tmp_path, "1,7\n2,2\n3,1\n", "w.csv")
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", L1, weights=weights, weight="1")
    assert result.values == (2.0 + 6.0,)


def test_shards_are_settled_by_a_name_in_the_first_of_them(tmp_path: Path) -> None:
    for i, text in enumerate(("1,2\n5,7\n6,8\n", "1,2\n1,4\n")):
        table(tmp_path, text, f"part-{i}.csv")
    result = evaluate(tmp_path, None, L1, pred="1", target="2")
    assert (result.values, result.n) == ((7.0,), 3)
    table(tmp_path, "3,4\n1,4\n", "part-1.csv")
    with pytest.raises(DataError, match=r"part-1\.csv"):
        evaluate(tmp_path, None, L1, pred="1", target="2")


def test_several_columns_below_numbers_that_may_be_names_are_told_of_the_header(
    tmp_path: Path,
) -> None:
    q, y = table(tmp_path, LEVELS), table(tmp_path, "y\n2\n3\n", "y.csv")
    with pytest.raises(
        DataError, match=r"several numeric columns: '@1'.*--header if the first row"
    ):
        evaluate(q, y)
    with pytest.raises(DataError, match=r"several numeric columns: '0.1'.*choose with --pred\]"):
        evaluate(q, y, options=ReadOptions(header=True))
    header: dict[str, Any] = {"options": ReadOptions(header=True), "pred": "0.5"}
    assert evaluate(q, y, L1, **header).values == (1.0,)
    assert evaluate(q, y, L1, pred="0.5").values == (1.0,)
    plain = table(tmp_path, "3.5,7\n1,2\n", "plain.csv")
    with pytest.raises(DataError, match=r"several numeric columns.*choose with --pred\]"):
        evaluate(plain, y)


WIDE = {
    "names above countries": ("country,2020,2021", "NO,0.5,0.25", "SE,1.5,2"),
    "a number in the place of a name": ("id,2020,2021", "7,0.5,0.25", "8,1.5,2"),
    "years in equal steps": ("country,2000,2005,2010", "NO,.5,.25,.5", "SE,1,2,3"),
    "an index without a name": (",2020,2021", "NO,0.5,0.25", "SE,1.5,2"),
    "quotes": ('"country","2020","2021"', '"NO",0.5,0.25', '"SE",1.5,2'),
    "several names": ("country,unit,2020,2021", "NO,kg,5,8", "SE,kg,1,2"),
    "a missing value": ("country,2020,2021", "NO,,0.25", "SE,1.5,2"),
}


@pytest.mark.parametrize("rows", WIDE.values(), ids=WIDE)
def test_years_beside_words_that_never_occur_below_are_a_header(
    tmp_path: Path, rows: tuple[str, ...]
) -> None:
    text = "".join(f"{row}\n" for row in rows)
    p, t = table(tmp_path, text), table(tmp_path, text, "t.csv")
    settings = EvalSettings((0.0,), "sum", "omit")
    years = [i for i, cell in enumerate(rows[0].split(",")) if cell.strip('"').isdigit()]
    columns = tuple(f"@{i + 1}" for i in years)
    result = evaluate(p, t, settings, pred=columns, target=columns, warn=lambda _: None)
    assert result.n + result.tallies[0].n_omitted == 2 * len(years)
    header = [d for d in result.decisions if d.subject == "header"]
    assert {d.choice for d in header} == {"the first row is the header"}
    assert {d.reason for d in header} == {"it has years beside names, above other numbers"}


def test_a_table_with_a_column_for_each_year_is_paired_by_their_names(tmp_path: Path) -> None:
    p = table(tmp_path, "country,2020,2021\nNO,0.5,0.25\nSE,1.5,2\n")
    t = table(tmp_path, "country,2020,2021\nNO,1,1.25\nSE,2,4\n", "t.csv")
    result = evaluate(p, t, L1, warn=lambda _: None)
    assert (result.values, result.n) == ((0.5 + 1.0 + 0.5 + 2.0,), 4)
    result = evaluate(p, t, L1, key=("country",), warn=lambda _: None)
    assert (result.values, result.n) == ((0.5 + 1.0 + 0.5 + 2.0,), 4)


IN_DOUBT = {
    "no years": ("a,1,2", "b,3,4"),
    "a single year": ("country,2020", "NO,0.5"),
    "years below as well": ("film,2019,2020", "song,2018,2021"),
    "a year far below": ("film,2019,2020", "song,1.5,2", "book,2,2018"),
    "the same label below": ("NO,2020,2021", "SE,1.5,2", "NO,2,3"),
    "a label with digits": ("img_1,2020,2021", "img_2,1.5,2"),
    "years that fall": ("a,2021,2020", "b,1.5,2"),
    "unequal steps": ("a,2001,2002,2010", "b,1.5,2,3"),
    "another number": ("a,2020,2021,7", "b,1.5,2,3"),
    "no label below, either": (",2020,2021", ",1.5,2"),
    "no other row": ("a,2020,2021",),
}


@pytest.mark.parametrize("rows", IN_DOUBT.values(), ids=IN_DOUBT)
def test_other_numbers_beside_words_leave_the_row_in_doubt(
    tmp_path: Path, rows: tuple[str, ...]
) -> None:
    text = "".join(f"{row}\n" for row in rows)
    p, t = table(tmp_path, text), table(tmp_path, text, "t.csv")
    chosen = tuple(f"@{i + 1}" for i, cell in enumerate(rows[0].split(",")) if cell.isdigit())
    with pytest.raises(DataError, match=r"--header or --no-header|no rows, only a header"):
        evaluate(p, t, L1, pred=chosen, target=chosen)
