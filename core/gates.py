"""Gates: whether a result is good enough, by itself or compared with an earlier one.

A gate passes where a comparison holds, so NaN never passes. Increases are compared as exact
rationals of the two numbers as reported, so a limit that equals the increase passes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, SettingsError
from smoothl1.few_rows import sentences_on_few_rows
from smoothl1.intervals import estimate_of

if TYPE_CHECKING:
    from smoothl1.groups import Group
    from smoothl1.intervals import Estimate
    from smoothl1.result import Result

_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,3}))?(%?)")


class Increase(NamedTuple):
    """By how much a loss may exceed its baseline.

    Attributes:
        amount: Exactly as written; of a percentage, the hundredth part.
        is_relative: Whether it is a share of the baseline's magnitude.
        text: As the user wrote it.
    """

    amount: Fraction
    is_relative: bool
    text: str

    def over(self, baseline: float | Fraction) -> Fraction:
        """The increase that is allowed over a baseline."""
        return self.amount * abs(Fraction(baseline)) if self.is_relative else self.amount


def parse_increase(text: str) -> Increase:
    """Read "5%" or "0.01".

    Raises:
        SettingsError: It is neither.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise SettingsError(f"an increase is a number or a percentage, such as 5%, not {text!r}")
    amount = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0)
    return Increase(amount / 100 if match[3] else amount, bool(match[3]), text.strip())


@dataclass(frozen=True, slots=True)
class Limits:
    """What a result must hold.

    Attributes:
        fail_above: No loss may be above it.
        increases: By how much each loss may exceed its baseline; every one must hold.
        confidence: If set, the bound of the interval at this confidence that favours the model is
            held against the limit, in place of the value, so that noise alone fails nothing.

    Raises:
        SettingsError: A value is out of range.
    """

    fail_above: float | None = None
    increases: tuple[Increase, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.fail_above is not None and math.isnan(self.fail_above):
            raise SettingsError("the limit of --fail-above is NaN")
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise SettingsError(f"a confidence lies between 0 and 1, {self.confidence} does not")


class Verdict(NamedTuple):
    """What one gate says of one loss.

    Attributes:
        passed: Whether it holds.
        beta: Transition point of the loss.
        group: What the loss is about.
        gate: The gate as a name: "fail-above 0.5", "max-increase 5%".
        value: The loss.
        limit: What it, or the bound of its interval, was held against; NaN if there is none.
        message: One sentence.
    """

    passed: bool
    beta: float
    group: Group
    gate: str
    value: float
    limit: float
    message: str


def check(result: Result, limits: Limits, baseline: Result | None = None) -> list[Verdict]:
    """Hold a result against limits, and against a baseline if there is one.

    Args:
        result: The new one.
        limits: What it must hold.
        baseline: What its losses must not exceed by more than `limits.increases`.

    Returns:
        A verdict for each gate, beta and group, in the order of the result.

    Raises:
        DataError: The baseline was made with other settings.
    """
    verdicts = []
    if limits.fail_above is not None:
        verdicts += _check_above(result, limits.fail_above, limits.confidence)
    if baseline is not None:
        _check_comparable(result, baseline)
        for increase in limits.increases:
            verdicts += _check_increase(result, baseline, increase, limits.confidence)
    return verdicts


def small_samples(result: Result, limits: Limits, baseline: Result | None = None) -> list[str]:
    """Sentences on what has too few rows for a gate at a confidence to rely on.

    Args:
        result: As for `check`.
        limits: Likewise.
        baseline: Likewise.
    """
    if limits.confidence is None:
        return []
    found = [("the result", result)] + ([("the baseline", baseline)] if baseline else [])
    said = []
    for subject, one in found:
        first = zip(one.groups, one.tallies, strict=False)  # at other betas rows are the same
        said += sentences_on_few_rows(((group, tally.ratio) for group, tally in first), subject)
    return said


def _check_above(result: Result, limit: float, confidence: float | None) -> list[Verdict]:
    verdicts = []
    for beta, group, tally in result.entries:
        found = estimate_of(tally, result.settings.reduction)
        bound, words = _bound(found, confidence)
        passed = bound <= limit
        message = f"{_name(result, beta, group)} is {words}, {_relation(passed)} {limit!r}"
        verdicts.append(
            Verdict(passed, beta, group, f"fail-above {limit!r}", found.value, limit, message)
        )
    return verdicts


def _check_increase(
    result: Result, baseline: Result, increase: Increase, confidence: float | None
) -> list[Verdict]:
    gate = f"max-increase {increase.text}"
    reduction = result.settings.reduction
    before = {
        (beta, group): estimate_of(tally, reduction) for beta, group, tally in baseline.entries
    }
    verdicts = []
    for beta, group, tally in result.entries:
        found = estimate_of(tally, reduction)
        base = before.pop((beta, group), None)
        name = _name(result, beta, group)
        if base is None:
            message = f"{name} is {found.value!r}, and has no baseline"
            verdicts.append(_failed(beta, group, gate, found.value, math.nan, message))
            continue
        bound, words = _bound(found.minus(base), confidence)
        finite = all(map(math.isfinite, (bound, found.value, base.value)))
        passed = finite and _is_within(found, base, bound, increase, confidence)
        limit = _as_float(Fraction(base.value) + increase.over(base.value)) if finite else math.nan
        message = (
            f"{name} is {found.value!r}, its baseline {base.value!r}: an increase of {words}, "
            f"{_relation(passed)} {increase.text}"
        )
        verdicts.append(Verdict(passed, beta, group, gate, found.value, limit, message))
    for beta, group in before:
        if beta in result.settings.betas:
            message = f"{_name(result, beta, group)} is in the baseline, and not in the result"
            verdicts.append(_failed(beta, group, gate, math.nan, math.nan, message))
    return verdicts


def _is_within(
    found: Estimate,
    base: Estimate,
    bound: Fraction | float,
    increase: Increase,
    confidence: float | None,
) -> bool:
    """Whether the increase, or the bound of its interval, is allowed."""
    if confidence is None:
        return Fraction(found.value) - Fraction(base.value) <= increase.over(base.value)
    value, _, exponent = base.in_unit
    return bound <= increase.over(Fraction(value) * Fraction(2) ** exponent)


def _failed(
    beta: float, group: Group, gate: str, value: float, limit: float, message: str
) -> Verdict:
    """A verdict where there is nothing to compare with."""
    return Verdict(
        passed=False, beta=beta, group=group, gate=gate, value=value, limit=limit, message=message
    )


def _as_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _bound(found: Estimate, confidence: float | None) -> tuple[Fraction | float, str]:
    """What is held against the limit, exactly, and how to say it."""
    if confidence is None:
        return found.value, repr(found.value)
    bound, _ = found.interval_in_unit(confidence)
    low, _ = found.interval(confidence)
    words = f"{found.value!r} (at {confidence:g} confidence at least {low!r})"
    if not math.isfinite(bound):
        return bound, words
    return Fraction(bound) * Fraction(2) ** found.in_unit.exponent, words


def _relation(passed: bool) -> str:
    return "within" if passed else "not within"


def _name(result: Result, beta: float, group: Group) -> str:
    """What a loss is called in a sentence."""
    parts = [f"at beta {beta!r}"] if len(result.settings.betas) > 1 else []
    parts += [f"of {name} {text!r}" for name, text in group._asdict().items() if text is not None]
    reduction = "sum" if result.settings.reduction == "sum" else "mean"
    return " ".join(["the", reduction, *parts])


def _check_comparable(result: Result, baseline: Result) -> None:
    for name in ("nan", "weighted", "by", "by_column"):
        new, old = (getattr(r.settings, name) for r in (result, baseline))
        if new != old:
            raise DataError(f"made with other settings: {name} is {old!r} there, {new!r} here")
    if (result.settings.reduction == "sum") != (baseline.settings.reduction == "sum"):
        raise DataError("made with another reduction")
    if not set(result.settings.betas) <= set(baseline.settings.betas):
        raise DataError("lacks a beta of the result")
