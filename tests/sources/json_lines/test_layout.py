"""The columns of JSON Lines, of which one line may have very many."""

from __future__ import annotations

import tracemalloc

from smoothl1 import ReadOptions
from smoothl1.sources.json_lines.layout import layout_of
from smoothl1.sources.json_lines.values import Number


def test_very_many_columns_that_are_alike_take_little_memory() -> None:
    names = [f"c{i}" for i in range(20_000)]
    objects = [{name: Number("1.5") for name in names}]
    options = ReadOptions()._replace(header=True, delimiter=",", decimal=".", skip_rows=0)
    tracemalloc.start()
    try:
        layout = layout_of("a.jsonl", names, objects, (), options)
        assert tracemalloc.get_traced_memory()[1] < 250 * len(names)
    finally:
        tracemalloc.stop()
    assert layout.names == tuple(names)
    assert len({*map(id, layout.columns)}) == 1
