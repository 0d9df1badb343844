"""Unpacks the blocks of an Avro file, none of them to more than is allowed.

Source: https://avro.apache.org/docs/1.12.0/specification/#required-codecs.
"""

from __future__ import annotations

import bz2
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE_BYTES = 1 << 20
"""Bytes of zstandard that are unpacked at a time."""


def unpacked(block: bytes, codec: str, most: int) -> bytes:
    """The records of a block.

    Args:
        block: The block as it is in the file.
        codec: The name of its codec, as the header has it.
        most: Most bytes that it may unpack to.

    Raises:
        ValueError: It unpacks to more, the codec is not known, or the data are damaged.
    """
    if codec not in _CODECS:
        raise ValueError(f"codec {codec!r} is not known")
    try:
        content = _CODECS[codec](block, most)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"a block of {codec} that is damaged") from error
    if len(content) > most:
        raise _too_large(most)
    return content


def _too_large(most: int) -> ValueError:
    return ValueError(f"a block that unpacks to more than the {most:,} bytes that are allowed")


def _plain(block: bytes, _: int) -> bytes:
    return block


def _inflated(block: bytes, most: int) -> bytes:
    """The content of raw deflate, behind which pyiceberg leaves three bytes of a checksum."""
    return _whole(zlib.decompressobj(-zlib.MAX_WBITS), block, most)


def _from_bzip2(block: bytes, most: int) -> bytes:
    return _whole(bz2.BZ2Decompressor(), block, most)


def _whole(decompressor: zlib._Decompress | bz2.BZ2Decompressor, block: bytes, most: int) -> bytes:
    content = decompressor.decompress(block, most + 1)
    if len(content) <= most and not decompressor.eof:
        raise EOFError
    return content


def _from_zstandard(block: bytes, most: int) -> bytes:
    import pyarrow as pa

    reader = pa.CompressedInputStream(pa.BufferReader(block), "zstd")
    content = bytearray()
    while len(content) <= most and (piece := reader.read(_PIECE_BYTES)):
        content += piece
    return bytes(content)


def _from_snappy(block: bytes, most: int) -> bytes:
    """The content of snappy, which begins with its length and is followed by its checksum."""
    import pyarrow as pa

    n_bytes = 0
    for i, byte in enumerate(block[:5]):
        n_bytes |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            break
    if n_bytes > most:
        raise _too_large(most)
    data, checksum = block[:-4], block[-4:]
    content: bytes = pa.decompress(data, n_bytes, codec="snappy", asbytes=True)
    if zlib.crc32(content).to_bytes(4, "big") != checksum:
        raise EOFError
    return content


_CODECS: dict[str, Callable[[bytes, int], bytes]] = {
    "null": _plain,
    "deflate": _inflated,
    "bzip2": _from_bzip2,
    "zstandard": _from_zstandard,
    "snappy": _from_snappy,
}
