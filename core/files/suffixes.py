"""How the names of files end: the suffixes of formats and of compression."""

from __future__ import annotations

import re

COMPRESSED = (".gz", ".gzip", ".zst", ".zstd", ".xz", ".bz2", ".zip")
"""Suffixes of compressed files that are read."""

_LONGEST_COMPRESSED = max(map(len, COMPRESSED))

_TEXT = "csv|tsv|txt|jsonl|ndjson"
_BINARY = "npy|npz|safetensors|h5|hdf5|nc|bin|parquet|pq|arrow|arrows|feather|ipc|zarr"

FORMATS = rf"\.(?:{_TEXT}|{_BINARY})"
"""A pattern of the suffixes of formats."""

NEVER_EMPTY = re.compile(rf"\.(?:{_BINARY}|gz|bgz|zst|bz2|xz|lz4|br|snappy|zip)\Z", re.IGNORECASE)
"""How the names of files end that are not text, so that no bytes at all are no such file."""


def unpacked(path: str) -> str:
    """A path without the suffix of compression."""
    return path.rpartition(".")[0] if is_called_compressed(path) else path


def is_called_compressed(path: str) -> bool:
    """Whether a path has a suffix of compression."""
    return path[-_LONGEST_COMPRESSED:].lower().endswith(COMPRESSED)
