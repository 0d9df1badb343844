"""An evaluation for a person at a terminal: a table of its numbers, and how long it took."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, printable, terminal, width_of_stdout
from smoothl1.cli.views.aligned import fitted
from smoothl1.results.columns import metric_columns, n_clusters
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.cli.views import Report
    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

_MOST_ROWS = 20
"""Most rows on stderr; the output has all groups."""

_COUNTS = {
    "nan": "n_nan",
    "inf": "n_inf",
    "missing": "n_missing",
    "omitted": "n_omitted",
    "ignored": "n_ignored",
    "weight 0": "n_weightless",
}
"""Columns that are shown if one of their numbers is not zero, and their names in a tally."""

_LEAST_WANTED = ("smallest", "largest", "quadratic", "missing", "std. error")
"""Columns that a narrow terminal does without, in this order; all are in `-f table`."""

_Row = dict[str, str]


def terminal_table(result: Result, precision: int | None) -> str:
    """The result as stdout shows it on a terminal, if it has several values.

    Args:
        result: The result.
        precision: Significant digits of the values; None for six.

    Returns:
        A row for each beta and group, as lines that end with a line end.
    """
    metrics = _metrics(result, precision or 6)
    rows = [_numbers(result, i, precision or 6) | metrics[i] for i in range(len(result.tallies))]
    if len(result.settings.betas) == 1:
        rows = [{name: text for name, text in row.items() if name != "beta"} for row in rows]
    return _table(rows, width_of_stdout())


def show_summary(report: Report, elapsed_s: float, *, is_shown: bool) -> None:
    """Show people on stderr what stdout does not show them.

    Args:
        report: The report on the evaluation.
        elapsed_s: Seconds that the run took.
        is_shown: Whether the terminal shows the values already: alone if there is one, else in a
            table with all other numbers.
    """
    result = report.result
    where = f" on {result.backend}" if result.backend.startswith("cuda") else ""
    rate = _rate(result.n / max(elapsed_s, 1e-9))
    console = terminal()

    def say(line: str, style: str | None = None) -> None:
        console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)

    say(f"{result.n:,} elements in {elapsed_s:.2f} s, {rate}{where}")
    say(printable(result.signature), "dim")
    for side in result.inputs:
        if side.left_out:
            say(printable(f"left out of {side.paths[0]}: {side.left_out}"))
    n_rows = len(result.tallies)
    shown = range(min(_MOST_ROWS, n_rows))
    before = {} if report.baseline is None else _values(report.baseline)
    metrics = [] if is_shown else _metrics(result, 6)
    is_alone = n_rows == 1 and not metric_columns(result)
    rows = [_summary(result, i, before, is_shown=is_shown, is_alone=is_alone) for i in shown]
    if metrics:
        rows = [row | more for row, more in zip(rows, metrics, strict=False)]
    if not all(_is_subject(head) for row in rows for head in row):
        say(_table(rows, console.width).rstrip("\n"))
        if n_rows > _MOST_ROWS:
            say(f"and {n_rows - _MOST_ROWS:,} more")


def _summary(
    result: Result,
    i: int,
    before: dict[tuple[float, Group], float],
    *,
    is_shown: bool,
    is_alone: bool,
) -> _Row:
    """The cells of a beta and group that stdout does not show, and its baseline if there is one."""
    beta = result.settings.betas[i // len(result.groups)]
    group, value = result.groups[i % len(result.groups)], _value(result, result.tallies[i])
    cells = _numbers(result, i, 6)
    if is_shown and is_alone:
        del cells[result.reduction]
    elif is_shown:
        cells = {name: text for name, text in cells.items() if _is_subject(name)}
    base = before.get((beta, group))
    if base is None:
        return cells
    first = {
        name: text for name, text in cells.items() if _is_subject(name) or name == result.reduction
    }
    return {**first, "baseline": f"{base:.6g}", "change": _change(value, base), **cells}


def _is_subject(head: str) -> bool:
    """Whether a column says what its row is about."""
    return head == "beta" or is_of_names(head)


def _numbers(result: Result, i: int, digits: int) -> _Row:
    """The cells of one beta and group, by the heads of their columns."""
    tally = result.tallies[i]
    group = result.groups[i % len(result.groups)]
    cells = {
        "beta": f"{result.settings.betas[i // len(result.groups)]:g}",
        **{name: escaped(text) for name, text in group.named().items()},
        result.reduction: f"{_value(result, tally):.{digits}g}",
    }
    if not math.isnan(tally.standard_error):
        cells["std. error"] = f"{tally.standard_error:.3g}"
    if result.settings.cluster is not None:
        cells["clusters"] = f"{n_clusters(tally):,}"
    cells["count"] = f"{tally.n:,}"
    if tally.n:
        cells["quadratic"] = f"{tally.n_quadratic / tally.n:.1%}"
    if tally.min <= tally.max:
        cells |= {"smallest": f"{tally.min:.4g}", "largest": f"{tally.max:.4g}"}
    counts = {name: getattr(tally, count) for name, count in _COUNTS.items()}
    return cells | {name: f"{n:,}" for name, n in counts.items() if n}


def _metrics(result: Result, digits: int) -> list[_Row]:
    """The cells of what was formed beside the loss, of each beta and group."""
    rows: list[_Row] = [{} for _ in range(len(result.tallies))]
    if result.metrics:
        for name, kind, cells in metric_columns(result):
            for row, cell in zip(rows, cells, strict=True):
                row[name] = f"{cell:.{digits}g}" if kind == "number" else f"{cell:,}"
    return rows


def _value(result: Result, tally: Tally) -> float:
    """What `result.values` has for a tally: that forms the values of all."""
    return tally.sum if result.reduction == "sum" else tally.mean


def _table(rows: Sequence[_Row], width: int) -> str:
    return fitted(rows, [{name} for name in _LEAST_WANTED], width, is_of_names)


def _values(baseline: Result) -> dict[tuple[float, Group], float]:
    """The values of a baseline by beta and group."""
    cases = [(beta, group) for beta, group, _ in baseline.entries]
    return dict(zip(cases, baseline.values, strict=True))


def _change(value: float, base: float) -> str:
    """The difference of a value from its baseline, as a percentage if that is defined."""
    if value == base:
        return "0"
    if not (base and math.isfinite(base) and math.isfinite(value)):
        return f"{value - base:+.3g}"
    return f"{(value - base) / abs(base) * 100:+.3g}%"


def _rate(per_s: float) -> str:
    """Elements a second, in a unit that leaves at most three digits before the point."""
    for unit in ("", "k", "M"):
        if per_s < 999.5:
            return f"{per_s:.3g} {unit}/s"
        per_s /= 1000
    return f"{per_s:,.3g} G/s"
