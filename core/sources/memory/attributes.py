"""What attributes of arrays in memory say of their numbers, as those of a file do.

xarray, h5py and rioxarray may hand over the numbers as they are stored, with the attributes of the
file, which nobody has applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.sources.containers.missing_values import MissingValues


def missing_values(values: Any, numbers: NDArray[Any], path: str) -> MissingValues | None:
    """The values that stand for a missing one by the attributes of an array; None without any.

    Args:
        values: The array; xarray, h5py and pandas keep attributes in `attrs`.
        numbers: Its numbers.
        path: The name of the argument.

    Raises:
        DtypeError: Readers of its attributes would make different numbers.
    """
    attributes = getattr(values, "attrs", None)
    if not isinstance(attributes, Mapping) or not attributes:
        return None
    from smoothl1.sources.containers.attribute_names import VALID, that_matter
    from smoothl1.sources.containers.missing_values import missing_values_of

    found = that_matter(attributes)
    if hasattr(values, "fill_value"):  # an array of Zarr
        found |= _missing_in_zarr(attributes, values.fill_value, path)
    if not {*found} - {*VALID}:  # xarray has decoded the rest, and leaves these
        return None
    known = missing_values_of(found, numbers.dtype, path, is_netcdf=False)
    return known if known.missing else None


def _missing_in_zarr(attributes: Mapping[str, Any], fill: Any, path: str) -> dict[str, Any]:
    """What is missing in an array of Zarr that xarray has written, as `zarr.fill_values` says.

    Args:
        attributes: The attributes of the array.
        fill: Its fill value, which is missing in format 2.
        path: The name of the argument.
    """
    from smoothl1.sources.containers.zarr.fill_values import of_base64

    found = {}
    if isinstance(attributes.get("_FillValue"), str):
        found["_FillValue"] = of_base64(attributes["_FillValue"], path)
    if "_ARRAY_DIMENSIONS" in attributes and fill is not None:
        found["missing_value"] = fill
    return found


def refuse_missing(values: Any, numbers: NDArray[Any], name: str) -> None:
    """Refuse an array in which a value is missing by its attributes.

    Args:
        values: The array.
        numbers: Its numbers.
        name: The name of the argument.

    Raises:
        DtypeError: One is missing, or readers of its attributes would make different numbers.
    """
    known = missing_values(values, numbers, name)
    if known is None:
        return
    from smoothl1.sources.containers.missing_values import any_of

    if any_of(numbers, known.missing).any():
        marks = ", ".join(map(str, known.missing))
        raise DtypeError(f"{name} has missing values ({marks}, by its attributes): drop them")


def unit_of(values: Any) -> str:
    """The unit of an array or a column; "" if it does not say it.

    Args:
        values: Any object; xarray and pandas keep attributes in `attrs`, astropy has `unit`.
    """
    attributes = getattr(values, "attrs", None)
    found = attributes if isinstance(attributes, Mapping) else {}
    unit = found.get("units", found.get("unit", ""))
    if not unit and isinstance(values, np.ndarray):  # a class that extends it
        unit = str(getattr(values, "unit", None) or "")
    return unit.strip() if isinstance(unit, str) else ""
