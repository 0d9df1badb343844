"""The contract of a sink for the losses of single elements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class Layout(NamedTuple):
    """The shape, dtype and columns of the losses that will be written.

    Attributes:
        shape: Shape of the losses, the same as of the inputs; the row count is None if not yet
            known.
        dtype: The dtype of the losses.
        columns: Names of the prediction columns, if any.
        carried: Names and types of the columns that are written before the losses: keys, and others
            that the user keeps.
    """

    shape: tuple[int | None, ...]
    dtype: np.dtype[np.floating]
    columns: tuple[str, ...] = ()
    carried: tuple[pa.Field, ...] = ()

    @property
    def row_elements(self) -> int:
        """The number of elements of one row."""
        return math.prod(length for length in self.shape[1:] if length is not None)

    @property
    def column_names(self) -> list[str]:
        """A name for each element of a row: "loss", or "loss_" with a column's name or number."""
        n = self.row_elements
        columns = self.columns if len(self.columns) == n else map(str, range(1, n + 1))
        names = ["loss"] if n == 1 else [f"loss_{name}" for name in columns]
        for column in self.carried:
            if column.name in names:
                what = f"a column carried is called {column.name!r}, like one of the losses"
                raise SettingsError(what)
        return names

    @property
    def schema(self) -> pa.Schema:
        """The columns of a table of Arrow: those carried, and losses without missing values."""
        import pyarrow as pa  # late: text and .npy need none

        kind = pa.from_numpy_dtype(self.dtype)
        names = [name.encode("utf-8", "replace").decode() for name in self.column_names]
        losses = (pa.field(name, kind, nullable=False) for name in names)
        return pa.schema([*self.carried, *losses])


class Sink(Protocol):
    """Takes losses in the order of their elements, in two steps.

    `encoded` is called by the threads that compute, on some rows at a time and in any order.
    `write` takes what it gave, in the order of the rows.
    """

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The dtype of the losses that it takes."""
        ...

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> Any:
        """Some whole rows as `write` takes them. The sink is not changed.

        Args:
            losses: A flat array in C order.
            carried: For each column of the layout that is carried a value for each row.

        Raises:
            DataError: The format has no room for a value that is carried.
        """
        ...

    def write(self, encoded: Any) -> None:
        """Write the next rows.

        Args:
            encoded: What `encoded` gave for these rows.
        """
        ...

    def close(self) -> None:
        """Write the end of the file. The file itself stays open."""
        ...

    def abandon(self) -> None:
        """Write nothing more, after a failure."""
        ...


class Opener(Protocol):
    """The function that a format's module offers to the registry."""

    def __call__(self, file: BinaryIO, layout: Layout) -> Sink:
        """Begin to write; see `formats.open_sink`."""
        ...
