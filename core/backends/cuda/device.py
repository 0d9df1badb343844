"""A GPU, through CuPy: its memory, streams and compiled kernels. Only this module imports CuPy."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.cuda.words import DEFINES
from smoothl1.errors import DtypeError, MissingExtraError, SmoothL1Error, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

N_THREADS = 256
"""Threads of a block."""

BLOCKS_PER_MULTIPROCESSOR = 2
"""Blocks of a grid for each multiprocessor: as many as have registers at a time."""

_CUDA, _MANAGED = 2, 13  # kinds of devices of DLPack
_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_CACHE = "CUPY_CACHE_DIR=FOLDER, or TMPDIR=FOLDER"
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
        MissingExtraError: CuPy or its compiler is not installed.
        StorageError: There is no driver, or no such GPU.
    """
    try:
        import cupy
    except ImportError as error:
        what = f"a GPU needs CuPy: {_line(error.__cause__ or error)}"
        raise MissingExtraError(what, hint=_INSTALL) from error
    except OSError as error:  # CuPy makes its folder of kernels when it is imported
        raise StorageError(f"CuPy keeps kernels in a folder: {error}", hint=_CACHE) from error
    try:
        n_devices = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise StorageError(f"no GPU can be used: {_line(error)}", hint="--device cpu") from error
    if number >= n_devices:
        found = f"{n_devices} GPU" + "s" * (n_devices != 1)
        raise StorageError(f"there is no device cuda:{number}, only {found}")
    try:
        cupy.cuda.nvrtc.getVersion()
    except Exception as error:  # CuPy raises what its loader raised
        raise MissingExtraError(f"a GPU needs NVRTC: {_line(error)}", hint=_INSTALL) from error
    opened = CupyDevice(number)
    with opened.refusals(), opened.device:
        cupy.cuda.runtime.memGetInfo()  # a GPU that another process has for itself refuses
    return opened


def _line(error: BaseException) -> str:
    """The first line of an error that has words."""
    return next((x for x in str(error).splitlines() if x.strip(" =")), type(error).__name__)


def device_of(values: object) -> int | None:
    """The number of the GPU that holds an array of any library; None if this process does."""
    if isinstance(values, np.ndarray):
        return None
    kind_of = getattr(values, "__dlpack_device__", None)
    if kind_of is not None:
        try:
            kind, number = kind_of()
        except (BufferError, RuntimeError, TypeError, ValueError) as error:
            if type(error).__name__ == "CUDARuntimeError":
                raise StorageError(f"the GPU failed: {_line(error)}") from error
            return None  # in several places, or in none that DLPack knows
        return int(number) if kind in {_CUDA, _MANAGED} else None
    if hasattr(values, "__cuda_array_interface__"):
        return int(open_device(0).array_of(values, "an array").device.id)
    return None


class CupyDevice:
    """A GPU.

    Attributes:
        name: "cuda:0" for the first.
        n_threads: See `contract.Device`.
        n_blocks: See `contract.Device`.
    """

    n_threads = N_THREADS

    def __init__(self, number: int) -> None:
        import cupy

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
        """An array of any library as one of CuPy: contiguous, aligned, copied only if it is not.

        Raises:
            DtypeError: CuPy cannot read it.
        """
        cupy = self.cupy
        with self.refusals(), self.device:
            try:
                is_dlpack = hasattr(values, "__dlpack__") and not isinstance(values, cupy.ndarray)
                array = cupy.from_dlpack(values) if is_dlpack else cupy.asarray(values)
            except (cupy.cuda.runtime.CUDARuntimeError, MemoryError):
                raise  # see `refusals`
            except (BufferError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
                raise DtypeError(f"{name} cannot be read: {_line(error)}") from error
            size = array.dtype.itemsize
            if any(step % size for step in (array.data.ptr, *array.strides)):  # copied as bytes
                shape, strides = (*array.shape, size), (*array.strides, 1)
                of_bytes = cupy.ndarray(shape, np.uint8, array.data, strides)
                return of_bytes.copy().view(array.dtype).reshape(array.shape)
            return cupy.ascontiguousarray(array).reshape(array.shape)

    def kernel(self, name: str) -> Any:
        """A kernel, compiled when it is first wanted; CuPy keeps what was compiled in a folder."""
        with self._lock:
            if name not in self._kernels:
                module = self.cupy.RawModule(
                    code=source(), options=options(), name_expressions=(name,)
                )
                self._kernels[name] = module.get_function(name)
            return self._kernels[name]

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the GPU refuses into errors of this package."""
        cuda = self.cupy.cuda
        try:
            yield
        except SmoothL1Error:
            raise
        except cuda.memory.OutOfMemoryError as error:
            hint = "a smaller --chunk-size, fewer --threads, or --device cpu"
            raise StorageError(f"{self.name} has no memory left", hint=hint) from error
        except (
            cuda.runtime.CUDARuntimeError,
            cuda.driver.CUDADriverError,
            cuda.nvrtc.NVRTCError,
            cuda.compiler.CompileException,
        ) as error:
            raise StorageError(
                f"{self.name} failed: {_line(error)}", hint="--device cpu"
            ) from error
        except OSError as error:  # CuPy keeps what it compiled in files
            raise StorageError(f"CuPy keeps kernels in a folder: {error}", hint=_CACHE) from error


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
        if not isinstance(values, np.ndarray):
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
