"""Rows that sum up the others: they count as rows, so there is a warning, or the run is refused."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NUMBERS = [1.25, 2.5, 4.0]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize(
    ("label", "total", "is_first"),
    [("Total", 7.75, False), ("mean", 2.58, False), ("Summe:", 7.75, True)],
)
def test_a_row_of_totals_of_both_sides_is_warned_of(
    tmp_path: Path, suffix: str, label: str, total: float, *, is_first: bool
) -> None:
    labels, values = ["a", "b", "c"], NUMBERS
    labels, values = (
        ([label, *labels], [total, *values]) if is_first else ([*labels, label], [*values, total])
    )
    p = save_table(tmp_path / f"p{suffix}", {"k": labels, "p": values})
    np.save(tmp_path / "t.npy", np.array(values))
    n = 1 if is_first else 4
    table = save_table(tmp_path / f"t{suffix}", {"k": labels, "t": values})
    options = ReadOptions(digests=True)
    for t in (table, tmp_path / "t.npy"):
        with pytest.warns(UserWarning, match=rf"row {n}, '{label}', holds the (sum|mean) of"):
            found = evaluate(p, t, pred="p", options=options)
        assert found.mean == 0
        assert found.digests[0].sha256 == hashlib.sha256(p.read_bytes()).hexdigest()


@pytest.mark.parametrize("large", ["inf", "1e308"])
def test_a_row_of_totals_may_be_infinite(tmp_path: Path, large: str) -> None:
    p = tmp_path / "p.csv"
    p.write_text(f"k,p,y\na,{large},1\nb,{large},2\nc,1,3\nTotal,inf,6\n", encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert evaluate(p, pred="p", target="y").n == 4
    (warning,) = caught
    assert "row 4, 'Total', holds the sum of the other rows" in str(warning.message)


def test_a_finite_number_is_no_total_of_infinite_ones(tmp_path: Path) -> None:
    p = tmp_path / "p.csv"
    p.write_text("k,p\na,inf\nb,2\nTotal,5\n", encoding="utf-8")
    np.save(tmp_path / "t.npy", np.zeros(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, tmp_path / "t.npy").n == 3


def test_a_row_of_totals_of_one_side_is_refused(tmp_path: Path) -> None:
    p = save_table(tmp_path / "p.csv", {"k": ["a", "b", "Total"], "p": [1.0, 2.0, 3.0]})
    t = save_table(tmp_path / "t.csv", {"y": [1.0, 2.0, 8.0]})
    with pytest.raises(DataError, match=r"row 3, 'Total', holds the sum .* row 3 of .* does not"):
        evaluate(p, t)
    with pytest.raises(DataError, match=r"row 3 of .* does not"):
        evaluate(t, p)


def test_the_margins_of_a_pivot_table_of_pandas_are_warned_of() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"k": list("abab"), "y": [1.0, 2, 3, 4], "t": 1.0})
    pivot = frame.pivot_table(index="k", values=["y", "t"], margins=True, aggfunc="sum")
    with pytest.warns(UserWarning, match="row 3, 'All'"):
        assert evaluate(pivot, pred="y", target="t").n == 3


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (["a", "b", "Total"], [1.0, 2.0, 9.0]),  # the name of a station
        (["a", "total", "b"], [1.0, 3.0, 2.0]),
        (["a", "b", "Totals of c"], [1.0, 2.0, 3.0]),
        (["all", "b", "all"], [3.0, 2.0, 1.0]),
    ],
)
def test_other_rows_with_such_words_are_read(
    tmp_path: Path, labels: list[str], values: list[float]
) -> None:
    p = save_table(tmp_path / "p.csv", {"k": labels, "p": values})
    np.save(tmp_path / "t.npy", np.zeros(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, tmp_path / "t.npy").n == 3


SOME = [1.25, 2.5, 4.0, 3.5]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize("total", [sum(SOME), sum(SOME) / 4])
def test_a_row_of_totals_without_a_label_is_warned_of(
    tmp_path: Path, suffix: str, total: float
) -> None:
    columns = {"k": [*"abcd", None], "note": [None, "x", None, None, None], "p": [*SOME, total]}
    p = save_table(tmp_path / f"p{suffix}", columns)
    np.save(tmp_path / "t.npy", [*SOME, total])
    for sides in ((p, tmp_path / "t.npy"), (tmp_path / "t.npy", p)):
        role = {"pred" if sides[0] == p else "target": "p"}
        with pytest.warns(UserWarning, match=r"row 5, without 'k', 'note', holds the (sum|mean)"):
            assert evaluate(*sides, **role).mean == 0


def test_an_id_that_is_missing_in_a_row_of_totals_may_be_a_number(tmp_path: Path) -> None:
    p = tmp_path / "p.csv"
    p.write_text('id,p\n7,0.11\n8,0.22\n9,0.34\n"",0.67\n', encoding="utf-8")
    np.save(tmp_path / "t.npy", np.zeros(4))
    with pytest.warns(UserWarning, match="row 4, without 'id', holds the sum"):
        assert evaluate(p, tmp_path / "t.npy", pred="p").n == 4


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        ([*"abcd", None], [*SOME, sum(SOME) + 0.01]),
        ([*"abcd", "e"], [*SOME, sum(SOME)]),
        ([*"abc", None, None], [*SOME, sum(SOME)]),
        ([*"ab", None], [1.0, 2.0, 3.0]),  # by chance
        ([*"abcd", None], [0.0] * 5),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".arrows"])
def test_a_last_row_that_lacks_a_label_or_is_a_sum_by_chance_is_read(
    tmp_path: Path, suffix: str, labels: list[str | None], values: list[float]
) -> None:
    p = save_table(tmp_path / f"p{suffix}", {"k": labels, "p": values})
    np.save(tmp_path / "t.npy", np.zeros(len(values)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, tmp_path / "t.npy", pred="p").n == len(values)


@pytest.mark.parametrize(
    ("label", "values", "is_total"),
    [
        ("all", [0.5, 0.5, 0.5, 0.5], False),
        ("total", [0, 0, 0, 0], False),
        ("total", [0.5, 0.5, 0.5, 1.5], True),
    ],
)
def test_a_constant_is_no_mean_of_others(
    tmp_path: Path, label: str, values: list[float], *, is_total: bool
) -> None:
    words = {"word": ["bat", "cat", "dog", label], "p": values}
    p = save_table(tmp_path / "p.csv", words)
    np.save(tmp_path / "t.npy", [1.0, 2.0, 5.0, 3.0])
    if is_total:
        with pytest.raises(DataError, match="holds the sum of the other rows"):
            evaluate(p, tmp_path / "t.npy")
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            evaluate(p, tmp_path / "t.npy")


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("id", ["1", "2", "3", "4"]),
        ("year", ["2021", "2022", "2023", "2024"]),
        ("customer", ["007", "12", "Acme", "Foo"]),
        ("date", ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]),
    ],
)
def test_a_row_of_totals_below_numbers_or_dates_is_warned_of(
    tmp_path: Path, name: str, labels: list[str]
) -> None:
    rows = "".join(f"{label},{i}.5,{i}\n" for i, label in enumerate(labels, start=1))
    for last, called in (("Total", "'Total'"), ("", f"without '{name}'")):
        (tmp_path / "p.csv").write_text(f"{name},p,y\n{rows}{last},12,10\n", encoding="utf-8")
        with pytest.warns(UserWarning, match=f"row 5, {called}, holds the sum of"):
            evaluate(tmp_path / "p.csv", pred="p", target="y")
    (tmp_path / "p.csv").write_text(f"{name},p,y\n{rows}Total,9,8\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(tmp_path / "p.csv", pred="p", target="y")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".arrow"])
@pytest.mark.parametrize("last", ["Total", None])
@pytest.mark.parametrize("n_files", [1, 3])
def test_rows_of_totals_of_the_files_of_a_set_are_warned_of(
    tmp_path: Path, suffix: str, last: str | None, n_files: int
) -> None:
    for side, name in (("p", "pred"), ("t", "y")):
        for i in range(n_files):
            (tmp_path / side / str(i)).mkdir(parents=True)
            labels = [f"{of}{i}" for of in "abcd"]
            columns = {"k": [*labels, last], name: [*SOME, sum(SOME)]}
            save_table(tmp_path / side / str(i) / f"x{suffix}", columns)
    sides, said = [f"{tmp_path}/{side}/*/x{suffix}" for side in "pt"], list[str]()
    assert evaluate(*sides, pred="pred", target="y", warn=said.append).n == 5 * n_files
    called = "'Total'" if last else "without 'k'"
    assert len(said) == 1, said
    assert f"p/0/x{suffix}: row 5, {called}, holds the sum of the other rows, and" in said[0]
    one_file = tmp_path / "t.npy"
    np.save(one_file, np.ones(5 * n_files))
    with pytest.warns(UserWarning, match="row 5, .* holds the sum of the other rows"):
        evaluate(one_file, sides[1], target="y")


def test_the_last_file_of_a_set_may_have_a_row_of_totals_alone(tmp_path: Path) -> None:
    for i, end in enumerate(["c,3.5", "Total,4"]):
        (tmp_path / f"p{i}.csv").write_text(f"k,p\na,1.5\nb,2.5\n{end}\n", encoding="utf-8")
    np.save(tmp_path / "t.npy", np.ones(6))
    with pytest.warns(UserWarning, match=r"p1\.csv: row 3, 'Total', holds the sum"):
        evaluate(tmp_path / "p*.csv", tmp_path / "t.npy", pred="p")


@pytest.mark.parametrize(
    "label",
    [
        "Gesamtergebnis",
        "Total général",
        "Total geral",
        "Totale complessivo",
        "Total Result",
        "合計",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_labels_of_pivot_tables_of_spreadsheets_are_known(
    tmp_path: Path, label: str, encoding: str
) -> None:
    if encoding == "cp1252" and label == "合計":
        encoding = "shift-jis"
    p = tmp_path / "p.csv"
    p.write_bytes(f"k,p,y\na,1.25,1\nb,2.5,2\nc,4,3\n{label},7.75,6\n".encode(encoding))
    with pytest.warns(UserWarning, match=f"row 4, '{label}', holds the sum of the other rows, and"):
        evaluate(p, pred="p", target="y", options=ReadOptions(encoding=encoding))


def with_subtotals(names: Sequence[str]) -> dict[str, list[Any]]:
    """A pivot table: two groups of two rows, each above its subtotal, and their total."""
    one, other, total = names
    return {
        "k": ["a", "a", one, "b", "b", other, total],
        "s": ["u", "v", "", "u", "v", "", ""],
        "p": [1.25, 2.25, 3.5, 3.25, 4.25, 7.5, 11.0],
    }


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("Subtotal", "Subtotal", "Grand Total"), "the sum of the other rows, without subtotals,"),
        (("Sum", "Sum", "Total"), "the sum of the other rows, without subtotals,"),
        (("a Ergebnis", "b Ergebnis", "Gesamtergebnis"), "half the sum of the other rows,"),
    ],
)
def test_a_total_below_subtotals_is_warned_of(
    tmp_path: Path, suffix: str, names: Sequence[str], says: str
) -> None:
    columns = with_subtotals(names)
    p = save_table(tmp_path / f"p{suffix}", columns)
    np.save(tmp_path / "t.npy", np.array(columns["p"]))
    with pytest.warns(UserWarning, match=f"row 7, '{names[-1]}', holds {says} and counts"):
        evaluate(p, tmp_path / "t.npy", pred="p")
    np.save(tmp_path / "t.npy", np.arange(7.0))
    with pytest.raises(DataError, match="and row 7 of "):
        evaluate(p, tmp_path / "t.npy", pred="p")


def test_a_label_that_all_rows_have_beside_that_of_a_total_is_no_subtotal(tmp_path: Path) -> None:
    p = save_table(
        tmp_path / "p.csv",
        {"k": ["a", "b", "c", "Total"], "s": ["all"] * 4, "p": [*NUMBERS, sum(NUMBERS)]},
    )
    np.save(tmp_path / "t.npy", np.array([*NUMBERS, sum(NUMBERS)]) + 1)
    with pytest.warns(UserWarning, match="row 4, 'Total', holds the sum of the other rows, and"):
        evaluate(p, tmp_path / "t.npy", pred="p", options=ReadOptions(key_check=False))


def test_a_row_of_totals_whose_key_has_no_match_is_told_as_one(tmp_path: Path) -> None:
    rows = "".join(f"k{i},{i}.5\n" for i in range(1, 5))
    (tmp_path / "p.csv").write_text(f"k,p\n{rows}")
    (tmp_path / "t.csv").write_text(f"k,t\n{rows}Summe,12\n")
    sides = str(tmp_path / "p.csv"), str(tmp_path / "t.csv")
    said: list[str] = []
    with pytest.raises(
        DataError, match=r"'Summe' of row 5 .*\[is it a row of totals\? Delete it; --"
    ):
        evaluate(*sides, key="k", warn=said.append)
    assert [text.partition("holds ")[2] for text in said] == [
        "the sum of the other rows, and counts as one of them (delete it if it is none of the data)"
    ]
    said.clear()
    assert evaluate(*sides, key="k", unmatched="omit", warn=said.append).n == 4
    assert "counts as one of them if its key has a match (delete it" in said[0]
