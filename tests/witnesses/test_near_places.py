"""Places along axes that are the same but for rounding, and such as are near but others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smoothl1.witnesses.near_places import are_same, in_one_type

STATIONS = np.random.default_rng(1).uniform(-90, 90, 5000)
TENTHS = np.linspace(-1, 1, 21)
FINE = np.arange(180 * 1200) / 1200

SAME = {
    "latitudes of many stations": (STATIONS, STATIONS.astype("f4")),
    "the same, kept in float64": (STATIONS, STATIONS.astype("f4").astype("f8")),
    "a fine grid": (FINE, FINE.astype("f4").astype("f8")),
    "what rounding leaves of 0": (TENTHS, np.cumsum([-1.0] + [0.1] * 20)),
    "the same in float32": (TENTHS, np.cumsum([-1.0] + [0.1] * 20, dtype="f4")),
    "0 and nearly 0": ([0.0, 10.0, 20.0], [2.7e-17, 10.0, 20.0]),
    "whole numbers as floats": (np.arange(10**6, 10**6 + 5), np.arange(1e6, 1e6 + 5)),
    "whole numbers in float32": ([123_456_789], np.array([123_456_789], "f4")),
    "a missing place": ([1.0, np.nan, 2.5], [1.0, np.nan, 2.5 + 1e-9]),
    "one place": ([47.1], [47.1 * (1 + 1e-9)]),
}
OTHER = {
    "days": (np.arange(20200101, 20200106), np.arange(20200105, 20200100, -1)),
    "ids as floats": (np.arange(1e6, 1e6 + 5), np.arange(1e6 + 4, 1e6 - 1, -1)),
    "ids as floats and integers": (np.arange(1e6, 1e6 + 4), np.arange(10**6 + 3, 10**6 - 1, -1)),
    "ids beyond 2**53": ([2**60, 2**60 + 1], [2**60 + 1, 2**60]),
    "ids with a gap": ([1e6, 1e6 + 1, 9e6, 5e7], [1e6 + 1, 1e6, 9e6 + 1, 5e7 + 1]),
    "half metres": (np.arange(4) + 5e6 + 0.5, np.arange(4)[::-1] + 5e6 + 0.5),
    "Julian dates": (2458849.5 + np.arange(6) / 24, 2458849.5 + np.arange(6)[::-1] / 24),
    "a difference beyond float64": ([-1e308, 0.5, np.inf], [1e308, 0.5, -np.inf]),
    "small places of many sizes": ([1e-9, 1e-8, 1e-3, 1.0], [1e-8, 1e-9, 1.1e-3, 2.0]),
}


@pytest.mark.parametrize(("ones", "others"), SAME.values(), ids=SAME)
def test_places_that_are_rounded_are_the_same(ones: Any, others: Any) -> None:
    for sides in ((ones, others), (others, ones)):
        assert are_same(*in_one_type([*map(np.asarray, sides)]), are_times=False).all()


@pytest.mark.parametrize(("ones", "others"), OTHER.values(), ids=OTHER)
def test_near_places_are_others(ones: Any, others: Any) -> None:
    for sides in ((ones, others), (others, ones)):
        found = are_same(*in_one_type([*map(np.asarray, sides)]), are_times=False)
        in_the_middle = np.asarray(ones) == np.asarray(others)
        assert found.tolist() == in_the_middle.tolist()
