"""Labels that store a value once for many rows: functions of one or several columns."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1.labels.conversion import unequal
from smoothl1.labels.stored_once import codes_of, in_each_row, joined, with_used_values, with_values
from smoothl1.sources.constants import Constants, layout_of
from smoothl1.sources.contract import Block, Wanted

TEXTS = ["b", "a", "b", "c"]
PLAIN = pa.array(TEXTS)
REPEATED = pa.DictionaryArray.from_arrays([0, 2, 1, 3], ["b", "b", "a", "c"])
"""The same texts: a dictionary of a file may have a value twice."""

BOTH = pytest.mark.parametrize("column", [PLAIN, REPEATED, PLAIN.dictionary_encode()])


@BOTH
@pytest.mark.parametrize("other", [PLAIN, REPEATED])
def test_codes_are_the_same_for_the_same_value(column: pa.Array, other: pa.Array) -> None:
    one, two, empty = codes_of([column, other[1:], column[:0]])
    assert one.tolist() == [0, 1, 0, 2]
    assert two.tolist() == [1, 0, 2]
    assert empty.size == 0


@BOTH
def test_joined_rows_keep_their_values(column: pa.Array) -> None:
    with_null = pa.DictionaryArray.from_arrays(pa.array([1, None]), ["x", "d"])
    found = joined([column, with_null, pa.array(["a", None])])
    assert in_each_row(found).to_pylist() == [*TEXTS, "d", None, "a", None]
    assert in_each_row(found.take(pa.array([7, 0]))).to_pylist() == [None, "b"]


@BOTH
def test_values_are_changed_once_each(column: pa.Array) -> None:
    given: list[int] = []

    def doubled(values: pa.Array) -> pa.Array:
        given.append(len(values))
        return pa.array([2 * text for text in values.to_pylist()])

    found = with_values(column, doubled)
    assert in_each_row(found).to_pylist() == ["bb", "aa", "bb", "cc"]
    assert given == [len(column.dictionary if pa.types.is_dictionary(column.type) else column)]


def test_values_that_no_row_has_are_left_out() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([3, None, 1, 3]), ["a", "b", "c", "d"])
    found = with_used_values(column)
    assert len(found.dictionary) == 3  # a missing place counts as the first
    assert in_each_row(found).to_pylist() == ["d", None, "b", "d"]


@pytest.mark.parametrize("other", [PLAIN, REPEATED])
def test_the_first_row_that_differs_is_found(other: pa.Array) -> None:
    assert unequal(REPEATED, other) is None
    assert unequal(REPEATED[:3], pa.array(["b", "a", "c"])) == 2
    assert unequal(pa.array(["a", "a", "b"]), REPEATED[:3]) == 0


@pytest.mark.parametrize(("text", "is_once"), [("short", False), ("k" * 5000, True)])
def test_a_long_text_of_all_rows_of_a_file_is_stored_once(text: str, *, is_once: bool) -> None:
    constants = Constants(("g",), (pa.array([text]),))
    layout = layout_of(constants, Wanted(((),), ("g",)), ("p", "g"), 1)
    assert layout is not None
    block = layout.completed(Block(1000, ()), constants.values, "x")
    assert pa.types.is_dictionary(block.labels[0].type) == is_once
    assert in_each_row(block.labels[0]).to_pylist() == [text] * 1000
