"""Opens data in memory as tables, as `formats` opens files."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError, DtypeError, SmoothL1Error
from smoothl1.job import InMemory
from smoothl1.sources.columns import MISSING_HINT
from smoothl1.sources.memory.array_source import ArraySource, ArrayTable
from smoothl1.sources.memory.arrays import numbers_and_mask
from smoothl1.sources.memory.arrow import incomplete_column
from smoothl1.sources.memory.attributes import missing_values, unit_of
from smoothl1.sources.memory.cut_rows import check_moved, first_row_apart
from smoothl1.sources.memory.label_order import (
    check_dates,
    check_label_order,
    have_permuted_rows,
    is_bare_column,
    labels_of_rows,
)
from smoothl1.sources.memory.named_axes import named_axes, named_points
from smoothl1.sources.memory.no_arrays import refuse_no_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Source
    from smoothl1.sources.memory.label_order import RowLabels
    from smoothl1.sources.table import Needs, Table

_GPUS = frozenset([2, 10, 13])
"""Kinds of devices in DLPack: CUDA, ROCm, and memory that CUDA manages.

Source: https://dmlc.github.io/dlpack/latest/c_api.html
"""


LABELS = ("<groups>", "<clusters>")
"""The names of the arguments that hold labels, not numbers."""


def open_memory(given: InMemory, needs: Needs) -> Table:
    """Open an array or a table in memory.

    Args:
        given: A table of Arrow, pandas or Polars, which has columns; or what `as_numbers` takes;
            or labels, if they are those of groups or clusters.
        needs: Whether values of a table may be missing.

    Raises:
        DtypeError: It has no numbers with a loss, is on a GPU, or is no array or table.
        ShapeError: Its lists are not equally long.
    """
    refuse_no_array(given)
    values, path = given.values, given.path
    if _is_on_gpu(values):
        raise DtypeError("on a GPU", path=path, hint="SmoothL1Loss takes it there; or copy it")
    if _has_columns(values):
        from smoothl1.sources.memory.table_source import table_of

        return table_of(values, path, allow_missing=needs.allow_missing)
    if path in LABELS:
        from smoothl1.sources.memory.labelled import labels_of  # late: pyarrow

        return labels_of(values, path)
    try:
        return _array(values, path, allow_missing=needs.allow_missing)
    except SmoothL1Error as error:
        error.path = None if path in error.what else path
        raise
    except MemoryError:
        raise
    except Exception as error:  # the array's own library may raise anything
        said = " ".join(str(error).split())[:120]
        raise DtypeError(f"no array of numbers: {said}", path=path) from error


def _array(values: Any, path: str, *, allow_missing: bool) -> Table:
    """An array or a column of numbers, with the labels of its rows if it has some."""
    incomplete = incomplete_column(values)
    if incomplete is not None:
        return _column(incomplete, values, path, allow_missing=allow_missing)
    numbers, mask = numbers_and_mask(values, path)
    if mask is not None and not allow_missing:
        row = np.argwhere(np.atleast_1d(mask))[0][0] + 1
        raise DataError(f"row {row}: a value is masked", path=path, hint=MISSING_HINT)
    missing = missing_values(values, numbers, path)
    labels = labels_of_rows(values) if numbers.ndim else []
    if labels and numbers.ndim == 1:
        from smoothl1.sources.memory.labelled import column_of_numbers

        column = column_of_numbers(numbers, missing)
        return _column(column, values, path, allow_missing=allow_missing)
    source: Source = ArraySource(path, numbers, mask)
    if missing is not None:
        from smoothl1.sources.containers.missing_values import masked  # late: few are marked

        source = masked(source, lambda: missing, allow_missing=allow_missing)
    array = ArrayTable(source, named_axes(values), unit_of(values), named_points(values))
    if not labels:
        return array
    from smoothl1.sources.memory.labelled import labelled_array  # late: pyarrow

    return labelled_array(array, _name_of(values, path, labels), labels)


def _column(numbers: Any, values: Any, path: str, *, allow_missing: bool) -> Table:
    """A column, of which values may be missing, as a table: with the labels of its rows if any.

    Args:
        numbers: The column, as Arrow has it.
        values: What was given, with its labels, axes and unit.
        path: The name of the argument.
        allow_missing: Whether values may be missing.
    """
    from smoothl1.sources.memory.labelled import labelled_column  # late: pyarrow

    labels = labels_of_rows(values)
    column = labelled_column(
        numbers,
        _name_of(values, path, labels),
        labels,
        path,
        axes=named_axes(values),
        unit=unit_of(values),
        allow_missing=allow_missing,
    )
    return column._replace(points=named_points(values))


def _name_of(values: Any, path: str, labels: RowLabels) -> str:
    """The name of a column with labels; that of the argument if it has none of its own.

    cos(lat) along latitudes is called as these are.
    """
    name = getattr(values, "name", None)
    is_own = isinstance(name, str) and name not in {"", *(label for label, _ in labels)}
    return str(name) if is_own else path.strip("<>")


def check_orders(inputs: Sequence[str | InMemory], warn: Callable[[str], None]) -> None:
    """Refuse two inputs whose labels are the same in another order, or are other dates.

    Two tables are not compared here: their index is a column that they have in common. A column
    that says no more than an array is warned of: nobody gave it an index. So is a column of a table
    whose index counts from 0 beside other numbers.

    Args:
        inputs: The inputs of a run.
        warn: Takes the warning.

    Raises:
        DtypeError: One is no array or table.
        ShapeError: They have the same index or columns in another order, an index of other dates,
            or mostly the same numbers in other rows.
    """
    held = [given for given in inputs if isinstance(given, InMemory)]
    for given in held:
        refuse_no_array(given)
    apart = set()
    for pair in combinations(held, 2):
        (one, other), names = [given.values for given in pair], (pair[0].path, pair[1].path)
        if _has_columns(one) and _has_columns(other):
            continue
        if _warns_of_bare((one, other), names, warn):
            continue
        for check in (check_label_order, check_dates, check_moved):
            check(one, other, names)
        row = first_row_apart(one, other)
        if row is not None and names[1] not in apart:  # of several models, the first is enough
            apart.add(names[1])
            warn(
                f"{names[0]}: its index differs from that of {names[1]} from row {row + 1} on: are "
                "the rows of both the same? (give both one index; or pass arrays, to pair by "
                "position)"
            )


def _warns_of_bare(
    sides: tuple[Any, Any], names: tuple[str, str], warn: Callable[[str], None]
) -> bool:
    """Warn of an array in a column beside an index of another order, and return whether it is."""
    bare = [i for i, of in enumerate(sides) if is_bare_column(of)]
    if not (bare and have_permuted_rows(*sides)):
        return False
    warn(
        f"{names[bare[0]]}: its index just counts the rows, and that of {names[1 - bare[0]]} has "
        "the same numbers in another order: are the rows of both in one order? (give it the index "
        "of the other; or pass an array, to pair by position)"
    )
    return True


def _has_columns(values: Any) -> bool:
    if not hasattr(values, "columns"):
        return False
    from smoothl1.sources.memory.table_source import is_table  # late: arrays do not need pyarrow

    return is_table(values)


def _is_on_gpu(values: Any) -> bool:
    if hasattr(values, "__cuda_array_interface__"):
        return True
    kind_of = getattr(values, "__dlpack_device__", None)
    try:
        return kind_of is not None and kind_of()[0] in _GPUS
    except Exception:  # noqa: BLE001  in several places, or in none that DLPack knows
        return False
