"""The difference of two losses as a percentage of one of them."""

from __future__ import annotations

_LEAST_WHOLE_PERCENTAGE, _MOST_WHOLE_PERCENTAGE = 999.5, 999_999.5
"""Between these, a percentage is a whole number; three digits would need a power of ten."""


def change_text(difference: float, base: float) -> str:
    """A difference as a percentage of a base that is not 0, in three digits: +2.46%, +1,360%."""
    percentage = 100 * difference / abs(base)
    form = (
        "+,.0f" if _LEAST_WHOLE_PERCENTAGE <= abs(percentage) < _MOST_WHOLE_PERCENTAGE else "+.3g"
    )
    return f"{percentage:{form}}%"
