"""The only numeric column is not taken where another one may hold the numbers that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, compare, evaluate
from tests.tables import save as save_columns
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CELLS = [
    *("tensor(5.)", "tensor(5., device='cuda:0')", "np.float64(5.0)", "numpy.float32(5)"),
    *("array([1.])", "[5.0]", "$5", "-$5", "5.20 €", "5€", "5%", "(5)"),
    *("$ 5.00", "€ 5,00", "₹5", "€110.5M", "10,000+", "[0.1 0.9]", "(0.1, 0.9)"),
    *("1.25 USD", "1.25kg", "1.25 h", "EUR 1.25", "<1.25", "~12", "'1.25", "12 ms", "5 %", "kr 5"),
    *("US$5", "R$ 5,00", "Rs. 500", "5 USD", "USD5", "12km/h", "3.5 m/s", "20 °C", "5 C", "10k"),
    *("1.2B", "$1.2 million", "5 million", "3 years", "1.25 cups", "5 USD/kg", "($5)", "-12 ms"),
    *("0 days 00:00:12", "-1 days +23:59:48", "0 days 00:00:12.500000", "1 day, 0:00:12"),
    *("0:01:25.100000", "-0:00:05.5", "1:25.100", "59:59.9", "120:00.25"),
    *("PT12S", "P1DT2H", "12s 500ms", "1h30m", "1.25±0.1", "1.25 ± 0.1", "1.25 (0.1)", "0.05**"),
    *("1.25 [1.0, 1.5]", "1.25-", "<= 5", "≥5", "±5", "**1.25**", "`1.25`", "ca. 5", "5,-"),
    *("1,234.5", "1.234.567", "1'000", "1_000", "1 000", "12,34,567", "0x1F", "1.#INF", "1d5"),
    *(
        "n.a.",
        "N.A.",
        "\u2013",
        "\u2014",
        "NaT",
        "undefined",
        "<null>",
        "Null",
        "n/d",
        "---",
        "...",
    ),
    *("k.A.", "$-", "- \u20ac", ".a", "#####", "No Data", '=""5.5""', "\u00bd", "1\u00bd"),
    *("\u22125", "Decimal('1.25')", "Fraction(1, 2)", "jnp.float32(1.5)", "1.5e3 Pa"),
    *("12,50\u00a0\u20ac", "12\u00a0%", "12\u202f%", "\u20ac\u00a012,50", "R$\u00a012,50"),
    *("12,50\u202f\u20ac", "1\u202f234,50\u00a0\u20ac", "-\u20ac\u00a08,25", "CHF\u00a012.50"),
    *(
        "\u200f12.50\u00a0\u20ac",
        "\u061c12.50US$",
        "(8,25\u00a0\u20ac)",
        "\uff11\uff12.5",
        "12.5\u2009m",
    ),
    *("\u0661\u0662\u066b\u0665", "\u06f1\u06f2\u066b\u06f5\u06f0\u00a0\u20ac"),
    *("12\u00a0JP\u00a5", "JP\u00a512", "12,50\u00a0$US", "%12", "-%8", "12,50\u00a0BR$"),
    *("[np.float64(12.5), np.float64(13.5)]", "[[12.5, 13.5], [12.5, 12.5]]", "[12.5, nan]"),
    *("[nan, 12.5]", "[None, 12.5]", "[null,12.5]", "[[0.1 0.9]\n [0.2 0.8]]", "[(1, 2), (3, 4)]"),
    *("[tensor(1.5), tensor(2.)]", "[array([1., nan]), array([2., 3.])]", "array([nan, 2.])"),
    *(
        "array([1., 2.], dtype=float32)",
        "[Decimal('1.25'), Decimal('2')]",
        "[np.float32(inf), 1.5]",
    ),
    *("{'score': 12.5}", "{score: 12.5}", "{0: 0.1, 1: 0.9}", "[{'score': 12.5}]", "{12.5, 13.5}"),
    *(
        "{'label': 'cat 5', 'score': 0.9}",
        "{'box': [1, 2], 'id': 7}",
        "[1, 'a']",
        "{'p': None, 'q': 5}",
    ),
]
LABELS = [
    *("10:00", "9:05", "9:05:10", "00:01:25.1", "12:30:00.123456", "1:25", "1:2:3.5", "2024:25.1"),
    *("user 5", "Room 12", "2024-01-01", "01.02.2024", "01/02/2024", "24.12.", "12 May", "JAN 12"),
    *("10.0.0.1", "192.168.100.200", "1.2.3", "v1.2", "1.2rc1", "1.0-beta", "2.0 beta", "1.2a"),
    *("A1", "user_5", "img_001", "12a", "12A", "3B", "7B", "1st", "9a", "12ab34", "4x4", "#5"),
    *("3 bedrooms", "12 Main", "18-25", "1/2", "9 am", "9.30am", "12.30 Uhr", "(555) 123-4567"),
    *("ND", "1/2", "a.", "no", "*", ".net", "--verbose"),
    *(
        "12\u00a0May",
        "Room\u00a012",
        "3\u00a0bedrooms",
        "\u661f5",
        "2024\u5e745\u6708",
        "E10 (2)",
        "18-25 (3)",
        "e5)",
        "[Room 12]",
    ),
    *(
        "['a5', 'b6']",
        "{'a': 'b5'}",
        "[{'id': 28, 'name': 'Action'}]",
        "[12:30]",
        "{a5}",
        "(a, b5)",
    ),
    *("{'user_id': 28}", "[x1, x2]", "['12', '13']", "{'name': 'x', 'key': 5}"),
    *("1.1 Introduction", "2024-W05", "2024Q1", "9780306406157-X", "2024-01-01T00:00:00", "12:30"),
]


def save(
    folder: Path, cells: list[str], other: str = "fold", values: Sequence[str] = "012"
) -> list[Path]:
    """Predictions, and targets with a column of numbers beside these cells."""
    (folder / "p.csv").write_text("proba\n.9\n.1\n.8\n")
    rows = zip(values, cells, strict=True)
    lines = [f'{value},"{cell}"\n' for value, cell in rows]
    (folder / "t.csv").write_text(f"{other},val\n" + "".join(lines))
    return [folder / "p.csv", folder / "t.csv"]


@pytest.mark.parametrize("cell", CELLS)
def test_a_number_in_another_notation_may_be_meant(tmp_path: Path, cell: str) -> None:
    with pytest.raises(DataError, match="'val' may be meant"):
        evaluate(*save(tmp_path, [cell] * 3))


@pytest.mark.parametrize("cell", LABELS)
def test_a_label_with_digits_is_no_number(tmp_path: Path, cell: str) -> None:
    result = evaluate(*save(tmp_path, [cell] * 3, "latency", ["1.5", "2", "3"]))
    assert result.inputs[1].columns == ("latency",)


@pytest.mark.parametrize("name", ["id", "user_id", "orderId"])
@pytest.mark.parametrize("cell", ["1_000", "1,000", "0x1F", "12 m", "12d", "~1"])
def test_the_text_of_an_id_is_not_meant(tmp_path: Path, name: str, cell: str) -> None:
    paths = save(tmp_path, [cell] * 3, "latency", ["1.5", "2", "3"])
    paths[1].write_text(paths[1].read_text().replace("val", name))
    assert evaluate(*paths).inputs[1].columns == ("latency",)


def test_a_number_in_another_notation_is_said_to_be_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'val' may be meant, which is read as text \["):
        evaluate(*save(tmp_path, ["1,234.5"] * 3))


@pytest.mark.parametrize("cell", ["True", "false", "TRUE", "t", "f"])
def test_true_and_false_beside_whole_numbers_may_be_meant(tmp_path: Path, cell: str) -> None:
    with pytest.raises(DataError, match="'val' may be meant"):
        evaluate(*save(tmp_path, [cell, "False", "True"]))


def test_fractions_beside_true_and_false_are_the_numbers(tmp_path: Path) -> None:
    paths = save(tmp_path, ["True", "False", "True"], "price", ["1.5", "2", "3"])
    losses = [0.5 * 0.6**2, 1.9 - 0.5, 2.2 - 0.5]
    assert evaluate(*paths).values == pytest.approx((sum(losses) / 3,), rel=1e-15)


def test_a_column_that_is_called_target_is_the_target(tmp_path: Path) -> None:
    result = evaluate(*save(tmp_path, ["True", "False", "True"], "target"))
    losses = [0.5 * 0.9**2, 0.5 * 0.9**2, 1.2 - 0.5]
    assert result.values == pytest.approx((sum(losses) / 3,), rel=1e-15)


@pytest.mark.parametrize("cell", ["tensor", "array(x)", "5 apples", "version(2)", "00:05:00"])
def test_other_text_is_no_number(tmp_path: Path, cell: str) -> None:
    assert evaluate(*save(tmp_path, [cell] * 3)).inputs[1].columns == ("fold",)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("key", [(), ("id",)])
def test_a_column_of_the_name_that_the_other_side_evaluates_may_be_meant(
    tmp_path: Path, suffix: str, key: tuple[str, ...]
) -> None:
    p, t = tmp_path / f"p{suffix}", tmp_path / f"t{suffix}"
    columns = {"id": ["a", "b"], "week": [40, 41], "Price": ["5 kr", "6 kr"]}
    write(p, {"id": ["a", "b"], "price": [5.5, 6.5]})
    write(t, columns)
    for given in ({}, {"pred": "price"}):
        with pytest.raises(DataError, match="'week', but 'Price' may be meant"):
            evaluate(p, t, key=key, **given)
        with pytest.raises(DataError, match="'week', but 'Price' may be meant"):
            compare(p, p, t, key=key, warn=lambda _: None)
    assert evaluate(p, t, key=key, pred="price", target="week").values == (34.0,)
    write(t, {**columns, "y": [5.0, 6.0]})
    assert evaluate(p, t, key=key, pred="price", target="y").values == (0.125,)


def test_a_column_that_is_called_target_is_taken_beside_a_namesake_in_text(tmp_path: Path) -> None:
    write(tmp_path / "p.csv", {"label": [5.5, 6.5]})
    write(tmp_path / "t.csv", {"target": [5, 6], "label": ["a", "b"]})
    assert evaluate(tmp_path / "p.csv", tmp_path / "t.csv").values == (0.125,)


@pytest.mark.parametrize("cells", ["tensor", "bool8"])
def test_numbers_in_a_type_of_another_program_may_be_meant(tmp_path: Path, cells: str) -> None:
    array = {
        "tensor": pa.FixedShapeTensorArray.from_numpy_ndarray(np.array([[5.0], [6.0]])),
        "bool8": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0], pa.int8())),
    }[cells]
    pq.write_table(pa.table({"fold": [0, 1], "emb": array}), tmp_path / "t.parquet")
    write(tmp_path / "p.parquet", {"pred": [5.5, 6.5]})
    with pytest.raises(DataError, match="'fold', but 'emb' may be meant"):
        evaluate(tmp_path / "p.parquet", tmp_path / "t.parquet")


def write(path: Path, columns: dict[str, list[Any]]) -> None:
    """Write a table in the format of the suffix."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
        return
    rows = [tuple(columns), *zip(*columns.values(), strict=True)]
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))


def save_typed(folder: Path, suffix: str, **columns: Any) -> list[Path]:
    """Predictions, and targets in a format with types."""
    paths = [save_columns(folder / "p.csv", proba=[0.9, 0.1, 0.8])]
    return [*paths, save_columns(folder / f"t{suffix}", **columns)]


def as_text(values: Sequence[str | None], kind: str) -> pa.Array:
    array = pa.array(values, pa.string())
    return array.dictionary_encode() if kind == "dictionary" else array.cast(kind)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary"])
@pytest.mark.parametrize("cells", [[None, "1.25 USD", "3"], ["-", "NA", "5.5"], ["5%", "", ""]])
def test_numbers_that_are_stored_as_text_may_be_meant(
    tmp_path: Path, suffix: str, kind: str, cells: list[str | None]
) -> None:
    paths = save_typed(tmp_path, suffix, sqft=[50.5, 60.5, 70.0], price=as_text(cells, kind))
    with pytest.raises(DataError, match=r"is 'sqft', but 'price' may be meant, .*--target"):
        evaluate(*paths)
    assert evaluate(*paths, target="sqft").inputs[1].columns == ("sqft",)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize("cells", [["5", "7", "6"], ["true", "false", "true"]])
def test_whole_numbers_as_text_are_labels_beside_fractions_and_numbers_beside_whole_ones(
    tmp_path: Path, suffix: str, cells: list[str]
) -> None:
    paths = save_typed(tmp_path, suffix, score=[0.5, 0.25, 1.5], code=cells)
    assert evaluate(*paths).inputs[1].columns == ("score",)
    paths = save_typed(tmp_path, suffix, fold=[0, 1, 2], label=cells)
    with pytest.raises(DataError, match="'fold', but 'label' may be meant"):
        evaluate(*paths)


@pytest.mark.parametrize("label", LABELS)
def test_stored_labels_with_digits_are_no_numbers(tmp_path: Path, label: str) -> None:
    paths = save_typed(tmp_path, ".parquet", latency=[1.5, 2.0, 3.0], val=[label] * 3)
    assert evaluate(*paths).inputs[1].columns == ("latency",)


def test_stored_text_is_not_looked_at_if_it_is_an_id_or_columns_are_named(tmp_path: Path) -> None:
    cells = ["1.25", "2.25", "3.25"]
    paths = save_typed(tmp_path, ".parquet", latency=[1.5, 2.0, 3.0], item_id=cells)
    assert evaluate(*paths).inputs[1].columns == ("latency",)
    paths = save_typed(tmp_path, ".parquet", target=[1.5, 2.0, 3.0], other=cells)
    assert evaluate(*paths).inputs[1].columns == ("target",)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows", ".csv"])
def test_durations_beside_numbers_may_be_meant(tmp_path: Path, suffix: str) -> None:
    seconds = pa.array([12, 13, 8], pa.duration("s"))
    if suffix == ".csv":
        seconds = pa.array([f"0 days 00:00:{n:02}" for n in (12, 13, 8)])
    paths = save_typed(tmp_path, suffix, confidence=[0.5, 0.25, 0.75], eta=seconds)
    with pytest.raises(DataError, match=r"is 'confidence', but 'eta' may be meant, .*--target"):
        evaluate(*paths)
    assert evaluate(*paths, target="confidence").inputs[1].columns == ("confidence",)


def test_durations_that_are_ids_or_an_index_or_stand_beside_a_target_are_not_meant(
    tmp_path: Path,
) -> None:
    steps = pa.array([6, 12, 18], pa.duration("s"))
    for names in (("y", "step"), ("confidence", "step_id")):
        columns = dict(zip(names, ([0.5, 0.25, 0.75], steps), strict=True))
        paths = save_typed(tmp_path, ".parquet", **columns)
        assert evaluate(*paths).inputs[1].columns == names[:1]


def test_a_column_of_nulls_may_be_numbers_that_are_missing(tmp_path: Path) -> None:
    pred = save_table(tmp_path / "p.csv", {"id": ["a", "b"], "forecast": [1.0, 2.0]})
    columns = {"id": pa.array(["a", "b"]), "sales": pa.nulls(2), "n": pa.array([3.0, 4.0])}
    target = save_table(tmp_path / "t.parquet", columns)
    for of_target in (target, pa.table(columns)):
        with pytest.raises(DataError, match="'n', but 'sales' may be meant, which is read as null"):
            evaluate(pred, of_target)
        assert evaluate(pred, of_target, target="n").n == 2
    usual = pa.table({"y_true": columns["n"], "note": pa.nulls(2)})
    assert evaluate(pred, usual).n == 2
