"""The checksum of Castagnoli's polynomial: RFC 3720, section 12.1."""

from __future__ import annotations

from functools import cache

_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes) -> int:
    """The checksum of some bytes, by google-crc32c if it is installed, which is much faster."""
    try:
        from google_crc32c import value
    except ImportError:
        return _plain(data)
    return int(value(bytes(data)))


def _plain(data: bytes) -> int:
    table = _table()
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    """The checksums of all bytes, before what is done at the beginning and the end."""
    found = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)  # noqa: PLW2901  eight steps of one
        found.append(crc)
    return tuple(found)
