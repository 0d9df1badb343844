"""Values that stand for a missing one, by the attributes of an array: conventions of netCDF and CF.

Source: https://cfconventions.org/cf-conventions/cf-conventions.html#missing-data. What two good
readers of such files would read as different numbers is refused by the name of the attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.columns import MISSING_HINT, shown
from smoothl1.sources.containers.attribute_names import (
    UNSIGNED,
    VALID,
    formulas_in,
    missing_in,
    packing_in,
    undetected_in,
)
from smoothl1.sources.contract import Numbers, SourceDetails
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Part, Source

_AS_STORED = (("true", "u"), ("false", "i"))
"""Values of `_Unsigned` that say what the kind of the dtype says."""

_UNWRITTEN = {
    "i2": -32767,
    "i4": -2147483647,
    "i8": -9223372036854775806,
    "u2": 65535,
    "u4": 4294967295,
    "u8": 18446744073709551614,
    "f4": float(np.float32(9.9692099683868690e36)),
    "f8": 9.9692099683868690e36,
}
"""What netCDF writes where nothing was written, unless there is `_FillValue`."""


def may_be_compared(attributes: Any, dtype: np.dtype[Any]) -> bool:
    """Whether an array of a dtype with these attributes, by name, holds its values as they are."""
    return next(_changing(attributes, dtype), None) is None


def _changing(attributes: Any, dtype: np.dtype[Any]) -> Iterator[str]:
    """The attributes by which readers make other numbers."""
    for name, neutral in packing_in(attributes, dtype):
        if not _is_neutral(attributes[name], neutral, dtype):
            yield name
    if UNSIGNED in attributes and not _is_as_stored(attributes[UNSIGNED], dtype):
        yield UNSIGNED
    yield from (name for name in VALID if name in attributes)
    yield from formulas_in(attributes)


def _is_as_stored(value: Any, dtype: np.dtype[Any]) -> bool:
    """Whether `_Unsigned` says what the kind of a dtype says."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return isinstance(text, str) and (text, dtype.kind) in _AS_STORED


def _is_neutral(value: Any, neutral: float, dtype: np.dtype[Any]) -> bool:
    """Whether all readers make the same numbers with a factor or an addend as without it.

    Some give numbers the dtype of the attribute, which must hold all of them.
    """
    try:
        found = np.asarray(float(value) if type(value) is int else value)
    except (OverflowError, ValueError):  # a number that no float holds; lists of several lengths
        return False
    if found.size != 1 or found.dtype.kind != "f":
        return False
    is_exact = dtype.kind == "f" or (dtype.kind in "iu" and dtype.itemsize <= 4)
    holds_all = is_exact and np.can_cast(dtype, found.dtype)
    return holds_all and float(found.reshape(-1)[0]) == neutral


class MissingValues(NamedTuple):
    """Which values of an array are no numbers.

    Attributes:
        missing: Values that stand for a missing one; NaN may be one of them.
        unwritten: A value that is missing to some readers, and a number to others, as it is what
            netCDF writes where nothing was written.
        undetected: A value that is so, as it stands for nothing that was detected.
    """

    missing: tuple[Any, ...] = ()
    unwritten: Any = None
    undetected: Any = None

    @property
    def doubtful(self) -> tuple[Any, ...]:
        """The values of which readers differ."""
        return tuple(v for v in (self.unwritten, self.undetected) if v is not None)


def missing_values_of(
    attributes: dict[str, Any], dtype: np.dtype[Any], name: str, *, is_netcdf: bool
) -> MissingValues:
    """The missing values of an array; text and dates are taken as they are.

    Args:
        attributes: Its attributes by name, at least those that matter.
        dtype: Its dtype.
        name: Its name, for messages.
        is_netcdf: Whether netCDF has written it.

    Raises:
        DtypeError: Readers of its attributes differ in the numbers.
    """
    for attribute in _changing(attributes, dtype):
        raise DtypeError(
            f"array {shown(name)} has the attribute {attribute}, which readers apply in "
            "different ways",
            hint="save the numbers that are meant as an array of their own, without it",
        )
    if dtype.kind in "SUOM":
        return MissingValues()
    missing, undetected = (
        tuple(
            value
            for attribute, said in found
            for value in _as_stored(said, dtype, f"{shown(name)}: {attribute}")
        )
        for found in (missing_in(attributes, dtype), undetected_in(attributes))
    )
    code = dtype.str[1:]
    has_default = is_netcdf and "_FillValue" not in attributes and code in _UNWRITTEN
    unwritten = dtype.type(_UNWRITTEN[code]) if has_default else None
    return MissingValues(missing, unwritten, next(iter(undetected), None))


def _as_stored(value: Any, dtype: np.dtype[Any], what: str) -> Iterator[Any]:
    """The values of an attribute as numbers of the array's dtype."""
    try:
        found = np.atleast_1d(np.asarray(value))
    except ValueError:  # lists of several lengths
        found = np.array([None])
    with np.errstate(all="ignore"):
        stored = found.astype(dtype) if found.dtype.kind in "biuf" else None
    if stored is None or not np.array_equal(stored, found, equal_nan=found.dtype.kind == "f"):
        raise DtypeError(f"array {what} {str(value)[:40]} is no {dtype.name}, like the array")
    yield from stored


class MaskedSource(WrappedSource):
    """An array of which some values are missing.

    Args:
        array: The array.
        values: Those that are missing.
        allow_missing: Whether values may be missing.
    """

    def __init__(self, array: Source, values: MissingValues, *, allow_missing: bool) -> None:
        super().__init__(array)
        self.values = values
        self.allow_missing = allow_missing

    @property
    def details(self) -> SourceDetails:
        return SourceDetails(self.source.details.decisions)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        row = part.start
        width = self.fields[0].row_elements
        for block in self.source.blocks(part, n_rows):
            (numbers,) = block.fields
            missing = any_of(numbers.values, self.values.missing)
            if numbers.missing is not None:
                missing |= numbers.missing
            fault = numbers.values.size
            for doubtful in self.values.doubtful:
                fault = min(fault, first_of(numbers.values == doubtful))
            if not self.allow_missing:
                fault = min(fault, first_of(missing))
            if fault < numbers.values.size:
                if n_good := fault // width:
                    yield block.rows(0, n_good)._replace(
                        fields=(Numbers(numbers.values[: n_good * width]),)
                    )
                raise self._fault(row + fault // width, numbers.values[fault])
            yield block._replace(
                fields=(Numbers(numbers.values, missing if missing.any() else None),)
            )
            row += block.n_rows

    def _fault(self, row: int, value: Any) -> DataError:
        if self.values.undetected is not None and value == self.values.undetected:
            return DataError(
                f"row {row + 1}: {value} stands for nothing that was detected, by undetect, which "
                "readers apply in different ways",
                path=self.path,
                hint="save the numbers that are meant as an array of their own",
            )
        if self.values.unwritten is not None and value == self.values.unwritten:
            return DataError(
                f"row {row + 1}: {value} is what netCDF writes where nothing was written",
                path=self.path,
                hint="an attribute _FillValue says whether it is missing",
            )
        what = f"row {row + 1}: the value is missing ({value})"
        return DataError(what, path=self.path, hint=MISSING_HINT)


def masked(array: Source, values: Callable[[], MissingValues], *, allow_missing: bool) -> Source:
    """An array, with its missing values where there may be any."""
    found = values()
    if found == MissingValues():
        return array
    return MaskedSource(array, found, allow_missing=allow_missing)


def any_of(values: NDArray[Any], missing: tuple[Any, ...]) -> NDArray[np.bool_]:
    """Which values are one of several; NaN is equal to NaN."""
    found = np.zeros(values.shape, np.bool_)
    for value in missing:
        found |= np.isnan(values) if value != value else values == value  # noqa: PLR0124
    return found


def first_of(flags: NDArray[np.bool_] | bool) -> int:
    """The place of the first that is set; their number if none is."""
    return int(np.argmax(flags)) if np.any(flags) else int(np.size(flags))
