"""Summaries of the inputs of a result, and their merging."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.column_names import is_position
from smoothl1.job import FORMATS_IN_MEMORY
from smoothl1.pairing.matched_source import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.chunks import Side
    from smoothl1.sources.contract import Field
    from smoothl1.tallies.tally import Tally

MIXED = "mixed"
"""The format or dtype of merged inputs whose formats or dtypes differ."""


class InputSummary(NamedTuple):
    """The input of one side.

    Attributes:
        paths: The path as the user typed it, or those of all merged results, sorted.
        format: Name of the format; "mixed" if those of merged inputs differ.
        shape: Shape of the predictions or targets. For merged inputs, the shape of all their rows;
            None if the shapes of rows differ.
        dtype: The dtype as stored, in NumPy's notation, "<f4"; or "mixed".
        columns: Names of the columns used; empty if the format has none, or they differ.
        unmatched: Rows left out because another input does not have their key; the shape is that of
            the others.
        duplicates: Rows left out because they repeat the key of an earlier row.
        name: The name that the caller gave to a model in memory; None for all else.
    """

    paths: tuple[str, ...]
    format: str
    shape: tuple[int, ...] | None
    dtype: str
    columns: tuple[str, ...] = ()
    unmatched: int = 0
    duplicates: int = 0
    name: str | None = None

    @classmethod
    def of(cls, side: Side, field: Field, tally: Tally) -> InputSummary:
        """The summary of predictions or targets, once all of them have been read.

        Args:
            side: The side that holds them.
            field: Their field.
            tally: The tally of all elements.
        """
        source, n_seen = side.source, tally.n_seen
        n_rows = n_seen // max(1, field.row_elements) if source.n_rows is None else source.n_rows
        shape = () if field.is_scalar else (n_rows, *field.row_shape)
        whole = ((source.path,), source.format, shape, field.dtype.str, field.columns)
        return cls(*whole, *side.left_out)

    @classmethod
    def merged(cls, sides: Sequence[InputSummary]) -> InputSummary:
        """The summary of the rows of all inputs together."""
        columns = {side.columns for side in sides}
        return cls(
            tuple(sorted({path for side in sides for path in side.paths})),
            _common({side.format for side in sides}),
            _joined([side.shape for side in sides]),
            _common({side.dtype for side in sides}),
            columns.pop() if len(columns) == 1 else (),
            sum(side.unmatched for side in sides),
            sum(side.duplicates for side in sides),
        )

    @property
    def in_memory(self) -> str | None:
        """What data in memory are called: the role, or the name of a model; None for a file."""
        is_file = self.format not in FORMATS_IN_MEMORY
        return None if is_file else self.paths[0].removeprefix("<").removesuffix(">")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in order; empty if they are not known, or one has only a number."""
        return () if any(map(is_position, self.columns)) else tuple(sorted(self.columns))

    @property
    def left_out(self) -> str:
        """The rows that are left out because of their keys, in words; "" if none are."""
        return LeftOut(self.unmatched, self.duplicates).words


def _common(names: set[str]) -> str:
    return names.pop() if len(names) == 1 else MIXED


def _joined(shapes: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    known = [shape for shape in shapes if shape]
    if len(known) < len(shapes) or len({shape[1:] for shape in known}) > 1:
        return None
    return (sum(shape[0] for shape in known), *known[0][1:])
