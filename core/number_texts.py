"""Numbers as text for people. Programs get the shortest text that reads back: `repr`."""

from __future__ import annotations

_LEAST_AS_POWER = 10**6
"""From here on, a number that has more digits than are shown is a power of ten."""


def as_typed(number: float) -> str:
    """A number that somebody chose, as it is typed: 5, and not 5.0. It reads back to the same."""
    return repr(number).removesuffix(".0")


def short(
    number: float, digits: int = 4, *, is_padded: bool = False, is_signed: bool = False
) -> str:
    """A number of a few significant digits: 0.25, 1230.

    A number below a million is written out, also if it has fewer significant digits: 2700 for three
    digits. An exact 0 is "0".

    Args:
        number: The number.
        digits: The significant digits.
        is_padded: Whether all digits are shown, where zeros at the end are left out else: 0.2500.
        is_signed: Whether a number above 0 has a plus.
    """
    if number == 0:
        return "0"
    form = f"{'+' * is_signed}{'#' * is_padded}.{digits}g"
    text = f"{number:{form}}".removesuffix(".").replace(".e", "e")
    is_written_out = "e+" in text and abs(float(text)) < _LEAST_AS_POWER
    return f"{float(text):{'+' * is_signed}.0f}" if is_written_out else text
