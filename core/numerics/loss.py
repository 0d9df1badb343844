"""The Smooth L1 loss and its gradient, element by element, in IEEE 754 binary64.

    d = |x - y|                                   one rounding
    beta = 0:  loss = d                           exactly L1
    beta > 0:  loss = (m / beta) * (d - m / 2)    with m = min(d, beta)

which is 0.5 * d**2 / beta where d < beta and d - 0.5 * beta from there on. In this form nothing
overflows (d * d would), nothing is divided by zero, and both branches meet at d = beta. The order
of operations is part of the contract: every function here rounds exactly as written above, so all
callers get the same bits.

Sources: R. Girshick, "Fast R-CNN", ICCV 2015, doi:10.1109/ICCV.2015.169 (the loss, beta = 1);
P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35(1), 1964,
doi:10.1214/aoms/1177703732 (beta times this loss is Huber's with delta = beta).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_dtype(dtype: np.dtype[Any]) -> None:
    """Refuse dtypes that hold no real numbers of at most 64 bits.

    Raises:
        DtypeError: Complex, longdouble, text, dates, objects, structured and void dtypes.
    """
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise DtypeError(f"dtype {dtype} has no Smooth L1 loss: it takes bool, integers and floats")


def result_dtype(pred: np.dtype[Any], target: np.dtype[Any]) -> np.dtype[np.floating]:
    """The dtype of per-element losses: the promoted floating dtype of the two inputs.

    It is float64 if neither is floating; with a float and an integer, that of the float.
    """
    floating = [dtype.newbyteorder("=") for dtype in (pred, target) if dtype.kind == "f"]
    return np.result_type(*floating) if floating else np.dtype(np.float64)


def absolute_error(
    pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64], scratch: NDArray[np.float64]
) -> None:
    """Write |pred - target| to `out`, rounded once to binary64.

    Floats and integers are first converted to binary64, rounded to nearest even; two integers
    are subtracted exactly.

    Args:
        pred: One dimension, any dtype that `check_dtype` accepts.
        target: The same, of equal length.
        out: Binary64, of equal length.
        scratch: Working space, like `out`.
    """
    if _needs_integer_arithmetic(pred.dtype, target.dtype):
        _integer_distance(pred, target, out)
        return
    if pred.dtype == target.dtype == np.float64:
        np.subtract(pred, target, out=out)
    else:
        np.copyto(out, pred)
        np.copyto(scratch, target)
        np.subtract(out, scratch, out=out)
    np.abs(out, out=out)


def loss_of_error(
    error: NDArray[np.float64],
    beta: float,
    out: NDArray[np.float64],
    scratch: NDArray[np.float64],
) -> None:
    """Write the loss of absolute errors to `out`.

    Args:
        error: d = |x - y|, not negative; left as it is.
        beta: Transition point, finite, >= 0.
        out: Binary64, of equal length; not `error`.
        scratch: Working space, like `out`.
    """
    if beta == 0.0:
        np.copyto(out, error)
        return
    scratch.fill(beta)  # an array operand: the ufunc's scalar loop is three times slower
    np.minimum(error, scratch, out=scratch)
    np.multiply(scratch, 0.5, out=out)
    np.subtract(error, out, out=out)
    _divide(scratch, beta)
    np.multiply(scratch, out, out=out)


def gradient(pred: NDArray[Any], target: NDArray[Any], beta: float) -> NDArray[np.float64]:
    """The derivative of the loss by the prediction: clip((x - y) / beta, -1, 1).

    With beta = 0 it is sign(x - y), 0 at 0. NaN stays NaN for every beta.

    Args:
        pred: One dimension, any dtype that `check_dtype` accepts.
        target: The same, of equal length.
        beta: Transition point, finite, >= 0.

    Returns:
        Binary64, of the same length.
    """
    difference = np.empty(pred.shape)
    scratch = np.empty(pred.shape)
    with np.errstate(all="ignore"):
        absolute_error(pred, target, difference, scratch)
        np.negative(difference, out=difference, where=pred < target)
        if beta == 0.0:
            return np.sign(difference)
        np.divide(difference, beta, out=difference)
        return np.clip(difference, -1.0, 1.0, out=difference)


def _divide(values: NDArray[np.float64], beta: float) -> None:
    """Divide in place. By a power of two, its reciprocal gives the same bits, faster."""
    mantissa, exponent = math.frexp(beta)
    if mantissa == 0.5 and -1020 < exponent < 1020:
        if beta != 1.0:
            np.multiply(values, 1.0 / beta, out=values)
    else:
        np.divide(values, beta, out=values)


def _needs_integer_arithmetic(pred: np.dtype[Any], target: np.dtype[Any]) -> bool:
    """Whether binary64 could miss a difference of integers: one of them has 64 bits."""
    return pred.kind in "biu" and target.kind in "biu" and 8 in (pred.itemsize, target.itemsize)


def _integer_distance(pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64]) -> None:
    """|pred - target| of integers, formed exactly, rounded once.

    Each number is a sign and a magnitude of 64 bits. The distance is the difference of the
    magnitudes where the signs agree, else their sum, which may need a 65th bit.
    """
    pred_negative, pred_magnitude = _sign_and_magnitude(pred)
    target_negative, target_magnitude = _sign_and_magnitude(target)
    larger = np.maximum(pred_magnitude, target_magnitude)
    smaller = np.minimum(pred_magnitude, target_magnitude)
    out[:] = larger - smaller
    opposite = pred_negative != target_negative
    if opposite.any():
        out[opposite] = _sum_of_magnitudes(larger[opposite], smaller[opposite])


def _sign_and_magnitude(values: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.uint64]]:
    if values.dtype.kind != "i":
        return np.zeros(values.shape, dtype=np.bool_), values.astype(np.uint64)
    negative = values < 0
    bits = values.astype(np.int64).view(np.uint64)
    return negative, np.where(negative, -bits, bits)  # two's complement: right for -2**63 too


def _sum_of_magnitudes(
    larger: NDArray[np.uint64], smaller: NDArray[np.uint64]
) -> NDArray[np.float64]:
    """Sums of 64-bit magnitudes, rounded once, a carry into the 65th bit included."""
    total = larger + smaller
    carried = total < larger
    halved = (total >> np.uint64(1)) | (total & np.uint64(1)) | np.uint64(1 << 63)  # sticky bit
    return np.where(carried, halved.astype(np.float64) * 2.0, total.astype(np.float64))
