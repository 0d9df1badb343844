"""The values of what is not stored, as the metadata of Zarr arrays have them."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import numpy as np

from smoothl1.errors import DataError, excerpt
from smoothl1.numerics.narrow_floats import rounded, widened

_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def fill_of(value: Any, dtype: np.dtype[Any], what: str, *, narrow: str) -> Any:
    """The fill value in the dtype that is delivered; None if there is none.

    Args:
        value: What the metadata say, as JSON has it.
        dtype: The dtype as stored.
        what: The array in words, for messages.
        narrow: The format of the elements if NumPy does not know it, such as "bfloat16"; or "".

    Raises:
        DataError: It is no number of the dtype.
    """
    if value is None:
        return None
    delivered = np.dtype(np.float32) if narrow else dtype
    if isinstance(value, str) and value.startswith("0x") and delivered.kind == "f":
        return _of_bits(value, dtype, narrow, what)
    if isinstance(value, str) and delivered.kind == "f":
        value = _FLOATS.get(value, value)
    is_number = isinstance(value, (int, float))
    with np.errstate(over="ignore"):
        try:
            given = rounded(value, narrow) if narrow and is_number else value
            found = delivered.type(given) if is_number else None
        except (OverflowError, ValueError):  # NaN is no integer
            found = None
    if found is None or (delivered.kind in "biu" and found != value):
        raise DataError(f"{what}: the fill value {excerpt(value)} is no {delivered.name}")
    if np.isinf(found) and not math.isinf(value):
        raise DataError(f"{what}: the fill value {excerpt(value)} is too large: {delivered.name}")
    return found


def _of_bits(value: str, dtype: np.dtype[Any], narrow: str, what: str) -> Any:
    """A float by its bits, as hexadecimal digits."""
    try:
        bits = bytes.fromhex(value[2:])
    except ValueError:
        bits = b""
    if len(bits) != dtype.itemsize:
        raise DataError(f"{what}: the fill value {excerpt(value)} is no {dtype.name}")
    found = np.frombuffer(bits, dtype.newbyteorder(">"))
    return (widened(found, narrow) if narrow else found)[0]


def of_base64(text: str, what: str) -> float:
    """A float as xarray writes it in attributes of format 3.

    Args:
        text: The attribute.
        what: The array in words, for messages.

    Raises:
        DataError: It is no number.
    """
    try:
        (found,) = struct.unpack("<d", base64.b64decode(text, validate=True))
    except (ValueError, struct.error) as error:
        raise DataError(f"{what}: _FillValue is {excerpt(text)}, and no number") from error
    return float(found)
