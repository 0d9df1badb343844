"""Tallies of groups in arrays, against tallies made of Python's own numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.group_tallies import GroupTally
from tests import oracle
from tests.oracle import LARGEST, SMALLEST, assert_same
from tests.seen import seen

if TYPE_CHECKING:
    from tests.oracle import Expected

N_GROUPS = 4


class Element(NamedTuple):
    """One element, as a group's tally is told of it."""

    group: int
    loss: float
    is_quadratic: bool
    weight: float


losses = st.one_of(
    st.floats(0.0, LARGEST),
    st.sampled_from([0.0, SMALLEST, LARGEST, math.nan, math.inf, 0.1, 1.0]),
)
elements = st.lists(
    st.builds(
        Element,
        st.integers(0, N_GROUPS - 1),
        losses,
        st.booleans(),
        st.one_of(st.sampled_from([1.0, SMALLEST, LARGEST]), st.floats(SMALLEST, LARGEST)),
    ),
    max_size=40,
)


def expected(chosen: list[Element], positions: list[int], *, weighted: bool) -> Expected:
    """What is to be learned of the elements of one group."""
    weights = [e.weight for e in chosen] if weighted else None
    return oracle.tally_of(
        [e.loss for e in chosen], [e.is_quadratic for e in chosen], positions, weights
    )


def expected_of_groups(
    chosen: list[Element], positions: list[int], *, weighted: bool
) -> list[Expected]:
    of_groups = []
    for group in range(N_GROUPS):
        at = [i for i, element in enumerate(chosen) if element.group == group]
        mine = [chosen[i] for i in at]
        of_groups.append(expected(mine, [positions[i] for i in at], weighted=weighted))
    return of_groups


def add(
    tally: GroupTally,
    chosen: list[Element],
    positions: list[int],
    numbers: dict[int, int] | None = None,
    *,
    weighted: bool,
) -> None:
    codes = [e.group if numbers is None else numbers[e.group] for e in chosen]
    with np.errstate(over="ignore"):
        tally.add(
            np.array(codes, np.intp),
            np.array([e.loss for e in chosen], np.float64),
            np.array([e.is_quadratic for e in chosen], np.bool_),
            np.array([e.weight for e in chosen], np.float64) if weighted else None,
            np.array(positions, np.int64),
        )


def empty(n: int = N_GROUPS, *, weighted: bool = False) -> GroupTally:
    tally = GroupTally(weighted=weighted)
    tally.resize(n)
    return tally


@given(elements, st.booleans(), st.integers(0, 1 << 60))
def test_each_group_is_tallied_as_if_alone(
    chosen: list[Element], weighted: bool, start: int
) -> None:
    tally = empty(weighted=weighted)
    positions = list(range(start, start + len(chosen)))
    add(tally, chosen, positions, weighted=weighted)
    of_groups = expected_of_groups(chosen, positions, weighted=weighted)
    assert list(map(seen, tally.tallies())) == of_groups


@given(elements, st.booleans())
def test_means_and_sums_in_arrays_are_those_of_the_tallies_one_by_one(
    chosen: list[Element], weighted: bool
) -> None:
    tally = empty(weighted=weighted)
    add(tally, chosen, list(range(len(chosen))), weighted=weighted)
    tally.count_elements("n_omitted", np.array([1]))
    tally.count_elements("n_weightless", np.array([2]))
    wanted = expected_of_groups(chosen, list(range(len(chosen))), weighted=weighted)
    means, sums = [one.mean for one in wanted], [one.sum for one in wanted]
    for group in (1, 2):  # nothing is left of these: that is not a sum of 0
        if wanted[group].n == 0:
            sums[group] = math.nan
    assert_same(tally.means(), means)
    assert_same(tally.sums(), sums)


@given(elements, st.booleans())
def test_the_whole_is_the_tally_of_all_elements(chosen: list[Element], weighted: bool) -> None:
    tally = empty(weighted=weighted)
    positions = list(range(len(chosen)))
    add(tally, chosen, positions, weighted=weighted)
    assert seen(tally.whole()) == expected(chosen, positions, weighted=weighted)


@given(elements, st.booleans(), st.integers(1, 15), st.randoms(use_true_random=False))
def test_pieces_merged_in_any_order_and_numbering_give_the_same(
    chosen: list[Element], weighted: bool, step: int, random: Any
) -> None:
    pieces = [range(i, min(i + step, len(chosen))) for i in range(0, len(chosen), step)]
    random.shuffle(pieces)
    total = empty(weighted=weighted)
    for piece in pieces:
        known = sorted({chosen[i].group for i in piece})
        random.shuffle(known)
        part = empty(len(known), weighted=weighted)
        numbers = {group: number for number, group in enumerate(known)}
        add(part, [chosen[i] for i in piece], list(piece), numbers, weighted=weighted)
        total.merge(part, np.array(known, np.intp))
    positions = list(range(len(chosen)))
    of_groups = expected_of_groups(chosen, positions, weighted=weighted)
    assert list(map(seen, total.tallies())) == of_groups


@given(elements, elements)
def test_groups_may_come_later(before: list[Element], after: list[Element]) -> None:
    tally = empty()
    add(tally, before, list(range(len(before))), weighted=False)
    tally.resize(2 * N_GROUPS)
    numbers = {group: group + N_GROUPS for group in range(N_GROUPS)}
    later = list(range(100, 100 + len(after)))
    add(tally, after, later, numbers, weighted=False)
    first, second = (
        expected_of_groups(before, list(range(len(before))), weighted=False),
        expected_of_groups(after, later, weighted=False),
    )
    assert list(map(seen, tally.tallies())) == first + second


def test_what_is_not_computed_is_counted_in_its_group() -> None:
    tally = empty(3)
    tally.add_lost(np.array([0, 2, 2]), np.array([7, 9, 5]))
    tally.count_elements("n_missing", np.array([0, 2, 2, 2]))
    tally.count_elements("n_omitted", np.array([1, 1]))
    tally.count_elements("n_weightless", np.array([1]))
    nothing = oracle.tally_of([], [], [])
    assert list(map(seen, tally.tallies())) == [
        nothing._replace(n=1, n_nan=1, n_missing=1, first_nan=7),
        nothing._replace(n_omitted=2, n_weightless=1),
        nothing._replace(n=2, n_nan=2, n_missing=3, first_nan=5),
    ]
    assert seen(tally.whole()) == nothing._replace(
        n=3, n_nan=3, n_missing=4, n_omitted=2, n_weightless=1, first_nan=5
    )


def test_a_group_without_elements_has_sum_zero_and_mean_nan() -> None:
    for weighted in (False, True):
        (tally,) = empty(1, weighted=weighted).tallies()
        assert (tally.n, tally.sum, tally.first_nan) == (0, 0.0, None)
        assert math.isnan(tally.mean)
        assert (tally.min, tally.max) == (math.inf, -math.inf)


def test_no_groups_at_all_are_an_empty_whole() -> None:
    tally = GroupTally(weighted=False)
    assert tally.tallies() == []
    assert seen(tally.whole()) == expected([], [], weighted=False)


def test_resizing_to_fewer_groups_or_as_many_does_nothing() -> None:
    tally = empty(2)
    add(tally, [Element(1, 0.5, is_quadratic=True, weight=1.0)], [0], weighted=False)
    before = tally.tallies()
    tally.resize(2)
    tally.resize(1)
    assert tally.tallies() == before


def test_no_rows_are_rows_of_any_size() -> None:
    moments = GroupMoments()
    moments.resize(1)
    none, one = np.zeros(0, np.intp), np.zeros(1, np.intp)
    moments.add(none, Rows(np.zeros(0), None, None))
    moments.add(one, Rows(np.array([3.0]), np.array([2.0]), None))
    moments.add(none, Rows(np.zeros(0), None, None))
    other = GroupMoments()
    other.resize(1)
    moments.merge(other, one)
    (found,) = moments.each()
    assert (found.squares, found.cross, found.sizes) == (9 << 2148, 6 << 2148, 4 << 2148)
    assert found.third == tuple(n << 3222 for n in (27, 18, 12, 8))


def test_rows_of_size_1_are_kept_apart_from_others() -> None:
    moments = GroupMoments()
    moments.resize(1)
    one = np.zeros(1, np.intp)
    moments.add(one, Rows(np.array([3.0]), None, None))
    with pytest.raises(ValueError, match="size 1"):
        moments.add(one, Rows(np.array([3.0]), np.array([2.0]), None))
