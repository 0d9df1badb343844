"""By how much a loss may exceed another: an amount, or a share of the other."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from smoothl1.errors import SettingsError
from smoothl1.lazy_patterns import lazy_pattern

_AMOUNT = lazy_pattern(
    r"([0-9]{1,999}(?:\.[0-9]{0,999})?|\.[0-9]{1,999})(?:[eE]([+-]?[0-9]{1,3}))?(%?)"
)
"""A number or a percentage. Digits are bounded because Python refuses to read thousands of them."""


class Increase(NamedTuple):
    """By how much a loss may exceed another, its baseline.

    Attributes:
        amount: The number exactly as written; for a percentage, a hundredth of it.
        is_relative: Whether it is a share of the baseline's magnitude.
        text: The limit as the user wrote it.
    """

    amount: Fraction
    is_relative: bool
    text: str

    def over(self, baseline: float | Fraction) -> Fraction:
        """The increase that is allowed for a baseline."""
        return self.amount * abs(Fraction(baseline)) if self.is_relative else self.amount


def parse_increase(text: str, option: str = "--max-increase") -> Increase:
    """Read "5%" or "0.01".

    A whole number from 1 on, without point or exponent, is refused: it may be meant as per cent.

    Args:
        text: The increase as the user typed it.
        option: The option that it was typed for, which errors name.

    Raises:
        SettingsError: The text is neither, or may be meant as either.
    """
    whole = text.strip().removeprefix("+")
    if whole.isascii() and whole.isdecimal() and whole.strip("0"):
        raise SettingsError(
            f"{option} {text.strip()} may be meant as per cent or as an amount",
            hint=f"write {whole}% or {whole}.0",
        )
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise SettingsError(f"{option} is a number or a percentage, such as 5%, not {text!r}")
    amount = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0)
    return Increase(amount / 100 if match[3] else amount, bool(match[3]), text.strip())


def as_float(value: Fraction | float) -> float:
    """A number rounded once; an infinity if it is beyond binary64."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
