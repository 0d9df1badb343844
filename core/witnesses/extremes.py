"""Columns whose least or greatest values differ do not hold the same values in any order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.sources.table import Bounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from smoothl1.sources.table import Table
    from smoothl1.witnesses.free_columns import FreeColumn

    Pair = tuple[FreeColumn, FreeColumn]

_KINDS = ("text", "integer", "fraction")
_FOLDER = re.compile(rb"[/\\]")
"""What paths have: names of files are compared without folders, too."""

_SUFFIX = re.compile(rb"(?:\.[a-z]\w{0,4}){1,2}\Z")
"""What names of files are compared without."""

_N_COMPARED = 32
"""Bytes of a text that are compared: writers cut the bounds of longer texts."""


def without_others(
    tables: tuple[Table, Table], pairs: Iterable[tuple[Pair, bool]]
) -> list[tuple[Pair, bool]]:
    """Leave out columns that certainly hold other values, as far as is known before reading.

    Args:
        tables: Two inputs.
        pairs: Columns of both, and whether only their order is compared; others are kept.
    """
    found = list(pairs)
    one, other = tables
    if not (isinstance(one, Bounded) and isinstance(other, Bounded)):
        return found
    known = [pair for pair, is_one_of_many in found if is_one_of_many and pair[0].kind in _KINDS]
    mine = one.extremes(list(dict.fromkeys(pair[0].name for pair in known)))
    others = other.extremes(list(dict.fromkeys(pair[1].name for pair in known)))
    left_out = [
        pair
        for pair in known
        if pair[0].name in mine and pair[1].name in others
        if _differ(mine[pair[0].name], others[pair[1].name])
    ]
    return [(pair, is_one) for pair, is_one in found if not (is_one and pair in left_out)]


def _differ(ones: tuple[Any, Any], others: tuple[Any, Any]) -> bool:
    """Whether two columns have other bounds, or those of fractions."""
    for one, other in zip(ones, others, strict=True):
        are_numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
        if are_numbers and (one != other or one != int(one)):
            return True
        are_texts = isinstance(one, bytes) and isinstance(other, bytes)
        if are_texts and _are_plain(one + other) and _plain(one) != _plain(other):
            return True
    return False


def _are_plain(texts: bytes) -> bool:
    """Whether texts are no paths, and have no letters that may be written in two forms."""
    return texts.isascii() and not _FOLDER.search(texts)


def _plain(text: bytes) -> bytes:
    """The beginning of a text in one spelling: suffixes of files and leading zeros don't count."""
    stem = _SUFFIX.sub(b"", text[:_N_COMPARED].strip().lower())
    return stem.lstrip(b"0") if stem.isdigit() else stem.rstrip(b".")
