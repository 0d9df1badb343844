"""Sparse matrices as arrays of a group: the stored values, and those that say where these stand.

Sources: https://docs.scipy.org/doc/scipy/reference/sparse.html, which AnnData follows; MATLAB's
files of version 7.3; https://docs.pytorch.org/docs/stable/sparse.html; Julia's SparseArrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.containers.described import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import Any

    from smoothl1.sources.table import ColumnInfo

_SHAPE = "shape"

_PLACES = {
    "data": (("indptr", "indices"), ("row", "col"), ("jc", "ir"), ("offsets", _SHAPE)),
    "values": (("crow_indices", "col_indices"), ("ccol_indices", "row_indices")),
    "nzval": (("colptr", "rowval"),),
}
"""The names of the arrays that say where stored values stand, by the name of these."""

_LAYOUT_BY = ("encoding-type", "h5sparse_format")
"""Attributes of a group that say how a matrix is laid out: `csr_matrix`, `csr`."""


def places_of_values(name: str, names: Collection[str]) -> tuple[str, ...]:
    """The arrays that say where the values of a sparse matrix stand.

    Args:
        name: The name of an array, with the groups that it is in.
        names: The names of all arrays beside it.

    Returns:
        Their names, with groups, that of the shape last if it is there; empty if the array holds
        no values of a sparse matrix.
    """
    group, sign, own = name.rpartition("/")
    for places in _PLACES.get(own, ()):
        found = tuple(f"{group}{sign}{place}" for place in places)
        if all(place in names for place in found):
            shape = f"{group}{sign}{_SHAPE}"
            return (*found, shape) if shape in names and shape not in found else found
    return ()


def with_layouts(
    names: Sequence[str], columns: Sequence[ColumnInfo], layout_of: Callable[[str], str]
) -> Iterator[ColumnInfo]:
    """The columns, of which stored values say how their matrix is laid out.

    Args:
        names: The names of all columns.
        columns: What is known of each.
        layout_of: Tells how a matrix is laid out, by the group that it is in, `""` or `a/b`.
    """
    for name, column in zip(names, columns, strict=True):
        is_matrix = bool(column.shape) and bool(places_of_values(name, names))
        layout = layout_of(name.rpartition("/")[0]) if is_matrix else ""
        yield column._replace(layout=layout) if layout else column


def layout_by(of_group: Mapping[str, Any]) -> str:
    """How the sparse matrix in a group is laid out by the attributes of it; "" if none says it."""
    said = (text_of(of_group, name).lower().partition("_")[0] for name in _LAYOUT_BY)
    return next(filter(None, said), "")


def is_sparse(group: str, names: Collection[str]) -> bool:
    """Whether a group holds a sparse matrix.

    Args:
        group: The path of the group.
        names: The names of all arrays.
    """
    values = (f"{group.rstrip('/')}/{name}" for name in _PLACES)
    return any(name in names and places_of_values(name, names) for name in values)
