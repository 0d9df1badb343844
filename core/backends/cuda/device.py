"""A GPU, through CuPy: its memory, streams and compiled kernels. Only this module imports CuPy."""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.cuda.arrays import first_line, read
from smoothl1.backends.cuda.memory import DEFINES
from smoothl1.errors import MissingExtraError, SmoothL1Error, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

N_THREADS = 256
"""Threads of a block."""

BLOCKS_PER_MULTIPROCESSOR = 2
"""Blocks of a grid for each multiprocessor: as many as have registers at a time."""

_INSUFFICIENT_DRIVER = 35  # a code of CUDA, also where there is no driver
_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_CACHE = "CUPY_CACHE_DIR=FOLDER, or TMPDIR=FOLDER"
_ON_CPU = "the CPU gives the same bits"
_INSTALL = "pip install 'smoothl1[cuda12x]' or 'smoothl1[cuda13x]'"


def source() -> str:
    """The text of `kernels.cu` with that of the files that it includes: CuPy compiles one text."""
    here, seen = Path(__file__).parent, set[str]()

    def read(name: str) -> str:
        if name in seen:
            return ""
        seen.add(name)
        folder = here if (here / name).exists() else here.parent  # as _element.h
        text = (folder / name).read_text(encoding="utf-8")
        return _INCLUDE.sub(lambda found: read(found[1]), text)

    return read("kernels.cu")


def options() -> tuple[str, ...]:
    """The options of the compiler."""
    macros = {"THREADS": N_THREADS, **DEFINES}
    return ("--std=c++17", *(f"-D{name}={value}" for name, value in macros.items()))


@cache
def open_device(number: int) -> CupyDevice:
    """The GPU of a number.

    Raises:
        MissingExtraError: CuPy or its compiler is not installed, or cannot be imported.
        StorageError: There is no driver, or no such GPU.
    """
    cupy = _imported()
    try:
        n_devices = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise _no_gpu(cupy, error) from error
    if n_devices == 0:
        raise StorageError("no GPU can be used: there is none", hint=_ON_CPU)
    if number >= n_devices:
        found = f"{n_devices} GPU" + "s" * (n_devices != 1)
        raise StorageError(f"there is no device cuda:{number}, only {found}")
    try:
        cupy.cuda.nvrtc.getVersion()
    except Exception as error:  # CuPy raises what its loader raised
        raise MissingExtraError(f"a GPU needs NVRTC: {first_line(error)}", hint=_INSTALL) from error
    with _refusals(cupy, f"cuda:{number}"):
        opened = CupyDevice(cupy, number)
        with opened.device:
            cupy.cuda.runtime.memGetInfo()  # a GPU that another process has for itself refuses
    return opened


def device_at(address: int) -> int:
    """The number of the GPU that holds an address; 0 for that of no elements."""
    opened = open_device(0)
    if address == 0:
        return 0
    with opened.refusals(), opened.device:
        return int(opened.cupy.cuda.runtime.pointerGetAttributes(address).device)


def _imported() -> Any:
    """CuPy, which may be absent, broken, built for something else, or another thing of its name.

    Raises:
        MissingExtraError: It cannot be imported.
        StorageError: There is no folder for its kernels, or no memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # two wheels of CuPy are a page of warnings
            import cupy
    except MemoryError as error:
        raise StorageError("there is no memory left to load CuPy", hint=_ON_CPU) from error
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:  # its folder of kernels
            raise StorageError(f"CuPy keeps kernels in a folder: {error}", hint=_CACHE) from error
        what = f"a GPU needs CuPy: {first_line(error.__cause__ or error)}"
        raise MissingExtraError(what, hint=_INSTALL) from error
    if not hasattr(cupy, "cuda"):
        where = next(iter(getattr(cupy, "__path__", ())), "another module")
        raise MissingExtraError(f"a GPU needs CuPy, which {where} is not", hint=_INSTALL)
    return cupy


def _no_gpu(cupy: Any, error: Exception) -> StorageError:
    """The error that the driver answers for no GPU."""
    why, hint = first_line(error), _ON_CPU
    if getattr(error, "status", None) == _INSUFFICIENT_DRIVER:
        runtime = cupy.cuda.runtime
        of_driver, of_cupy = runtime.driverGetVersion(), runtime.runtimeGetVersion()
        if of_driver == 0:
            why = "there is no driver of NVIDIA"
        else:
            why = f"the driver is of CUDA {_version(of_driver)}, CuPy of {_version(of_cupy)}"
            hint = "a newer driver, or the CuPy of its CUDA version"
    return StorageError(f"no GPU can be used: {why}", hint=hint)


def _version(number: int) -> str:
    """A version of CUDA, 12040 for 12.4."""
    return f"{number // 1000}.{number % 1000 // 10}"


@contextmanager
def _refusals(cupy: Any, name: str) -> Iterator[None]:
    """Turn what a GPU refuses into errors of this package."""
    cuda = cupy.cuda
    try:
        yield
    except SmoothL1Error:
        raise
    except cuda.memory.OutOfMemoryError as error:
        hint = f"for files, fewer --threads; {_ON_CPU}"
        raise StorageError(f"{name} has no memory left", hint=hint) from error
    except (
        cuda.runtime.CUDARuntimeError,
        cuda.driver.CUDADriverError,
        cuda.nvrtc.NVRTCError,
        cuda.compiler.CompileException,
    ) as error:
        raise StorageError(f"{name} failed: {first_line(error)}", hint=_ON_CPU) from error
    except OSError as error:  # CuPy keeps what it compiled in files
        raise StorageError(f"CuPy keeps kernels in a folder: {error}", hint=_CACHE) from error


class CupyDevice:
    """A GPU.

    Args:
        cupy: The module.
        number: The number of the GPU.

    Attributes:
        name: "cuda:0" for the first.
        n_threads: See `contract.Device`.
        n_blocks: See `contract.Device`.
    """

    n_threads = N_THREADS

    def __init__(self, cupy: Any, number: int) -> None:
        self.cupy = cupy
        self.name = f"cuda:{number}"
        self.device = cupy.cuda.Device(number)
        multiprocessors = self.device.attributes["MultiProcessorCount"]
        self.n_blocks = BLOCKS_PER_MULTIPROCESSOR * multiprocessors
        self._kernels: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._of_thread = threading.local()

    def stream(self) -> CupyStream:
        with self.refusals(), self.device:
            return CupyStream(self, self.cupy.cuda.Stream(non_blocking=True), is_own=True)

    def current_stream(self) -> CupyStream:
        with self.refusals(), self.device:
            current = self.cupy.cuda.get_current_stream()
        if getattr(self._of_thread, "current", None) != current:
            self._of_thread.current = current
            self._of_thread.stream = CupyStream(self, current)
        stream: CupyStream = self._of_thread.stream
        return stream

    def address(self, array: Any) -> int:
        return int(array.data.ptr)

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """A new array of the GPU."""
        with self.refusals(), self.device:
            return self.cupy.empty(shape, dtype)

    def array_of(self, values: Any, name: str) -> Any:
        """An array of any library as one of CuPy; see `arrays.read`."""
        with self.refusals(), self.device:
            return read(self.cupy, values, name)

    def kernel(self, name: str) -> Any:
        """A kernel, compiled when it is first wanted; CuPy keeps what was compiled in a folder."""
        with self._lock:
            if name not in self._kernels:
                module = self.cupy.RawModule(
                    code=source(), options=options(), name_expressions=(name,)
                )
                self._kernels[name] = module.get_function(name)
            return self._kernels[name]

    def refusals(self) -> AbstractContextManager[None]:
        """Turn what the GPU refuses into errors of this package."""
        return _refusals(self.cupy, self.name)


class CupyStream:
    """A stream of a GPU, with buffers by name: pinned ones of the host, and those of the GPU."""

    def __init__(self, device: CupyDevice, stream: Any, *, is_own: bool = False) -> None:
        self._is_own = is_own
        self._device = device
        self._stream = stream
        self._pinned: dict[str, NDArray[np.uint8]] = {}
        self._buffers: dict[str, Any] = {}
        self._copied: dict[str, Any] = {}

    def __del__(self) -> None:
        """Give the buffers of the GPU back: CuPy keeps those of a stream for that stream."""
        if self._is_own:
            with suppress(Exception), self._device.device:  # the interpreter may be ending
                self._buffers.clear()
                self._device.cupy.get_default_memory_pool().free_all_blocks(self._stream)

    def send(self, name: str, values: Any) -> Any:
        if type(values) is not np.ndarray:
            return values
        device, cupy = self._device, self._device.cupy
        with device.refusals(), device.device, self._stream:
            if name in self._copied:  # the pinned buffer may still be read
                self._copied[name].synchronize()
            if name not in self._pinned or self._pinned[name].size < values.nbytes:
                import cupyx

                self._pinned[name] = cupyx.empty_pinned(values.nbytes, np.uint8)
            pinned = self._pinned[name][: values.nbytes]
            native = values.dtype.newbyteorder("=")
            np.copyto(pinned.view(native), values)
            sent = self._bytes(name, values.nbytes)
            sent.set(pinned, stream=self._stream)
            self._copied[name] = cupy.cuda.Event(disable_timing=True)
            self._copied[name].record(self._stream)
            return sent if native.kind == "V" else sent.view(native)

    def buffer(self, name: str, n: int, dtype: np.dtype[Any]) -> Any:
        with self._device.refusals(), self._device.device, self._stream:
            return self._bytes(name, n * dtype.itemsize).view(dtype)

    def launch(self, kernel: str, n_blocks: int, n_shared: int, *arguments: Any) -> None:
        device = self._device
        values = tuple(np.intp(0) if value is None else value for value in arguments)
        with device.refusals(), device.device, self._stream:
            run = device.kernel(kernel)
            run((n_blocks,), (device.n_threads,), values, shared_mem=n_shared)

    def fetch(self, array: Any) -> NDArray[Any]:
        with self._device.refusals(), self._device.device:
            found: NDArray[Any] = array.get(stream=self._stream)
            return found

    def wait(self) -> None:
        with self._device.refusals(), self._device.device:
            self._stream.synchronize()

    def _bytes(self, name: str, n: int) -> Any:
        if name not in self._buffers or self._buffers[name].size < n:
            self._buffers[name] = self._device.cupy.empty(n, np.uint8)
        return self._buffers[name][:n]
