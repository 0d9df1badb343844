"""BGZF, the gzip of `bgzip`: many small members that tell their size, decompressed in threads.

Source: SAM/BAM specification, section 4.1, https://samtools.github.io/hts-specs/SAMv1.pdf.
"""

from __future__ import annotations

import io
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.engines.threads import mapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from smoothl1.files.contract import Input

_BATCH_BYTES = 1 << 19
"""Most compressed bytes that a thread takes at a time: some twenty blocks."""

_FIRST_BYTES = 1 << 16
"""Compressed bytes of the first batch: enough for one block. A look at a file needs no more."""

_MOST_BLOCKS = 32
"""Most blocks that a thread takes at a time: much may be in few bytes."""

_MOST_BYTES = 1 << 16
"""Most bytes of a block's content."""

_MAGIC = b"\x1f\x8b\x08\x04"
"""The mark of gzip, of its only method, and of an extra field."""

_EXTRA, _EXTRA_OF_BLOCKS = slice(10, 16), b"\x06\x00BC\x02\x00"
"""The extra field: its length, and how its only part begins, which is the size of the block."""

_N_HEADER, _N_TRAILER = 18, 8


class BlockError(Exception):
    """The data are not, or not only, faultless blocks as `bgzip` writes them."""


class _Batch(NamedTuple):
    """Some whole blocks, and where each of them ends."""

    data: bytes
    ends: list[int]


class BlockReader(io.RawIOBase):
    """The content of a BGZF file, in order.

    Args:
        file: A file that can be read at any position.
        inflater: `zlib`, or a module that offers the same.
        n_threads: Number of threads, at least 1.

    Raises:
        BlockError: When reading: what follows is no faultless block.
    """

    def __init__(self, file: Input, inflater: ModuleType, n_threads: int) -> None:
        super().__init__()
        self._inflater = inflater
        self._texts = mapped(self._inflated, _batches(file), n_threads)
        self._rest = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            text = next(self._texts, None)
            if text is None:
                return 0
            self._rest = memoryview(text)
        n_bytes = min(len(buffer), len(self._rest))
        buffer[:n_bytes] = self._rest[:n_bytes]
        self._rest = self._rest[n_bytes:]
        return n_bytes

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._texts.close()
        super().close()

    def _inflated(self, batch: _Batch) -> bytes:
        view = memoryview(batch.data)
        blocks = (view[a:b] for a, b in pairwise([0, *batch.ends]))
        return b"".join(map(self._block, blocks))

    def _block(self, block: memoryview) -> bytes:
        """The content of a block, whose length and checksum are checked."""
        crc, n_bytes = (int.from_bytes(block[-k:][:4], "little") for k in (_N_TRAILER, 4))
        if n_bytes > _MOST_BYTES:
            raise BlockError
        inflater = self._inflater.decompressobj(-15)  # no header, the largest window
        try:
            text: bytes = inflater.decompress(block[_N_HEADER:-_N_TRAILER], n_bytes + 1)
        except self._inflater.error as error:
            raise BlockError from error
        is_whole = inflater.eof and not inflater.unused_data and len(text) == n_bytes
        if not is_whole or self._inflater.crc32(text) != crc:
            raise BlockError
        return text


def is_bgzf(head: bytes) -> bool:
    """Whether data begin with a block as `bgzip` writes it."""
    return head.startswith(_MAGIC) and head[_EXTRA] == _EXTRA_OF_BLOCKS


def _batches(file: Input) -> Iterator[_Batch]:
    """Whole blocks in order, many at a time."""
    offset, n_bytes = 0, _FIRST_BYTES
    while data := file.read(offset, n_bytes):
        n_bytes = min(2 * n_bytes, _BATCH_BYTES)
        ends = list(islice(_ends(data), _MOST_BLOCKS))
        if not ends:
            raise BlockError
        offset += ends[-1]
        yield _Batch(data[: ends[-1]], ends)


def _ends(data: bytes) -> Iterator[int]:
    """Where each whole block at the beginning of some bytes ends."""
    at = 0
    while is_bgzf(head := data[at : at + _N_HEADER]) and len(head) == _N_HEADER:
        at += int.from_bytes(head[16:], "little") + 1
        if at <= len(data):
            yield at
