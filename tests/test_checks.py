"""What a setting may be: numbers of any size are refused in one line."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import EvalSettings, Result, checks, compare, evaluate, plan_tasks, preview, report
from smoothl1.column_names import checked_columns
from smoothl1.errors import SettingsError
from tests.tables import save_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HUGE = 1 << 20_000
"""Python refuses to write so many digits."""


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda: checks.checked_beta(HUGE), "beta must be finite and >= 0, not inf"),
        (lambda: checks.checked_sentinel(HUGE), "a target to ignore must be finite, not inf"),
        (
            lambda: checks.checked_sentinel(Fraction(1, HUGE)),
            "a target to ignore is a binary64, not a number of thousands of digits",
        ),
        (lambda: checks.checked_sentinel(2**53 + 1), "is a binary64, not 9007199254740993"),
        (
            lambda: checks.checked_count("n_planned", -HUGE),
            "n_planned must be a whole number from 1 on, not a number of thousands of digits",
        ),
        (lambda: checks.checked_count("n_planned", 0), "a whole number from 1 on, not 0"),
        (lambda: checks.checked_count("n_planned", "3"), "a whole number from 1 on, not '3'"),
        (
            lambda: checks.checked_part((1, HUGE)),
            "there is no part 1 of a number of thousands of digits: parts are numbered from 1 to n",
        ),
        (
            lambda: checks.checked_part((HUGE, 2, 3)),
            "part must be two whole numbers such as (3, 16), not a number of thousands of digits",
        ),
        (
            lambda: checks.check_top(HUGE, 10),
            "top must be a whole number from 1 to 10, not a number of thousands of digits",
        ),
        (lambda: checks.checked_reduction(HUGE), "or 'none', not a number of thousands of digits"),
        (lambda: checked_columns([HUGE], "pred"), "as text, not a number of thousands"),
    ],
)
def test_numbers_that_are_no_setting_are_named_in_one_line(
    check: Callable[[], object], said: str
) -> None:
    with pytest.raises((SettingsError, ValueError, TypeError)) as caught:
        check()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_that_are_exact_in_binary64_are_taken() -> None:
    assert checks.checked_sentinel(2**1000) == 2.0**1000
    assert checks.checked_sentinel(Fraction(1, 2**1000)) == 2.0**-1000
    assert checks.checked_count("n_planned", HUGE) == HUGE
    assert checks.checked_part([3, 16]) == (3, 16)


@pytest.mark.parametrize("given", [None, {}, 0.5, EvalSettings])
def test_settings_and_the_execution_are_of_their_classes(given: Any) -> None:
    calls: tuple[Any, ...] = (evaluate, plan_tasks)
    for call in calls:
        with pytest.raises(SettingsError, match=r"^settings must be EvalSettings, not .*$"):
            call([1.0], [2.0], settings=given)
    with pytest.raises(SettingsError, match=r"^settings must be EvalSettings, not .*$"):
        compare([1.0], [2.0], [3.0], settings=given)
    with pytest.raises(SettingsError, match=r"^execution must be Execution, not .*$"):
        evaluate([1.0], [2.0], execution=given)


@pytest.mark.parametrize("given", [None, 3])
def test_warnings_are_taken_by_a_function(given: Any, tmp_path: Path) -> None:
    """Also by a method, and by a class that takes a text."""
    paths = [save_array(tmp_path / name, [1.0]) for name in ("p.npy", "t.npy")]
    calls: tuple[Callable[..., Any], ...] = (
        partial(evaluate, [1.0], [2.0]),
        partial(compare, [1.0], [2.0], [3.0]),
        partial(plan_tasks, *paths),
        partial(preview, *paths),
    )
    for call in calls:
        with pytest.raises(SettingsError, match=rf"^warn must be a function, not {given}$"):
            call(warn=given)
        call(warn=[].append)
        call(warn=str)


def test_progress_is_told_to_a_function_or_to_none() -> None:
    calls: tuple[Callable[..., Any], ...] = (
        partial(evaluate, [1.0], [2.0]),
        partial(compare, [1.0], [2.0], [3.0]),
        partial(report, [1.0, 2.0], [2.0, 4.0]),
    )
    for call in calls:
        with pytest.raises(SettingsError, match=r"^progress must be a function, not 3$"):
            call(progress=3)
        told: list[Any] = []
        call(progress=told.append)
        call(progress=None)
        assert told


def test_what_is_merged_and_read_is_results_and_text() -> None:
    junk: Any
    for junk, said in (
        (None, "results must be Sequence, not None"),
        ([], "at least one result is needed"),
        ([None], "each of the results must be Result, not None"),
    ):
        with pytest.raises(SettingsError, match=rf"^{said}$"):
            Result.merged(junk)
    for junk in (None, 3, ["{}"]):
        with pytest.raises(SettingsError, match=r"^document must be str or bytes or dict, not "):
            Result.from_json(junk)
    result = evaluate([1.0], [2.0])
    assert Result.merged((result,)) == result  # any sequence
