"""The data types of Zarr arrays, of either format: numbers; text and dates, which can be labels."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.checks import NARROW
from smoothl1.errors import DataError, excerpt
from smoothl1.numerics.narrow_formats import bytes_of
from smoothl1.sources.npy.header import dtype_of
from smoothl1.sources.npy.no_numbers import no_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VLEN_TEXT = "vlen-utf8"
"""The codec of texts that each have a length of their own."""

TEXTS = np.dtype(object)
"""What stands for such texts."""

_TYPES = {
    "bool": "|b1",
    "int8": "|i1",
    "uint8": "|u1",
    **{name: f"<u{bytes_of(name)}" for name in NARROW},
    **{f"{kind}{8 * n}": f"<{kind[0]}{n}" for kind in ("int", "uint", "float") for n in (2, 4, 8)},
}
"""The data types of format 3 that are read as numbers, and their codes in NumPy."""

_FIXED_TEXTS = {"fixed_length_utf32": ("<U", 4), "null_terminated_bytes": ("|S", 1)}
"""Those of texts of one width: their codes, and the bytes of a character."""

_DATES = "numpy.datetime64"
_MICROSECONDS = {"\u03bcs": "us"}
"""The other name of a unit of dates."""

_NAT = np.iinfo(np.int64).min
"""The count by which NumPy writes a missing date."""


def dtype_of_v2(descr: Any, filters: Sequence[str], what: str) -> np.dtype[Any]:
    """The dtype of an array of format 2.

    Args:
        descr: What the metadata say.
        filters: The names of the codecs.
        what: The array in words, for messages.

    Raises:
        DataError: It is no dtype.
        DtypeError: It is of neither numbers nor text nor dates.
    """
    if not isinstance(descr, (str, list)):
        raise DataError(f"{what}: dtype is {excerpt(descr)}")
    if descr in NARROW:
        return np.dtype(_TYPES[descr])
    if descr == "|O" and filters[:1] == [VLEN_TEXT]:
        return TEXTS
    return dtype_of(descr)


def dtype_of_v3(kind: Any) -> np.dtype[Any]:
    """The dtype of an array of format 3.

    Args:
        kind: What the metadata say.

    Raises:
        DtypeError: It is of neither numbers nor text nor dates.
    """
    if kind == "string":
        return TEXTS
    if isinstance(kind, str) and kind in _TYPES:
        return np.dtype(_TYPES[kind])
    name = kind.get("name") if isinstance(kind, dict) else None
    settings = kind.get("configuration") if isinstance(kind, dict) else None
    settings = settings if isinstance(settings, dict) else {}
    if name == _DATES and settings.get("scale_factor") == 1:
        unit = str(settings.get("unit"))
        return dtype_of(f"<M8[{_MICROSECONDS.get(unit, unit)}]")
    n_bytes = settings.get("length_bytes")
    if isinstance(name, str) and name in _FIXED_TEXTS and type(n_bytes) is int:
        code, width = _FIXED_TEXTS[name]
        if n_bytes % width == 0 and n_bytes > 0:
            return dtype_of(f"{code}{n_bytes // width}")
    raise no_numbers(kind, "other values")


def is_number(dtype: np.dtype[Any]) -> bool:
    """Whether elements of a dtype are numbers, and neither text nor dates."""
    return dtype.kind in "biuf"


def fill_of_label(entries: Mapping[str, Any], dtype: np.dtype[Any]) -> Any:
    """The text or the date of what is not stored; None if it is not certain.

    Args:
        entries: What the metadata say.
        dtype: The dtype of the array.
    """
    value = entries.get("fill_value")
    if dtype.kind == "M":
        is_count = type(value) is int and -(1 << 63) <= value < 1 << 63
        count = value if is_count else _NAT if value == "NaT" else None
        return None if count is None else np.int64(count).view(dtype.newbyteorder("="))
    if not isinstance(value, str) or dtype.kind != "S":
        return value if isinstance(value, str) else None
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return None
