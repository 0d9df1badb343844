"""The codecs of Zarr that turn bytes into bytes: a list of those that are read, and no others.

A codec gives as many bytes as it must, or an error: a chunk cannot unpack to more than its array
says. Codecs are chosen by name here, so that none that runs code, such as pickle, can be named.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.errors import DataError, DtypeError, MissingExtraError, StorageError, system_error
from smoothl1.files.crc32c import crc32c
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Decoder = Callable[[bytes, int], bytes]
    Settings = Mapping[str, Any]

_CHECKSUM_BYTES = 4
_BLOSC_HEADER_BYTES = 16
_LZ4_HEADER_BYTES = 4
_OF_NUMCODECS = ("blosc", "lz4")
_GZIP = 31
"""What zlib calls the window of gzip data."""


class Codec(NamedTuple):
    """A step from bytes to bytes.

    Attributes:
        name: Its name.
        decode: Makes of stored bytes as many as are wanted.
        n_added: The bytes that storing adds; None if that depends on the bytes.
    """

    name: str
    decode: Decoder
    n_added: int | None = None


class Codecs(NamedTuple):
    """The codecs of a chunk, in the order in which it was stored."""

    steps: tuple[Codec, ...] = ()

    def decoded(self, data: bytes, n_bytes: int) -> bytes:
        """The bytes of a chunk.

        Args:
            data: The bytes that are stored.
            n_bytes: How many it must have.

        Raises:
            DataError: The stored bytes are damaged, or of another size.
        """
        for i in reversed(range(len(self.steps))):
            step, before = self.steps[i], Codecs(self.steps[:i])
            size = before.stored_bytes(n_bytes)
            if size is None:  # what was compressed before has any size
                size = len(data) - (step.n_added or 0)
            data = _checked(step, data, size)
        if len(data) != n_bytes:
            raise DataError(f"it has {len(data)} bytes, and not {n_bytes}")
        return data

    def unpacked(self, data: bytes, most: int) -> bytes:
        """The bytes of a chunk whose size is not known before.

        Args:
            data: The bytes that are stored.
            most: How many it may have.

        Raises:
            DataError: The stored bytes are damaged, or it has more.
        """
        for step in reversed(self.steps):
            n_bytes = _size_in(step, data, most)
            if n_bytes > most:
                raise DataError(f"it unpacks to {n_bytes} bytes, at most {most}")
            data = _checked(step, data, n_bytes)
        return data

    def stored_bytes(self, n_bytes: int) -> int | None:
        """How many bytes a chunk of some bytes is stored in; None if that depends on them."""
        added = [step.n_added for step in self.steps]
        return None if None in added else n_bytes + sum(filter(None, added))


def codecs_of(found: Sequence[tuple[str, Settings]], what: str) -> Codecs:
    """The codecs that metadata name.

    Args:
        found: The name and the configuration of each, in the order in which chunks were stored.
        what: The array in words, for messages.

    Raises:
        DtypeError: One of them is not read.
        MissingExtraError: One of them needs a package that is not installed.
    """
    steps = tuple(_codec_of(name, settings, what) for name, settings in found)
    compressors = [step.name for step in steps if step.n_added is None]
    if len(compressors) > 1:
        raise _not_read(f"{what} is compressed more than once, by {' and '.join(compressors)}")
    return Codecs(steps)


def _codec_of(name: str, settings: Settings, what: str) -> Codec:
    name = name.removeprefix("numcodecs.")
    if name == "shuffle":
        n_bytes = settings.get("elementsize", 4)
        if type(n_bytes) is not int or n_bytes < 1:
            raise DataError(f"{what}: the codec shuffle has the elementsize {n_bytes!r}")
        return Codec(name, partial(_unshuffled, n_bytes), 0)
    if name == "crc32c":
        if settings.get("location", "end") != "end":
            raise _not_read(f"{what} has its checksum at {shown(str(settings['location']))}")
        return Codec(name, _verified, _CHECKSUM_BYTES)
    if name == "lzma":
        return Codec(name, partial(_of_lzma, _lzma_format(settings, what)))
    if name in _OF_NUMCODECS:
        _check_installed(name, what)
    if name not in _COMPRESSORS:
        raise _not_read(f"{what} is encoded by {shown(name)}, which is not read")
    return Codec(name, _COMPRESSORS[name])


def _not_read(what: str) -> DtypeError:
    accepted = ", ".join(sorted((*_COMPRESSORS, "crc32c", "lzma", "shuffle")))
    return DtypeError(what, hint=f"save it with one of {accepted}")


def _lzma_format(settings: Settings, what: str) -> int:
    found = settings.get("format", lzma.FORMAT_XZ)
    if found not in (lzma.FORMAT_XZ, lzma.FORMAT_ALONE) or settings.get("filters"):
        raise _not_read(f"{what} is encoded by lzma with filters of its own")
    return int(found)


def _check_installed(name: str, what: str) -> None:
    try:
        import numcodecs  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"{what} is compressed by {name}, which numcodecs reads; it is not installed",
            hint="pip install 'smoothl1[zarr]'",
        ) from error


def _checked(step: Codec, data: bytes, n_bytes: int) -> bytes:
    """The bytes of one step back; errors of a library name it."""
    try:
        return step.decode(data, n_bytes)
    except (OSError, ValueError, RuntimeError, EOFError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, DataError):
            raise
        system = system_error(error, "")
        if isinstance(system, StorageError):
            system.path = None  # as of damage, who has the chunk knows it
        if system is not None:
            raise system from error
        words = " ".join(str(error).split())
        raise DataError(f"damaged {step.name} data: {words[:100]}") from error


def _all_of(decompressor: Any, data: bytes, n_bytes: int) -> bytes:
    """What a decompressor of the standard library makes of all bytes, but no more than wanted."""
    found: bytes = decompressor.decompress(data, n_bytes + 1)
    if len(found) > n_bytes:
        raise DataError(f"it unpacks to more than {n_bytes} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise DataError("it is cut short" if not decompressor.eof else "bytes follow its end")
    return found


def _of_lzma(format: int, data: bytes, n_bytes: int) -> bytes:
    return _all_of(lzma.LZMADecompressor(format), data, n_bytes)


def _of_zstd(data: bytes, n_bytes: int) -> bytes:
    import pyarrow as pa  # late: most stores are of other codecs, or of none

    return bytes(pa.Codec("zstd").decompress(data, decompressed_size=n_bytes, asbytes=True))


def _of_lz4(data: bytes, n_bytes: int) -> bytes:
    """A block of lz4 behind its size. pyarrow does not say how long a block is."""
    from numcodecs import lz4

    _check_size(data[:_LZ4_HEADER_BYTES], n_bytes)
    return bytes(lz4.decompress(data))


def _of_blosc(data: bytes, n_bytes: int) -> bytes:
    from numcodecs import blosc

    _check_size(data[4:8], n_bytes)
    if len(data) < _BLOSC_HEADER_BYTES or int.from_bytes(data[12:16], "little") != len(data):
        raise DataError(f"Blosc data of {len(data)} bytes, unlike what their header says")
    return bytes(blosc.decompress(data))


def _size_in(step: Codec, data: bytes, most: int) -> int:
    """How many bytes data unpack to, by themselves; the most, where their end tells."""
    if step.n_added is not None:
        return len(data) - step.n_added
    if step.name == "lz4":
        return int.from_bytes(data[:_LZ4_HEADER_BYTES], "little")
    if step.name == "blosc":
        return int.from_bytes(data[4:8], "little")
    return _size_in_zstd(data) if step.name == "zstd" else most


def _size_in_zstd(data: bytes) -> int:
    """The size in the header of a frame: RFC 8878, section 3.1.1.1."""
    flags = data[4] if len(data) > 4 else 0
    kind, is_single = flags >> 6, flags >> 5 & 1
    n_bytes = (is_single, 2, 4, 8)[kind]
    begin = 5 + (not is_single) + (0, 1, 2, 4)[flags & 3]
    if not n_bytes or len(data) < begin + n_bytes:
        raise DataError("damaged zstd data: they do not say their size")
    return int.from_bytes(data[begin : begin + n_bytes], "little") + 256 * (kind == 1)


def _check_size(field: bytes, n_bytes: int) -> None:
    found = int.from_bytes(field, "little")
    if found != n_bytes:
        raise DataError(f"it unpacks to {found} bytes, and not to {n_bytes}")


def _verified(data: bytes, n_bytes: int) -> bytes:
    """The bytes in front of their checksum."""
    if len(data) != n_bytes + _CHECKSUM_BYTES:
        raise DataError(f"it has {len(data)} bytes, and not {n_bytes + _CHECKSUM_BYTES}")
    body = data[:n_bytes]
    if crc32c(body) != int.from_bytes(data[n_bytes:], "little"):
        raise DataError("its checksum (CRC32C) does not match")
    return body


def _unshuffled(item_bytes: int, data: bytes, n_bytes: int) -> bytes:
    """Items whose first bytes are stored first, then their second bytes, and so on."""
    if len(data) != n_bytes or n_bytes % item_bytes:
        raise DataError(f"{len(data)} shuffled bytes, and not {n_bytes} in items of {item_bytes}")
    return np.frombuffer(data, np.uint8).reshape(item_bytes, -1).T.tobytes()


_COMPRESSORS: dict[str, Decoder] = {
    "blosc": _of_blosc,
    "bz2": lambda data, n: _all_of(bz2.BZ2Decompressor(), data, n),
    "gzip": lambda data, n: _all_of(zlib.decompressobj(_GZIP), data, n),
    "lz4": _of_lz4,
    "zlib": lambda data, n: _all_of(zlib.decompressobj(), data, n),
    "zstd": _of_zstd,
}
"""Codecs whose result has another size, by their names."""
