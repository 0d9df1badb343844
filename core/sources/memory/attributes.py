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
    is_of_hdf5 = type(values).__module__.partition(".")[0] == "h5py"
    if not isinstance(attributes, Mapping) or not (attributes or is_of_hdf5):
        return None
    from smoothl1.sources.containers.attribute_names import VALID, that_matter
    from smoothl1.sources.containers.missing_values import missing_values_of

    found = that_matter(attributes)
    if is_of_hdf5:
        found |= _said_in_hdf5(values, numbers, path)
    if hasattr(values, "fill_value"):  # an array of Zarr
        found |= _missing_in_zarr(attributes, values.fill_value, path)
    if not {*found} - {*VALID}:  # xarray has decoded the rest, and leaves these
        return None
    known = missing_values_of(found, numbers.dtype, path, is_netcdf=False)
    return known if known.missing else None


def _said_in_hdf5(dataset: Any, numbers: NDArray[Any], path: str) -> Mapping[str, Any]:
    """What groups of an HDF5 file say of a dataset, as attributes of it.

    Args:
        dataset: The dataset of h5py.
        numbers: Its numbers.
        path: The name of the argument.

    Raises:
        DtypeError: A mask beside it says which of its values are missing.
    """
    import h5py

    from smoothl1.sources.containers.hdf5_attributes import Attributes
    from smoothl1.sources.containers.hdf5_radar import attributes_beside
    from smoothl1.sources.containers.masked_columns import attributes_by, mask_of

    name = (dataset.name or "").strip("/")  # none in no file by a name
    if not name:
        return {}
    of_group = Attributes(dataset.parent)
    if (mask := mask_of(name, of_group)) is not None:
        raise DtypeError(
            f"array {path!r} has missing values by {mask!r} of its file",
            hint="give the path of the file, and name the array by --pred or --target",
        )
    beside = attributes_beside(h5py, dataset.file, name)
    return {**beside, **attributes_by(of_group, name, numbers.dtype)}


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
