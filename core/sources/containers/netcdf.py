"""netCDF's classic formats (CDF-1, CDF-2 and CDF-5), read without a package. netCDF 4 is HDF5.

Source: https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html. No number in
the header decides how much memory is allocated: all sizes are compared with that of the file.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable, looked_at
from smoothl1.sources.containers.attribute_names import matters
from smoothl1.sources.containers.labels import info_of
from smoothl1.sources.containers.missing_values import masked, missing_values_of
from smoothl1.sources.containers.records import Records
from smoothl1.sources.containers.slices import SlicedArray
from smoothl1.sources.npy.header import NpyHeader
from smoothl1.sources.npy.limits import MAX_DIMENSIONS
from smoothl1.sources.npy.source import array_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import ColumnInfo, Needs

_MAX_HEADER_BYTES = 8 << 20
_VERSIONS = (1, 2, 5)
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 0x0A, 0x0B, 0x0C
_CODES = {
    1: "|i1",
    2: "|S1",
    3: ">i2",
    4: ">i4",
    5: ">f4",
    6: ">f8",
    7: "|u1",
    8: ">u2",
    9: ">u4",
    10: ">i8",
    11: ">u8",
}


class Variable(NamedTuple):
    """An array, as the header describes it.

    Attributes:
        name: Its name.
        dtype: Its dtype.
        shape: Its shape; the first length is the number of records where it has any.
        attributes: Those of its attributes that say what is missing.
        begin: The byte at which it begins.
        is_record: Whether its rows are in the records of the file, beside those of others.
        axes: The names of its dimensions.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    attributes: dict[str, Any]
    begin: int
    is_record: bool
    axes: tuple[str, ...]

    @property
    def is_axis(self) -> bool:
        """Whether it is named like its only dimension, whose places it holds."""
        return self.axes == (self.name,)

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return math.prod(self.shape[1:]) * self.dtype.itemsize


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> ArraysTable:
    """Open a file of netCDF's classic formats; see `table.Opener`."""
    seekable = file.seekable()
    header = _Header(seekable)
    variables, stride = header.variables(), header.stride
    if not variables:
        raise DataError("a netCDF file without variables")
    numeric = [of.dtype.kind != "S" and not of.is_axis for of in variables]
    names = tuple(of.name for of in variables)
    open_member = partial(_member, seekable, variables, stride, needs)
    open_labels = partial(_array, seekable, variables, stride, needs)
    infos = tuple(map(_info, variables))
    return ArraysTable(
        seekable,
        "netcdf",
        names,
        infos,
        looked_at(names, infos, numeric),
        open_member,
        open_labels=open_labels,
    )


def _info(of: Variable) -> ColumnInfo:
    type_name = f"{of.dtype.name} {of.shape}"
    return info_of(type_name, of.dtype, of.shape, of.axes, of.attributes, name=of.name)


def _member(
    file: SeekableInput,
    variables: tuple[Variable, ...],
    stride: int,
    needs: Needs,
    position: int,
) -> Source:
    variable = variables[position]
    if variable.dtype.kind == "S":
        raise DtypeError(f"variable {shown(variable.name)} holds text, not numbers")
    return _array(file, variables, stride, needs, position)


def _array(
    file: SeekableInput,
    variables: tuple[Variable, ...],
    stride: int,
    needs: Needs,
    position: int,
) -> Source:
    """A variable of numbers, or of characters."""
    variable = variables[position]
    what = f"variable {shown(variable.name)}"
    if variable.is_record and stride != variable.row_bytes:
        records = Records(file, variable.begin, stride, variable.shape, variable.dtype)
        array: Source = SlicedArray.of(file.path, "netcdf", records, what, nullcontext)
    else:
        header = NpyHeader(variable.dtype, False, variable.shape, variable.begin)  # noqa: FBT003
        array = array_of(file, header, "netcdf")
    values = partial(
        missing_values_of, variable.attributes, variable.dtype, variable.name, is_netcdf=True
    )
    return masked(array, values, allow_missing=needs.allow_missing)


class _Header:
    """Reads the header, item by item."""

    def __init__(self, file: SeekableInput) -> None:
        self._file = file
        self._data = file.read(0, min(file.size, _MAX_HEADER_BYTES))
        if len(self._data) < 4 or self._data[:3] != b"CDF" or self._data[3] not in _VERSIONS:
            raise DataError(f"not netCDF: it begins with {self._data[:4]!r}")
        self._version = self._data[3]
        self._at = 4
        self._word = 8 if self._version == 5 else 4
        self._n_records = self._number(self._word)
        self._is_streaming = self._n_records == (1 << 8 * self._word) - 1
        self.stride = 0

    def variables(self) -> tuple[Variable, ...]:
        """All variables, their places checked against the size of the file."""
        dimensions = [(self._name(), self._number()) for _ in range(self._count(_DIMENSIONS))]
        self._attributes()
        found = [self._variable(dimensions) for _ in range(self._count(_VARIABLES))]
        if len({of.name for of in found}) < len(found):
            raise DataError("netCDF header: two variables have the same name")
        records = [of for of in found if of.is_record]
        padded = [_padded(of.row_bytes) for of in records]
        self.stride = records[0].row_bytes if len(records) == 1 else sum(padded)
        if self._is_streaming:
            self._count_records(min((of.begin for of in records), default=0))
        found = [self._with_records(of) for of in found]
        self._check_places(found)
        return tuple(found)

    def _variable(self, dimensions: list[tuple[str, int]]) -> Variable:
        name = self._name()
        ids = [self._number() for _ in range(self._bounded(MAX_DIMENSIONS))]
        if any(i >= len(dimensions) for i in ids):
            raise DataError(f"netCDF header: variable {shown(name)} has an unknown dimension")
        attributes = self._attributes()
        dtype = self._dtype()
        self._number()  # the size, which follows from the shape
        begin = self._number(8 if self._version in (2, 5) else 4)
        shape = tuple(dimensions[i][1] for i in ids)
        axes = tuple(dimensions[i][0] for i in ids)
        return Variable(name, dtype, shape, attributes, begin, 0 in shape[:1], axes)

    def _attributes(self) -> dict[str, Any]:
        """Those attributes that are looked at."""
        found = {}
        for _ in range(self._count(_ATTRIBUTES)):
            name, dtype = self._name(), self._dtype()
            data = self._bytes(self._number() * dtype.itemsize)
            if matters(name):
                is_text = dtype.kind == "S"
                found[name] = data.decode("latin-1") if is_text else np.frombuffer(data, dtype)
        return found

    def _count_records(self, begin: int) -> None:
        n_bytes = self._file.size - begin
        if self.stride and n_bytes % self.stride:
            raise DataError(f"{n_bytes} bytes of records, each of {self.stride}: cut short?")
        self._n_records = n_bytes // self.stride if self.stride else 0

    def _with_records(self, of: Variable) -> Variable:
        if 0 in of.shape[1:]:
            raise DataError(f"netCDF header: variable {shown(of.name)} has records within records")
        return of._replace(shape=(self._n_records, *of.shape[1:])) if of.is_record else of

    def _check_places(self, found: list[Variable]) -> None:
        end = self._at
        for of in found:
            n_rows = of.shape[0] if of.shape else 1
            step = self.stride if of.is_record else of.row_bytes
            stop = of.begin + max(0, n_rows - 1) * step + min(1, n_rows) * of.row_bytes
            if of.begin < self._at:
                raise DataError(f"netCDF header: variable {shown(of.name)} begins in the header")
            if stop > self._file.size:
                what = f"variable {shown(of.name)} ends at byte {stop}"
                raise DataError(f"{what}, but the file has {self._file.size}: cut short?")
            end = max(end, stop)
        n_behind = self._file.size - end
        if n_behind > 3:  # more than padding
            raise DataError(f"{n_behind} bytes after the end of the last variable")

    def _count(self, tag: int) -> int:
        """The number of items in a list of a kind; each takes at least 8 bytes."""
        found = self._number(4)
        n_items = self._bounded(_MAX_HEADER_BYTES // 8)
        if found != tag and (found, n_items) != (0, 0):
            raise DataError(f"netCDF header: unexpected tag {found} before byte {self._at}")
        return n_items

    def _bounded(self, most: int) -> int:
        n = self._number()
        if n > most:
            raise DataError(f"netCDF header: a list of {n} items before byte {self._at}")
        return n

    def _dtype(self) -> np.dtype[Any]:
        code = self._number(4)
        if code not in _CODES:
            raise DataError(f"netCDF header: unknown type {code} before byte {self._at}")
        return np.dtype(_CODES[code])

    def _name(self) -> str:
        return self._bytes(self._number()).decode("utf-8", "backslashreplace")

    def _number(self, n_bytes: int | None = None) -> int:
        return int.from_bytes(self._take(n_bytes or self._word), "big")

    def _bytes(self, n_bytes: int) -> bytes:
        """Bytes that are padded to a multiple of 4."""
        return self._take(_padded(n_bytes))[:n_bytes]

    def _take(self, n_bytes: int) -> bytes:
        data = self._data[self._at : self._at + n_bytes]
        if len(data) < n_bytes:
            end = "is too long" if len(self._data) == _MAX_HEADER_BYTES else "ends early"
            raise DataError(f"netCDF header: it {end}, at byte {len(self._data)}")
        self._at += n_bytes
        return data


def _padded(n_bytes: int) -> int:
    return -(-n_bytes // 4) * 4
