"""An evaluation for a person at a terminal: a table of its numbers, and how long it took."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from smoothl1.cli.console import escaped, printable, terminal, width_of_stdout
from smoothl1.cli.views.aligned import fitted, folded
from smoothl1.cli.views.counts import RARE_COUNTS
from smoothl1.cli.views.tables import rounded
from smoothl1.errors import counted
from smoothl1.number_texts import as_typed, short
from smoothl1.results.changes import change_text
from smoothl1.results.columns import metric_columns, n_clusters
from smoothl1.results.overall import OTHER_GROUPS, name_of_all, overall, overall_baseline
from smoothl1.tallies.group import is_of_names
from smoothl1.tallies.tally import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.cli.views import Report
    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

_MOST_ROWS = 20
"""Most rows on stderr; the output has all groups."""

_LEAST_WANTED = ("smallest", "largest", "quadratic", "missing", "std. error", "count")
"""Columns that a narrow terminal does without, in this order; all are in `-f table`."""

_Row = dict[str, str]

Shown = Literal["nothing", "values", "all"]
"""What a terminal shows of a result already: its values alone, or all of its numbers."""


def terminal_table(result: Result, precision: int | None, baseline: Result | None = None) -> str:
    """The result as stdout shows it on a terminal, if it has several values.

    Args:
        result: The result.
        precision: Significant digits of the values; None for six.
        baseline: The result that its values are compared with, if any.

    Returns:
        A row for each beta and group, and for all groups together if there are several, as lines
        that end with a line end.
    """
    rows = _rows(result, len(result.tallies), baseline, precision)
    rows += _rows_of_all(result, baseline, precision)
    return _table(result, _without_beta(result, rows), width_of_stdout())


def show_summary(report: Report, elapsed_s: float, shown: Shown) -> None:
    """Show people on stderr what stdout does not show them: the numbers first.

    Args:
        report: The report on the evaluation.
        elapsed_s: Seconds that the run took.
        shown: What the terminal shows of the result already.
    """
    result = report.result
    where = f" on {result.backend}" if result.backend.startswith("cuda") else ""
    rate = _rate(result.n / max(elapsed_s, 1e-9))
    console = terminal()

    def say(line: str, style: str | None = None) -> None:
        console.print(line, style=style, highlight=False, markup=False, soft_wrap=True, end="")

    if shown != "all":
        say(_summary_table(report, shown, console.width))
    n = counted(result.n, "element")
    say(folded(f"{n} in {elapsed_s:.2f} s, {rate}{where}", console.width))
    say(f"{printable(result.signature)}\n", "dim")  # one line, to be copied
    for side in result.inputs:
        if side.left_out:
            line = f"left out of {side.paths[0]}: {side.left_out}"
            say(folded(printable(line), console.width))


def _summary_table(report: Report, shown: Shown, width: int) -> str:
    """The numbers of the first betas and groups as lines, and how many more there are."""
    result = report.result
    n_more = len(result.tallies) - _MOST_ROWS
    if n_more == 1:  # a line that says so takes as much room as the row
        n_more = 0
    rows = _rows(result, len(result.tallies) - max(n_more, 0), report.baseline)
    rows += _rows_of_all(result, report.baseline)
    if shown == "values":
        rows = [{n: text for n, text in row.items() if n != result.reduction} for row in rows]
    if len(rows) > 1:  # the beta of a single row is as good to know as its other numbers
        rows = _without_beta(result, rows)
    table = _table(result, rows, width)
    if n_more <= 0:
        return table
    return table + folded(f"and {n_more:,} more, which are in the output", width)


def _rows(
    result: Result, n_rows: int, baseline: Result | None, precision: int | None = None
) -> list[_Row]:
    """The cells of the first betas and groups, with their baselines if there are any.

    Args:
        result: The result.
        n_rows: The number of rows.
        baseline: The result that it is compared with.
        precision: Significant digits of the values; None for six.
    """
    before = None if baseline is None else _values(baseline)
    rows = [_numbers(result, i, before, precision) for i in range(n_rows)]
    for name, _, cells, *_ in metric_columns(result) if result.metric_states else ():
        for row, cell in zip(rows, cells, strict=False):
            row[name] = rounded(cell, precision) if isinstance(cell, float) else f"{cell:,}"
    return rows


def _rows_of_all(
    result: Result, baseline: Result | None, precision: int | None = None
) -> list[_Row]:
    """A row for all groups together at each beta, if there are several groups."""
    if len(result.groups) < 2:
        return []
    before = None if baseline is None else overall_baseline(baseline, result)
    rows = _rows(overall(result), len(result.settings.betas), before, precision)
    named = {next(iter(result.groups[0].named())): escaped(name_of_all(result.groups))}
    unlike = {} if baseline is None or before is not None else {"change": OTHER_GROUPS}
    return [named | row | unlike for row in rows]


def _numbers(
    result: Result, i: int, before: dict[tuple[float, Group], float] | None, precision: int | None
) -> _Row:
    """The cells of one beta and group, by the heads of their columns, which keep their places.

    One that says nothing is empty.
    """
    tally, value = result.tallies[i], value_of(result.tallies[i], result.reduction)
    beta = result.settings.betas[i // len(result.groups)]
    group = result.groups[i % len(result.groups)]
    cells = {
        "beta": as_typed(beta),
        **{name: escaped(text) for name, text in group.named().items()},
        result.reduction: rounded(value, precision),
    }
    if before is not None:
        cells |= _compared(value, before.get((beta, group)), precision)
    has_error = not math.isnan(tally.standard_error)
    cells["std. error"] = short(tally.standard_error, 3) if has_error else ""
    if result.settings.cluster is not None:
        cells["clusters"] = f"{n_clusters(tally):,}"
    cells["count"] = f"{tally.n:,}"
    cells["quadratic"] = f"{tally.n_quadratic / tally.n:.1%}" if tally.n else ""
    has_range = tally.min <= tally.max
    cells["smallest"] = short(tally.min) if has_range else ""
    cells["largest"] = short(tally.max) if has_range else ""
    counts = {name: getattr(tally, count) for name, count in RARE_COUNTS.items()}
    return cells | {name: f"{n:,}" for name, n in counts.items() if n}


def _compared(value: float, base: float | None, precision: int | None) -> _Row:
    """The cells of the baseline, of which a new group has none."""
    if base is None:
        return {"baseline": "", "change": "new"}
    return {"baseline": rounded(base, precision), "change": _change(value, base)}


def _without_beta(result: Result, rows: list[_Row]) -> list[_Row]:
    """The rows without a beta that all of them have: it stands in the signature."""
    if len(result.settings.betas) > 1:
        return rows
    return [{name: text for name, text in row.items() if name != "beta"} for row in rows]


def _table(result: Result, rows: Sequence[_Row], width: int) -> str:
    filled = {name for row in rows for name, text in row.items() if text or is_of_names(name)}
    shown = [{name: text for name, text in row.items() if name in filled} for row in rows]
    least_wanted = [{name} for name in _LEAST_WANTED]
    return fitted(shown, least_wanted, width, is_of_names, result.settings.levels)


def _values(baseline: Result) -> dict[tuple[float, Group], float]:
    """The values of a baseline by beta and group."""
    cases = [(beta, group) for beta, group, _ in baseline.entries]
    return dict(zip(cases, baseline.values, strict=True))


def _change(value: float, base: float) -> str:
    """The difference of a value from its baseline, as a percentage if that is defined."""
    if value == base:
        return "0"
    if not (base and math.isfinite(base) and math.isfinite(value)):
        return short(value - base, 3, is_signed=True)
    return change_text(value - base, base)


def _rate(per_s: float) -> str:
    """Elements a second, in a unit that leaves at most three digits before the point."""
    for unit in ("", "k", "M"):
        if per_s < 999.5:
            return f"{per_s:.3g} {unit}/s"
        per_s /= 1000
    return f"{per_s:,.3g} G/s"
