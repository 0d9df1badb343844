"""The error of a saved result whose figures contradict each other."""

from __future__ import annotations

from smoothl1.errors import DataError

AGAIN = "no data have these figures together: evaluate again"
"""What to do with a result whose figures contradict each other."""


def damaged(what: str, place: str = "") -> DataError:
    """The error of a result that no data have.

    Args:
        what: What contradicts what.
        place: The entry, such as `results[2]`; "" if it is none of them alone.
    """
    return DataError(f"damaged: {place}{': ' if place else ''}{what}", hint=AGAIN)
