"""What stands in an HDF5 file: its datasets, its links, and the tables that pandas stored in it.

A link is followed as long as it stays in the file. It is resolved here, name by name, so that HDF5
never opens another file.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.sources.columns import shown
from smoothl1.sources.containers.hdf5_attributes import Attributes
from smoothl1.sources.containers.hdf5_references import check_fill_value

if TYPE_CHECKING:
    from smoothl1.sources.containers.hdf5_headers import RawFile

LINK_HINT = "name the array itself, in the file where it stands"

_MOST_STEPS = 256
"""Names of a path and its links that are looked up: links may lead in a circle."""

_NO_COORDINATES = b"This is a netCDF dimension but not a netCDF variable"
"""How netCDF calls the scale of a dimension that has a length alone."""

_ABSENT = (KeyError, ValueError, RuntimeError, TypeError, OSError)
"""What h5py raises about a name that leads nowhere."""


class Link(NamedTuple):
    """A link that is no dataset itself.

    Attributes:
        words: What it leads to, for messages.
        goal: The path of the dataset in this file; None if it leads to none.
    """

    words: str
    goal: str | None = None


def contents_of(raw: RawFile, opened: Any) -> tuple[list[str], dict[str, Link], list[str]]:
    """The datasets by their paths, the links by theirs, and the tables of pandas.

    Args:
        raw: The bytes of the file.
        opened: The file.

    Raises:
        DataError: A reference in a header is damaged.
    """
    h5py = raw.h5py
    names: list[str] = []
    links: dict[str, Link] = {}
    frames: list[str] = []
    visited: list[tuple[str, Any]] = []  # looked at later: HDF5 changes errors raised meanwhile
    opened.visititems_links(lambda *found: visited.append(found))
    for name, link in visited:
        if isinstance(link, h5py.ExternalLink):
            links[name] = Link("another file, which is not followed")
        elif isinstance(link, h5py.SoftLink):
            links[name] = _soft_link(raw, opened, name, link)
        else:
            found = _object_at(raw, opened, name)
            if isinstance(found, h5py.Dataset):
                names.extend([name] * (not _is_length_alone(raw, found)))
            elif found is not None and "frame" in str(Attributes(found, raw).get("pandas_type")):
                frames.append(name)
    return names, links, frames


def _object_at(raw: RawFile, opened: Any, path: str) -> Any:
    """The object at a path without links, after a look at its fill value; None without a header."""
    try:
        stored = raw.h5py.h5o.open(opened.id, path.encode("utf-8", "surrogateescape"))
    except KeyError:
        return None
    if not isinstance(stored, raw.h5py.h5d.DatasetID):
        return opened[path]
    check_fill_value(raw, stored, path)
    return raw.h5py.Dataset(stored)


def _soft_link(raw: RawFile, opened: Any, name: str, link: Any) -> Link:
    goal = _place_of(raw.h5py, opened, name)
    if goal and isinstance(_object_at(raw, opened, goal), raw.h5py.Dataset):
        return Link(shown(link.path), goal)
    return Link(f"{shown(link.path)}, where this file has no array")


def _place_of(h5py: Any, opened: Any, path: str) -> str | None:
    """The path without links; None if they leave the file, lead nowhere, or in a circle."""
    steps, place = deque(_names_of(path)), list[str]()
    for _ in range(_MOST_STEPS):
        if not steps:
            return "/".join(place)
        step = steps.popleft()
        link = None
        with suppress(*_ABSENT):
            link = opened.get("/".join((*place, step)), getlink=True)
        if isinstance(link, h5py.SoftLink):
            place = [] if link.path.startswith("/") else place
            steps.extendleft(reversed(_names_of(link.path)))
        elif isinstance(link, h5py.HardLink):
            place.append(step)
        else:
            return None
    return None


def _names_of(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _is_length_alone(raw: RawFile, dataset: Any) -> bool:
    """Whether a dataset has no values: netCDF writes one for each dimension without coordinates."""
    scale = Attributes(dataset, raw).get("NAME") if dataset.is_scale else None
    return isinstance(scale, bytes) and scale.startswith(_NO_COORDINATES)
