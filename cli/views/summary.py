"""The summary of an evaluation for a person at a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.table import Table

from smoothl1.cli.console import escaped, printable, terminal

if TYPE_CHECKING:
    from smoothl1.cli.views import Report
    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

_TABLE_WIDTH = 72
"""Narrowest terminal for a table, in characters. On others each number has a line of its own."""

_MOST_ROWS = 20
"""Most rows of the summary; the output has all groups."""


def show_summary(report: Report, elapsed_s: float) -> None:
    """Show people more than the number: a small table on stderr, if it is a terminal.

    Args:
        report: The report on the evaluation.
        elapsed_s: Seconds that the run took.
    """
    result = report.result
    console = terminal()
    n = result.n
    rate = f"{n / max(elapsed_s, 1e-9) / 1e6:.3g} M/s"
    where = f" on {result.backend}" if result.backend.startswith("cuda") else ""
    line = f"{n:,} elements in {elapsed_s:.2f} s, {rate}{where}"
    console.print(line, highlight=False, soft_wrap=True)
    console.print(printable(result.signature), style="dim", highlight=False, soft_wrap=True)
    before = {} if report.baseline is None else _values(report.baseline)
    rows = [_summary(result, i, before) for i in range(min(_MOST_ROWS, len(result.tallies)))]
    if console.width < _TABLE_WIDTH:
        for row in rows:
            for name, text in row.items():
                console.print(f"{name} {text}", highlight=False, soft_wrap=True)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(row.get(name, "") for name in names))
    console.print(table)


def _values(baseline: Result) -> dict[tuple[float, Group], float]:
    """The values of a baseline by beta and group."""
    cases = [(beta, group) for beta, group, _ in baseline.entries]
    return dict(zip(cases, baseline.values, strict=True))


def _summary(result: Result, i: int, before: dict[tuple[float, Group], float]) -> dict[str, str]:
    """The cells of one beta and group, with its baseline if there is one."""
    tally = result.tallies[i]
    group = result.groups[i % len(result.groups)]
    cells = {
        "beta": f"{result.settings.betas[i // len(result.groups)]:g}",
        **{name: escaped(text) for name, text in group.named().items()},
        result.reduction: f"{result.values[i]:.6g}",
    }
    base = before.get((result.settings.betas[i // len(result.groups)], group))
    if base is not None:
        cells |= {"baseline": f"{base:.6g}", "change": _change(result.values[i], base)}
    if not math.isnan(tally.standard_error):
        cells["std. error"] = f"{tally.standard_error:.3g}"
    if tally.n:
        cells["quadratic"] = f"{tally.n_quadratic / tally.n:.1%}"
    if tally.min <= tally.max:
        cells |= {"smallest": f"{tally.min:.4g}", "largest": f"{tally.max:.4g}"}
    counts = {
        "nan": tally.n_nan,
        "inf": tally.n_inf,
        "missing": tally.n_missing,
        "omitted": tally.n_omitted,
        "weight 0": tally.n_weightless,
    }
    return cells | {name: f"{n:,}" for name, n in counts.items() if n}


def _change(value: float, base: float) -> str:
    """The difference of a value from its baseline, as a percentage if that is defined."""
    if value == base:
        return "0"
    if not (base and math.isfinite(base) and math.isfinite(value)):
        return f"{value - base:+.3g}"
    return f"{(value - base) / abs(base) * 100:+.3g}%"
