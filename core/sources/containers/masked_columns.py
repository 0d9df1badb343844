"""Columns of pandas in AnnData: a group of values and a mask, or of codes and categories.

Source: https://anndata.readthedocs.io/en/stable/fileformat-prose.html. What the values hold where
the mask is set is arbitrary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import MISSING_HINT, shown
from smoothl1.sources.contract import Numbers
from smoothl1.sources.lockstep import aligned
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from smoothl1.sources.contract import Block, Part, Source

_VALUES, _CODES = "values", "codes"

_ENCODING = "encoding-type"
"""The attribute of the group that says how the column is encoded."""

_OF_CODES = {"missing_value": -1}
"""What such a group says of its codes, as an attribute of netCDF says it."""


def group_of(path: str) -> str | None:
    """The group of an array that may be a part of such a column, by its path; None of others."""
    group, _, name = path.rpartition("/")
    return group if group and name in (_VALUES, _CODES) else None


def mask_of(path: str, of_group: Mapping[str, Any]) -> str | None:
    """The path of the mask of an array; None if it has none.

    Args:
        path: The path of the array.
        of_group: The attributes of its group.
    """
    group, _, name = path.rpartition("/")
    is_masked = name == _VALUES and _encoding(of_group).startswith("nullable-")
    return f"{group}/mask" if is_masked else None


def attributes_by(
    of_group: Mapping[str, Any], path: str, dtype: np.dtype[Any]
) -> Mapping[str, Any]:
    """What a group says of an array in it, as attributes of the array: codes of -1 are missing."""
    is_code = path.endswith(f"/{_CODES}") and dtype.kind == "i"
    return _OF_CODES if is_code and _encoding(of_group) == "categorical" else {}


def no_mask(path: str) -> DataError:
    """The error that the mask of an array, at a path, is no array of booleans as long as it."""
    return DataError(f"array {shown(path)}, the mask beside it, is not a boolean for each value")


def _encoding(of_group: Mapping[str, Any]) -> str:
    found = of_group.get(_ENCODING, "")
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else found
    return text if isinstance(text, str) else ""


class MaskedColumn(WrappedSource):
    """An array of which another one says where a value is missing.

    Args:
        array: The array, of one axis.
        mask: Booleans, set where a value is missing.
        allow_missing: Whether values may be missing.

    Raises:
        DataError: They are no booleans, or not as many.
    """

    def __init__(self, array: Source, mask: Source, *, allow_missing: bool) -> None:
        super().__init__(array)
        self._mask = mask
        self._allow_missing = allow_missing
        (values,), (flags,) = array.fields, mask.fields
        is_of_rows = array.n_rows == mask.n_rows and values.row_elements == flags.row_elements == 1
        if not is_of_rows or flags.dtype.kind != "b":
            raise no_mask("mask")

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        """See `Source`."""
        row = part.start
        for block, of_mask in aligned((self.source, self._mask), part, n_rows):
            (numbers,), missing = block.fields, of_mask.fields[0].values
            if not missing.any():
                yield block
            elif self._allow_missing:
                yield block._replace(fields=(Numbers(numbers.values, missing),))
            else:
                if n_good := int(np.argmax(missing)):
                    good = Numbers(numbers.values[:n_good])
                    yield block.rows(0, n_good)._replace(fields=(good,))
                raise DataError(
                    f"row {row + n_good + 1}: the value is missing, by its mask",
                    path=self.path,
                    hint=MISSING_HINT,
                )
            row += block.n_rows
