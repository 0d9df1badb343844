"""A run as a value: all that it needs to be told, small enough to be sent to other processes."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution, NanPolicy
    from smoothl1.sources.contract import ReadOptions

    Path = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Job:
    """An evaluation, or a comparison if the selection has a second model.

    Attributes:
        sides: Paths: one for all sides, or one for each in the order of `selection.sides`.
        selection: Which columns play which part.
        settings: What is computed of them.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        weights: Path of a file of weights, if there is one.
        statistics: Whether the moments of rows are wanted.
        writes_losses: Whether the losses of elements are, in order and with their keys.
        backend: The name of the one that computes, resolved once for all parts; unset, what the
            environment of each process says.
    """

    sides: tuple[str, ...]
    selection: Selection
    settings: EvalSettings
    options: ReadOptions
    execution: Execution
    weights: str | None = None
    statistics: bool = False
    writes_losses: bool = False
    backend: str | None = None

    @classmethod
    def of(
        cls,
        sides: Iterable[Path | None],
        selection: Selection,
        settings: EvalSettings,
        options: ReadOptions,
        execution: Execution,
        *,
        weights: Path | None,
        **how: Any,
    ) -> Job:
        """A job as the arguments of an entry point say it.

        Args:
            sides: Paths, and None where an input is not given.
            selection: Its groups are taken from the settings.
            settings: Whether losses are weighted is taken from the other arguments.
            options: See `Job`.
            execution: See `Job`.
            weights: See `Job`.
            how: The other attributes of a job.

        Raises:
            SettingsError: The settings say that there are weights, and there are none.
        """
        is_weighted = weights is not None or selection.weight is not None
        if settings.weighted and not is_weighted:
            raise SettingsError("weighted is True, but neither weight nor weights is given")
        return cls(
            tuple(os.fspath(path) for path in sides if path is not None),
            replace(selection, by=settings.by),
            replace(settings, weighted=is_weighted),
            options,
            execution,
            None if weights is None else os.fspath(weights),
            **how,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all inputs: those of the sides, and last that of the weights."""
        return self.sides if self.weights is None else (*self.sides, self.weights)

    @property
    def nan_policy(self) -> NanPolicy:
        """What is done with NaN and missing values."""
        policy = self.settings.nan_policy
        return policy.accepting_missing() if self.options.allow_missing else policy

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
