"""Formats of floats that NumPy does not know, compared with ml_dtypes in every bit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from smoothl1.checks import NARROW
from smoothl1.numerics.narrow_floats import rounded, widened
from smoothl1.numerics.narrow_formats import bytes_of

ml_dtypes = pytest.importorskip("ml_dtypes")


@pytest.mark.parametrize("name", NARROW)
def test_every_number_is_that_of_ml_dtypes(name: str) -> None:
    bits = np.arange(256 ** bytes_of(name), dtype=f"u{bytes_of(name)}")
    expected = bits.view(getattr(ml_dtypes, name)).astype(np.float32)
    found = widened(bits, name)
    is_nan = np.isnan(expected)
    assert np.isnan(found).tolist() == is_nan.tolist()
    assert found[~is_nan].tobytes() == expected[~is_nan].tobytes()


@pytest.mark.parametrize("name", NARROW)
def test_a_number_is_rounded_to_the_nearest_and_a_tie_to_even(name: str) -> None:
    dtype = getattr(ml_dtypes, name)
    step = 301 if bytes_of(name) == 2 else 1
    bits = np.arange(0, 256 ** bytes_of(name), step, dtype=f"u{bytes_of(name)}")
    known = bits.view(dtype).astype(np.float32).astype(np.float64)
    known = np.unique(known[np.abs(known) < 1e30])
    places: tuple[float, ...] = (0, 0.3, 0.5)
    if name == "float8_e8m0fnu":  # it has no fraction that is even
        places, known = (
            (0, 0.3),
            known[1:],
        )  # the lowest is left out: ml_dtypes rounds up to the next
    for low, high in itertools.pairwise(known.tolist()):
        for place in places:
            value = low + (high - low) * place
            assert rounded(value, name) == float(np.array([value]).astype(dtype)[0]), value
    assert np.isinf(rounded(-1e39, name))


@pytest.mark.parametrize("name", [name for name in NARROW if bytes_of(name) == 1])
def test_what_is_beyond_the_largest_number_is_infinite_from_half_a_step_on(name: str) -> None:
    dtype = getattr(ml_dtypes, name)
    known = np.arange(256, dtype=np.uint8).view(dtype).astype(np.float32)
    below, largest = np.sort(known[np.isfinite(known)])[-2:]
    limit = largest + (largest - below) / 2
    for value in (
        limit,
        np.nextafter(limit, np.float32(0)),
        np.nextafter(limit, np.float32("inf")),
    ):
        with np.errstate(over="ignore"):
            expected = float(np.array([value]).astype(dtype)[0])
        # Formats without an infinity have NaN in its place; float8_e8m0fnu has neither.
        is_beyond = value > limit or not np.isfinite(expected)
        assert rounded(float(value), name) == (np.inf if is_beyond else expected)


@pytest.mark.parametrize("name", NARROW)
def test_nan_and_infinity_are_rounded_to_themselves(name: str) -> None:
    assert np.isnan(rounded(np.nan, name))
    assert rounded(-np.inf, name) == -np.inf
