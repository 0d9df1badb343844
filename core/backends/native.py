"""The native backend: compiled loops, and NumPy for |x - y| of numbers that they do not read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.backends import _native, scattering
from smoothl1.backends.scattering import LONGEST, add, fill_groups, plain, scatter_products
from smoothl1.numerics.exact_sum import SQUARE_EXPONENT, UNIT_EXPONENT, ExactSum, shifted
from smoothl1.numerics.loss import absolute_error
from smoothl1.numerics.row_moments import NO_ROWS, moments_of_ones
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from smoothl1.numerics.group_moments import GroupMoments
    from smoothl1.numerics.group_sums import ExactSums
    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.tallies.group_tallies import GroupTally


BLOCK = _native.BLOCK
"""Elements that the kernel works on at a time."""

PIECE = 1 << 15
"""Elements whose |x - y| NumPy forms at a time: three buffers of 256 KiB stay in the L2 cache."""

_AS_L1 = np.zeros(1)
"""The beta at which a loss is |x - y|."""


class _Piece(NamedTuple):
    """A part of a chunk as the kernel reads it.

    Attributes:
        at: The place of the part in the chunk.
        pred: Predictions; or |x - y|, if the kernel does not read their dtype or layout.
        target: Targets; or zeros, if `pred` is |x - y|.
        out: Receives the losses; None if they are not wanted.
    """

    at: slice
    pred: NDArray[Any]
    target: NDArray[Any]
    out: NDArray[Any] | None


class NativeBackend:
    """Tallies in compiled loops, which release the interpreter lock.

    For numbers that the loops do not read, they are given |x - y| and 0, which have the same loss.

    Args:
        version: One of `_native.VERSIONS`; unset, the fastest.
    """

    def __init__(self, version: str | None = None) -> None:
        self._version = version
        self._error, self._scratch, self._losses = np.empty((3, PIECE))
        self._zeros = np.zeros(PIECE)

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
        chosen = np.array(betas, np.float64)
        tallies: tuple[Tally, ...] | None = None
        for piece in self._pieces(pred, target, out):
            first = start + piece.at.start
            if weight is None:
                found = self._tally(piece, chosen, first, moments=moments)
            else:
                found = self._tally_weighted(piece, chosen, first, plain(weight[piece.at]))
            tallies = found if tallies is None else tuple(map(Tally.merge, tallies, found))
        return tallies or (Tally(weight=None if weight is None else ExactSum()),) * len(betas)

    def losses(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        beta: float,
        weight: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        losses = np.empty(pred.size)
        for at, one, other, out in self._pieces(pred, target, losses):
            weights = None if weight is None else plain(weight[at])
            _native.losses(one, other, weights, out, beta, self._version)
        return losses

    def between(
        self, pred: NDArray[Any], target: NDArray[Any], low: float, high: float
    ) -> tuple[int, int, NDArray[np.float64]]:
        n_below, n_nan, found = 0, 0, [np.empty(0)]
        for piece in self._pieces(pred, target, None):
            for start in range(0, piece.pred.size, PIECE):
                one, other = (s[start : start + PIECE] for s in (piece.pred, piece.target))
                out = self._losses[: one.size]
                below, nan, n = _native.select(one, other, out, low, high, self._version)
                n_below, n_nan = n_below + below, n_nan + nan
                found.append(out[:n].copy())
        return n_below, n_nan, np.concatenate(found)

    def negative_parts(
        self, pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64]
    ) -> bool:
        one, other = (side if _is_plain(side) else plain(side) for side in (pred, target))
        return _native.negative_parts(one, other, out, self._version)

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
        for piece in self._pieces(pred, target, out):
            chosen = plain(codes[piece.at], np.int64)
            places = None if positions is None else plain(positions[piece.at], np.int64)
            where = (chosen, places, start + piece.at.start)
            weights = None if weight is None else plain(weight[piece.at])
            for i, (beta, tally) in enumerate(zip(betas, into, strict=True)):
                kept = piece.out if i == 0 else None
                elements = (piece.pred, piece.target, weights, kept, *where)
                scatter = partial(_native.tally_groups, *elements)
                fill_groups(tally, beta, self._version, chosen.size, scatter)
                if weights is not None and tally.weight is not None:
                    add(tally.weight, chosen, weights)

    def add_rows(self, codes: NDArray[np.intp], rows: Rows, into: GroupMoments) -> None:
        into.add(codes, rows, lambda sums, codes, rows: self.add_products(codes, rows, sums))

    def add_products(
        self, codes: NDArray[np.intp], rows: Rows, into: Mapping[Factors, ExactSums]
    ) -> None:
        from smoothl1.numerics.products import SECOND  # late: most runs want no moments

        is_one = all(of_names.n == 1 for of_names in into.values())
        if is_one and rows.sizes is None and into.keys() <= {*SECOND[:2]}:
            squares, totals = map(into.get, SECOND[:2])
            self._add_to_one(squares, totals, plain(rows.sums))
        else:
            scatter_products(into, codes, rows)

    def count_errors(self, errors: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        _native.count_upper_bits(plain(errors), counts)

    def count_cells(
        self,
        columns: NDArray[np.float64],
        rows: NDArray[np.float64],
        exponent: int,
        first: int,
        counts: NDArray[np.int64],
    ) -> None:
        scattering.count_cells(columns, rows, exponent, first, counts, self._version)

    def _add_to_one(
        self, squares: ExactSums | None, sums: ExactSums | None, values: NDArray[np.float64]
    ) -> None:
        """Add finite numbers and their squares to the sums of the only group, in folds.

        The kernel takes magnitudes. A sum is that of the magnitudes, less twice that of the
        negative ones.
        """
        place = (_native.SQUARE_UNIT - UNIT_EXPONENT) // 32
        for low in range(0, values.size, PIECE):
            piece = values[low : low + PIECE]
            zeros = self._zeros[: piece.size]
            total, of_squares = self._sums_of(piece, zeros, with_squares=squares is not None)
            if squares is not None:
                squares.add_units(0, of_squares, place)
            if sums is not None:
                negative = np.minimum(piece, zeros, out=self._error[: piece.size])
                if negative.any():
                    total -= 2 * self._sums_of(negative, zeros, with_squares=False)[0]
                sums.add_units(0, total)

    def _sums_of(
        self, one: NDArray[np.float64], other: NDArray[np.float64], *, with_squares: bool
    ) -> tuple[int, int]:
        """The sums of |one - other| and of its squares, in units of the kernel."""
        *_, [(_, _, _, units, squares)] = _native.tally(
            one, other, _AS_L1, None, BLOCK, self._version, with_squares
        )
        return int.from_bytes(units, "little"), int.from_bytes(squares or b"", "little")

    def _pieces(
        self, pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.floating] | None
    ) -> Iterator[_Piece]:
        """Yield a chunk piece by piece; buffers are valid until the next piece."""
        is_read = _is_plain(pred) and _is_plain(target)
        is_written = out is None or _is_plain(out)
        step = LONGEST if is_read and is_written else PIECE
        for low in range(0, pred.size, step):
            at = slice(low, min(low + step, pred.size))
            n = at.stop - low
            sides = (pred[at], target[at])
            if not is_read:
                with np.errstate(all="ignore"):
                    absolute_error(*sides, self._error[:n], self._scratch[:n])
                sides = (self._error[:n], self._zeros[:n])
            if out is None or is_written:
                yield _Piece(at, *sides, None if out is None else out[at])
            else:
                yield _Piece(at, *sides, self._losses[:n])
                with np.errstate(all="ignore"):
                    np.copyto(out[at], self._losses[:n], casting="same_kind")

    def _tally(
        self, piece: _Piece, betas: NDArray[np.float64], start: int, *, moments: bool
    ) -> tuple[Tally, ...]:
        n_nan, n_inf, first_nan, found = _native.tally(
            piece.pred, piece.target, betas, piece.out, BLOCK, self._version, moments
        )
        n_finite = piece.pred.size - n_nan - n_inf
        return tuple(
            Tally(
                n=piece.pred.size,
                n_nan=n_nan,
                n_inf=n_inf,
                n_quadratic=n_quadratic,
                min=least,
                max=most,
                total=(total := _sum_of(units)),
                first_nan=start + first_nan if n_nan else None,
                moments=moments_of_ones(n_finite, n_inf, total, _squares_of(squares))
                if moments
                else NO_ROWS,
            )
            for n_quadratic, least, most, units, squares in found
        )

    def _tally_weighted(
        self, piece: _Piece, betas: NDArray[np.float64], start: int, weight: NDArray[np.float64]
    ) -> tuple[Tally, ...]:
        whole, found = _native.tally_weighted(
            piece.pred, piece.target, weight, piece.out, betas, self._version
        )
        return tuple(
            Tally(
                n=weight.size,
                n_nan=n_nan,
                n_inf=n_inf,
                n_quadratic=n_quadratic,
                min=least,
                max=most,
                total=_sum_of(units),
                first_nan=start + first_nan if n_nan else None,
                weight=_sum_of(whole),
            )
            for n_nan, n_inf, n_quadratic, first_nan, least, most, units in found
        )


def _is_plain(values: NDArray[Any]) -> bool:
    """Whether the kernel reads numbers of this dtype and memory layout."""
    flags = values.flags
    is_float = values.dtype.char in "fd" and values.dtype.isnative
    return is_float and flags.c_contiguous and flags.aligned


def _squares_of(units: bytes) -> int:
    """A sum of squares, in the unit of `Moments`."""
    return shifted(int.from_bytes(units, "little"), _native.SQUARE_UNIT - SQUARE_EXPONENT)


def _sum_of(units: bytes) -> ExactSum:
    return ExactSum(int.from_bytes(units, "little"))
