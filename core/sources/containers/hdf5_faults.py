"""Errors of h5py, which names neither the file nor, at times, the cause."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError, SmoothL1Error, system_error
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.files.contract import SeekableInput

_FAULTS = (OSError, ValueError, RuntimeError, KeyError, TypeError, SystemError, OverflowError)
"""What h5py raises about a damaged file."""

_ROOM_OF_FILTERS = 3
"""Copies of a chunk that a filter may hold: packed, unpacked and shuffled."""


@contextmanager
def faults_of(file: SeekableInput, what: str) -> Iterator[None]:
    """Turn errors of h5py into one that names the place; those of the system come first."""
    try:
        yield
    except SmoothL1Error as error:
        error.path = error.path or file.path
        raise
    except _FAULTS as error:
        words = " ".join(str(error).split())
        if isinstance(error.__cause__ or error.__context__, UnicodeDecodeError):
            words = "a name in it is not UTF-8"
        found = file.fault or system_error(error, file.path)
        if found is None and _may_lack_memory(words):
            raise MemoryError(words) from error
        raise found or DataError(f"{what}: {words[:200]}", path=file.path) from error


def _may_lack_memory(words: str) -> bool:
    """Whether an error of HDF5 may be of memory, and there is none for a few chunks.

    It says the same of sizes that are damaged, and of a chunk that a filter cannot unpack.
    """
    if not any(fault in words for fault in ("allocation failed", "filter returned failure")):
        return False
    try:
        np.empty(_ROOM_OF_FILTERS * MAX_CHUNK_BYTES, np.uint8)
    except MemoryError:
        return True
    return False
