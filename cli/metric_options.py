"""The options of what is formed beside the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli.choices import metrics
from smoothl1.cli.parsing import Decimals, Numbers, WholeNumber, joined
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.settings import ALSO as METRIC_NAMES
from smoothl1.settings import MAX_TOP

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _metrics_of(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The metrics that may follow what is typed, of which none is there twice."""
    from smoothl1.cli.completion import one_more_of  # late: only for completion

    return one_more_of(METRIC_NAMES, incomplete)


_SHARES = {"median": "0.5", "quartiles": "0.25,0.5,0.75", "min": "0", "max": "1"}
"""Quantiles by the names that they have elsewhere."""

_PERCENTAGE = lazy_pattern(r"(\d+(?:\.\d+)?) *%")


class Shares(Decimals):
    """Shares of all, from 0 to 1. An error says how a name or a percentage is written as one."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        word = str(value).strip().lower()
        share = _SHARES.get(word)
        if found := _PERCENTAGE.fullmatch(word):
            from decimal import Decimal  # late: only for a mistake

            percentage = Decimal(found[1])
            share = format(percentage.scaleb(-2).normalize(), "f")
            if 0 < percentage <= 1:  # perhaps a share already
                share += f" or {found[1]}"
        if share is not None:
            self.fail(f"{value!r} is no number; did you mean {share}?", param, ctx)
        return super().convert(value, param, ctx)


ALSO = click.option(
    "--also",
    multiple=True,
    metavar="NAMES",
    shell_complete=_metrics_of,
    callback=metrics,
    help="Metrics to form in the same pass, separated by commas: mae, mse, rmse, bias, huber, max. "
    "Repeatable.",
)
WITHIN = click.option(
    "--within",
    type=Numbers(),
    multiple=True,
    callback=joined,
    metavar="TOL",
    help="Count the pairs whose |pred - target| is at most TOL; or several, separated by "
    "commas. Repeatable.",
)
QUANTILE = click.option(
    "--quantile",
    "quantiles",
    type=Shares(),
    multiple=True,
    callback=joined,
    metavar="Q",
    help="The smallest |pred - target| with at least the share Q (0 to 1) of all at or below it; "
    "or several, separated by commas. Repeatable.",
)
TOP = click.option(
    "--top",
    type=WholeNumber(1, MAX_TOP),
    metavar="N",
    help="Also tell the N elements with the largest losses, and their rows: a table below the "
    "result, and in JSON; with -f csv, tsv, parquet or arrow, that table alone.",
)
TOP_OF_REPORT = click.option(
    "--top",
    type=WholeNumber(1, MAX_TOP),
    metavar="N",
    help="How many of the elements with the largest losses are shown, and their rows (default: "
    "10).",
)
TOP_OF_MODELS = click.option(
    "--top",
    type=WholeNumber(1, MAX_TOP),
    metavar="N",
    help="Also tell the N elements in which the loss of B is larger than that of A by most, and "
    "their rows: a table below the result, and in JSON; with -f csv, tsv, parquet or arrow, that "
    "table alone. Of two models, and on no page.",
)
METRICS = (ALSO, WITHIN, QUANTILE, TOP)
