"""Numbers of rows of files that go together by their names: `berlin` has those of `berlin`."""

from __future__ import annotations

import re
from itertools import chain, combinations, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, counted
from smoothl1.files.shard_names import in_order, stem_of, without_common_folders
from smoothl1.pairing.words_of_files import words_of_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from smoothl1.pairing.chunks import Pairing
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.shard_source import ShardedSource

_DAY = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}(?:([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"|[-_.](?:0[1-9]|1[0-2]))(?![0-9])"
)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_VALUE = re.compile(r"(?<![^/])(?!(?i:part|shard|rank|chunk|batch|block|split)=)([^/=]+)=([^/]+)")
"""A day or a month in a name, and a folder that is named after a value: they say which rows."""

_COUNTED = re.compile(r"(?i:.*(?:month|day|week|quarter|season|hour|minute|fold|class|label))")
"""Keys whose values say which rows, also where they count from 0 or 1; others may count parts."""

Files = list[tuple[str, int]]
"""Paths, and how many rows each file has."""

Marks = list[tuple[object, ...]]
"""What the name of each file says of the rows in it; nothing if it counts the parts of a whole."""


def check_rows_of_files(pairing: Pairing, but: Collection[tuple[int, int]]) -> None:
    """Refuse sets of files whose names are those of the same things, but with other rows.

    Files that are numbered may be parts of a whole, which each side cuts as it likes. If words,
    days or values are in their names, too, those with the same ones have as many rows together.

    Args:
        pairing: The sides. Files whose rows are neither known nor counted yet are left out.
        but: Pairs of sides that are not checked: columns show whether their rows go together.

    Raises:
        DataError: Two files of one name have other numbers of rows.
    """
    from smoothl1.sources.shard_source import ShardedSource  # late: most inputs are one file

    sides = pairing.sides
    for i, j in sorted({*combinations(range(len(sides)), 2)} - {*but}):
        one, other = sides[i].source, sides[j].source
        are_paired = not pairing.key or (i == 0 and not sides[j].has_pairs)
        if are_paired and isinstance(one, ShardedSource) and isinstance(other, ShardedSource):
            _check(one, other, pairing.key)


def _check(one: ShardedSource, other: ShardedSource, key: Columns) -> None:
    files, other_files = sorted(one.rows_of_files), sorted(other.rows_of_files)
    if len(files) != len(other_files) or [*map(_n_rows, files)] == [*map(_n_rows, other_files)]:
        return
    files, other_files = _as_read(files), _as_read(other_files)
    for mine, theirs in _of_the_same(files, other_files):
        counts = [sum(map(_n_rows, of_side)) for of_side in (mine, theirs)]
        if counts[0] != counts[1]:
            raise DataError(
                f"{_shown(mine)} {counted(counts[0], 'row')}, and {_shown(theirs)} {counts[1]:,}: "
                "rows of files of different names would be paired",
                path=one.path,
                hint=f"{_hint(other.path, key)}; --no-key-check pairs them as they stand",
            )


_n_rows = itemgetter(1)


def _as_read(files: Files) -> Files:
    """Files in the order in which a folder of them is read."""
    rows = dict(files)
    return [(path, rows[path]) for path in in_order([path for path, _ in files])]


def _shown(files: Files) -> str:
    """Files that stand one after the other, and their verb."""
    return f"{files[0][0]} has" if len(files) == 1 else f"{files[0][0]} to {files[-1][0]} have"


def _hint(path: str, key: Columns) -> str:
    """What shows the rows: a key, or the key in files beside sides that are matched by one."""
    if not key:
        return "--key COL matches rows by a column"
    lacking = f"the column {key[0]!r}" if len(key) == 1 else f"the columns {', '.join(key)}"
    return f"{path} needs {lacking}, which shows the rows of the predictions"


def _of_the_same(files: Files, other_files: Files) -> Iterator[tuple[Files, Files]]:
    """The files of both sides, each time those in turn whose names say the same of their rows."""
    names, other_names = (
        list(map(stem_of, without_common_folders([path for path, _ in side])))
        for side in (files, other_files)
    )
    readings = (_days(names), _days(other_names)), (_values(names), _values(other_names))
    both = [*readings, _words(names, other_names)]
    marks = list(zip(*(ones for ones, others in both if ones == others), strict=True))
    places = groupby(range(len(marks)), key=marks.__getitem__)
    for found in (list(at) for _, at in places):
        span = slice(found[0], found[-1] + 1)
        yield files[span], other_files[span]


def _words(names: Sequence[str], other_names: Sequence[str]) -> tuple[Marks, Marks]:
    """The words of names of both sides that the other side has, too, and the years beside words.

    The words of one file or of numbered ones say nothing beside names that count parts: `data_0`,
    `data_1` and `rest`.
    """
    sides = [words_of_rows(of_side) for of_side in (names, other_names)]
    in_common = frozenset().union(*sides[0]) & frozenset().union(*sides[1])
    ones, others = (
        [
            (words & in_common, *_YEAR.findall(_DAY.sub("", name))) if words & in_common else ()
            for words, name in zip(words_of_side, of_side, strict=True)
        ]
        for words_of_side, of_side in zip(sides, (names, other_names), strict=True)
    )
    are_told_apart = len({*filter(None, ones)}) > 1
    return (ones, others) if are_told_apart else ([()] * len(ones), [()] * len(others))


def _days(names: Sequence[str]) -> Marks:
    """The days and months in each name, without the signs between their digits."""
    found = ([match[0] for match in _DAY.finditer(name)] for name in names)
    return [tuple(re.sub("[-_.]", "", day) for day in days) for days in found]


def _values(names: Sequence[str]) -> Marks:
    """The keys and values of the folders of each name, but for keys that count the files' parts."""
    found = [_VALUE.findall(name) for name in names]
    of_keys: dict[str, set[str]] = {}
    for key, value in chain.from_iterable(found):
        of_keys.setdefault(key, set()).add(value)
    counts = {key for key, values in of_keys.items() if _count(values)}
    counts = {key for key in counts if not _COUNTED.fullmatch(key)}
    return [tuple(pair for pair in pairs if pair[0] not in counts) for pairs in found]


def _count(values: set[str]) -> bool:
    """Whether values are the whole numbers from 0 or 1 on, each of them."""
    if not all(value.isascii() and value.isdecimal() for value in values):
        return False
    numbers = {*map(int, values)}
    return any(numbers == {*range(first, first + len(values))} for first in (0, 1))
