"""A lazy tuple is like the tuple that it makes."""

from __future__ import annotations

import copy
import pickle

import pytest

from smoothl1.tallies.lazy import LazyTuple


def test_items_are_made_once_and_only_when_one_is_asked_for() -> None:
    calls = []
    lazy = LazyTuple(3, lambda: (calls.append(1), (5, 6, 7))[1])
    assert len(lazy) == 3
    assert not calls
    assert (lazy[0], lazy[-1], lazy[1:], list(lazy)) == (5, 7, (6, 7), [5, 6, 7])
    assert calls == [1]
    with pytest.raises(IndexError):
        lazy[3]


def test_a_lazy_tuple_equals_the_tuple_from_both_sides() -> None:
    lazy, other = LazyTuple(2, lambda: (5, 6)), LazyTuple(2, lambda: (5, 6))
    assert lazy == (5, 6)
    assert (5, 6) == lazy  # noqa: SIM300
    assert lazy == other
    assert lazy != (5,)
    assert (hash(lazy), repr(lazy)) == (hash((5, 6)), "(5, 6)")


def test_a_lazy_tuple_is_copied_and_pickled_as_the_tuple() -> None:
    lazy = LazyTuple(2, lambda: (5, 6))
    for copied in (pickle.loads(pickle.dumps(lazy)), copy.deepcopy(lazy)):
        assert copied == (5, 6)
        assert type(copied) is tuple
