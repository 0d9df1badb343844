"""A run as a value: all that defines it, small enough to be sent to other processes."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.checks import check_kind
from smoothl1.column_names import is_position
from smoothl1.errors import SettingsError
from smoothl1.nan_policies import NAN_POLICIES
from smoothl1.read_options import ReadOptions
from smoothl1.settings import CLUSTERS, GROUPS, Execution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.nan_policies import NanPolicy
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings

    Path = str | os.PathLike[str]
    Data = Path | Any


FORMATS_IN_MEMORY = frozenset(["array", "table"])
"""The formats of inputs that are no files, as results name them."""


class InMemory(NamedTuple):
    """An input that is no file.

    Attributes:
        path: The name of the argument, or of a model, in angle brackets, in place of a path.
        values: What the caller passed: an array, a list, a column or a table.
        name: The name that the caller gave to a model; None without one.
    """

    path: str
    values: Any
    name: str | None = None

    @classmethod
    def named(cls, name: str, values: Any) -> InMemory:
        """A model by the name that the caller gave to it."""
        return cls(f"<{name}>", values, name)


class Job(NamedTuple):
    """An evaluation, or a comparison if the selection has several models.

    Attributes:
        inputs: The paths of all inputs, or what is in memory: one for all sides, or one for each
            in the order of `selection.sides`; then weights, groups and clusters, if they are given.
        n_sides: How many of them are sides.
        beside: The roles of the others: "weight", "by", "cluster".
        selection: The columns that the user asked for.
        settings: The settings that define the numbers.
        options: How to read what the content does not say.
        execution: Threads and chunk size.
        statistics: Whether the moments of rows are wanted.
        writes_losses: Whether the losses of elements are wanted, in order and with their keys.
        backend: Name of the backend, chosen once for all parts; unset, the one that the environment
            of each process names.
        part: Which part of the rows is evaluated, from 1, and of how many; None for all rows.
        matches_models: Whether each column that the pattern of the predictions matches is a model
            of its own, until the columns are known.
    """

    inputs: tuple[str | InMemory, ...]
    n_sides: int
    beside: tuple[str, ...]
    selection: Selection
    settings: EvalSettings
    options: ReadOptions
    execution: Execution
    statistics: bool = False
    writes_losses: bool = False
    backend: str | None = None
    part: tuple[int, int] | None = None
    matches_models: bool = False

    def model_names(self) -> list[str | None]:
        """The name of each side that the caller gave to it as a model; None without one."""
        if self.n_sides == 1:
            return [None for _ in self.selection.sides]
        sides = self.inputs[: self.n_sides]
        return [given.name if isinstance(given, InMemory) else None for given in sides]

    @classmethod
    def of(
        cls,
        sides: Iterable[Data | None],
        selection: Selection,
        settings: EvalSettings,
        options: ReadOptions,
        execution: Execution,
        *,
        weights: Data | None,
        groups: Data | None = None,
        clusters: Data | None = None,
        **how: Any,
    ) -> Job:
        """Make a job from the arguments of an entry point.

        Args:
            sides: The paths or values of the sides; None for an input that is not given.
            selection: The columns that the user asked for. Its groups and clusters are replaced by
                those of the settings.
            settings: The settings. Whether losses are weighted, and whether a file has groups or
                clusters, follows from the other arguments.
            options: See `Job`.
            execution: See `Job`.
            weights: A path or values of weights, if they are given.
            groups: Likewise of groups.
            clusters: Likewise of clusters.
            how: The other attributes of a job.

        Raises:
            SettingsError: The options are no `ReadOptions`, or the execution is none; or the
                settings are weighted, and there are no weights; or the groups are the clusters.
        """
        check_kind("options", options, ReadOptions)
        check_kind("execution", execution, Execution)
        given = tuple(sides)
        if given[0] is None:
            raise SettingsError("there are no predictions")
        is_weighted = weights is not None or selection.weight is not None
        if settings.weighted and not is_weighted:
            raise SettingsError("weighted is True, but neither weight nor weights is given")
        if settings.by_count and not is_weighted:
            raise SettingsError(
                "the mean of weights by count is asked for, and there are no weights",
                hint="--weight or --weights",
            )
        if settings.leaves_rows_out and not selection.key:
            what = (
                "rows without a match or with a key twice are to be left out, and there is no key"
            )
            raise SettingsError(what, hint="--key COL matches rows by a column")
        if settings.cluster in settings.levels and groups is None and clusters is None:
            raise SettingsError(
                f"column {settings.cluster!r} cannot be the groups and the clusters as well: a "
                "group of one cluster has no standard error"
            )
        by = settings.by if groups is None or settings.levels else GROUPS
        cluster = settings.cluster if clusters is None else settings.cluster or CLUSTERS
        weight = selection.weight
        weight = None if weight is None or is_position(weight) else weight
        beside = {"weight": weights, "by": groups, "cluster": clusters}
        return cls(
            _inputs(given, *beside.values()),
            sum(side is not None for side in given),
            tuple(role for role, one in beside.items() if one is not None),
            replace(selection, by=settings.levels, cluster=settings.cluster),
            replace(settings, weighted=is_weighted, by=by, cluster=cluster, weight_column=weight),
            options,
            execution,
            **how,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all inputs, or their names."""
        return tuple(of if isinstance(of, str) else of.path for of in self.inputs)

    @property
    def nan_policy(self) -> NanPolicy:
        """The NaN policy, with what the settings and options say of pairs that have no loss."""
        settings = self.settings
        policy = NAN_POLICIES[settings.nan]._replace(
            ignored=settings.ignore_target, counts_weightless=settings.by_count
        )
        return policy.accepting_missing() if self.options.allow_missing else policy

    @property
    def is_on_gpu(self) -> bool:
        """Whether a GPU computes."""
        return self.backend is not None and self.backend.startswith("cuda")

    @property
    def is_comparison(self) -> bool:
        """Whether there are several models."""
        return self.matches_models or bool(self.selection.others)

    @property
    def carries_columns(self) -> bool:
        """Whether key columns are read with the numbers, to be written again."""
        return self.writes_losses or self.settings.top is not None

    @property
    def in_any_order(self) -> bool:
        """Whether elements may be read in the order in which they are stored, to be summed only."""
        settings = self.settings
        needs_rows = self.carries_columns or self.statistics or self.is_comparison
        needs_rows |= self.part is not None
        return not (needs_rows or settings.weighted or settings.has_labels)


def _inputs(sides: Sequence[Data | None], *beside: Data | None) -> tuple[str | InMemory, ...]:
    """Those arguments that are given, as inputs: sides, then others. Text is always a path."""
    models = {2: ["predictions"], 3: ["predictions_a", "predictions_b"]}
    numbered = [f"predictions_{i + 1}" for i in range(len(sides) - 1)]
    names = (*models.get(len(sides), numbered), "targets", "weights", "groups", "clusters")
    return tuple(
        _input(name, given)
        for name, given in zip(names, (*sides, *beside), strict=True)
        if given is not None
    )


def _input(name: str, given: Data) -> str | InMemory:
    """A path, or data in memory by the name of the argument, if it has no name of its own."""
    if isinstance(given, str | os.PathLike):
        return os.fspath(given)
    return given if isinstance(given, InMemory) else InMemory(f"<{name}>", given)
