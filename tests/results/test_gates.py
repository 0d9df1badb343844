"""Gates: exact at the edge, and never passed by what is not a number."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from smoothl1 import DataError, EvalSettings, ExactSum, Result, SettingsError, Tally, evaluate
from smoothl1.numerics.row_moments import Moments, ThirdMoments
from smoothl1.results.gates import Limits, check
from smoothl1.results.increase import parse_increase
from smoothl1.results.input_summary import InputSummary
from smoothl1.results.intervals import estimate_of
from smoothl1.results.missing_groups import not_judged
from smoothl1.tallies.group import Group
from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from smoothl1.results.gates import Verdict

NAN, INF = math.nan, math.inf
LARGEST = 1.7976931348623157e308
VALUES = [0.0, 5e-324, 1e-310, 0.1, 1 / 3, 1.0, 1e16, 1e300, LARGEST]


def tally_of(loss: float) -> Tally:
    """Of one element."""
    if math.isnan(loss):
        return Tally(n=1, n_nan=1)
    return Tally(n=1, n_inf=1) if math.isinf(loss) else Tally(n=1, total=ExactSum.of([loss]))


SIDE = InputSummary(("p.npy",), "npy", (1,), "<f8")


def result_of(
    *losses: float,
    settings: EvalSettings = EvalSettings(),
    groups: tuple[Group, ...] = (Group(),),
    tallies: tuple[Tally, ...] | None = None,
) -> Result:
    return Result(settings, (SIDE, SIDE), tallies or tuple(map(tally_of, losses)), groups)


def sample_of(losses: list[float]) -> Tally:
    """Of rows of one element, with their moments by hand."""
    n = len(losses)
    units = [ExactSum.of([v]).units for v in losses]
    third = ThirdMoments(
        *(sum(s**i << 1074 * (3 - i) for s in units) for i in (3, 2, 1)), n << 3 * 1074
    )
    moments = Moments(n, sum(s * s for s in units), sum(units) << 1074, n << 2 * 1074, third=third)
    return Tally(n=n, total=ExactSum.of(losses), moments=moments)


def increased(found: float, base: float, *texts: str) -> list[bool]:
    limits = Limits(increases=tuple(map(parse_increase, texts)))
    return [verdict.passed for verdict in check(result_of(found), limits, result_of(base))]


def passed(verdicts: list[Verdict]) -> list[bool]:
    return [verdict.passed for verdict in verdicts]


@pytest.mark.parametrize("value", VALUES)
def test_a_limit_that_equals_the_loss_passes_and_the_next_below_fails(value: float) -> None:
    (verdict,) = check(result_of(value), Limits(fail_above=value))
    assert verdict.passed
    assert (verdict.value, verdict.limit) == (value, value)
    (verdict,) = check(result_of(value), Limits(fail_above=math.nextafter(value, -INF)))
    assert not verdict.passed
    assert passed(check(result_of(value), Limits(fail_above=math.nextafter(value, INF)))) == [True]


@given(st.floats(0, allow_infinity=False), st.floats(allow_nan=False))
def test_a_loss_passes_just_where_it_is_not_above(value: float, limit: float) -> None:
    assert passed(check(result_of(value), Limits(fail_above=limit))) == [value <= limit]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("limit", [0.0, 1.0, LARGEST])
def test_nan_and_inf_are_within_no_finite_limit(limit: float, reduction: str) -> None:
    settings = EvalSettings(reduction=reduction)
    for value in (NAN, INF):
        result = result_of(value, settings=settings)
        for confidence in (None, 0.95):
            assert passed(check(result, Limits(limit, confidence=confidence))) == [False]
    assert passed(check(result_of(NAN, settings=settings), Limits(INF))) == [False]


@pytest.mark.parametrize("text", ["0", "5%", "1e300", "100000%"])
def test_nan_and_inf_pass_no_comparison(text: str) -> None:
    for odd in (NAN, INF):
        assert increased(odd, 1.0, text) == [False]
        assert increased(1.0, odd, text) == [False]
        assert increased(odd, odd, text) == [False]


def test_a_sum_is_held_against_the_limit_where_the_reduction_is_sum() -> None:
    tally = Tally(n=4, total=ExactSum.of([8.0]))
    for reduction, value in (("sum", 8.0), ("mean", 2.0), ("none", 2.0)):
        result = result_of(settings=EvalSettings(reduction=reduction), tallies=(tally,))
        assert passed(check(result, Limits(value))) == [True]
        assert passed(check(result, Limits(math.nextafter(value, 0)))) == [False]


def test_each_beta_and_group_is_held_against_the_limit() -> None:
    groups = (Group("a", "x"), Group("b", "x"))
    settings = EvalSettings((0.5, 1.0), by="g", by_column=True)
    verdicts = check(result_of(1, 2, 3, 4, settings=settings, groups=groups), Limits(2.0))
    assert [(v.beta, v.group.group, v.value, v.passed) for v in verdicts] == [
        (0.5, "a", 1.0, True),
        (0.5, "b", 2.0, True),
        (1.0, "a", 3.0, False),
        (1.0, "b", 4.0, False),
    ]
    assert verdicts[3].message == (
        "the mean at beta 1 of group 'b' of column 'x', 4.0, is above --fail-above 2"
    )


@pytest.mark.parametrize(
    ("text", "amount", "is_relative"),
    [
        ("5%", Fraction(1, 20), True),
        ("0.01", Fraction(1, 100), False),
        ("1e-3", Fraction(1, 1000), False),
        ("1E+2", Fraction(100), False),
        ("0", Fraction(0), False),
        ("0%", Fraction(0), True),
        (".5", Fraction(1, 2), False),
        ("5.", Fraction(5), False),
        ("2.5e-1%", Fraction(1, 400), True),
        (" 5% ", Fraction(1, 20), True),
        ("150%", Fraction(3, 2), True),
        ("0.1", Fraction(1, 10), False),
    ],
)
def test_an_increase_is_read_exactly_as_written(
    text: str, amount: Fraction, is_relative: bool
) -> None:
    found = parse_increase(text)
    assert (found.amount, found.is_relative, found.text) == (amount, is_relative, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "%", "5 %", "5%%", "-1", "-5%", "+5%", "five", "nan", "inf", "1e", "e5", "0x10"),
        *("1_000", "1,5", "1/2", ".", "5‰", "٣", "1e1.5", "5%\n5%", "1e99999", "5% 0.1"),
        *("9" * 5000 + "%", "0." + "9" * 5000),
    ],
)
def test_what_is_no_increase_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="such as 5%"):
        parse_increase(text)


def floats_around(limit: Fraction) -> tuple[float, float]:
    """The largest binary64 that is not above a rational, and the next one."""
    near = float(limit)
    below = near if Fraction(near) <= limit else math.nextafter(near, -INF)
    return below, math.nextafter(below, INF)


@pytest.mark.parametrize("text", ["5%", "0%", "0.1%", "33.3%", "250%", "1e-9%"])
@pytest.mark.parametrize("base", [1e-310, 0.1, 1 / 3, 1.0, 7.0, 1e16, 1e300])
def test_a_percentage_is_exact_at_the_edge(base: float, text: str) -> None:
    limit = Fraction(base) * (1 + Fraction(text[:-1]) / 100)
    below, above = floats_around(limit)
    assert increased(below, base, text) == [True]
    assert increased(above, base, text) == [False]


@pytest.mark.parametrize("text", ["0.1", "0", "1e-3", "0.01", "1e-300", "3.0"])
@pytest.mark.parametrize("base", [0.0, 5e-324, 0.1, 1 / 3, 1.0, 7.0, 1e16])
def test_an_amount_is_exact_at_the_edge(base: float, text: str) -> None:
    below, above = floats_around(Fraction(base) + Fraction(text))
    assert increased(below, base, text) == [True]
    assert increased(above, base, text) == [False]


@given(
    found=st.floats(0, 1e300),
    base=st.floats(0, 1e300),
    amount=st.decimals(0, 1000, places=4),
    is_relative=st.booleans(),
)
def test_an_increase_passes_just_where_the_rationals_say_so(
    found: float, base: float, amount: object, is_relative: bool
) -> None:
    allowed = Fraction(str(amount)) * (Fraction(base) / 100 if is_relative else 1)
    passes = Fraction(found) - Fraction(base) <= allowed
    assert increased(found, base, f"{amount}{'%' * is_relative}") == [passes]


def test_over_a_baseline_of_zero_any_percentage_is_nothing() -> None:
    assert increased(0.0, 0.0, "5%") == [True]
    assert increased(5e-324, 0.0, "500%") == [False]


def test_a_smaller_loss_passes() -> None:
    assert increased(0.0, 0.5, "0", "0%") == [True, True]


def test_of_several_increases_each_must_hold() -> None:
    assert increased(1.04, 1.0, "5%", "0.01") == [True, False]
    assert increased(1.04, 1.0, "1%", "0.1") == [False, True]
    limits = Limits(1.03, (parse_increase("5%"),))
    verdicts = check(result_of(1.04), limits, result_of(1.0))
    assert [(v.gate, v.passed) for v in verdicts] == [
        ("fail-above 1.03", False),
        ("max-increase 5%", True),
    ]


@pytest.mark.parametrize("text", ["1e308", "5%", "1e999", "1e999%", "0"])
def test_an_allowance_beyond_binary64_has_a_verdict(text: str) -> None:
    assert increased(LARGEST, LARGEST, text) == [True]
    assert increased(1.0, LARGEST, text) == [True]
    (verdict,) = check(result_of(2.0), Limits(increases=(parse_increase("1e999"),)), result_of(1.0))
    assert verdict.passed
    assert verdict.limit == INF


def test_a_group_without_a_baseline_fails() -> None:
    settings = EvalSettings(by="g")
    new = result_of(1, 1, settings=settings, groups=(Group("a"), Group("b")))
    old = result_of(1, settings=settings, groups=(Group("a"),))
    verdicts = check(new, Limits(increases=(parse_increase("5%"),)), old)
    assert [(v.group.group, v.passed) for v in verdicts] == [("a", True), ("b", False)]
    assert "has no baseline" in verdicts[1].message


def test_a_group_that_is_gone_fails() -> None:
    settings = EvalSettings((0.5, 1.0), by="g")
    old = result_of(1, 1, 1, 1, settings=settings, groups=(Group("a"), Group("b")))
    new = result_of(1, 1, settings=settings, groups=(Group("a"),))
    verdicts = check(new, Limits(increases=(parse_increase("5%"),)), old)
    gone = [v for v in verdicts if not v.passed]
    assert sorted((v.beta, v.group.group) for v in gone) == [(0.5, "b"), (1.0, "b")]
    assert all("is in the baseline, and not in the result" in v.message for v in gone)
    assert len(verdicts) == 4


def rolled(groups: str, *losses: float) -> Result:
    """A result with groups of one letter."""
    return result_of(*losses, settings=EvalSettings(by="g"), groups=tuple(map(Group, groups)))


PASSING = Limits(increases=(parse_increase("5%"),), passes_missing_groups=True)


def test_groups_of_one_side_pass_if_that_is_asked_for() -> None:
    old, same = rolled("abc", 1, 1, 1), rolled("bcd", 1, 1, 9)
    hint = " [--on-missing-group pass judges the groups of both]"
    gone = "the mean of group 'a' is in the baseline, and not in the result"
    failed = check(same, replace(PASSING, passes_missing_groups=False), old)
    assert passed(failed) == [True, True, False, False]
    assert failed[-1].message == gone + hint
    verdicts = check(same, PASSING, old)
    assert passed(verdicts) == [True] * 4
    assert verdicts[-1].message == f"{gone}: --on-missing-group pass"
    assert passed(check(rolled("bcd", 1, 2, 9), PASSING, old)) == [True, False, True, True]


def test_a_new_group_that_is_nan_or_empty_passes_nothing() -> None:
    old = rolled("a", 1)
    assert passed(check(rolled("ab", 1, NAN), PASSING, old)) == [True, False]
    tallies = (tally_of(1), Tally())
    new = result_of(settings=EvalSettings(by="g"), groups=rolled("ab").groups, tallies=tallies)
    assert passed(check(new, PASSING, old)) == [True, False]


def test_only_groups_that_pass_as_one_side_lacks_them_are_counted_as_not_compared() -> None:
    said = "that only the result or its baseline has, such as {}, {} not compared"
    of = check(rolled("bcd", 1, NAN, 9), PASSING, rolled("ab", 1, 1))
    (told,) = not_judged(of)
    assert told.startswith("2 groups " + said.format("'d'", "are"))
    (told,) = not_judged(check(rolled("bc", 1, NAN), PASSING, rolled("ab", 1, 1)))
    assert told.startswith("1 group " + said.format("'a'", "is"))
    for old in (rolled("a", 1), rolled("c", 1)):  # all groups are in common, or none is
        assert not_judged(check(rolled("a", 1), PASSING, old)) == []


def test_groups_of_one_side_alone_are_nothing_to_judge() -> None:
    (verdict,) = check(rolled("b", 1), PASSING, rolled("a", 1))
    said = "the result and its baseline have no group in common, so there is nothing to judge"
    assert (verdict.passed, verdict.message) == (False, said)


def test_a_missing_column_of_a_group_of_both_fails_all_the_same() -> None:
    settings = EvalSettings(by="g", by_column=True)
    groups = (Group("a", "x"), Group("a", "y"))
    old = result_of(1, 1, settings=settings, groups=groups)
    new = result_of(1, settings=settings, groups=groups[:1])
    assert passed(check(new, PASSING, old, other_data=True)) == [True, False]


def test_groups_are_compared_by_name_and_not_by_place() -> None:
    settings = EvalSettings(by="g")
    new = result_of(1, 2, settings=settings, groups=(Group("a"), Group("b")))
    old = result_of(2, 1, settings=settings, groups=(Group("b"), Group("a")))
    assert passed(check(new, Limits(increases=(parse_increase("0"),)), old)) == [True, True]


def test_a_baseline_of_more_betas_serves() -> None:
    old = result_of(5, 1, 2, settings=EvalSettings((0.1, 0.5, 1.0)))
    new = result_of(2, 1, settings=EvalSettings((1.0, 0.5)))
    assert passed(check(new, Limits(increases=(parse_increase("0"),)), old)) == [True, True]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EvalSettings(nan="omit"), "nan is 'omit' there, 'propagate' here"),
        (EvalSettings(weighted=True), "weighted is True there, False here"),
        (EvalSettings(by="g"), "by is 'g' there, not set here"),
        (EvalSettings(by_column=True), "by_column is True there, False here"),
        (EvalSettings(reduction="sum"), "reduction is sum there, mean here"),
        (EvalSettings((0.5, 0.1)), r"lacks a beta of the result: 1 \(it has 0.5, 0.1\)"),
    ],
)
def test_a_baseline_of_other_settings_is_refused(settings: EvalSettings, said: str) -> None:
    with pytest.raises(DataError, match=said):
        check(
            result_of(1), Limits(increases=(parse_increase("5%"),)), result_of(1, settings=settings)
        )


def test_the_losses_of_elements_have_a_mean_to_compare() -> None:
    old = result_of(1, settings=EvalSettings(reduction="none"))
    assert passed(check(result_of(1), Limits(increases=(parse_increase("0"),)), old)) == [True]


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 2.0, NAN, 95.0])
def test_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(SettingsError, match="between 0 and 1"):
        Limits(1.0, confidence=confidence)


def test_a_limit_is_a_number() -> None:
    with pytest.raises(SettingsError, match="NaN"):
        Limits(NAN)


SAMPLE = [0.5, 1.0, 2.5, 0.25, 3.0, 1.75]
BETTER = [0.25, 1.25, 1.5, 0.5, 1.0, 0.75, 0.125]


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_with_confidence_the_lower_bound_is_held_against_the_limit(confidence: float) -> None:
    low, high = stats.t.interval(
        confidence, len(SAMPLE) - 1, sum(SAMPLE) / len(SAMPLE), stats.sem(SAMPLE)
    )
    low = max(low, 0.0)
    result = result_of(tallies=(sample_of(SAMPLE),))
    margin = 1e-9 * (high - low)
    assert passed(check(result, Limits(low + margin, confidence=confidence))) == [True]
    assert passed(check(result, Limits(low - margin, confidence=confidence))) == [False]
    assert passed(check(result, Limits(low + margin))) == [False]


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_with_confidence_the_lower_bound_of_the_increase_counts(confidence: float) -> None:
    new, old = (result_of(tallies=(sample_of(losses),)) for losses in (SAMPLE, BETTER))
    wanted = stats.ttest_ind(SAMPLE, BETTER, equal_var=False)
    low, high = wanted.confidence_interval(confidence)
    amount = f"{low + 1e-9 * (high - low):.15f}"
    if low > 0:
        limits = Limits(increases=(parse_increase(amount),), confidence=confidence)
        assert passed(check(new, limits, old, other_data=True)) == [True]
        tighter = f"{low - 1e-9 * (high - low):.15f}"
        limits = Limits(increases=(parse_increase(tighter),), confidence=confidence)
        assert passed(check(new, limits, old, other_data=True)) == [False]
    else:
        limits = Limits(increases=(parse_increase("0"),), confidence=confidence)
        assert passed(check(new, limits, old, other_data=True)) == [True]
    limits = Limits(increases=(parse_increase("0"),))
    assert passed(check(new, limits, old, other_data=True)) == [False]


def test_without_a_standard_error_confidence_never_passes() -> None:
    single = result_of(1.0)
    unknown = result_of(tallies=(Tally(n=9, total=ExactSum.of([1.0]), moments=None),))
    known = result_of(tallies=(sample_of(SAMPLE),))
    increase = (parse_increase("1000%"),)
    for result in (single, unknown):
        assert passed(check(result, Limits(100.0, confidence=0.95))) == [False]
        limits = Limits(increases=increase, confidence=0.95)
        assert passed(check(result, limits, known, other_data=True)) == [False]
        assert passed(check(known, limits, result, other_data=True)) == [False]


@given(st.floats(1e-9, 1.0, exclude_max=True), st.floats(-10, 10))
def test_confidence_never_fails_what_passes_without(confidence: float, limit: float) -> None:
    result = result_of(tallies=(sample_of(SAMPLE),))
    assume(passed(check(result, Limits(limit))) == [True])
    assert passed(check(result, Limits(limit, confidence=confidence))) == [True]


def test_without_limits_there_is_no_verdict() -> None:
    assert check(result_of(NAN), Limits()) == []


def test_an_increase_without_a_baseline_is_refused_and_not_passed() -> None:
    with pytest.raises(SettingsError, match="needs a baseline"):
        check(result_of(1.0), Limits(increases=(parse_increase("5%"),)))


@pytest.mark.parametrize("text", ["1", "5", "+5", "10", "05", " 5 ", "9" * 500])
def test_a_whole_number_that_may_be_per_cent_is_refused_with_both_ways(text: str) -> None:
    number = text.strip().removeprefix("+")
    with pytest.raises(SettingsError, match="may be meant as per cent") as caught:
        parse_increase(text)
    assert caught.value.hint == f"write {number}% or {number}.0"
    assert parse_increase(f"{number}%").is_relative
    assert not parse_increase(f"{number}.0").is_relative


@pytest.mark.parametrize("text", ["0", "00", "1e0", "5e0", "1.", "5.0", "0.5"])
def test_nothing_else_is_taken_for_per_cent(text: str) -> None:
    assert parse_increase(text).amount == Fraction(text.removesuffix("."))


@pytest.mark.parametrize("limits", [Limits(INF), Limits(increases=(parse_increase("5%"),))])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_gate_over_no_groups_fails(limits: Limits, reduction: str) -> None:
    settings = EvalSettings((0.5, 1.0), reduction, by="g")
    nothing = Result(settings, (SIDE, SIDE), (), ())
    baseline = nothing if limits.increases else None
    (verdict,) = check(nothing, limits, baseline)
    assert (verdict.passed, verdict.beta, verdict.group) == (False, 0.5, Group())
    assert verdict.message == "there are no groups, so there is nothing to judge"


def test_a_gate_over_no_elements_fails_though_their_sum_is_0() -> None:
    settings = EvalSettings(reduction="sum")
    nothing = result_of(settings=settings, tallies=(Tally(),))
    increase = (parse_increase("5%"),)
    for verdict in check(nothing, Limits(1.0, increase), nothing):
        assert not verdict.passed
        assert verdict.message == "the sum, 0.0, is of no elements: there is nothing to judge"
    omitted = result_of(settings=settings, tallies=(Tally(n_omitted=1),))
    assert passed(check(omitted, Limits(1.0))) == [False]
    (verdict,) = check(result_of(0, settings=settings), Limits(increases=increase), omitted)
    assert (verdict.passed, verdict.message) == (False, "the sum is 0.0, and has no baseline")


INCREASES = [
    (1.031, 1.0, "2%", "+3.1%, more than --max-increase 2%"),
    (1.0, 1.031, "2%", "-3.01%, at most --max-increase 2%"),
    (1.0, 1.0, "0%", "0%, at most --max-increase 0%"),
    (1.020000001, 1.0, "2%", "+2.0000001%, more than --max-increase 2%"),
    (1.019999999, 1.0, "2%", "+2%, at most --max-increase 2%"),
    (20.0, 1.0, "5%", "+1900%, more than --max-increase 5%"),
    (1.5, 1.0, "0.25", "+0.5, more than --max-increase 0.25"),
    (0.5, 0.0, "5%", "+0.5, more than --max-increase 5%"),
    (1e300, 1e-300, "5%", "%, more than --max-increase 5%"),
    (math.nextafter(1.0, 2), 1.0, "0", "+2.22e-16, more than --max-increase 0"),
]


@pytest.mark.parametrize(("found", "base", "text", "said"), INCREASES)
def test_an_increase_is_told_in_the_unit_of_its_limit(
    found: float, base: float, text: str, said: str
) -> None:
    limits = Limits(increases=(parse_increase(text),))
    (verdict,) = check(result_of(found), limits, result_of(base))
    assert verdict.message.startswith(f"the mean is {found!r}, its baseline {base!r}: ")
    assert verdict.message.endswith(said)
    assert verdict.passed == ("at most" in said)


@given(st.floats(0, 1e300), st.floats(1e-300, 1e300), st.decimals(0, 1000, places=3))
def test_a_change_as_told_is_on_the_same_side_of_the_limit(
    found: float, base: float, percent: object
) -> None:
    limits = Limits(increases=(parse_increase(f"{percent}%"),))
    (verdict,) = check(result_of(found), limits, result_of(base))
    told = verdict.message.split(": ")[1].split("%")[0]
    assert (Fraction(told) <= Fraction(str(percent))) == verdict.passed


@pytest.mark.parametrize(
    ("loss", "limit", "said"),
    [
        (0.25, 0.2, "the mean, 0.25, is above --fail-above 0.2"),
        (0.25, 0.25, "the mean, 0.25, is at most --fail-above 0.25"),
        (NAN, 1.0, "the mean is nan, which passes no --fail-above 1"),
        (INF, 1.0, "the mean, inf, is above --fail-above 1"),
    ],
)
def test_a_verdict_names_the_loss_and_the_option(loss: float, limit: float, said: str) -> None:
    (verdict,) = check(result_of(loss), Limits(limit))
    assert verdict.message == said


def test_with_confidence_a_verdict_names_the_bound() -> None:
    result = result_of(tallies=(sample_of(SAMPLE),))  # the mean of six is 1.5
    bound = estimate_of(sample_of(SAMPLE), "mean").interval(0.9)[0]
    tail = f": at 0.9 confidence it is at least {bound!r}"
    for limit, said in (
        (0.1, "is above --fail-above 0.1"),
        (1.4, "is above --fail-above 1.4, but not beyond chance"),
        (1.5, "is at most --fail-above 1.5"),
    ):
        (verdict,) = check(result, Limits(limit, confidence=0.9))
        assert verdict.message == f"the mean, 1.5, {said}{tail}"
        assert verdict.passed == (limit > 0.1)
    (verdict,) = check(result_of(1.0), Limits(2.0, confidence=0.9))
    assert (
        verdict.message == "the mean, 1.0, has no interval at 0.9 confidence to pass --fail-above 2"
    )
    limits = Limits(increases=(parse_increase("5%"),), confidence=0.9)
    (verdict,) = check(result, limits, result)
    assert verdict.passed
    assert ": 0%, at 0.9 confidence at least -" in verdict.message
    assert verdict.message.endswith("%, not more than --max-increase 5%")


def weighted_sample(losses: list[float], weights: list[float]) -> Tally:
    """Of rows of one weighted loss each, with their moments by hand."""
    s, m = ([ExactSum.of([v]).units for v in values] for values in (losses, weights))
    sums = [
        sum(si**i * mi**j for si, mi in zip(s, m, strict=True))
        for i, j in ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))
    ]
    moments = Moments(len(s), *sums[:3], third=ThirdMoments(*sums[3:]))
    total, weight = ExactSum(sum(s)), ExactSum(sum(m))
    return Tally(n=len(s), total=total, weight=weight, moments=moments)


def verdict_at(found: Tally, base: Tally, text: str, reduction: str = "mean") -> Verdict:
    settings = EvalSettings(reduction=reduction, weighted=found.weight is not None)
    new, old = (result_of(settings=settings, tallies=(tally,)) for tally in (found, base))
    limits = Limits(increases=(parse_increase(text),), confidence=0.95)
    (verdict,) = check(new, limits, old, other_data=True)
    return verdict


def test_a_lower_bound_of_minus_infinity_passes_every_increase() -> None:
    """A row of nearly all the weight leaves hardly a degree of freedom."""
    found = weighted_sample([5000.0, 3.0], [1000.0, 1.0])
    base = weighted_sample([2000.0, 3.0], [1000.0, 1.0])
    assert estimate_of(found, "mean").minus(estimate_of(base, "mean")).interval(0.95)[0] == -INF
    for text in ("0", "0%", "5%"):
        verdict = verdict_at(found, base, text)
        assert verdict.passed
        assert verdict.message.endswith(
            f", at 0.95 confidence at least -inf, not more than --max-increase {text}"
        )


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("exponent", [-900, -500, 0, 500, 900, 1021])
@pytest.mark.parametrize(
    ("found", "base", "passes"),
    [
        (SAMPLE, BETTER[:6], True),
        ([7.0, 0.01], [0.5, 0.25], True),
        ([6.0, 7.0, 6.5, 6.25], [1.0, 1.5, 1.25, 1.0], False),
    ],
)
def test_no_unit_of_the_data_changes_a_verdict_on_an_increase(
    found: list[float], base: list[float], passes: bool, exponent: int, reduction: str
) -> None:
    """At the largest unit, sums and bounds are beyond binary64, though no loss is."""
    tallies = [sample_of([math.ldexp(x, exponent) for x in losses]) for losses in (found, base)]
    verdict = verdict_at(*tallies, "5%", reduction)
    assert verdict.passed == passes
    relation = "not more than" if passes else "more than"
    assert f"{relation} --max-increase 5%" in verdict.message
    assert ("not more" in verdict.message) == passes


def test_a_loss_that_is_infinite_or_nan_passes_no_increase_at_a_confidence() -> None:
    odd = (Tally(n=2, n_inf=1, total=ExactSum.of([1.0])), Tally(n=2, n_nan=1), tally_of(1.0))
    for tally in odd:
        assert not verdict_at(tally, sample_of(SAMPLE), "1000%").passed
        assert not verdict_at(sample_of(SAMPLE), tally, "1000%").passed
        assert not verdict_at(tally, tally, "1000%").passed


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_gates_hold_no_tally_of_each_of_many_groups(confidence: float | None) -> None:
    """Many groups have their tallies in arrays, of each side."""
    groups = np.repeat([f"g{i}" for i in range(40)], 3)
    numbers = np.linspace(0.1, 3.0, len(groups))
    before, now = (
        evaluate(numbers * factor, np.zeros(len(groups)), groups=groups) for factor in (1.0, 1.01)
    )
    limits = Limits(fail_above=2.0, increases=(parse_increase("5%"),), confidence=confidence)
    verdicts = check(now, limits, before)
    for result in (before, now):
        assert isinstance(result.tallies, ManyTallies)
        assert not result.tallies.is_made
    plain = [replace(result, tallies=tuple(result.tallies)) for result in (now, before)]
    assert verdicts == check(plain[0], limits, plain[1])
    assert len(verdicts) == 80
