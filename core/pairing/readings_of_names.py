"""What the names of a set of files say of their rows: words, times, numbers, or the whole name."""

from __future__ import annotations

import os
import re
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple, Protocol

from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.files.shard_numbers import IDENTIFIER, n_equal
from smoothl1.pairing.names_in_columns import Names, WholeNumbers, are_long, cased
from smoothl1.pairing.parts_of_names import folders_of, parts_of
from smoothl1.pairing.times_in_names import times_of
from smoothl1.sources.names import composed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERED = re.compile(r"([^\W\d_]+)([-_ =.]?)([0-9]+)(?![0-9]|\.[0-9])")
_OF_GRIDS = frozenset({"row", "col", "column"})
"""Words, beside letters, that number the files of a grid, and in a column the cells within one."""
_BETWEEN_WORDS = " _-"
_BORDER = re.compile(r"(?<=[\W_])|\A")


class Reading(Protocol):
    """One way to read the names of all files, which do not all say the same."""

    def may_be(self, name: str, kind: str) -> bool:
        """Whether a column of another input may hold what the names say.

        Args:
            name: Its name.
            kind: The kind of its values; see `ColumnInfo`.
        """
        ...

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """What each name of a file says, as a column has it; nothing if that holds other values.

        Args:
            name: The name of the column.
            values: Its first values.
        """
        ...


def readings_of(files: Sequence[str]) -> list[Reading]:
    """The ways to read the names of files, the most literal ones first.

    Args:
        files: Their paths, at least two.
    """
    stems = [composed(stem_of(tail)) for tail in without_common_folders(files)]
    stems = [stem.replace(os.sep, "/") for stem in stems]
    names = [stem.rpartition("/")[2] for stem in stems]
    names = names if len(set(names)) == len(names) else stems
    found: list[Reading] = [*_whole_names(names)]
    places = [names] if names == stems or names is stems else [names, stems]
    bare = [[_IDENTIFIER.sub("", name).casefold() for name in place] for place in places]
    for place in bare:
        found += times_of(place)
        found += _numbers_of(place)
    parts = [names]
    for part in parts_of(stems):
        if part not in parts:
            parts.append(part)
            found += _readings_of_part(part)
    for folder in (*bare, *folders_of(stems)):
        if words := _words_of([name.casefold() for name in folder]):
            found.append(_Words(words))
    return found


class _Words(NamedTuple):
    """The words in the name of each file that not all have: `oslo`."""

    words: list[tuple[str, ...]]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind == "text"

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        if not all(x and _words_alone(x) in self.words for x in values):
            return []
        return [_spelled(words, values[0] or "") for words in self.words if values]


class _Numbers(NamedTuple):
    """The number behind a word in the name of each file: `fold3`."""

    word: str
    numbers: list[int]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        is_number = kind in ("integer", "fraction")
        is_of_grid = len(self.word) == 1 or self.word in _OF_GRIDS
        may_count_cells = is_of_grid and len({*self.numbers}) < len(self.numbers)
        is_named = name.casefold() == self.word and not may_count_cells
        return kind == "text" or (is_number and is_named)

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        before = rf"(?:{re.escape(self.word)}[-_ =.]?)"
        optional = "?" if name.casefold() == self.word else ""
        pattern = rf"({before}{optional})([0-9]+)(?:\.0*)?"
        found = [re.fullmatch(pattern, x or "", re.IGNORECASE) for x in values]
        matches = [match for match in found if match is not None]
        are_all = matches and len(matches) == len(values)
        if not are_all or not {int(match[2]) for match in matches} <= {*self.numbers}:
            return []
        width = len(matches[0][2]) if any(match[2][0] == "0" for match in matches) else 0
        return [f"{matches[0][1]}{number:0{width}}" for number in self.numbers]


def _whole_names(names: Sequence[str]) -> Iterator[Reading]:
    """The names, as whole and without what all begin or end with, up to borders of words."""
    folded = [name.casefold() for name in names]
    begin, end = n_equal(folded), n_equal([name[::-1] for name in folded])
    begins = [m.start() for m in _BORDER.finditer(names[0]) if m.start() <= begin]
    ends = [m.start() for m in _BORDER.finditer(names[0][::-1]) if m.start() <= end]
    for first, last in product(begins, ends):
        parts = [name[first : len(name) - last] for name in names]
        if all(parts) and len(set(parts)) == len(parts):
            yield from _readings_of_part(parts, is_whole=(first, last) == (0, 0))


def _readings_of_part(parts: Sequence[str], *, is_whole: bool = False) -> Iterator[Reading]:
    """The ways to read what is at one place of the names.

    Letters alone count parts, as numbers from 0 or 1 do, unless they are the whole name. So do
    digits, unless they have leading zeros, and a column has them in names of files.
    """
    tell_apart = len(set(parts)) == len(parts)
    if not all(part.isascii() and part.isdecimal() for part in parts):
        if is_whole or any(len(part) > 1 for part in parts):
            yield Names([*parts], may_have_folders=tell_apart)
        return
    numbers = [*map(int, parts)]
    different = {*numbers}
    may_count = min(numbers) < 2
    texts = [*map(str, numbers)]
    if not may_count and (len(different) == len(parts) or (are_long(texts) and len(different) > 1)):
        have_gaps = is_whole and max(numbers) - min(numbers) >= len(parts)
        yield WholeNumbers(texts, have_gaps)
    are_padded = is_whole and are_long(parts) and len({*map(len, parts)}) == 1
    if tell_apart and (are_padded or not may_count):
        yield Names([*parts], are_digits=True)


def _words_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The words in each name that not all have; nothing if those of a name are within others.

    The words of `bern_t2m` and `bern_tp` do not say whether a column names places.
    """
    words = [tuple(_WORD.findall(name)) for name in names]
    common = frozenset.intersection(*map(frozenset, words))
    own = [tuple(word for word in of_file if word not in common) for of_file in words]
    different = {*own}
    within = (
        of_file[begin:end]
        for of_file in different
        for begin, end in combinations(range(len(of_file) + 1), 2)
        if end - begin < len(of_file)
    )
    return own if all(own) and different.isdisjoint(within) else []


def _words_alone(value: str) -> tuple[str, ...]:
    """The words of a value; nothing if it has digits, or letters by themselves, too."""
    folded = value.casefold()
    has_more = any(map(str.isalnum, _WORD.sub("", folded)))
    return () if has_more else tuple(_WORD.findall(folded))


def _numbers_of(names: Sequence[str]) -> Iterator[Reading]:
    """The numbers behind a word that all names have, where they are not the same in all.

    A hyphen that only some of them have is a sign, if it tells two apart: `snr-5`, `snr5`.
    """
    numbered = [
        {word: (mark, int(digits)) for word, mark, digits in _NUMBERED.findall(name)}
        for name in names
    ]
    for word in numbered[0]:
        found = [of_file[word] for of_file in numbered if word in of_file]
        numbers = [number for _, number in found]
        with_signs = {(mark == "-", number) for mark, number in found}
        have_signs = len(with_signs) > len({*numbers})
        if len(numbers) == len(names) and len(set(numbers)) > 1 and not have_signs:
            yield _Numbers(word, numbers)


def _spelled(words: tuple[str, ...], like: str) -> str:
    """Words as another text has them: so that the first row that is said to differ does differ."""
    return cased(next((mark for mark in _BETWEEN_WORDS if mark in like), " ").join(words), like)
