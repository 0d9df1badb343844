"""The options of what is formed beside the loss."""

from __future__ import annotations

import click

from smoothl1.cli.parsing import Number, WholeNumber, parted
from smoothl1.settings import MAX_TOP

ALSO = click.option(
    "--also",
    multiple=True,
    metavar="NAMES",
    callback=lambda ctx, param, values: parted(values),
    help="Metrics to form in the same pass, separated by commas: mae, mse, rmse, bias, huber, max. "
    "Repeatable.",
)
WITHIN = click.option(
    "--within",
    type=Number(),
    multiple=True,
    metavar="TOL",
    help="Count the pairs whose |pred - target| is at most TOL. Repeatable.",
)
QUANTILE = click.option(
    "--quantile",
    "quantiles",
    type=Number(),
    multiple=True,
    metavar="Q",
    help="The smallest |pred - target| with at least the share Q (0 to 1) of all at or below it. "
    "Repeatable.",
)
TOP = click.option(
    "--top",
    type=WholeNumber(1, MAX_TOP),
    metavar="N",
    help="Also tell the N elements with the largest losses, and their rows: a table below the "
    "result, and in JSON.",
)
METRICS = (ALSO, WITHIN, QUANTILE, TOP)
