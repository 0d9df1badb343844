"""Samples of hashes hold the same values of two columns, in whatever order these are read."""

from __future__ import annotations

import numpy as np
import pytest

from smoothl1.witnesses.hash_samples import HashSample
from smoothl1.witnesses.hashes import mixed

N = 50_000
HASHES = mixed(np.arange(2 * N, dtype=np.uint64))


def sample(hashes: np.ndarray, n_parts: int = 1) -> HashSample:
    found = HashSample()
    for part in np.array_split(hashes, n_parts):
        other = HashSample()
        other.add(part)
        found.merge(other)
    return found


@pytest.mark.parametrize("n_parts", [1, 7])
def test_the_same_values_in_another_order_are_not_absent(n_parts: int) -> None:
    one, other = sample(HASHES[:N]), sample(HASHES[:N][::-1], n_parts)
    assert not one.has_absent(other, 0)
    assert not other.has_absent(one, 0)


@pytest.mark.parametrize("n_parts", [1, 7])
def test_many_values_that_are_absent_are_seen(n_parts: int) -> None:
    one, other = sample(HASHES[N // 2 : 3 * N // 2], n_parts), sample(HASHES[:N])
    assert one.has_absent(other, 100)
    assert not one.has_absent(other, N // 2)


def test_few_values_are_counted_to_the_number() -> None:
    one, other = sample(HASHES[3:103]), sample(HASHES[:100])
    assert one.has_absent(other, 2)
    assert not one.has_absent(other, 3)


def test_a_small_sample_is_compared_with_a_large_one() -> None:
    assert not sample(HASHES[:100]).has_absent(sample(HASHES), 0)
    assert sample(HASHES).has_absent(sample(HASHES[:100]), 0)
