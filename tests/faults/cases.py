"""A random case as a value: what the writers of files, the command line and the oracle share."""

from __future__ import annotations

from typing import Any, NamedTuple

Value = bool | int | float | str | None

ARRAYS = ("npy", "npz")


class Column(NamedTuple):
    """A column: its name, its type in NumPy's letters or "text", and its values."""

    name: str
    kind: str
    values: list[Value]


class Input(NamedTuple):
    """One input of a command line.

    Attributes:
        name: Its name, without a suffix.
        form: How it is stored: one of npy, npz, csv, tsv, parquet, arrow, arrows (a stream), jsonl.
        columns: The columns; an array consists of them, or has one axis if there is one.
        outer: The compression: "", "gz", "zst" or "xz".
        cuts: The rows at which a folder of several files is cut; none: one file.
        row_group: Rows of a row group, a batch or a chunk.
        is_deep: Whether an array of one column has two axes.
    """

    name: str
    form: str
    columns: tuple[Column, ...]
    outer: str = ""
    cuts: tuple[int, ...] = ()
    row_group: int = 1000
    is_deep: bool = False

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].values)

    def column(self, name: str) -> Column | None:
        """The column of a name, if there is one."""
        return next((one for one in self.columns if one.name == name), None)


class Case(NamedTuple):
    """A run: its inputs, and the settings that the command line and the oracle have in common.

    Attributes:
        pred, target: The inputs; no target: both sides are columns of one table.
        beside: Files of weights, groups and clusters, by their options.
        n_columns: Columns of each side.
        settings: What the options say, by their names.
        how: Options that change no number.
        n_parts: In how many parts the run is made; 1: in one.
        n_models: Models that are compared: columns p1, p2, ... of the predictions; 1: none are.
    """

    pred: Input
    target: Input | None
    beside: dict[str, Input]
    n_columns: int
    settings: dict[str, Any]
    how: tuple[str, ...] = ()
    n_parts: int = 1
    n_models: int = 1
