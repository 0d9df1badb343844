"""Objects that are often given in place of arrays and tables: what they are, and what to give.

They are known by their classes and by what they can do, so that no library has to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DtypeError

if TYPE_CHECKING:
    from smoothl1.job import InMemory

_QUERIES = {"LazyFrame": "collect()", "DuckDBPyRelation": "to_arrow_table()"}
"""Classes of Polars, Narwhals and DuckDB that are no tables yet, and the method that makes one."""

_OF_LIBRARIES = {
    ("datasets", "Dataset"): "with_format('arrow')[:]",
    ("pyarrow", "RecordBatchReader"): "read_all()",
    ("pyarrow", "FileSystemDataset"): "to_table()",
    ("pyarrow", "InMemoryDataset"): "to_table()",
    ("pyarrow", "UnionDataset"): "to_table()",
    ("pyarrow", "Scanner"): "to_table()",
    ("smoothl1", "Comparison"): "to_arrow()",
    ("smoothl1", "Ranking"): "to_arrow()",
    ("smoothl1", "Result"): "to_arrow()",
}
"""Classes of libraries, and the method that makes a table of one."""

_HINTS = {
    **dict.fromkeys(
        (("h5py", "File"), ("h5py", "Group"), ("zarr", "Group"), ("numpy", "NpzFile")),
        "give one of its arrays: ['NAME'][:]",
    ),
    **dict.fromkeys(
        (
            ("pandas", "DataFrameGroupBy"),
            ("pandas", "SeriesGroupBy"),
            ("polars", "GroupBy"),
            ("polars", "LazyGroupBy"),
            ("xarray", "DataArrayGroupBy"),
            ("xarray", "DatasetGroupBy"),
        ),
        "give what was grouped, and by='COLUMN'",
    ),
    **dict.fromkeys(
        (("polars", "Expr"), ("narwhals", "Expr")), "give the column itself: table['COLUMN']"
    ),
}
"""Classes that hold arrays by their names, were split into groups, or say which column is meant."""

_DATASETS = {("xarray", "Dataset"), ("xarray", "DataTree")}
"""Classes that hold arrays by their names, and refuse to be one by a method of NumPy."""

_MOST_NAMES = 8
"""Names that a message lists."""

_ARRAYS = ("__array__", "__dlpack__", "__arrow_c_stream__", "__arrow_c_array__", "__getitem__")


def refuse_no_array(given: InMemory) -> None:
    """Refuse what is no array or table, before anything else looks at it.

    Args:
        given: An argument. It is not read.

    Raises:
        DtypeError: It is of a kind that is known; what to give in its place is in the hint.
    """
    values = given.values
    name = type(values).__name__
    if name in _QUERIES:
        what = f"a {name} is a query that was not run"
        remedy = f"give the table that its {_QUERIES[name]} returns"
        raise DtypeError(what, path=given.path, hint=remedy)
    hint = _hint_about(values)
    if hint is not None:
        article = "an" if name[0] in "AEIOUaeiou" else "a"
        raise DtypeError(f"{article} {name} is no array or table", path=given.path, hint=hint)


def _hint_about(values: Any) -> str | None:
    """What to give in place of an object; None if it may be an array or a table."""
    kind = type(values)
    key = (kind.__module__.partition(".")[0], kind.__name__)
    if key in _OF_LIBRARIES:
        return f"give the table that its .{_OF_LIBRARIES[key]} returns"
    if key in _HINTS:
        return _HINTS[key]
    if hasattr(values, "toarray") and hasattr(values, "tocsr"):
        return "give the array that its .toarray() returns"
    if isinstance(values, Mapping) and (key in _DATASETS or not hasattr(values, "__array__")):
        return _hint_about_arrays(values)
    if isinstance(values, (set, frozenset)):
        return "give a list: the values of a set have no order"
    return None if any(hasattr(values, each) for each in _ARRAYS) else _hint_about_stream(values)


def _hint_about_arrays(values: Mapping[Any, Any]) -> str:
    """What to give in place of arrays by their names, which are written as they are looked up."""
    names = [f"[{name!r}]" for name in islice(values, _MOST_NAMES + 1)]
    if not names:
        return "it is empty"
    listed = ", ".join([*names[:_MOST_NAMES], *(["..."] if len(names) > _MOST_NAMES else [])])
    return f"give one of its values for each side: {listed}"


def _hint_about_stream(values: Any) -> str | None:
    """What to give in place of an object that only gives one value after the other."""
    if hasattr(values, "getvalue"):
        return "write its bytes to a file, and give the path"
    if hasattr(values, "readline"):
        return "give its path"
    if hasattr(values, "as_numpy_iterator"):
        return "give list(dataset.as_numpy_iterator())"
    return "give a list of its values" if hasattr(values, "__iter__") else None
