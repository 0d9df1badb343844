"""Paths that lack the suffix of the file beside them: `imgs/img_0001` and `imgs/img_0001.jpg`.

Nothing but the other text of the row says that these are files: `km/h` is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.files.suffixes import ANY, DAY_WITH_SLASHES, KNOWN

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_IN_FOLDERS = r"[/\\][^/\\]+\z"
_FURTHER = (rf"(?i)[^/\\]{ANY}\z", rf"\A{DAY_WITH_SLASHES}\z")
"""Texts with slashes that are no such paths."""

_KNOWN_FILE = rf"(?i)[^/\\]{KNOWN}\z"


def are_bare_paths(texts: pa.Array, others: pa.Array) -> NDArray[np.bool_]:
    """Whether each text is a path without a suffix, beside a file of a known format.

    Args:
        texts: Texts of one side, as bytes with offsets of 32 bits, or values of another type.
        others: The values of the other side in the same rows.

    Returns:
        One boolean for each row.
    """
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import may_be_file, may_be_in_folders

    are_texts = types.is_binary(texts.type) and types.is_binary(others.type)
    if not (are_texts and may_be_in_folders(texts) and may_be_file(others)):
        return np.zeros(len(texts), np.bool_)
    are_bare = _matches(texts, _IN_FOLDERS)
    for pattern in _FURTHER:
        if are_bare.any():
            are_bare &= ~_matches(texts, pattern)
    return are_bare & _matches(others, _KNOWN_FILE) if are_bare.any() else are_bare


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Whether each text has a match of a pattern; missing ones have none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.match_substring_regex(texts, pattern).fill_null(pa.scalar(value=False))
    matches: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return matches
