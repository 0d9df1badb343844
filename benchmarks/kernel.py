"""The kernel alone, in one process and on one thread, against reading and adding in plain C.

    python benchmarks/kernel.py [--elements 64000000] [--runs 7]

Needs a C compiler, for `plain.c` (-O3 -march=native -ffast-math: it may add in any order). The last
table is of two threads, each with its own elements in cache, against one with all of them.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends import _native
from smoothl1.backends.choice import new_backend

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
IN_CACHE = 1 << 17


def plain_sum(folder: str) -> Callable[[Any, Any], float]:
    """The plain loop, compiled."""
    library = str(Path(folder) / "plain.so")
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, str(HERE / "plain.c"), "-o", library], check=True)
    function = ctypes.CDLL(library).plain
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t]
    return lambda one, other: function(one.ctypes.data, other.ctypes.data, one.size)


def timed(jobs: dict[str, Callable[[], object]], n_runs: int) -> dict[str, list[float]]:
    """Seconds of each job, in turn, after a run of each that does not count."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for run in range(n_runs + 1):
        for name, job in jobs.items():
            begin_s = time.perf_counter()
            job()
            if run:
                times[name].append(time.perf_counter() - begin_s)
    return times


def two_threads(name: str, n_runs: int) -> float:
    """How much faster two threads are than one, at the same work."""
    rng = np.random.default_rng(0)
    pairs = [rng.standard_normal((2, IN_CACHE), np.float32) for _ in range(2)]

    def work(pair: Any, n: int) -> None:
        backend = new_backend(name)
        for _ in range(n):
            backend.tally(pair[0], pair[1], (1.0,))

    def run(n_threads: int) -> None:
        n = 600 // n_threads
        threads = [threading.Thread(target=work, args=(pairs[i], n)) for i in range(n_threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    times = timed({"one": lambda: run(1), "two": lambda: run(2)}, n_runs)
    return statistics.median(times["one"]) / statistics.median(times["two"])


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=64_000_000)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    pred, target = (rng.standard_normal(given.elements, np.float32) for _ in range(2))
    three = np.array([0.1, 0.5, 2.0])
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_sum(folder)
        jobs: dict[str, Callable[[], object]] = {"plain C": lambda: plain(pred, target)}
        for version, beta in itertools.product(_native.VERSIONS, (0.5, 0.3)):
            betas = np.array([beta])
            jobs[f"kernel, {version}, beta {beta}"] = lambda betas=betas, version=version: (
                _native.tally(pred, target, betas, None, 2048, version)
            )
        jobs["kernel, three betas"] = lambda: _native.tally(pred, target, three, None, 2048, None)
        jobs["NumPy backend"] = lambda: new_backend("cpu").tally(pred, target, (0.5,))
        times = timed(jobs, given.runs)
    print("| one thread | ms, median | ms, least | plain C over it |\n|---|---|---|---|")
    floor = statistics.median(times["plain C"])
    for name, runs in times.items():
        middle = statistics.median(runs)
        print(f"| {name} | {middle * 1e3:.1f} | {min(runs) * 1e3:.1f} | {floor / middle:.2f} |")
    print("\n| two threads against one | speedup |\n|---|---|")
    for name in ("native", "cpu"):
        print(f"| {name} | {two_threads(name, given.runs):.2f} |")


if __name__ == "__main__":
    main()
