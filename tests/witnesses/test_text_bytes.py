"""What single bytes of texts say, against the patterns that they save."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.witnesses.hashes import WHOLE_NUMBER, has_texts, hashes_of
from smoothl1.witnesses.text_bytes import (
    in_lower_case,
    may_be_whole,
    may_be_written_differently,
    sizes_of,
)
from smoothl1.witnesses.values import _MAY_BE_WRITTEN_DIFFERENTLY

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SOME = ["", "7", "-7", " 7", "+7.0", "x7", "x 7 ", "x\t", "2024-01-01T00:00", "2024-01-01", "a:b"]
texts = st.lists(
    st.none()
    | st.sampled_from([*SOME, UUID, UUID.upper(), "at 10:00:00.5"])
    | st.text("a1 :-", max_size=12)
)


def matches(pattern: str, values: list[str | None]) -> bool:
    plain = pattern.replace(r"\z", r"\Z")
    return any(re.search(plain, text) for text in values if text is not None)


@given(texts, st.integers(0, 3))
def test_no_text_is_overlooked_to_which_a_pattern_applies(values: list[Any], start: int) -> None:
    column = pa.array(values, pa.string()).cast(pa.binary())[start:]
    left = values[start:]
    if matches(WHOLE_NUMBER, left):
        assert may_be_whole(column)
    if matches(_MAY_BE_WRITTEN_DIFFERENTLY, left):
        assert may_be_written_differently(column)
    assert sizes_of(column).tolist() == [len(text or "") for text in left]
    is_number = [re.fullmatch(WHOLE_NUMBER[2:-2], text) for text in left if text is not None]
    assert has_texts(column) == (not all(is_number))


def test_plain_texts_are_told_to_need_no_pattern() -> None:
    column = pa.array([b"user-000123", b"im_7.png", None, b""])
    assert not may_be_whole(column)
    assert not may_be_written_differently(column)


@given(texts)
def test_a_text_has_the_same_hash_whatever_stands_beside_it(values: list[Any]) -> None:
    column = pa.array(values, pa.string()).cast(pa.binary())
    apart = [hashes_of(column[i : i + 1])[0] for i in range(len(column))]
    assert hashes_of(column).tolist() == np.array(apart, np.uint64).tolist()


def test_letters_of_ascii_alone_are_lowered_and_a_missing_text_stays_missing() -> None:
    for values, lowered in (
        ([b"x", b"Ab-Z", None, b"", "É".encode()], [b"ab-z", None, b"", "É".encode()]),
        ([b"x", b"Q", b"r"], [b"q", b"r"]),
        ([b"x", b"a", None], [b"a", None]),
    ):
        assert in_lower_case(pa.array(values, pa.binary())[1:]).to_pylist() == lowered
