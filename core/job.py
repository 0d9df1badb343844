"""A run as a value: all that it needs to be told, small enough to be sent to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.pairing.roles import Selection
    from smoothl1.settings import EvalSettings, Execution
    from smoothl1.sources.contract import ReadOptions


@dataclass(frozen=True, slots=True)
class Job:
    """An evaluation, or a comparison if the selection has a second model.

    Attributes:
        paths: One for all sides, or one for each in the order of `selection.sides`; and last that
            of the weights, if there is one.
        selection: Which columns play which part.
        settings: What is computed of them.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        has_weights: Whether the last path is that of the weights.
        statistics: Whether the moments of rows are wanted.
        writes_losses: Whether the losses of elements are, in order and with their keys.
        backend: The name of the one that computes, resolved once for all parts; unset, what the
            environment of each process says.
    """

    paths: tuple[str, ...]
    selection: Selection
    settings: EvalSettings
    options: ReadOptions
    execution: Execution
    has_weights: bool = False
    statistics: bool = False
    writes_losses: bool = False
    backend: str | None = None

    @property
    def is_comparison(self) -> bool:
        """Whether there are two models."""
        return self.selection.pred_b is not None

    @property
    def in_any_order(self) -> bool:
        """Whether elements may be read in the order in which they are stored: sums have none."""
        settings = self.settings
        needs_rows = self.writes_losses or self.statistics or self.is_comparison
        return not (needs_rows or settings.weighted or settings.is_grouped)
