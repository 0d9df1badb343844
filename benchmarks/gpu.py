"""The CUDA kernels on a GPU, on arrays that are there: against copying, PyTorch and CUB.

    python benchmarks/gpu.py [--elements 64000000] [--runs 21] [--cccl FOLDER]

Needs a GPU and `pip install '.[cuda12x]'` or `'.[cuda13x]'`. PyTorch is measured if it is
installed, CUB if nvcc is and its CCCL has the level of determinism (3.1 and newer; `pip install
nvidia-cuda-cccl` has it, and --cccl names its folder of headers). Times are those between two
events of the GPU: medians of the runs, each program in turn.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.backends.cuda.device import open_device

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = Path(__file__).parent / "peers"


def timed(cupy: Any, jobs: dict[str, Callable[[], object]], n_runs: int) -> dict[str, float]:
    """Milliseconds of each job on the GPU, in turn, after two runs of each that do not count."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for run in range(n_runs + 2):
        for name, job in jobs.items():
            begin, end = cupy.cuda.Event(), cupy.cuda.Event()
            begin.record()
            job()
            end.record()
            end.synchronize()
            if run > 1:
                times[name].append(cupy.cuda.get_elapsed_time(begin, end))
    return {name: statistics.median(found) for name, found in times.items()}


def tallies(cupy: Any, n: int) -> dict[str, tuple[Callable[[], object], int]]:
    """Our jobs, and the bytes that each reads once."""
    backend = new_backend("cuda:0")
    rng = cupy.random.default_rng(0)
    pred, target = (rng.standard_normal(n, cupy.float32) for _ in range(2))
    exponents = cupy.linspace(-1000, 1000, n // 8)
    far = cupy.exp2(cupy.random.permutation(exponents))
    nothing = cupy.zeros_like(far)

    def of(dtype: Any, *betas: float, **options: Any) -> Callable[[], object]:
        one, other = pred.astype(dtype), target.astype(dtype)
        return lambda: backend.tally(one, other, betas, **options)

    weight = cupy.full(n, 0.5)
    out = cupy.empty(n, cupy.float32)
    return {
        "mean, float32": (of("f4", 0.5), 8 * n),
        "mean, float32, beta 0.3 (divides)": (of("f4", 0.3), 8 * n),
        "mean, float16": (of("f2", 0.5), 4 * n),
        "mean, float64": (of("f8", 0.5), 16 * n),
        "three betas, float32": (of("f4", 0.1, 0.5, 2.0), 8 * n),
        "with squares, float32": (of("f4", 0.5, moments=True), 8 * n),
        "weighted, float32": (of("f4", 0.5, weight=weight), 16 * n),
        "none, float32": (lambda: backend.write_losses(pred, target, 0.5, out), 12 * n),
        "adversarial, float64: every loss in another binade": (
            lambda: backend.tally(far, nothing, (0.0,)),
            16 * (n // 8),
        ),
    }


def peers(cupy: Any, n: int, cccl: str | None) -> dict[str, tuple[Callable[[], object], int]]:
    """Copying, and other programs that are installed."""
    pred, target = (cupy.random.default_rng(i).standard_normal(n, cupy.float32) for i in range(2))
    to = cupy.empty_like(pred)
    found: dict[str, tuple[Callable[[], object], int]] = {
        "copy on the GPU (read and written)": (lambda: cupy.copyto(to, pred), 8 * n)
    }
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: not measured")
    else:
        x, y = torch.from_dlpack(pred), torch.from_dlpack(target)
        loss = torch.nn.functional.smooth_l1_loss
        found["PyTorch, mean, float32"] = (lambda: loss(x, y, beta=0.5), 8 * n)
    sum_of = cub_sum(cupy, cccl)
    if sum_of is not None:
        total = cupy.empty(1, cupy.float32)
        pointers = pred.data.ptr, ctypes.c_longlong(n), total.data.ptr
        found["CUB, gpu_to_gpu sum, float32"] = (lambda: sum_of(*pointers), 4 * n)
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
    function = ctypes.CDLL(str(library)).cub_sum
    function.argtypes = [ctypes.c_void_p, ctypes.c_longlong, ctypes.c_void_p]
    return function


def main() -> None:
    """Print a table for `RESULTS.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=64_000_000)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--cccl")
    given = parser.parse_args()
    device = open_device(0)
    cupy = device.cupy
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    print(f"{name}, {given.elements} pairs, {given.runs} runs, CuPy {cupy.__version__}\n")
    jobs = peers(cupy, given.elements, given.cccl) | tallies(cupy, given.elements)
    times = timed(cupy, {what: job for what, (job, _) in jobs.items()}, given.runs)
    copy, *_ = times
    bandwidth = jobs[copy][1] / times[copy]
    print("| work | ms | GB/s | of the copy | over PyTorch's time |\n|---|---|---|---|---|")
    for what, (_, n_bytes) in jobs.items():
        speed = n_bytes / times[what]
        torch = times.get("PyTorch, mean, float32", np.nan)
        cells = f"{times[what]:.3f} | {speed / 1e6:.0f} | {speed / bandwidth:.2f}"
        print(f"| {what} | {cells} | {times[what] / torch:.2f} |")


if __name__ == "__main__":
    main()
