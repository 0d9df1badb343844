"""Labels are numbered in the order in which they come, and keep their numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothl1.errors import DataError
from smoothl1.labels import encoder
from smoothl1.labels.encoder import Labels

VALUES: dict[str, tuple[Any, list[str]]] = {
    "text": (pa.array(["b", "a", "b", "", "ü\n"]), ["b", "a", "b", "", "ü\n"]),
    "large text": (pa.array(["x", "y", "x"], pa.large_string()), ["x", "y", "x"]),
    "integers": (pa.array([3, -1, 3]), ["3", "-1", "3"]),
    "unsigned": (pa.array([2**64 - 1, 0], pa.uint64()), ["18446744073709551615", "0"]),
    "bool": (pa.array([True, False, True]), ["true", "false", "true"]),
    "dates": (pa.array([dt.date(2024, 2, 29)] * 2), ["2024-02-29"] * 2),
    "times": (pa.array([dt.time(23, 59), dt.time(1)]), ["23:59:00", "01:00:00"]),
    "instants": (
        pa.array([0, 1, 0], pa.timestamp("s", "UTC")),
        ["1970-01-01 00:00:00Z", "1970-01-01 00:00:01Z", "1970-01-01 00:00:00Z"],
    ),
    "a slice": (pa.array(["a", "b", "c", "b"]).slice(1, 3), ["b", "c", "b"]),
    "none": (pa.array([], pa.string()), []),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_are_numbered_in_the_order_in_which_they_come(kind: str) -> None:
    values, texts = VALUES[kind]
    labels = Labels()
    distinct = list(dict.fromkeys(texts))
    assert labels.encode(values).tolist() == [distinct.index(text) for text in texts]
    assert labels.texts() == distinct
    assert len(labels) == len(distinct)


@given(
    st.lists(st.lists(st.text(max_size=3), max_size=10), max_size=5),
    st.sampled_from([0, 3, 1000]),
)
def test_a_value_keeps_its_number(chunks: list[list[str]], few: int) -> None:
    labels = Labels()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "_FEW", few)
        numbers = [labels.encode(pa.array(chunk, pa.string())).tolist() for chunk in chunks]
    every = [text for chunk in chunks for text in chunk]
    distinct = list(dict.fromkeys(every))
    assert [i for some in numbers for i in some] == [distinct.index(text) for text in every]


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcd"), min_size=1, max_size=5),
            st.lists(st.integers(0, 4), max_size=9),
            st.sampled_from([pa.int8(), pa.uint64(), pa.int32()]),
            st.integers(0, 3),
        ),
        max_size=4,
    )
)
def test_a_dictionary_stands_for_its_values(
    chunks: list[tuple[list[str], list[int], pa.DataType, int]],
) -> None:
    """Values may be doubled in it, or not occur; and it may be a slice."""
    labels = Labels()
    occurring = set()
    for values, places, kind, start in chunks:
        indices = pa.array([place % len(values) for place in places], kind)
        chunk = pa.DictionaryArray.from_arrays(indices, pa.array(values)).slice(start)
        codes = labels.encode(chunk).tolist()
        texts = labels.texts()
        assert [texts[code] for code in codes] == chunk.to_pylist()
        occurring |= set(chunk.to_pylist())
        assert len(texts) == len(set(texts))
        assert set(texts) == occurring


def test_numbers_of_a_dictionary_are_looked_up_again_when_it_changes() -> None:
    labels = Labels()
    for names, places, wanted in (
        (["a", "b", "c"], [0, 1], [0, 1]),
        (["a", "b", "c"], [2, 1, 0], [2, 1, 0]),
        (["c", "b", "a"], [0, 1, 2], [2, 1, 0]),
        (["c", "b"], [], []),
        (["a", "d"], [1, 0], [3, 0]),
    ):
        indices = pa.array(places, pa.int32())
        chunk = pa.DictionaryArray.from_arrays(indices, pa.array(names))
        assert labels.encode(chunk).tolist() == wanted
    assert labels.texts() == ["a", "b", "c", "d"]


def test_an_index_beyond_its_dictionary_is_refused() -> None:
    """Arrow does not check indices that come from a file unless it is asked to."""
    for wrong in (-1, 2):
        indices = pa.array([0, wrong], pa.int32())
        chunk = pa.DictionaryArray.from_arrays(indices, pa.array(["a", "b"]), safe=False)
        with pytest.raises(IndexError, match="beyond its dictionary"):
            Labels().encode(chunk)


def test_integers_just_outside_the_known_ones_are_new() -> None:
    for kind in ("int64", "uint64"):
        info = np.iinfo(kind)
        for least in (info.min, info.max - 2, 5):
            labels = Labels()
            assert labels.encode(pa.array([least, least + 2], kind)).tolist() == [0, 1]
            beside = [n for n in (least - 1, least + 3) if info.min <= n <= info.max]
            far = [n for n in (info.min, info.max) if n not in (least, least + 2, *beside)]
            some = [least + 2, least + 1, *beside, *far]
            wanted = [1, *range(2, 2 + len(some) - 1)]
            assert labels.encode(pa.array(some, kind)).tolist() == wanted


def test_a_sequence_of_one_value_after_another_is_numbered_in_order() -> None:
    labels = Labels()
    assert labels.texts() == []
    for i in range(100):
        assert labels.encode(pa.array([i * i, 0])).tolist() == [i, 0]
    assert labels.texts() == [str(i * i) for i in range(100)]


def test_as_many_groups_as_allowed_are_numbered_and_one_more_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "MAX_GROUPS", 3)
    labels = Labels()
    assert labels.encode(pa.array(["a", "b", "c", "a"])).tolist() == [0, 1, 2, 0]
    with pytest.raises(DataError, match="more than 3 groups"):
        labels.encode(pa.array(["a", "d"]))


INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


@pytest.mark.grid
@settings(max_examples=160)
@given(kind=st.sampled_from(INTEGERS), data=st.data())
def test_integers_near_and_far_are_numbered_in_the_order_in_which_they_come(
    kind: str, data: st.DataObject
) -> None:
    info = np.iinfo(kind)
    near = data.draw(st.integers(info.min, info.max - 9))
    some = st.one_of(st.integers(near, near + 9), st.integers(int(info.min), int(info.max)))
    chunks = data.draw(st.lists(st.lists(some, max_size=10), max_size=6))
    least = data.draw(st.sampled_from([1, 20, 1 << 16]))
    labels = Labels()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "_LEAST_WIDTH", least)
        numbers = [labels.encode(pa.array(chunk, kind)).tolist() for chunk in chunks]
    every = [number for chunk in chunks for number in chunk]
    distinct = list(dict.fromkeys(every))
    assert [i for some in numbers for i in some] == [distinct.index(number) for number in every]
    assert labels.texts() == list(map(str, distinct))


def test_a_table_of_integers_never_grows_far_beyond_what_is_looked_up() -> None:
    labels = Labels()
    for low in (0, 1 << 40, 1 << 60, 5):
        labels.encode(pa.array([low, low + 3]))
    assert labels._table.size < 1 << 17
    assert labels.encode(pa.array([1 << 40, 8, 0])).tolist() == [2, 7, 0]
