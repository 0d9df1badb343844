"""The names of shards: their order, and the numbers in them.

Numbers count as numbers, so that `part.10` follows `part.9`. The digits of a UUID or of a hash are
no numbers.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID
    r"|(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{16,}(?![0-9A-Za-z])"  # a hash
    r"|([0-9]+)"
)


class Shape(NamedTuple):
    """A name taken apart.

    Attributes:
        texts: What stands before, between and after the numbers.
        numbers: The numbers, from left to right.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]


def shape_of(name: str) -> Shape:
    """Take a name apart into text and numbers."""
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
    """Paths sorted by name, their numbers as numbers; the leftmost that differs decides."""
    return sorted(paths, key=lambda path: (_key(path), path))


def _key(path: str) -> tuple[tuple[str, int], ...]:
    texts, numbers = shape_of(path)
    return tuple(zip(texts, (*numbers, -1), strict=True))


def varying_numbers(paths: Sequence[str]) -> list[tuple[int, ...]] | None:
    """The numbers in which the names of some files differ, for each file.

    Args:
        paths: Of files whose names may differ in numbers alone.

    Returns:
        None where they differ in anything else, or in nothing.
    """
    shapes = [shape_of(os.path.basename(path)) for path in paths]
    if len(paths) < 2 or len({shape.texts for shape in shapes}) > 1:
        return None
    columns = list(zip(*(shape.numbers for shape in shapes), strict=True))
    varying = [i for i, column in enumerate(columns) if len(set(column)) > 1]
    return [tuple(shape.numbers[i] for i in varying) for shape in shapes] if varying else None


def differ_by_numbers(paths: Sequence[str]) -> bool:
    """Whether the paths are the same but for numbers, each with numbers of its own."""
    shapes = {shape_of(os.path.normpath(path)) for path in paths}
    return len(shapes) == len(paths) > 1 and len({shape.texts for shape in shapes}) == 1


def pattern_of(paths: Sequence[str]) -> str:
    """A pattern that stands for paths that differ in numbers alone."""
    shapes = [shape_of(path) for path in paths]
    columns = zip(*(shape.numbers for shape in shapes), strict=True)
    varies = [len(set(column)) > 1 for column in columns]
    at = iter(varies)

    def replaced(match: re.Match[str]) -> str:
        return match[0] if match[1] is None or not next(at) else "*"

    return _TOKEN.sub(replaced, paths[0])
