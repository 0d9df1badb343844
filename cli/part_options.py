"""The options of a run in parts, and what a part does not go with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.checks import MAX_PARTS
from smoothl1.cli.arguments import Parts
from smoothl1.cli.parsing import PartOfRun, WholeNumber
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.cli.arguments import CiReports, GateOptions, Output
    from smoothl1.results.result import Result

PARTS = (
    click.option(
        "--part",
        type=PartOfRun(),
        metavar="I/N",
        help="Evaluate only part I of N, from 1: N runs share the rows, each on any machine, and "
        "merge joins what they write with --json. CSV inputs cannot be cut.",
    ),
    click.option(
        "--plan",
        "n_planned",
        type=WholeNumber(1, MAX_PARTS),
        metavar="N",
        help="Show the rows, bytes and files of N parts, and evaluate nothing.",
    ),
)


def parts_of(part: tuple[int, int] | None, n_planned: int | None) -> Parts:
    """The values of both options.

    Raises:
        SettingsError: Both are given.
    """
    if part is not None and n_planned is not None:
        raise SettingsError("--plan shows all parts, --part evaluates one: leave out one")
    return Parts(part, n_planned)


def refuse_gates(parts: Parts, gates: GateOptions, reports: CiReports) -> None:
    """Refuse gates and reports for CI over a part: they are about the whole.

    Raises:
        SettingsError: A part is evaluated, and there is a gate or a report.
    """
    if parts.part is None:
        return
    given = {
        "--fail-above": gates.fail_above is not None,
        "--baseline": gates.baseline is not None,
        "--github": reports.github,
        **{f"--{name}": True for name in reports.files},
    }
    for name, is_given in given.items():
        if is_given:
            raise SettingsError(f"{name} is about the whole, not a part", hint="give it to merge")


def warn_of_part(result: Result, output: Output, warn: Callable[[str], None]) -> None:
    """Warn of numbers of a part that merge cannot join. An empty part of JSON merges in silence."""
    if result.part is not None and not output.as_json:
        if not any(tally.n_seen for tally in result.tallies):
            warn(f"{result.part} has no rows (--plan {result.part.of} shows which parts have)")
        warn(f"this is {result.part} alone (--json writes what merge joins)")
