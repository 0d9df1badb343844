"""The gate of a comparison, with a margin and without: against rational arithmetic and SciPy."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from smoothl1 import EvalSettings, SettingsError
from smoothl1.results.comparison_gate import Rule, check, check_rule, is_beyond_margin
from smoothl1.results.increase import parse_increase
from smoothl1.running.compare import compare
from tests import oracle
from tests.tables import save_sides

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1.results.comparison import Comparison
    from smoothl1.results.gates import Verdict

A = [0.1, 0.7, 2.5, 1.3]
WORSE_BY = [1.0, 1.25, 0.75, 1.0]


def compared(folder: Path, a: list[float], b: list[float], **more: Any) -> Comparison:
    """Losses of A and of B: at beta 0 and targets of 0 they are the predictions."""
    paths = save_sides(folder, *(np.array(side) for side in (a, b, [0.0] * len(a))))
    return compare(*paths, EvalSettings((0.0,), **more), warn=[].append)


def worse(unit: float = 1.0, by: list[float] = WORSE_BY) -> tuple[list[float], list[float]]:
    """Losses of which B's are larger, in a unit."""
    return [x * unit for x in A], [(x + d) * unit for x, d in zip(A, by, strict=True)]


def rule_of(margin: str | None, confidence: float = 0.95) -> Rule:
    parsed = None if margin is None else parse_increase(margin, "--margin")
    return check_rule(Rule(confidence, "worse", parsed))


def only(verdicts: list[Verdict]) -> Verdict:
    (verdict,) = verdicts
    return verdict


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_b_fails_just_where_the_bound_of_the_interval_is_above_the_margin(
    tmp_path: Path, confidence: float
) -> None:
    a, b = worse()
    found = compared(tmp_path, a, b)
    low = stats.ttest_rel(b, a).confidence_interval(confidence).low
    assert low > 0
    for factor, passes in ((0.999, False), (1.001, True)):
        verdict = only(check(found, rule_of(repr(float(low * factor)), confidence)))
        assert (verdict.passed, verdict.limit) == (passes, float(low * factor))


def test_a_bound_that_equals_the_margin_passes(tmp_path: Path) -> None:
    """All rows differ by 1/4, so both bounds are that."""
    found = compared(tmp_path, [1.0, 2.0], [1.25, 2.25])
    assert only(check(found, rule_of("0.25"))).passed
    assert not only(check(found, rule_of("0.24999999999999999"))).passed
    assert only(check(found, rule_of("25e-2"))).passed


def test_a_percentage_is_of_the_exact_mean_of_a(tmp_path: Path) -> None:
    """All rows differ by 2**-60. The mean of A, 1 + 2**-54, is no binary64: it rounds to 1."""
    n = 4
    a = [1.0, 1.0, 1.0, 1.0 + 2.0**-52]
    found = compared(tmp_path, a, a)
    (difference,) = found.differences
    exact = oracle.exact_sum(a) / n
    assert Fraction(difference.a.mean) < exact
    assert difference.allowed(parse_increase("50%")) == exact / 2
    assert difference.allowed(parse_increase("0.1")) == Fraction(1, 10)


@pytest.mark.parametrize("unit", [2.0**exponent for exponent in (-1000, -540, 0, 520, 1019)])
@pytest.mark.parametrize(("margin", "passes"), [("1%", False), ("58%", False), ("60%", True)])
def test_no_unit_of_the_data_changes_the_verdict_on_a_percentage(
    tmp_path: Path, unit: float, margin: str, passes: bool
) -> None:
    """The lower bound is 0.675, and 58% and 60% of the mean of A are 0.667 and 0.69."""
    a, b = worse()
    low = stats.ttest_rel(b, a).confidence_interval(0.95).low
    assert (low <= float(margin.removesuffix("%")) / 100 * math.fsum(a) / 4) == passes
    assert only(check(compared(tmp_path, *worse(unit)), rule_of(margin))).passed == passes


def test_a_margin_of_0_is_no_margin(tmp_path: Path) -> None:
    for differences in (WORSE_BY, [1.0, -1.0, 0.5, -0.5], [0.0] * 4):
        found = compared(tmp_path, *worse(by=differences))
        with_it, without = (only(check(found, rule_of(margin))) for margin in ("0", None))
        assert with_it.passed == without.passed


@pytest.mark.parametrize(
    ("margin", "is_beyond"),
    [("0", True), ("0.6", True), ("1.0", None), ("1.4", False), ("1e999", False)],
)
def test_the_interval_is_above_or_below_the_margin_or_around_it(
    tmp_path: Path, margin: str, is_beyond: bool | None
) -> None:
    """The interval at 0.95 is 0.675 to 1.325."""
    found = compared(tmp_path, *worse())
    (difference,) = found.differences
    assert is_beyond_margin(difference, rule_of(margin)) is is_beyond


def test_what_is_not_known_passes_no_margin(tmp_path: Path) -> None:
    for b in ([math.nan, 1.0, 1.0, 1.0], [math.inf, 1.0, 1.0, 1.0]):
        verdict = only(check(compared(tmp_path, A, b), rule_of("1e999")))
        assert not verdict.passed
        assert verdict.message.endswith(
            ": B is not known to be no worse by more than --margin 1e999"
        )
    verdict = only(check(compared(tmp_path, [1.0], [1.0]), rule_of("50%")))
    assert not verdict.passed
    found = compared(tmp_path, [math.nan, 1.0], [1.0, 1.0])
    assert math.isnan(only(check(found, rule_of("50%"))).limit)
    (entry,) = found.to_json(0.95, parse_increase("50%"))["results"]
    assert (entry["margin"], entry["margin_text"]) == (None, "nan")


def test_the_message_says_the_margin_and_what_it_comes_to(tmp_path: Path) -> None:
    found = compared(tmp_path, [1.0, 2.0], [1.25, 2.25])
    verdict = only(check(found, rule_of("10%")))
    assert verdict.gate == "fail-if worse by more than 10%"
    assert verdict.message == (
        "the difference B - A is 0.25, its interval 0.25 to 0.25: "
        "B is worse by more than --margin 10% (0.15)"
    )
    verdict = only(check(found, rule_of("0.5")))
    assert verdict.message.endswith(": B is not shown to be worse by more than --margin 0.5")


def test_without_a_condition_nothing_is_judged(tmp_path: Path) -> None:
    assert check(compared(tmp_path, *worse()), Rule(0.95)) == []


@pytest.mark.parametrize(
    ("condition", "passes", "words"),
    [("worse", False, "worse"), ("not-better", False, "not better")],
)
def test_the_verdict_has_value_limit_and_message(
    tmp_path: Path, condition: str, passes: bool, words: str
) -> None:
    found = compared(tmp_path, [1.0, 2.0], [1.25, 2.25])
    verdict = only(check(found, Rule(0.95, condition)))
    assert (verdict.passed, verdict.beta, verdict.value, verdict.limit) == (passes, 0.0, 0.25, 0.0)
    assert verdict.gate == f"fail-if {condition}"
    said = "the difference B - A is 0.25, its interval 0.25 to 0.25: B is"
    assert verdict.message == f"{said} {words}"
    better = compared(tmp_path, [1.25, 2.25], [1.0, 2.0])
    passed = only(check(better, Rule(0.95, condition)))
    assert passed.passed
    assert passed.message.endswith("not shown to be worse" if condition == "worse" else "is better")


def test_a_model_must_be_shown_to_be_no_worse_by_more_than_the_margin(tmp_path: Path) -> None:
    """The whole interval must lie below the margin: around it the older gate passes."""
    found = compared(tmp_path, [1.0, 2.0, 3.0, 1.0], [1.25, 2.0, 3.5, 0.75])
    low, high = next(iter(found.entries))[2].interval(0.95)
    assert low < 0 < high
    for margin, passes in ((high * 1.01, True), (high * 0.99, False), (0.0, False)):
        rule = Rule(0.95, "maybe-worse", parse_increase(repr(margin), "--margin"))
        verdict = only(check(found, rule))
        assert verdict.passed == passes
        assert is_beyond_margin(next(iter(found.entries))[2], rule) is (False if passes else None)
        words = "no worse" if passes else "not shown to be no worse"
        assert f": B is {words} by more than --margin" in verdict.message
        assert only(check(found, rule._replace(condition="worse"))).passed
    assert not only(check(found, Rule(0.95, "maybe-worse"))).passed
    same = compared(tmp_path, [1.0, 2.0], [1.0, 2.0])
    assert only(check(same, Rule(0.95, "maybe-worse"))).passed
    assert not only(check(same, Rule(0.95, "not-better"))).passed
    shifted = compared(tmp_path, [1.0, 2.0], [1.25, 2.25])
    margin = parse_increase("0.25", "--margin")
    assert only(check(shifted, Rule(0.95, "maybe-worse", margin))).passed


def test_a_margin_without_its_gate_is_refused() -> None:
    margin = parse_increase("0.5%", "--margin")
    with pytest.raises(SettingsError, match="--margin needs --fail-if worse") as caught:
        check_rule(Rule(0.95, None, margin))
    assert caught.value.hint == "--fail-if worse --margin 0.5%"
    with pytest.raises(SettingsError, match="--fail-if not-better is about a B that is better"):
        check_rule(Rule(0.95, "not-better", margin))


@pytest.mark.parametrize("text", ["", "-1", "five", "nan", "5%%", "1_0"])
def test_what_is_no_margin_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(SettingsError, match="--margin is a number or a percentage"):
        parse_increase(text, "--margin")
    with pytest.raises(SettingsError, match="--margin 5 may be meant as per cent"):
        parse_increase("5", "--margin")


@pytest.mark.parametrize("margin", [None, "0.5", "1%"])
def test_bounds_beyond_binary64_are_judged(tmp_path: Path, margin: str | None) -> None:
    """The losses are 2**1022 each and 2**1023 at most; the interval is wider."""
    unit = 2.0**1021
    found = compared(tmp_path, [2 * unit, 2 * unit], [5 * unit - unit, unit])
    assert only(check(found, rule_of(margin))).passed
    (difference,) = found.differences
    assert is_beyond_margin(difference, rule_of(margin)) is None
