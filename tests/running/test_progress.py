"""How far a run is, as it says itself: never back, and at the end all of it."""

from __future__ import annotations

import gzip
import os
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, Execution, Progress, compare, evaluate
from tests.pipes import fed
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

N = 40_000
VALUES = np.random.default_rng(5).normal(size=N)
SMALL = Execution(2, 1000)


def said(*paths: Path, **options: object) -> list[Progress]:
    """Everything that an evaluation of two files says, which must not go back."""
    found: list[Progress] = []
    evaluate(*paths, execution=SMALL, progress=found.append, **options)  # type: ignore[arg-type]
    check(found)
    return found


def check(found: list[Progress]) -> None:
    assert len(found) > 1
    for before, after in pairwise(found):
        assert before.rows < after.rows
        assert before.bytes_read <= after.bytes_read
        assert (before.n_rows, before.n_bytes) == (after.n_rows, after.n_bytes)
    assert all(0 <= (progress.share or 0) <= 1 for progress in found)
    assert found[-1].rows == N
    assert found[-1].share is None or found[-1].share > 0.998  # a footer may follow


@pytest.mark.parametrize("suffix", [".npy", ".parquet"])
def test_rows_are_counted_where_the_format_tells_their_number(tmp_path: Path, suffix: str) -> None:
    if suffix == ".npy":
        paths = [save_array(tmp_path / f"{side}.npy", VALUES) for side in "pt"]
    else:
        paths = [save_table(tmp_path / f"{s}{suffix}", {"x": VALUES}, 5000) for s in "pt"]
    for progress in said(*paths):
        assert (progress.n_rows, progress.bytes_read, progress.n_bytes) == (N, 0, 0)
        assert progress.share == progress.rows / N


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_row_of_several_elements_counts_once(tmp_path: Path, order: str) -> None:
    boxes = np.asarray(VALUES.repeat(4).reshape(N, 4), order=order)  # type: ignore[call-overload]
    paths = [save_array(tmp_path / f"{side}.npy", boxes) for side in "pqt"]
    assert said(paths[0], paths[2])[-1] == Progress(N, N)
    found: list[Progress] = []
    compare(*paths, execution=SMALL, progress=found.append)
    check(found)


@pytest.mark.parametrize("suffix", [".csv", ".arrow", ".arrows"])
def test_bytes_are_counted_where_it_does_not(tmp_path: Path, suffix: str) -> None:
    paths = [save_table(tmp_path / f"{side}{suffix}", {"x": VALUES}, 5000) for side in "pt"]
    n_bytes = sum(path.stat().st_size for path in paths)
    for progress in said(*paths):
        assert (progress.n_rows, progress.n_bytes) == (None, n_bytes)
        assert progress.share == progress.bytes_read / n_bytes


def test_compressed_bytes_are_those_of_the_file(tmp_path: Path) -> None:
    plain = save_table(tmp_path / "p.csv", {"x": VALUES}, 5000)
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    last = said(plain, packed)[-1]
    assert last.n_bytes == plain.stat().st_size + packed.stat().st_size
    assert last.n_bytes == last.bytes_read


def test_the_bytes_of_shards_are_those_of_all_files(tmp_path: Path) -> None:
    whole = save_array(tmp_path / "t.npy", VALUES)
    sizes = 0
    for i, part in enumerate(np.split(VALUES, [100, 15_000, 15_001])):
        for side in ("p", "q"):
            (tmp_path / side).mkdir(exist_ok=True)
            path = save_table(tmp_path / side / f"{i}.csv", {"x": part}, 5000)
        sizes += path.stat().st_size
    assert said(tmp_path / "p", whole)[-1] == Progress(N, N)  # the array tells the number of rows
    last = said(tmp_path / "p", tmp_path / "q")[-1]
    assert (last.n_rows, last.bytes_read, last.n_bytes) == (None, 2 * sizes, 2 * sizes)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_tells_no_share(tmp_path: Path) -> None:
    content = save_table(tmp_path / "t.csv", {"x": VALUES}, 5000).read_bytes()
    with fed(tmp_path / "p", content), fed(tmp_path / "q", content):
        assert said(tmp_path / "p", tmp_path / "q")[-1] == Progress(N, None)


def test_no_one_is_told_twice_at_once(tmp_path: Path) -> None:
    paths = [save_array(tmp_path / f"{side}.npy", VALUES) for side in "pt"]
    lock, n_calls = threading.Lock(), []

    def report(progress: Progress) -> None:
        assert lock.acquire(blocking=False)
        n_calls.append(progress)
        lock.release()

    evaluate(*paths, EvalSettings(), execution=Execution(4, 500), progress=report)
    assert len(n_calls) == N // 500
