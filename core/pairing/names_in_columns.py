"""Names of files, or parts of them, as a column has them: `img_0001`, and `jpg/img_0001.jpg`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FEWEST_DIGITS = 3
"""Digits of numbers that a column of numbers may name files by: fewer are in many a feature."""
_WHOLE = lazy_pattern(r"0*([0-9]+)(?:\.0*)?")
_MARKS = lazy_pattern(r"[\W_]+")
_SUFFIXES = (
    lazy_pattern(r"\Z"),
    lazy_pattern(r"(?:\.[A-Za-z]\w{0,4})?\Z"),
    lazy_pattern(r"(?:\.[A-Za-z]\w{0,4}){0,2}\Z"),
)
"""No suffix, one at most, and two at most: `EUR.USD` is a name, and `img_1.nii.gz` a file."""
_MOST_FOLDERS = 4
"""Folders of a value that may be those of the files."""


class WholeNumbers(NamedTuple):
    """What tells names apart, if it is a whole number that does not count the files: `2020`.

    Attributes:
        numbers: The number of each file.
        have_gaps: Whether they are the whole names, and do not count on by one: then a column of
            smaller numbers may hold them, too.
    """

    numbers: list[str]
    have_gaps: bool = False

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        are_named = self.have_gaps or is_id(name) or are_long(self.numbers)
        return kind == "text" or (kind in ("integer", "fraction") and are_named)

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        found = [_WHOLE.fullmatch(value or "") for value in values]
        are_some = found and {match[1] if match else "" for match in found} <= {*self.numbers}
        return self.numbers if are_some else []


def are_long(numbers: Sequence[str]) -> bool:
    """Whether all have so many digits that few features hold them."""
    return all(len(number) >= _FEWEST_DIGITS for number in numbers)


@dataclass(frozen=True)
class Names:
    """The name of each file, or a part of it.

    Attributes:
        names: The names; they may have folders, divided by `/`.
        may_have_folders: Whether a value may have further folders, which do not count.
        are_digits: Whether they are digits alone: then a value has a suffix or a folder, as no
            class has.
    """

    names: list[str]
    may_have_folders: bool = True
    are_digits: bool = False

    def may_be(self, name: str, kind: str) -> bool:
        """See `Reading`."""
        return kind == "text"

    def texts_for(self, name: str, values: Sequence[str | None]) -> list[str]:
        """See `Reading`."""
        texts = [value for value in values if value]
        if not texts or len(texts) < len(values) or not self._may_share_words(texts[0]):
            return []
        key, by_key = self._by_key
        for n_suffixes, n_folders in product(range(len(_SUFFIXES)), range(_MOST_FOLDERS)):
            found = [_divided(text, n_suffixes, n_folders) for text in texts]
            names = [by_key.get(key(value.name)) for value in found]
            if self.are_digits and _count_on([value.name for value in found]):
                return []
            if None not in names and all(map(self._may_name, found)):
                known = dict(zip(map(str, names), found, strict=True))
                return _as_in_column(self.names, known)
        return []

    def _may_share_words(self, value: str) -> bool:
        """Whether a word of a value is in a name; if none is, its key is that of none.

        Most columns hold something else, and the keys of very many names take long.
        """
        return any(word in self._joined for word in _MARKS.split(value.casefold()) if word)

    @cached_property
    def _joined(self) -> str:
        return "/".join({*self.names}).casefold()

    @cached_property
    def _by_key(self) -> tuple[Callable[[str], str], dict[str, str]]:
        """The names by their keys; case alone does not count if they differ in marks: `-1`, `1`."""
        different = {*self.names}
        for key in (_key, str.casefold):
            found = {key(name): name for name in different}
            if len(found) == len(different):
                break
        return key, found

    def _may_name(self, value: _Value) -> bool:
        """Whether a value may be the name of a file, or that part of it."""
        is_file = bool(value.suffix) or any(map(str.isalpha, value.folder))
        is_allowed = self.may_have_folders or not value.folder
        return is_allowed and (is_file or not self.are_digits)


class _Value(NamedTuple):
    """A value of a column: its first folders with the slash behind them, its name, its suffixes."""

    folder: str
    name: str
    suffix: str


def _divided(text: str, n_suffixes: int, n_folders: int) -> _Value:
    """A value, of which up to so many suffixes do not count, and so many folders do."""
    found = _SUFFIXES[n_suffixes].search(text)
    end = len(text) if found is None else found.start()
    end = end if end and text[end - 1] not in "/\\" else len(text)
    path = text[:end].replace("\\", "/")
    begin = end
    for _ in range(n_folders + 1):
        begin = path.rfind("/", 0, max(begin - 1, 0))
        if begin < 0:
            break
        begin += 1
    begin = max(begin, 0)
    return _Value(text[:begin], text[begin:end], text[end:])


def _count_on(digits: Sequence[str]) -> bool:
    """Whether digits count on by one, or begin again, as those of frames do within each file."""
    if not all(text.isascii() and text.isdecimal() for text in digits):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(digits) if b != digits[0]}
    return 1 in steps and steps <= {0, 1}


def _key(name: str) -> str:
    """A name in which case, and the marks between its words, do not count."""
    folded = name.casefold()
    return _MARKS.sub(" ", folded).strip() or folded


def _as_in_column(names: Sequence[str], known: dict[str, _Value]) -> list[str]:
    """What a column has for each file, as far as the values of some show how it is written."""
    like = next(iter(known.values()))
    are_in_folders = len({value.folder for value in known.values()}) > 1
    if are_in_folders and not like.suffix and not known.keys() >= {*names}:
        return []  # nothing says in which folder the others are
    are_exact = all(value.name == name for name, value in known.items())
    sides = ((name, value.name) for name, value in known.items())
    marks = {
        mark: of_value
        for both in sides
        for mark, of_value in zip(*map(_MARKS.findall, both), strict=False)
    }
    other = next(iter(marks.values()), " ")

    def written(name: str) -> str:
        if are_exact:
            return name
        return cased(_MARKS.sub(lambda mark: marks.get(mark[0], other), name), like.name)

    return ["".join(known.get(name) or (like.folder, written(name), like.suffix)) for name in names]


def cased(text: str, like: str) -> str:
    """A text in upper or lower case, as another one is."""
    return text.title() if like.istitle() else text.upper() if like.isupper() else text
