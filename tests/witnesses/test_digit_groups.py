"""Whole numbers whose digits are in groups of three, beside the same ones in digits alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.digit_groups import groups_beside_whole, without_groups

if TYPE_CHECKING:
    from pathlib import Path

N = 24
Y = np.arange(N) ** 2.0
SHUFFLED = [(7 * i + 3) % N for i in range(N)]
NUMBERS = {"thousands": [1000 + 37 * i for i in range(N)], "all": [6**i for i in range(N)]}
MARKS = [".", ",", "'", "\u2019", "_", " ", "\u00a0", "\u2009", "\u202f"]


def silent(*sides: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, pred="p", target="y")


def check(one: pa.Array, other: pa.Array) -> None:
    """The same rows agree, in silence, and another order is refused."""
    p, y = pa.table({"id": one, "p": Y + 0.5}), pa.table({"id": other, "y": Y})
    found = silent(p, y)
    assert found.mean == 0.125
    assert any("agrees in every row" in decision.reason for decision in found.decisions)
    with pytest.raises(DataError, match="holds the same values in another order"):
        silent(p, y.take(SHUFFLED))


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("numbers", NUMBERS)
def test_numbers_in_groups_are_the_same_as_without(mark: str, numbers: str) -> None:
    grouped = pa.array([f"{n:,}".replace(",", mark) for n in NUMBERS[numbers]])
    check(grouped, pa.array(NUMBERS[numbers]))
    check(pa.array(list(map(str, NUMBERS[numbers]))), grouped)


@pytest.mark.parametrize("mark", [".", "'"])
@pytest.mark.parametrize("with_csv", [(True, True), (True, False), (False, True)])
def test_it_is_so_in_csv_files(tmp_path: Path, mark: str, with_csv: tuple[bool, bool]) -> None:
    """Points are decimal marks there, unless the other side has whole numbers."""
    grouped = [f"{n:,}".replace(",", mark) for n in NUMBERS["thousands"]]
    p = pa.table({"id": grouped, "p": Y + 0.5})
    y = pa.table({"id": NUMBERS["thousands"], "y": Y})

    def given(name: str, table: pa.Table) -> Any:
        if not with_csv["py".index(name)]:
            return table
        csv.write_csv(table, tmp_path / name)
        return tmp_path / name

    assert silent(given("p", p), given("y", y)).mean == 0.125
    with pytest.raises(DataError, match="holds the same values in another order"):
        silent(given("p", p), given("y", y.take(SHUFFLED)))


@pytest.mark.parametrize("name", ["id", "x"])
@pytest.mark.parametrize("first", [900, 1270])
@pytest.mark.parametrize("mark", [".", "'"])
def test_numbers_in_groups_in_another_order_are_to_be_written_alike(
    tmp_path: Path, mark: str, first: int, name: str
) -> None:
    numbers = [first + 37 * i for i in range(N)]
    rows = "".join(f"{f'{n:,}'.replace(',', mark)},{i}\n" for i, n in enumerate(numbers))
    (tmp_path / "p.csv").write_text(f"{name},p\n{rows}")
    y = pa.table({name: numbers[::-1], "y": Y})
    csv.write_csv(y, tmp_path / "y.csv")
    for target in (y, tmp_path / "y.csv"):
        with pytest.raises(DataError, match="holds the same values in another order") as caught:
            silent(tmp_path / "p.csv", target)
        assert str(caught.value.hint).startswith("write both alike, as keys must be; ")


def test_whole_numbers_as_r_writes_them_are_the_same_as_in_digits() -> None:
    numbers = [100_000 * (i + 1) for i in range(9)] + [123_456 + i for i in range(N - 9)]
    texts = [f"{n:.0e}" if n % 100_000 == 0 else str(n) for n in numbers]
    check(pa.array(texts), pa.array(numbers))
    check(pa.array([*texts[:-1], "x"]), pa.array([*map(str, numbers[:-1]), "x"]))


@pytest.mark.parametrize("odd", ["007", "7.0", " 7", "+7"])
def test_one_number_in_two_forms_on_a_side_hides_no_other_order(odd: str) -> None:
    numbers = [7, *range(7, N + 6)]
    texts = [odd, *(f"{n:05}" if n % 2 else f"{n}" for n in numbers[1:])]
    check(pa.array(texts), pa.array(numbers))
    check(pa.array(texts), pa.array(list(map(str, numbers))))


@pytest.mark.parametrize(
    "text",
    ["0.123", "1.23", "1.2345", "1234.567", "1.234,567", "1,23,456", "v1.234", "1.234x", "01.234"],
)
def test_other_texts_are_left_as_they_are(text: str) -> None:
    texts = pa.array([text.encode(), b"x"])
    assert without_groups(texts) is texts


def test_fractions_of_three_places_are_fractions_beside_others() -> None:
    texts, small = pa.array([b"1.234", b"", b"987"]), pa.array([b"1.234", b"2.5"])
    assert groups_beside_whole(texts, pa.array([1.5, 2.0, 3.0])) is None
    assert groups_beside_whole(texts, pa.array([b"1.234", b"2.5", b"3"])) is None
    assert groups_beside_whole(small, pa.array([1234, 2])) is None
    assert groups_beside_whole(texts, pa.array([1, None, 987])) is None
    found = groups_beside_whole(pa.array([1234, 5, 987]), texts)
    assert found is not None
    assert found[1].to_pylist() == [b"1234", b"", b"987"]
