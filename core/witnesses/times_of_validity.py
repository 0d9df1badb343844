"""Forecasts with two times: when one was issued, and the time that it is valid for.

    init_time,valid_time,pred       time,obs
    2024-01-01,2024-01-02,1.5       2024-01-01,2.5

Observations go with the latter, though it is the former that may agree in every row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.witnesses.other_labels import is_called_time
from smoothl1.witnesses.other_names import COMPARABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smoothl1.witnesses.free_columns import FreeColumn

_DAY = "[-_. ]?(?:date|time|datetime|day)"
_VALID = re.compile(
    rf"(?i:valid(?:ity)?(?:{_DAY})?|valid[-_. ]at|verif(?:ication)?{_DAY}"
    rf"|target(?:[-_. ]end)?{_DAY}|forecast[-_. ]valid(?:{_DAY})?)"
)
"""Names of the time that a forecast is valid for."""

_ISSUED = re.compile(
    rf"(?i:init(?:ial|iali[sz]ation)?(?:{_DAY})|issued?(?:{_DAY}|[-_. ](?:at|on))?|cutoff"
    rf"|(?:forecast[-_. ])?(?:reference{_DAY}|origin(?:{_DAY})?)|base{_DAY}|analysis{_DAY}"
    rf"|(?:model[-_. ]?)?run(?:{_DAY}))"
)
"""Names of the time at which a forecast was issued."""

_LEAD = re.compile(
    r"(?i:lead|lead[-_. ]?(?:time|hours?|days?|steps?)|horizon|step|h|fhr?|forecast[-_. ]?hour)"
)
"""Names of how far ahead of its issue a forecast is valid."""

_PLAIN = re.compile(r"(?i:time|date|datetime|timestamp|ds)")
"""Names of times that may be stored as numbers, other than `hour` and `lead_time`."""


def is_of_forecasts(name: str) -> bool:
    """Whether a name says when a forecast was issued, or which time it is valid for."""
    return any(of.fullmatch(name) is not None for of in (_VALID, _ISSUED))


def times_of_validity(
    one: dict[str, FreeColumn], other: dict[str, FreeColumn]
) -> Iterator[tuple[tuple[FreeColumn, FreeColumn], bool]]:
    """Find the time that forecasts are valid for, with the only time of the other input.

    The forecasts have another time, too; the name of the only time does not say which it is.

    Args:
        one: The columns of the first input, by a name that the same columns have.
        other: Those of the second input.

    Yields:
        Both, that of the first input first; and whether that input has the forecasts.
    """
    for side, (columns, beside) in enumerate(((one, other), (other, one))):
        times, others = ([c for c in of.values() if _is_time(c)] for of in (columns, beside))
        valid = [c for c in times if _VALID.fullmatch(c.name)]
        if not valid and any(_ISSUED.fullmatch(c.name) for c in times):
            valid = [c for c in times if not _ISSUED.fullmatch(c.name)]
        if not (len(valid) == len(others) == 1 < len(times)):
            continue
        pair = (valid[0], others[0])
        is_said = valid[0].called in beside or _ISSUED.fullmatch(others[0].name)
        if not is_said and _are_comparable(*pair):
            yield (pair, True) if side == 0 else (pair[::-1], False)


def is_issue_beside_lead(
    pair: tuple[FreeColumn, FreeColumn], one: Iterable[FreeColumn], other: Iterable[FreeColumn]
) -> bool:
    """Whether forecasts of one input tell when they were issued and how far ahead, and no more.

    Then these times go with no times of the other input, whether they agree or not.

    Args:
        pair: A column of each input.
        one: All columns of the first input.
        other: Those of the second input.
    """
    for issued, plain, beside in ((*pair, one), (*pair[::-1], other)):
        names = [column.name for column in beside]
        if (
            _ISSUED.fullmatch(issued.name)
            and not _ISSUED.fullmatch(plain.name)
            and any(map(_LEAD.fullmatch, names))
            and not any(map(_VALID.fullmatch, names))
        ):
            return True
    return False


def is_validity_beside_issue(
    called: str, one: dict[str, FreeColumn], other: dict[str, FreeColumn]
) -> bool:
    """Whether a column that two inputs have is the time of validity, and both have another time.

    Args:
        called: What the column is called in both.
        one: The columns of the first input, by a name that the same columns have.
        other: Those of the second input.
    """
    return all(
        _VALID.fullmatch(of[called].name) is not None
        and any(_is_time(column) for name, column in of.items() if name != called)
        for of in (one, other)
    )


def _is_time(column: FreeColumn) -> bool:
    """Whether a column holds times, by its type, its name or, in text, its first value."""
    if column.is_evaluated or column.is_group:
        return False
    if column.is_date:
        return True
    is_called_so = any(of.fullmatch(column.name) for of in (_PLAIN, _VALID, _ISSUED))
    if column.kind == "text":
        return is_called_so or is_called_time(column.name)
    return is_called_so and column.kind in ("integer", "fraction")


def _are_comparable(one: FreeColumn, other: FreeColumn) -> bool:
    kinds = {one.kind, other.kind}
    return (kinds in COMPARABLE or kinds == {"fraction"}) and one.has_unit_of(other)
