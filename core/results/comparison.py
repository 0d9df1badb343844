"""Two models on the same targets: a difference for each beta and group, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from smoothl1.results.few_rows import sample_of_differences, sentences_on_few_rows
from smoothl1.results.json_fields import (
    encode_entry,
    encode_input,
    encode_run,
    encode_settings,
    ignored_count,
)
from smoothl1.results.model_names import pair_of
from smoothl1.results.named import ByName
from smoothl1.results.single import check_single, summary_of
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.figures.error_histogram import ErrorHistogram
    from smoothl1.files.digests import Digest
    from smoothl1.metrics.worse_rows import WorseRow
    from smoothl1.results.difference import Difference
    from smoothl1.results.increase import Increase
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group

SCHEMA, _SIDES = "smoothl1.comparison/1", ("pred_a", "pred_b", "target")


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(ByName["Difference"]):
    """Two models on the same targets, at each beta and for each group.

    Attributes:
        settings: The settings that define the numbers.
        inputs: Predictions of A, predictions of B, targets.
        differences: The difference at each beta and for each group: beta by beta, in the order of
            the settings and of the groups.
        groups: The groups; without grouping, one group of all elements.
        decisions: The decisions about the data.
        backend: The backend that computed it. Not compared: it changes no number.
        histogram: The differences B - A of all pairs at the first beta, if counted. Not compared.
        engine, digests: See `Result`. Not compared.
        top: The elements whose loss is larger for B than for A, those with the largest difference
            first, if the settings ask for any; equal differences in the order of rows.
        label_types: See `Result`.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary, InputSummary]
    differences: tuple[Difference, ...]
    groups: Sequence[Group]
    decisions: tuple[Decision, ...] = ()
    backend: str = field(default="", compare=False)
    histogram: ErrorHistogram | None = field(default=None, compare=False)
    engine: str = field(default="", compare=False)
    digests: tuple[Digest, ...] = field(default=(), compare=False)
    top: tuple[WorseRow, ...] = ()
    label_types: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def entries(self) -> Iterator[tuple[float, Group, Difference]]:
        """Each difference with its beta and its group."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), difference in zip(cases, self.differences, strict=True):
            yield beta, group, difference

    @property
    def n(self) -> int:
        """The number of elements in all groups together."""
        return sum(difference.a.n for difference in self.differences[: len(self.groups)])

    @property
    def mean(self) -> float:
        """The mean difference B - A, if there is one beta and no groups; below 0, B is better.

        Raises:
            SettingsError: There are several; `differences` and `to_arrow` have all.
        """
        check_single(len(self.differences), len(self.settings.betas))
        return self.differences[0].estimate.value

    @property
    def sum(self) -> float:
        """The sum of the differences; a SettingsError if there are several betas or groups."""
        check_single(len(self.differences), len(self.settings.betas))
        return self.differences[0].sum

    @property
    def overall(self) -> Difference:
        """The difference of all groups together: exactly that of a run without groups.

        Raises:
            SettingsError: There are several betas, or groups that do not tell it: columns, whose
                elements share rows, and groups of clusters.
        """
        from smoothl1.results.overall import only, overall_comparison  # late, since few ask for it

        return only(self, overall_comparison).differences[0]

    def _at(self, place: int) -> Difference:
        return self.differences[place]

    def __float__(self) -> float:
        """The mean difference, if there is one beta and no groups."""
        return self.mean

    def _numbers(self) -> set[str]:
        from smoothl1.results.columns import COUNT_NAMES, NUMBER_NAMES  # late: most ask for more

        clusters = () if self.settings.cluster is None else ("clusters",)
        return {*NUMBER_NAMES, *COUNT_NAMES, *clusters}

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The interval of the mean difference, if there is one beta and no groups.

        Args:
            confidence: Above 0 and below 1.

        Raises:
            SettingsError: There are several; `overall` has that of all groups together.
        """
        check_single(len(self.differences), len(self.settings.betas))
        return self.differences[0].interval(confidence)

    def verdict(self, confidence: float = CONFIDENCE) -> str:
        """Which model is better, and how sure that is, as the sentence that a terminal shows.

        Several betas or groups are counted; `comparison["east"].verdict()` is about one.

        Args:
            confidence: The confidence level of the intervals; above 0 and below 1.

        Raises:
            SettingsError: The confidence is out of range.
        """
        from smoothl1.results.comparison_gate import Rule, check_rule  # late, since few ask for it
        from smoothl1.results.comparison_sentence import sentence

        return sentence(self, check_rule(Rule(confidence)))

    def __repr__(self) -> str:
        values = [difference.estimate.value for difference in self.differences]
        return f"<{type(self).__name__} {pair_of(self.inputs).difference}: {summary_of(values)}>"

    def _repr_html_(self) -> str:
        """The comparison as a table, for notebooks."""
        from smoothl1.results.html_tables import html_table, with_worst_rows
        from smoothl1.results.overall import comparison_columns_with_all

        table = html_table(comparison_columns_with_all(self, CONFIDENCE), len(self.differences))
        return with_worst_rows(self, table)

    def to_dict(self, confidence: float = CONFIDENCE) -> dict[str, Any]:
        """The same as `to_json`: the comparison as a dict of plain values."""
        return self.to_json(confidence)

    def small_samples(self) -> list[str]:
        """Sentences about groups with too few rows or clusters for reliable intervals."""
        samples = (sample_of_differences(group, one.ratio) for _, group, one in self.entries)
        unit = "row" if self.settings.cluster is None else "cluster"
        return sentences_on_few_rows(samples, "the comparison", unit)

    def to_arrow(self, confidence: float = CONFIDENCE, *, top: bool = False) -> pa.Table:
        """The comparison as an Arrow table: a row for each beta and group, named as in the JSON.

        Args:
            confidence: The confidence level of the intervals.
            top: Whether to give the elements of `top` instead, a row for each.

        Raises:
            SettingsError: They are wanted, and the settings did not ask for them.
        """
        from smoothl1.results import frames

        return frames.to_arrow(frames.columns_of_comparison(self, confidence, top=top))

    def to_pandas(self, confidence: float = CONFIDENCE, *, top: bool = False) -> pd.DataFrame:
        """The same as a table of pandas: see `to_arrow`.

        Raises:
            MissingExtraError: The package pandas is not installed.
        """
        from smoothl1.results import frames

        return frames.to_pandas(frames.columns_of_comparison(self, confidence, top=top))

    def to_json(
        self, confidence: float = CONFIDENCE, margin: Increase | None = None
    ) -> dict[str, Any]:
        """The comparison as a JSON object of the schema `smoothl1.comparison/1`.

        Args:
            confidence: The confidence level of the intervals.
            margin: By how much B may be worse, if a gate allows that.
        """
        return {
            "schema": SCHEMA,
            **encode_run(self),
            "settings": encode_settings(self.settings),
            "confidence": confidence,
            **({} if margin is None else {"margin": margin.text}),
            "inputs": dict(zip(_SIDES, map(encode_input, self.inputs), strict=True)),
            "decisions": [decision._asdict() for decision in self.decisions],
            "results": [
                encode_entry(beta, group, found.numbers(confidence, margin))
                | ignored_count(found.a, self.settings)
                for beta, group, found in self.entries
            ],
            **self._rows_told(),
        }

    def _rows_told(self) -> dict[str, Any]:
        """The elements of `top`, as a field of the JSON; none if the settings ask for none."""
        if self.settings.top is None:
            return {}
        from smoothl1.results.worst_rows_json import encode_worse  # late: most have none

        return {"top": list(map(encode_worse, self.top))}
