"""The attributes of HDF5, of which no text is held more than once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


class Attributes(Mapping[str, Any]):
    """The attributes of a dataset or a group by name.

    Elements of any length may all refer to one long text, of which h5py makes an object each.
    None that is read has more than one of these: others are given as an array of none.

    Args:
        attributes: Those of h5py.
    """

    def __init__(self, attributes: Any) -> None:
        self._attributes = attributes

    def __contains__(self, name: object) -> bool:
        return name in self._attributes

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __getitem__(self, name: str) -> Any:
        stored = self._attributes.get_id(name)
        is_one = stored.dtype.kind == "O" and stored.shape in ((), (1,))
        if stored.dtype.hasobject and not is_one:
            return np.empty(0, object)
        return self._attributes[name]

    def __len__(self) -> int:
        return len(self._attributes)
