"""An independent reference: the definition in Python's own floats, sums and rounding in rationals.

Nothing here is taken from the package under test, and nothing is fast. Arrays are turned into
Python numbers first (`tolist` is exact), so that no NumPy arithmetic is trusted either.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Number = bool | int | float

INTEGERS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOATS = ("float16", "float32", "float64")
DTYPES = INTEGERS + FLOATS

UNIT = Fraction(1, 1 << 1074)
"""The smallest positive binary64: every finite one is a whole number of it."""

LARGEST = 1.7976931348623157e308
SMALLEST = 5e-324

_FORMATS = {2: (11, -14, 15), 4: (24, -126, 127), 8: (53, -1022, 1023)}
"""By bytes: bits of precision, exponent of the smallest normal and of the largest number."""


class Expected(NamedTuple):
    """All that a tally should say, with its exact sums as rationals."""

    n: int
    n_nan: int
    n_inf: int
    n_quadratic: int
    total: Fraction
    min: float
    max: float
    first_nan: int | None
    weight: Fraction | None = None
    n_missing: int = 0
    n_omitted: int = 0
    n_weightless: int = 0

    @property
    def mean(self) -> float:
        """The exact mean, rounded once; NaN without elements."""
        return self._rounded(self.n if self.weight is None else self.weight) if self.n else math.nan

    @property
    def sum(self) -> float:
        """The exact sum, rounded once."""
        return self._rounded(1)

    def _rounded(self, divisor: Fraction | int) -> float:
        if self.n_nan:
            return math.nan
        return math.inf if self.n_inf else rounded(self.total / divisor)


def distance(x: Number, y: Number) -> float:
    """|x - y|, rounded once; of two integers, exactly formed before that."""
    if isinstance(x, int) and isinstance(y, int):
        return float(abs(x - y))
    return abs(float(x) - float(y))


def loss(x: Number, y: Number, beta: float) -> float:
    """The Smooth L1 loss in the contract's order of operations."""
    d = distance(x, y)
    if beta == 0 or math.isnan(d):
        return d
    m = min(d, beta)
    return (m / beta) * (d - m / 2)


def slope(x: Number, y: Number, beta: float) -> float:
    """The derivative of the loss by x."""
    if not (isinstance(x, int) and isinstance(y, int)):
        x, y = float(x), float(y)
    d = distance(x, y)
    if math.isnan(d):
        return math.nan
    sign = (x > y) - (x < y)
    return float(sign) if d >= beta else sign * (d / beta)


def losses(pred: NDArray[Any], target: NDArray[Any], beta: float) -> list[float]:
    """The loss of each pair, in C order."""
    return [loss(x, y, beta) for x, y in _pairs(pred, target)]


def slopes(pred: NDArray[Any], target: NDArray[Any], beta: float) -> list[float]:
    """The derivative for each pair, in C order."""
    return [slope(x, y, beta) for x, y in _pairs(pred, target)]


def tally(
    pred: NDArray[Any],
    target: NDArray[Any],
    beta: float,
    *,
    start: int = 0,
    order: Any = "C",
    weights: Sequence[float] | None = None,
) -> Expected:
    """What a pass over these pairs should find."""
    pairs = _pairs(pred, target, order)
    each = [loss(x, y, beta) for x, y in pairs]
    quadratic = [distance(x, y) < beta for x, y in pairs]
    return tally_of(each, quadratic, range(start, start + len(each)), weights)


def tally_of(
    losses: Sequence[float],
    quadratic: Sequence[bool],
    places: Sequence[int],
    weights: Sequence[float] | None = None,
) -> Expected:
    """What a pass over elements with these losses should find; weight 0 leaves an element out."""
    of_each = [1.0] * len(losses) if weights is None else weights
    kept = [
        (value, weight, is_quadratic, place)
        for value, weight, is_quadratic, place in zip(
            losses, of_each, quadratic, places, strict=True
        )
        if weight != 0
    ]
    terms = [value * weight for value, weight, _, _ in kept]
    numbers = [value for value, _, _, _ in kept if not math.isnan(value)]
    at_nan = [place for value, _, _, place in kept if math.isnan(value)]
    return Expected(
        n=len(kept),
        n_nan=len(at_nan),
        n_inf=sum(map(math.isinf, terms)),
        n_quadratic=sum(is_quadratic for _, _, is_quadratic, _ in kept),
        total=exact_sum(filter(math.isfinite, terms)),
        min=min(numbers, default=math.inf),
        max=max(numbers, default=-math.inf),
        first_nan=min(at_nan, default=None),
        weight=None if weights is None else exact_sum(weight for _, weight, _, _ in kept),
        n_weightless=len(losses) - len(kept),
    )


def exact_sum(values: Iterable[float]) -> Fraction:
    """The sum without any error."""
    ratios = [float(value).as_integer_ratio() for value in values]
    return Fraction(sum(n * ((1 << 1074) // d) for n, d in ratios), 1 << 1074)


def exact(text: str) -> Fraction:
    """The number that a JSON result's exact notation stands for: 0x5p-3 is 5 / 8."""
    mantissa, exponent = text.split("p")
    return Fraction(int(mantissa, 16)) * Fraction(2) ** int(exponent)


def reduced(each: list[float], reduction: str, dtype: Any = np.float64) -> float:
    """Mean or sum, rounded once to a dtype."""
    if reduction == "mean" and not each:
        return math.nan
    if any(map(math.isnan, each)):
        return math.nan
    if any(map(math.isinf, each)):
        return math.inf
    return rounded(exact_sum(each) / (len(each) if reduction == "mean" else 1), dtype)


def rounded(value: Fraction, dtype: Any = np.float64) -> float:
    """A rational rounded once, to nearest, ties to even, to a floating dtype."""
    precision, least, most = _FORMATS[np.dtype(dtype).itemsize]
    if value == 0:
        return 0.0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if abs(value) < _power(exponent):
        exponent -= 1
    quantum = _power(max(exponent, least) - precision + 1)
    nearest = round(value / quantum) * quantum  # Python's round: ties to even, exact on rationals
    if abs(nearest) >= _power(most + 1):
        return math.inf if value > 0 else -math.inf
    return float(nearest)


def assert_same(actual: Any, expected: Any) -> None:
    """Equal in shape, and in every bit but those of NaN payloads; signed zeros are told apart."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    np.testing.assert_array_equal(_canonical(actual), _canonical(expected))


def extremes(dtype: Any) -> NDArray[Any]:
    """Numbers of a dtype at which arithmetic is likely to go wrong."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.array([False, True], dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        whole = [info.min, info.min + 1, info.max // 2, info.max - 1, info.max, 0, 1, 2, 3, 100]
        whole += [-1, -2, 2**53, 2**53 + 1, 2**53 + 2, 2**53 + 3, -(2**53) - 1, 2**63, 2**63 + 1]
        return np.array([n for n in whole if info.min <= n <= info.max], dtype)
    most, least = np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal
    tiny = np.finfo(dtype).tiny
    wanted = [0.0, -0.0, 1.0, -1.0, 1 / 3, 3.0, 2.5, most, -most, least, -least, 3 * least, tiny]
    return np.array([*wanted, np.nan, np.inf, -np.inf], dtype)


def _pairs(
    pred: NDArray[Any], target: NDArray[Any], order: Any = "C"
) -> list[tuple[Number, Number]]:
    sides = [np.asarray(side).flatten(order).tolist() for side in (pred, target)]
    return list(zip(*sides, strict=True))


def _power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


def _canonical(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "f":
        return values
    native = np.where(np.isnan(values), values.dtype.type(np.nan), values)
    return native.view(f"u{native.itemsize}")
