"""The figure of predictions against targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Cells, Figure
from smoothl1.number_texts import short
from smoothl1.results.columns import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.figures.density import Density

_MOST_CELLS = 64
_TAIL = 0.0005
"""The share of numbers at either end of each side that may lie beyond the axes."""


def pairs(density: Density) -> Figure | None:
    """Predictions against targets; None if no pair is finite. A single square is not drawn."""
    if density.exponent is None:
        return None
    rows, columns = (_range(density.counts.sum(axis=axis)) for axis in (1, 0))
    step = 1
    while max(-(-(cells.stop - cells.start) // step) for cells in (rows, columns)) > _MOST_CELLS:
        step *= 2
    counts = _coarser(density.counts[rows, columns], step)
    targets = density.edges(rows.start, step, counts.shape[0]).tolist()
    preds = density.edges(columns.start, step, counts.shape[1]).tolist()
    n, n_shown = int(density.counts.sum()), int(counts.sum())
    i, j = (places.tolist() for places in counts.nonzero())
    is_one = counts.size == 1
    return Figure(
        "pairs",
        "Predictions against targets",
        _sentence(n_shown, short(preds[1] - preds[0]), is_one=is_one),
        [
            Column("prediction from", "number", [preds[column] for column in j]),
            Column("target from", "number", [targets[row] for row in i]),
            Column("pairs", "count", counts[i, j].tolist()),
        ],
        None
        if is_one
        else Cells(
            Axis("prediction", preds[0], preds[-1]),
            Axis("target", targets[0], targets[-1]),
            counts.tolist(),
        ),
        " ".join(_hidden(n - n_shown, density.n_outside)),
    )


def _sentence(n_shown: int, side: str, *, is_one: bool) -> str:
    shown = counted(n_shown, "pair")
    if is_one:
        return f"{shown} in one square with sides of {side}."
    told = f"{shown}, counted in squares with sides of {side}"
    return f"{told}: the stronger the colour, the more pairs."


def _hidden(n_beyond: int, n_outside: int) -> list[str]:
    """What is not shown, as sentences."""
    told = {
        f"Not drawn: {counted(n_beyond, 'pair')} beyond the ends of the axes.": n_beyond,
        f"Not finite: {counted(n_outside, 'pair')}.": n_outside,
    }
    return [sentence for sentence, n in told.items() if n]


def _range(counts: NDArray[np.int64]) -> slice:
    """The cells of an axis that hold nearly all of its numbers."""
    total, below = counts.sum(), np.cumsum(counts)
    first = int(np.searchsorted(below, total * _TAIL, side="right"))
    last = int(np.searchsorted(below, total * (1 - _TAIL)))
    return slice(first, min(last + 1, counts.size))


def _coarser(counts: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Squares of step by step cells joined."""
    n_rows, n_columns = (-(-n // step) for n in counts.shape)
    padded = np.zeros((n_rows * step, n_columns * step), np.int64)
    padded[: counts.shape[0], : counts.shape[1]] = counts
    joined: NDArray[np.int64] = padded.reshape(n_rows, step, n_columns, step).sum(axis=(1, 3))
    return joined
