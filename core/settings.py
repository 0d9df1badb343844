"""Settings of numbers and runs: frozen values with every rule that crosses fields, no I/O.

Nothing here needs NumPy, so that a wrong command line is refused before anything is imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from smoothl1.checks import (
    POLICIES,
    check_known,
    check_metrics,
    check_top,
    checked_not_negative,
    checked_reduction,
    checked_sentinel,
)
from smoothl1.column_names import checked_column, checked_columns
from smoothl1.errors import SettingsError, excerpt
from smoothl1.nan_policies import NAN_POLICIES

ALSO = ("mae", "mse", "rmse", "bias", "huber", "max")
"""Names of the metrics that can be formed beside the loss."""

BACKEND_VARIABLE = "SMOOTHL1_BACKEND"
"""Environment variable that names the backend; unset, the fastest one available is used. With
`cpu`, no compiled code of this package runs on the CPU."""

CHUNK_ELEMENTS = 1 << 19
"""Default number of elements of each side that a thread holds: 2 MiB of float32, large enough that
system calls and thread switches cost little, small enough to stay in the last-level cache."""

GPU_CHUNK_ELEMENTS = 1 << 22
"""The same where a GPU computes: it takes a chunk in pieces, each copied while the piece before is
tallied, so that a chunk has to have several."""

GROUPS = "groups"
"""What `EvalSettings.by` is where labels of a file are the groups, and no column is named."""

CLUSTERS = "clusters"
"""What `EvalSettings.cluster` is where labels of a file are the clusters, likewise."""

CONFIDENCE = 0.95
"""The confidence level of intervals, unless another is asked for."""

MAX_TOP = 10_000
"""Most elements with the largest losses that are told: people look at them one by one."""

MAX_CHUNK_ROWS = 1 << 31
MAX_THREADS = 1024


class Choices(TypedDict, total=False):
    """Fields of `EvalSettings`, as keywords of a function."""

    betas: float | Sequence[float]
    reduction: str
    nan: str
    by: str | Sequence[str] | None
    by_column: bool
    cluster: str | None
    also: str | Sequence[str]
    within: float | Sequence[float]
    quantiles: float | Sequence[float]
    top: int | None
    ignore_target: float | Sequence[float]
    unmatched: str
    duplicates: str
    weight_mean: str


@dataclass(frozen=True, slots=True)
class EvalSettings:
    """The settings that define the numbers: two results with equal ones may be merged and compared.

    Attributes:
        betas: Transition points, each finite, >= 0 and given once.
        reduction: "mean", "sum" or "none".
        nan: The treatment of a pair in which a side is NaN, or missing if that is allowed.
            "propagate" makes the loss NaN; "error" ends the run; "omit" leaves the pair out.
            "omit-target" leaves the pair out if the target is NaN or missing; if only the
            prediction is, it makes the loss NaN.
        weighted: Whether each loss is multiplied by a weight, and the mean divided by the sum of
            the weights. Follows from the weights that are given; True without weights is refused.
        by: Name of the column whose values are the groups, if each group has a result of its own.
            Several names, outermost first, for groups within groups; one of them alone is kept as
            a string, and none as None.
        by_column: Whether each column (element of a row) has a result of its own.
        cluster: Name of the column whose values are the clusters, if rows depend on each other:
            standard errors then take clusters as the units. It changes no other number.
        also: Metrics that are formed in the same pass, each of `ALSO` at most once. This and the
            next three change no other number.
        within: Tolerances, finite and >= 0: how many pairs have |x - y| <= each is counted.
        quantiles: Numbers q from 0 to 1: the smallest |x - y| with at least q * n at or below it.
        top: How many of the elements with the largest losses are told, with their rows; None for
            none.
        ignore_target: Targets that stand for no value, such as -999: a pair with one of them is
            left out. Each is first converted to the dtype of the targets.
        unmatched: What is done with a row whose key another input does not have: "error" ends the
            run, "omit" leaves the row out.
        duplicates: What is done with a row that repeats a key of its input: "error" ends the run,
            "first" leaves it out, and "identical" leaves it out if all that is chosen of it is
            that of the first row with this key, to the bit.
        weight_mean: What the weighted sum is divided by for the mean: the "sum" of the weights, or
            the "count" of the elements, those of weight 0 included.
        weight_column: Name of the column of the weights, if it was named. Follows from the weights
            that are given. Not compared: results of which one does not know it may be the same.

    Raises:
        SettingsError: A value is out of range, or two of them exclude each other.
    """

    betas: tuple[float, ...] = (1.0,)
    reduction: str = "mean"
    nan: str = "propagate"
    weighted: bool = False
    by: str | tuple[str, ...] | None = None
    by_column: bool = False
    cluster: str | None = None
    also: tuple[str, ...] = ()
    within: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    top: int | None = None
    ignore_target: tuple[float, ...] = ()
    unmatched: str = "error"
    duplicates: str = "error"
    weight_mean: str = "sum"
    weight_column: str | None = field(default=None, compare=False)

    @property
    def leaves_rows_out(self) -> bool:
        """Whether rows may be left out because of their keys."""
        return (self.unmatched, self.duplicates) != ("error", "error")

    @property
    def by_count(self) -> bool:
        """Whether a weighted mean is divided by the number of elements."""
        return self.weight_mean == "count"

    @property
    def has_metrics(self) -> bool:
        """Whether anything is formed beside the loss."""
        return bool(self.also or self.within or self.quantiles) or self.top is not None

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the columns whose values are the groups, outermost first; empty without any."""
        return (self.by,) if isinstance(self.by, str) else self.by or ()

    @property
    def is_grouped(self) -> bool:
        """Whether there are results of groups or columns."""
        return self.by is not None or self.by_column

    @property
    def has_labels(self) -> bool:
        """Whether elements are told apart: by groups, columns or clusters."""
        return self.is_grouped or self.cluster is not None

    def replaced(self, choices: Choices) -> EvalSettings:
        """These settings, but for those that are chosen by themselves.

        Raises:
            SettingsError: These are no settings, a value is out of range, or two of them exclude
                each other.
            TypeError: There is no setting of such a name.
        """
        _check_settings(self)  # callers without types pass anything
        unknown = sorted(choices.keys() - self.__dataclass_fields__.keys())
        if unknown:
            from smoothl1.other_arguments import meant  # late: only where something is wrong

            raise TypeError(f"there is no argument {unknown[0]!r}{meant(unknown[0])}")
        given: dict[str, Any] = {**choices}
        return replace(self, **given) if given else self

    def __post_init__(self) -> None:
        for name in _SEVERAL:
            object.__setattr__(self, name, _several(name, getattr(self, name)))
        try:
            for field, name in (("betas", "beta"), ("within", "within"), ("quantiles", "quantile")):
                values = tuple(checked_not_negative(name, value) for value in getattr(self, field))
                object.__setattr__(self, field, values)
            checked_reduction(self.reduction)
            ignored = tuple(map(checked_sentinel, self.ignore_target))
            object.__setattr__(self, "ignore_target", ignored)
        except (TypeError, ValueError) as error:
            raise SettingsError(str(error)) from None  # it says all of it
        if not self.betas:
            raise SettingsError("at least one beta is needed")
        if self.has_metrics:
            check_metrics(self.also, ALSO, self.quantiles)
            check_top(self.top, MAX_TOP)
        named: tuple[tuple[Sequence[Any], str], ...] = (
            *((self.betas, "beta"), (self.also, "metric"), (self.within, "tolerance")),
            *((self.quantiles, "quantile"), (self.ignore_target, "target to ignore")),
        )
        for several, what in named:
            if len({*several}) < len(several):
                raise SettingsError(f"a {what} is given twice")
        if self.reduction == "none" and len(self.betas) > 1:
            raise SettingsError("reduction none takes one beta: it writes one loss per element")
        check_known("nan", self.nan, tuple(NAN_POLICIES))
        for name, known in POLICIES.items():
            check_known(name, getattr(self, name), known)
        self._hold_columns()

    def _hold_columns(self) -> None:
        names = checked_columns(self.by, "by")
        object.__setattr__(self, "cluster", checked_column(self.cluster, "cluster"))
        if len(set(names)) < len(names):
            raise SettingsError("a column of groups is given twice")
        object.__setattr__(self, "by", names if len(names) > 1 else next(iter(names), None))


_SEVERAL = ("betas", "also", "within", "quantiles", "ignore_target")
"""Fields of `EvalSettings` that are tuples; a single value may be given as it is."""


def _check_settings(given: object) -> None:
    """Check that settings are such, and tell which argument something else is.

    Raises:
        SettingsError: They are none.
    """
    if not isinstance(given, EvalSettings):
        from smoothl1.other_arguments import meant_as_settings  # late: only for an error

        what = f"settings must be EvalSettings, not {excerpt(given)}"
        raise SettingsError(what, hint=meant_as_settings(given))


def _several(name: str, value: Any) -> tuple[Any, ...]:
    """The values of a field, which may be given by themselves; names may be one text with commas.

    Raises:
        SettingsError: They are text, and the field takes numbers.
    """
    is_one = isinstance(value, str) or not isinstance(value, Iterable)
    values: tuple[Any, ...] = (value,) if is_one else tuple(value)
    texts = [part.strip() for text in values if isinstance(text, str) for part in text.split(",")]
    if not texts:
        return values
    if name == "also":
        return tuple(texts) if len(texts) >= len(values) else values
    are_numbers = all(text.replace(".", "", 1).isdecimal() for text in texts)
    meant = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    hint = f"{name}={meant}" if are_numbers else None
    raise SettingsError(f"{name} takes numbers, not text: {excerpt(value)}", hint=hint)


@dataclass(frozen=True, slots=True)
class Execution:
    """How to run an evaluation; never changes a bit of the result.

    Attributes:
        threads: Number of threads that compute; unset, one for each processor this process may use.
        chunk_rows: Rows of each side that a thread holds at a time; unset, about 2**19 elements,
            and 2**22 where a GPU computes.

    Raises:
        SettingsError: A value is out of range.
    """

    threads: int | None = None
    chunk_rows: int | None = None

    def __post_init__(self) -> None:
        if self.threads is not None and not 1 <= self.threads <= MAX_THREADS:
            raise SettingsError(f"threads must be 1 to {MAX_THREADS}, not {self.threads}")
        if self.chunk_rows is not None and not 1 <= self.chunk_rows <= MAX_CHUNK_ROWS:
            raise SettingsError(
                f"chunk size must be 1 to {MAX_CHUNK_ROWS} rows, not {self.chunk_rows}"
            )

    @property
    def n_threads(self) -> int:
        """Number of threads to use on this machine."""
        return self.threads or _usable_processors()

    def rows_of(self, row_elements: int, *, on_gpu: bool = False) -> int:
        """Number of rows of a chunk, if each row has that many elements."""
        n_elements = GPU_CHUNK_ELEMENTS if on_gpu else CHUNK_ELEMENTS
        return self.chunk_rows or max(1, n_elements // max(1, row_elements))


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
