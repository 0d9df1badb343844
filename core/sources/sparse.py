"""Sparse matrices as arrays of a group: the stored values, and those that say where these stand.

Sources: https://docs.scipy.org/doc/scipy/reference/sparse.html, which AnnData follows; MATLAB's
files of version 7.3; https://docs.pytorch.org/docs/stable/sparse.html; Julia's SparseArrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_PLACES = {
    "data": (("indptr", "indices"), ("row", "col"), ("jc", "ir")),
    "values": (("crow_indices", "col_indices"), ("ccol_indices", "row_indices")),
    "nzval": (("colptr", "rowval"),),
}
"""The names of the arrays that say where stored values stand, by the name of these."""


def places_of_values(name: str, names: Collection[str]) -> tuple[str, ...]:
    """The arrays that say where the values of a sparse matrix stand.

    Args:
        name: The name of an array, with the groups that it is in.
        names: The names of all arrays beside it.

    Returns:
        Their names, with groups; empty if the array holds no values of a sparse matrix.
    """
    group, sign, own = name.rpartition("/")
    for places in _PLACES.get(own, ()):
        found = tuple(f"{group}{sign}{place}" for place in places)
        if all(place in names for place in found):
            return found
    return ()


def is_sparse(group: str, names: Collection[str]) -> bool:
    """Whether a group holds a sparse matrix.

    Args:
        group: The path of the group.
        names: The names of all arrays.
    """
    values = (f"{group.rstrip('/')}/{name}" for name in _PLACES)
    return any(name in names and places_of_values(name, names) for name in values)
