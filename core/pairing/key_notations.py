"""Notations in which key columns of several inputs are compared.

Keys match as they are written, or in canonical form. For a hint they are compared more freely, too:
`01.03.2026` with `2026-03-01`, `2,0` with 2, and times that one input has cut to whole seconds.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.labels.texts import as_texts
from smoothl1.witnesses.cut_times import step_of, times_in_nanoseconds, unit_of
from smoothl1.witnesses.date_spellings import READINGS, with_dates_read
from smoothl1.witnesses.values import canonical_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Notation = Callable[[Sequence[pa.ChunkedArray]], Sequence[pa.Array | pa.ChunkedArray]]
    """Takes a key column of each input, and gives it with the same value in the same notation."""

_OFFSET = r"(:[0-9]{2}(?:\.[0-9]+)?) ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)\z"
_DECIMAL_COMMA = r"\A([+-]?[0-9]+),([0-9]+)\z"


class _Freedom(NamedTuple):
    """What is assumed where a notation does not say it.

    Attributes:
        is_month_first: Whether dates with slashes begin with the month.
        is_local: Whether a time without an offset from UTC is a local time; else it is UTC.
        is_rounded: Whether times in a coarser unit were rounded to it; else they were cut.
    """

    is_month_first: bool = False
    is_local: bool = False
    is_rounded: bool = False


def as_written(columns: Sequence[pa.ChunkedArray]) -> Sequence[pa.ChunkedArray]:
    """Columns as they are."""
    return columns


def in_canonical_form(
    columns: Sequence[pa.ChunkedArray],
) -> Sequence[pa.Array | pa.ChunkedArray]:
    """Columns of one type; their texts as in `canonical_texts`."""
    return [canonical_texts(of) if types.is_string(of.type) else of for of in columns]


def _freely(freedom: _Freedom, columns: Sequence[pa.ChunkedArray]) -> Sequence[pa.Array]:
    """Columns of any types as times in the coarsest unit of them, or else as texts.

    Each distinct value is converted once.
    """
    encoded = [of.combine_chunks().dictionary_encode() for of in columns]
    texts = [_with_dates(as_texts(of.dictionary), freedom) for of in encoded]
    values = _as_times(texts, freedom) or [_plain(of) for of in texts]
    return [some.take(of.indices) for some, of in zip(values, encoded, strict=True)]


NOTATIONS_THAT_MATCH: Sequence[Notation] = (as_written, in_canonical_form)
"""Those in which rows are matched by key."""

FREE_NOTATIONS: Sequence[Notation] = tuple(
    partial(_freely, freedom)
    for freedom in (
        _Freedom(),
        _Freedom(is_month_first=True),
        _Freedom(is_local=True),
        _Freedom(is_rounded=True),
    )
)
"""Those in which the same keys can be told that do not match; columns may have any types."""


def _with_dates(texts: pa.Array, freedom: _Freedom) -> pa.Array:
    """Texts, in which dates are written as `2024-01-31`."""
    if freedom.is_local:
        texts = pc.replace_substring_regex(texts, _OFFSET, r"\1")
    read = with_dates_read(texts.cast(pa.binary()), READINGS[freedom.is_month_first])
    return read.cast(pa.string())


def _as_times(columns: Sequence[pa.Array], freedom: _Freedom) -> list[pa.Array] | None:
    """Texts of times in their coarsest unit, as integers; None if some are no times."""
    found = [_nanoseconds(texts) for texts in columns]
    counts = [of for of in found if of is not None and len(of) and not of.null_count]
    if len(counts) < len(found):
        return None
    unit = max(unit_of(step_of(of)) for of in counts)
    more = unit // 2 if freedom.is_rounded else 0
    return [pa.array((of.to_numpy() + more) // unit) for of in counts]


def _nanoseconds(texts: pa.Array) -> pa.Array | None:
    """Times, or counts from 1970, in text; in nanoseconds, int64. None for other texts."""
    with suppress(pa.ArrowInvalid):  # a count is an integer
        return times_in_nanoseconds(texts.cast(pa.int64()))[0]
    return times_in_nanoseconds(texts.cast(pa.binary()))[0]


def _plain(texts: pa.Array) -> pa.Array:
    """Texts in canonical form, in lower case, and with a decimal point."""
    points = pc.replace_substring_regex(texts, _DECIMAL_COMMA, r"\1.\2")
    return pc.utf8_lower(pc.utf8_normalize(canonical_texts(points), form="NFC"))
