"""Reports on models that were compared: two of them, or several in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from smoothl1.cli.views import (
    CiReport,
    conditions_of,
    properties_of_sides,
    property_of_backend,
)
from smoothl1.results.model_names import pair_of
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.results.columns import Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.results.gates import Verdict
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.ranking import Ranking
    from smoothl1.tallies.group import Group


class ModelsReport(CiReport, Protocol):
    """What is told of models: to CI, and by the command that compared them."""

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""

    def columns(self, *, for_people: bool = False) -> list[Column]:
        """All of it as columns.

        Args:
            for_people: Whether all groups together have a row, too.
        """

    def to_json(self) -> dict[str, Any]:
        """All of it as a JSON object."""

    def lines(self, precision: int | None, *, on_terminal: bool) -> str:
        """Lines for programs, or a table for the terminal that stdout is.

        Args:
            precision: Significant digits; None for those of the form.
            on_terminal: Whether a person reads them.
        """

    def sentences(self) -> list[str]:
        """What a terminal shows below the numbers."""


class ComparisonReport(NamedTuple):
    """The content of a report on a comparison of two models.

    Attributes:
        comparison: The comparison.
        rule: The rule that judges it.
        verdicts: The verdicts of the gate; empty without one.
    """

    comparison: Comparison
    rule: Rule
    verdicts: Sequence[Verdict] = ()

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(verdict.passed for verdict in self.verdicts)

    @property
    def subject(self) -> str:
        return f"difference {pair_of(self.comparison.inputs).difference}"

    @property
    def values(self) -> Iterable[tuple[str, float, Group, float]]:
        entries = self.comparison.entries
        return ((self.subject, beta, group, found.estimate.value) for beta, group, found in entries)

    @property
    def conditions(self) -> list[str]:
        confidence = self.rule.confidence
        told = [] if confidence == CONFIDENCE else [f"confidence {confidence:g}"]
        return [*conditions_of(self.comparison.settings, self.comparison.decisions), *told]

    @property
    def inputs(self) -> Sequence[InputSummary]:
        return self.comparison.inputs

    @property
    def properties(self) -> list[tuple[str, str]]:
        found = self.comparison
        sides = properties_of_sides(("pred_a", "pred_b", "target"), found.inputs)
        level = [("confidence", repr(self.rule.confidence))]
        return [*level, *property_of_backend(found.backend), *sides]

    def markdown(self) -> str:
        from smoothl1.cli.views.comparison_markdown import comparison_markdown

        return comparison_markdown(self)

    def outputs(self, precision: int | None) -> dict[str, str]:
        from smoothl1.cli.console import escaped
        from smoothl1.cli.views.lines import labelled_lines
        from smoothl1.results.comparison_sentence import sentence

        found = self.comparison
        differences = [value for _, _, _, value in self.values]
        return {
            "value": labelled_lines(found, differences, precision).strip("\n"),
            "passed": str(self.passed).lower(),
            "count": str(found.n),
            "verdict": sentence(found, self.rule, escaped),
        }

    def columns(self, *, for_people: bool = False) -> list[Column]:
        from smoothl1.results import columns, overall

        form = overall.comparison_columns_with_all if for_people else columns.comparison_columns
        return form(self.comparison, self.rule.confidence, self.rule.margin)

    def to_json(self) -> dict[str, Any]:
        return self.comparison.to_json(self.rule.confidence, self.rule.margin)

    def lines(self, precision: int | None, *, on_terminal: bool) -> str:
        from smoothl1.cli.views import comparison as views

        is_table = on_terminal and self.comparison.differences
        form = views.comparison_table if is_table else views.comparison_lines
        return form(self.comparison, self.rule, precision)

    def sentences(self) -> list[str]:
        from smoothl1.cli.console import escaped
        from smoothl1.cli.views.comparison import models_told
        from smoothl1.results.comparison_sentence import sentence

        if not self.comparison.differences:
            return []
        return [models_told(self.comparison), sentence(self.comparison, self.rule, escaped)]


class RankingReport(NamedTuple):
    """The content of a report on several models, which no gate judges.

    Attributes:
        ranking: The models in order.
        confidence: The confidence with which the intervals of all pairs hold together.
    """

    ranking: Ranking
    confidence: float

    @property
    def verdicts(self) -> Sequence[Verdict]:
        return ()

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return True

    @property
    def subject(self) -> str:
        return "mean"

    @property
    def values(self) -> Iterable[tuple[str, float, Group, float]]:
        models = self.ranking.models
        for beta, group, ranked in self.ranking.entries:
            for model in ranked:
                yield f"mean of model {models[model.place]!r}", beta, group, model.tally.mean

    @property
    def conditions(self) -> list[str]:
        return conditions_of(self.ranking.settings, self.ranking.decisions)

    @property
    def inputs(self) -> Sequence[InputSummary]:
        return self.ranking.inputs

    @property
    def properties(self) -> list[tuple[str, str]]:
        found = self.ranking
        sides = properties_of_sides((*("pred" for _ in found.models), "target"), found.inputs)
        return [("confidence", repr(self.confidence)), *property_of_backend(found.backend), *sides]

    def markdown(self) -> str:
        from smoothl1.cli.views.ranking_markdown import ranking_markdown

        return ranking_markdown(self.ranking, self.confidence)

    def outputs(self, precision: int | None) -> dict[str, str]:
        from smoothl1.cli.console import escaped
        from smoothl1.cli.views import ranking as views
        from smoothl1.results.ranking_sentence import sentence

        return {
            "value": views.value_lines(self.ranking, precision).strip("\n"),
            "passed": "true",
            "count": str(self.ranking.n),
            "best": views.best_lines(self.ranking).strip("\n"),
            "verdict": sentence(self.ranking, self.confidence, escaped),
        }

    def columns(self, *, for_people: bool = False) -> list[Column]:
        from smoothl1.results import columns, overall

        form = overall.ranking_columns_with_all if for_people else columns.ranking_columns
        return form(self.ranking, self.confidence)

    def to_json(self) -> dict[str, Any]:
        return self.ranking.to_json(self.confidence)

    def lines(self, precision: int | None, *, on_terminal: bool) -> str:
        from smoothl1.cli.views import ranking as views

        form = views.ranking_table if on_terminal and self.ranking.losses else views.ranking_lines
        return form(self.ranking, self.confidence, precision)

    def sentences(self) -> list[str]:
        from smoothl1.cli.views.ranking import sentences

        return sentences(self.ranking, self.confidence)
