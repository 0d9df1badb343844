"""Columns in common that tell rows of one key apart: a second key that was forgotten."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from itertools import chain, combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.pairing.keys import common_types
from smoothl1.pairing.side_keys import numbers_of, table_of
from smoothl1.sources.columns import as_option, index_columns, places_of, position
from smoothl1.sources.contract import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from smoothl1.pairing.key_notations import Notation
    from smoothl1.pairing.side_keys import Rows, SideKeys
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import ColumnInfo, Table

    Names = tuple[str, ...]
    """The name of a column on each side."""

_MOST_ROWS = 1 << 18
"""Most rows of an input that are read once more for a message."""

_MOST_ROWS_FREELY = 1 << 15
"""Most rows whose values are compared in further notations: it takes several times as long."""

_MOST_COLUMNS = 8
"""Most columns that are tried, alone and two together."""

_MOST_OF_TWO_NAMES = 4
"""Most columns of each side that are tried with one of another name."""

_PERHAPS = (
    "if another column tells the rows of a key apart, --key COL, too, or --key A=B where inputs "
    "call it otherwise"
)

_NO_NUMBERS = ("text", "date")
_KINDS = (*_NO_NUMBERS, "integer")
_FRACTION = "fraction"


class FurtherKeys(NamedTuple):
    """The sides among whose columns a further key is looked for.

    Attributes:
        tables: One table for each side.
        keys: The key columns of each side.
        evaluated: Names of columns that are read as numbers: these are no keys.
        n_rows: Most rows of a chunk.
        places: Positions of the sides whose keys are matched with each other.
    """

    tables: Sequence[Table]
    keys: Sequence[Columns]
    evaluated: Collection[str]
    n_rows: int
    places: Sequence[int]

    def advice(self, sides: Sequence[SideKeys], *, perhaps: bool = False) -> str:
        """The hint that names columns which make the keys unique; "" if none are known to.

        With them no key may be there twice on a side, and half of the rows of the shorter side
        must have a match on all others.

        Args:
            sides: The keys of the sides that could be read.
            perhaps: Whether to say instead that there may be such columns, if all sides repeat
                keys and have others that may be keys.
        """
        are_all = 1 < len(self.places) == len(sides)
        if perhaps:
            have_more = all(self._free[i] for i in self.places)
            repeat = are_all and not any(side.repeats_none for side in sides)
            return _PERHAPS if repeat and have_more else ""
        if not are_all or max(side.numbers.size for side in sides) > _MOST_ROWS:
            return ""
        names = next(filter(None, self._found(sides)), ())
        return self._said(names) if names else ""

    def _found(self, sides: Sequence[SideKeys]) -> Iterator[tuple[Names, ...]]:
        """The columns that are found in one notation after the other; () where none are."""
        from smoothl1.pairing import key_notations  # late: for an error

        keys = [side.keys for side in sides]
        ways = [(key_notations.NOTATIONS_THAT_MATCH, True), (key_notations.FREE_NOTATIONS, False)]
        are_few = max(table.num_rows for table in keys) <= _MOST_ROWS_FREELY
        # columns of other names are of one meaning if no others match
        for candidates, n_most in ((self._of_one_name(), 2), (self._of_two_names(), 1)):
            for notations, are_alike in ways if are_few else ways[:1]:
                columns = dict(self._columns(sides, candidates, are_alike=are_alike))
                for notation in notations:
                    matches = _that_match(keys, columns, notation, n_most)
                    found = [*islice(matches, 1 if n_most > 1 else 2)]
                    yield found[0] if len(found) == 1 else ()

    def _said(self, names: Sequence[Names]) -> str:
        if len({*names[0]}) > 1:
            option = f"--key {as_option('='.join(names[0]))}"
            return f"{option}, too, makes the keys unique, if these columns mean the same"
        options = " and ".join(f"--key {as_option(of[0])}" for of in names)
        have = "both inputs have" if len(self.tables) == 2 else "all inputs have"
        makes = "makes" if len(names) == 1 else "make"
        return f"{options}, too, which {have}, {makes} the keys unique"

    def _columns(
        self, sides: Sequence[SideKeys], candidates: Sequence[Names], *, are_alike: bool
    ) -> Iterator[tuple[Names, list[pa.Table]]]:
        """The columns that may be keys, and for each side the values of its rows.

        Args:
            sides: The keys of the sides.
            candidates: For each column its name on each side.
            are_alike: Whether they must be of one type, or of types that can be compared.
        """
        sizes = [side.numbers.size for side in sides]
        tables = [self.tables[i] for i in self.places]
        for names in candidates:
            with suppress(DataError):  # a value is missing, or types cannot be compared
                sources = [
                    table.select(Wanted((), (name,)))
                    for table, name in zip(tables, names, strict=True)
                ]
                kinds = [common_types(sources if are_alike else [of]) for of in sources]
                found = [
                    table_of(of, kind, self.n_rows) for of, kind in zip(sources, kinds, strict=True)
                ]
                if [table.num_rows for table in found] == sizes:
                    yield names, found

    def _of_one_name(self) -> list[Names]:
        """The columns that all sides have, and that may be keys, in their order.

        Those that may be fractions are the last.
        """
        first, *others = self._free
        names = [name for name in first if all(name in kinds for kinds in others)]
        names.sort(key=lambda name: any(kinds[name] == _FRACTION for kinds in (first, *others)))
        return [(name,) * len(self.places) for name in names[:_MOST_COLUMNS]]

    def _of_two_names(self) -> list[Names]:
        """Columns that two sides call otherwise, each with each of the other side.

        Numbers are none: small ones are the same in many a column of ranks, counts or ids.
        """
        if len(self.tables) != len(self.places) or len(self.places) != 2:
            return []
        one, other = (
            {name for name, kind in kinds.items() if kind in _NO_NUMBERS and "=" not in name}
            for kinds in self._free
        )
        sides = (sorted(one - other), sorted(other - one))
        return list(product(*(names[:_MOST_OF_TWO_NAMES] for names in sides)))

    @property
    def _free(self) -> list[dict[str, str]]:
        """For each side the kinds of the columns that may be further keys, by their names."""
        sides = zip(self.tables, self.keys, strict=True)
        return [
            {
                name: kind
                for name, kind in _kinds_of_free(*side).items()
                if name not in self.evaluated
            }
            for side in sides
        ]


def _kinds_of_free(table: Table, key: Columns) -> dict[str, str]:
    """The kinds of the columns of a table that may be further keys, by their names."""
    places = places_of(table.names)
    taken = {position(name, table.names, places) for name in key} | index_columns(table.names)
    return {
        name: info.kind
        for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True))
        if _may_be_key(info) and i not in taken and len(places[name]) == 1
    }


def _may_be_key(info: ColumnInfo) -> bool:
    """Whether a column may hold keys: whole numbers may be stored as fractions."""
    may_be_whole = info.kind == _FRACTION and not info.has_fractions
    return may_be_whole or (info.kind in _KINDS and info.may_be_key)


def _that_match(
    keys: Sequence[pa.Table],
    columns: Mapping[Names, Sequence[pa.Table]],
    notation: Notation,
    n_most: int,
) -> Iterator[tuple[Names, ...]]:
    """The columns, one or so many together, that make keys unique and let them match.

    Args:
        keys: The keys of each side.
        columns: For each name the column of each side.
        notation: The notation in which they are compared.
        n_most: The most columns that are tried together.
    """
    of_keys = _numbers(keys, notation)
    if not _may_match(of_keys):
        return
    numbered = ((name, _numbers(of_sides, notation)) for name, of_sides in columns.items())
    codes = {name: of_sides for name, of_sides in numbered if _may_match(of_sides)}
    for names in chain.from_iterable(combinations(codes, n + 1) for n in range(n_most)):
        of_sides = of_keys
        for name in names:
            of_sides = _joined(of_sides, codes[name])
        if _match(of_sides):
            yield names


def _may_match(of_sides: Sequence[Rows]) -> bool:
    """Whether the values of half of the rows of the shortest side are on all sides."""
    common = _common(list(map(np.unique, of_sides)))
    n_rows = min(of_side.size for of_side in of_sides)
    return all(2 * np.isin(of_side, common).sum() >= n_rows for of_side in of_sides)


def _numbers(sides: Sequence[pa.Table], notation: Notation) -> list[Rows]:
    """For each row of each side the number of its values, compared in a notation."""
    names = sides[0].column_names
    columns = [notation([side.column(i) for side in sides]) for i in range(len(names))]
    return numbers_of([pa.table(list(of_side), names) for of_side in zip(*columns, strict=True)])


def _joined(of_sides: Sequence[Rows], codes: Sequence[Rows]) -> list[Rows]:
    """For each row of each side the number of its key with one more column."""
    n_codes = 1 + max(int(of_side.max(initial=0)) for of_side in codes)
    pairs = [keys * n_codes + some for keys, some in zip(of_sides, codes, strict=True)]
    whole = np.unique(np.concatenate(pairs), return_inverse=True)[1].reshape(-1)
    return np.split(whole, np.cumsum([some.size for some in pairs])[:-1])


def _match(of_sides: Sequence[Rows]) -> bool:
    """Whether no number is there twice on a side, and half of the fewest are on all sides."""
    distinct = list(map(np.unique, of_sides))
    if any(one.size < of.size for one, of in zip(distinct, of_sides, strict=True)):
        return False
    common = _common(distinct)
    return bool(2 * common.size >= min(one.size for one in distinct) > 0)


def _common(distinct: Sequence[Rows]) -> Rows:
    """The numbers that all sides have, of those that each has."""
    return reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), distinct)
