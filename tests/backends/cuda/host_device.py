"""The CUDA kernels on this processor, compiled by its C++ compiler: for tests without a GPU."""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.backends.cuda.backend import CudaBackend
from smoothl1.backends.cuda.memory import DEFINES, ITEMS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKENDS = Path(__file__).parents[3] / "core" / "backends"
HOST = Path(__file__).with_name("host.cpp")
COMPILER = shutil.which("c++")
FLAGS = (
    *("-std=c++20", "-ffp-contract=off", "-shared", "-fPIC"),
    *("-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas"),
    *("-I", str(BACKENDS), "-I", str(BACKENDS / "cuda")),
)
USUAL_THREADS = 4
"""Threads of a block in most tests. These kernels are optimized; all others are compiled sooner."""

ORDERS = {"in order": 0, "in reverse": 1, "at random": 2}


class Array(np.ndarray[Any, Any]):
    """An array of the device: known by its class, since all memory is that of this process."""


def compiled(folder: Path, n_threads: int, *flags: str, is_shipped: bool = False) -> Path:
    """Compile the kernels as a library.

    Args:
        folder: Receives it.
        n_threads: Threads of a block.
        flags: More flags of the compiler.
        is_shipped: Whether rounds are as long as on a GPU; else small arrays have many.
    """
    library = folder / f"cuda_on_host_{n_threads}.so"
    rounds = DEFINES if is_shipped else {"ITEMS": ITEMS, "ROUND": 2, "MOST_ADDED": 4 * ITEMS}
    macros = {"THREADS": n_threads, **rounds}
    defines = [f"-D{name}={value}" for name, value in macros.items()]
    command = [str(COMPILER), *FLAGS, *flags, *defines, "-o", str(library), str(HOST)]
    subprocess.run(command, check=True)
    return library


def loaded(library: Path) -> ctypes.CDLL:
    """The kernels of a library."""
    kernels = ctypes.CDLL(str(library))
    kernels.run_kernel.argtypes = [
        *(ctypes.c_char_p, ctypes.c_int, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int)
    ]
    return kernels


@cache
def _kernels(n_threads: int) -> ctypes.CDLL:
    """The kernels, compiled once for all processes of a run of the tests."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"smoothl1-cuda-{run}-{n_threads}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        libraries = [*folder.glob("*.so")]
        flags = ("-O1",) if n_threads == USUAL_THREADS else ()
        return loaded(libraries[0] if libraries else compiled(folder, n_threads, *flags))


class HostDevice:
    """A device whose threads take turns.

    Args:
        n_blocks: Most blocks of a grid.
        order: The order in which threads and blocks run: a value of `ORDERS`.
        n_threads: Threads of a block.
        name: The name of the device.
        kernels: A library of kernels for so many threads; unset, the one of all tests.
    """

    def __init__(
        self,
        n_blocks: int = 2,
        order: int = 0,
        n_threads: int = USUAL_THREADS,
        name: str = "cuda-on-host",
        kernels: ctypes.CDLL | None = None,
    ) -> None:
        self.name = name
        self.n_blocks = n_blocks
        self.order = order
        self.n_threads = n_threads
        self.kernels = kernels or _kernels(n_threads)

    def stream(self) -> HostStream:
        return HostStream(self)

    def current_stream(self) -> HostStream:
        return HostStream(self)

    def array_of(self, values: Any, name: str) -> NDArray[Any]:
        return np.array(values.numbers, order="C").view(Array)

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        return np.full(shape, 7, dtype).view(Array)

    def address(self, array: NDArray[Any]) -> int:
        return int(array.ctypes.data)


class HostStream:
    def __init__(self, device: HostDevice) -> None:
        self.device = device

    def send(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        if isinstance(values, Array):
            return values
        native = values.dtype.newbyteorder("=")
        return np.array(values, native, order="C", copy=True).view(Array)

    def buffer(self, name: str, n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        return np.full(n, 7, dtype).view(Array)

    def launch(self, kernel: str, n_blocks: int, n_shared: int, *arguments: Any) -> None:
        words = np.array(list(map(_word, arguments)), np.int64)
        done = self.device.kernels.run_kernel(
            kernel.encode(), n_blocks, n_shared, words.ctypes.data, self.device.order
        )
        assert done, f"no kernel {kernel}"

    def wait(self) -> None:
        """All work is done when a launch returns."""

    def fetch(self, array: NDArray[Any]) -> NDArray[Any]:
        return np.array(array)


def _word(argument: Any) -> int:
    """An argument as 64 bits."""
    if argument is None:
        return 0
    if isinstance(argument, float):
        return int(struct.unpack("q", struct.pack("d", argument))[0])
    return int(argument.ctypes.data) if isinstance(argument, np.ndarray) else int(argument)


def cuda_on_host(n_blocks: int = 2, order: int = 0) -> CudaBackend:
    """The CUDA backend, with the kernels on this processor."""
    return CudaBackend(HostDevice(n_blocks, order), new_backend())
