"""Columns of which one ends before the other begins have no values in common."""

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
    """Leave out columns that have no values in common, as far as is known before reading.

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
        if _are_apart(mine[pair[0].name], others[pair[1].name])
    ]
    return [(pair, is_one) for pair, is_one in found if not (is_one and pair in left_out)]


def _are_apart(ones: tuple[Any, Any], others: tuple[Any, Any]) -> bool:
    """Whether one column ends before the other begins, or a bound is a fraction."""
    bounds = (*ones, *others)
    if all(isinstance(bound, (int, float)) for bound in bounds):
        has_fraction = any(bound != int(bound) for bound in bounds)
        return has_fraction or ones[1] < others[0] or others[1] < ones[0]
    if not all(isinstance(bound, bytes) and _are_plain(bound) for bound in bounds):
        return False
    one, other = ([_plain(bound) for bound in some] for some in (ones, others))
    return one[0] != other[0] and one[1] != other[1] and (one[1] < other[0] or other[1] < one[0])


def _are_plain(text: bytes) -> bool:
    """Whether a text is no path, and has no letters that may be written in two forms."""
    return text.isascii() and not _FOLDER.search(text)


def _plain(text: bytes) -> bytes:
    """The beginning of a text in one spelling: suffixes of files and leading zeros don't count."""
    stem = _SUFFIX.sub(b"", text[:_N_COMPARED].strip().lower())
    return stem.lstrip(b"0") if stem.isdigit() else stem.rstrip(b".")
