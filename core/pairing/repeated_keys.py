"""Refuses keys that are there several times on a side, and says what settles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.side_keys import SideKeys


class Advice(Protocol):
    """Gives the hint that names a further key of all sides, or ""; or that there may be one."""

    def __call__(self, sides: Sequence[SideKeys], *, perhaps: bool = False) -> str:
        """See `FurtherKeys.advice`."""
        ...


_DUPLICATES_HINT = (
    "--duplicates first keeps the first row of each key, identical drops rows that are the same"
)
_ONE_FOR_MANY_HINT = (
    "each key may stand once on a side; if that row belongs to each of these, write its values to "
    "all of them first, as pandas.merge does, and evaluate that table"
)
_SHOWN_ONLY = "--keep COL only shows a column"


def refuse_repeats(
    side: SideKeys, others: Sequence[SideKeys], further: Advice, *, is_alone: bool
) -> None:
    """Refuse rows that repeat a key.

    Args:
        side: The keys of a side.
        others: The sides, as far as they are read; this side may be among them.
        further: Looks for a further key.
        is_alone: Whether there is no other side, so that the key may be given to be shown.

    Raises:
        DataError: There is one; the error names the first row whose key is repeated, and a side
            that has it once and repeats none, which may have a row for many.
    """
    _, firsts = side.repeats()
    if not firsts.size:
        return
    row = int(firsts.min())
    number = side.numbers[row]
    count = np.count_nonzero(side.numbers == number)
    what = f"key {side.shown(row)} stands there {count} times, first in row {row + 1}"
    once = [other for other in others if other.repeats_none and number in other.distinct]
    if once:
        what += f", and once in {once[0].source.path}"
    hints = [of_repeats(side, others, further)]
    if not hints[0]:
        perhaps = further(others, perhaps=True)
        hints = [*[_ONE_FOR_MANY_HINT] * bool(once), *filter(None, [perhaps]), _DUPLICATES_HINT]
    hints += [_SHOWN_ONLY] * is_alone
    raise DataError(what, path=side.source.path, hint="; ".join(hints))


def of_repeats(side: SideKeys, others: Sequence[SideKeys], further: Advice) -> str:
    """What is amiss with the keys themselves of a side that repeats some; "" if nothing is known.

    Args:
        side: See `refuse_repeats`.
        others: See `refuse_repeats`.
        further: See `refuse_repeats`.
    """
    from smoothl1.pairing.clocks_set_back import SET_BACK_HINT, are_set_back  # late: for an error

    return further(others) or (SET_BACK_HINT if are_set_back(side) else "")
