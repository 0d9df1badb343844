"""The sentences of gate verdicts: the loss, the limit, and how they relate."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from smoothl1.number_texts import as_typed

if TYPE_CHECKING:
    from smoothl1.results.increase import Increase
    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

NOTHING = "there is nothing to judge"

_DIGITS = range(3, 40)
"""Significant digits of a change: as few as show on which side of the limit it is. The difference
of two binary64 and a limit of 17 digits need fewer than 40."""


def subject(result: Result, beta: float, group: Group) -> str:
    """The name of a loss in a sentence: "the mean of group 'a'"."""
    parts = [f"at beta {as_typed(beta)}"] if len(result.settings.betas) > 1 else []
    parts += [f"of {phrase}" for phrase in group.phrases()]
    return " ".join(["the", result.reduction, *parts])


def above_text(name: str, value: float, low: float, limit: float, confidence: float | None) -> str:
    """How a loss relates to --fail-above.

    Args:
        name: The name of the loss in a sentence.
        value: The loss.
        low: The bound of its interval that is compared with the limit; without confidence, the
            loss.
        limit: The limit, which `low` may equal.
        confidence: The confidence of the interval, if any.
    """
    gate = f"--fail-above {as_typed(limit)}"
    if math.isnan(value):
        return f"{name} is nan, which passes no {gate}"
    relation = "at most" if value <= limit else "above"
    if confidence is None:
        return f"{name}, {value!r}, is {relation} {gate}"
    if math.isnan(low):
        return f"{name}, {value!r}, has no interval at {confidence:g} confidence to pass {gate}"
    chance = ", but not beyond chance" if low <= limit < value else ""
    bound = f"at {confidence:g} confidence it is at least {low!r}"
    return f"{name}, {value!r}, is {relation} {gate}{chance}: {bound}"


def increase_text(
    name: str,
    values: tuple[float, float],
    low: float,
    increase: Increase,
    confidence: float | None,
    *,
    passed: bool | None,
) -> str:
    """How the increase of a loss relates to --max-increase.

    Args:
        name: The name of the loss in a sentence.
        values: The loss and its baseline.
        low: The bound of the interval of their difference; without confidence, the difference.
        increase: The limit.
        confidence: The confidence of the interval, if any.
        passed: The verdict; None where the increase is not known.
    """
    found, base = values
    gate = f"--max-increase {increase.text}"
    pair = f"{name} is {found!r}, its baseline {base!r}"
    are_finite = math.isfinite(found) and math.isfinite(base)
    if passed is None and not are_finite:
        return f"{pair}: what is not finite passes no {gate}"
    if passed is None:
        return f"{pair}: no interval of the change at {confidence} confidence can pass {gate}"
    relation = f"{'not more' if passed else 'more'} than {gate}"
    if not are_finite:  # sums beyond binary64 of losses within
        return f"{pair}: the change is at {confidence:g} confidence {relation}"
    difference, allowed = Fraction(found) - Fraction(base), increase.over(base)
    change = change_in_unit(difference, base, increase, allowed)
    if confidence is None:
        return f"{pair}: {change}, {'at most' if passed else 'more than'} {gate}"
    least = repr(low)
    if math.isfinite(low):
        least = change_in_unit(Fraction(low), base, increase, allowed)
    return f"{pair}: {change}, at {confidence:g} confidence at least {least}, {relation}"


def no_baseline_text(path: str, near: str | None) -> str:
    """That a baseline does not exist, and what to do about it.

    Args:
        path: The baseline, as the user typed it.
        near: A file whose name is nearly the same, if there is one.
    """
    advice = f"did you mean {near}?" if near else "--on-missing-baseline create makes it"
    return f"there is no baseline {path} [{advice}]"


def change_in_unit(difference: Fraction, base: float, increase: Increase, allowed: Fraction) -> str:
    """A change in the unit of its limit, "+3.1%" or "+0.02"; for a baseline of 0, an amount.

    Args:
        difference: The change.
        base: The baseline, finite.
        increase: The limit, whose unit is used.
        allowed: The limit, in the unit of the loss: the digits show on which side the change is.
    """
    if not (increase.is_relative and base):
        return signed(difference, allowed)
    percent = 100 / abs(Fraction(base))
    return f"{signed(difference * percent, allowed * percent)}%"


def signed(amount: Fraction, limit: Fraction) -> str:
    """A number with its sign and three significant digits, or more until it can't be mistaken.

    Args:
        amount: The number.
        limit: The limit with which a reader compares it.
    """
    with localcontext(prec=max(_DIGITS) + 10):
        exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    text = ""
    for digits in _DIGITS:
        text = _plain(exact, digits)
        if (Fraction(text) > limit) == (amount > limit):
            break
    return text


def _plain(number: Decimal, digits: int) -> str:
    """The number with that many significant digits, and all digits of its whole part."""
    whole = number.adjusted() + 1 if number else 0
    text = f"{number:+.{max(digits, whole)}g}" if whole < max(_DIGITS) else f"{number:+.{digits}g}"
    return "0" if not number else _trimmed(text)


def _trimmed(text: str) -> str:
    """The text without zeros at the end of a fraction."""
    digits, e, exponent = text.partition("e")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return f"{digits}{e}{exponent}"
