"""The options of gates, and of the reports for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli.arguments import GateOptions
from smoothl1.cli.choices import OneOf
from smoothl1.cli.configuration import is_typed
from smoothl1.cli.parsing import Number, annotate
from smoothl1.cli.path_types import NamedFile
from smoothl1.settings import ALSO as METRIC_NAMES

if TYPE_CHECKING:
    from smoothl1.results.comparison_gate import Rule


class _Limit(Number):
    """The limit of the loss. An error says what is done about limits of other metrics."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        name, mark, limit = str(value).replace(":", "=").partition("=")
        if mark and name.strip() in METRIC_NAMES:
            of_mae = f"--beta 0 --fail-above {limit.strip() or 'LIMIT'} is that of mae"
            other = "-f metrics or --json has the number"
            hint = of_mae if name.strip() == "mae" else other
            self.fail(f"{value!r}: the gate is on the loss alone; {hint}", param, ctx)
        return super().convert(value, param, ctx)


GATES = (
    click.option(
        "--fail-above",
        type=_Limit(),
        metavar="LOSS",
        help="Exit 1 if the mean or sum of the loss is above this, or NaN; with groups or columns, "
        "if any is. Other metrics have no gate, but mae is the loss at --beta 0.",
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
        type=OneOf(("pass", "fail", "create")),
        help="What to do if the baseline does not exist (default: fail).",
    ),
    click.option(
        "--on-missing-group",
        type=OneOf(("pass", "fail")),
        help="What to do about a group that only one of baseline and result has (default: fail).",
    ),
    click.option(
        "--other-data",
        is_flag=True,
        help="Accept a baseline over other data: another number of elements, or other target "
        "columns.",
    ),
    click.option(
        "--confidence",
        type=Number(),
        metavar="LEVEL",
        help="Fail only if the whole interval at this confidence, such as 0.95, is beyond the "
        "limit.",
    ),
)
COMPARISON = (
    click.option(
        "--confidence",
        type=Number(),
        default=0.95,
        show_default=True,
        metavar="LEVEL",
        help="Confidence level of the intervals and of --fail-if.",
    ),
    click.option(
        "--fail-if",
        type=OneOf(("worse", "maybe-worse", "not-better")),
        help="Exit 1 if B is worse than A at the level of confidence; or unless it is shown to be "
        "no worse; or if it is not better.",
    ),
    click.option(
        "--margin",
        metavar="AMOUNT",
        help="With --fail-if worse or maybe-worse, how much worse B may be: 0.01, or 0.5% of the "
        "mean loss of A.",
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


def gates_of(
    fail_above: float | None,
    baseline: str | None,
    max_increase: tuple[str, ...],
    on_missing_baseline: str | None,
    on_missing_group: str | None,
    other_data: bool,
    confidence: float | None,
) -> GateOptions:
    """The gates; a confidence that was not typed, but configured, waits for a run with a limit."""
    has_limit = fail_above is not None or baseline is not None
    if not (has_limit or is_typed("confidence")):
        confidence = None
    limits = (fail_above, baseline, max_increase, on_missing_baseline, on_missing_group)
    return GateOptions(*limits, other_data, confidence)


def rule_of(confidence: float, fail_if: str | None, margin: str | None) -> Rule:
    """The rule that judges a comparison.

    Raises:
        SettingsError: The options contradict each other, or the margin is no number or percentage.
    """
    from smoothl1.results.comparison_gate import Rule, check_rule  # late, like all that takes time
    from smoothl1.results.increase import parse_increase

    parsed = None if margin is None else parse_increase(margin, "--margin")
    return check_rule(Rule(confidence, fail_if, parsed))
