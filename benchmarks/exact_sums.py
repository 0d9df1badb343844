"""The kernel against the fastest published exact sum, Neal's xsum with its large accumulator.

    pip download --no-deps --no-binary :all: xsum && tar xf xsum-*.tar.gz
    python benchmarks/exact_sums.py xsum-*/xsum [--runs 21]

In one process, on one thread, on numbers in cache and in turn: nanoseconds a float64 number for the
sum alone by xsum, and a pair of float64 or float32 numbers for the kernel, which forms |x - y|, the
Smooth L1 loss, its exact sum, counts and extremes. Needs a C++ compiler.

Source: R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015,
arXiv:1505.05571; the code is that of https://pypi.org/project/xsum.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from kernel import timed

from smoothl1.backends import _native

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
IN_CACHE = 1 << 15
REPEATS = 200


def xsum_of(source: Path, folder: str) -> Callable[[Any], float]:
    """The sum of an array by xsum, compiled."""
    library = str(Path(folder) / "xsum.so")
    flags = ["-O3", "-march=native", "-shared", "-fPIC", f"-I{source}"]
    subprocess.run(["c++", *flags, str(HERE / "xsum_large.cpp"), "-o", library], check=True)
    function = ctypes.CDLL(library).xsum_large_sum
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.c_void_p, ctypes.c_long]
    return lambda numbers: float(function(numbers.ctypes.data, numbers.size))


def repeated(work: Callable[[], object]) -> Callable[[], None]:
    """The same work so often that it takes some milliseconds."""

    def run() -> None:
        for _ in range(REPEATS):
            work()

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the folder of xsum.hpp")
    parser.add_argument("--runs", type=int, default=21)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    pairs = {dtype: rng.standard_normal((2, IN_CACHE)).astype(dtype) for dtype in ("f8", "f4")}
    beta = np.array([0.5])
    with tempfile.TemporaryDirectory() as folder:
        xsum = xsum_of(given.source, folder)
        numbers = pairs["f8"][0]
        if xsum(numbers) != math.fsum(numbers):
            raise SystemExit("xsum and math.fsum disagree")
        jobs = {"xsum, large accumulator, a float64 number": repeated(lambda: xsum(numbers))}
        for version in _native.VERSIONS:
            for dtype, (one, other) in pairs.items():
                jobs[f"kernel, {version}, a pair of {np.dtype(dtype)}"] = repeated(
                    lambda one=one, other=other, version=version: _native.tally(  # type: ignore[misc]
                        one, other, beta, None, 2048, version
                    )
                )
        times = timed(jobs, given.runs)
    print("| one thread, in cache | ns, median | ns, least |\n|---|---|---|")
    for name, runs in times.items():
        ns = [1e9 * run / (REPEATS * IN_CACHE) for run in runs]
        print(f"| {name} | {statistics.median(ns):.3f} | {min(ns):.3f} |")


if __name__ == "__main__":
    main()
