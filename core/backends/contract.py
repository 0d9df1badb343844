"""The contract of a backend. A suite of tests checks that all backends give the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.numerics.group_moments import GroupMoments
    from smoothl1.numerics.group_sums import ExactSums
    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.tallies.group_tallies import GroupTally
    from smoothl1.tallies.tally import Tally


class Backend(Protocol):
    """Computes the losses of chunks. An instance has buffers of its own: use it in one thread."""

    def tally(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        betas: Sequence[float],
        *,
        start: int = 0,
        out: NDArray[np.floating] | None = None,
        weight: NDArray[np.float64] | None = None,
        moments: bool = False,
    ) -> tuple[Tally, ...]:
        """Tally the losses of one chunk at several betas, in one pass over it.

        Args:
            pred: Predictions, one dimension, any dtype that `loss.check_dtype` accepts.
            target: Targets, of the same length.
            betas: Transition points, finite, >= 0.
            start: Position of the chunk's first element among all elements.
            out: Receives the element losses at the first beta, weighted if there are weights,
                rounded once to its dtype.
            weight: Weights, of the same length, finite and above 0.
            moments: Whether each element is a row whose moments are wanted; not with weights.
                Third moments are None.

        Returns:
            One tally for each beta.
        """
        ...

    def losses(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        beta: float,
        weight: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """The losses of one chunk in binary64, times their weights if there are weights.

        Args:
            pred: Predictions, one dimension, any dtype that `loss.check_dtype` accepts.
            target: Targets, of the same length.
            beta: Transition point, finite, >= 0.
            weight: Weights, of the same length.
        """
        ...

    def between(
        self, pred: NDArray[Any], target: NDArray[Any], low: float, high: float
    ) -> tuple[int, int, NDArray[np.float64]]:
        """The distances |x - y| of one chunk that are between two bounds.

        Args:
            pred: Predictions, one dimension, any dtype that `loss.check_dtype` accepts.
            target: Targets, of the same length.
            low: The lower bound, which is between the bounds itself; not NaN.
            high: The upper bound, likewise.

        Returns:
            The number of distances below `low`, the number of those that are NaN, and those between
            the bounds, in their order.
        """
        ...

    def negative_parts(
        self, pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64]
    ) -> bool:
        """Write max(y - x, 0) of each pair of one chunk.

        Args:
            pred: Predictions, one dimension, floats, or integers that binary64 holds.
            target: Targets, of the same length.
            out: Receives the numbers; binary64, of that length, contiguous.

        Returns:
            Whether all differences are finite, and none is rounded. If not, `out` is undefined.
        """
        ...

    def tally_groups(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        betas: Sequence[float],
        codes: NDArray[np.intp],
        positions: NDArray[np.int64] | None,
        into: Sequence[GroupTally],
        *,
        start: int = 0,
        out: NDArray[np.floating] | None = None,
        weight: NDArray[np.float64] | None = None,
    ) -> None:
        """Tally the losses of one chunk, group by group.

        Args:
            pred: Predictions, one dimension, any dtype that `loss.check_dtype` accepts.
            target: Targets, of the same length.
            betas: Transition points, finite, >= 0.
            codes: The group of each element.
            positions: The position of each element among all elements; None if they are
                consecutive.
            into: A tally for each beta; each has all of these groups.
            start: The position of the first element, if they are consecutive.
            out: See `tally`.
            weight: See `tally`.
        """
        ...

    def add_rows(self, codes: NDArray[np.intp], rows: Rows, into: GroupMoments) -> None:
        """Add rows to the moments of their groups.

        Args:
            codes: The group of each row.
            rows: The rows, as many as there are codes.
            into: The moments of groups, with all of these groups.
        """
        ...

    def add_products(
        self, codes: NDArray[np.intp], rows: Rows, into: Mapping[Factors, ExactSums]
    ) -> None:
        """Add products of some factors of rows to the exact sums of their groups.

        Args:
            codes: The group of each row.
            rows: The rows, as many as there are codes, with finite sums and sizes.
            into: For the factors of each product, the sums that it is added to.
        """
        ...

    def count_errors(self, errors: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        """Count numbers by their upper bits: see `numerics.histograms.count_upper_bits`."""
        ...

    def count_cells(
        self,
        columns: NDArray[np.float64],
        rows: NDArray[np.float64],
        exponent: int,
        first: int,
        counts: NDArray[np.int64],
    ) -> None:
        """Count pairs in a grid of squares: see `numerics.histograms.count_cells`."""
        ...
