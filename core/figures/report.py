"""A report: the figures of an evaluation or comparison, and the page that shows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import smoothl1
from smoothl1.figures import of_comparison, of_errors, of_losses, of_pairs, of_result
from smoothl1.figures.page import html_page
from smoothl1.figures.svg import svg_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.figures.contract import Figure
    from smoothl1.figures.pair_figures import PairFigures
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.result import Result


NAMES = frozenset(("distances", "errors", "pairs", "betas", "rows", "groups", "differences"))
"""The names of all figures that have a drawing."""


class Report(NamedTuple):
    """The figures of one evaluation or comparison.

    Attributes:
        result: The result or comparison that they show.
        title: What was evaluated, in one line.
        figures: The figures, in the order in which they are read.
        notes: What else defines the numbers, line by line: inputs, signature, versions.
    """

    result: Result | Comparison
    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        names = ", ".join(figure.name for figure in self.figures)
        return f"<{type(self).__name__} {self.title!r}: {names}>"

    def to_html(self) -> str:
        """One page of HTML with everything in it: no script, no request."""
        return html_page(self.title, self.figures, self.notes)

    def svgs(self) -> dict[str, str]:
        """The drawings as SVG files, by the names of their figures."""
        return {f.name: svg_of(f) for f in self.figures if f.drawing is not None}

    def _repr_html_(self) -> str:
        """The report within a notebook."""
        from html import escape

        page = escape(self.to_html())
        return f'<iframe srcdoc="{page}" width="100%" height="600" title="Report"></iframe>'


def report_of(result: Result, found: PairFigures) -> Report:
    """The report of a result at one beta.

    Args:
        result: The result, with standard errors, the bias and worst rows.
        found: What the pass has learned of the pairs.
    """
    beta, tally = result.settings.betas[0], of_result.all_together(result.tallies)
    overall = tally.sum if result.reduction == "sum" else tally.mean
    metrics = of_result.metrics(result, tally)
    figures = [
        of_result.numbers(result, tally, metrics),
        of_pairs.pairs(found.density),
        of_errors.magnitudes(found.errors, tally, beta),
        of_errors.signs(found.errors, metrics["bias"]),
        of_losses.against_beta(found.sweep, beta),
        of_losses.along_rows(found.drift, tally.mean),
        of_result.worst(result),
    ]
    if len(result.groups) > 1:
        figures.append(of_result.groups(result, overall))
    pred, target = (_name(side.paths) for side in result.inputs)
    against = "" if pred == target else f" against {target}"
    return Report(
        result,
        f"Smooth L1 loss of {pred}{against}",
        tuple(figure for figure in figures if figure is not None),
        (
            *inputs_told(("Predictions", "Targets"), result.inputs),
            f"Signature: {result.signature}",
            f"smoothl1 {result.version}, {result.backend}",
        ),
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
    a, b, target = (_name(side.paths) for side in found.inputs)
    return Report(
        found,
        f"{a} against {b} on {target}" if a != b else f"Two models of {a}",
        tuple(figure for figure in figures if figure is not None),
        (
            *inputs_told(("Predictions A", "Predictions B", "Targets"), found.inputs),
            f"smoothl1 {smoothl1.__version__}, {found.backend}",
        ),
    )


def inputs_told(roles: Sequence[str], inputs: Sequence[InputSummary]) -> Iterator[str]:
    """A line for each input: its paths, format, columns and dtype."""
    for role, side in zip(roles, inputs, strict=True):
        columns = f", column {', '.join(side.columns)}" if side.columns else ""
        yield f"{role}: {', '.join(side.paths)}, {side.format}{columns}, {side.dtype}"


def _name(paths: Sequence[str]) -> str:
    """The last part of a path, and how many others there are."""
    first = os.path.basename(paths[0].rstrip("/")) or paths[0]
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
