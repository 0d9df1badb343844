"""Texts that mean one thing in two spellings: `/data/A7.png` in one input, `a7.txt` in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_FILE = r"\A(?:.*[/\\])?([^/\\]+?)(?:\.[A-Za-z]\w{0,4}){1,2}\z"
"""A file with a suffix, or two, with or without folders: dates have slashes, too."""

_MODULUS = 1 << 64


def base_hashes(texts: pa.Array, hashes: Hashes) -> Hashes:
    """The hashes of texts, in which case, blanks, folders and suffixes of files do not count.

    Args:
        texts: The texts as bytes, with offsets of 32 bits, or values of another type.
        hashes: The hashes of the values as they are.
    """
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.hashes import hashes_of
    from smoothl1.witnesses.text_bytes import in_lower_case, may_be_file

    if not types.is_binary(texts.type):
        return hashes
    texts = in_lower_case(texts)
    if may_be_file(texts):
        texts = pc.replace_substring_regex(texts, _FILE, r"\1")
    return hashes_of(texts)


class BaseNames:
    """Whether two columns hold the same texts in another order, but for spelling. Merged."""

    def __init__(self) -> None:
        self._differ = False
        self._balance = 0

    def add(self, one: Hashes, other: Hashes) -> None:
        """Add some rows in which the columns differ, by the hashes of `base_hashes`."""
        self._differ = self._differ or bool((one != other).any())
        balance = int(one.sum(dtype=np.uint64)) - int(other.sum(dtype=np.uint64))
        self._balance = (self._balance + balance) % _MODULUS

    def merge(self, other: BaseNames) -> None:
        """Add other rows."""
        self._differ |= other._differ
        self._balance = (self._balance + other._balance) % _MODULUS

    @property
    def agree(self) -> bool:
        """Whether the texts differ in their spelling at most."""
        return not self._differ

    @property
    def are_permuted(self) -> bool:
        """Whether the texts differ in a row, and are the same in another order."""
        return self._differ and self._balance == 0
