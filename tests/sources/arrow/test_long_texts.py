"""Long texts are replaced by their beginning and digest, in time that their length allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from smoothl1.sources.arrow import long_texts
from smoothl1.sources.arrow.text_lengths import LONG_BYTES

if TYPE_CHECKING:
    import pytest


def test_a_text_that_is_long_is_not_searched_for_what_replaces_long_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[str] = []
    are_alike = long_texts._are_alike

    def noted(column: pa.Array) -> object:
        searched.extend(column.to_pylist())
        return are_alike(column)

    monkeypatch.setattr(long_texts, "_are_alike", noted)
    replaced = long_texts.shortened(pa.array(["x" * 2 * LONG_BYTES]), are_keys=True)[0].as_py()
    middle = "y" * 100
    column = pa.array(["a", middle, replaced, None, "x" * 2 * LONG_BYTES])
    found = long_texts.shortened(column, are_keys=True).to_pylist()
    assert searched == [middle, replaced]
    assert found[:2] == ["a", middle]
    assert found[3:] == [None, replaced]
    assert found[2] not in (replaced, None)
