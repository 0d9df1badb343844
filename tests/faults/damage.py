"""Damage of bytes: flipped bits, cuts, bytes that come, go, or move, and lengths that lie."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_BYTES = (0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x2C, 0x0A, 0x0D, 0x7B, 0x5B, 0x2D)
"""Bytes that mean something: extremes, quotes, commas, line ends, brackets, minus."""

_LENGTHS = (0, 1, -1, 127, 128, 255, 65_536, 1 << 28, (1 << 31) - 1, -(1 << 31))
_LONG_LENGTHS = (*_LENGTHS, 1 << 32, 1 << 40, (1 << 62) + 1, (1 << 63) - 1, -(1 << 63))

_DIGITS = re.compile(rb"[0-9]+")
_NUMBERS = (b"0", b"-1", b"1e999", b"0x1", b"NaN", b"1e-400", b"9" * 20, b"9" * 400, b"1" * 4000)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Bytes that are damaged in one to three places."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(_WAYS)(data, rng) if data else data
    return data


def _flipped(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def _replaced(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([rng.choice(_BYTES)]) + data[place + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _span(data: bytes, rng: random.Random) -> slice:
    """A few bytes in most cases, at times many."""
    start = rng.randrange(len(data))
    return slice(start, start + rng.choice((1, 2, 4, 8, rng.randrange(1, len(data) + 1))))


def _shortened(data: bytes, rng: random.Random) -> bytes:
    span = _span(data, rng)
    return data[: span.start] + data[span.stop :]


def _inserted(data: bytes, rng: random.Random) -> bytes:
    place, n_bytes = rng.randrange(len(data) + 1), rng.choice((1, 2, 4, 8, 64, 4096))
    return data[:place] + rng.choice((b"\0" * n_bytes, rng.randbytes(n_bytes))) + data[place:]


def _repeated(data: bytes, rng: random.Random) -> bytes:
    span = _span(data, rng)
    return data[: span.stop] + data[span] * rng.choice((1, 1, 2, 50)) + data[span.stop :]


def _swapped(data: bytes, rng: random.Random) -> bytes:
    """Two neighbouring blocks in each other's place."""
    one, two, three = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def _lengthened(data: bytes, rng: random.Random) -> bytes:
    """An integer of 4 or 8 bytes that lies, at any place."""
    order = rng.choice("<>")
    length = struct.pack(f"{order}q", rng.choice(_LONG_LENGTHS))
    if rng.random() < 0.5:
        length = struct.pack(f"{order}i", rng.choice(_LENGTHS))
    place = rng.randrange(len(data))
    return data[:place] + length + data[place + len(length) :]


def _renumbered(data: bytes, rng: random.Random) -> bytes:
    """Another number where digits are."""
    places = [*_DIGITS.finditer(data)]
    if not places:
        return _flipped(data, rng)
    place = rng.choice(places)
    return data[: place.start()] + rng.choice(_NUMBERS) + data[place.end() :]


_WAYS = (
    *(_flipped, _flipped, _replaced, _cut, _shortened, _inserted),
    *(_repeated, _swapped, _lengthened, _renumbered),
)
