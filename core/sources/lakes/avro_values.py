"""Decodes the values of Avro that pyiceberg asks for, none of which reaches behind its block.

The decoders of pyiceberg trust lengths: the compiled one copies whatever lies behind the bytes, and
the one in Python jumps over the end. A damaged length would end the process, or give wrong values.

Source: https://avro.apache.org/docs/1.12.0/specification/#binary-encoding.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NoReturn

from pyiceberg.avro.decoder import BinaryDecoder

_SHIFTS = range(0, 64, 7)
"""Where the bits of each byte of an integer belong: it has ten bytes at most."""

_MOST_AT_ONCE = 1 << 10
"""Integers, or pairs, that are passed over at a time."""

_INTEGER = rb"[\x80-\xff]{0,9}+[\x00-\x7f]"
"""What an integer is like."""

_SHORT = b"|".join(rb"\x%02x.{%d}" % (2 * n, n) for n in (8, 4, *range(64)))
"""What values of less than 64 bytes are like, behind the byte that tells how many they are."""


@cache
def _integers(n: int) -> re.Pattern[bytes]:
    """What so many integers are like."""
    return re.compile(rb"(?:%b){%d}" % (_INTEGER, n))


@cache
def _pairs(n: int) -> re.Pattern[bytes]:
    """What so many integers are like, each with a value of a few bytes behind it."""
    return re.compile(rb"(?:%b(?:%b)){%d}" % (_INTEGER, _SHORT, n), re.DOTALL)


class CheckedDecoder(BinaryDecoder):
    """Values of a file, or of one block of it, from the first byte to the last.

    All its methods raise EOFError for a value that is longer than the bytes that are left, and
    ValueError for one that no writer writes, or for more than may be decoded.

    Args:
        content: The bytes.
        n_allowed: Values and lengths that may be decoded one by one.

    Attributes:
        n_allowed: How many of them may still be.
    """

    def __init__(self, content: bytes, n_allowed: int) -> None:
        self.n_allowed = n_allowed
        self._content = content
        self._at = 0

    @property
    def n_left(self) -> int:
        """The number of bytes that are not decoded yet."""
        return len(self._content) - self._at

    def tell(self) -> int:
        return self._at

    def read(self, n: int) -> bytes:
        start = self._at
        self.skip(n)
        return self._content[start : self._at]

    def skip(self, n: int) -> None:
        if n < 0:
            raise ValueError(f"a value of {n:,} bytes")
        if n > self.n_left:
            self._end(n)
        self._at += n
        self._count()

    def read_int(self) -> int:
        content, at = self._content, self._at
        value = 0
        for shift in _SHIFTS:
            if at == len(content):
                self._end(1)
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self._at = at
                self._count()
                return (value >> 1) ^ -(value & 1)
        raise ValueError("an integer of more than 64 bits")

    def read_bytes(self) -> bytes:
        return self.read(self.read_int())

    def skip_int(self) -> None:
        self.read_int()

    def skip_ints(self, n: int) -> None:
        """Pass over so many integers."""
        while n > 0:
            n_now = min(n, _MOST_AT_ONCE)
            found = _integers(n_now).match(self._content, self._at)
            if found is None:
                raise ValueError("integers that are cut or of more than 64 bits")
            self._at = found.end()
            n -= n_now

    def skip_pairs(self, n: int) -> None:
        """Pass over so many integers, each with bytes behind it."""
        while n > 0:
            n_now = min(n, _MOST_AT_ONCE)
            found = _pairs(n_now).match(self._content, self._at)
            if found is not None:
                self._at = found.end()
            else:  # some are longer, or cut
                for _ in range(n_now):
                    self.read_int()
                    self.skip(self.read_int())
            n -= n_now

    def _count(self) -> None:
        self.n_allowed -= 1
        if self.n_allowed < 0:
            raise ValueError("more values than any writer writes into so few bytes")

    def _end(self, n: int) -> NoReturn:
        raise EOFError(f"a value of {n:,} bytes, of which {self.n_left:,} are there")
