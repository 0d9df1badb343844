"""The names of shards: their order, and the numbers in them.

Numbers count as numbers, so that `part.10` follows `part.9`. The digits of a UUID or of a hash are
no numbers.
"""

from __future__ import annotations

import glob
import os
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOKEN = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID
    r"|(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{16,}(?![0-9A-Za-z])"  # a hash
    r"|([0-9]+)"
)


_SPLIT = re.compile(r"(?<=[x._-])[a-z]{2,3}\Z")
_FIRST_OF_SPLIT = re.compile(r"[x._-]a{2,3}\Z")
_SUFFIXES = re.compile(r"(?:\.[A-Za-z]\w*)+\Z")
_PACKED = re.compile(r"\.(?:gz|gzip|zst|zstd)\Z")
_HEXADECIMAL = re.compile(r"[0-9a-f]*")
_VALUE = re.compile(r"=-?[0-9]+\.[0-9]|[0-9]{9}\.[0-9]")
"""A number that stands in names of partitions, as quantile=0.25, or a time in seconds."""

_BELOW_ONE = re.compile(r"(?<![0-9.vV])[01]\.[0-9]+(?!\.?[0-9])")
"""A number like 0.25 that is no version."""

_FRACTION = re.compile(r"(?<=[0-9])\.([0-9]+)")


class Shape(NamedTuple):
    """A name split into text and numbers.

    Attributes:
        texts: The text before, between and after the numbers.
        numbers: The numbers, from left to right.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]


def shape_of(name: str) -> Shape:
    """Split a name into text and numbers."""
    texts, numbers, begin = [""], [], 0
    for match in _TOKEN.finditer(name):
        texts[-1] += name[begin : match.start()]
        begin = match.end()
        if match[1] is None:
            texts[-1] += match[0]
        else:
            numbers.append(int(match[1]))
            texts.append("")
    texts[-1] += name[begin:]
    return Shape(tuple(texts), tuple(numbers))


def in_order(paths: Sequence[str]) -> list[str]:
    """Paths sorted by name, their numbers as numbers; the leftmost that differs decides.

    Names of equal length whose text differs stay in the order of their text, and so do those that
    differ in hexadecimal digits alone. A minus sign that not all numbers have is one. Digits after
    a point are a fraction where an equals sign is before the number, where some numbers have a
    sign, and where some digits that begin with a zero are more than others are.
    """
    tails = _without_common_folders(paths)
    key = _order_of(list(tails.values()))
    return sorted(paths, key=lambda path: (key(tails[path]), path))


def _without_common_folders(paths: Sequence[str]) -> dict[str, str]:
    """Each path without the folders that all share: these say nothing about the order."""
    folders = [os.path.join(os.path.dirname(path), "") for path in paths]
    n = folders[0].rfind(os.sep, 0, _n_equal(folders)) + 1
    return {path: path[n:] for path in paths}


def _order_of(tails: Sequence[str]) -> Callable[[str], Any]:
    """The function that gives the sort key of a path."""
    shapes = [shape_of(tail) for tail in tails]
    if len({shape.texts for shape in shapes}) > 1:
        if len({_unsigned(shape).texts for shape in shapes}) == 1:
            return _signed_decimals
        if len({len(tail) for tail in tails}) == 1 or _are_hexadecimal(tails):
            return str
    elif _are_fractions(tails):
        return _decimals
    return _key


def _are_hexadecimal(paths: Sequence[str]) -> bool:
    """Whether paths differ in hexadecimal digits as those of `split -x`: 00 to ef, f000, ..."""
    begin = _n_equal(paths)
    end = _n_equal([path[begin:][::-1] for path in paths])
    rest = [path[begin : len(path) - end] for path in paths]
    shortest = min(map(len, rest))
    longer = [digits for digits in rest if len(digits) > shortest]
    return all(map(_HEXADECIMAL.fullmatch, rest)) and all(d.startswith("f") for d in longer)


def _key(path: str) -> tuple[Any, ...]:
    """The sort key of a path: its folders and name, each by text and numbers; suffixes last."""
    key: list[Any] = []
    for part in path.split(os.sep):
        suffixes = _SUFFIXES.search(part)
        stem = part if suffixes is None else part[: suffixes.start()]
        texts, numbers = shape_of(stem)
        key.append((tuple(zip(texts, (*numbers, -1), strict=True)), part[len(stem) :]))
    return tuple(key)


def _unsigned(shape: Shape) -> Shape:
    """A shape without the minus signs before its numbers."""
    if not shape.numbers:
        return shape
    first, *between = shape.texts[:-1]  # a hyphen alone between numbers is no minus sign
    texts = [first.removesuffix("-"), *(t if t == "-" else t.removesuffix("-") for t in between)]
    return shape._replace(texts=(*texts, shape.texts[-1]))


def _signed_decimals(path: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, re.findall(r"(?:(?<![0-9])-)?[0-9]+(?:\.[0-9]+)?", path)))


def _are_fractions(paths: Sequence[str]) -> bool:
    """Whether the digits after a point are a fraction, in names of one shape."""
    if len(set(map(_decimals, paths))) < len(paths):
        return False  # 1.1 and 1.10 are no fractions
    found = [[match[1] for match in _FRACTION.finditer(path)] for path in paths]
    return (
        any(map(_VALUE.search, paths))
        or all(map(_BELOW_ONE.search, paths))
        or any(
            any(digits[0] == "0" and len(digits) > min(map(len, column)) for digits in column)
            for column in zip(*found, strict=True)
        )
    )


def _decimals(path: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, re.findall(r"[0-9]+(?:\.[0-9]+)?", path)))


def unpacked(path: str) -> str:
    """The name of a file, without the suffix of compression."""
    return _PACKED.sub("", os.path.basename(path))


def varying_numbers(paths: Sequence[str]) -> list[tuple[int, ...]] | None:
    """The numbers in which the names of some files differ, for each file.

    Args:
        paths: Files whose names may differ in numbers alone.

    Returns:
        None if they differ in anything else, or in nothing.
    """
    shapes = [shape_of(os.path.basename(path)) for path in paths]
    if len(paths) < 2 or len({shape.texts for shape in shapes}) > 1:
        return None
    columns = list(zip(*(shape.numbers for shape in shapes), strict=True))
    varying = [i for i, column in enumerate(columns) if len(set(column)) > 1]
    return [tuple(shape.numbers[i] for i in varying) for shape in shapes] if varying else None


def differ_by_numbers(paths: Sequence[str], *, mask: bool = False) -> bool:
    """Whether the paths differ in numbers alone, and each has numbers of its own.

    Args:
        paths: Files or folders.
        mask: Whether UUIDs, hashes and the letters that `split` ends names with count as numbers.
    """
    names = {_PACKED.sub("", os.path.abspath(path)) for path in paths}
    is_split = any(map(_FIRST_OF_SPLIT.search, names))
    shapes = {shape_of(_masked(name, is_split=is_split) if mask else name) for name in names}
    texts = {shape.texts for shape in shapes}
    return len(names) == len(paths) > 1 == len(texts) and (mask or len(shapes) == len(paths))


def _masked(path: str, *, is_split: bool) -> str:
    """A path with a number in place of each UUID, of each hash, and of the letters of `split`."""
    masked = _TOKEN.sub(lambda match: match[1] or "0", path)
    return _SPLIT.sub("0", masked) if is_split else masked


def pattern_of(paths: Sequence[str]) -> str:
    """A pattern for paths that differ in numbers alone, or in text that counts as a number."""
    shapes = [shape_of(path) for path in paths]
    if len({shape.texts for shape in shapes}) > 1:
        n = _n_equal(paths)
        ends = [path[n:][::-1] for path in paths]
        m = _n_equal(ends)
        return f"{glob.escape(paths[0][:n])}*{glob.escape(ends[0][:m][::-1])}"
    columns = zip(*(shape.numbers for shape in shapes), strict=True)
    varies = [len(set(column)) > 1 for column in columns]
    at = iter(varies)

    def replaced(match: re.Match[str]) -> str:
        return match[0] if match[1] is None or not next(at) else "\0"

    return glob.escape(_TOKEN.sub(replaced, paths[0])).replace("\0", "*")


def _n_equal(texts: Sequence[str]) -> int:
    """The length of the common beginning of all texts."""
    columns = enumerate(zip(*texts, strict=False))
    shortest = min(map(len, texts))
    return next((i for i, column in columns if len(set(column)) > 1), shortest)
