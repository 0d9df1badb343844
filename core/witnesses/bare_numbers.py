"""The numbers of ids that have other texts around them on both sides: `img_7`, `7`, `IMG-007`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.suffixes import without_known
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_NUMBERED = rb"\A([^0-9]*)[0-9]{1,18}([^0-9]*)\Z"
_WHOLE_FRACTION = rb"[0-9]{1,18}\.0+\Z"
_NUMBER = r"\A[^0-9]*([0-9]{1,18})[^0-9]*\z"


class BareNumbers:
    """Whether two columns hold the same numbers in another order. Merged.

    On each side, all values have the same texts before and after the number. The letters of these
    are the same on both sides, or one side has none: `a7` and `b7` are two things.

    Args:
        are_asked: Whether they are looked at: not in columns that are only guessed to be the same.
    """

    def __init__(self, *, are_asked: bool) -> None:
        self._shapes: tuple[set[bytes], set[bytes]] = (set(), set())
        self._is_known = are_asked
        self._sums = Sums()

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add some rows in which the columns differ, as integers, or texts as bytes."""
        if not self._is_known:
            return
        hashes = []
        for column, shapes in zip((one, other), self._shapes, strict=True):
            of_side = _hashes_of(column, shapes) if self._is_known else None
            self._is_known = of_side is not None and len(shapes) < 2
            hashes.append(of_side)
        if hashes[0] is not None and hashes[1] is not None and self._is_known:
            self._sums.add(hashes[0], hashes[1])

    def merge(self, other: BareNumbers) -> None:
        """Add other rows."""
        for mine, further in zip(self._shapes, other._shapes, strict=True):
            mine.update(further)
        self._is_known &= other._is_known and all(len(shapes) < 2 for shapes in self._shapes)
        self._sums.merge(other._sums)

    @property
    def are_permuted(self) -> bool:
        """Whether all values are numbered, and the numbers are the same in another order."""
        if not (self._is_known and self._sums.are_permuted):
            return False
        one, other = (_letters_of(*shapes) for shapes in self._shapes)
        return one == other or "" in (one, other)


def _letters_of(shape: bytes) -> str:
    """The letters around the numbers, but for those of a folder and of the suffix of a file."""
    name = shape.decode(errors="replace").lower()
    plain = without_known(name)
    if plain != name:
        plain = re.split(r"[/\\]", plain)[-1]
    return "".join(filter(str.isalpha, plain.casefold()))


def _hashes_of(column: pa.Array, shapes: set[bytes]) -> Hashes | None:
    """The hashes of the numbers in texts, of which the shape is added; None if there are others."""
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.hashes import hashes_of, of_integers, whole_numbers

    if column.null_count or len(column) == 0:
        return None
    if types.is_integer(column.type):
        shapes.add(b"0")
        return hashes_of(column)
    if not types.is_binary(column.type):
        return None
    if re.match(_WHOLE_FRACTION, column[0].as_py()):  # 7.0, as pandas writes ids
        column = pc.replace_substring_regex(column, r"\.0+\z", "")
    if not re.match(_NUMBERED, column[0].as_py(), re.DOTALL):
        return None
    found = pc.unique(pc.replace_substring_regex(column, "[0-9]+", "0"))
    shapes.update(found.to_pylist()[:2])
    if len(found) > 1:
        return None
    return of_integers(whole_numbers(pc.replace_substring_regex(column, _NUMBER, r"\1")))
