"""A result as a Markdown table for a pull request, as GitHub and GitLab render it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, cast

from smoothl1.cli.console import escaped, printable
from smoothl1.cli.views.aligned import names_of_groups
from smoothl1.cli.views.counts import RARE_COUNTS
from smoothl1.cli.views.markdown_text import as_code, paths_of, sides_of, table_lines
from smoothl1.cli.views.tables import rounded
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import metric_columns
from smoothl1.results.intervals import estimate_of
from smoothl1.results.overall import OTHER_GROUPS, name_of_all, overall, overall_baseline
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.cli.views import Report
    from smoothl1.results.gates import Verdict
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

BEGINNING = "**Smooth L1 loss**"
"""How every table and error begins."""

_MOST_ROWS = 50
"""Most rows of the table: a comment on GitHub holds 65,536 characters."""

_SIGN = "±"
"""What stands between a value and its standard error."""

_COUNTS = {"NaN" if name == "nan" else name: count for name, count in RARE_COUNTS.items()}


class _Row(NamedTuple):
    """The subject of a row of the table; the tally is None if only the baseline has one."""

    beta: float
    group: Group
    tally: Tally | None
    baseline: Tally | None
    verdicts: Sequence[Verdict]

    @property
    def failed(self) -> bool:
        return not all(verdict.passed for verdict in self.verdicts)


def markdown_table(report: Report) -> str:
    """An evaluation as Markdown: its inputs, a row for each beta and group, the signature.

    At most 50 rows are shown, in their order. Rows whose gates failed have priority.

    Args:
        report: The report on the evaluation.

    Returns:
        Text that ends with a line end.
    """
    result, is_compared = report.result, report.baseline is not None
    rows = _rows(report)
    failed = [row.failed for row in rows]
    shown = [rows[i] for i in most_important(failed)]
    metrics = _metrics(result)
    cells = [
        _cells(result, row, is_compared=is_compared) | metrics.get((row.beta, row.group), {})
        for row in shown
    ]
    cells += _cells_of_all(report)
    is_gated = bool(report.verdicts)
    names = _column_names(result, rows, is_gated=is_gated, is_compared=is_compared)
    (pred, target), table = sides_of(result.inputs)
    has_errors = any(_SIGN in row.get(result.reduction, "") for row in cells)
    blocks = [
        f"{BEGINNING} of {pred} against {target}{table}{_after_baseline(report)}",
        table_of(names, cells, result.settings.levels),
        *rest_of(failed),
        *left_out_of(result.inputs),
        *([f"Behind {_SIGN} stands the standard error."] if has_errors else []),
        *_rule_of_gates(report),
        f"```\n{printable(result.signature)}\n```",
    ]
    return "\n\n".join(blocks) + "\n"


def _after_baseline(report: Report) -> str:
    """The end of a heading, which names the baseline, if there is one."""
    path = report.baseline_path
    return "" if path is None else f", compared with the baseline {as_code(path)}"


def _rule_of_gates(report: Report) -> list[str]:
    """When a gate fails, if that takes more than a loss above its limit."""
    if report.confidence is None:
        return []
    return [f"A gate fails if the loss is above its limit at {report.confidence:g} confidence."]


def table_of(names: Sequence[str], rows: Sequence[Mapping[str, str]], levels: Sequence[str]) -> str:
    """A table of results.

    Args:
        names: The names of the columns, as in other tables.
        rows: The cells of each row by the names of their columns; one that lacks is empty.
        levels: The columns that the groups are of, which are named in place of `group`.
    """
    called = names_of_groups(names, levels)
    heads = [as_code(called[name]) if name in called else name for name in names]
    lines = [[row.get(name, "") for name in names] for row in rows]
    are_text = [name in ("gates", "model") or is_of_names(name) for name in names]
    return "\n".join(table_lines(heads, lines, are_text))


def left_out_of(inputs: Sequence[InputSummary]) -> list[str]:
    """A sentence about the rows of all inputs that were left out because of their keys, if any."""
    found = [f"{side.left_out} of {paths_of(side)}" for side in inputs if side.left_out]
    return [f"Rows left out: {'; '.join(found)}."] if found else []


def marks_of(verdicts: Sequence[Verdict]) -> str:
    """The gates of one row, each with a mark that says whether it passed."""
    return "<br>".join(f"{'✅' if one.passed else '❌'} {one.gate}" for one in verdicts)


def most_important(failed: Sequence[bool]) -> list[int]:
    """The rows to show, in their order, at most `_MOST_ROWS`: failed rows have priority.

    Args:
        failed: Whether a gate failed, for each row.
    """
    by_need = sorted(range(len(failed)), key=lambda i: not failed[i])
    return sorted(by_need[:_MOST_ROWS])


def rest_of(failed: Sequence[bool]) -> list[str]:
    """A sentence about the rows that `most_important` leaves out, if any."""
    n = len(failed) - _MOST_ROWS
    n_failed = sum(failed) - _MOST_ROWS
    if n <= 0:
        return []
    return [f"and {n:,} more" + (f", of which {n_failed:,} failed" if n_failed > 0 else "")]


def markdown_error(message: str) -> str:
    """The error that left no result, as Markdown."""
    return f"{BEGINNING}: ❌ no result\n\n{as_code(message, whole=True)}\n"


def _rows(report: Report) -> list[_Row]:
    """A row for each beta and group of the result, and for those that only the baseline has."""
    result, verdicts, baseline, *_ = report
    said: dict[tuple[float, Group], list[Verdict]] = {}
    for verdict in verdicts:
        said.setdefault((verdict.beta, verdict.group), []).append(verdict)
    before = {} if baseline is None else {(b, group): tally for b, group, tally in baseline.entries}
    tallies = {(beta, group): tally for beta, group, tally in result.entries}
    return [
        _Row(*case, tallies.get(case), before.get(case), said.get(case, ()))
        for case in dict.fromkeys([*tallies, *said])
    ]


def _column_names(
    result: Result, rows: Sequence[_Row], *, is_gated: bool, is_compared: bool
) -> list[str]:
    counts = [
        name
        for name, count in _COUNTS.items()
        if any(row.tally is not None and getattr(row.tally, count) for row in rows)
    ]
    return [
        *(["beta"] if len(result.settings.betas) > 1 else []),
        *dict.fromkeys(name for row in rows for name in row.group.named()),
        result.reduction,
        *(["baseline", "change"] if is_compared else []),
        *(column.name for column in metric_columns(result)),
        *["count", "quadratic", *counts],
        *(["gates"] if is_gated else []),
    ]


def _cells(result: Result, row: _Row, *, is_compared: bool) -> dict[str, str]:
    """The cells of a row, by the names of their columns; a column without a cell is empty."""
    reduction = result.reduction
    cells = {"beta": as_typed(row.beta)}
    cells |= {name: as_code(escaped(text)) for name, text in row.group.named().items()}
    if row.tally is not None:
        cells[reduction] = _estimate(row.tally, reduction)
        cells |= _counts(row.tally)
    if is_compared:
        cells |= _comparison(row, reduction)
    cells["gates"] = marks_of(row.verdicts)
    return cells


def _cells_of_all(report: Report) -> list[dict[str, str]]:
    """The cells of all groups together at each beta, if there are several groups."""
    result, baseline = report.result, report.baseline
    if len(result.groups) < 2:
        return []
    before = None if baseline is None else overall_baseline(baseline, result)
    all_of_it = report._replace(result=overall(result), verdicts=(), baseline=before)
    metrics = _metrics(all_of_it.result)
    named = {next(iter(result.groups[0].named())): as_code(name_of_all(result.groups))}
    unlike = {} if baseline is None or before is not None else {"change": OTHER_GROUPS}
    return [
        named
        | _cells(all_of_it.result, row, is_compared=before is not None)
        | unlike
        | metrics.get((row.beta, row.group), {})
        for row in _rows(all_of_it)
    ]


def _metrics(result: Result) -> dict[tuple[float, Group], dict[str, str]]:
    """The cells of what was formed beside the loss, for each beta and group."""
    cells: dict[tuple[float, Group], dict[str, str]] = {}
    for name, kind, numbers, *_ in metric_columns(result):
        for (beta, group, _), number in zip(result.entries, numbers, strict=True):
            text = short(cast("float", number), 6) if kind == "number" else f"{number:,}"
            cells.setdefault((beta, group), {})[name] = text
    return cells


def _counts(tally: Tally) -> dict[str, str]:
    cells = {name: f"{getattr(tally, count):,}" for name, count in _COUNTS.items()}
    cells["count"] = f"{tally.n:,}"
    if tally.n:
        cells["quadratic"] = f"{tally.n_quadratic / tally.n:.1%}"
    return cells


def _estimate(tally: Tally, reduction: str) -> str:
    found = estimate_of(tally, reduction)
    if math.isnan(found.standard_error):
        return short(found.value, 6)
    return f"{short(found.value, 6)} {_SIGN} {rounded(found.standard_error, 2)}"


def _comparison(row: _Row, reduction: str) -> dict[str, str]:
    if row.baseline is None:
        return {} if row.tally is None else {"change": "new"}
    base = estimate_of(row.baseline, reduction).value
    cells = {"baseline": short(base, 6)}
    if row.tally is None:
        return cells | {"change": "gone"}
    change = estimate_of(row.tally, reduction).value - base
    cells["change"] = short(change, is_signed=True)
    if base and math.isfinite(change):
        cells["change"] += f" ({change / abs(base):+.2%})" if change else " (0%)"
    return cells
