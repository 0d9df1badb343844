"""What the figures of a report need of the pairs: learned in the pass, merged in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.figures.data import FigureData
from smoothl1.figures.density import BLOCK, Density
from smoothl1.figures.drift import Drift
from smoothl1.figures.error_histogram import ErrorHistogram
from smoothl1.figures.stretches import in_order
from smoothl1.figures.sweep import Sweep
from smoothl1.numerics.loss import absolute_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs


class PairFigures:
    """Histograms, blocks of rows and other betas.

    Args:
        beta: The transition point of the report.
        row_elements: The number of elements of a row.
        n_rows: The number of rows, if it is known.
        rows_before: The number of rows of the whole before these; None if it is not known.

    Attributes:
        errors: The signed errors.
        density: Predictions against targets.
        drift: The losses along the rows.
        sweep: The losses at other betas.
    """

    def __init__(
        self,
        beta: float,
        row_elements: int,
        n_rows: int | None,
        rows_before: int | None = None,
    ) -> None:
        self._beta = beta
        self.errors = ErrorHistogram()
        self.density = Density()
        self.drift = Drift(beta, row_elements, n_rows, rows_before)
        self.sweep = Sweep.around(beta)

    def add(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> None:
        """Add the pairs of a chunk, after the NaN policy."""
        tally = self.drift.add(backend, chunk, pairs)
        self.sweep.add(backend, pairs, self._beta, tally)
        if pairs.lost is not None:
            self.errors.add_nan(int(pairs.lost.sum()))
        if not pairs.pred.size:
            return
        self.density.add(backend, pairs.pred, pairs.target)
        for start in range(0, pairs.pred.size, BLOCK):
            block = slice(start, start + BLOCK)
            self.errors.add(backend, _errors(pairs.pred[block], pairs.target[block]))

    def merge(self, other: PairFigures) -> None:
        """Add what is known of other pairs."""
        self.errors.merge(other.errors)
        self.density.merge(other.density)
        self.drift.merge(other.drift)
        self.sweep.merge(other.sweep)

    @property
    def data(self) -> FigureData:
        """What the figures are drawn from, once all pairs are added."""
        return FigureData(self.errors, self.density, self.sweep, in_order([self.drift.stretch()]))


def _errors(pred: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    """Prediction minus target, rounded once to binary64: the distance with its sign."""
    error = np.empty(pred.size)
    with np.errstate(all="ignore"):
        if pred.dtype.kind == target.dtype.kind == "f":
            np.subtract(pred, target, out=error, dtype=np.float64)
        else:
            absolute_error(pred, target, error, np.empty(pred.size))
            np.negative(error, out=error, where=pred < target)
    return error
