"""What the names of a set of files say of their rows: words, times, numbers, or the whole name."""

from __future__ import annotations

import os
import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, Protocol

from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.files.shard_numbers import IDENTIFIER, n_equal
from smoothl1.pairing.times_in_names import times_of
from smoothl1.sources.ids import is_id
from smoothl1.sources.names import composed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERED = re.compile(r"([^\W\d_]+)[-_ =.]?([0-9]+)(?![0-9]|\.[0-9])")
_BETWEEN_WORDS = " _-"
_BORDER = re.compile(r"(?<=[\W_])|\A")
_FEWEST_DIGITS = 3
"""Digits of numbers that a column of numbers may name files by: fewer are in many a feature."""
_WHOLE = re.compile(r"0*([0-9]+)(?:\.0*)?")
_FILE = re.compile(r"(.*[/\\])?([^/\\]+?)((?:\.[A-Za-z]\w{0,4}){0,2})", re.DOTALL)
"""A file with its folders and suffixes; these do not count where texts are compared."""


class Reading(Protocol):
    """One way to read the names of all files, each of which says something else."""

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
    """The ways to read the names of files.

    Args:
        files: Their paths, at least two.
    """
    stems = [composed(stem_of(tail)) for tail in without_common_folders(files)]
    names = [os.path.basename(stem) for stem in stems]
    names = names if len(set(names)) == len(names) else stems
    bare = [_IDENTIFIER.sub("", name).casefold() for name in names]
    found: list[Reading] = []
    if words := _words_of(bare):
        found.append(_Words(words))
    if times := times_of(bare):
        found.append(times)
    else:
        numbered = [dict(_NUMBERED.findall(name)) for name in bare]
        for word in numbered[0]:
            numbers = [int(of_file[word]) for of_file in numbered if word in of_file]
            if len(set(numbers)) == len(bare):
                found.append(_Numbers(word, numbers))
    return [*found, *_whole_names([name.casefold() for name in names])]


class _Words(NamedTuple):
    """The words in the name of each file that not all have: `oslo`."""

    words: list[tuple[str, ...]]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind == "text"

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        if not all(x and tuple(_WORD.findall(x.casefold())) in self.words for x in values):
            return []
        return [_spelled(words, values[0] or "") for words in self.words if values]


class _Numbers(NamedTuple):
    """The number behind a word in the name of each file: `fold3`."""

    word: str
    numbers: list[int]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        is_number = kind in ("integer", "fraction")
        return kind == "text" or (is_number and name.casefold() == self.word)

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


class _WholeNumbers(NamedTuple):
    """What tells names apart, if it is a whole number that does not count the files: `2020`."""

    numbers: list[str]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        are_long = is_id(name) or all(len(number) >= _FEWEST_DIGITS for number in self.numbers)
        return kind == "text" or (kind in ("integer", "fraction") and are_long)

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        found = [_WHOLE.fullmatch(value or "") for value in values]
        are_some = found and {match[1] if match else "" for match in found} <= {*self.numbers}
        return self.numbers if are_some else []


class _WholeNames(NamedTuple):
    """The name of each file, with all or without some of the words that all begin or end with."""

    names: list[str]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind == "text"

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        matches = [_FILE.fullmatch(value or "") for value in values]
        if not matches or not {m[2].casefold() if m else "" for m in matches} <= {*self.names}:
            return []
        folder, like, suffix = matches[0].groups("") if matches[0] else ("", "", "")
        return [f"{folder}{_cased(text, like)}{suffix}" for text in self.names]


def _whole_names(names: Sequence[str]) -> Iterator[Reading]:
    """The names, as whole and without what all begin or end with, up to borders of words.

    Letters alone count parts, as numbers from 0 or 1 do, unless they are the whole name.
    """
    begin, end = n_equal(names), n_equal([name[::-1] for name in names])
    begins = [m.start() for m in _BORDER.finditer(names[0]) if m.start() <= begin]
    ends = [m.start() for m in _BORDER.finditer(names[0][::-1]) if m.start() <= end]
    for first, last in product(begins, ends):
        parts = [name[first : len(name) - last] for name in names]
        if not all(parts) or len(set(parts)) < len(parts):
            continue
        if all(part.isascii() and part.isdecimal() for part in parts):
            numbers = {*map(int, parts)}
            if len(numbers) == len(parts) and min(numbers) > 1:
                yield _WholeNumbers([str(int(part)) for part in parts])
        elif (first, last) == (0, 0) or any(len(part) > 1 for part in parts):
            yield _WholeNames(parts)


def _words_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The words in each name that not all have, if they tell the names apart."""
    words = [tuple(_WORD.findall(name)) for name in names]
    common = frozenset.intersection(*map(frozenset, words))
    own = [tuple(word for word in of_file if word not in common) for of_file in words]
    return own if all(own) and len(set(own)) == len(own) else []


def _spelled(words: tuple[str, ...], like: str) -> str:
    """Words as another text has them: so that the first row that is said to differ does differ."""
    return _cased(next((mark for mark in _BETWEEN_WORDS if mark in like), " ").join(words), like)


def _cased(text: str, like: str) -> str:
    return text.title() if like.istitle() else text.upper() if like.isupper() else text
