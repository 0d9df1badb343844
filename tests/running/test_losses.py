"""The losses of elements: encoded by threads, written in order, the same however rows are cut."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution
from smoothl1.errors import DataError
from smoothl1.running import loss_writing
from smoothl1.running.evaluate import LossOutput, evaluate
from smoothl1.sinks.text import TextSink

if TYPE_CHECKING:
    from pathlib import Path

N = 1000
FORMATS = ("text", "csv", "npy", "parquet")


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Rows with a key, in row groups of 100."""
    rng = np.random.default_rng(0)
    pred, target = rng.standard_normal((2, N)).astype(np.float32)
    names = [f"row, {i}" for i in range(N)]
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"k": names, "p": pred, "t": target}), path, row_group_size=100)
    return str(path)


def losses(path: str, format_name: str, n_threads: int, chunk: int | None = None) -> bytes:
    file = io.BytesIO()
    evaluate(
        path,
        settings=EvalSettings(reduction="none"),
        pred="p",
        target="t",
        key=() if format_name == "npy" else "k",
        execution=Execution(n_threads, chunk),
        losses_to=LossOutput(file, format_name),
        warn=str,
    )
    return file.getvalue()


def as_csv(path: str) -> bytes:
    """What a CSV of the losses must be, row by row."""
    columns = pq.read_table(path).to_pydict()
    rows = zip(columns["k"], columns["p"], columns["t"], strict=True)
    lines = ["k,loss"]
    for key, pred, target in rows:
        error = abs(pred - target)
        loss = 0.5 * error * error if error < 1 else error - 0.5
        lines.append(f'"{key}",{float(str(np.float32(loss)))!r}')
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("waiting", [1 << 20, 99])
@pytest.mark.parametrize("chunk", [None, 7])
def test_keys_and_losses_come_in_order(
    n_threads: int, waiting: int, chunk: int | None, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_writing, "WAITING_ELEMENTS", waiting)
    monkeypatch.setattr(loss_writing, "ENCODED_ELEMENTS", 64)
    assert losses(table, "csv", n_threads, chunk) == as_csv(table)


@pytest.mark.parametrize("most_bytes", [0, 1000, 1 << 20])
def test_texts_too_long_to_wait_are_encoded_as_they_are_written(
    most_bytes: int, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_encoded, encoded = [0, 0], TextSink.encoded
    is_of_writer = threading.current_thread().name.__eq__

    def counted(*args: Any) -> Any:
        n_encoded[is_of_writer(threading.current_thread().name)] += len(args[1])
        return encoded(*args)

    monkeypatch.setattr(TextSink, "encoded", counted)
    monkeypatch.setattr(loss_writing, "_WAITING_BYTES", most_bytes)
    assert losses(table, "csv", 3, 30) == as_csv(table)
    # the keys of a row group are more than 1000 bytes, those of 30 rows fewer
    assert n_encoded[True] == (0 if most_bytes > 1 << 16 else N)
    assert n_encoded[False] <= (N if most_bytes else 0)


@pytest.mark.parametrize("format_name", FORMATS)
def test_threads_change_no_value(format_name: str, table: str) -> None:
    one, several = (losses(table, format_name, n, 30) for n in (1, 3))
    if format_name == "parquet":
        read = [pq.read_table(io.BytesIO(data)) for data in (one, several)]
        assert read[0].equals(read[1])
    else:
        assert one == several


@pytest.mark.parametrize("waiting", [1 << 20, 99])
def test_threads_encode_and_one_writes(
    waiting: int, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, set[str]] = {"encoded": set(), "write": set()}
    for step, seen in names.items():
        original = getattr(TextSink, step)

        def noted(*args: Any, original: Any = original, seen: set[str] = seen) -> Any:
            seen.add(threading.current_thread().name)
            return original(*args)

        monkeypatch.setattr(TextSink, step, noted)
    monkeypatch.setattr(loss_writing, "WAITING_ELEMENTS", waiting)
    monkeypatch.setattr(loss_writing, "ENCODED_ELEMENTS", 64)
    losses(table, "csv", 2, 100)
    assert names == {"encoded": {"smoothl1"}, "write": {threading.current_thread().name}}


@pytest.mark.parametrize("n_threads", [1, 3])
def test_the_first_key_that_cannot_be_written_is_named(n_threads: int, tmp_path: Path) -> None:
    names = [f"{i}\t" if i >= 450 else f"{i}" for i in range(N)]
    path = tmp_path / "table.parquet"
    columns = {"k": names, "p": np.zeros(N), "t": np.zeros(N)}
    pq.write_table(pa.table(columns), path, row_group_size=100)
    with pytest.raises(DataError, match=r"'450.t' holds a tab"):
        losses(str(path), "text", n_threads)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_losses_beyond_the_dtype_are_counted_in_all_parts(n_threads: int, tmp_path: Path) -> None:
    pred = np.zeros(N, np.float16)
    pred[[5, 250, 999]] = np.finfo(np.float16).max
    path = tmp_path / "table.parquet"
    columns = {"k": np.arange(N), "p": pred, "t": -pred}
    pq.write_table(pa.table(columns), path, row_group_size=100)
    heard: list[str] = []
    evaluate(
        str(path),
        settings=EvalSettings(reduction="none"),
        pred="p",
        target="t",
        execution=Execution(n_threads),
        losses_to=LossOutput(io.BytesIO(), "csv"),
        warn=heard.append,
    )
    assert "3 losses are too large for float16 and were written as inf" in heard


def test_a_long_chunk_does_not_let_many_losses_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GPU's chunk is longer than losses may wait for, and so may be that of --chunk-size."""
    lengths = []

    def encoded(self: TextSink, losses: Any, keys: Any = ()) -> bytes | bytearray:
        lengths.append(len(losses))
        return plain(self, losses, keys)

    plain = TextSink.encoded
    monkeypatch.setattr(TextSink, "encoded", encoded)
    monkeypatch.setattr(loss_writing, "WAITING_ELEMENTS", 64)
    np.save(tmp_path / "p.npy", np.zeros(N))
    paths = (tmp_path / "p.npy", tmp_path / "t.npy")
    np.save(paths[1], np.ones(N))
    evaluate(
        *paths,
        settings=EvalSettings(reduction="none"),
        execution=Execution(2, 500),
        losses_to=LossOutput(io.BytesIO(), "text"),
        warn=str,
    )
    assert sum(lengths) == N
    assert max(lengths) == 64
