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
    """Parse the numbers of some whole rows of CSV, if all are simple.

    A simple number is `-?(digits[.digits*]|.digits)([eE][+-]?digits)?` with nothing around it. It
    has at most 19 digits after its leading zeros, and a value that is 0 or at least 2**-1022 and
    rounds to a finite binary64. Written as an integer it is less than 2**53. Exponents are below
    10000. Rows end with LF or CRLF, all have the same number of cells, and there is no quote.

    Args:
        chunk: Some whole rows.
        delimiter: One byte.
        n_columns: Cells in each row.
        wanted: Positions of the columns of numbers, at least one, ascending.
        out: Shape (wanted, rows or more), contiguous: a row for each column.

    Returns:
        The number of rows; -1 if anything is not simple or `out` is too small. Then `out` may hold
        any numbers.

    Raises:
        ValueError: Arrays or positions do not match.
    """  # noqa: PYI021  a compiled module has no other place for it
