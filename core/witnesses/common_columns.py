"""The search for witnesses: columns that two inputs have in common besides the chosen ones."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.sources.coordinates import usual_name
from smoothl1.sources.ids import is_id
from smoothl1.sources.names import as_text, composed
from smoothl1.witnesses.extremes import without_others
from smoothl1.witnesses.free_columns import INDEX, FreeColumn, free_columns
from smoothl1.witnesses.joined_ids import joined_ids
from smoothl1.witnesses.numbering import lone_ids
from smoothl1.witnesses.other_names import COMPARABLE, columns_of_other_names
from smoothl1.witnesses.shared_column import SharedColumn
from smoothl1.witnesses.times_of_validity import (
    is_issue_beside_lead,
    is_validity_beside_issue,
    times_of_validity,
)
from smoothl1.witnesses.usual_copies import copies_under_usual_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table

_POSITION = re.compile(r"@[1-9][0-9]*")
"""The name of a column without one: no name that two inputs have in common."""

_FRACTIONS = ({"fraction"}, {"fraction", "integer"}, {"fraction", "text"})
"""Kinds that mostly are features or scores, of which one may differ for a reason of its own. A few
are compared: they show whether rows are in another order, and more would show the same."""

_MOST_FRACTIONS = 4

_NUMBERS = {"integer", "fraction"}

_GUESSED = "\0guessed"
"""Prefix of the place of columns of different names: no column has such a name."""


def find_shared(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    by_position: Sequence[int],
    texts: Sequence[Collection[str]],
    moved: Sequence[int] = (),
) -> tuple[SharedColumn, ...]:
    """Find the columns that two inputs have in common.

    Args:
        tables: The inputs.
        assigned: The roles of their columns; a column that is read as numbers, groups or
            clusters is no witness.
        by_position: Which inputs are paired by position, in ascending order.
        texts: Names of the columns of each input whose bytes are text.
        moved: The sides that a key puts in the order of the first; see `with_shared`.

    Returns:
        The columns, each with the first input that has it and a further one, also ids and indexes
        that cannot be compared. An index of rows is the same column whatever its name. Only a few
        columns of fractions of two inputs are taken. A column that one input evaluates is compared
        with that of the same name of another input that does not: it may be a copy. Columns of
        different names may be the same, too, and so may two ids of one input that holds both sides.
    """
    pairs = [*combinations(by_position, 2)]
    pairs += [(one, other) for one in moved for other in by_position if other > moved[-1]]
    free = [
        free_columns(table, of_input, of_bytes)
        for table, of_input, of_bytes in zip(tables, assigned, texts, strict=True)
    ]
    found: dict[tuple[str, int], SharedColumn] = {}
    nameless = [tuple(map(_POSITION.fullmatch, table.names)) for table in tables]
    for one, other in pairs:
        # positions are names if no column of either has a name, and both have as many columns
        are_nameless = all(nameless[one]) and all(nameless[other])
        are_nameless &= len(nameless[one]) == len(nameless[other])
        mine, others = _called_alike(free[one], free[other], tables[one].names, tables[other].names)
        named = {c for c in mine if c in others and (are_nameless or not _POSITION.fullmatch(c))}
        for called, pair in _in_common(mine, others, named):
            is_known = "target" in assigned[other].roles
            is_of_validity = is_known and is_validity_beside_issue(called, mine, others)
            shared = _shared(pair, (one, other))._replace(is_of_validity=is_of_validity)
            place = f"{called}\0{one}" if shared.is_copy else called
            if not (shared.is_copy and tables[one].path == tables[other].path):
                found.setdefault((place, other), shared)
        guesses = columns_of_other_names(mine, others, named)
        for pair, is_one_of_many in without_others((tables[one], tables[other]), guesses):
            place = f"{_GUESSED} {is_one_of_many} {one} {pair[0].name}\0{pair[1].name}"
            guess = _as_guess(_shared(pair, (one, other)), pair)
            is_of_issue = is_issue_beside_lead(pair, free[one].values(), free[other].values())
            found[place, other] = guess._replace(
                is_one_of_many=is_one_of_many and not is_of_issue, is_of_issue=is_of_issue
            )
        for copy in _copies_of_other_names(tables, assigned, free, (one, other)):
            found[f"{_GUESSED} {one} {copy.name}", other] = copy
        for guess in _of_validity(mine, others, (one, other), assigned[other]):
            found[f"{_GUESSED} False {one} {guess.name}\0{guess.other_name}", other] = guess
    joined = [
        _as_guess(_shared((one, other), (i, i)), (one, other))._replace(
            is_joined=True, are_apart=are_apart
        )
        for i, one, other, are_apart in joined_ids(tables, assigned, free, by_position)
    ]
    return (*(found[place] for place in sorted(found)), *joined, *lone_ids(free, pairs))


def columns_of_matched(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    keys: Sequence[Collection[str]],
    *,
    copies: bool,
    labels: bool,
) -> tuple[SharedColumn, ...]:
    """Find the columns that models have in common with the targets, where a key matches rows.

    Args:
        tables: The inputs of the models, and of the targets.
        assigned: The roles of their columns.
        keys: The names of the key columns of each.
        copies: Whether to find those that are called as the targets: the models' own, which are not
            used.
        labels: Whether to find labels and whole numbers that may tell rows of one key apart.
    """
    *free, targets = (free_columns(*both, ()) for both in zip(tables, assigned, strict=True))
    found, last = [], len(free)
    for one, mine in enumerate(free):
        if tables[one].path == tables[last].path:
            continue
        both = _called_alike(mine, targets, tables[one].names, tables[last].names)
        for called, pair in _in_common(*both, both[0].keys() & both[1].keys()):
            column = _shared(pair, (one, last))
            is_key = column.name in keys[one] or column.other_name in keys[last]
            may_tell = column.may_be_key and (column.is_label or column.are_whole)
            is_label = labels and may_tell and not (is_key or column.is_index or column.are_flags)
            is_copy = copies and column.is_copy_of_other
            if (is_copy or is_label) and not _POSITION.fullmatch(called):
                found.append(column)
        if copies:
            of_both = _copies_of_other_names(tables, assigned, [*free, targets], (one, last))
            found += [copy for copy in of_both if copy.is_copy_of_other]
    return tuple(found)


def _copies_of_other_names(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    free: Sequence[dict[str, FreeColumn]],
    inputs: tuple[int, int],
) -> Iterator[SharedColumn]:
    """The copies that one of two inputs holds of what the other evaluates, by usual names."""
    one, other = inputs
    if tables[one].path == tables[other].path:
        return
    of_both = copies_under_usual_names(
        (tables[one], tables[other]),
        (assigned[one], assigned[other]),
        (free[one], free[other]),
    )
    for pair in of_both:
        yield _shared(pair, inputs)._replace(is_guessed=True)


def _shared(pair: tuple[FreeColumn, FreeColumn], inputs: tuple[int, int]) -> SharedColumn:
    """The column that two inputs have in common, from its description in each."""
    mine, others = pair
    kinds = {mine.kind, others.kind}
    is_copy = mine.is_evaluated or others.is_evaluated
    are_rows = mine.holds_rows and others.holds_rows
    are_fractions = kinds in _FRACTIONS or kinds == {"date", "fraction"}
    return SharedColumn(
        mine.name,
        others.name,
        *inputs,
        mine.is_index,
        is_id(mine.name) and not is_copy,
        mine.may_be_key and others.may_be_key and not is_copy,
        are_numbers=is_copy or are_rows or are_fractions,
        are_rows=mine.holds_rows or others.holds_rows,
        are_whole=kinds <= {"integer", "text"} and not is_copy,
        is_label=kinds <= {"text", "date", "flag"} and not are_rows,
        are_flags="flag" in kinds,
        counts_rows=mine.counts_rows and others.counts_rows,
        is_noted=mine.is_noted or others.is_noted,
        is_comparable="other" not in kinds,
        is_copy=is_copy,
        is_copy_of_other=others.is_evaluated,
        is_of_groups=mine.is_group or others.is_group,
    )


def _as_guess(shared: SharedColumn, pair: tuple[FreeColumn, FreeColumn]) -> SharedColumn:
    """The shared column, marked as a guess: perhaps only one input has it."""
    sides = [side for side, column in enumerate(pair) if column.is_index]
    index_side = sides[0] if len(sides) == 1 else None
    return shared._replace(is_index=False, is_guessed=True, index_side=index_side)


def _of_validity(
    mine: dict[str, FreeColumn],
    others: dict[str, FreeColumn],
    inputs: tuple[int, int],
    of_other: InputRoles,
) -> Iterator[SharedColumn]:
    """The time that forecasts are valid for, with the only time of another input."""
    for pair, is_of_first in times_of_validity(mine, others):
        is_known = is_of_first and "target" in of_other.roles
        yield _as_guess(_shared(pair, inputs), pair)._replace(is_of_validity=is_known)


def _called_alike(
    one: dict[str, FreeColumn],
    other: dict[str, FreeColumn],
    names: Sequence[str],
    other_names: Sequence[str],
) -> tuple[dict[str, FreeColumn], dict[str, FreeColumn]]:
    """The columns of two inputs by a name that is the same if they are the same column.

    Columns of the same name go together. Of the others, names in upper and lower case are the same,
    because databases change the case, as are two names of a latitude; not if an input has several.
    """
    common = {*names} & {*other_names}
    all_folded = [Counter(map(_folded, some)) for some in (names, other_names)]
    found: tuple[dict[str, FreeColumn], dict[str, FreeColumn]] = ({}, {})
    for columns, some, by_called in zip((one, other), (names, other_names), found, strict=True):
        left = Counter(_folded(name) for name in some if name not in common)
        for name, column in columns.items():
            called = _folded(name)
            if column.called:  # an index
                called = column.called
            elif name in common and any(counts[called] > 1 for counts in all_folded):
                called = f"{name}\0"
            elif name not in common and left[called] > 1:
                continue
            by_called[called] = column._replace(called=called)
    return found


def _folded(name: str) -> str:
    return usual_name(composed(as_text(name)).strip().casefold())


def _in_common(
    one: dict[str, FreeColumn], other: dict[str, FreeColumn], named: Collection[str]
) -> Iterator[tuple[str, tuple[FreeColumn, FreeColumn]]]:
    """The columns that are compared, of those that two inputs have in common by name."""
    n_fractions = 0
    for called, mine in one.items():
        if called not in named:
            continue
        others = other[called]
        kinds = {mine.kind, others.kind}
        if mine.is_evaluated or others.is_evaluated:
            is_compared = mine.is_evaluated != others.is_evaluated
            is_compared &= kinds <= _NUMBERS or (mine.holds_rows and others.holds_rows)
        elif kinds in _FRACTIONS:
            n_fractions += 1
            is_compared = n_fractions <= _MOST_FRACTIONS
        else:
            is_default = called.startswith(INDEX) and (mine.counts_rows or others.counts_rows)
            is_compared = "other" in kinds or kinds in COMPARABLE
            is_compared &= not is_default or kinds == {"integer"}
        is_compared &= mine.has_unit_of(others)
        if is_compared and not (mine.is_group and others.is_group):  # these are compared anyway
            yield called, (mine, others)
