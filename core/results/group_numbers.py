"""The numbers of a result for one group or for all of them, by the names that tables have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoothl1.checks import check_confidence
from smoothl1.errors import SettingsError
from smoothl1.metrics.distances import COLUMNS
from smoothl1.numerics.row_moments import NO_ROWS
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.results.columns import counts_of, metric_columns, result_columns
from smoothl1.results.intervals import estimate_of
from smoothl1.results.overall import check_one_beta, overall
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from smoothl1.results.columns import Cell
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True, repr=False)
class GroupNumbers:
    """The numbers of a group, or of all groups together, at one beta.

    Beside what is listed here, each column of the tables is an attribute: `count`, `nan`, `inf`,
    `quadratic`, `missing`, `omitted`, `zero_weight`, `min`, `max`, metrics such as `rmse`. So is
    what a `Tally` has: `n`, `n_quadratic`, `total`.

    Attributes:
        result: The result of these elements alone: one beta, and one group.
    """

    result: Result

    @property
    def tally(self) -> Tally:
        """The counts and the exact sum."""
        return self.result.tallies[0]

    @property
    def mean(self) -> float:
        """The mean loss, rounded once."""
        return self.tally.mean

    @property
    def sum(self) -> float:
        """The sum of the losses, rounded once."""
        return self.tally.sum

    @property
    def stderr(self) -> float:
        """The standard error of the mean; NaN with fewer than two rows, or if a loss is not finite.

        Raises:
            SettingsError: It was not asked for, or cannot be told.
        """
        return self._with_moments.standard_error

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The interval of the mean, or of the sum, as the reduction says.

        Args:
            confidence: Above 0 and below 1.

        Returns:
            Lower and upper bound; NaN with fewer than two rows, or if a loss is not finite.

        Raises:
            SettingsError: There are no standard errors: see `stderr`.
        """
        check_confidence(confidence)
        return estimate_of(self._with_moments, self.result.reduction).interval(confidence)

    @property
    def _with_moments(self) -> Tally:
        """The tally, whose standard error is known.

        Raises:
            SettingsError: It was not asked for, or cannot be told.
        """
        tally = self.tally
        if tally.moments is None:
            raise SettingsError(
                "there are no standard errors: they were not asked for",
                hint="evaluate(..., statistics=True)",
            )
        if tally.n and tally.not_finite is None and tally.moments == NO_ROWS:
            raise SettingsError(
                "all columns together have no standard error: the elements of a row are not "
                "independent of each other",
                hint="leave by_column out, or name clusters",
            )
        return tally

    @property
    def standard_error(self) -> float:
        """The same as `stderr`."""
        return self.stderr

    @property
    def metrics(self) -> dict[str, float | int]:
        """What was formed beside the loss, by the names of tables: `rmse`, `quantile_0.9`."""
        named: dict[str, Any] = {one.name: one.cells[0] for one in metric_columns(self.result)}
        return named

    def to_dict(self) -> dict[str, Cell]:
        """All numbers by the names of tables; None where there is no such number."""
        columns = result_columns(self.result)
        return {one.name: one.cells[0] for one in columns if one.name not in LeftOut._fields}

    def __getattr__(self, name: str) -> Any:
        """A number by its name in tables, or what the tally calls it."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name in (numbers := self.to_dict()):
            return numbers[name]
        if name in self.tally._fields or name in _OF_TALLY:
            return getattr(self.tally, name)
        from smoothl1.results.by_name import absent_number  # late: only for an error

        raise AttributeError(absent_number(name, dir(self)))

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.to_dict(), *self.tally._fields, *_OF_TALLY}
        return sorted(name for name in names if name.isidentifier())

    def __float__(self) -> float:
        """The mean or sum, as the reduction says."""
        return float(self.result)

    def __format__(self, spec: str) -> str:
        """The number of `float()`, as a format such as ".3f" says; else a short representation."""
        return format(float(self), spec) if spec else str(self)

    def __repr__(self) -> str:
        names = ", ".join(self.result.groups[0].named().values()) or "all"
        told = {"mean": self.mean, "count": self.tally.n, **self.metrics}
        return f"<{names}: {', '.join(f'{name} {value!r}' for name, value in told.items())}>"


_OF_TALLY = ("n_undefined", "n_seen", "not_finite", "size", "ratio")
"""Properties of a tally that are no fields and no numbers of tables."""


def numbers_at(result: Result, place: int) -> GroupNumbers:
    """The numbers of a group of a result at one beta.

    Args:
        result: The result.
        place: The place of the group among all.
    """
    metrics = tuple(metric.of_group(place) for metric in result.metric_states)
    clusters = tuple(result.clusters[place : place + 1])
    alone = replace(
        result,
        tallies=(result.tallies[place],),
        groups=(result.groups[place],),
        metric_states=metrics,
        clusters=clusters,
    )
    return GroupNumbers(alone)


def overall_numbers(result: Result) -> GroupNumbers:
    """The numbers of all groups together at one beta, as a run without groups gives them.

    Raises:
        SettingsError: There are several betas.
    """
    check_one_beta(result.settings)
    return GroupNumbers(overall(result))


def names_of_numbers(settings: EvalSettings) -> set[str]:
    """Names of numbers that a result with these settings has beside its mean, sum and count."""
    metrics = (COLUMNS.get(name, name) for name in settings.also)
    return {"stderr", "min", "max", *counts_of(settings), *metrics}
