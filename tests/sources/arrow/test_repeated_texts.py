"""Texts that are stored once for many rows, and are more than an array of Arrow holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.sources.arrow import repeated_texts
from smoothl1.sources.arrow.decoding import decoded

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["long text " * 20, "short", None]


def columns() -> dict[str, pa.Array]:
    """The same 300 rows in each way to store them; 205 bytes for two rows of three."""
    plain = pa.array(TEXTS * 100)
    ends = pa.array(np.arange(1, 301, dtype=np.int32))
    return {
        "view": plain.cast(pa.string_view()),
        "dictionary": plain.dictionary_encode(),
        "runs": pa.RunEndEncodedArray.from_arrays(ends, plain),
    }


@pytest.mark.parametrize("kind", ["view", "dictionary", "runs"])
def test_they_are_counted_before_they_are_repeated(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    column = columns()[kind]
    n_bytes = 100 * (len("long text ") * 20 + len("short"))
    monkeypatch.setattr(repeated_texts, "_MOST_BYTES", n_bytes)
    assert decoded(column).to_pylist() == TEXTS * 100
    assert decoded(column[4:10]).to_pylist() == (TEXTS * 3)[1:7]
    monkeypatch.setattr(repeated_texts, "_MOST_BYTES", n_bytes - 1)
    with pytest.raises(DataError, match=rf"^300 rows of long texts, {n_bytes:,} bytes together"):
        decoded(column)


@pytest.mark.parametrize("kind", ["view", "runs"])
def test_a_column_that_is_named_nowhere_is_refused_by_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    table = pa.table({"p": np.zeros(300), "t": np.ones(300), "g": columns()[kind]})
    path = tmp_path / "x.arrow"
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    monkeypatch.setattr(repeated_texts, "_MOST_BYTES", 1000)
    with pytest.raises(DataError, match=r"x\.arrow: .*300 rows of long texts"):
        evaluate(path, path, pred="p", target="t")
