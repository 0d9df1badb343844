"""What a side of a result was read from, and what is said of several such inputs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Field, Source
    from smoothl1.tallies.tally import Tally

MIXED = "mixed"
"""Stands for the formats or dtypes of merged inputs that differ."""


class InputSummary(NamedTuple):
    """What one side was read from.

    Attributes:
        paths: As the user typed them: one, or those of all results that were merged, sorted.
        format: Name of its format; "mixed" where those of merged inputs differ.
        shape: Of the predictions or targets in it; of merged inputs, that of their rows joined,
            None where these differ.
        dtype: As stored, in NumPy's notation, "<f4"; or "mixed".
        columns: Names of the columns used; empty where the format has none, or they differ.
    """

    paths: tuple[str, ...]
    format: str
    shape: tuple[int, ...] | None
    dtype: str
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Source, field: Field, tally: Tally) -> InputSummary:
        """What a side was read from, once all of it has been read.

        Args:
            source: It.
            field: The numbers in it that are the side.
            tally: Of all elements.
        """
        n_seen = tally.n + tally.n_omitted + tally.n_weightless
        n_rows = n_seen // max(1, field.row_elements) if source.n_rows is None else source.n_rows
        shape = () if field.is_scalar else (n_rows, *field.row_shape)
        return cls((source.path,), source.format, shape, field.dtype.str, field.columns)

    @classmethod
    def merged(cls, sides: Sequence[InputSummary]) -> InputSummary:
        """What the rows of all of them together were read from."""
        columns = {side.columns for side in sides}
        return cls(
            tuple(sorted({path for side in sides for path in side.paths})),
            _common({side.format for side in sides}),
            _joined([side.shape for side in sides]),
            _common({side.dtype for side in sides}),
            columns.pop() if len(columns) == 1 else (),
        )


def _common(names: set[str]) -> str:
    return names.pop() if len(names) == 1 else MIXED


def _joined(shapes: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    known = [shape for shape in shapes if shape]
    if len(known) < len(shapes) or len({shape[1:] for shape in known}) > 1:
        return None
    return (sum(shape[0] for shape in known), *known[0][1:])
