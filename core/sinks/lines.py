"""Rows of numbers as lines of text: by compiled code where it is built, else by Python."""

from __future__ import annotations

import os
from functools import cache
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.settings import BACKEND_VARIABLE

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_BATCH = 1 << 15
"""Numbers that Python converts at a time: each becomes a string, so not too many."""


def lines_of(
    numbers: NDArray[Any], width: int, delimiter: str, prefixes: pa.Array | None = None
) -> bytes | bytearray:
    """Rows of numbers as lines.

    Args:
        numbers: float16, float32 or float64, flat, the rows one after another.
        width: Numbers of a row, at least 1.
        delimiter: One ASCII character, written between the numbers of a row.
        prefixes: An array of the type large_string: what each row begins with, if anything.

    Returns:
        The lines, each with LF at its end. A number is written with the fewest digits that read
        back to it, and of these the nearest, laid out as by `repr`: 1.5, 1e-07, nan, -inf.
    """
    if not _is_compiled():
        return _by_python(numbers, width, delimiter, prefixes)
    from smoothl1.sinks import _lines

    if prefixes is None:
        return _lines.lines(numbers, width, delimiter.encode(), None, None)
    _, offsets, texts = prefixes.buffers()
    bounds = np.frombuffer(offsets, np.int64)[prefixes.offset :][: len(prefixes) + 1]
    return _lines.lines(numbers, width, delimiter.encode(), bounds, texts)


def shortest_texts(numbers: NDArray[Any]) -> list[str]:
    """Each number as the shortest text that reads back to the same number of its dtype.

    NumPy's scalars have as many digits as their own width needs. Their layout depends on the
    version of NumPy, so they are laid out once more, as binary64.
    """
    if numbers.dtype == np.float64:
        return list(map(repr, numbers.tolist()))
    return [repr(float(str(number))) for number in numbers]


def _by_python(
    numbers: NDArray[Any], width: int, delimiter: str, prefixes: pa.Array | None
) -> bytes:
    n_rows = max(1, _BATCH // width)
    some: list[bytes] = []
    for start in range(0, numbers.size // width, n_rows):
        texts = shortest_texts(numbers[start * width : (start + n_rows) * width])
        rows = map(delimiter.join, zip(*[iter(texts)] * width, strict=True))
        if prefixes is not None:
            rows = map(add, prefixes.slice(start, n_rows).to_pylist(), rows)
        some.append("".join(f"{row}\n" for row in rows).encode())
    return b"".join(some)


def _is_compiled() -> bool:
    """Whether the compiled code is built, and the environment does not turn it off."""
    return os.environ.get(BACKEND_VARIABLE) != "cpu" and _has_lines()


@cache
def _has_lines() -> bool:
    """Whether the compiled code was built, and for this machine."""
    try:
        import smoothl1.sinks._lines  # noqa: F401
    except ImportError:
        return False
    return True
