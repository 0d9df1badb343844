"""What files of weather radars say of an array in a group beside it, or above it.

Sources: https://www.eumetnet.eu/wp-content/uploads/2021/07/ODIM_H5_v2.4.pdf (the group `what`), and
the HDF5 of KNMI, whose group `calibration` has formulas such as `GEO = 0.5 * PV + -32`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from smoothl1.sources.containers.described import text_of
from smoothl1.sources.containers.hdf5_attributes import Attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.sources.containers.hdf5_headers import RawFile

_WHAT, _CALIBRATION = "what", "calibration"

_OF_WHAT = ("gain", "offset", "nodata", "undetect")

_FORMULAS = re.compile(r"calibration_(.+_)?formulas")


def attributes_beside(
    h5py: Any, opened: Any, path: str, raw: RawFile | None = None
) -> dict[str, Any]:
    """What groups of radars say of an array, by the paths of the attributes.

    Args:
        h5py: The package.
        opened: The file.
        path: The path of the array.
        raw: The bytes of the file; see `Attributes`.
    """
    group = path.rpartition("/")[0]
    found = dict[str, tuple[str, Any]]()
    if text_of(Attributes(opened, raw), "Conventions").startswith("ODIM_H5"):
        for above in _from_root(group):  # the nearest counts
            of_what = _attributes_of(h5py, opened[above], _WHAT, raw)
            at = f"{above}/{_WHAT}"
            found |= {name: (at, of_what[name]) for name in _OF_WHAT if name in of_what}
    of_calibration = _attributes_of(h5py, opened[group or "/"], _CALIBRATION, raw)
    at = f"{group}/{_CALIBRATION}"
    formulas = (name for name in of_calibration if _FORMULAS.fullmatch(name))
    found |= {name: (at, of_calibration[name]) for name in formulas}
    return {f"{at}/{name}".lstrip("/"): value for name, (at, value) in found.items()}


def _from_root(group: str) -> Iterator[str]:
    """The groups that lead to one, and itself: "/", "dataset1", "dataset1/data1"."""
    names = group.split("/") if group else []
    yield from ("/".join(names[:n]) or "/" for n in range(len(names) + 1))


def _attributes_of(
    h5py: Any, parent: Any, name: str, raw: RawFile | None
) -> Attributes | dict[str, Any]:
    """The attributes of a group in another one; empty if there is none, or a link leads to it."""
    links, key = parent.id.links, name.encode()
    if not links.exists(key) or links.get_info(key).type != h5py.h5l.TYPE_HARD:
        return {}
    found = parent[name]
    return Attributes(found, raw) if isinstance(found, h5py.Group) else {}
