"""A suffix that all names of one side have, and none of the other: `7.flo` beside `7.png`.

What is left out of names as a known format stands on neither side here. So the other side has a
known format or none at all, and what this side has is a format, too, whatever its name is. If both
sides have a suffix of their own, `FIC101.PV` and `FIC101.SP`, these are parts of two names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.suffixes import ONE_OF_ANY
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_SUFFIX = rf"(?P<suffix>{ONE_OF_ANY})\z"


class SuffixOfSide:
    """Whether the names of one side are those of the other with one suffix more. Merged.

    Only rows count in which the names of both sides differ.

    Attributes:
        may_be_one: Whether all names that were added have a suffix, and the same one.
    """

    def __init__(self) -> None:
        self.may_be_one = True
        self._suffix: bytes | None = None
        self._sums = Sums()

    def add(self, names: pa.Array, others: Hashes) -> None:
        """Add the names of this side, and the hashes of those of the other one, in some rows.

        Args:
            names: Texts in lower case as bytes, or values of another type, which have no suffix.
            others: As many hashes.
        """
        import pyarrow.compute as pc
        from pyarrow import types

        from smoothl1.witnesses.hashes import hashes_of

        suffix = _suffix_of_all(names) if types.is_binary(names.type) else None
        self._see(suffix)
        if suffix is not None and self.may_be_one:
            self._sums.add(hashes_of(pc.binary_slice(names, 0, -len(suffix))), others)

    def merge(self, other: SuffixOfSide) -> None:
        """Add other rows."""
        self.may_be_one &= other.may_be_one
        if other._suffix is not None:
            self._see(other._suffix)
        self._sums.merge(other._sums)

    @property
    def sums(self) -> Sums | None:
        """Those of the names without the suffix, if they are the same on both sides."""
        is_one = self.may_be_one and self._suffix is not None
        is_same = is_one and (self._sums.are_permuted or not self._sums.differ)
        return self._sums if is_same else None

    def _see(self, suffix: bytes | None) -> None:
        self.may_be_one &= suffix is not None and self._suffix in (None, suffix)
        self._suffix = suffix


def _suffix_of_all(names: pa.Array) -> bytes | None:
    """The suffix that all names have; None if there is none."""
    import pyarrow.compute as pc

    first = pc.extract_regex(names[:1], _SUFFIX)[0].as_py()
    if first is None:
        return None
    suffix: bytes = first["suffix"]
    have_it = pc.all(pc.ends_with(names, suffix), skip_nulls=False).as_py()
    return suffix if have_it else None
