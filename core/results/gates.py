"""Gates: whether a result is good enough, by itself or compared with an earlier one.

A gate passes if a comparison is true, so NaN never passes. Increases are compared as exact
rationals of the two numbers as reported, so a limit that equals the increase passes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import check_confidence
from smoothl1.errors import SettingsError
from smoothl1.number_texts import as_typed
from smoothl1.results.baseline import check_comparable
from smoothl1.results.few_rows import sample_of_losses, sentences_on_few_rows
from smoothl1.results.gate_sentences import NOTHING, above_text, increase_text, subject
from smoothl1.results.group_spellings import with_names_of
from smoothl1.results.increase import as_float
from smoothl1.results.intervals import estimate_of
from smoothl1.results.missing_groups import NONE_IN_COMMON, missing_groups, missing_text
from smoothl1.tallies.group import Group

if TYPE_CHECKING:
    from smoothl1.results.increase import Increase
    from smoothl1.results.intervals import Estimate
    from smoothl1.results.result import Result
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a result must not exceed.

    Attributes:
        fail_above: No loss may be above it.
        increases: By how much each loss may exceed its baseline; every one must hold.
        confidence: If set, a bound of the interval at this confidence, the one that favours the
            model, is compared with the limit instead of the value, so that noise alone fails
            nothing.
        passes_missing_groups: Whether a group that only one of the result and its baseline has
            passes; such groups alone do not.

    Raises:
        SettingsError: A value is out of range.
    """

    fail_above: float | None = None
    increases: tuple[Increase, ...] = ()
    confidence: float | None = None
    passes_missing_groups: bool = False

    def __post_init__(self) -> None:
        if self.fail_above is not None and math.isnan(self.fail_above):
            raise SettingsError("the limit of --fail-above is NaN")
        if self.confidence is not None:
            check_confidence(self.confidence)


class Verdict(NamedTuple):
    """The judgement of one gate on one loss.

    Attributes:
        passed: Whether the gate passed.
        beta: Transition point of the loss.
        group: The group and column of the loss.
        gate: The name of the gate: "fail-above 0.5", "max-increase 5%".
        value: The loss.
        limit: The number that the loss, or the bound, was compared with; NaN if there is none.
        message: One sentence.
        is_left_out: Whether it passed because only the result or its baseline has the group.
    """

    passed: bool
    beta: float
    group: Group
    gate: str
    value: float
    limit: float
    message: str
    is_left_out: bool = False

    @property
    def passed_by_chance(self) -> bool:
        """Whether it passed although the loss is above the limit: its interval includes it."""
        return self.passed and self.value > self.limit


def check(
    result: Result, limits: Limits, baseline: Result | None = None, *, other_data: bool = False
) -> list[Verdict]:
    """Compare a result with limits, and with a baseline if there is one.

    Args:
        result: The new one.
        limits: The limits that it must not exceed.
        baseline: The result that its losses must not exceed by more than `limits.increases`.
        other_data: Whether the baseline may be over other data than the result.

    Returns:
        A verdict for each gate, beta and group, in the order of the result. Without groups, each
        gate has one verdict, which fails.

    Raises:
        SettingsError: There are increases, and no baseline to compare with.
        DataError: The baseline was made with other settings, or over other data.
    """
    if limits.increases and baseline is None:
        raise SettingsError("an increase needs a baseline to hold it against")
    verdicts = []
    if limits.fail_above is not None:
        verdicts += _check_above(result, limits.fail_above, limits.confidence)
    if baseline is not None:
        baseline = with_names_of(baseline, result)
        check_comparable(result, baseline, other_data=other_data)
        for increase in limits.increases:
            verdicts += _check_increase(result, baseline, increase, limits)
    return verdicts


def nothing_to_judge(result: Result, gate: str) -> Verdict:
    """The verdict of a gate over a result without any group, or without elements."""
    what = "there are no elements" if result.groups else "there are no groups"
    return _failed(result.settings.betas[0], Group(), gate, math.nan, f"{what}, so {NOTHING}")


def small_samples(result: Result, limits: Limits, baseline: Result | None = None) -> list[str]:
    """Sentences about samples whose rows or clusters are too few for a gate at a confidence.

    Args:
        result: As for `check`.
        limits: As for `check`.
        baseline: As for `check`.
    """
    if limits.confidence is None:
        return []
    found = [("the result", result)] + ([("the baseline", baseline)] if baseline else [])
    said = []
    for what, one in found:
        unit = "row" if one.settings.cluster is None else "cluster"
        samples = (sample_of_losses(group, tally) for _, group, tally in one.passing_entries)
        said += sentences_on_few_rows(samples, what, unit)
    return said


def _check_above(result: Result, limit: float, confidence: float | None) -> list[Verdict]:
    gate = f"fail-above {as_typed(limit)}"
    verdicts = []
    for beta, group, tally in result.passing_entries:
        name = subject(result, beta, group)
        found = _estimated(tally, result, confidence)
        if not tally.n:
            verdicts.append(_failed(beta, group, gate, found.value, _of_nothing(name, found)))
            continue
        low = found.value if confidence is None else found.interval(confidence)[0]
        message = above_text(name, found.value, low, limit, confidence)
        passed = _bound(found, confidence) <= limit
        verdicts.append(Verdict(passed, beta, group, gate, found.value, limit, message))
    return verdicts or [nothing_to_judge(result, gate)]


def _check_increase(
    result: Result, baseline: Result, increase: Increase, limits: Limits
) -> list[Verdict]:
    gate = f"max-increase {increase.text}"
    missing, passes = set(missing_groups(result, baseline)), limits.passes_missing_groups
    before = {
        (beta, group): _estimated(tally, result, limits.confidence) if tally.n else None
        for beta, group, tally in baseline.passing_entries
    }
    verdicts = []
    for beta, group, tally in result.passing_entries:
        base = before.pop((beta, group), None)
        verdict = _increased(result, beta, group, tally, base, increase, limits.confidence)
        if group.levels in missing and tally.n and math.isfinite(verdict.value):
            verdict = _of_missing_group(verdict, passes=passes)
        verdicts.append(verdict)
    for beta, group in before:
        if beta in result.settings.betas:
            message = f"{subject(result, beta, group)} is in the baseline, and not in the result"
            verdict = _failed(beta, group, gate, math.nan, message)
            if group.levels in missing:
                verdict = _of_missing_group(verdict, passes=passes)
            verdicts.append(verdict)
    if passes and verdicts and all(verdict.group.levels in missing for verdict in verdicts):
        return [_failed(result.settings.betas[0], Group(), gate, math.nan, NONE_IN_COMMON)]
    return verdicts or [nothing_to_judge(result, gate)]


def _of_missing_group(verdict: Verdict, *, passes: bool) -> Verdict:
    """A verdict on a group that only one side has."""
    message = missing_text(verdict.message, passes=passes)
    return verdict._replace(passed=passes, message=message, is_left_out=passes)


def _increased(
    result: Result,
    beta: float,
    group: Group,
    tally: Tally,
    base: Estimate | None,
    increase: Increase,
    confidence: float | None,
) -> Verdict:
    """The verdict on one loss and its baseline."""
    gate = f"max-increase {increase.text}"
    name = subject(result, beta, group)
    found = _estimated(tally, result, confidence)
    if not tally.n:
        return _failed(beta, group, gate, found.value, _of_nothing(name, found))
    if base is None:
        message = f"{name} is {found.value!r}, and has no baseline"
        return _failed(beta, group, gate, found.value, message)
    change = found.minus(base)
    low = change.value if confidence is None else change.interval(confidence)[0]
    passed = _is_within(found, base, increase, confidence)
    values = found.value, base.value
    message = increase_text(name, values, low, increase, confidence, passed=passed)
    if passed is None:
        return _failed(beta, group, gate, found.value, message)
    limit = as_float(_exactly(base, confidence) + increase.over(_exactly(base, confidence)))
    return Verdict(passed, beta, group, gate, found.value, limit, message)


def _estimated(tally: Tally, result: Result, confidence: float | None) -> Estimate:
    """What a gate judges of a tally: the loss, and without a confidence no standard error."""
    some = tally if confidence is not None else tally._replace(moments=None)
    return estimate_of(some, result.settings.reduction)


def _is_within(
    found: Estimate, base: Estimate, increase: Increase, confidence: float | None
) -> bool | None:
    """Whether the increase, or the bound of its interval, is allowed; None if it is not known.

    With a confidence, everything is compared in a unit in which nothing overflows. A bound may be
    -inf there, which is below any limit.
    """
    values = (one.value if confidence is None else one.in_unit.value for one in (found, base))
    if not all(map(math.isfinite, values)):
        return None
    allowed = increase.over(_exactly(base, confidence))
    if confidence is None:
        return Fraction(found.value) - Fraction(base.value) <= allowed
    bound = _bound(found.minus(base), confidence)
    is_unknown = isinstance(bound, float) and math.isnan(bound)
    return None if is_unknown else bound <= allowed


def _exactly(found: Estimate, confidence: float | None) -> Fraction:
    """The value as reported; with a confidence, the value in the unit of `in_unit`."""
    if confidence is None:
        return Fraction(found.value)
    value, _, exponent = found.in_unit
    return Fraction(value) * Fraction(2) ** exponent


def _of_nothing(name: str, found: Estimate) -> str:
    return f"{name}, {found.value!r}, is of no elements: {NOTHING}"


def _failed(beta: float, group: Group, gate: str, value: float, message: str) -> Verdict:
    """A failed verdict, if there is nothing to compare with."""
    return Verdict(
        passed=False,
        beta=beta,
        group=group,
        gate=gate,
        value=value,
        limit=math.nan,
        message=message,
    )


def _bound(found: Estimate, confidence: float | None) -> Fraction | float:
    """The exact number that is compared with the limit: the value, or the bound of its interval."""
    if confidence is None:
        return found.value
    bound, _ = found.interval_in_unit(confidence)
    if not math.isfinite(bound):
        return bound
    return Fraction(bound) * Fraction(2) ** found.in_unit.exponent
