"""Columns in common that tell rows of one key apart: a second key that was forgotten."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.pairing.keys import common_types
from smoothl1.pairing.side_keys import numbers_of, table_of
from smoothl1.sources.columns import as_option, index_columns, position
from smoothl1.sources.contract import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from smoothl1.pairing.side_keys import Rows, SideKeys
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

_MOST_ROWS = 1 << 18
"""Most rows of an input that are read once more for a message."""

_MOST_COLUMNS = 8
"""Most columns that are tried, alone and two together."""

_KINDS = ("text", "integer", "date")


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

    def advice(self, sides: Sequence[SideKeys]) -> str:
        """The hint that names columns which make the keys unique; "" if none are known to.

        With them no key may be there twice on a side, and half of the rows of the shorter side
        must have a match on all others.

        Args:
            sides: The keys of the sides that could be read.
        """
        are_all = 1 < len(self.places) == len(sides)
        if not are_all or max(side.numbers.size for side in sides) > _MOST_ROWS:
            return ""
        codes = dict(self._codes(sides))
        for names in chain(combinations(codes, 1), combinations(codes, 2)):
            of_sides = [side.numbers for side in sides]
            for name in names:
                of_sides = _joined(of_sides, codes[name])
            if _match(of_sides):
                options = " and ".join(f"--key {as_option(name)}" for name in names)
                have = "both inputs have" if len(self.tables) == 2 else "all inputs have"
                makes = "makes" if len(names) == 1 else "make"
                return f"{options}, too, which {have}, {makes} the keys unique"
        return ""

    def _codes(self, sides: Sequence[SideKeys]) -> Iterator[tuple[str, list[Rows]]]:
        """The columns that may be keys, and for each side the number of the value of each row."""
        sizes = [side.numbers.size for side in sides]
        tables = [self.tables[i] for i in self.places]
        for name in self._names():
            with suppress(DataError):  # a value is missing, or types cannot be compared
                sources = [table.select(Wanted((), (name,))) for table in tables]
                kinds = common_types(sources)
                codes = numbers_of([table_of(source, kinds, self.n_rows) for source in sources])
                if [of_side.size for of_side in codes] == sizes:
                    yield name, codes

    def _names(self) -> list[str]:
        """The names of columns that all sides have, and that may be keys, in their order."""
        free = []
        for table, key in zip(self.tables, self.keys, strict=True):
            taken = {position(name, table.names) for name in key} | index_columns(table.names)
            free.append(
                [
                    name
                    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True))
                    if info.kind in _KINDS and info.may_be_key and i not in taken
                ]
            )
        return [
            name
            for name in free[0]
            if name not in self.evaluated and all(names.count(name) == 1 for names in free)
        ][:_MOST_COLUMNS]


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
    common = reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), distinct)
    return bool(2 * common.size >= min(one.size for one in distinct) > 0)
