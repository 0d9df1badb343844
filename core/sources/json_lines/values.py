"""The values of JSON Lines: numbers keep their text, and objects may stand for a number or a time.

These are MongoDB's Extended JSON, which `mongoexport` writes, most with `--jsonFormat=canonical`
(https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_NUMBERS = frozenset(("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal"))
_IS_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|NaN|-?Infinity"
).fullmatch
_IS_WHOLE = re.compile(r"-?[0-9]{1,18}").fullmatch
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Number(str):
    """The text of a number, which is not in quotes."""

    __slots__ = ()


def plain(value: Any) -> Any:
    """A value of JSON without the objects of Extended JSON for numbers and times.

    Args:
        value: A value in which numbers are `Number`s. What is in it is changed in its place: a
            copy of a long list would take as much memory again.

    Returns:
        The number that `$numberLong` and its like hold as text, and the text of a time, in UTC as
        `mongoexport` writes it: `2024-01-01T00:00:00Z`, with three digits for milliseconds, if
        any. Objects whose value is none of these, or of a year that ISO 8601 has not, are as they
        were.
    """
    if isinstance(value, list):
        for i, item in enumerate(value):
            value[i] = plain(item)
        return value
    if not isinstance(value, dict):
        return value
    for name, item in value.items():
        value[name] = plain(item)
    if len(value) != 1:
        return value
    ((name, item),) = value.items()
    if name in _NUMBERS and isinstance(item, str) and _IS_NUMBER(item):
        return Number(item)
    if name == "$date" and isinstance(item, str):
        return _time(item) if type(item) is Number else item
    return value


def _time(count: Number) -> Any:
    """The text of a time in UTC; the object of the count of milliseconds if it has none."""
    try:
        time = _START + int(count) * _MILLISECOND if _IS_WHOLE(count) else None
    except OverflowError:
        time = None
    if time is None:
        return {"$date": count}
    return time.isoformat(timespec="milliseconds")[:-6].removesuffix(".000") + "Z"
