"""The objects of JSON Lines, whose numbers keep their text."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.json_lines.values import Number, plain
from smoothl1.sources.names import ENCODING_HINT

_HINT = "a JSON object a line: jq -c . FILE writes them so"
_CSV_HINT = "; --format-in csv reads all inputs as CSV"

_SHORT = 3
"""Characters of a whole number that is kept: there are 1,100 of them."""

_KINDS = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}


def object_of(line: bytes, row: int) -> dict[str, Any]:
    """The object that a line holds; numbers are `Number`s, NaN and Infinity among them.

    Objects of MongoDB's Extended JSON for numbers and times are those; see `values.plain`.

    Args:
        line: The line.
        row: Its number among the rows, for messages.

    Raises:
        DataError: The line is no JSON object, or one of its names occurs twice.
    """
    try:
        found = _DECODER.decode(line.decode("utf-8"))
        if isinstance(found, dict) and b'"$' in line:
            return {name: plain(value) for name, value in found.items()}
    except UnicodeDecodeError as error:
        where = f"row {row} is not UTF-8, at its byte {error.start}"
        raise DataError(where, hint=ENCODING_HINT) from error
    except _TwiceError as error:
        raise DataError(f"row {row} has {shown(str(error))} twice") from error
    except json.JSONDecodeError as error:
        where = f"row {row} is not a whole JSON object, at its character {error.pos + 1}"
        raise DataError(where, hint=_HINT + _CSV_HINT * (row == 1)) from error
    except RecursionError as error:
        raise DataError(f"row {row} has too many brackets within brackets") from error
    if not isinstance(found, dict):
        kind = _KINDS.get(type(found), "a number")
        raise DataError(f"row {row} is {kind}, not a JSON object", hint=_HINT)
    return found


class _TwiceError(ValueError):
    """A name occurs twice in an object."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise _TwiceError(next(name for name, n in counts.items() if n > 1))
    return found


class _WholeNumbers(dict[str, Number]):
    """Whole numbers by their text. Each short one is made once: a long list has many of them."""

    def __missing__(self, text: str) -> Number:
        number = Number(text)
        if len(text) <= _SHORT:
            self[text] = number
        return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_repeats,
    parse_float=Number,
    parse_int=_WholeNumbers().__getitem__,
    parse_constant=Number,
)
