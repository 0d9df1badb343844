import numpy as np
from numpy.typing import NDArray

def parse(
    chunk: bytes | memoryview,
    delimiter: bytes,
    n_columns: int,
    wanted: NDArray[np.int64],
    out: NDArray[np.float64],
    /,
) -> int:
    """Numbers of some whole rows of CSV, where all are simple.

    Simple is `-?(digits[.digits*]|.digits)([eE][+-]?digits)?` with nothing around it, with at most
    19 digits after the zeros before them, and a value that is 0 or at least 2**-1022 and rounds to
    a finite binary64; and less than 2**53 for what is written as an integer. Exponents are below
    10000. Rows end with LF or CRLF, all have as many cells, and there is no quote.

    Args:
        chunk: Some whole rows.
        delimiter: One byte.
        n_columns: Cells in each row.
        wanted: Positions of the columns of numbers, at least one, ascending.
        out: Shape (wanted, rows or more), contiguous: a row for each column.

    Returns:
        Rows; -1 if anything is not simple or there is no room, and `out` then holds anything.

    Raises:
        ValueError: Arrays or positions that do not go together.
    """  # noqa: PYI021  a compiled module has no other place for it
