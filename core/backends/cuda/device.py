"""A GPU, through CuPy: its memory, streams and compiled kernels. Only this module imports CuPy."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.cuda.words import DEFINES
from smoothl1.errors import DtypeError, MissingExtraError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

N_THREADS = 256
"""Threads of a block."""

BLOCKS_PER_MULTIPROCESSOR = 4
"""Blocks of a grid for each multiprocessor, of which two or three run at a time."""

_CUDA, _MANAGED = 2, 13  # kinds of devices of DLPack
_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
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
        raise MissingExtraError(f"a GPU needs CuPy: {_line(error)}", hint=_INSTALL) from error
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
    return CupyDevice(number)


def _line(error: BaseException) -> str:
    """The first line of an error."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def device_of(values: object) -> int | None:
    """The number of the GPU that holds an array of any library; None if this process does."""
    if isinstance(values, np.ndarray):
        return None
    kind_of = getattr(values, "__dlpack_device__", None)
    if kind_of is not None:
        kind, number = kind_of()
        return int(number) if kind in {_CUDA, _MANAGED} else None
    if hasattr(values, "__cuda_array_interface__"):
        return int(open_device(0).cupy.asarray(values).device.id)
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

    def stream(self) -> CupyStream:
        with self.device:
            return CupyStream(self, self.cupy.cuda.Stream(non_blocking=True))

    def current_stream(self) -> CupyStream:
        with self.device:
            return CupyStream(self, self.cupy.cuda.get_current_stream())

    def address(self, array: Any) -> int:
        return int(array.data.ptr)

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """A new array of the GPU."""
        with self.device, self.refusals():
            return self.cupy.empty(shape, dtype)

    def array_of(self, values: Any, name: str) -> Any:
        """An array of any library as one of CuPy: contiguous, aligned, copied only if it is not.

        Raises:
            DtypeError: CuPy cannot read it.
        """
        cupy = self.cupy
        with self.device, self.refusals():
            try:
                is_dlpack = hasattr(values, "__dlpack__") and not isinstance(values, cupy.ndarray)
                array = cupy.from_dlpack(values) if is_dlpack else cupy.asarray(values)
            except (BufferError, NotImplementedError, RuntimeError, TypeError) as error:
                raise DtypeError(f"{name} cannot be read: {_line(error)}") from error
            flat = cupy.ascontiguousarray(array).reshape(-1)
            if flat.data.ptr % flat.dtype.itemsize:
                flat = flat.view(np.uint8).copy().view(flat.dtype)
            return flat.reshape(array.shape)

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
        except cuda.memory.OutOfMemoryError as error:
            hint = "a smaller --chunk-size, fewer --threads, or --device cpu"
            raise StorageError(f"{self.name} has no memory left", hint=hint) from error
        except (
            cuda.runtime.CUDARuntimeError,
            cuda.driver.CUDADriverError,
            cuda.compiler.CompileException,
        ) as error:
            raise StorageError(
                f"{self.name} failed: {_line(error)}", hint="--device cpu"
            ) from error


class CupyStream:
    """A stream of a GPU, with buffers by name: pinned ones of the host, and those of the GPU."""

    def __init__(self, device: CupyDevice, stream: Any) -> None:
        self._device = device
        self._stream = stream
        self._pinned: dict[str, NDArray[np.uint8]] = {}
        self._buffers: dict[str, Any] = {}
        self._copied: dict[str, Any] = {}

    def send(self, name: str, values: Any) -> Any:
        if not isinstance(values, np.ndarray):
            return values
        device, cupy = self._device, self._device.cupy
        with device.device, self._stream, device.refusals():
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
        with self._device.device, self._stream, self._device.refusals():
            return self._bytes(name, n * dtype.itemsize).view(dtype)

    def launch(self, kernel: str, n_blocks: int, n_shared: int, *arguments: Any) -> None:
        device = self._device
        values = tuple(np.intp(0) if value is None else value for value in arguments)
        with device.device, self._stream, device.refusals():
            run = device.kernel(kernel)
            run((n_blocks,), (device.n_threads,), values, shared_mem=n_shared)

    def fetch(self, array: Any) -> NDArray[Any]:
        with self._device.device, self._device.refusals():
            found: NDArray[Any] = array.get(stream=self._stream)
            return found

    def wait(self) -> None:
        with self._device.device, self._device.refusals():
            self._stream.synchronize()

    def _bytes(self, name: str, n: int) -> Any:
        if name not in self._buffers or self._buffers[name].size < n:
            self._buffers[name] = self._device.cupy.empty(n, np.uint8)
        return self._buffers[name][:n]
