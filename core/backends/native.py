"""The native backend: the compiled kernel where it applies, NumPy for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends import _native
from smoothl1.backends.cpu import ROOT_OF_LARGEST, CpuBackend
from smoothl1.exact import UNIT_EXPONENT, ExactSum
from smoothl1.moments import Moments
from smoothl1.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


BLOCK = 2048
"""Elements at a time: 16 KiB of binary64 stay in the L1 cache beside what is read."""


class NativeBackend:
    """Tallies floats without weights in the kernel, which lets go of the interpreter lock.

    Args:
        version: One of `_native.VERSIONS`; unset, the fastest.
    """

    def __init__(self, version: str | None = None) -> None:
        self._version = version
        self._numpy = CpuBackend()
        self.losses = self._numpy.losses
        self.tally_groups = self._numpy.tally_groups

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
        arrays = (pred, target) if out is None else (pred, target, out)
        if weight is not None or not all(map(_is_plain, arrays)):
            return self._numpy.tally(
                pred, target, betas, start=start, out=out, weight=weight, moments=moments
            )
        chosen = np.array(betas, np.float64)
        n_nan, n_inf, first_nan, found = _native.tally(
            pred, target, chosen, out, BLOCK, self._version, moments
        )
        largest = max((most for _, _, most, _, _ in found), default=0.0)
        if moments and not (n_nan == 0 and largest < ROOT_OF_LARGEST):
            return self._numpy.tally(
                pred, target, betas, start=start, out=out, weight=weight, moments=moments
            )
        sizes = ExactSum(pred.size << -UNIT_EXPONENT)
        return tuple(
            Tally(
                n=pred.size,
                n_nan=n_nan,
                n_inf=n_inf,
                n_quadratic=n_quadratic,
                min=least,
                max=most,
                total=(total := ExactSum(int.from_bytes(units, "little"))),
                first_nan=start + first_nan if n_nan else None,
                moments=Moments(
                    n=pred.size,
                    squares=ExactSum(int.from_bytes(squares, "little")),
                    cross=total,
                    sizes=sizes,
                )
                if moments
                else Moments(),
            )
            for n_quadratic, least, most, units, squares in found
        )


def _is_plain(values: NDArray[Any]) -> bool:
    """Whether numbers lie in memory as the kernel reads them."""
    flags = values.flags
    is_float = values.dtype.char in "fd" and values.dtype.isnative
    return is_float and flags.c_contiguous and flags.aligned
