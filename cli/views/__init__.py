"""Views of results, a module for each reader: people, pull requests, CI servers.

A view takes values, such as a `Report`, and gives text or bytes. `github` appends them to the files
of its runner; all others leave writing to the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from smoothl1.decisions import MATCHED
from smoothl1.number_texts import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.results.gates import Verdict
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group


class CiReport(Protocol):
    """What JUnit, Markdown and GitHub Actions are told of a run."""

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """The verdicts of the gates; empty without gates."""

    @property
    def subject(self) -> str:
        """The name of the values: "mean"."""

    @property
    def values(self) -> Iterable[tuple[str, float, Group, float]]:
        """Each value with its name, its beta and its group."""

    @property
    def conditions(self) -> list[str]:
        """What the values and verdicts depend on besides data, beta and group: "nan omit"."""

    @property
    def inputs(self) -> Sequence[InputSummary]:
        """The predictions of each model, then the targets."""

    @property
    def properties(self) -> list[tuple[str, str]]:
        """The properties of the run by their names; a name may stand several times."""

    def markdown(self) -> str:
        """All of it for a pull request."""

    def outputs(self, precision: int | None) -> dict[str, str]:
        """What later steps of a workflow get, by name.

        Args:
            precision: Significant digits of values; None for the shortest text that reads back to
                the same number.
        """


class Report(NamedTuple):
    """The content of a report on an evaluation.

    Attributes:
        result: The result of the evaluation.
        verdicts: The verdicts of the gates; empty without gates.
        baseline: The result that the losses were compared with, if any.
        baseline_path: The path of its file.
        confidence: With what confidence a loss must be above a limit to fail; None if it need not.
    """

    result: Result
    verdicts: Sequence[Verdict] = ()
    baseline: Result | None = None
    baseline_path: str | None = None
    confidence: float | None = None

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(verdict.passed for verdict in self.verdicts)

    @property
    def subject(self) -> str:
        return self.result.reduction

    @property
    def values(self) -> Iterable[tuple[str, float, Group, float]]:
        entries = zip(self.result.entries, self.result.values, strict=True)
        return ((self.subject, beta, group, value) for (beta, group, _), value in entries)

    @property
    def conditions(self) -> list[str]:
        confidence = [] if self.confidence is None else [f"confidence {self.confidence:g}"]
        return [*conditions_of(self.result.settings, self.result.decisions), *confidence]

    @property
    def inputs(self) -> Sequence[InputSummary]:
        return self.result.inputs

    @property
    def properties(self) -> list[tuple[str, str]]:
        result = self.result
        sides = properties_of_sides(("pred", "target"), result.inputs)
        of_gates = [("baseline", self.baseline_path)] if self.baseline_path else []
        if self.confidence is not None:
            of_gates.append(("confidence", f"{self.confidence:g}"))
        fixed = [("signature", result.signature), *property_of_backend(result.backend)]
        return [*fixed, *sides, *of_gates]

    def markdown(self) -> str:
        from smoothl1.cli.views.markdown import markdown_table  # late, like all that takes time

        return markdown_table(self)

    def outputs(self, precision: int | None) -> dict[str, str]:
        from smoothl1.cli.views.lines import value_lines

        return {
            "value": value_lines(self.result, precision).strip("\n"),
            "passed": str(self.passed).lower(),
            "count": str(self.result.n),
            "signature": self.result.signature,
        }


_OF_CSV = {
    *("comment", "decimal", "delimiter", "encoding"),
    *("header", "missing-value", "no-header", "skip-rows"),
}
"""Options that say of a CSV what its content does not."""


def conditions_of(settings: EvalSettings, decisions: Iterable[Decision]) -> list[str]:
    """The settings that change a loss or its standard error and are not the default, as options.

    Those that a value is named by are not among them: its beta and reduction. The key and what
    options say of the content of a CSV are.

    Args:
        settings: The settings of a result.
        decisions: Its decisions about the data.
    """
    policies = {
        "nan": (settings.nan, "propagate"),
        "unmatched": (settings.unmatched, "error"),
        "duplicates": (settings.duplicates, "error"),
        "weight-mean": (settings.weight_mean, "sum"),
    }
    names = {
        "ignore-target": ",".join(map(as_typed, settings.ignore_target)),
        "weight": (settings.weight_column or "yes") if settings.weighted else "",
        "by": ",".join(settings.levels),
        "cluster": settings.cluster,
    }
    told = [f"{name} {value}" for name, (value, default) in policies.items() if value != default]
    told += [f"{name} {value}" for name, value in names.items() if value]
    return told + list(dict.fromkeys(filter(None, map(_asked, decisions))))


def _asked(decision: Decision) -> str:
    """A decision that the key or an option for CSV asked for, in words; "" for any other."""
    if decision.choice == MATCHED:
        return f"key {decision.reason}"
    option = decision.reason.removeprefix("--").partition(" = ")[0]  # "= ..." if it is configured
    return f"{option}: {decision.choice}" if option in _OF_CSV else ""


def properties_of_sides(
    names: Iterable[str], inputs: Iterable[InputSummary]
) -> list[tuple[str, str]]:
    """The path and columns of each input, named after its side, and its rows that were left out."""
    found = []
    for name, side in zip(names, inputs, strict=True):
        found += [(name, path) for path in side.paths]
        found += [(f"{name} column", column) for column in side.columns]
        if side.left_out:
            found.append((f"{name} rows left out", side.left_out))
    return found


def property_of_backend(name: str) -> list[tuple[str, str]]:
    """The backend that computed the numbers, if it is known."""
    return [("backend", name)] if name else []
