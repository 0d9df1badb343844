"""Lengths of texts, of buffers that are longer than they have to be."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1.sources.arrow.text_lengths import text_lengths


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_bytes_behind_the_offsets_or_views_of_texts_count_for_nothing(kind: pa.DataType) -> None:
    texts = ["a", "", "a text of more than twelve bytes", "bcd"]
    valid, places, *data = pa.array(texts, kind).buffers()
    longer = pa.py_buffer(places.to_pybytes() + b"xyz")
    column = pa.Array.from_buffers(kind, len(texts), [valid, longer, *data])
    assert text_lengths(column).tolist() == list(map(len, texts))
    assert text_lengths(column.slice(1, 2)).tolist() == list(map(len, texts[1:3]))
