"""The result of an evaluation: tallies, with the settings and inputs that they came from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import smoothl1
from smoothl1.errors import DataError
from smoothl1.results.input_summary import InputSummary
from smoothl1.results.single import check_single, summary_of
from smoothl1.tallies.group import Group, in_order
from smoothl1.tallies.many import means_of, sums_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.metrics.contract import Metric
    from smoothl1.metrics.worst_rows import WorstRow
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.cluster_states import ClusterState
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """The losses of one evaluation, for each beta and group.

    `from_json` reads the JSON of `to_json` back to an equal value; `merged` combines results.

    Attributes:
        settings: The settings that define the numbers.
        inputs: Predictions and targets.
        tallies: One tally for each pair of beta and group, in the order of the settings' betas: a
            tuple, or with groups what equals one, whose tallies are made when one is asked for.
        groups: The groups of the tallies, likewise; without groups, one for all elements.
        version: The version of smoothl1 that made it; for merged results, all versions.
        backend: The backend that computed it; for merged results, all. Not compared: it changes no
            bit.
        decisions: The decisions about the data; for merged results, all, sorted. Not compared.
        metrics: What was formed beside the losses, as the settings asked; `to_arrow` shows it.
        clusters: The exact state of the clusters of each group; empty unless the settings name a
            column of clusters. The moments of the tallies then follow from it.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary]
    tallies: Sequence[Tally]
    groups: Sequence[Group] = (Group(),)
    version: str = smoothl1.__version__
    backend: str = field(default="", compare=False)
    decisions: tuple[Decision, ...] = field(default=(), compare=False)
    metrics: tuple[Metric, ...] = ()
    clusters: Sequence[ClusterState] = ()

    @property
    def entries(self) -> Iterator[tuple[float, Group, Tally]]:
        """Beta, group and tally of each result."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), tally in zip(cases, self.tallies, strict=True):
            yield beta, group, tally

    @property
    def reduction(self) -> str:
        """What `values` are: "sum", or "mean", also where the losses of elements are written."""
        return "sum" if self.settings.reduction == "sum" else "mean"

    @property
    def values(self) -> tuple[float, ...]:
        """The reduced loss for each beta and group; the mean if the reduction is "none"."""
        return sums_of(self.tallies) if self.reduction == "sum" else means_of(self.tallies)

    @property
    def mean(self) -> float:
        """The mean loss, if there is one beta and no groups.

        Raises:
            SettingsError: There are several; `values` and `to_arrow` have all.
        """
        return self._only.mean

    @property
    def sum(self) -> float:
        """The sum of the losses, if there is one beta and no groups.

        Raises:
            SettingsError: There are several; `values` and `to_arrow` have all.
        """
        return self._only.sum

    def __float__(self) -> float:
        """The mean or sum, as `reduction` says, if there is one beta and no groups."""
        return self.sum if self.reduction == "sum" else self.mean

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {summary_of(self.values)}, {self.signature}>"

    def _repr_html_(self) -> str:
        """The result as a table, for notebooks."""
        from smoothl1.results.columns import html_table, result_columns

        return html_table(result_columns(self))

    @property
    def _only(self) -> Tally:
        check_single(len(self.tallies))
        return self.tallies[0]

    @property
    def top(self) -> tuple[WorstRow, ...]:
        """The elements with the largest losses, worst first, if the settings ask for any."""
        if self.settings.top is None:
            return ()
        from smoothl1.metrics.worst_rows import WorstRows  # late: most results have none

        return next(metric.rows for metric in self.metrics if isinstance(metric, WorstRows))

    @property
    def n(self) -> int:
        """The number of elements in all groups together."""
        return sum(tally.n for tally in self.tallies[: len(self.groups)])

    @property
    def signature(self) -> str:
        """One line that names all that the numbers depend on, besides the data."""
        settings = self.settings
        betas = ",".join(map(repr, settings.betas))
        weighted = "yes" if settings.weighted else "no"
        by = [*map(_in_signature, settings.levels), *["column"] * settings.by_column]
        cluster = "" if settings.cluster is None else f"|cluster:{_in_signature(settings.cluster)}"
        return (
            f"smoothl1|beta:{betas}|red:{settings.reduction}|nan:{settings.nan}|w:{weighted}"
            f"{'|by:' * bool(by)}{','.join(by)}{cluster}|n:{self.n}|version:{self.version}"
        )

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object of the schema `smoothl1.result/1`; nothing is rounded."""
        from smoothl1.results.result_json import encode

        return encode(self)

    def to_dict(self) -> dict[str, Any]:
        """The same as `to_json`: the result as a dict of plain values."""
        return self.to_json()

    def to_arrow(self) -> pa.Table:
        """The result as an Arrow table: a row for each beta and group, named as in the JSON."""
        from smoothl1.results.columns import result_columns, to_arrow

        return to_arrow(result_columns(self))

    @classmethod
    def from_json(cls, document: str | bytes | dict[str, Any]) -> Result:
        """Read a result back from JSON, as an object or as text.

        Raises:
            DataError: The document is damaged, something else, or of a newer schema.
        """
        from smoothl1.results.result_json import decode

        return decode(document, cls)

    def check_alike(self, other: Result) -> None:
        """Refuse to merge results of different settings.

        Raises:
            DataError: The settings differ; the error names the first difference.
        """
        for setting in fields(self.settings):
            mine, others = (getattr(r.settings, setting.name) for r in (self, other))
            if mine != others:
                raise DataError(
                    f"results of different settings: {setting.name} is {_shown(others)} and "
                    f"{_shown(mine)}"
                )

    @classmethod
    def merged(cls, results: Sequence[Result]) -> Result:
        """The result of all elements together, with the same bits in any order and grouping.

        Args:
            results: At least one result; no two have an element in common.

        Raises:
            DataError: The settings differ; the error names the first difference.
        """
        first = results[0]
        if len(results) == 1:
            return first
        for other in results:
            other.check_alike(first)
        groups = _all_groups(results)
        tallies: dict[tuple[float, Group], Tally] = {}
        for result in results:
            for beta, group, tally in result.entries:
                case = (beta, group)
                tallies[case] = tallies[case].merge(tally) if case in tallies else tally
        number = {group: i for i, group in enumerate(groups)}
        places = [[number[group] for group in result.groups] for result in results]
        whole = Result(
            settings=first.settings,
            inputs=(
                InputSummary.merged([result.inputs[0] for result in results]),
                InputSummary.merged([result.inputs[1] for result in results]),
            ),
            tallies=tuple(
                tallies[case]._replace(first_nan=None)  # positions are those within a part
                for case in product(first.settings.betas, groups)
            ),
            groups=groups,
            version=_all_of(result.version for result in results),
            backend=_all_of(result.backend for result in results),
            decisions=tuple(sorted({d for result in results for d in result.decisions})),
            metrics=tuple(
                parts[0].merged(parts, places, len(groups))
                for parts in zip(*(result.metrics for result in results), strict=True)
            ),
        )
        return whole if first.settings.cluster is None else _clustered(whole, results, places)


def _clustered(whole: Result, results: Sequence[Result], places: Sequence[Sequence[int]]) -> Result:
    """A merged result with the clusters of its parts, whose moments do not add up.

    Args:
        whole: The result of all parts.
        results: The parts.
        places: For each part the place of each of its groups among all.
    """
    from smoothl1.tallies import cluster_states as of  # late: most results have none

    settings = whole.settings
    states = of.merged_states([result.clusters for result in results], places, len(whole.groups))
    moments = of.moments_of_states(states, len(settings.betas), weighted=settings.weighted)
    return replace(whole, tallies=of.with_moments(whole.tallies, moments), clusters=states)


def _all_of(names: Iterable[str]) -> str:
    """Join comma-separated names, each once."""
    return ",".join(sorted({name for some in names for name in some.split(",") if name}))


def _in_signature(name: str) -> str:
    """A name without characters that have a meaning in a signature, or end its line."""
    return "".join(c if c.isprintable() and c not in "|:,%" else f"%{ord(c):02X}" for c in name)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(repr, value))
    return repr(value)


def _all_groups(results: Sequence[Result]) -> Sequence[Group]:
    """The groups of all results, in the order that one run over all data gives."""
    if all(result.groups == results[0].groups for result in results):
        return results[0].groups
    groups = dict.fromkeys(group for result in results for group in result.groups)
    levels = [
        in_order([*dict.fromkeys(names)]) for names in zip(*(g.levels for g in groups), strict=True)
    ]
    columns = [tuple(dict.fromkeys(g.column or "" for g in r.groups)) for r in results]
    is_same = all(some == columns[0] for some in columns)
    ordered = columns[0] if is_same else in_order([*{name for some in columns for name in some}])
    *places, of_columns = (
        {name: i for i, name in enumerate(names)} for names in (*levels, ordered)
    )

    def place(group: Group) -> tuple[int, ...]:
        of_levels = (of[name] for of, name in zip(places, group.levels, strict=True))
        return (*of_levels, of_columns[group.column or ""])

    return tuple(sorted(groups, key=place))
