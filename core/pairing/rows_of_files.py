"""Numbers of rows of files that go together by their names: `berlin` has those of `berlin`."""

from __future__ import annotations

import re
from itertools import chain, combinations
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, counted
from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.pairing.marks_of_files import are_words, have_the_same_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smoothl1.pairing.chunks import Pairing
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.shard_source import ShardedSource

_DAY = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}(?:([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"|[-_.](?:0[1-9]|1[0-2]))(?![0-9])"
)
_VALUE = re.compile(r"(?<![^/])(?!(?i:part|shard|rank|chunk|batch|block|split)=)([^/=]+)=([^/]+)")
"""A day or a month in a name, and a folder that is named after a value: they say which rows."""

_COUNTED = re.compile(r"(?i:.*(?:month|day|week|quarter|season|hour|minute|fold|class|label))")
"""Keys whose values say which rows, also where they count from 0 or 1; others may count parts."""


def check_rows_of_files(pairing: Pairing, but: Collection[tuple[int, int]]) -> None:
    """Refuse sets of files whose names are those of the same things, but with other rows.

    Files that are numbered may be parts of a whole, which each side cuts as it likes.

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
    pairs = list(zip(files, other_files, strict=False))
    different = [pair for pair in pairs if pair[0][1] != pair[1][1]]
    if not different or len(files) != len(other_files):
        return
    names, other_names = (
        list(map(stem_of, without_common_folders([path for path, _ in side])))
        for side in (files, other_files)
    )
    if _name_the_rows(names, other_names):
        (path, n_rows), (counterpart, n_others) = different[0]
        raise DataError(
            f"{path} has {counted(n_rows, 'row')}, and {counterpart} has {n_others:,}: rows of "
            "files of different names would be paired",
            path=one.path,
            hint=f"{_hint(other.path, key)}; --no-key-check pairs them as they stand",
        )


def _hint(path: str, key: Columns) -> str:
    """What shows the rows: a key, or the key in files beside sides that are matched by one."""
    if not key:
        return "--key COL matches rows by a column"
    lacking = f"the column {key[0]!r}" if len(key) == 1 else f"the columns {', '.join(key)}"
    return f"{path} needs {lacking}, which shows the rows of the predictions"


def _name_the_rows(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether names are the same on both sides, and say which rows are in a file."""
    readings: tuple[Callable[[Sequence[str]], Sequence[tuple[object, ...]]], ...]
    readings = (_days, _values)
    for read in readings:
        ones, others = read(names), read(other_names)
        if ones == others and all(ones) and len(set(ones)) == len(ones):
            return True
    return have_the_same_words(names, other_names) and all(map(are_words, (names, other_names)))


def _days(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The days and months in each name, without the signs between their digits."""
    found = ([match[0] for match in _DAY.finditer(name)] for name in names)
    return [tuple(re.sub("[-_.]", "", day) for day in days) for days in found]


def _values(names: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
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
