"""Hashes of texts: those of a plain loop over words of eight bytes, wherever the texts lie."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smoothl1.witnesses import hashes
from smoothl1.witnesses.hashes import of_bytes

BITS = (1 << 64) - 1
TEXTS = [b"", b"a", b"a\0", b"\0" * 7, b"\0" * 8, b"\0" * 9, b"12345678", b"123456789", b"x" * 99]


def mixed(bits: int) -> int:
    """SplitMix64."""
    bits = (bits + 0x9E3779B97F4A7C15) & BITS
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & BITS
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & BITS
    return bits ^ bits >> 31


def expected(text: bytes) -> int:
    bits = len(text) ^ 0x7465787474657874
    for i in range(0, max(1, len(text)), 8):
        word = int.from_bytes(text[i : i + 8], "little")
        bits = (bits ^ word) * 0xBF58476D1CE4E5B9 & BITS
        bits ^= bits >> 29
    return mixed(bits)


@given(st.lists(st.binary(max_size=40)), st.integers(0, 3))
@example(TEXTS, 2)
def test_a_hash_is_of_the_length_and_all_bytes(texts: list[bytes], start: int) -> None:
    column = pa.array(texts, pa.binary()).slice(start)
    assert of_bytes(column).tolist() == [expected(text) for text in texts[start:]]


@pytest.mark.parametrize("piece_bytes", [1, 50, 1 << 10])
def test_texts_are_hashed_some_at_a_time(piece_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "_PIECE_BYTES", piece_bytes)
    column = pa.array(TEXTS * 5, pa.binary())
    assert of_bytes(column).tolist() == [expected(text) for text in TEXTS * 5]


def test_texts_that_differ_in_one_byte_or_their_length_have_different_hashes() -> None:
    texts = {b"a" * n + bytes([byte]) + b"a" * (20 - n) for n in range(21) for byte in range(256)}
    texts |= {b"\0" * n for n in range(50)}
    assert len(set(of_bytes(pa.array(sorted(texts), pa.binary())).tolist())) == len(texts)
