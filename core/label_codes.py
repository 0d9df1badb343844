"""Numbers for the distinct values of a column of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MAX_GROUPS = 1_000_000
"""About a kilobyte each, at one beta. A column with more values than this is a key, not a group."""


class Labels:
    """Numbers the distinct values of a column, in the order in which they come.

    Attributes:
        values: The distinct values; None before the first.
    """

    def __init__(self) -> None:
        self.values: pa.Array | None = None

    def __len__(self) -> int:
        return 0 if self.values is None else len(self.values)

    def encode(self, values: pa.Array) -> NDArray[np.intp]:
        """The number of each value; new ones get the next.

        Raises:
            DataError: There are more than `MAX_GROUPS` distinct ones.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.values is None:
            self.values = values.slice(0, 0)
        found = pc.index_in(values, self.values)
        if found.null_count:
            new = values.filter(found.is_null()).unique()
            self.values = pa.concat_arrays([self.values, new])
            found = pc.index_in(values, self.values)
        if len(self.values) > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} groups", hint="is the column a key?")
        codes: NDArray[np.intp] = found.to_numpy().astype(np.intp)
        return codes

    def texts(self) -> list[str]:
        """The values as text."""
        if self.values is None:
            return []
        from smoothl1.labels import texts_of  # late: pyarrow

        return texts_of(self.values)
