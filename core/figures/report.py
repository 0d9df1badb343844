"""A report: the figures of one evaluation, and the page that shows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.figures import of_errors, of_losses, of_pairs, of_result
from smoothl1.figures.page import html_page
from smoothl1.figures.svg import svg_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.figures.contract import Figure
    from smoothl1.figures.pair_figures import PairFigures
    from smoothl1.results.result import Result


class Report(NamedTuple):
    """The figures of one evaluation.

    Attributes:
        result: The result that they show.
        figures: The figures, in the order in which they are read.
    """

    result: Result
    figures: tuple[Figure, ...]

    @property
    def title(self) -> str:
        """What was evaluated, in one line."""
        pred, target = (_name(side.paths) for side in self.result.inputs)
        against = "" if pred == target else f" against {target}"
        return f"Smooth L1 loss of {pred}{against}"

    def to_html(self) -> str:
        """One page of HTML with everything in it: no script, no request."""
        return html_page(self.title, self.figures, tuple(self._ends()))

    def svgs(self) -> dict[str, str]:
        """The drawings as SVG files, by the names of their figures."""
        return {f.name: svg_of(f) for f in self.figures if f.drawing is not None}

    def _repr_html_(self) -> str:
        """The report within a notebook."""
        from html import escape

        page = escape(self.to_html())
        return f'<iframe srcdoc="{page}" width="100%" height="600" title="Report"></iframe>'

    def _ends(self) -> Iterator[str]:
        result = self.result
        for role, side in zip(("Predictions", "Targets"), result.inputs, strict=True):
            columns = f", column {', '.join(side.columns)}" if side.columns else ""
            yield f"{role}: {', '.join(side.paths)}, {side.format}{columns}, {side.dtype}"
        yield f"Signature: {result.signature}"
        yield f"smoothl1 {result.version}, {result.backend}"


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
    return Report(result, tuple(figure for figure in figures if figure is not None))


def _name(paths: Sequence[str]) -> str:
    """The last part of a path, and how many others there are."""
    first = os.path.basename(paths[0].rstrip("/")) or paths[0]
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
