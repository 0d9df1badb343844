"""A run as a value: all that defines it, small enough to be sent to other processes."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import SettingsError
from smoothl1.settings import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution, NanPolicy
    from smoothl1.sources.contract import ReadOptions

    Path = str | os.PathLike[str]


class Job(NamedTuple):
    """An evaluation, or a comparison if the selection has a second model.

    Attributes:
        sides: The paths of the sides: one for all sides, or one for each in the order of
            `selection.sides`.
        selection: The columns that the user asked for.
        settings: The settings that define the numbers.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        weights: Path of a file of weights, if there is one.
        groups: Path of a file of groups, if there is one.
        statistics: Whether the moments of rows are wanted.
        writes_losses: Whether the losses of elements are wanted, in order and with their keys.
        backend: Name of the backend, chosen once for all parts; unset, the one that the environment
            of each process names.
    """

    sides: tuple[str, ...]
    selection: Selection
    settings: EvalSettings
    options: ReadOptions
    execution: Execution
    weights: str | None = None
    groups: str | None = None
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
        groups: Path | None = None,
        **how: Any,
    ) -> Job:
        """Make a job from the arguments of an entry point.

        Args:
            sides: The paths of the sides; None for an input that is not given.
            selection: The columns that the user asked for. Its groups are replaced by those of the
                settings.
            settings: The settings. Whether losses are weighted, and whether a file has groups,
                follows from the other arguments.
            options: See `Job`.
            execution: See `Job`.
            weights: See `Job`.
            groups: See `Job`.
            how: The other attributes of a job.

        Raises:
            SettingsError: The settings are weighted, and there are no weights.
        """
        is_weighted = weights is not None or selection.weight is not None
        if settings.weighted and not is_weighted:
            raise SettingsError("weighted is True, but neither weight nor weights is given")
        has_names = groups is None or bool(settings.levels)
        return cls(
            tuple(os.fspath(path) for path in sides if path is not None),
            replace(selection, by=settings.levels),
            replace(settings, weighted=is_weighted, by=settings.by if has_names else GROUPS),
            options,
            execution,
            None if weights is None else os.fspath(weights),
            None if groups is None else os.fspath(groups),
            **how,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all inputs: those of the sides, then those of weights and groups."""
        return (*self.sides, *(path for path in (self.weights, self.groups) if path is not None))

    @property
    def beside(self) -> tuple[str, ...]:
        """The roles of the inputs that follow the sides in `paths`: "weight", "by"."""
        given = {"weight": self.weights, "by": self.groups}
        return tuple(role for role, path in given.items() if path is not None)

    @property
    def nan_policy(self) -> NanPolicy:
        """The NaN policy, given whether the options accept missing values."""
        policy = self.settings.nan_policy
        return policy.accepting_missing() if self.options.allow_missing else policy

    @property
    def is_on_gpu(self) -> bool:
        """Whether a GPU computes."""
        return self.backend is not None and self.backend.startswith("cuda")

    @property
    def is_comparison(self) -> bool:
        """Whether there are two models."""
        return self.selection.pred_b is not None

    @property
    def carries_columns(self) -> bool:
        """Whether key columns are read with the numbers, to be written again."""
        return self.writes_losses or self.settings.top is not None

    @property
    def in_any_order(self) -> bool:
        """Whether elements may be read in the order in which they are stored, to be summed only."""
        settings = self.settings
        needs_rows = self.carries_columns or self.statistics or self.is_comparison
        return not (needs_rows or settings.weighted or settings.is_grouped)
