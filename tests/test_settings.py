from __future__ import annotations

import math
import os
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import EvalSettings, Execution, SettingsError, evaluate
from smoothl1.checks import checked_beta, checked_reduction
from smoothl1.settings import CHUNK_ELEMENTS, MAX_CHUNK_ROWS
from tests.oracle import LARGEST, SMALLEST


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_three_reductions_are_accepted(reduction: str) -> None:
    assert checked_reduction(reduction) == reduction
    assert EvalSettings(reduction=reduction).reduction == reduction


@pytest.mark.parametrize(
    "reduction",
    ["Mean", "", "average", "mean ", None, 0, True, b"mean", ["mean"], np.array("mean")],
    ids=repr,
)
def test_any_other_reduction_is_refused_with_the_three_listed(reduction: Any) -> None:
    with pytest.raises(ValueError, match=r"'mean', 'sum' or 'none', not "):
        checked_reduction(reduction)


@pytest.mark.parametrize(
    "beta", [0, 1, 0.5, SMALLEST, LARGEST, Fraction(1, 3), np.float32(0.1), np.int8(3), 10**300]
)
def test_a_beta_is_returned_as_binary64(beta: Any) -> None:
    value = checked_beta(beta)
    assert type(value) is float
    assert value == float(beta)


def test_a_beta_of_minus_zero_is_zero() -> None:
    assert math.copysign(1.0, checked_beta(-0.0)) == 1.0


@pytest.mark.parametrize(
    "beta", [-1, -SMALLEST, math.nan, math.inf, -math.inf, 10**400, -(10**400), np.float32("inf")]
)
def test_a_beta_that_is_negative_nan_or_infinite_is_refused(beta: Any) -> None:
    with pytest.raises(ValueError, match="beta must be finite and >= 0, not "):
        checked_beta(beta)


def test_a_negative_beta_too_small_for_binary64_is_refused_too() -> None:
    with pytest.raises(ValueError, match="beta must be finite and >= 0"):
        checked_beta(Fraction(-1, 10**400))


@pytest.mark.parametrize(
    "beta",
    [None, "1.0", True, False, 1j, [1.0], (), Decimal(1), np.array(1.0), np.bool_(1), b"1"],
    ids=repr,
)
def test_a_beta_that_is_no_real_number_is_a_type_error(beta: Any) -> None:
    with pytest.raises(TypeError, match="beta must be a real number, not "):
        checked_beta(beta)


@given(st.floats())
def test_exactly_the_finite_betas_from_zero_on_are_accepted(beta: float) -> None:
    if math.isfinite(beta) and beta >= 0.0:
        assert checked_beta(beta) == beta
    else:
        with pytest.raises(ValueError, match="beta"):
            checked_beta(beta)


def test_settings_hold_betas_as_binary64_in_the_order_given() -> None:
    betas: Any = (2, np.float32(0.5), Fraction(1, 4))
    settings = EvalSettings(betas=betas)
    assert settings.betas == (2.0, 0.5, 0.25)
    assert set(map(type, settings.betas)) == {float}
    assert EvalSettings(betas=[1.0, 0.0]).betas == (1.0, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"betas": ()}, "at least one beta"),
        ({"betas": (1.0, 0.5, 1)}, "given twice"),
        ({"betas": (0.0, -0.0)}, "given twice"),
        ({"betas": (1.0, -1.0)}, "finite and >= 0"),
        ({"betas": (math.nan,)}, "finite and >= 0"),
        ({"betas": ("1",)}, "betas takes numbers, not text"),
        ({"betas": (None,)}, "real number"),
        ({"reduction": "avg"}, "'mean', 'sum' or 'none'"),
        ({"betas": (1.0, 2.0), "reduction": "none"}, "none takes one beta"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong: dict[str, Any], what: str) -> None:
    with pytest.raises(SettingsError, match=what) as caught:
        EvalSettings(**wrong)
    assert isinstance(caught.value, ValueError)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["betas", "within", "quantiles", "ignore_target"])
def test_numbers_as_text_are_answered_with_numbers(name: str) -> None:
    for text, hint in (
        ("0.5, 0.9", f"{name}=[0.5, 0.9]"),
        ("0.5", f"{name}=0.5"),
        ("half", None),
    ):
        with pytest.raises(
            SettingsError, match=f"{name} takes numbers, not text: '{text}'"
        ) as caught:
            EvalSettings(**{name: text})
        assert caught.value.hint == hint


def test_one_value_and_names_in_one_text_are_settings_too() -> None:
    """As on the command line: `--beta 2`, `--also rmse,mae`."""
    settings: Any = {"betas": 2, "within": 0.5, "quantiles": 0.5, "ignore_target": -999}
    held = EvalSettings(**settings, also="rmse, mae")
    assert (held.betas, held.within, held.quantiles) == ((2.0,), (0.5,), (0.5,))
    assert (held.ignore_target, held.also) == ((-999.0,), ("rmse", "mae"))
    assert evaluate([1.0], [0.0], also="mae,rmse").rmse == 1.0


def test_reduction_none_takes_one_beta_and_the_others_take_many() -> None:
    assert EvalSettings(betas=(2.0,), reduction="none").betas == (2.0,)
    assert EvalSettings(betas=(1.0, 2.0), reduction="sum").betas == (1.0, 2.0)


def test_settings_are_values() -> None:
    settings = EvalSettings((0.5, 1.0), "sum")
    assert settings == EvalSettings((0.5, 1), "sum") != EvalSettings((1.0, 0.5), "sum")
    assert hash(settings) == hash(EvalSettings((0.5, 1.0), "sum"))
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert eval(repr(settings)) == settings
    with pytest.raises(AttributeError):
        settings.betas = ()  # type: ignore[misc]


def test_settings_default_to_the_mean_at_beta_one() -> None:
    assert EvalSettings() == EvalSettings((1.0,), "mean")


@pytest.mark.parametrize(
    "wrong",
    [{"threads": 0}, {"threads": 1025}, {"chunk_rows": 0}, {"chunk_rows": MAX_CHUNK_ROWS + 1}],
    ids=repr,
)
def test_an_execution_out_of_range_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=r"must be 1 to (1024|2147483648 rows), not "):
        Execution(**wrong)


def test_an_execution_at_its_limits_is_accepted() -> None:
    assert Execution(threads=1, chunk_rows=1).n_threads == 1
    assert Execution(chunk_rows=MAX_CHUNK_ROWS).rows_of(5) == MAX_CHUNK_ROWS


def test_threads_are_as_many_as_asked_for_else_one_for_each_processor() -> None:
    assert Execution(threads=7).n_threads == 7
    assert 1 <= Execution().n_threads <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("row_elements", "rows"),
    [(0, CHUNK_ELEMENTS), (1, CHUNK_ELEMENTS), (3, CHUNK_ELEMENTS // 3), (CHUNK_ELEMENTS + 1, 1)],
)
def test_a_chunk_holds_whole_rows_of_about_as_many_elements(row_elements: int, rows: int) -> None:
    assert Execution().rows_of(row_elements) == rows
    assert Execution(chunk_rows=5).rows_of(row_elements) == 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("beta", "there is no argument 'beta': it is betas=..."),
        ("delimiter", "'delimiter': it is options=ReadOptions(delimiter=...)"),
        ("threads", "'threads': it is execution=Execution(threads=...)"),
        ("nothing", "there is no argument 'nothing'"),
        ("precision", "'precision': numbers are in full, and f'{result:.3f}' rounds one"),
        ("on", "there is no argument 'on': did you mean key='column'?"),
        ("group_by", "there is no argument 'group_by': did you mean by='column'?"),
        ("margin", "compare(...).interval() has both bounds to judge"),
        ("fail_above", "gates are of the command alone; result.mean is the number to judge"),
        (
            "delta",
            "there is no argument 'delta': Huber's delta is betas, and its loss delta times this",
        ),
        (
            "sample_weight",
            "no argument 'sample_weight': did you mean weights=..., or weight='column'?",
        ),
        ("group", "there is no argument 'group': did you mean groups=..., or by='column'?"),
    ],
)
def test_an_argument_that_does_not_exist_names_the_one_that_does(name: str, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        EvalSettings().replaced({name: 1})
    assert str(caught.value).endswith(said)
