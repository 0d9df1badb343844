"""The criterion of arrays that are on a GPU: evaluated where they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.checks import is_sum
from smoothl1.errors import DtypeError, StorageError
from smoothl1.numerics.loss import check_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    CheckShapes = Callable[[tuple[int, ...], tuple[int, ...]], None]


_CUDA, _MANAGED = 2, 13  # kinds of devices of DLPack


def gpu_of(input: object, target: object) -> int | None:
    """The number of the GPU that holds both sides; None if this process holds both.

    Raises:
        DtypeError: They are in different places.
        MissingExtraError, StorageError: See `device.open_device`.
    """
    if isinstance(input, np.ndarray) and isinstance(target, np.ndarray):
        return None
    one, other = device_of(input), device_of(target)
    if one != other:
        places = ["the CPU" if number is None else f"cuda:{number}" for number in (one, other)]
        raise DtypeError(
            f"input is on {places[0]} and target on {places[1]}", hint="move one of them"
        )
    return one


def device_of(values: object) -> int | None:
    """The number of the GPU that holds an array; None if this process does."""
    if isinstance(values, np.ndarray):
        return None
    kind_of = getattr(values, "__dlpack_device__", None)
    if kind_of is not None:
        try:
            kind, number = kind_of()
        except Exception as error:
            if type(error).__name__ == "CUDARuntimeError":
                from smoothl1.backends.cuda.arrays import first_line

                raise StorageError(f"the GPU failed: {first_line(error)}") from error
            return None  # in several places, or in none that DLPack knows
        return int(number) if kind in {_CUDA, _MANAGED} else None
    interface = getattr(values, "__cuda_array_interface__", None)
    if interface is None:
        return None
    from smoothl1.backends.cuda.device import device_at  # late: most arrays are of this process

    return device_at(interface["data"][0])


class PairOnGpu:
    """Two sides on a GPU.

    Args:
        number: The number of the GPU.
        input: Predictions: an array of CuPy, or of any library with `__dlpack__` or
            `__cuda_array_interface__`.
        target: Targets, of the same kind.
        check_shapes: Refuses shapes that differ.

    Raises:
        DtypeError: A dtype that has no loss, or that CuPy does not read.
        ShapeError: The shapes differ.
        MissingExtraError, StorageError: See `device.open_device`.
    """

    def __init__(
        self, number: int, input: object, target: object, check_shapes: CheckShapes
    ) -> None:
        from smoothl1.backends.choice import new_backend
        from smoothl1.backends.cuda.backend import backend_of
        from smoothl1.backends.cuda.device import open_device

        self._device = open_device(number)
        self._backend = backend_of(self._device, new_backend)
        self._pred = self._device.array_of(input, "input")
        self._target = self._device.array_of(target, "target")
        for side in (self._pred, self._target):
            if side.dtype.name != "bfloat16":
                check_dtype(side.dtype)
        check_shapes(self._pred.shape, self._target.shape)
        self._dtype = _result_dtype(self._pred.dtype, self._target.dtype)

    def loss(self, reduction: str, beta: float) -> Any:
        """The loss: an array of CuPy for "none", else a scalar of NumPy."""
        sides = self._pred.reshape(-1), self._target.reshape(-1)
        if reduction == "none":
            out = self._device.empty(self._pred.shape, self._dtype)
            self._backend.write_losses(*sides, beta, out.reshape(-1))
            return out
        (tally,) = self._backend.tally(*sides, (beta,))
        if tally.not_finite is not None:
            return self._dtype.type(tally.not_finite)
        if is_sum(reduction):
            return tally.total.over_as(1, self._dtype)
        return tally.total.over_as(tally.n, self._dtype) if tally.n else self._dtype.type(math.nan)

    def gradient(self, beta: float, *, is_mean: bool) -> Any:
        """The derivative of the loss by each prediction, an array of CuPy."""
        out = self._device.empty(self._pred.shape, self._dtype)
        divisor = float(max(1, self._pred.size)) if is_mean else 1.0
        sides = self._pred.reshape(-1), self._target.reshape(-1)
        self._backend.gradient(*sides, beta, divisor, out.reshape(-1))
        return out


def _result_dtype(pred: np.dtype[Any], target: np.dtype[Any]) -> np.dtype[Any]:
    """As `loss.result_dtype`, also of bfloat16, which NumPy has no kind for."""
    floating = [dtype for dtype in (pred, target) if dtype.kind == "f" or dtype.name == "bfloat16"]
    if {dtype.name for dtype in floating} == {"bfloat16", "float16"}:
        return np.dtype(np.float32)  # as PyTorch
    return np.result_type(*floating) if floating else np.dtype(np.float64)
