"""Days in text that rise on both sides, in any two notations, of which one side is a day late."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate

N = 40
DAYS = [date(2023, 12, 1) + timedelta(days=i) for i in range(N + 1)]
FIRST_OF_MONTHS = [date(2020 + i // 12, 1 + i % 12, 1) for i in range(N + 1)]
NOTATIONS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
BY_CHUNKS = (Execution(chunk_rows=13, threads=2), Execution())


def texts(days: list[date], form: str) -> list[str]:
    return [day.strftime(form) for day in days]


def without_zeros(days: list[date]) -> list[str]:
    return [f"{day.month}/{day.day}/{day.year}" for day in days]


def said(one: list[Any], other: list[Any], execution: Execution = BY_CHUNKS[0]) -> list[str]:
    """The warnings about two tables with these texts."""
    found: list[str] = []
    p = pa.table({"day": one, "p": [0.5] * len(one)})
    t = pa.table({"day": other, "t": [1.5] * len(one)})
    evaluate(p, t, pred="p", target="t", execution=execution, warn=found.append)
    return found


@pytest.mark.sampled
@pytest.mark.parametrize(("one", "other"), list(product(NOTATIONS, repeat=2)))
def test_a_lag_of_a_day_is_refused_in_any_two_notations(one: str, other: str) -> None:
    for execution in BY_CHUNKS:
        assert said(texts(DAYS[:N], one), texts(DAYS[:N], other), execution) == []
        with pytest.raises(DataError, match=r"'day' .* rises on both sides, with other values"):
            said(texts(DAYS[:N], one), texts(DAYS[1:], other), execution)


def test_days_that_fall_are_refused_likewise() -> None:
    falling = DAYS[::-1]
    with pytest.raises(DataError, match="falls on both sides, with other values"):
        said(texts(falling[1:], "%d.%m.%Y"), texts(falling[:N], "%Y-%m-%d"))


FIRST_TWELVE = [date(2024, 3, 1) + timedelta(days=i) for i in range(12)]
"""Days of which nothing tells how they are read."""


def test_right_rows_with_slashes_are_only_warned_of_if_nothing_tells_how_they_are_read() -> None:
    (warning,) = said(texts(FIRST_TWELVE, "%d/%m/%Y"), texts(FIRST_TWELVE, "%m/%d/%Y"))
    assert "column 'day' differs" in warning


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_lag_of_sides_with_slashes_is_refused_if_they_rise_however_they_are_read(
    form: str,
) -> None:
    with pytest.raises(DataError, match="rises on both sides"):
        said(texts(FIRST_TWELVE[:11], "%d/%m/%Y"), texts(FIRST_TWELVE[1:], form))


def test_first_days_of_months_are_refused_in_either_reading() -> None:
    late = texts(FIRST_OF_MONTHS[1:], "%m/%d/%Y")
    with pytest.raises(DataError, match="rises on both sides"):
        said(texts(FIRST_OF_MONTHS[:N], "%Y-%m-%d"), late)


def test_days_beside_times_of_a_day_are_only_warned_of() -> None:
    noons = [f"{text} 12:00:00" for text in texts(DAYS[1:], "%Y-%m-%d")]
    (warning,) = said(texts(DAYS[:N], "%d.%m.%Y"), noons)
    assert "column 'day' differs" in warning


def test_names_of_files_with_other_suffixes_are_no_days() -> None:
    (warning,) = said([f"{i + 10}.jpg" for i in range(N)], [f"{i + 11}.png" for i in range(N)])
    assert "column 'day' differs" in warning


def key_advised(one: list[Any], other: list[Any]) -> bool:
    """Whether rows a day apart are refused with advice to take days as keys, or to rewrite them."""
    with pytest.raises(DataError, match="rises on both sides") as caught:
        said(one, other)
    hint = str(caught.value.hint)
    assert ("--key day matches" in hint) != ("write both alike, as keys must be" in hint)
    return "--key day matches" in hint


@pytest.mark.sampled
@pytest.mark.parametrize(("one", "other"), list(product(NOTATIONS, repeat=2)))
def test_a_key_is_advised_only_where_both_sides_write_days_alike(one: str, other: str) -> None:
    assert key_advised(texts(DAYS[:N], one), texts(DAYS[1:], other)) == (one == other)


def test_leading_zeros_of_one_side_alone_are_another_notation() -> None:
    assert key_advised(without_zeros(DAYS[:N]), without_zeros(DAYS[1:]))
    assert not key_advised(without_zeros(DAYS[:N]), texts(DAYS[1:], "%m/%d/%Y"))
    assert not key_advised(texts(DAYS[:N], "%m/%d/%Y"), without_zeros(DAYS[1:]))


def test_days_as_whole_numbers_are_in_one_notation() -> None:
    numbers = [int(text) for text in texts(DAYS, "%Y%m%d")]
    assert key_advised(numbers[:N], numbers[1:])
    assert not key_advised(numbers[:N], texts(DAYS[1:], "%d.%m.%Y"))
