"""What the names of a set of files say of their rows: words, days, or numbers behind a word."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.files.shard_numbers import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]{2,}")
_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([-_.]?)(0[1-9]|1[0-2])\2([0-3][0-9])(?![0-9])")
_MONTH = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])(?![0-9]|[-_.][0-9])")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?\Z")
_NUMBERED = re.compile(r"([^\W\d_]+)[-_ =.]?([0-9]+)(?![0-9]|\.[0-9])")
_BETWEEN_WORDS = " _-"


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
    stems = [stem_of(tail) for tail in without_common_folders(files)]
    names = [os.path.basename(stem) for stem in stems]
    names = names if len(set(names)) == len(names) else stems
    bare = [_IDENTIFIER.sub("", name).casefold() for name in names]
    found: list[Reading] = []
    if words := _words_of(bare):
        found.append(_Words(words))
    days = ["-".join(match.group(1, 3, 4)) for name in bare if (match := _DAY.search(name))]
    months = ["-".join(match.groups()) for name in bare if (match := _MONTH.search(name))]
    for periods in (days, months):
        if len(set(periods)) == len(bare):
            found.append(_Days(periods))
            return found
    numbered = [dict(_NUMBERED.findall(name)) for name in bare]
    for word in numbered[0]:
        numbers = [int(of_file[word]) for of_file in numbered if word in of_file]
        if len(set(numbers)) == len(bare):
            found.append(_Numbers(word, numbers))
    return found


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


class _Days(NamedTuple):
    """The day, or the month, in the name of each file."""

    days: list[str]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind in ("text", "date", "integer")

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        bare = [_MIDNIGHT.sub("", value or "") for value in values]
        for days in (self.days, [day.replace("-", "") for day in self.days]):
            if bare and {*bare} <= {*days}:
                return days
        return []


class _Numbers(NamedTuple):
    """The number behind a word in the name of each file: `fold3`."""

    word: str
    numbers: list[int]

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind == "text" or (kind == "integer" and name.casefold() == self.word)

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        before = rf"(?:{re.escape(self.word)}[-_ =.]?)"
        optional = "?" if name.casefold() == self.word else ""
        found = [
            re.fullmatch(rf"({before}{optional})([0-9]+)", x or "", re.IGNORECASE) for x in values
        ]
        matches = [match for match in found if match is not None]
        are_all = matches and len(matches) == len(values)
        if not are_all or not {int(match[2]) for match in matches} <= {*self.numbers}:
            return []
        width = len(matches[0][2]) if any(match[2][0] == "0" for match in matches) else 0
        return [f"{matches[0][1]}{number:0{width}}" for number in self.numbers]


def _words_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The words in each name that not all have, if they tell the names apart."""
    words = [tuple(_WORD.findall(name)) for name in names]
    common = frozenset.intersection(*map(frozenset, words))
    own = [tuple(word for word in of_file if word not in common) for of_file in words]
    return own if all(own) and len(set(own)) == len(own) else []


def _spelled(words: tuple[str, ...], like: str) -> str:
    """Words as another text has them: so that the first row that is said to differ does differ."""
    text = next((mark for mark in _BETWEEN_WORDS if mark in like), " ").join(words)
    return text.title() if like.istitle() else text.upper() if like.isupper() else text
