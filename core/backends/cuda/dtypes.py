"""The dtypes that the kernels read: their codes, and the class that reads two of one dtype at once.

A new one also needs its code, its reading and perhaps its writing in `_dtypes.h`, and for
arrays of a GPU a place in `criterion/on_gpu.py`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "bfloat16", "float32", "float64"),
)
"""Names of the dtypes that the kernels read; the place of a name is its code."""


@cache
def code_of(dtype: np.dtype[Any]) -> int:
    """The code of a dtype; NumPy takes microseconds to form the name."""
    return DTYPES.index(dtype.name)


_READERS = {"float16": "Half", "bfloat16": "Brain", "float32": "float", "float64": "double"}


@cache
def reader_of(pred: np.dtype[Any], target: np.dtype[Any]) -> str:
    """The class of `kernels.cu` that reads two sides of these dtypes."""
    is_same = pred.name == target.name and pred.name in _READERS
    return f"Same<{_READERS[pred.name]}>" if is_same else "Any"
