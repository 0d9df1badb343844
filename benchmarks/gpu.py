"""The CUDA kernels on a GPU, on arrays that are there: against copying, PyTorch and CUB.

    python benchmarks/gpu.py [--elements 64000000] [--runs 21] [--cccl FOLDER]

Needs a GPU and `pip install '.[cuda12x]'` or `'.[cuda13x]'`. PyTorch is measured if it is
installed, CUB if nvcc is and its CCCL has the level of determinism (3.1 and newer; `pip install
nvidia-cuda-cccl` has it, and --cccl names its folder of headers, nvidia/cu13/include/cccl). Times
are medians of the runs, each program in turn: of the kernels, between two events of the GPU, and of
the whole call, until Python has the answer.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from smoothl1.backends.choice import new_backend
from smoothl1.backends.cuda.device import CupyStream, open_device
from smoothl1.errors import MissingExtraError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = Path(__file__).parent / "peers"
COPY, TORCH = "copy on the GPU (read and written)", "PyTorch, mean, float32"


class Job(NamedTuple):
    """What is measured.

    Attributes:
        run: Does it once.
        n_bytes: Bytes that it has to read and write.
    """

    run: Callable[[], object]
    n_bytes: int


class Times:
    """Milliseconds of jobs: of kernels on the GPU, and of whole calls that end with the answer."""

    def __init__(self, cupy: Any, jobs: dict[str, Job], n_runs: int) -> None:
        self._cupy = cupy
        self._launches: list[tuple[Any, Any]] = []
        self._busy = cupy.empty(1 << 31, cupy.uint8)
        self._is_ahead = False
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        with mock.patch.object(CupyStream, "launch", self._launch(CupyStream.launch)):
            for run in range(n_runs + 2):
                for name, job in jobs.items():
                    times = self._once(job)
                    if run > 1:
                        found[name].append(times)
        self.of_kernel = {name: statistics.median(t for t, _ in of) for name, of in found.items()}
        self.of_call = {name: statistics.median(t for _, t in of) for name, of in found.items()}

    def _launch(self, launch: Callable[..., None]) -> Callable[..., None]:
        """A launch between two events, on the current stream, as all work of these jobs is."""

        def timed(*args: Any) -> None:
            self._launches.append((self._cupy.cuda.Event(), self._cupy.cuda.Event()))
            begin, end = self._launches[-1]
            if self._is_ahead:  # the GPU has work until the host has launched what is measured
                self._busy.fill(0)
            begin.record()
            launch(*args)
            end.record()

        return timed

    def _once(self, job: Job) -> tuple[float, float]:
        cupy = self._cupy
        self._is_ahead = False
        cupy.cuda.Device(0).synchronize()
        begin_s = time.perf_counter()
        job.run()
        cupy.cuda.Device(0).synchronize()
        took_ms = (time.perf_counter() - begin_s) * 1e3
        self._is_ahead = True
        self._launches.clear()
        whole = cupy.cuda.Event(), cupy.cuda.Event()
        self._busy.fill(0)
        whole[0].record()
        job.run()
        whole[1].record()
        cupy.cuda.Device(0).synchronize()
        spans = self._launches or [whole]  # all that another program does is on the GPU
        return sum(cupy.cuda.get_elapsed_time(*span) for span in spans), took_ms


def tallies(cupy: Any, n: int) -> dict[str, Job]:
    """Our jobs."""
    backend = new_backend("cuda:0")
    rng = cupy.random.default_rng(0)
    pred, target = (rng.standard_normal(n, cupy.float32) for _ in range(2))
    far = cupy.exp2(cupy.random.permutation(cupy.linspace(-1000, 1000, n // 8)))
    nothing = cupy.zeros_like(far)
    padded = pred.copy()
    padded[: n // 10] = target[: n // 10]
    weight, out = cupy.full(n, 0.5), cupy.empty(n, cupy.float32)

    def of(dtype: Any, *betas: float, **options: Any) -> Callable[[], object]:
        one, other = pred.astype(dtype), target.astype(dtype)
        return lambda: backend.tally(one, other, betas, **options)

    return {
        "mean, float32": Job(of("f4", 0.5), 8 * n),
        "mean, float32, beta 0.3 (divides)": Job(of("f4", 0.3), 8 * n),
        "mean, float32, the first tenth 0": Job(
            lambda: backend.tally(padded, target, (0.5,)), 8 * n
        ),
        "mean, float16": Job(of("f2", 0.5), 4 * n),
        "mean, float64": Job(of("f8", 0.5), 16 * n),
        "three betas, float32": Job(of("f4", 0.1, 0.5, 2.0), 8 * n),
        "with squares, float32": Job(of("f4", 0.5, moments=True), 8 * n),
        "weighted, float32": Job(of("f4", 0.5, weight=weight), 16 * n),
        "none, float32": Job(lambda: backend.write_losses(pred, target, 0.5, out), 12 * n),
        "adversarial, float64: every loss in another binade": Job(
            lambda: backend.tally(far, nothing, (0.0,)), 16 * (n // 8)
        ),
    }


def peers(cupy: Any, n: int, cccl: str | None) -> dict[str, Job]:
    """Copying, and other programs that are installed."""
    pred, target = (cupy.random.default_rng(i).standard_normal(n, cupy.float32) for i in range(2))
    to = cupy.empty_like(pred)
    found = {COPY: Job(lambda: cupy.copyto(to, pred), 8 * n)}
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: not measured")
    else:
        x, y = torch.from_dlpack(pred), torch.from_dlpack(target)
        loss = torch.nn.functional.smooth_l1_loss
        found[TORCH] = Job(lambda: loss(x, y, beta=0.5), 8 * n)
    sum_of = cub_sum(cupy, cccl)
    if sum_of is not None:
        total = cupy.empty(1, cupy.float32)
        pointers = pred.data.ptr, ctypes.c_longlong(n), total.data.ptr

        def run() -> None:
            if sum_of(*pointers):
                raise RuntimeError("CUB failed")

        found["CUB, gpu_to_gpu sum, float32"] = Job(run, 4 * n)
    return found


def cub_sum(cupy: Any, cccl: str | None) -> Callable[..., int] | None:
    """CUB's sum with its strongest level of determinism, compiled; None if it cannot be."""
    nvcc = shutil.which("nvcc")
    if nvcc is None:
        print("nvcc is not installed: CUB is not measured")
        return None
    capability = cupy.cuda.Device(0).compute_capability
    library = Path(tempfile.mkdtemp()) / "cub_sum.so"
    flags = ["-std=c++17", f"-arch=sm_{capability}", "-shared", "-Xcompiler", "-fPIC"]
    include = [] if cccl is None else ["-I", cccl]
    command = [nvcc, *flags, *include, str(PEERS / "cub_sum.cu"), "-o", str(library)]
    if subprocess.run(command, check=False).returncode:
        print("this CCCL has no gpu_to_gpu: CUB is not measured")
        return None
    functions = ctypes.CDLL(str(library))
    if functions.keep_memory():
        raise RuntimeError("the memory pool of CUDA cannot be set up")
    functions.cub_sum.argtypes = [ctypes.c_void_p, ctypes.c_longlong, ctypes.c_void_p]
    function: Callable[..., int] = functions.cub_sum
    return function


def main() -> None:
    """Print a table for `RESULTS.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=64_000_000)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--cccl")
    given = parser.parse_args()
    try:
        cupy = open_device(0).cupy
    except (MissingExtraError, StorageError) as error:
        sys.exit(f"not measured: {error}")
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    jobs = peers(cupy, given.elements, given.cccl) | tallies(cupy, given.elements)
    times = Times(cupy, jobs, given.runs)
    print(f"{name}, {given.elements} pairs, {given.runs} runs, CuPy {cupy.__version__}\n")
    print("| work | kernel ms | GB/s | of the copy | over PyTorch's | whole call ms |")
    print("|---|---|---|---|---|---|")
    bandwidth = jobs[COPY].n_bytes / times.of_kernel[COPY]
    of_torch = times.of_kernel.get(TORCH, float("nan"))
    for what, job in jobs.items():
        took = times.of_kernel[what]
        speed = job.n_bytes / took
        cells = f"{took:.3f} | {speed / 1e6:.0f} | {speed / bandwidth:.2f} | {took / of_torch:.2f}"
        print(f"| {what} | {cells} | {times.of_call[what]:.3f} |")


if __name__ == "__main__":
    main()
