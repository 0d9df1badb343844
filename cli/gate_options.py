"""The options of gates, and of the reports for CI, that eval and merge share."""

from __future__ import annotations

from typing import Any

import click

from smoothl1.cli.arguments import GateOptions
from smoothl1.cli.configuration import is_typed
from smoothl1.cli.parsing import NamedFile, Number, annotate

GATES = (
    click.option(
        "--fail-above",
        type=Number(),
        metavar="LOSS",
        help="Exit 1 if the mean or sum is above this, or NaN.",
    ),
    click.option(
        "--baseline",
        type=NamedFile(readable=False),
        metavar="RESULT",
        help="Result of --json that the losses are compared with.",
    ),
    click.option(
        "--max-increase",
        multiple=True,
        metavar="AMOUNT",
        help="Exit 1 if a loss exceeds its baseline by more: 0.01, or 5%. Repeatable: each must "
        "hold.",
    ),
    click.option(
        "--on-missing-baseline",
        type=click.Choice(("pass", "fail", "create")),
        help="What to do if the baseline does not exist (default: fail).",
    ),
    click.option(
        "--other-data",
        is_flag=True,
        help="Accept a baseline over other data: another number of elements, or other targets.",
    ),
    click.option(
        "--confidence",
        type=Number(),
        metavar="LEVEL",
        help="Fail only if the whole interval at this confidence, such as 0.95, is beyond the "
        "limit.",
    ),
)
CI_FILES = (
    click.option(
        "--github",
        is_flag=True,
        callback=annotate,
        help="Annotate failures for GitHub Actions, and write its step summary and outputs.",
    ),
    click.option(
        "--junit", type=NamedFile(readable=False), metavar="FILE", help="Write a JUnit report."
    ),
    click.option(
        "--markdown",
        type=NamedFile(readable=False),
        metavar="FILE",
        help="Write a table for a pull request.",
    ),
)


def gates_of(**given: Any) -> GateOptions:
    """The gates; a confidence that was not typed, but configured, waits for a run with a limit."""
    gates = GateOptions(**given)
    has_limit = gates.fail_above is not None or gates.baseline is not None
    return gates if has_limit or is_typed("confidence") else gates._replace(confidence=None)
