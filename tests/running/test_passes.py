"""Passes by executors: the bits, errors and files of threads, whatever runs the parts."""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, SettingsError, compare, evaluate, report
from smoothl1.running import by_tasks, tasks
from smoothl1.running.evaluate import LossOutput
from tests.engines.test_executor import Backwards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from smoothl1 import Progress

N = 1003


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models and targets in shards, with NaN, groups and weights."""
    folder = tmp_path_factory.mktemp("passes")
    rng = np.random.default_rng(11)
    target = rng.normal(size=N) * np.exp(rng.uniform(-30, 30, N))
    sides = {"a": target + rng.normal(size=N), "b": target * 1.01, "t": target}
    sides["a"][800] = np.nan
    more = {"g": rng.integers(0, 5, N).astype(str), "w": rng.uniform(0, 2, N)}
    for name, values in sides.items():
        (folder / name).mkdir()
        table = pa.table({"y": values, **(more if name == "t" else {})})
        for i, start in enumerate(range(0, N, 200)):
            path = folder / name / f"{i}.parquet"
            pq.write_table(table.slice(start, 200), path, row_group_size=75)
    return folder


@pytest.fixture(scope="module", params=["processes", "threads", "backwards"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "processes":
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            yield pool
    elif request.param == "threads":
        with ThreadPoolExecutor(2) as pool:
            yield pool
    else:
        yield Backwards(1)


@pytest.fixture(autouse=True)
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_tasks, "_TASKS_PER_WORKER", 20)


def say_nothing(_: str) -> None:
    pass


PRED: dict[str, Any] = {"pred": "y"}
HOW: dict[str, Any] = {"target": "y", "warn": say_nothing, "execution": Execution(None, 50)}


def test_evaluate_compare_and_report_give_the_bits_of_threads(
    folder: Path, executor: Executor
) -> None:
    a, b, t = (str(folder / name) for name in "abt")
    cases: list[tuple[Any, tuple[str, ...], dict[str, Any]]] = [
        (evaluate, (a, t), {"betas": (0.5, 2.0), "statistics": True, "also": ("mae", "max")}),
        (evaluate, (a, t), {"by": "g", "weight": "w", "quantiles": 0.3, "top": 3}),
        (evaluate, (a, t), {"quantiles": (0.1, 0.9), "nan": "omit"}),
        (compare, (a, b, t), {"by": "g", "pred_a": "y", "pred_b": "y"}),
        (report, (a, t), {"by": "g"}),
    ]
    for function, paths, more in cases:
        names = {**HOW, **({} if function is compare else PRED)}
        found = function(*paths, **names, **more, executor=executor)
        expected = function(*paths, **names, **more)
        if function is report:
            assert found.to_html() == expected.to_html()
            continue
        assert found == expected
        document = found.to_json()
        assert document.pop("engine") == type(executor).__name__
        assert document == expected.to_json()


@pytest.mark.parametrize("format_name", ["csv", "parquet", "npy"])
def test_losses_are_written_in_order_with_the_same_bytes(
    folder: Path, executor: Executor, format_name: str
) -> None:
    written = []
    for one in (None, executor):
        file = io.BytesIO()
        output = LossOutput(file, format_name)
        paths = (str(folder / "a"), str(folder / "t"))
        evaluate(*paths, **PRED, **HOW, losses_to=output, executor=one)
        written.append(file.getvalue())
    assert written[0] == written[1]


def test_progress_reaches_the_end(folder: Path, executor: Executor) -> None:
    seen: list[Progress] = []
    paths = (str(folder / "a"), str(folder / "t"))
    evaluate(*paths, **PRED, **HOW, executor=executor, progress=seen.append)
    assert len(seen) > 5
    assert (seen[-1].rows, seen[-1].n_rows) == (N, N)


def test_an_error_in_a_part_is_that_of_threads(
    folder: Path, tmp_path: Path, executor: Executor
) -> None:
    target = pq.read_table(folder / "t").column("y").to_numpy().copy()
    table = pa.table({"y": pa.array(target, mask=np.isin(np.arange(N), [350, 950]))})
    pq.write_table(table, tmp_path / "t", row_group_size=50)
    messages = []
    for one in (None, executor):
        with pytest.raises(DataError) as caught:
            evaluate(str(folder / "a"), str(tmp_path / "t"), **PRED, **HOW, executor=one)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert "351" in messages[0]


def test_nothing_stays_open_and_what_is_cached_is_of_one_pass(folder: Path, tmp_path: Path) -> None:
    paths = (str(tmp_path / "p.npy"), str(tmp_path / "t.npy"))
    np.save(paths[1], np.zeros(1000))
    for value in (1.0, 3.0):  # the same job, over a file of the same size
        np.save(paths[0], np.full(1000, value))
        assert evaluate(*paths, executor=Backwards(1)).mean == value - 0.5
        assert tasks._last == []


def test_only_threads_see_data_in_memory() -> None:
    x, y = np.arange(9.0), np.zeros(9)
    with ThreadPoolExecutor(2) as pool:
        assert evaluate(x, y, executor=pool) == evaluate(x, y)
    with pytest.raises(SettingsError, match="is in memory, and only paths travel to other proc"):
        evaluate(x, y, executor=Backwards(1))
    with pytest.raises(SettingsError, match="-: other processes cannot read a pipe"):
        evaluate("-", "t.npy", executor=Backwards(1))


def test_losses_of_rows_that_cannot_be_cut_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y\n1\n2\n")
    path = str(tmp_path / "p.csv")
    output = LossOutput(io.BytesIO(), "csv")
    with pytest.raises(SettingsError, match="the rows cannot be cut into parts that are small"):
        evaluate(path, path, losses_to=output, executor=Backwards(1), warn=say_nothing)
    assert evaluate(path, path, executor=Backwards(1), warn=say_nothing).mean == 0.0
