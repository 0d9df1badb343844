"""Checks of single settings: each gives the value, or says what it has to be."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import SupportsIndex

from smoothl1.errors import SettingsError, excerpt

_ARE_SUMS = {"mean": False, "sum": True, "none": False}

REDUCTIONS = tuple(_ARE_SUMS)
"""What is made of the losses of elements; "none" writes them, and their mean is the result."""

POLICIES = {
    "unmatched": ("error", "omit"),
    "duplicates": ("error", "first", "identical"),
    "weight_mean": ("sum", "count"),
}
"""What may be done with rows whose key another input does not have, and with rows that repeat a
key; and what a weighted mean may be divided by: the sum of the weights, or the number of
elements."""

MOST_ROWS_BEFORE = (1 << 62) - 1
"""Most rows of a whole before one of its parts."""

MAX_PARTS = 100_000
"""Most parts of a run: more would each take longer to start than to compute."""

NARROW = (
    *("bfloat16", "float8_e3m4", "float8_e4m3", "float8_e4m3b11fnuz", "float8_e4m3fn"),
    *("float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"),
)
"""The formats of floats that NumPy does not know, by the names that ml_dtypes, JAX and PyTorch give
them: `numerics/narrow_formats.py` says what they are."""


def checked_reduction(reduction: object) -> str:
    """Validate the name of a reduction.

    Raises:
        ValueError: The name is not one of `REDUCTIONS`.
    """
    if reduction not in REDUCTIONS or not isinstance(reduction, str):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {excerpt(reduction)}")
    return str(reduction)


def is_sum(reduction: str) -> bool:
    """Whether the losses are added up. If not, their mean is taken.

    Args:
        reduction: One of `REDUCTIONS`.
    """
    return _ARE_SUMS[reduction]


def check_kind(name: str, value: object, *kinds: type) -> None:
    """Check that an argument is of one of some classes.

    Raises:
        SettingsError: It is of another, or a class itself.
    """
    if not isinstance(value, kinds):
        known = " or ".join(kind.__name__ for kind in kinds)
        raise SettingsError(f"{name} must be {known}, not {excerpt(value)}")


def check_known(name: str, given: object, known: tuple[str, ...]) -> None:
    """Check that a setting is one of several names.

    Raises:
        SettingsError: It is another.
    """
    if given not in known:
        raise SettingsError(f"{name} must be one of {', '.join(known)}, not {excerpt(given)}")


def check_metrics(
    also: tuple[str, ...], known: tuple[str, ...], quantiles: tuple[float, ...]
) -> None:
    """Check the names of metrics, and that quantiles are at most 1.

    Raises:
        SettingsError: They are not.
    """
    unknown = [name for name in also if name not in known]
    if unknown:
        raise SettingsError(f"also takes {', '.join(known)}, not {unknown[0]!r}")
    if max(quantiles, default=0.0) > 1.0:
        largest = max(quantiles)
        raise SettingsError(
            f"quantile must be from 0 to 1, not {largest:.17g}", hint=_of_per_cent(largest)
        )


def _of_per_cent(number: float) -> str | None:
    """What a number that should be at most 1 is if it was meant as per cent."""
    return f"{number:g} per cent are {number / 100:g}" if 1 < number < 100 else None


def check_top(top: object, most: int) -> None:
    """Check how many of the worst elements are told.

    Raises:
        SettingsError: It is not None and no whole number from 1 to the most.
    """
    if top is not None and not (type(top) is int and 1 <= top <= most):
        raise SettingsError(f"top must be a whole number from 1 to {most}, not {excerpt(top)}")


def checked_beta(beta: object) -> float:
    """Validate a transition point and return it as binary64.

    Raises:
        TypeError: The value is not a real number.
        ValueError: The value is negative, NaN or infinite.
    """
    return checked_not_negative("beta", beta)


def checked_not_negative(name: str, number: object) -> float:
    """Validate a finite number from 0 on and return it as binary64; errors are `checked_beta`'s."""
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError(f"{name} must be a real number, not {type(number).__name__}")
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if number < 0 or not value < math.inf:
        raise ValueError(f"{name} must be finite and >= 0, not {value}")
    return value + 0.0  # -0.0 becomes 0.0


def checked_sentinel(number: object) -> float:
    """Validate a number that stands for no value and return it as binary64.

    Raises:
        TypeError: The value is not a real number.
        ValueError: The value is not finite, or is not exact in binary64.
    """
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError(f"a target to ignore is a real number, not {type(number).__name__}")
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if math.isnan(value):
        raise ValueError(
            "a target to ignore cannot be nan: the NaN policy omit-target leaves NaN out"
        )
    if math.isinf(value):
        raise ValueError(f"a target to ignore must be finite, not {value}")
    if value != number:
        raise ValueError(f"a target to ignore is a binary64, not {excerpt(number)}")
    return value + 0.0  # -0.0 becomes 0.0


def checked_device(device: str) -> str:
    """Validate the name of a device.

    Raises:
        SettingsError: The name is not "cpu", "auto", "cuda", or "cuda:" and a number.
    """
    name = device if isinstance(device, str) else ""
    kind, _, number = name.partition(":")
    is_numbered = kind == "cuda" and number.isascii() and number.isdecimal() and len(number) < 5
    if not (is_numbered or name in {"cpu", "auto", "cuda"}):
        what = f"no device {str(device)[:20]!r}: it is cpu, cuda, cuda:N (N below 10000) or auto"
        raise SettingsError(what)
    return device


def checked_rows_before(n_rows: object) -> int | None:
    """Validate the number of rows of a whole before one of its parts; None if it is not known.

    Raises:
        SettingsError: It is no whole number from 0 on, or is larger than any.
    """
    if n_rows is None:
        return None
    if isinstance(n_rows, bool) or not isinstance(n_rows, SupportsIndex):
        raise SettingsError(f"rows_before is a whole number, not {type(n_rows).__name__}")
    number = operator.index(n_rows)
    if not 0 <= number <= MOST_ROWS_BEFORE:
        raise SettingsError("rows_before is a whole number from 0 to 2**62 - 1")
    return number


def checked_count(name: str, number: object) -> int:
    """Validate a whole number from 1 on.

    Raises:
        SettingsError: It is none.
    """
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        raise SettingsError(f"{name} must be a whole number from 1 on, not {excerpt(number)}")
    if (count := operator.index(number)) < 1:
        raise SettingsError(f"{name} must be a whole number from 1 on, not {excerpt(count)}")
    return count


def checked_flag(name: str, value: object) -> bool:
    """Validate True or False, be it one of NumPy, or 0 or 1.

    Raises:
        SettingsError: It is none.
    """
    is_of_numpy = str(getattr(value, "dtype", "")) == "bool" and getattr(value, "shape", 0) == ()
    if not (is_of_numpy or (isinstance(value, int) and value in (0, 1))):
        raise SettingsError(f"{name} must be True or False, not {excerpt(value)}")
    return bool(value)


def checked_part(part: object) -> tuple[int, int]:
    """Validate the number of a part and the number of all parts.

    Raises:
        SettingsError: They are not whole numbers i and n with 1 <= i <= n <= `MAX_PARTS`.
    """
    pair = tuple(part) if isinstance(part, tuple | list) else ()
    if len(pair) != 2 or any(type(number) is not int for number in pair):
        raise SettingsError(f"part must be two whole numbers such as (3, 16), not {excerpt(part)}")
    index, n_parts = pair
    if not 1 <= index <= n_parts <= MAX_PARTS:
        raise SettingsError(
            f"there is no part {excerpt(index)} of {excerpt(n_parts)}: parts are numbered from 1 "
            f"to n, and n is at most {MAX_PARTS}"
        )
    return index, n_parts


def check_confidence(confidence: float) -> None:
    """Refuse a number that is no confidence level.

    Raises:
        SettingsError: The number does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise SettingsError(
            f"a confidence lies between 0 and 1, {confidence} does not",
            hint=_of_per_cent(confidence),
        )
