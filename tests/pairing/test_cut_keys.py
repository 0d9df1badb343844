"""Keys that are times, which one side has cut: the message shows one of either side."""

from __future__ import annotations

import re
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
START = datetime(2024, 1, 1, 5, tzinfo=UTC)
FINE = [START + timedelta(seconds=97 * i, microseconds=(370_001 * i + 5) % 10**6) for i in range(N)]
CUT = [time.replace(microsecond=0) for time in FINE]
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y", "key": "ts"}
HINT = "write the times of both alike: with all digits, or in whole seconds"


def microseconds(times: list[datetime]) -> pa.Array:
    return pa.array([round(time.timestamp() * 10**6) for time in times])


FORMS = {
    "times": lambda times: microseconds(times).cast(pa.timestamp("us")),
    "text": lambda times: pa.array([time.isoformat(" ")[:-6] for time in times]),
    "text with an offset": lambda times: pa.array([time.isoformat() for time in times]),
    "counts": microseconds,
}
PAIRS = [(form, form) for form in FORMS] + [("times", "text"), ("text", "times")]


def refused(one: pa.Table, other: pa.Table, **more: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        evaluate(one, other, **(CHOSEN | more))
    return caught.value


@pytest.mark.parametrize(("fine", "cut"), PAIRS)
def test_a_key_of_either_side_is_shown_and_both_are_to_be_written_alike(
    fine: str, cut: str
) -> None:
    fines, cuts = FORMS[fine](FINE), FORMS[cut](CUT)
    keys = fines, cuts.take(SHUFFLED)
    for sides in (keys, keys[::-1]):
        p, y = (pa.table({"ts": ts, "p": Y, "y": Y}) for ts in sides)
        error = refused(p, y)
        assert error.what.endswith("' cut to whole seconds")
        assert f"has no match in <targets>, nor have {N - 1} others: '" in error.what
        assert error.hint == HINT


def test_it_is_said_of_rounded_times_and_of_keys_of_several_columns() -> None:
    rounded = [(time + timedelta(seconds=0.5)).replace(microsecond=0) for time in FINE]
    series = pa.array(["a", "b"] * (N // 2))
    p = pa.table({"s": series, "ts": FORMS["times"](FINE), "p": Y})
    y = pa.table({"s": series, "ts": FORMS["times"](rounded), "y": Y})
    error = refused(p, y.take(SHUFFLED), key=("s", "ts"))
    first = "'a', '2024-01-01 05:00:00' is 'a', '2024-01-01 05:00:00.000005' rounded to whole"
    assert error.what.endswith(f"{first} seconds")
    others = y.set_column(0, "s", [pa.array(["c", "d"] * (N // 2))])
    assert "whole" not in refused(p, others, key=("s", "ts")).what


def test_where_such_rows_are_left_out_a_warning_says_so() -> None:
    mixed = FINE[:2] + CUT[2:]
    p = pa.table({"ts": FORMS["times"](FINE), "p": Y})
    y = pa.table({"ts": FORMS["times"](mixed), "y": Y})
    said = r"'2024-01-01 05:03:14' is '2024-01-01 05:03:14\.740007' cut to whole seconds, and rows"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert evaluate(p, y, unmatched="omit", **CHOSEN).n == 2
    assert sum(re.search(said, str(warning.message)) is not None for warning in caught) == 1


def test_other_times_are_not_called_cut() -> None:
    p = pa.table({"ts": FORMS["times"](FINE), "p": Y})
    late = pa.table({"ts": FORMS["times"]([t + timedelta(seconds=40) for t in CUT]), "y": Y})
    error = refused(p, late)
    assert error.what.endswith("; there the first is '2024-01-01 05:00:40'")
    assert error.hint == "are --key and the files the right ones?"


@pytest.mark.parametrize("every", [5, 2])
def test_hours_among_finer_times_with_gaps_are_not_cut(every: int) -> None:
    hours = [START + timedelta(hours=i) for i in range(N)]
    finer = [START + timedelta(minutes=30 * i) for i in range(2 * N)]
    there = [time for i, time in enumerate(finer) if i % 2 or (i // 2) % every]
    p = pa.table({"ts": FORMS["text"](hours), "p": Y})
    y = pa.table({"ts": FORMS["text"](there), "y": np.arange(len(there)) * 1.0})
    said: list[str] = []
    assert evaluate(p, y, unmatched="omit", warn=said.append, **CHOSEN).n == len(there) - N
    assert "whole" not in "".join(said)
    assert "whole hours" not in f"{refused(p, y).what} {refused(p, y).hint}"
