"""What `--raw` says about headerless binary: the dtype of its numbers, and perhaps their shape.

Nothing here needs NumPy, so that a wrong command line is refused before it is imported.
"""

from __future__ import annotations

import math
import re
import sys
from typing import NamedTuple

from smoothl1.checks import NARROW
from smoothl1.errors import DataError, SettingsError
from smoothl1.numerics.narrow_formats import bytes_of
from smoothl1.sources.npy.limits import MAX_DIMENSIONS

_CODES = {
    "bool": "b1",
    "half": "f2",
    "single": "f4",
    "double": "f8",
    **{f"float{8 * n}": f"f{n}" for n in (2, 4, 8)},
    **{f"int{8 * n}": f"i{n}" for n in (1, 2, 4, 8)},
    **{f"uint{8 * n}": f"u{n}" for n in (1, 2, 4, 8)},
    **{name: f"u{bytes_of(name)}" for name in NARROW},
}
"""The names of dtypes in NumPy, and their codes."""

_CODE = re.compile(r"([<>=|]?)(b1|[iu][1248]|f[248]|\?)")
_LENGTH = re.compile(r"-1|[0-9]{1,18}")

_EXAMPLES = "such as float32, '>f4' or float32,-1,17"


class RawLayout(NamedTuple):
    """The layout of headerless binary.

    Attributes:
        name: The dtype as it was written.
        code: Its code in NumPy, with the byte order: "<f4".
        shape: The shape; a single -1 stands for the length that the size of the file gives.
    """

    name: str
    code: str
    shape: tuple[int, ...]

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return int(self.code[-1])

    @property
    def narrow(self) -> str:
        """The format if NumPy does not know it, whose bits are read as integers; or ""."""
        return self.name if self.name in NARROW else ""

    @property
    def is_open(self) -> bool:
        """Whether the shape follows from the size of the file."""
        return -1 in self.shape

    def shape_of(self, n_bytes: int) -> tuple[int, ...]:
        """The shape of the array in a file of this size.

        Raises:
            DataError: The size is none of an array of this dtype and shape.
        """
        unit = self.itemsize * math.prod(n for n in self.shape if n != -1)
        shown = f"--raw {','.join((self.name, *map(str, self.shape)))}"
        if self.is_open and unit and n_bytes % unit == 0:
            return tuple(n_bytes // unit if n == -1 else n for n in self.shape)
        if not self.is_open and n_bytes == unit:
            return self.shape
        wanted = f"a multiple of {unit} bytes" if self.is_open else f"{unit} bytes"
        raise DataError(f"has {n_bytes} bytes, but {shown} is {wanted}")


def parsed(text: str) -> RawLayout:
    """The layout that a text says: a dtype, and lengths behind commas.

    Raises:
        SettingsError: It says none.
    """
    name, *lengths = (part.strip() for part in text.split(","))
    code = _CODES.get(name, name)
    match = _CODE.fullmatch(code)
    if match is None:
        hint = f"bool, int8 to int64, uint8 to uint64, bfloat16 and float16 to float64, {_EXAMPLES}"
        raise SettingsError(f"raw takes a dtype of NumPy, not {name!r}", hint=hint)
    if not all(map(_LENGTH.fullmatch, lengths)) or lengths.count("-1") > 1:
        what = f"raw takes lengths behind the dtype, one of them perhaps -1, not {text!r}"
        raise SettingsError(what, hint=_EXAMPLES)
    shape = tuple(map(int, lengths)) or (-1,)
    if len(shape) > MAX_DIMENSIONS or math.prod(n or 1 for n in shape) >= 1 << 60:
        raise SettingsError(f"raw has a shape that is larger than any array: {text[:60]!r}")
    order, kind = match[1], match[2].replace("?", "b1")
    if kind[-1] == "1":
        order = "|"
    elif order in ("", "=", "|"):
        order = "<" if sys.byteorder == "little" else ">"
    return RawLayout(name, order + kind, shape)
