"""Some of the bytes that were read of a file, to see at the end whether it still has them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STRETCHES = 128
"""Equal stretches of a file, of each of which some bytes are kept that were read."""

_SAMPLE_BYTES = 64
"""Bytes that are kept of a stretch: several numbers of any dtype."""

_WHOLE_BYTES = 1 << 10
"""Bytes of a stretch that is kept as a whole, and at the beginning and at the end of the file,
where headers and footers are."""

_FEW_BYTES = _STRETCHES * _WHOLE_BYTES
"""Size up to which all bytes of a file are kept, each piece as it was read: there are many files of
such sizes, and stretches would take longer than reading them."""

_GOLDEN = 40503
"""2**16 times the golden ratio, whose multiples modulo 2**16 spread evenly."""


class KeptBytes:
    """Bytes of a file at places that are spread over it, as they were when they were read.

    A place lies in the first quarter of its stretch, elsewhere in each: places at one distance
    could all lie in the same columns of a table. So the distance of two is less than 1.2 stretches,
    which is less than a hundredth of the file.

    Args:
        size: The size of the file in bytes.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._stretch = max(_WHOLE_BYTES, -(-size // _STRETCHES))
        self._n_bytes = _WHOLE_BYTES if self._stretch == _WHOLE_BYTES else _SAMPLE_BYTES
        self._kept: dict[int, list[tuple[int, bytes]]] = {}
        self._n_left = 2 * size if size <= _FEW_BYTES else 0  # pieces that are read twice are few

    def keep(self, offset: int, data: bytes | memoryview) -> None:
        """Keep some of the bytes that were read from a position, unless as many are there.

        Args:
            offset: The position in the file.
            data: The bytes.
        """
        stop = offset + len(data)
        if self._size <= _FEW_BYTES:
            self._keep_all(offset, data)
            return
        for place, n_bytes in self._places(offset, stop):
            begin, end = max(place, offset), min(place + n_bytes, stop)
            known = self._kept.get(place)
            if end - begin > (len(known[-1][1]) if known else 0):
                found = begin, bytes(data[begin - offset : end - offset])
                self._kept[place] = [found] if known is None else [*known, found]

    def _keep_all(self, offset: int, data: bytes | memoryview) -> None:
        """Keep a piece as a whole, unless it is there, or the file was read several times."""
        known = self._kept.setdefault(offset, [])
        if len(data) <= self._n_left and len(data) > (len(known[-1][1]) if known else 0):
            self._n_left -= len(data)
            known.append((offset, bytes(data)))

    def _places(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The places in the stretches that some bytes lie in, and the bytes that are kept there."""
        if stop <= start:
            return
        room = self._stretch - self._n_bytes
        for i in range(start // self._stretch, (stop - 1) // self._stretch + 1):
            place = i * self._stretch + ((i * _GOLDEN % (1 << 16)) * room >> 18)
            yield place, self._n_bytes if i else _WHOLE_BYTES
        if stop == self._size and room:
            yield self._size - _WHOLE_BYTES, _WHOLE_BYTES

    def are_in(self, read: Callable[[int, int], bytes]) -> bool:
        """Whether the file has the bytes that are kept.

        Args:
            read: Reads so many bytes of the file from a position.
        """
        known = [*self._kept.values()]  # at once: a thread that reads ahead may still add some
        kept = sorted(chain.from_iterable(known))
        return all(read(offset, len(data)) == data for offset, data in kept)
