"""Keys numbered by Arrow: which rows of all inputs go together, which do not, and why.

It takes several times the memory and time of comparing codes, which it follows if they disagree.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.pairing.keys import common_types
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.pairing.renumbered_keys import check_counts
from smoothl1.pairing.repeated_keys import of_repeats, refuse_repeats
from smoothl1.pairing.repeated_rows import Repeats
from smoothl1.pairing.side_keys import (
    SideKeys,
    common_numbers,
    count_alone,
    numbers_of,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from smoothl1.pairing.repeated_keys import Advice
    from smoothl1.settings import EvalSettings
    from smoothl1.sources.contract import Source

    Rows = NDArray[np.intp]


class KeptRows(NamedTuple):
    """The rows of an input that have a partner in every other one.

    Attributes:
        rows: These rows, in the order of the first input, shape (n,).
        n_all: The number of all rows.
        left_out: The number of the others, and why they are left out.
    """

    rows: Rows
    n_all: int
    left_out: LeftOut


def rows_of_keys(
    sources: Sequence[Source],
    n_rows: int,
    settings: EvalSettings,
    check: Callable[[int, Repeats], None],
    warn: Callable[[str], None],
    further: Advice,
    *,
    key_check: bool = True,
) -> list[KeptRows]:
    """Read all keys, and find the rows of each input that have a partner in every other one.

    Args:
        sources: The sources of the keys of the inputs, the first of which sets the order.
        n_rows: Most rows of a chunk.
        settings: They say what is done with rows without a partner, and with repeated keys.
        check: Refuses rows that repeat a key with other values: takes the place of the input, and
            the rows.
        warn: Takes a warning about keys that are left out, but are nearly the same.
        further: Looks for a further key that all sides have, for an error about repeated ones.
        key_check: Whether keys that count from 0 and from 1 are refused, and dates in two orders.

    Raises:
        DataError: A key is missing on one side, or is a duplicate.
    """
    kinds = common_types(sources)
    sides = _sides(sources, kinds, n_rows, settings, further)
    n_repeats = []
    for i, side in enumerate(sides):
        rows, firsts = side.repeats()
        if settings.duplicates == "error":
            refuse_repeats(side, sides, further, is_alone=len(sides) == 1)
        if rows.size and settings.duplicates == "identical":
            remedy = partial(of_repeats, side, sides, further)
            check(i, Repeats(rows, firsts, side.numbers.size, side.shown, remedy))
        n_repeats.append(rows.size)
    if count_alone(sides, common_numbers(sides)):
        sides = _with_unmatched(sides, settings, warn, key_check=key_check)
    common = common_numbers(sides)
    first = sides[0]
    order = np.sort(first.firsts[np.isin(first.distinct, common, assume_unique=True)])
    numbers = first.numbers[order]
    return [
        KeptRows(
            side.firsts[np.searchsorted(side.distinct, numbers)],
            side.numbers.size,
            LeftOut(side.distinct.size - common.size, n),
        )
        for side, n in zip(sides, n_repeats, strict=True)
    ]


def _sides(
    sources: Sequence[Source],
    kinds: Sequence[pa.DataType],
    n_rows: int,
    settings: EvalSettings,
    further: Advice,
) -> list[SideKeys]:
    """The keys of all sides. Of the faults of several sides, that of the first is raised."""
    tables: list[pa.Table] = []
    for source in sources:
        try:
            tables.append(table_of(source, kinds, n_rows))
        except DataError:
            if settings.duplicates == "error":
                sides = list(map(SideKeys.of, sources, tables, numbers_of(tables)))
                for side in sides:
                    refuse_repeats(side, sides, further, is_alone=len(sources) == 1)
            raise
    return list(map(SideKeys.of, sources, tables, numbers_of(tables)))


def _with_unmatched(
    sides: list[SideKeys],
    settings: EvalSettings,
    warn: Callable[[str], None],
    *,
    key_check: bool,
) -> list[SideKeys]:
    """The sides, some keys of which have no match as they are written, in canonical form.

    Raises:
        DataError: A key has no match in that form either, and such keys are not left out. Or they
            show that keys match wrongly.
    """
    from smoothl1.pairing import day_or_month_first, unmatched_keys  # late: most keys match

    written, are_texts = sides, any(map(types.is_string, sides[0].keys.schema.types))
    if are_texts:
        if key_check:
            day_or_month_first.refuse_other_order(sides)
        sides = _in_one_spelling(written)
    common = common_numbers(sides)
    if not count_alone(sides, common):
        return sides
    if settings.unmatched == "error":
        unmatched_keys.refuse_unmatched(sides)
    if are_texts:
        _warn_of_spellings(written, sides, warn)
        unmatched_keys.warn_of_near_keys(sides, common, warn)
    unmatched_keys.warn_of_cut_keys(sides, common, warn)
    if key_check:
        check_counts(sides, warn)
    return sides


def _in_one_spelling(sides: Sequence[SideKeys]) -> list[SideKeys]:
    """The sides with texts compared in canonical form, unless that makes two keys of a side one.

    Rows that repeat a key are left out before, and keep the key of the first such row.
    """
    from smoothl1.pairing.key_notations import in_canonical_form  # late: most are written alike

    tables = [
        pa.table(list(in_canonical_form(side.keys.columns)), side.keys.column_names)
        for side in sides
    ]
    found = []
    for side, numbers in zip(sides, numbers_of(tables), strict=True):
        of_keys = numbers[side.firsts]
        if np.unique(of_keys).size < of_keys.size:
            return list(sides)
        found.append(SideKeys.of(side.source, side.keys, numbers))
    return found


def _warn_of_spellings(
    sides: Sequence[SideKeys], spelled: Sequence[SideKeys], warn: Callable[[str], None]
) -> None:
    """Warn of keys that have a match in canonical form alone, where others have none.

    Args:
        sides: The keys as they are written.
        spelled: The same rows, with keys in canonical form.
        warn: Takes the warning.
    """
    first, in_form = sides[0], spelled[0]
    is_common = np.isin(in_form.distinct, common_numbers(spelled), assume_unique=True)
    rows = in_form.firsts[is_common]
    rows = np.sort(rows[~np.isin(first.numbers[rows], common_numbers(sides))])
    if not rows.size:
        return
    row, *_ = rows
    texts = [first.shown(row)]
    for one, plain in zip(spelled[1:], sides[1:], strict=True):
        place = np.searchsorted(one.distinct, in_form.numbers[row])
        texts.append(plain.shown(one.firsts[place]))
    keys = "1 key matches" if rows.size == 1 else f"{rows.size:,} keys match"
    spellings = " and ".join(dict.fromkeys(texts))
    warn(f"{first.source.path}: {keys} only in another spelling, such as {spellings}")
