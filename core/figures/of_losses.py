"""Figures of losses: against beta, and along the rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Curve, Figure, Mark
from smoothl1.figures.scales import widened
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.figures.stretches import Blocks
    from smoothl1.figures.sweep import Sweep


def against_beta(sweep: Sweep, beta: float) -> Figure | None:
    """The mean loss at betas around the chosen one; None if it is not finite.

    Args:
        sweep: The tallies at these betas.
        beta: The chosen one.
    """
    means = [tally.mean for tally in sweep.tallies]
    points = [(b, mean) for b, mean in zip(sweep.betas, means, strict=True) if math.isfinite(mean)]
    if len(points) < 2:
        return None
    axis = Axis("beta", points[0][0], points[-1][0], is_log=True)
    top = max(mean for _, mean in points)
    marks = [Mark(beta, f"beta {as_typed(beta)}")] if beta else []
    return Figure(
        "betas",
        "Loss against beta",
        _sentence_of_betas(points, beta),
        [
            Column("beta", "number", list(sweep.betas)),
            Column("mean", "number", means),
            Column("below beta", "number", [t.n_quadratic / max(1, t.n) for t in sweep.tallies]),
        ],
        Curve(axis, _upwards("mean loss", [top]), points, marks=marks),
    )


def along_rows(found: Blocks, overall: float) -> Figure | None:
    """The mean loss of each block of rows; None if there are fewer than two.

    Args:
        found: The blocks.
        overall: The mean of all rows.
    """
    blocks = found.tallies
    means = [tally.mean for _, tally in blocks]
    points = [
        (first + 1.0, mean) for (first, _), mean in zip(blocks, means, strict=True) if _ok(mean)
    ]
    if len(points) < 2:
        return None
    n_hidden = len(means) - len(points)
    have = "has no finite mean and is" if n_hidden == 1 else "have no finite mean and are"
    hidden = f"{counted(n_hidden, 'block')} {have} not drawn." if n_hidden else ""
    return Figure(
        "rows",
        "Loss along the rows",
        _sentence_of_blocks(found.block_rows, points),
        [
            Column("first row", "count", [first + 1 for first, _ in blocks]),
            Column("mean", "number", means),
            Column("pairs", "count", [tally.n for _, tally in blocks]),
        ],
        Curve(
            Axis("row", *widened(points[0][0], points[-1][0])),
            _upwards("mean loss of a block", [mean for _, mean in points]),
            points,
        ),
        f"The mean of all rows is {short(overall)}. {hidden}".strip(),
    )


def _sentence_of_betas(points: Sequence[tuple[float, float]], beta: float) -> str:
    if len({mean for _, mean in points}) == 1:
        return f"The mean loss is {short(points[0][1])} at every beta."
    trend = "The larger beta is, the smaller the mean loss."
    tenth, chosen, tenfold = (_mean_at(points, beta * factor) for factor in (0.1, 1, 10))
    if tenth is None or chosen is None or tenfold is None:
        return trend
    return (
        f"{trend} It is {short(chosen)} at beta {as_typed(beta)}, {short(tenth)} at a tenth of it, "
        f"and {short(tenfold)} at ten times it."
    )


def _sentence_of_blocks(block_rows: int, points: Sequence[tuple[float, float]]) -> str:
    blocks = f"Blocks of {counted(block_rows, 'row')} follow the order of the input."
    least, most = (end(points, key=lambda point: point[1]) for end in (min, max))
    if least[1] == most[1]:
        return f"{blocks} Each block has the mean {short(most[1])}."
    half = len(points) // 2
    sides = [sum(mean / len(some) for _, mean in some) for some in (points[:half], points[half:])]
    return (
        f"{blocks} Their means lie between {short(least[1])} and {short(most[1])}; the block with "
        f"the largest begins at row {int(most[0]):,}. On average the first half of the blocks has "
        f"{short(sides[0])}, the second {short(sides[1])}."
    )


def _upwards(label: str, values: Sequence[float]) -> Axis:
    """An axis from 0, in which no value is at the very top."""
    return Axis(label, 0.0, (max(values, default=0.0) or 1.0) * 1.08)


def _mean_at(points: Sequence[tuple[float, float]], beta: float) -> float | None:
    near = [mean for b, mean in points if math.isclose(b, beta, rel_tol=1e-9)]
    return near[0] if near else None


def _ok(value: float) -> bool:
    return math.isfinite(value)
