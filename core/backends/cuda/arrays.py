"""Arrays of any library (PyTorch, JAX, Numba) that are on a GPU, read as arrays of CuPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothl1.errors import DtypeError


def first_line(error: BaseException) -> str:
    """The first line of an error that has words."""
    return next((x for x in str(error).splitlines() if x.strip(" =")), type(error).__name__)


def read(cupy: Any, values: Any, name: str) -> Any:
    """An array as one of CuPy, contiguous and aligned: a view if it can be, else a copy.

    Args:
        cupy: The module; the GPU of the array is its current device.
        values: The array.
        name: Its name in an error.

    Raises:
        DtypeError: CuPy cannot read it.
    """
    try:
        is_dlpack = hasattr(values, "__dlpack__") and not isinstance(values, cupy.ndarray)
        array = cupy.from_dlpack(values) if is_dlpack else cupy.asarray(values)
    except (cupy.cuda.runtime.CUDARuntimeError, MemoryError):
        raise  # what the GPU refuses
    except (BufferError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise DtypeError(f"{name} cannot be read: {first_line(error)}") from error
    size = array.dtype.itemsize
    if any(step % size for step in (array.data.ptr, *array.strides)):  # copied as bytes
        shape, strides = (*array.shape, size), (*array.strides, 1)
        of_bytes = cupy.ndarray(shape, np.uint8, array.data, strides)
        return of_bytes.copy().view(array.dtype).reshape(array.shape)
    return cupy.ascontiguousarray(array).reshape(array.shape)
