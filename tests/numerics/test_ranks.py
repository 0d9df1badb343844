"""Ranks of quantiles, and counts of integers in which a rank is found, by sorting."""

from __future__ import annotations

import random
from fractions import Fraction
from math import ceil

import numpy as np

from smoothl1.numerics.ranks import KeyCounts, rank_of, summed


def test_a_rank_is_that_of_the_decimal_that_was_written() -> None:
    for q in (0.0, 1e-9, 0.1, 0.25, 1 / 3, 0.35, 0.5, 0.9, 0.99, 1.0):
        for n in (1, 2, 3, 10, 20, 100, 10**18):
            assert rank_of(q, n) == max(1, ceil(Fraction(repr(q)) * n)), (q, n)


def test_a_rank_from_any_integer_on_finds_what_sorting_finds() -> None:
    rng = random.Random(1)
    every: list[int] = []
    counted = KeyCounts()
    assert (counted.keys.size, counted.counts.size) == (0, 0)
    for size in (1, 0, 5, 40):
        some = [rng.choice((0, 3, 7, 2**63, 2**64 - 1)) for _ in range(size)]
        every += some
        counted.add(np.array(some, np.uint64))
    counted.add(np.array([7, 5], np.uint64), np.array([2, 3]))
    every = sorted([*every, 7, 7, 5, 5, 5])
    assert counted.keys.tolist() == sorted(set(every))
    assert counted.counts.tolist() == [every.count(key) for key in sorted(set(every))]
    for lowest in (0, 4, 5, 2**63):
        above = [key for key in every if key >= lowest]
        ranks = np.arange(1, len(above) + 1)
        places, n_below = counted.find(np.full(len(above), lowest, np.uint64), ranks)
        assert counted.keys[places].tolist() == above
        assert n_below.tolist() == [sum(key < found for key in above) for found in above]


def test_equal_keys_are_summed_in_order() -> None:
    keys, counts = summed(np.array([4, 1, 4, 9, 1, 4]), np.array([1, 2, 3, 4, 5, 6]))
    assert (keys.tolist(), counts.tolist()) == ([1, 4, 9], [7, 10, 4])
    keys, counts = summed(np.array([], np.int64), np.array([], np.int64))
    assert (keys.size, counts.size) == (0, 0)
