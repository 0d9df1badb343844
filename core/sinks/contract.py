"""What a sink for the losses of single elements must do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Layout:
    """What will be written.

    Attributes:
        shape: Of the losses, which is that of the inputs; the row count is None if not known yet.
        dtype: Of the losses.
        columns: Names of the prediction columns, if any.
    """

    shape: tuple[int | None, ...]
    dtype: np.dtype[np.floating]
    columns: tuple[str, ...] = ()

    @property
    def row_elements(self) -> int:
        """Elements of one row."""
        return math.prod(length for length in self.shape[1:] if length is not None)

    @property
    def column_names(self) -> list[str]:
        """A name for each element of a row: "loss", or "loss_" with a column's name or number."""
        n = self.row_elements
        if n == 1:
            return ["loss"]
        names = self.columns if len(self.columns) == n else map(str, range(1, n + 1))
        return [f"loss_{name}" for name in names]


class Sink(Protocol):
    """Takes losses in the order of their elements."""

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """Of the losses that it takes."""
        ...

    def write(self, losses: NDArray[Any]) -> None:
        """Write the losses of some whole rows: a flat array in C order."""
        ...

    def close(self) -> None:
        """Write what belongs at the end. The file itself stays open."""
        ...

    def abandon(self) -> None:
        """Write nothing more, after a failure."""
        ...


class Opener(Protocol):
    """What a format's module offers to the registry."""

    def __call__(self, file: BinaryIO, layout: Layout) -> Sink:
        """Begin to write; see `sinks.open_sink`."""
        ...
