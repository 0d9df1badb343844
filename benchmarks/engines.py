"""Measure threads against processes of Dask.

Makes 64 M rows of Parquet (two columns of float32, in shards of 2 M rows) in a folder, unless they
are there. Prints the seconds of each engine on two workers, without the start of the cluster,
then the cost of a task, and the seconds and memory of planning and merging many.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1 import Execution, answer, evaluate, open_dask, plan_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

N_SHARDS, SHARD_ROWS = 32, 2_000_000
N_WORKERS, N_ROUNDS = 2, 5
N_EMPTY_TASKS, N_MERGED, N_PLANNED = 1_000, 1_000_000, 100_000


def make(folder: Path) -> None:
    """Write the shards."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(N_SHARDS):
        path = folder / f"part-{i:03}.parquet"
        if not path.exists():
            target = np.random.default_rng(i).normal(size=(2, SHARD_ROWS)).astype(np.float32)
            pq.write_table(pa.table({"p": target[0] + target[1], "t": target[1]}), path)


def seconds(run: Callable[[], object]) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def compare_engines(folder: Path) -> None:
    """Threads and Dask in turn."""
    begin = time.perf_counter()
    with open_dask(n_workers=N_WORKERS) as engine:
        print(f"start of the cluster: {time.perf_counter() - begin:.1f} s")

        def run(executor: object) -> float:
            how = {"pred": "p", "target": "t", "execution": Execution(N_WORKERS)}
            return seconds(lambda: evaluate(str(folder), **how, executor=executor))

        print(f"first run, workers import packages: {run(engine):.2f} s")
        rounds = [(run(None), run(engine)) for _ in range(N_ROUNDS)]
        threads, dask = (median(times) for times in zip(*rounds, strict=True))
        print(f"threads: {threads:.2f} s, Dask: {dask:.2f} s, ratio {dask / threads:.2f}")
        empty = seconds(lambda: list(engine.as_completed(abs, range(N_EMPTY_TASKS))))
        print(f"a task: {empty / N_EMPTY_TASKS * 1e3:.2f} ms")


def measure_many(folder: Path) -> None:
    """The plan of many tasks, and the merge of many answers."""
    paths = [str(folder / name) for name in ("p.npy", "t.npy")]
    for path in paths:
        np.save(path, np.random.default_rng(1).normal(size=N_PLANNED))
    tracemalloc.start()
    begin = time.perf_counter()
    plan = plan_tasks(*paths, task_elements=1)
    peak = tracemalloc.get_traced_memory()[1] >> 20
    print(f"plan of {len(plan.tasks):,} tasks: {time.perf_counter() - begin:.1f} s, {peak} MiB")
    tracemalloc.stop()
    small = plan_tasks(*paths, task_elements=N_PLANNED // 100)
    found = [answer(task).value for task in small.tasks]
    total = found[0]
    merging = seconds(lambda: [total.merge(found[i % 99 + 1]) for i in range(N_MERGED)])
    print(f"merge of {N_MERGED:,} tallies: {merging:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "engines")
    data = parser.parse_args().folder
    make(data)
    compare_engines(data)
    with tempfile.TemporaryDirectory() as temporary:
        measure_many(Path(temporary))
