"""The NumPy backend: it defines the bits that every other backend must give."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.exact import BLOCK, ExactSum, extract_units
from smoothl1.loss import absolute_error, loss_of_error
from smoothl1.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class CpuBackend:
    """Goes through a chunk in blocks that stay in a core's cache, in reused working space."""

    def __init__(self) -> None:
        self._error = np.empty(BLOCK)
        self._loss = np.empty(BLOCK)
        self._scratch = np.empty(BLOCK)

    def tally(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        betas: Sequence[float],
        *,
        start: int = 0,
        out: NDArray[np.floating] | None = None,
    ) -> tuple[Tally, ...]:
        tallies = [Tally()] * len(betas)
        with np.errstate(all="ignore"):
            for low in range(0, pred.size, BLOCK):
                block = slice(low, low + BLOCK)
                error = self._error[: pred[block].size]
                absolute_error(pred[block], target[block], error, self._scratch[: error.size])
                for i, beta in enumerate(betas):
                    kept = out[block] if out is not None and i == 0 else None
                    tally = self._tally_block(error, beta, start + low, kept)
                    tallies[i] = tallies[i].merge(tally)
        return tuple(tallies)

    def _tally_block(
        self, error: NDArray[np.float64], beta: float, start: int, out: NDArray[np.floating] | None
    ) -> Tally:
        loss = self._loss[: error.size]
        loss_of_error(error, beta, loss, self._scratch[: error.size])
        if out is not None:
            np.copyto(out, loss, casting="same_kind")
        largest = float(np.maximum.reduce(loss))  # NaN if there is one
        if not math.isfinite(largest):
            return self._tally_not_finite(error, loss, beta, start)
        return Tally(
            n=error.size,
            n_quadratic=_count_below(error, beta),
            min=float(np.minimum.reduce(loss)),
            max=largest,
            total=ExactSum(extract_units(loss, largest, self._scratch)),  # last: destroys loss
        )

    def _tally_not_finite(
        self, error: NDArray[np.float64], loss: NDArray[np.float64], beta: float, start: int
    ) -> Tally:
        """The same, for a block with NaN or infinite losses: these are counted apart."""
        is_nan = np.isnan(loss)
        n_nan = int(np.count_nonzero(is_nan))
        finite = loss[np.isfinite(loss)]
        limit = float(finite.max(initial=0.0))
        return Tally(
            n=loss.size,
            n_nan=n_nan,
            n_inf=loss.size - n_nan - finite.size,
            n_quadratic=_count_below(error, beta),
            total=ExactSum(extract_units(finite.copy(), limit, self._scratch)),
            min=float(np.fmin.reduce(loss, initial=math.inf)),
            max=float(np.fmax.reduce(loss, initial=-math.inf)),
            first_nan=start + int(is_nan.argmax()) if n_nan else None,
        )


def _count_below(error: NDArray[np.float64], beta: float) -> int:
    return int(np.count_nonzero(error < beta))
