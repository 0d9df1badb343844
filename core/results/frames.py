"""Columns as tables of Arrow and of pandas, for programs in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import MissingExtraError, SettingsError
from smoothl1.results.columns import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa

    from smoothl1.results.columns import Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.result import Result


def columns_of(result: Result, *, top: bool) -> list[Column]:
    """The numbers of a result, or the elements with its largest losses.

    Args:
        result: The result.
        top: Whether these elements are wanted.

    Raises:
        SettingsError: They are, and the settings did not ask for them.
    """
    from smoothl1.results.columns import result_columns, top_columns

    if not top:
        return result_columns(result)
    if result.settings.top is None:
        raise SettingsError("no worst rows were asked for", hint="evaluate(..., top=10)")
    return top_columns(result)


def columns_of_comparison(found: Comparison, confidence: float, *, top: bool) -> list[Column]:
    """The numbers of a comparison, or the elements in which B is worse than A.

    Args:
        found: The comparison.
        confidence: The confidence level of the intervals.
        top: Whether these elements are wanted.

    Raises:
        SettingsError: They are, and the settings did not ask for them.
    """
    from smoothl1.results.columns import comparison_columns, top_columns

    if not top:
        return comparison_columns(found, confidence)
    if found.settings.top is None:
        raise SettingsError("no worst rows were asked for", hint="compare(..., top=10)")
    return top_columns(found)


def to_arrow(columns: Sequence[Column]) -> pa.Table:
    """Columns as an Arrow table: names are strings, numbers float64, and counts int64.

    Predictions and targets that are whole numbers stay such, so that each keeps its value.

    Raises:
        SettingsError: One column has fractions and whole numbers that float64 cannot hold.
    """
    import pyarrow as pa  # late: most results are text

    return pa.table({as_text(column.name): _array(column) for column in columns})


def to_pandas(columns: Sequence[Column]) -> pd.DataFrame:
    """Columns as a table of pandas, of the same types; whole numbers are Int64, which has missing.

    Raises:
        MissingExtraError: The package pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        what = "a table of pandas needs the package pandas"
        raise MissingExtraError(what, hint="pip install pandas, or to_arrow()") from error
    import pyarrow as pa

    types = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    return to_arrow(columns).to_pandas(types_mapper=types.get)


def _array(column: Column) -> pa.Array:
    import pyarrow as pa

    if column.kind == "text":
        cells = [as_text(cell) if isinstance(cell, str) else cell for cell in column.cells]
        texts = pa.array(cells, pa.string())
        try:
            return texts.cast(pa.type_for_alias(column.type)) if column.type else texts
        except pa.ArrowInvalid:  # a day that is written with more than four digits of the year
            return texts
    kinds = {"number": pa.float64(), "count": pa.int64()}
    whole_numbers = [cell for cell in column.cells if isinstance(cell, int)]
    if column.kind != "number" or len(whole_numbers) < max(1, len(column.cells)):
        if column.kind == "number" and any(float(cell) != cell for cell in whole_numbers):
            what = f"{column.name} has fractions, and whole numbers that float64 cannot hold"
            raise SettingsError(what, hint="the property top has each as it is")
        return pa.array(column.cells, kinds[column.kind])
    low, high = min(whole_numbers), max(whole_numbers)
    whole = pa.int64() if high < 1 << 63 else pa.uint64() if low >= 0 else pa.decimal128(20)
    return pa.array(column.cells, whole)
