"""The decompressors of gzip that may be installed, chosen by hand."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from smoothl1.files import gzip_readers

if TYPE_CHECKING:
    import pytest

DECOMPRESSORS = ("python", "arrow", "isal")


def choose(decompressor: str, patch: pytest.MonkeyPatch) -> None:
    """Decompress as if another decompressor were the fastest that is installed."""
    if decompressor != "isal":
        patch.setattr(gzip_readers, "_isal", lambda: None)
    patch.setattr(gzip_readers, "_ARROW_FROM_BYTES", 0 if decompressor == "arrow" else 1 << 60)


def bgzf(data: bytes, n_bytes: int = 65280) -> bytes:
    """Data as `bgzip` compresses them: blocks, of which the last is empty."""
    texts = [data[at : at + n_bytes] for at in range(0, len(data), n_bytes)]
    return b"".join(map(block, [*texts, b""]))


def block(text: bytes, *, size: int | None = None, n_bytes: int | None = None) -> bytes:
    """A block of BGZF: SAM/BAM specification, section 4.1. It may lie about its sizes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(text) + deflate.flush()
    size = len(packed) + 26 if size is None else size
    n_bytes = len(text) if n_bytes is None else n_bytes
    head = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff\x06\x00BC\x02\x00" + struct.pack("<H", size - 1)
    return head + packed + struct.pack("<II", zlib.crc32(text), n_bytes)
