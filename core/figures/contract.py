"""What a figure is: a title, a sentence, a table of its numbers, and a drawing of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.columns import Column


class Axis(NamedTuple):
    """An axis of a drawing.

    Attributes:
        label: What it measures.
        low: The number at its begin.
        high: The number at its end, above `low`.
        is_log: Whether equal lengths are equal ratios; then `low` is above 0.
    """

    label: str
    low: float
    high: float
    is_log: bool = False


class Mark(NamedTuple):
    """A place on the horizontal axis that has a name, such as beta."""

    at: float
    label: str


class Bars(NamedTuple):
    """A histogram, whose areas are the counts.

    Attributes:
        x: The horizontal axis.
        y: The vertical axis, which begins at 0.
        edges: The edges of the bars, ascending, one more than there are bars.
        heights: The height of each bar.
        marks: Places with names.
    """

    x: Axis
    y: Axis
    edges: Sequence[float]
    heights: Sequence[float]
    marks: Sequence[Mark] = ()


class Curve(NamedTuple):
    """Points joined by lines.

    Attributes:
        x: The horizontal axis.
        y: The vertical axis.
        points: The points, x ascending.
        bounds: Lower and upper bound at each point, if there are intervals.
        marks: Places with names.
    """

    x: Axis
    y: Axis
    points: Sequence[tuple[float, float]]
    bounds: Sequence[tuple[float, float]] = ()
    marks: Sequence[Mark] = ()


class Cells(NamedTuple):
    """Counts in a grid of squares.

    Attributes:
        x: The horizontal axis.
        y: The vertical axis.
        counts: Counts of rows of cells, the lowest first; each row from left to right.
    """

    x: Axis
    y: Axis
    counts: Sequence[Sequence[int]]


class Ranges(NamedTuple):
    """Named values with intervals, one below the other.

    Attributes:
        x: The horizontal axis.
        rows: Name, value, lower and upper bound; NaN for bounds that are not known.
        marks: Places with names.
    """

    x: Axis
    rows: Sequence[tuple[str, float, float, float]]
    marks: Sequence[Mark] = ()


Drawing = Bars | Curve | Cells | Ranges


class Figure(NamedTuple):
    """A figure of a report.

    Attributes:
        name: A word in lower case, which names its file and its place in the page.
        title: What it shows.
        sentence: What is to be seen, with numbers.
        table: Its numbers, in columns.
        drawing: Its drawing; None for a table alone.
        note: What a reader must know besides, such as what is not shown.
    """

    name: str
    title: str
    sentence: str
    table: Sequence[Column]
    drawing: Drawing | None = None
    note: str = ""
