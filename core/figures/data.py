"""What the figures of a report are drawn from, as a value that merges with that of other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.figures.density import Density
from smoothl1.figures.error_histogram import ErrorHistogram
from smoothl1.figures.stretches import in_order
from smoothl1.figures.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.figures.stretches import Stretch


class FigureData(NamedTuple):
    """What is known of all pairs of an input, or of several.

    Attributes:
        errors: The signed errors.
        density: Predictions against targets.
        sweep: The losses at other betas.
        stretches: The losses along the rows, a stretch for each input, or for several of which
            each is known to follow the one before it.
    """

    errors: ErrorHistogram
    density: Density
    sweep: Sweep
    stretches: tuple[Stretch, ...]

    @classmethod
    def merged(cls, parts: Iterable[FigureData], beta: float) -> FigureData:
        """The data of all parts together.

        Args:
            parts: The data of parts at the same beta, in the order of their rows where their
                places are not known. They are not changed, and are not needed at one time.
            beta: The transition point.
        """
        errors, density, sweep = ErrorHistogram(), Density(), Sweep.around(beta)
        stretches: list[Stretch] = []
        for part in parts:
            errors.merge(part.errors)
            density.merge(part.density)
            sweep.merge(part.sweep)
            stretches += part.stretches
        return cls(errors, density, sweep, in_order(stretches))
