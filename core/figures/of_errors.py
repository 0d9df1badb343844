"""Figures of errors: their magnitudes with beta, and their signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Bars, Figure, Mark
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.figures.error_histogram import Bins, ErrorHistogram
    from smoothl1.tallies.tally import Tally

_MOST_BARS = 64
_PARTS = 32
"""Parts of a linear axis that are about as wide as a bar."""

_ROOM = 1.15
"""The height of a drawing, in that of its highest bar: names of places stand above the bars."""

_TAIL = 0.005
"""The share of errors at either end that the figure of signed errors leaves out at most."""


def magnitudes(histogram: ErrorHistogram, tally: Tally, beta: float) -> Figure | None:
    """|x - y| on a logarithmic axis, with beta; None if no error is finite.

    A single bin is not drawn: its bar would fill the drawing at any height.

    Args:
        histogram: The errors of all pairs. Those that are 0 have no place on the axis.
        tally: The tally of all pairs at beta.
        beta: The transition point.
    """
    bins, n_zero = _coarser(histogram.magnitudes()), histogram.n_zero
    if not bins.counts.size + n_zero:
        return None
    below = tally.n_quadratic / (tally.n - tally.n_nan)
    are = f"{counted(n_zero, 'pair')} {'is' if n_zero == 1 else 'are'}"
    equal = f" {are} equal: a distance of 0 has no place on a logarithmic axis."
    return Figure(
        "distances",
        "Distances",
        f"In {below:.1%} of the pairs the distance of prediction and target is below beta, "
        f"{as_typed(beta)}: there the loss is quadratic. In {1 - below:.1%} it is not: there the "
        f"loss is linear.{equal if n_zero else ''}",
        _table(bins, n_zero),
        _bars_of_octaves(bins, beta) if bins.counts.size > 1 else None,
        _left_out(histogram),
    )


def _bars_of_octaves(bins: Bins, beta: float) -> Bars:
    """Bins above 0 on a logarithmic axis, with beta."""
    octaves = np.diff(np.log2(bins.edges))
    heights = (bins.counts / octaves).tolist()  # so that areas are counts
    edges = bins.edges.tolist()
    axis = Axis("|prediction - target|", edges[0], edges[-1], is_log=True)
    marks = [Mark(beta, f"beta {as_typed(beta)}")] if edges[0] < beta < edges[-1] else []
    return Bars(
        axis,
        Axis("density, in pairs per doubling of the distance", 0.0, max(heights) * _ROOM),
        edges,
        heights,
        marks,
    )


def signs(histogram: ErrorHistogram, bias: float) -> Figure | None:
    """Signed errors on a linear axis; None if no error is finite.

    Args:
        histogram: The errors of all pairs.
        bias: The mean error.
    """
    drawn = signed_bars(histogram, Axis("prediction - target", 0.0, 1.0), "no error")
    if drawn is None:
        return None
    n_below, n_equal, n_above = sides(histogram)
    n = n_below + n_equal + n_above
    equal = f", {n_equal / n:.1%} equal" if n_equal else ""
    return Figure(
        "errors",
        "Signed errors",
        f"{n_above / n:.1%} of the predictions are too high, {n_below / n:.1%} too low{equal}; the "
        f"mean error is {short(bias)}.",
        signed_table(histogram),
        drawn.bars,
        f"{_left_out(histogram)} {drawn.note}".strip(),
    )


class Drawn(NamedTuple):
    """A histogram as bars, None if one bin has all, and a sentence about what they do not show."""

    bars: Bars | None
    note: str


def signed_bars(histogram: ErrorHistogram, axis: Axis, at_zero: str) -> Drawn | None:
    """A histogram on a linear axis, without few numbers at either end; None if there are none.

    Args:
        histogram: The numbers.
        axis: The axis, whose ends are replaced.
        at_zero: The name of the place of 0.
    """
    bins = histogram.signed()
    if not bins.counts.sum():
        return None
    if np.count_nonzero(bins.counts) == 1:
        return Drawn(None, "")
    shown, n_hidden = _middle(bins)
    heights = (shown.counts / (_widths(shown) * _PARTS)).tolist()  # so that areas are counts
    edges = shown.edges.tolist()
    marks = [Mark(0.0, at_zero)] if edges[0] < 0 < edges[-1] else []
    return Drawn(
        Bars(
            axis._replace(low=edges[0], high=edges[-1]),
            Axis(f"pairs per 1/{_PARTS} of the axis", 0.0, max(heights) * _ROOM),
            edges,
            heights,
            marks,
        ),
        f"Not drawn: {counted(n_hidden, 'pair')} beyond the ends of the axis." if n_hidden else "",
    )


def sides(histogram: ErrorHistogram) -> tuple[int, int, int]:
    """How many finite numbers lie below 0, are 0, and lie above it."""
    bins = histogram.signed()
    n_from_zero = int(bins.counts[bins.edges[:-1] >= 0].sum())
    n_below = int(bins.counts.sum()) - n_from_zero
    return n_below, histogram.n_zero, n_from_zero - histogram.n_zero


def _widths(bins: Bins) -> NDArray[np.float64]:
    """The width of each bin as a part of all."""
    halves = bins.edges / 2  # the difference of the largest numbers would overflow
    widths: NDArray[np.float64] = np.diff(halves) / (halves[-1] - halves[0])
    return widths


def _coarser(bins: Bins) -> Bins:
    """Neighbours joined, by a power of two, until few enough bars are left."""
    step = 1
    while -(-bins.counts.size // step) > _MOST_BARS:
        step *= 2
    return _joined(bins, np.arange(0, bins.counts.size, step))


def _joined(bins: Bins, starts: NDArray[np.intp]) -> Bins:
    edges = np.append(bins.edges[starts], bins.edges[-1])
    return bins._replace(edges=edges, counts=np.add.reduceat(bins.counts, starts))


def _middle(bins: Bins) -> tuple[Bins, int]:
    """The bins without few errors at either end, in bars of about one width; and how many."""
    total = bins.counts.sum()
    below = np.cumsum(bins.counts)
    first = int(np.searchsorted(below, total * _TAIL, side="right"))  # that share may be left out
    last = min(int(np.searchsorted(below, total * (1 - _TAIL))), bins.counts.size - 1)
    kept = bins._replace(edges=bins.edges[first : last + 2], counts=bins.counts[first : last + 1])
    places = np.cumsum(_widths(kept)) * _PARTS
    starts, reached = [0], 0.0
    for i, place in enumerate(places[:-1].tolist(), 1):
        if place - reached >= 1 - 1e-9:
            starts.append(i)
            reached = place
    return _joined(kept, np.array(starts)), int(total - kept.counts.sum())


def signed_table(histogram: ErrorHistogram) -> list[Column]:
    """The edges and counts of the bins that hold any number, in columns.

    Args:
        histogram: The numbers. Those that are 0 have a row of their own, from 0 to 0.
    """
    bins = histogram.signed()
    zeros = np.where(bins.edges[:-1] == 0, histogram.n_zero, 0)
    return _table(bins._replace(counts=bins.counts - zeros), histogram.n_zero)


def _table(bins: Bins, n_zero: int) -> list[Column]:
    """The edges and counts of the bins that hold any number but 0, and a row of zeros."""
    lows, highs, counts = (part.tolist() for part in (bins.edges[:-1], bins.edges[1:], bins.counts))
    rows = [row for row in zip(lows, highs, counts, strict=True) if row[2]]
    rows = sorted([*rows, (0.0, 0.0, n_zero)] if n_zero else rows)
    return [
        Column("from", "number", [low for low, _, _ in rows]),
        Column("to", "number", [high for _, high, _ in rows]),
        Column("pairs", "count", [count for _, _, count in rows]),
    ]


def _left_out(histogram: ErrorHistogram) -> str:
    found = {"infinite": histogram.n_infinite, "NaN": histogram.n_nan}
    parts = [f"{n:,} that {'is' if n == 1 else 'are'} {what}" for what, n in found.items() if n]
    return f"Without errors: {' and '.join(parts)}." if parts else ""
