"""What a backend must do. The contract suite in the tests holds every backend to the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.tally import Tally


class Backend(Protocol):
    """Losses of chunks of elements. An instance owns working space: one instance, one thread."""

    def tally(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        betas: Sequence[float],
        *,
        start: int = 0,
        out: NDArray[np.floating] | None = None,
    ) -> tuple[Tally, ...]:
        """Tally the losses of one chunk, for several betas in one reading.

        Args:
            pred: Predictions, one dimension, any dtype that `loss.check_dtype` accepts.
            target: Targets, of the same length.
            betas: Transition points, finite, >= 0.
            start: Position of the chunk's first element among all elements.
            out: Receives the element losses at the first beta, rounded once to its dtype.

        Returns:
            One tally for each beta.
        """
        ...
