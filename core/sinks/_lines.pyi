from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

def lines(
    numbers: NDArray[np.floating[Any]],
    width: int,
    delimiter: bytes,
    offsets: NDArray[np.int64] | None,
    prefixes: pa.Buffer | None,
    /,
) -> bytearray:
    """Write rows of numbers as lines, each number with the shortest digits that read back to it.

    The digits are laid out as by Python's `repr`, whatever the width of the number.

    Args:
        numbers: Binary16, binary32 or binary64 in native byte order, contiguous.
        width: Numbers of a row, at least 1.
        delimiter: One byte, written between the numbers of a row.
        offsets: Shape (rows + 1,), ascending. Row i begins with the bytes of `prefixes` from
            offsets[i] to offsets[i + 1]. Without them, rows begin with their first number.
        prefixes: The bytes that rows begin with.

    Returns:
        The lines, each with LF at its end.

    Raises:
        ValueError: The arguments do not go together.
    """  # noqa: PYI021  a compiled module has no other place for it
