"""The CUDA kernels under the sanitizers of the C++ compiler: nothing that they do is undefined."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends.cuda import host_device
from tests.backends.cuda.host_device import COMPILER

ROOT = Path(__file__).parents[3]
SANITIZERS = "-fsanitize=address,undefined"
FLAGS = (SANITIZERS, "-fno-sanitize-recover=all", "-g1")

PROGRAM = """
import sys
from itertools import product
import numpy as np
sys.path.insert(0, sys.argv[1])
from tests.backends.cuda import host_device
kernels = host_device.loaded(sys.argv[2])
from smoothl1.backends.choice import new_backend
from smoothl1.backends.cuda.backend import CudaBackend
from tests.oracle import DTYPES, extremes

devices = [host_device.HostDevice(2, order, 4, kernels=kernels) for order in (0, 1, 2)]
backends = [CudaBackend(device, new_backend()) for device in devices]
for (i, one), (j, other) in product(enumerate(DTYPES), enumerate(DTYPES)):
    backend = backends[(i + j) % 3]  # each dtype, on both sides, in each order of threads
    pred, target = np.resize(extremes(one), 75), np.resize(extremes(other), 75)[::-1].copy()
    weight, out = np.linspace(1, 2, 75), np.zeros(75, np.float16)
    with np.errstate(all="ignore"):
        backend.tally(pred, target, (0.0, 0.3, 1e308), out=out, moments=True)
        backend.tally(pred, target, (0.3, 1.0), weight=weight)
        backend.losses(pred, target, 0.5, weight)
        backend.gradient(pred, target, 0.3, 75.0, out)
for backend in backends:
    for spread in (0, 30, 1000):
        losses = np.exp2(np.linspace(-spread, spread, 500))
        backend.tally(losses, np.zeros(500), (0.0, 0.3), moments=True)
print("done")
"""


def library_of(name: str) -> str:
    """A library of the compiler, which has to be loaded before all others."""
    found = subprocess.run(
        [str(COMPILER), f"-print-file-name={name}"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return found if Path(found).is_absolute() else ""


@pytest.mark.grid
@pytest.mark.skipif(sys.platform != "linux" or COMPILER is None, reason="needs a compiler of Linux")
def test_the_kernels_of_cuda_do_nothing_undefined(tmp_path: Path) -> None:
    loaded_first = [library_of(name) for name in ("libasan.so", "libubsan.so")]
    if not all(loaded_first):
        pytest.skip("needs the compiler's sanitizers")
    library = host_device.compiled(tmp_path, 4, *FLAGS)
    given = {"LD_PRELOAD": " ".join(loaded_first), "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT), str(library)],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
