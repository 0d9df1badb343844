"""How a sparse matrix in a `.npz` file is laid out: SciPy writes it as text, `csr`.

Source: scipy.sparse.save_npz, whose member `format` is one text of three bytes or characters.
"""

from __future__ import annotations

import io
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError
from smoothl1.files.archives import FAULTS, opened_member
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    import zipfile

    from smoothl1.files.contract import SeekableInput

_MOST_BYTES = 1024
"""Bytes of a larger member, which is no such text."""


def layout_beside(file: SeekableInput, archive: zipfile.ZipFile, group: str) -> str:
    """The text that says how the matrix in a group of members is laid out; "" if there is none."""
    name = f"{group}/format.npy".lstrip("/")
    info = next((member for member in archive.infolist() if member.filename == name), None)
    if info is None or info.file_size > _MOST_BYTES:
        return ""
    try:
        with closing(opened_member(file, archive, info, f"member {shown(name)}")) as reader:
            stored = io.BytesIO(reader.read(_MOST_BYTES))
        found = np.lib.format.read_array(stored, allow_pickle=False)
    except (*FAULTS, DataError, ValueError):
        return ""  # what is wrong with a member is told if it is chosen
    if found.shape or found.dtype.kind not in "SU":
        return ""
    text = found.item()
    return text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)
