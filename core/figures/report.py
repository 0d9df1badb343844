"""A report: the figures of an evaluation or comparison, and the page that shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import smoothl1
from smoothl1.errors import SettingsError
from smoothl1.figures import (
    of_comparison,
    of_errors,
    of_losses,
    of_pairs,
    of_ranking,
    of_result,
    report_json,
)
from smoothl1.figures.data import FigureData
from smoothl1.figures.page import html_page
from smoothl1.figures.stretches import blocks_of
from smoothl1.figures.svg import svg_of
from smoothl1.figures.titles import title_of_comparison, title_of_ranking, title_of_result
from smoothl1.results import result_json
from smoothl1.results.overall import overall
from smoothl1.results.result import Result
from smoothl1.results.signature import signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.figures.contract import Figure
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.ranking import Ranking


NAMES = frozenset(("distances", "errors", "pairs", "betas", "rows", "groups", "differences"))
"""The names of all figures that have a drawing."""

_COMPARISON_HINT = "compare all rows in one run"


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The figures of one evaluation, comparison or ranking.

    `from_json` reads the JSON of `to_json` back to an equal value; `merged` combines reports.

    Attributes:
        result: The result, comparison or ranking that they show.
        title: What was evaluated, in one line.
        figures: The figures, in the order in which they are read.
        notes: What else defines the numbers, line by line: inputs, signature, versions.
        warnings: What could not be drawn, and why; among the notes, too.
        data: What the figures of an evaluation are drawn from. Not compared: the figures are.
    """

    result: Result | Comparison | Ranking
    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    data: FigureData | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        names = ", ".join(figure.name for figure in self.figures)
        return f"<{type(self).__name__} {self.title!r}: {names}>"

    def to_html(self) -> str:
        """One page of HTML with everything in it: no script, no request."""
        return html_page(self.title, self.figures, self.notes)

    def svgs(self) -> dict[str, str]:
        """The drawings as SVG files, by the names of their figures."""
        return {f.name: svg_of(f) for f in self.figures if f.drawing is not None}

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object: that of its result, and the exact state of its figures.

        Raises:
            SettingsError: It is the report of several models, which has no such state.
        """
        return result_json.in_memory(self.streamed())

    def streamed(self) -> dict[str, Any]:
        """The same as `to_json`, with iterators for what groups have: few are in memory at a time.

        Raises:
            SettingsError: It is the report of several models, which has no such state.
        """
        if not isinstance(self.result, Result) or self.data is None:
            raise SettingsError("the report of several models is not saved", hint=_COMPARISON_HINT)
        return report_json.streamed(self.result, self.data)

    @classmethod
    def from_json(cls, document: str | bytes | dict[str, Any]) -> Report:
        """Read a report back from JSON, as an object or as text.

        Raises:
            DataError: The document is damaged, something else, a result without figures, or of a
                newer schema.
        """
        return report_of(*report_json.decode(document))

    @classmethod
    def merged(cls, reports: Sequence[Report]) -> Report:
        """The report of all rows together.

        Args:
            reports: At least one report of an evaluation; no two have an element in common. Where
                the number of rows before one is not known, it follows the one before it.

        Raises:
            DataError: The settings differ, or rows are in two parts or between them in none.
            SettingsError: One is the report of several models.
        """
        parts = [(report.result, report.data) for report in reports]
        results = [result for result, _ in parts if isinstance(result, Result)]
        found = [data for _, data in parts if data is not None]
        if not len(results) == len(found) == len(reports):
            raise SettingsError("reports of several models are not merged", hint=_COMPARISON_HINT)
        beta = results[0].settings.betas[0]
        return report_of(Result.merged(results), FigureData.merged(found, beta))

    def _repr_html_(self) -> str:
        """The report within a notebook, in a frame as high as the page where scripts run."""
        from html import escape

        page = escape(self.to_html())
        grow = "this.style.height=this.contentDocument.documentElement.scrollHeight+20+'px'"
        frame = f'width="100%" height="600" style="border:0" title="Report" onload="{grow}"'
        return f'<iframe srcdoc="{page}" {frame}></iframe>'


def report_of(result: Result, data: FigureData) -> Report:
    """The report of a result at one beta.

    Args:
        result: The result, with standard errors, the bias and worst rows.
        data: What is known of the pairs.

    Raises:
        DataError: Rows are in two parts, or between them in none.
    """
    whole = overall(result)
    beta, tally = result.settings.betas[0], whole.tallies[0]
    blocks = blocks_of(data.stretches)
    warnings = () if blocks.unplaced is None else (_not_along_rows(blocks.unplaced),)
    figures = [
        of_result.numbers(whole, are_columns=result.settings.by_column),
        of_pairs.pairs(data.density),
        of_errors.magnitudes(data.errors, tally, beta),
        of_errors.signs(data.errors, of_result.metrics(whole)["bias"]),
        of_losses.against_beta(data.sweep, beta),
        of_losses.along_rows(blocks, tally.mean),
        of_result.worst(result),
    ]
    if len(result.groups) > 1:
        figures.append(of_result.groups(result, whole.values[0]))
    return Report(
        result,
        title_of_result(result.inputs),
        tuple(figure for figure in figures if figure is not None),
        (
            *inputs_told(("Predictions", "Targets"), result.inputs),
            f"Signature: {result.signature}",
            f"smoothl1 {result.version}, backend {result.backend}",
            *warnings,
        ),
        warnings,
        data,
    )


def _not_along_rows(rows_before: int) -> str:
    """The sentence about parts whose blocks do not fit together."""
    return (
        "the loss along the rows is not drawn: the blocks of the part that follows the first "
        f"{rows_before:,} rows do not begin there [make it with --rows-before {rows_before}]"
    )


def report_of_comparison(found: Comparison, confidence: float) -> Report:
    """The report of a comparison at one beta.

    Args:
        found: The comparison, with a histogram of the differences.
        confidence: The confidence level of the intervals.
    """
    figures = [
        of_comparison.numbers(found, confidence),
        of_comparison.differences(found),
        of_comparison.groups(found, confidence),
    ]
    return Report(
        found,
        title_of_comparison(found.inputs),
        tuple(figure for figure in figures if figure is not None),
        (
            *inputs_told(("Predictions A", "Predictions B", "Targets"), found.inputs),
            *_made_by(found),
        ),
    )


def report_of_ranking(found: Ranking, confidence: float) -> Report:
    """The report of several models.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
    """
    figures = [
        of_ranking.numbers(found, confidence),
        of_ranking.differences(found, confidence),
        of_ranking.groups(found, confidence),
    ]
    roles = [f"Predictions of {name}" for name in found.models]
    return Report(
        found,
        title_of_ranking(found.inputs),
        tuple(figure for figure in figures if figure is not None),
        (
            *inputs_told((*roles, "Targets"), found.inputs),
            *_made_by(found),
        ),
    )


def _made_by(found: Comparison | Ranking) -> tuple[str, str]:
    """What the numbers of several models depend on, besides the data, and what has formed them."""
    version = smoothl1.__version__
    signature = signature_of(found.settings, found.n, version)
    return f"Signature: {signature}", f"smoothl1 {version}, backend {found.backend}"


def inputs_told(roles: Sequence[str], inputs: Sequence[InputSummary]) -> Iterator[str]:
    """A line for each input: its paths, format, columns and the type of its numbers."""
    for role, side in zip(roles, inputs, strict=True):
        columns = f", column {', '.join(side.columns)}" if side.columns else ""
        yield f"{role}: {', '.join(side.paths)}, {side.format}{columns}, {_type_name(side.dtype)}"


def _type_name(dtype: str) -> str:
    """The name of a dtype in words: float64 for <f8, and float64, big-endian for >f8."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        return dtype  # bfloat16, and others that NumPy does not know
    return f"{found.name}, big-endian" if dtype.startswith(">") else found.name
