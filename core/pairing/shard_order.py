"""The order of the files of inputs that are paired by position: do their names agree?"""

from __future__ import annotations

import os
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError, counted
from smoothl1.files.patterns import Found
from smoothl1.files.shard_names import (
    integers_of,
    numbers_of,
    stem_of,
    varying_text,
    without_common_folders,
)
from smoothl1.pairing.folded_names import behind_counters, folded, own_words
from smoothl1.pairing.marks_of_files import (
    have_the_same_marks,
    have_the_same_words,
    have_the_same_words_and_numbers,
    marks_in_another_order,
)
from smoothl1.pairing.numbers_of_most import first_other_number, go_together, with_plain_dates
from smoothl1.pairing.words_of_files import places_with_nothing_in_common
from smoothl1.sources.columns import matching, shown
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from smoothl1.sources.table import Table


_IN_A_COLUMN = {
    "weight": ", or put the weights into a column (--weight COL)",
    "by": ", or put the groups into a column (--by COL)",
    "cluster": ", or put the clusters into a column (--cluster COL)",
}
_SAME_NAMES = "give files that go together the same names"
_NUMBERED_NAMES = "number the names of the files (01-, 02-)"
_AS_SHOWN = "; --no-key-check pairs them in the order that inspect shows"
_AS_THEY_STAND = "; --no-key-check pairs them as they stand"
"""What settles how files go together."""


def check_shard_order(
    tables: Sequence[Table], beside: Mapping[str, Table], warn: Callable[[str], None]
) -> None:
    """Refuse inputs of several files if their names say that rows may be paired wrongly.

    Args:
        tables: The inputs, which are paired by position; the predictions first.
        beside: Those that hold weights, groups or clusters, which no key matches, by their role.
        warn: Takes a warning about names that do not say which files go together.

    Raises:
        DataError: The names of two sets, or the numbers in them, do not match; or the order of a
            set is in doubt, and the other input does not have the same numbers.
    """

    def in_a_column(pair: tuple[Table, Table]) -> str:
        """The end of a hint about two inputs in the same order, which no key helps."""
        of = next((role for role, table in beside.items() if pair[1] is table), "")
        is_certain = pair[0] is tables[0] or any(pair[0] is table for table in beside.values())
        return _IN_A_COLUMN[of] if of and is_certain else ""

    pairs = sorted(combinations(tables, 2), key=lambda pair: bool(in_a_column(pair)), reverse=True)
    names = {table.path: _names(table.files) for table in tables if len(table.files) > 1}
    agreed = set()
    for one, other in pairs:
        sets = [_Set(t, names[t.path]) for t in (one, other) if t.path in names]
        if len(sets) == 2 and len(sets[0].names) == len(sets[1].names):
            column = in_a_column((one, other))
            hint = (f"{_SAME_NAMES}{column}" if column else _by_key(one, other)) + _AS_THEY_STAND
            _check_partitions(one, other, hint)
            is_same = sets[0].names == sets[1].names
            has_log = any(_found(table).version for table in (one, other))  # its names say nothing
            if _agree(sets[0], sets[1], hint) and (is_same or not has_log):
                agreed.add((one.path, other.path))
            elif not has_log:
                at = places_with_nothing_in_common(*(of_set.names for of_set in sets))
                _warn_of_other_names(one, other, at, warn)
    for one, other in pairs:
        for table in (one, other):
            doubt = table.found.doubt if table.found else ""
            if doubt and (one.path, other.path) not in agreed:
                by_name = _SAME_NAMES if {one.path, other.path} <= {*names} else _NUMBERED_NAMES
                column = in_a_column((one, other))
                raise DataError(
                    f"the order of its files is in doubt: {doubt}",
                    path=table.path,
                    hint=(f"{by_name}{column}" if column else _by_key(one, other)) + _AS_SHOWN,
                )


def _by_key(one: Table, other: Table) -> str:
    """The hint to match rows by a key: the only id by its name that both have, if there is one."""
    ids = [name for name in filter(is_id, one.names) if name in other.names]
    return matching(ids[0]) if len(ids) == 1 else "--key COL matches rows by a column"


def _warn_of_other_names(
    one: Table, other: Table, places: Sequence[int], warn: Callable[[str], None]
) -> None:
    """Warn of files that are paired by their order alone, unless an id in common is compared."""
    if not places or not {*filter(is_id, one.names)}.isdisjoint(other.names):
        return
    first, counterpart = one.files[places[0]], other.files[places[0]]
    if len(places) == len(one.files):
        more = ", and so on"
    else:
        more = f", and {counted(len(places) - 1, 'more file')} so," if len(places) > 1 else ""
    warn(
        f"{first} is paired with {counterpart}{more} by the order of names, which have "
        f"nothing in common: do these files go together? ({_SAME_NAMES})"
    )


class _Set(NamedTuple):
    """An input of several files, and their names, without folders that all share."""

    table: Table
    names: list[str]


def _found(table: Table) -> Found:
    """What an input stands for; that of one file is nothing special."""
    return table.found or Found([], [])


def _check_partitions(one: Table, other: Table, hint: str) -> None:
    """Refuse sets whose folders are named after different columns: numbers in them say nothing.

    Raises:
        DataError: They are.
    """
    ours, others = (_found(table).partitions.names for table in (one, other))
    if ours and others and ours != others:
        raise DataError(
            f"its folders are named after {', '.join(map(shown, ours))}, those of {other.path} "
            f"after {', '.join(map(shown, others))}: rows may be paired wrongly",
            path=one.path,
            hint=hint,
        )


def _names(files: Sequence[str]) -> list[str]:
    return list(map(stem_of, without_common_folders(files)))


def _agree(one: _Set, other: _Set, hint: str) -> bool:
    """Whether the names, or the numbers in them, say which files go together.

    Args:
        one: A set of files.
        other: A set of as many files.
        hint: What to do if they do not.

    Raises:
        DataError: They say that the files in the same place do not.
    """
    names, other_names = folded(one.names, other.names)
    counted = behind_counters(names, other_names)
    if names == other_names or (counted and counted[0] == counted[1]):
        return True
    if (found_at := marks_in_another_order(one.names, other.names)) is not None:
        raise _of_different_rows(found_at.place, one, other, f"{found_at.what} in the names", hint)
    if counted:
        first = _first_difference(*counted)
        raise _of_different_rows(first, one, other, "names behind the counters", hint)
    expected, found = numbers_of(one.names), numbers_of(other.names)
    if expected.varying and found.varying:
        if not (
            go_together(expected.varying, found.varying)
            or (expected.n_places != found.n_places and _have_the_same_digits(one, other))
            or _have_the_same_dates(one, other)
            or have_the_same_marks(one.names, other.names)
        ):
            first = _first_difference(expected.varying, found.varying)
            raise _of_different_rows(first, one, other, "numbers in the names", hint)
        if len(set(expected.varying)) == len(expected.varying):
            return True
    i = _different_name(one.names, other.names)
    if i is not None:
        raise _of_different_rows(i, one, other, "names", hint)
    both = (one.names, other.names)
    are_same = have_the_same_words(*both) or have_the_same_words_and_numbers(*both)
    if are_same or varying_text(one.names) == varying_text(other.names):
        return True
    i = first_other_number(*both)
    if i is not None:
        raise _of_different_rows(i, one, other, "numbers in the names", hint)
    return False


def _have_the_same_digits(one: _Set, other: _Set) -> bool:
    """Whether all runs of digits go together, though not the numbers: 2024.01 and 2024-01."""
    expected, found = integers_of(one.names), integers_of(other.names)
    return bool(expected and found) and go_together(expected, found)


def _have_the_same_dates(one: _Set, other: _Set) -> bool:
    """Whether the numbers go together if dates are written alike: 20240131 and 2024-01-31."""
    expected, found = (numbers_of(with_plain_dates(names)) for names in (one.names, other.names))
    return bool(expected.varying and found.varying) and go_together(expected.varying, found.varying)


def _different_name(names: Sequence[str], other_names: Sequence[str]) -> int | None:
    """The first file whose name differs, if some names of files or folders agree, but not all."""
    sides = [[name.split(os.sep) for name in of_side] for of_side in (names, other_names)]
    if len({len(components) for side in sides for components in side}) > 1:
        sides = [[components[-1:] for components in side] for side in sides]
    for i in range(len(sides[0][0])):
        words, other_words = (own_words([parts[i] for parts in side]) for side in sides)
        ones, others = folded(words, other_words)
        if ones != others and {*words} & {*other_words}:
            return _first_difference(ones, others)
        leftmost = {tuple(components[: i + 1]) for components in sides[0]}
        if ones == others and len(leftmost) == len(names):
            return None
    return None


def _first_difference(one: Sequence[Any], other: Sequence[Any]) -> int:
    return next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)


def _of_different_rows(i: int, one: _Set, other: _Set, what: str, hint: str) -> DataError:
    files, other_files = one.table.files, other.table.files
    return DataError(
        f"file {i + 1} of {len(files)} is {files[i]}, but {other_files[i]} of {other.table.path}: "
        f"the {what} differ, so rows may be paired wrongly",
        path=one.table.path,
        hint=hint,
    )
