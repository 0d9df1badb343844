"""Local times in a night in which clocks are set back: 01:30 of London is there twice."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate

N = 24
Y = np.arange(N) ** 2.0
SHUFFLED = [(7 * i + 3) % N for i in range(N)]
CHANGE = datetime(2026, 10, 25, 1, tzinfo=UTC)
INSTANTS = [CHANGE + timedelta(minutes=30 * (i - 8)) for i in range(N)]
LOCAL = [t + timedelta(hours=1) if t < CHANGE else t for t in INSTANTS]

FORMS = {
    "iso": pa.array([f"{time:%Y-%m-%d %H:%M:%S}" for time in LOCAL]),
    "iso with T": pa.array([f"{time:%Y-%m-%dT%H:%M}" for time in LOCAL]),
    "slashes": pa.array([f"{time:%d/%m/%Y %H:%M}" for time in LOCAL]),
    "times": pa.array([time.replace(tzinfo=None) for time in LOCAL], pa.timestamp("s")),
}
INSTANT_FORMS = {
    "counts": pa.array([int(time.timestamp()) for time in INSTANTS]),
    "text in UTC": pa.array([f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in INSTANTS]),
    "times of London": pa.array(INSTANTS, pa.timestamp("s", "Europe/London")),
}


def found(one: pa.Array, other: pa.Array, order: Any) -> float | None:
    p, y = pa.table({"when": one, "p": Y + 0.5}), pa.table({"when": other, "y": Y})
    return evaluate(p, y.take([*order]), pred="p", target="y").mean


@pytest.mark.parametrize(
    "forms",
    [("iso", "iso"), ("iso", "iso with T"), ("iso", "slashes"), ("iso", "times")],
    ids="-".join,
)
def test_they_are_compared_as_they_are_written(forms: tuple[str, str]) -> None:
    sides = [FORMS[form] for form in forms]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found(*sides, range(N)) == 0.125
        with pytest.raises(DataError, match="holds the same values in another order"):
            found(*sides, SHUFFLED)


@pytest.mark.parametrize("instants", INSTANT_FORMS)
@pytest.mark.parametrize("local", FORMS)
def test_beside_instants_there_is_a_warning(local: str, instants: str) -> None:
    """Nothing says which zone they are of, nor which of two equal times is the earlier one."""
    with pytest.warns(UserWarning, match="'when' (differs|cannot be compared)"):
        assert found(FORMS[local], INSTANT_FORMS[instants], range(N)) == 0.125
