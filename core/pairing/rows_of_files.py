"""Numbers of rows of files that go together by their names: `berlin` has those of `berlin`."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, counted
from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.pairing.marks_of_files import are_words, have_the_same_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.pairing.chunks import Pairing
    from smoothl1.sources.shard_source import ShardedSource

_DAY = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}(?:([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"|[-_.](?:0[1-9]|1[0-2]))(?![0-9])"
)
_VALUE = re.compile(r"(?<![^/])(?!(?i:part|shard|rank|chunk|batch|block|split)=)[^/=]+=[^/]+")
"""A day or a month in a name, and a folder that is named after a value: they say which rows."""


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
        are_paired = not pairing.by_key or (i == 0 and not sides[j].has_pairs)
        if are_paired and isinstance(one, ShardedSource) and isinstance(other, ShardedSource):
            _check(one, other)


def _check(one: ShardedSource, other: ShardedSource) -> None:
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
            hint="--key COL matches rows by a column; --no-key-check pairs them as they stand",
        )


def _name_the_rows(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether names are the same on both sides, and say which rows are in a file."""
    for pattern in (_DAY, _VALUE):
        ones, others = (
            [tuple(map(_plain, pattern.finditer(name))) for name in side]
            for side in (names, other_names)
        )
        if ones == others and all(ones) and len(set(ones)) == len(ones):
            return True
    return have_the_same_words(names, other_names) and all(map(are_words, (names, other_names)))


def _plain(match: re.Match[str]) -> str:
    """A value as it is, and a day without the signs between its digits."""
    return match[0] if "=" in match[0] else re.sub("[-_.]", "", match[0])
