from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from smoothl1.files.kept_bytes import KeptBytes


def kept(content: np.ndarray, n_bytes: int) -> KeptBytes:
    """What is kept of a file that is read so many bytes at a time."""
    found = KeptBytes(content.size)
    for start in range(0, content.size, n_bytes):
        found.keep(start, content[start : start + n_bytes].tobytes())
    return found


def has(found: KeptBytes, content: np.ndarray) -> bool:
    return found.are_in(lambda offset, n: content[offset : offset + n].tobytes())


def compared(found: KeptBytes) -> list[tuple[int, int]]:
    """Where the bytes begin that are compared in a file of zeros, and where they end."""
    places: list[tuple[int, int]] = []

    def read(offset: int, n_bytes: int) -> bytes:
        places.append((offset, offset + n_bytes))
        return bytes(n_bytes)

    assert found.are_in(read)
    return places


@pytest.mark.parametrize("n_bytes", [1000, 1 << 20, 1 << 30])
@pytest.mark.parametrize("size", [200_000, 10_000_019])
def test_a_hundredth_of_a_file_that_is_written_as_a_whole_is_seen(size: int, n_bytes: int) -> None:
    content = np.zeros(size, np.uint8)
    found = kept(content, n_bytes)
    places = [(0, 0), *compared(found), (size, size)]
    assert max(start - end for (_, end), (start, _) in pairwise(places)) < size // 100
    content[size // 2 : size // 2 + size // 100] = 1
    assert not has(found, content)


def test_a_column_of_an_array_that_is_written_is_seen() -> None:
    """Places at one distance would all lie in the same columns."""
    content = np.zeros((1 << 14, 1 << 10), np.uint8)
    found = kept(content.reshape(-1), 1 << 20)
    content[1:-1, 1000:1008] = 1
    assert not has(found, content.reshape(-1))


def test_every_byte_of_a_small_file_is_kept_however_it_is_read() -> None:
    content = np.random.default_rng(0).integers(0, 255, 1 << 17, np.uint8)
    found = KeptBytes(content.size)
    reads = [(0, 512), (512, 10), (522, 2000), *((x, 5000) for x in range(128, 1 << 17, 5000))]
    for start, n_bytes in reads:
        found.keep(start, content[start : start + n_bytes].tobytes())
    for place in (0, 600, 1023, 1024, 2521, 70_000, (1 << 17) - 1):
        content[place] += 1
        assert not has(found, content), place
        content[place] -= 1
    assert has(found, content)


def test_few_bytes_are_kept_however_often_a_file_is_read() -> None:
    draw = random.Random(0)
    content = np.zeros(1 << 24, np.uint8)
    found = KeptBytes(content.size)
    for _ in range(5_000):
        start = draw.randrange(content.size)
        found.keep(start, content[start : start + draw.choice((1, 100, 70_000))].tobytes())
    assert sum(end - start for start, end in compared(found)) < 1 << 16
