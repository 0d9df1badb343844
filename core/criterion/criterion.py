"""The criterion as PyTorch and OneFlow users know it: a function and a small frozen value."""

from __future__ import annotations

import math
import warnings
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.choice import new_backend
from smoothl1.checks import checked_beta, checked_reduction, is_sum
from smoothl1.criterion.on_gpu import PairOnGpu, gpu_of
from smoothl1.errors import ShapeError
from smoothl1.numerics.loss import gradient, result_dtype
from smoothl1.sources.memory.arrays import as_numbers
from smoothl1.sources.memory.attributes import refuse_missing
from smoothl1.sources.memory.label_order import check_label_order

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, repr=False)
class SmoothL1Loss:
    """Smooth L1 loss, consistent with `torch.nn.SmoothL1Loss` and `oneflow.nn.SmoothL1Loss`.

    Predictions and targets are paired by position. Labels of pandas (index, column names) do not
    align anything; if both sides have the same labels in another order, they are refused.

    A frozen value: it compares, hashes, pickles, and `eval(repr(c)) == c`. It holds no parameters,
    buffers or training state, so there is no module machinery.

    Args:
        reduction: "mean", "sum" or "none".
        beta: Where the loss passes from quadratic to linear; finite, >= 0; 0 is exactly L1.
        size_average, reduce: Deprecated, as in PyTorch; where given they override `reduction`.

    Raises:
        ValueError: An unknown reduction; a beta that is negative, NaN or infinite.
        TypeError: A beta that is not a real number.

    Example:
        >>> SmoothL1Loss(beta=0.5)([1.0, 2.0], [1.25, 4.0])
        np.float64(0.90625)
    """

    reduction: str = "mean"
    beta: float = 1.0
    size_average: InitVar[bool | None] = field(default=None, kw_only=True)
    reduce: InitVar[bool | None] = field(default=None, kw_only=True)

    def __post_init__(self, size_average: bool | None, reduce: bool | None) -> None:
        reduction = self.reduction
        if size_average is not None or reduce is not None:
            reduction = _legacy_reduction(size_average, reduce)
        object.__setattr__(self, "reduction", checked_reduction(reduction))
        object.__setattr__(self, "beta", checked_beta(self.beta))

    def __call__(self, input: ArrayLike, target: ArrayLike) -> NDArray[Any] | np.floating:
        """The loss of predictions against targets.

        Args:
            input: Predictions, shape (N, *) with any number of further dimensions, or 0-d; bool,
                integers or floats of at most 64 bits. An array, a nested list, or a column or table
                of Arrow, pandas or Polars; none of its numbers is rounded on the way. Or an array
                on a GPU, of CuPy or any library with `__dlpack__` or `__cuda_array_interface__`,
                also of bfloat16: it is evaluated there, and "none" gives an array of CuPy.
            target: Targets, of the same shape; another dtype is promoted.

        Returns:
            For "none" an array of the inputs' shape, else a scalar; of the promoted floating dtype
            (float64 where neither input is floating). Mean and sum are formed exactly and rounded
            once. Without elements the mean is NaN and the sum 0.

        Raises:
            MissingExtraError: Arrays on a GPU need CuPy.
            StorageError: The GPU refused.
            ShapeError: The shapes differ, or both have the same columns or the same index in
                another order (a ValueError). Nothing is ever broadcast.
            DtypeError: Complex, text, dates, objects; missing or masked values; integers that fit
                no dtype, or none together with floats (a TypeError).
        """
        gpu = gpu_of(input, target)
        if gpu is not None:
            pair = PairOnGpu(gpu, input, target, _check_shapes)
            found: NDArray[Any] | np.floating = pair.loss(self.reduction, self.beta)
            return found
        pred, target_array = _checked_pair(input, target)
        dtype = result_dtype(pred.dtype, target_array.dtype)
        out = np.empty(pred.shape, dtype) if self.reduction == "none" else None
        (tally,) = new_backend().tally(
            pred.reshape(-1),
            target_array.reshape(-1),
            (self.beta,),
            out=None if out is None else out.reshape(-1),
        )
        if out is not None:
            return out
        if tally.not_finite is not None:
            return dtype.type(tally.not_finite)
        if is_sum(self.reduction):
            return tally.total.over_as(1, dtype)
        return tally.total.over_as(tally.n, dtype) if tally.n else dtype.type(math.nan)

    forward = __call__

    def grad(self, input: ArrayLike, target: ArrayLike) -> NDArray[Any]:
        """The derivative of the (reduced) loss with respect to each prediction.

        clip((input - target) / beta, -1, 1), or sign(input - target) for beta 0; divided by the
        number of elements for "mean". NaN stays NaN for every beta.

        Args:
            input: Predictions, as for the loss.
            target: Targets, as for the loss.

        Returns:
            An array of the inputs' shape and promoted floating dtype.

        Raises:
            MissingExtraError, StorageError, ShapeError, DtypeError: As for the loss.
        """
        gpu = gpu_of(input, target)
        if gpu is not None:
            pair = PairOnGpu(gpu, input, target, _check_shapes)
            found: NDArray[Any] = pair.gradient(self.beta, is_mean=self.reduction == "mean")
            return found
        pred, target_array = _checked_pair(input, target)
        dtype = result_dtype(pred.dtype, target_array.dtype)
        with np.errstate(all="ignore"):
            slope = gradient(pred.reshape(-1), target_array.reshape(-1), self.beta)
            if self.reduction == "mean" and slope.size:
                slope /= slope.size
            return slope.astype(dtype, copy=False).reshape(pred.shape)

    def extra_repr(self) -> str:
        """The settings as written in the repr."""
        return f"reduction={self.reduction!r}, beta={self.beta!r}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.extra_repr()})"


def smooth_l1_loss(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", beta: float = 1.0
) -> NDArray[Any] | np.floating:
    """Smooth L1 loss of predictions against targets; see `SmoothL1Loss` for every detail.

    Args:
        input: Predictions, shape (N, *) or 0-d.
        target: Targets, of the same shape.
        reduction: "mean", "sum" or "none".
        beta: Where the loss passes from quadratic to linear; finite, >= 0; 0 is exactly L1.

    Returns:
        For "none" an array of the inputs' shape, else a scalar; of the promoted floating dtype.

    Raises:
        ValueError: Unequal shapes; an unknown reduction; a bad beta.
        TypeError: A dtype without a loss (complex, text, dates, objects); a beta of a wrong type.
        MissingExtraError, StorageError: See `SmoothL1Loss`.

    Example:
        >>> smooth_l1_loss([0.0, 3.0], [0.5, 1.0], reduction="none")
        array([0.125, 1.5  ])
    """
    return SmoothL1Loss(reduction, beta)(input, target)


def _checked_pair(input: ArrayLike, target: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    pred, target_array = as_numbers(input, "input"), as_numbers(target, "target")
    refuse_missing(input, pred, "input")
    refuse_missing(target, target_array, "target")
    check_label_order(input, target)
    _check_shapes(pred.shape, target_array.shape)
    return pred, target_array


def _check_shapes(input: tuple[int, ...], target: tuple[int, ...]) -> None:
    if input != target:
        one_column = {len(input), len(target)} == {1, 2}
        raise ShapeError(
            f"input has shape {input} and target {target}; they must be equal",
            hint="reshape one of them: (n,) against (n, 1) would pair every row with every other"
            if one_column and math.prod(input) == math.prod(target)
            else None,
        )


def _legacy_reduction(size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that PyTorch's two deprecated switches mean; see its `nn._reduction`."""
    averaged = "mean" if size_average is None or size_average else "sum"
    reduction = averaged if reduce is None or reduce else "none"
    warnings.warn(
        f"size_average and reduce are deprecated: use reduction={reduction!r}",
        DeprecationWarning,
        stacklevel=4,
    )
    return reduction
