"""The result of an evaluation: tallies, with the settings and inputs that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import smoothl1
from smoothl1.callers import for_callers
from smoothl1.checks import check_kind, is_sum
from smoothl1.errors import SettingsError
from smoothl1.results.named import ByName, Values
from smoothl1.results.signature import signature_of
from smoothl1.results.single import check_single, summary_of
from smoothl1.settings import CONFIDENCE
from smoothl1.tallies.group import Group
from smoothl1.tallies.many import ManyTallies, passing
from smoothl1.tallies.tally import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.files.digests import Digest
    from smoothl1.metrics.contract import Metric
    from smoothl1.metrics.worst_rows import WorstRow
    from smoothl1.results.group_numbers import GroupNumbers
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.part import PartOfPlan
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.cluster_states import ClusterState
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True, repr=False)
class Result(ByName["GroupNumbers"]):
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
        metric_states: The exact state of what was formed beside the losses, as the settings asked.
        clusters: The exact state of the clusters of each group; empty unless the settings name a
            column of clusters. The moments of the tallies then follow from it.
        part: Which part of a run it is, if it is one; only `merged` makes the whole of all parts.
        engine: What ran the parts: "dask", or the class of an executor; for merged results, all.
            Empty for threads. Not compared.
        digests: The SHA-256 of each file that was read, if the options ask for it; for merged
            results, all, sorted. Not compared.
        expects_nan: Whether it was asked that NaN propagates, so that nobody is warned of it; for
            merged results, of all. Not compared.
        label_types: The keys and kept columns of the worst rows that are numbers, booleans or
            days, with their types of Arrow; none if they were read from JSON. Not compared.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary]
    tallies: Sequence[Tally]
    groups: Sequence[Group] = (Group(),)
    version: str = smoothl1.__version__
    backend: str = field(default="", compare=False)
    decisions: tuple[Decision, ...] = field(default=(), compare=False)
    metric_states: tuple[Metric, ...] = ()
    clusters: Sequence[ClusterState] = ()
    part: PartOfPlan | None = None
    engine: str = field(default="", compare=False)
    digests: tuple[Digest, ...] = field(default=(), compare=False)
    expects_nan: bool = field(default=False, compare=False)
    label_types: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def entries(self) -> Iterator[tuple[float, Group, Tally]]:
        """Beta, group and tally of each result."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), tally in zip(cases, self.tallies, strict=True):
            yield beta, group, tally

    @property
    def passing_entries(self) -> Iterator[tuple[float, Group, Tally]]:
        """The entries, each to be looked at once: few tallies are in memory at a time."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), tally in zip(cases, passing(self.tallies), strict=True):
            yield beta, group, tally

    @property
    def reduction(self) -> str:
        """What `values` are: "sum", or "mean", also where the losses of elements are written."""
        return "sum" if is_sum(self.settings.reduction) else "mean"

    @property
    def values(self) -> Values:
        """The reduced loss for each beta and group; the mean if the reduction is "none".

        `values()` gives the numbers of each group, as `items()` does with the names.
        """
        tallies, reduction = self.tallies, self.settings.reduction
        if isinstance(tallies, ManyTallies):  # one array of all, not a tally for each
            numbers = (tallies.sums() if is_sum(reduction) else tallies.means()).tolist()
        else:
            numbers = [value_of(tally, reduction) for tally in tallies]
        return Values(tuple(numbers), self._of_groups)

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

    @property
    def metrics(self) -> dict[str, float | int]:
        """What was formed beside the loss, as of a group: `metrics["quantile_0.9"]`.

        Raises:
            SettingsError: There are several betas or groups; `to_arrow` has all.
        """
        check_single(len(self.tallies), len(self.settings.betas))
        return self.overall.metrics

    @property
    def overall(self) -> GroupNumbers:
        """The numbers of all groups together: exactly those of a run without groups.

        Raises:
            SettingsError: There are several betas; `entries` has all.
        """
        from smoothl1.results.group_numbers import overall_numbers  # late, as below

        return overall_numbers(self)

    def _at(self, place: int) -> GroupNumbers:
        from smoothl1.results.group_numbers import numbers_at

        return numbers_at(self, place)

    def _numbers(self) -> set[str]:
        from smoothl1.results.group_numbers import names_of_numbers

        return names_of_numbers(self.settings)

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The interval of the mean or sum, if there is one beta and no groups.

        Args:
            confidence: Above 0 and below 1.

        Raises:
            SettingsError: There are several, or no standard errors: see `GroupNumbers.interval`.
        """
        check_single(len(self.tallies), len(self.settings.betas))
        return self.overall.interval(confidence)

    def __float__(self) -> float:
        """The mean or sum, as `reduction` says, if there is one beta and no groups."""
        return self.sum if is_sum(self.reduction) else self.mean

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {summary_of(self.values)}, {self.signature}>"

    def _repr_html_(self) -> str:
        """The result as a table, for notebooks."""
        from smoothl1.results.html_tables import html_table, with_worst_rows
        from smoothl1.results.overall import columns_with_all

        table = html_table(columns_with_all(self), len(self.tallies))
        return with_worst_rows(self, table)

    @property
    def _only(self) -> Tally:
        check_single(len(self.tallies), len(self.settings.betas))
        return self.tallies[0]

    @property
    def top(self) -> tuple[WorstRow, ...]:
        """The elements with the largest losses, worst first, if the settings ask for any."""
        if self.settings.top is None:
            return ()
        from smoothl1.metrics.worst_rows import WorstRows  # late: most results have none

        return next(metric.rows for metric in self.metric_states if isinstance(metric, WorstRows))

    @property
    def n(self) -> int:
        """The number of elements in all groups together."""
        tallies = self.tallies
        if isinstance(tallies, ManyTallies):  # as above
            return tallies.n_elements()
        return sum(tally.n for tally in tallies[: len(self.groups)])

    @property
    def signature(self) -> str:
        """One line that names all that the numbers depend on, besides the data."""
        return signature_of(self.settings, self.n, self.version)

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object of the schema `smoothl1.result/1`; nothing is rounded."""
        from smoothl1.results.result_json import encode

        return encode(self)

    def to_dict(self) -> dict[str, Any]:
        """The same as `to_json`: the result as a dict of plain values."""
        return self.to_json()

    def to_arrow(self, *, top: bool = False) -> pa.Table:
        """The result as an Arrow table: a row for each beta and group, named as in the JSON.

        Names of groups are text, whatever the type of their column is. `stderr` is null unless
        `evaluate` had `statistics=True`.

        Args:
            top: Whether to give the elements with the largest losses instead, a row for each.

        Raises:
            SettingsError: They are wanted, and the settings did not ask for them.
        """
        from smoothl1.results import frames

        return frames.to_arrow(frames.columns_of(self, top=top))

    def to_pandas(self, *, top: bool = False) -> pd.DataFrame:
        """The same as a table of pandas: see `to_arrow`.

        Raises:
            MissingExtraError: The package pandas is not installed.
        """
        from smoothl1.results import frames

        return frames.to_pandas(frames.columns_of(self, top=top))

    @classmethod
    @for_callers
    def from_json(cls, document: str | bytes | dict[str, Any]) -> Result:
        """Read a result back from JSON, as an object or as text.

        Raises:
            DataError: The document is damaged, something else, or of a newer schema.
        """
        from smoothl1.results.result_json import decode

        return decode(document, cls)

    @classmethod
    @for_callers
    def merged(cls, results: Sequence[Result]) -> Result:
        """The result of all elements together, with the same bits in any order and grouping.

        Args:
            results: At least one result; no two have an element in common. Or all parts of a run:
                then it is the result of the run.

        Raises:
            SettingsError: They are no results, or none.
            DataError: The settings differ; the error names the first difference. Or parts of a run
                are missing, there twice, or of several runs.
        """
        from smoothl1.results.merging import merged  # late: most results are not merged

        check_kind("results", results, Sequence)
        if not results:
            raise SettingsError("at least one result is needed")
        for result in results:
            check_kind("each of the results", result, cls)
        return merged(results)
