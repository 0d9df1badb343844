"""The attributes of HDF5, of which no text is held more than once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.sources.containers.hdf5_references import check_attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.sources.containers.hdf5_headers import RawFile


class Attributes(Mapping[str, Any]):
    """The attributes of a dataset or a group by name.

    Elements of any length may all refer to one long text, of which h5py makes an object each.
    None that is read has more than one of these: others are given as an array of none.

    Args:
        holder: The dataset or the group.
        raw: The file, in which references are looked at; None if the caller has opened it.
    """

    def __init__(self, holder: Any, raw: RawFile | None = None) -> None:
        self._holder = holder
        self._attributes = holder.attrs
        self._raw = raw

    def __contains__(self, name: object) -> bool:
        return name in self._attributes

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __getitem__(self, name: str) -> Any:
        stored = self._attributes.get_id(name)
        is_one = stored.dtype.kind == "O" and stored.shape in ((), (1,))
        if stored.dtype.hasobject and not is_one:
            return np.empty(0, object)
        if is_one and self._raw is not None:
            check_attribute(self._raw, self._holder, stored)
        return self._attributes[name]

    def __len__(self) -> int:
        return len(self._attributes)
