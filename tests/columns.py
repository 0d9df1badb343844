"""Columns and tables as other libraries have them, by the protocols that these follow."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


class Column:
    """A column as pandas has it: a dtype that is not NumPy's, and an array that knows Arrow."""

    def __init__(self, values: pa.Array) -> None:
        self.dtype = str(values.type)
        self.array = self
        self._values = values

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return self._values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise AssertionError("would lose what is missing, or digits")


class Capsule:
    """A column as Polars has it: Arrow's PyCapsule interface."""

    def __init__(self, values: pa.ChunkedArray) -> None:
        self._values = values

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._values.__arrow_c_stream__(requested_schema)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise AssertionError("would lose what is missing, or digits")


class Frame:
    """A table as pandas has it."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self._columns = columns
        self.columns = list(columns)
        self.iloc = None

    def items(self) -> Any:
        return self._columns.items()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise AssertionError("would lose digits")


def of_arrow(values: pa.Array) -> list[Any]:
    """The same numbers by every protocol."""
    halves = [values[: len(values) // 2], values[len(values) // 2 :]]
    return [values, pa.chunked_array(halves), Column(values), Capsule(pa.chunked_array(halves))]
