"""The values of what is not stored, as the metadata of Zarr arrays have them."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import numpy as np

from smoothl1.errors import DataError

_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def fill_of(value: Any, dtype: np.dtype[Any], what: str, *, is_bfloat16: bool) -> Any:
    """The fill value in the dtype that is delivered; None if there is none.

    Args:
        value: What the metadata say, as JSON has it.
        dtype: The dtype as stored.
        what: The array in words, for messages.
        is_bfloat16: Whether the elements are bfloat16, stored as uint16.

    Raises:
        DataError: It is no number of the dtype.
    """
    if value is None:
        return None
    delivered = np.dtype(np.float32) if is_bfloat16 else dtype
    if isinstance(value, str) and value.startswith("0x") and delivered.kind == "f":
        return _of_bits(value, dtype, delivered, what)
    if isinstance(value, str) and delivered.kind == "f":
        value = _FLOATS.get(value, value)
    is_number = isinstance(value, (int, float))
    with np.errstate(over="ignore"):
        try:
            found = delivered.type(value) if is_number else None
        except OverflowError:
            found = None
    if found is None or (delivered.kind in "biu" and found != value):
        raise DataError(f"{what}: the fill value {short(value)} is no {delivered.name}")
    if np.isinf(found) and not math.isinf(value):
        raise DataError(f"{what}: the fill value {short(value)} is too large: {delivered.name}")
    return found


def _of_bits(value: str, dtype: np.dtype[Any], delivered: np.dtype[Any], what: str) -> Any:
    """A float by its bits, as hexadecimal digits."""
    try:
        bits = bytes.fromhex(value[2:])
    except ValueError:
        bits = b""
    if len(bits) != dtype.itemsize:
        raise DataError(f"{what}: the fill value {short(value)} is no {dtype.name}")
    return np.frombuffer(bits.ljust(delivered.itemsize, b"\0"), delivered.newbyteorder(">"))[0]


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
        raise DataError(f"{what}: _FillValue is {short(text)}, and no number") from error
    return float(found)


def short(value: object) -> str:
    """A value for a message."""
    try:
        return repr(value)[:60]
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
