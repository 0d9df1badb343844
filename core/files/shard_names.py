"""The names of shards: their order, and the numbers in them.

Numbers count as numbers, so that `part.10` follows `part.9`. The digits of a UUID or of a hash are
no numbers.
"""

from __future__ import annotations

import os
import re
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.files.paths import absolute
from smoothl1.files.shard_counters import doubt_of_counters
from smoothl1.files.shard_dates import doubt_of_dates
from smoothl1.files.shard_identifiers import doubt_of_identifiers
from smoothl1.files.shard_letters import counted_in_letters
from smoothl1.files.shard_numbers import (
    IDENTIFIER,
    n_equal,
    numbers_in,
    read_place,
    text_and_value,
)
from smoothl1.files.shard_units import doubt_of_units
from smoothl1.files.suffixes import FORMATS, unpacked
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smoothl1.files.shard_numbers import Number, Reading

_IDENTIFIER = lazy_pattern(IDENTIFIER)
_TOKEN = lazy_pattern(rf"{IDENTIFIER}|([0-9]+)")
_NUMBER = lazy_pattern(r"[-+]*[0-9]+(?:\.[0-9]+)*(?:[eE][-+][0-9]+)?")

_SPLIT = lazy_pattern(r"(?<=[x._-])[a-z]{2,3}\Z")
_FIRST_OF_SPLIT = lazy_pattern(r"[x._-]a{2,3}\Z")
_SUFFIXES = lazy_pattern(r"(?:\.[A-Za-z]\w*)+\Z")

_FORMAT = lazy_pattern(rf"{FORMATS}\Z", re.IGNORECASE)

Entries = tuple[tuple[Any, ...], ...]
"""A part of a name as texts, all but the last with the number after it."""


class Names(NamedTuple):
    """The names of some files, read.

    Attributes:
        keys: The parts of each name, which sort as they are.
        doubt: Why their order is in doubt; "" if it is not.
    """

    keys: list[tuple[Entries, ...]]
    doubt: str


class Shape(NamedTuple):
    """A name split into text and numbers.

    Attributes:
        texts: The text before, between and after the numbers.
        numbers: The numbers, from left to right.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]


def pieces_of(name: str) -> list[str]:
    """The texts in a name and the digits between them, in turn. UUIDs and hashes are text."""
    pieces, begin = [""], 0
    for match in _TOKEN.finditer(name):
        pieces[-1] += name[begin : match.start()]
        begin = match.end()
        if match[1] is None:
            pieces[-1] += match[0]
        else:
            pieces += (match[0], "")
    pieces[-1] += name[begin:]
    return pieces


def shape_of(name: str) -> Shape:
    """Split a name into text and numbers."""
    pieces = pieces_of(name)
    return Shape(tuple(pieces[::2]), tuple(map(int, pieces[1::2])))


def in_order(paths: Sequence[str]) -> list[str]:
    """Paths sorted by name, their numbers as numbers; the leftmost that differs decides.

    Words of one length whose letters are digits, as hexadecimal ones, are in the order of text.
    """
    return order_of(paths)[0]


def order_of(paths: Sequence[str]) -> tuple[list[str], str]:
    """Paths sorted by name, as by `in_order`, and why their order is in doubt, if it is."""
    names = read_names(paths)
    pairs = sorted(zip(names.keys, paths, strict=True))
    ordered = [path for _, path in pairs]
    doubt = names.doubt or doubt_of_identifiers(ordered, [key for key, _ in pairs])
    tails = without_common_folders(ordered)
    doubt = doubt or doubt_of_dates(tails) or doubt_of_units(ordered)
    return ordered, doubt or doubt_of_counters([*map(stem_of, tails)])


def read_names(paths: Sequence[str]) -> Names:
    """Read the names of files, place by place.

    Args:
        paths: The files. Folders that all have in common are left out.
    """
    of_paths = [_parts(tail) for tail in without_common_folders(paths)]
    read = [_read_parts({*parts} - {None}) for parts in zip_longest(*of_paths)]
    keys = _keys(of_paths, [known for known, _, _ in read])
    doubt = next((doubt for _, _, doubt in read if doubt), "")
    if doubt:
        others = _keys(of_paths, [otherwise for _, otherwise, _ in read])
        orders = (sorted(range(len(paths)), key=of.__getitem__) for of in (keys, others))
        doubt = "" if next(orders) == next(orders) else doubt
    return Names(keys, doubt)


def _keys(
    of_paths: Sequence[Sequence[str]], read: Sequence[dict[str, Entries]]
) -> list[tuple[Entries, ...]]:
    return [
        tuple(known[part] for part, known in zip(parts, read, strict=False)) for parts in of_paths
    ]


def without_common_folders(paths: Sequence[str]) -> list[str]:
    """Each path without the folders that all share: these say nothing about the order."""
    folders = {path[: path.rfind(os.sep) + 1] for path in paths}
    n = paths[0].rfind(os.sep, 0, n_equal(folders)) + 1
    return [path[n:] for path in paths]


def _parts(path: str) -> list[str]:
    """The components of a path, each as two: what is before its suffixes, and these."""
    parts: list[str] = []
    for component in path.split(os.sep):
        suffixes = _SUFFIXES.search(component)
        n = len(component) if suffixes is None else suffixes.start()
        parts += (component[:n], component[n:])
    return parts


def _read_parts(parts: set[str]) -> tuple[dict[str, Entries], dict[str, Entries], str]:
    """The entries of each part at one place in the paths; others, if they are in doubt; and why."""
    found = {part: numbers_in(part) for part in parts}
    places: dict[str, set[tuple[str, str]]] = {}
    for number in chain.from_iterable(numbers for numbers, _ in found.values()):
        places.setdefault(number.place, set()).add((number.signs, number.digits))
    are_counted, may_be_counted = counted_in_letters(parts)
    as_text: dict[str, Entries] = {part: ((part, 0),) for part in parts}
    if are_counted:
        return as_text, as_text, ""
    readings = {place: read_place(place, numbers) for place, numbers in places.items()}
    entries = _entries(found, readings)
    if may_be_counted and sorted(parts) != sorted(parts, key=entries.__getitem__):
        return entries, as_text, f"{min(parts)} and {max(parts)} may have hexadecimal digits"
    doubt = next((reading.doubt for reading in readings.values() if reading.doubt), "")
    others = {place: reading.otherwise for place, reading in readings.items()} if doubt else {}
    return entries, _entries(found, others) if doubt else entries, doubt


def _entries(
    found: dict[str, tuple[list[Number], str]], readings: dict[str, Reading]
) -> dict[str, Entries]:
    entries: dict[str, Entries] = {}
    for part, (numbers, rest) in found.items():
        read = (text_and_value(number, readings[number.place]) for number in numbers)
        entries[part] = (*((text, 1, value) for text, value in read), (rest, 0))
    return entries


def stem_of(path: str) -> str:
    """A path without the suffixes of compression and of the format."""
    return _FORMAT.sub("", unpacked(path))


class Numbers(NamedTuple):
    """The numbers in the names of some files.

    Attributes:
        varying: For each file its values at the places where the files differ; none if they do not.
        n_places: At how many places there are numbers, the same in all files or not.
    """

    varying: list[tuple[Any, ...]]
    n_places: int


def numbers_of(paths: Sequence[str]) -> Numbers:
    """The numbers in the names of some files, and in those of their folders.

    A part of the names counts if its text is the same in all files, identifiers aside.
    """
    keys = read_names(list(map(unpacked, paths))).keys
    columns = [column for part in zip(*keys, strict=False) for column in _columns(part)]
    return Numbers(_varying(columns), len(columns))


def integers_of(paths: Sequence[str]) -> list[tuple[int, ...]]:
    """For each file all runs of digits in its name where the files differ; none if texts do."""
    shapes = [shape_of(unpacked(tail)) for tail in without_common_folders(paths)]
    if len({shape.texts for shape in shapes}) > 1:
        return []
    return _varying(zip(*(shape.numbers for shape in shapes), strict=True))


def varying_text(names: Sequence[str]) -> list[str]:
    """Names without the beginning and the end that all have in common."""
    begin = n_equal(names)
    end = n_equal([name[begin:][::-1] for name in names])
    return [name[begin : len(name) - end] for name in names]


def _columns(part: Sequence[Entries]) -> Iterator[Sequence[Any]]:
    """The values at each place of a part of the names, if all have the same text."""
    texts = {tuple(_IDENTIFIER.sub("", entry[0]) for entry in entries) for entries in part}
    if len(texts) == 1:
        places = zip(*part, strict=True)
        yield from ([entry[2] for entry in place] for place in places if len(place[0]) > 2)


def _varying(columns: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows of the columns that are not the same in all rows."""
    return list(zip(*(column for column in columns if len(set(column)) > 1), strict=True))


def differ_by_numbers(paths: Sequence[str], *, mask: bool = False) -> bool:
    """Whether the paths differ in numbers alone, and each has numbers of its own.

    Args:
        paths: Files or folders.
        mask: Whether UUIDs, hashes and the letters that `split` ends names with count as numbers.
    """
    names = {unpacked(absolute(path)) for path in paths}
    is_split = any(map(_FIRST_OF_SPLIT.search, names))
    shapes = {shape_of(_masked(name, is_split=is_split) if mask else name) for name in names}
    texts = {shape.texts for shape in shapes}
    return len(names) == len(paths) > 1 == len(texts) and (mask or len(shapes) == len(paths))


def _masked(path: str, *, is_split: bool) -> str:
    """A path with 0 for each number, sign and fraction included, UUID, hash, and end by `split`."""
    masked = _NUMBER.sub("0", _IDENTIFIER.sub("0", path))
    return _SPLIT.sub("0", masked) if is_split else masked


def doubt_of_depths(paths: Sequence[str]) -> str:
    """Why the order of files is in doubt that are beside folders of others; "" if none are.

    Args:
        paths: The paths of the files, in order.
    """
    depth = paths[0].count(os.sep)
    other = next((path for path in paths if path.count(os.sep) != depth), None)
    if other is None:
        return ""
    tails = without_common_folders(paths)
    return f"{tails[0]} and {tails[paths.index(other)]} are at different depths"
