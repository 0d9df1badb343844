"""Values that are stored once for many rows: their texts are written out a few rows at a time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.pairing import totals
from smoothl1.read_options import ReadOptions
from smoothl1.sinks.text import TextSink
from smoothl1.sources import text_batches
from smoothl1.sources.arrow.decoding import decoded
from smoothl1.sources.arrow.text_lengths import LONG_BYTES, text_lengths
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table

if TYPE_CHECKING:
    from pathlib import Path

LONG = "long text " * 200
TEXTS = [LONG, "short", None]
N = 300


def runs(values: pa.Array) -> pa.Array:
    """Runs of one row each."""
    ends = pa.array(np.arange(1, len(values) + 1, dtype=np.int32))
    return pa.RunEndEncodedArray.from_arrays(ends, values)


def dictionary(values: pa.Array) -> pa.Array:
    """A dictionary in which each row has a value of its own, in the opposite order."""
    places = pa.array(np.arange(len(values), dtype=np.int32)[::-1])
    return pa.DictionaryArray.from_arrays(places, values[::-1] if len(values) else values)


def columns() -> dict[str, pa.Array]:
    """The same rows in each way to store them."""
    plain = pa.array(TEXTS * (N // 3))
    view = plain.cast(pa.string_view())
    encoded = plain.dictionary_encode()
    reversed_view = pa.array((TEXTS * (N // 3))[::-1]).cast(pa.string_view())
    places = pa.array(np.arange(N, dtype=np.int32)[::-1])
    return {
        "text": plain,
        "large text": plain.cast(pa.large_string()),
        "views": view,
        "dictionary": encoded,
        "dictionary of views": pa.DictionaryArray.from_arrays(places, reversed_view),
        "runs": runs(plain),
        "runs of views": runs(view),
        "runs of a dictionary": runs(encoded),
        "records of a dictionary": pa.StructArray.from_arrays([encoded], ["oid"]),
        "records of views": pa.StructArray.from_arrays([view], ["oid"]),
    }


def save(path: Path, column: pa.Array) -> Path:
    n = len(column)
    table = pa.table({"p": np.zeros(n), "t": np.ones(n), "g": column})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


storages = pytest.mark.parametrize("storage", columns())


@storages
def test_their_texts_are_measured_and_written_out(storage: str) -> None:
    column = columns()[storage]
    for rows in (slice(0, N), slice(4, 10), slice(7, 8), slice(5, 5)):
        expected = (TEXTS * (N // 3))[rows]
        assert text_lengths(column[rows]).tolist() == [len(text or "") for text in expected]
        assert decoded(column[rows]).to_pylist() == expected


@storages
def test_rows_of_labels_are_read_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    monkeypatch.setattr(text_batches, "MOST_TEXT_BYTES", 5 * len(LONG))
    path = save(tmp_path / "x.arrow", columns()[storage])
    table = open_table(str(path), ReadOptions(), lambda _: None)
    source = table.select(Wanted((("p",),), ("g",), carried=(0,)))
    labels = [block.labels[0] for block in source.blocks(Part(0, None), 1000)]
    table.close()
    for label in labels:
        most = LONG_BYTES if pa.types.is_dictionary(label.type) else len(LONG)
        assert sum(min(most, len(text or "")) for text in label.to_pylist()) <= 5 * len(LONG)
    assert [text for label in labels for text in label.to_pylist()] == TEXTS * (N // 3)
    assert any(map(pa.types.is_dictionary, (label.type for label in labels))) == (
        "text" not in storage
    )


def views_of_one_text(data: bytes, size: int) -> pa.Array:
    """A thousand views of one text: the last has another length."""
    views = np.zeros((1000, 4), np.int32)
    views[:, 0], views[-1, 0] = len(LONG), size
    views[:, 1] = np.frombuffer(data[:4], np.int32)
    texts = [pa.py_buffer(views), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string_view(), 1000, [None, *texts])


def test_many_views_of_one_text_are_read(tmp_path: Path) -> None:
    path = save(tmp_path / "x.arrow", views_of_one_text(LONG.encode(), 20))
    settings = EvalSettings((0.5,), "mean", by="g")
    found = evaluate(path, settings=settings, pred="p", target="t")
    counts = [tally.n for tally in found.tallies]
    texts = [group.group for group in found.groups]
    assert list(zip(texts, counts, strict=True)) == [(LONG[:20], 1), (LONG, 999)]


@pytest.mark.parametrize(
    ("data", "size"),
    [(LONG.encode(), len(LONG) + 1), (LONG.encode() + b"\xff", len(LONG) + 1)],
    ids=["beyond the texts", "no UTF-8"],
)
def test_one_broken_view_among_many_of_one_text_is_refused(
    tmp_path: Path, data: bytes, size: int
) -> None:
    path = save(tmp_path / "x.arrow", views_of_one_text(data, size))
    with pytest.raises(DataError, match="broken Arrow data after row 0"):
        evaluate(path, settings=EvalSettings((0.5,), "mean", by="g"), pred="p", target="t")


def test_texts_before_losses_are_written_out_for_a_few_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    encoded = TextSink.encoded

    def noted(self: TextSink, losses: Any, carried: Any = ()) -> bytes | bytearray:
        written.append(carried[0].nbytes)
        assert carried[0].type == pa.string()
        return encoded(self, losses, carried)

    monkeypatch.setattr(TextSink, "encoded", noted)
    monkeypatch.setattr(text_batches, "MOST_TEXT_BYTES", 5 * len(LONG))
    path = save(tmp_path / "x.arrow", columns()["dictionary"])
    settings = EvalSettings((0.5,), "none")
    evaluate(path, settings=settings, losses_to=tmp_path / "l.csv", pred="p", target="t", keep="g")
    assert max(written) <= 6 * len(LONG)
    _, *lines = (tmp_path / "l.csv").read_text().splitlines()
    assert lines == [f"{text or ''},0.75" for text in TEXTS * (N // 3)]


@pytest.mark.parametrize("storage", [kind for kind in columns() if "text" not in kind])
def test_long_texts_that_are_only_compared_are_shortened_first(storage: str) -> None:
    column = columns()[storage]
    found = decoded(column, shorten=True)
    assert found.nbytes < N * len(LONG) // 5
    assert found.to_pylist()[1:3] == ["short", None]
    assert len(found.unique()) == 3


@storages
def test_they_agree_with_the_same_texts_however_they_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    monkeypatch.setattr(text_batches, "MOST_TEXT_BYTES", 1000)
    path = save(tmp_path / "x.arrow", columns()["text"])
    other = save(tmp_path / "y.arrow", columns()[storage])
    found = evaluate(path, other, pred="p", target="t")
    assert "column 'g' agrees in every row" in [d.reason for d in found.decisions]


def test_bytes_of_a_dictionary_that_are_no_text_are_found_by_the_first_row(tmp_path: Path) -> None:
    values = pa.array([b"good", b"\xff" * 5000, b"\xff is in no row"])
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1, 0, 1] * 9), values)
    path = save(tmp_path / "x.arrow", column)
    with pytest.raises(DataError, match=r"row 3, column 'g': the value is not UTF-8 text"):
        evaluate(path, settings=EvalSettings((0.5,), "mean", by="g"), pred="p", target="t")


def test_a_file_of_few_bytes_with_much_text_is_not_looked_through_for_a_row_of_totals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = pa.array(["a", "b", "c", "d" * 3000, "Total"]).dictionary_encode()
    path = tmp_path / "x.arrow"
    table = pa.table({"p": [1.0, 2.0, 4.0, 0.5, 7.5], "t": [1.0, 2.0, 4.0, 0.5, 7.5], "g": labels})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    with pytest.warns(UserWarning, match="row 5, 'Total', holds the sum"):
        evaluate(path, pred="p", target="t")
    monkeypatch.setattr(totals, "_MOST_TEXT_BYTES", 3000)
    assert evaluate(path, pred="p", target="t").n == 5


def test_one_long_value_of_few_reserves_no_memory_for_each_row() -> None:
    """Where the system promises no more memory than there is, what is reserved counts."""
    code = (
        "import numpy as np, pyarrow as pa\n"
        "from smoothl1.sources.arrow.decoding import decoded\n"
        "places = pa.array(np.repeat(np.array([0, 1], np.int32), [99_999, 1]))\n"
        "values = decoded(pa.DictionaryArray.from_arrays(places, ['a', 'k' * 400_000]))\n"
        "assert values.equals(pa.array(['a'] * 99_999 + ['k' * 400_000]))\n"
        "print(pa.default_memory_pool().max_memory())\n"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1 << 26
