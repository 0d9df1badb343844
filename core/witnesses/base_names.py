"""Names of files with and without folders: `/data/7.png` in one input, `7.png` in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_FOLDERS = r"\A.*[/\\]([^/\\]+\.[A-Za-z]\w*)\z"
"""A path of a file with a suffix: dates have slashes, too."""

_MODULUS = 1 << 64


def base_hashes(texts: pa.Array, hashes: Hashes) -> Hashes:
    """The hashes of texts, in which names of files are without their folders.

    Args:
        texts: The texts, as bytes or as text.
        hashes: The hashes of the texts as they are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.hashes import of_bytes

    if not types.is_binary(texts.type):
        return hashes
    data = texts.buffers()[2]
    characters = np.frombuffer(data or b"", np.uint8)
    has_folder = (characters == ord("/")).any() or (characters == ord("\\")).any()
    if not (has_folder and (characters == ord(".")).any()):
        return hashes
    is_path = pc.fill_null(pc.match_substring_regex(texts, _FOLDERS), pa.scalar(value=False))
    flags = is_path.to_numpy(zero_copy_only=False)
    if not flags.any():
        return hashes
    names = pc.replace_substring_regex(texts.filter(is_path), _FOLDERS, r"\1")
    found = hashes.copy()
    found[flags] = of_bytes(names)
    return found


class BaseNames:
    """Whether two columns hold the same files in another order, but for folders. Merged."""

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
    def are_permuted(self) -> bool:
        """Whether the names differ in a row, and are the same in another order."""
        return self._differ and self._balance == 0
