"""Hypothesis strategies: numbers of every dtype and magnitude, transition points, cuts."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from tests.oracle import DTYPES, LARGEST, SMALLEST

Pair = tuple[NDArray[Any], NDArray[Any]]

any_bits = st.integers(0, (1 << 64) - 1).map(lambda bits: float(np.uint64(bits).view(np.float64)))
"""Any binary64 by its bit pattern: all magnitudes alike, with NaN and infinities."""

finite = st.one_of(
    any_bits.filter(np.isfinite), st.floats(allow_nan=False, allow_infinity=False, width=64)
)

finite_lists = st.lists(finite, max_size=60)

betas = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, 1.5, 5.0, SMALLEST, 1e-310, 2.0**-1022, 1e30, 1e308, LARGEST]),
    st.floats(min_value=0.0, allow_infinity=False, allow_nan=False),
)


@st.composite
def pairs(draw: st.DrawFn, dtypes: tuple[str, ...] = DTYPES, max_size: int = 40) -> Pair:
    """Predictions and targets of any two dtypes, some of them close to each other."""
    n = draw(st.integers(0, max_size))
    pred = draw(_arrays(draw(st.sampled_from(dtypes)), n))
    target = draw(_arrays(draw(st.sampled_from(dtypes)), n))
    if draw(st.booleans()):
        target = pred[draw(st.permutations(range(n)))]
    return pred, target


def cuts(n: int) -> st.SearchStrategy[list[int]]:
    """Where to cut n elements into chunks, some of them perhaps empty."""
    return st.lists(st.integers(0, n), max_size=6).map(lambda inner: [0, *sorted(inner), n])


def _arrays(dtype: str, n: int) -> st.SearchStrategy[NDArray[Any]]:
    raw = st.binary(min_size=n * 8, max_size=n * 8)
    if dtype == "bool":
        return hnp.arrays(dtype, n)
    by_bits = raw.map(lambda data: np.frombuffer(data, dtype)[:n].copy())
    return st.one_of(by_bits, hnp.arrays(dtype, n))
