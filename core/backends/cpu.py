"""The NumPy backend: it defines the bits that every other backend must give."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.numerics.exact_sum import BLOCK, UNIT_EXPONENT, ExactSum, extract_units
from smoothl1.numerics.loss import absolute_error, loss_of_error
from smoothl1.numerics.row_moments import NO_ROWS, Moments, moments_of, sizes_of_ones
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from smoothl1.numerics.group_moments import GroupMoments
    from smoothl1.numerics.group_sums import ExactSums
    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.tallies.group_tallies import GroupTally


_REMAINDER = 2.0**-52
"""Upper bound of the rounding remainder of a product, relative to the product."""


class CpuBackend:
    """Goes through a chunk in blocks that stay in a core's cache, in reused buffers."""

    def __init__(self) -> None:
        self._error = np.empty(BLOCK)
        self._loss = np.empty(BLOCK)
        self._scratch = np.empty(BLOCK)

    @np.errstate(all="ignore")
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
        tallies = [Tally()] * len(betas)
        for block, error in self._errors(pred, target):
            weights = None if weight is None else weight[block]
            for i, beta in enumerate(betas):
                kept = out[block] if out is not None and i == 0 else None
                found = self._moments_of(error, beta) if moments else NO_ROWS
                tally = self._tally_block(error, beta, start + block.start, kept, weights)
                if moments:  # the size m of each row is 1: the sum of s*m is that of s
                    found = replace(found, cross=tally.total.units << -UNIT_EXPONENT)
                tallies[i] = tallies[i].merge(tally._replace(moments=found))
        if weight is not None:
            total = ExactSum.of(weight)
            tallies = [tally._replace(weight=total) for tally in tallies]
        return tuple(tallies)

    @np.errstate(all="ignore")
    def losses(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        beta: float,
        weight: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        losses = np.empty(pred.size)
        for block, error in self._errors(pred, target):
            loss_of_error(error, beta, losses[block], self._scratch[: error.size])
        return losses if weight is None else np.multiply(losses, weight, out=losses)

    @np.errstate(all="ignore")
    def between(
        self, pred: NDArray[Any], target: NDArray[Any], low: float, high: float
    ) -> tuple[int, int, NDArray[np.float64]]:
        n_below, n_nan, found = 0, 0, [np.empty(0)]
        for _, error in self._errors(pred, target):
            n_below += int(np.count_nonzero(error < low))
            n_nan += int(np.count_nonzero(np.isnan(error)))
            found.append(error[(error >= low) & (error <= high)])
        return n_below, n_nan, np.concatenate(found)

    @np.errstate(all="ignore")
    def negative_parts(
        self, pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64]
    ) -> bool:
        x, y = pred.astype(np.float64), target.astype(np.float64)
        difference = np.subtract(x, y)
        shift = difference - x
        # the rounding error is found without error: D. E. Knuth, The Art of Computer Programming,
        # volume 2, section 4.2.2, theorem B
        is_exact = not ((x - (difference - shift)) - (y + shift)).any()
        np.negative(np.minimum(difference, 0.0, out=difference), out=out)
        out += 0.0  # -0 becomes 0
        return is_exact

    @np.errstate(all="ignore")
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
        if positions is None:
            positions = np.arange(start, start + pred.size)
        for block, error in self._errors(pred, target):
            weights = None if weight is None else weight[block]
            for i, beta in enumerate(betas):
                kept = out[block] if out is not None and i == 0 else None
                loss = self._losses(error, beta)
                into[i].add(codes[block], loss, error < beta, weights, positions[block])
                if kept is not None:
                    _keep(loss, weights, kept)

    def add_rows(self, codes: NDArray[np.intp], rows: Rows, into: GroupMoments) -> None:
        into.add(codes, rows)

    def add_products(
        self, codes: NDArray[np.intp], rows: Rows, into: Mapping[Factors, ExactSums]
    ) -> None:
        from smoothl1.numerics.group_moments import add_products  # late, as products are

        add_products(into, codes, rows)

    def count_errors(self, errors: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        from smoothl1.numerics.histograms import count_upper_bits  # late: for reports alone

        count_upper_bits(errors, counts)

    def count_cells(
        self,
        columns: NDArray[np.float64],
        rows: NDArray[np.float64],
        exponent: int,
        first: int,
        counts: NDArray[np.int64],
    ) -> None:
        from smoothl1.numerics.histograms import count_cells

        count_cells(columns, rows, exponent, first, counts)

    def _errors(
        self, pred: NDArray[Any], target: NDArray[Any]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield the absolute errors of each block of a chunk; valid until the next block."""
        if pred.size != target.size:
            raise ValueError("predictions and targets that do not go together")
        for low in range(0, pred.size, BLOCK):
            block = slice(low, min(low + BLOCK, pred.size))
            error = self._error[: block.stop - low]
            absolute_error(pred[block], target[block], error, self._scratch[: error.size])
            yield block, error

    def _losses(self, error: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
        loss = self._loss[: error.size]
        loss_of_error(error, beta, loss, self._scratch[: error.size])
        return loss

    def _moments_of(self, error: NDArray[np.float64], beta: float) -> Moments:
        """Moments of a block, each element a row, without `cross`, which is the sum of losses."""
        from smoothl1.numerics.products import LEAST_NEAR_ONE, MOST_NEAR_ONE, exact_product
        from smoothl1.numerics.row_sums import Rows  # late: most runs want no moments

        loss = self._losses(error, beta)
        limit = float(np.maximum.reduce(loss))
        least = float(np.minimum.reduce(loss))
        if not LEAST_NEAR_ONE <= least <= limit < MOST_NEAR_ONE:
            return moments_of(Rows(loss[~np.isnan(loss)], None, None), with_third=False)
        limits = (limit * limit, limit * limit * _REMAINDER)
        units = sum(
            extract_units(term, most, self._scratch)
            for term, most in zip(exact_product(loss, loss), limits, strict=True)
        )
        squares, n = units << -UNIT_EXPONENT, error.size
        return Moments(n, squares, sizes=sizes_of_ones(n), third=None)

    def _tally_block(
        self,
        error: NDArray[np.float64],
        beta: float,
        start: int,
        out: NDArray[np.floating] | None,
        weight: NDArray[np.float64] | None,
    ) -> Tally:
        loss = self._losses(error, beta)
        largest = float(np.maximum.reduce(loss))  # NaN if a loss is NaN
        smallest = float(np.minimum.reduce(loss))
        term, limit = loss, largest
        if weight is not None:
            term = np.multiply(loss, weight, out=loss)
            limit = float(np.maximum.reduce(term))
        if out is not None:
            np.copyto(out, term, casting="same_kind")
        if not math.isfinite(limit):
            return self._tally_not_finite(error, beta, start, weight)
        return Tally(
            n=error.size,
            n_quadratic=_count_below(error, beta),
            min=smallest,
            max=largest,
            total=ExactSum(extract_units(term, limit, self._scratch)),  # last: destroys loss
        )

    def _tally_not_finite(
        self,
        error: NDArray[np.float64],
        beta: float,
        start: int,
        weight: NDArray[np.float64] | None,
    ) -> Tally:
        """Tally a block that has NaN or infinite losses, which are counted separately."""
        loss = self._losses(error, beta)
        term = loss if weight is None else loss * weight
        is_nan = np.isnan(term)
        n_nan = int(np.count_nonzero(is_nan))
        finite = term[np.isfinite(term)]
        limit = float(finite.max(initial=0.0))
        return Tally(
            n=loss.size,
            n_nan=n_nan,
            n_inf=loss.size - n_nan - finite.size,
            n_quadratic=_count_below(error, beta),
            total=ExactSum(extract_units(finite, limit, self._scratch)),
            min=float(np.fmin.reduce(loss, initial=math.inf)),
            max=float(np.fmax.reduce(loss, initial=-math.inf)),
            first_nan=start + int(is_nan.argmax()) if n_nan else None,
        )


def _keep(
    loss: NDArray[np.float64], weight: NDArray[np.float64] | None, out: NDArray[np.floating]
) -> None:
    np.copyto(out, loss if weight is None else loss * weight, casting="same_kind")


def _count_below(error: NDArray[np.float64], beta: float) -> int:
    return int(np.count_nonzero(error < beta))
