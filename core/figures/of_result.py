"""Figures of the result itself: its numbers, and its groups and columns with intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from smoothl1.checks import is_sum
from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Figure, Mark, Ranges
from smoothl1.figures.heads import interval_columns
from smoothl1.figures.scales import widened
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column, as_text, metric_columns, n_clusters, top_columns
from smoothl1.results.few_rows import sample_of_losses, sentences_on_few_rows
from smoothl1.results.intervals import estimate_of
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.metrics.worst_rows import WorstRow
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

_NAMES = {
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "rmse": "root mean squared error",
    "bias": "mean error",
    "huber": "mean Huber loss",
    "max_error": "largest distance",
}
"""Names of metrics for people."""

_FEW = 5
"""Pairs of a group whose interval may be far wider than all values."""

_MOST_RANGES = 40
"""Most groups that are drawn."""

_OF_COLUMNS = (
    "The interval of all columns together is not known from the results of each: leave out "
    "--by-column for it."
)


def numbers(result: Result, *, are_columns: bool) -> Figure:
    """The numbers of all elements.

    Args:
        result: The result of all elements together, at one beta, with moments.
        are_columns: Whether it is made of columns with results of their own.
    """
    tally = result.tallies[0]
    estimate = estimate_of(tally, result.reduction)
    low, high = estimate.interval(CONFIDENCE)
    error = estimate.standard_error
    what = "sum of the losses" if is_sum(result.reduction) else "mean loss"
    interval = f" (95% interval {short(low)} to {short(high)})" if low <= high else ""
    beta = result.settings.betas[0]
    counts = _counts(result, tally)
    weights = ["The losses are weighted."] if result.settings.weighted else []
    columns = [_OF_COLUMNS] if are_columns and not low <= high else []
    small = _small_sample(result) if low <= high else []
    cells = {
        "mean": repr(tally.mean),
        "sum": repr(tally.sum),
        "95% interval": f"{short(low, 6)} to {short(high, 6)}" if low <= high else "not known",
        "standard error": "not known" if math.isnan(error) else short(error, 6),
        **({} if result.settings.cluster is None else {"clusters": f"{n_clusters(tally):,}"}),
        "pairs": f"{tally.n:,}",
        "below beta": _share(tally.n_quadratic, tally.n),
        "smallest loss": short(tally.min, 6),
        "largest loss": short(tally.max, 6),
        **{name: f"{n:,}" for name, n in counts.items() if n},
        **{f"rows left out of {s.paths[0]}": s.left_out for s in result.inputs if s.left_out},
        **{_NAMES.get(name, name): short(value, 6) for name, value in metrics(result).items()},
    }
    return Figure(
        "result",
        "Result",
        f"The {what} at beta {as_typed(beta)} is {short(estimate.value)}{interval}, of "
        f"{counted(tally.n, 'pair')}.",
        named_numbers(cells),
        note=" ".join([*weights, *columns, *_none_of(counts), *small]),
    )


def _counts(result: Result, tally: Tally) -> dict[str, int]:
    """What has no loss, or none that is a number, by names for people."""
    settings = result.settings
    return {
        "NaN losses": tally.n_nan,
        "infinite losses": tally.n_inf,
        "pairs left out": tally.n_omitted,
        **({"of them ignored targets": tally.n_ignored} if settings.ignore_target else {}),
        **({"pairs of weight 0": tally.n_weightless} if settings.weighted else {}),
    }


def _none_of(counts: Mapping[str, int]) -> list[str]:
    """The counts that are 0, in a sentence instead of rows of a table, if there are any."""
    none = [name.removeprefix("of them ") for name, n in counts.items() if not n]
    told = ", ".join(none[:-1]) + " or " * (len(none) > 1) + "".join(none[-1:])
    return [f"There are no {told}."] if none else []


def _small_sample(result: Result) -> list[str]:
    """What makes the interval of all elements less certain, as sentences."""
    unit = "row" if result.settings.cluster is None else "cluster"
    sample = sample_of_losses(result.groups[0], result.tallies[0])
    return as_notes(sentences_on_few_rows([sample], "the result", unit))


def as_notes(warnings: Sequence[str]) -> list[str]:
    """Warnings as sentences of a note."""
    return [f"{warning[:1].upper()}{warning[1:]}." for warning in warnings]


def named_numbers(cells: dict[str, str]) -> list[Column]:
    """The table of single numbers: a row for each, with its name before it.

    Args:
        cells: The numbers as text, by their names.
    """
    return [
        Column("quantity", "text", list(cells)),
        Column("value", "text", list(cells.values())),
    ]


def metrics(result: Result) -> dict[str, float]:
    """The metrics of all elements, by the names of their columns.

    Args:
        result: The result of all elements together, at one beta.
    """
    return {column.name: cast("float", column.cells[0]) for column in metric_columns(result)}


def worst(result: Result) -> Figure | None:
    """The elements with the largest losses; None if no loss is a number."""
    if not result.top:
        return None
    row, table, n_inputs = result.top[0], top_columns(result), len(result.inputs[0].paths)
    first = [column for column in table if column.name in ("row", "loss")]
    others = [column for column in table if column.name not in ("row", "loss")]
    return Figure(
        "worst",
        "Worst rows",
        f"The largest loss is {short(row.loss)}, in {_place(row, n_inputs)}: the prediction is "
        f"{short(row.pred)}, the target {short(row.target)}.",
        [*first, *others],
    )


def _place(row: WorstRow, n_inputs: int) -> str:
    """Where an element is; the input is named if results of several are merged."""
    part = f" of {as_text(row.input)}" if n_inputs > 1 else ""
    column = "" if row.column is None else f", column {row.column}"
    return f"row {row.row:,}{part}{column}"


def groups(result: Result, overall: float) -> Figure:
    """Groups and columns with intervals, the largest loss first.

    Args:
        result: A result of groups or columns, at one beta.
        overall: The mean or sum of all elements.
    """
    n = len(result.groups)
    estimates = [estimate_of(tally, result.reduction) for tally in result.tallies[:n]]
    order = sorted(range(n), key=lambda i: _rank(estimates[i].value), reverse=True)
    rows = []
    for i in order:
        low, high = estimates[i].interval(CONFIDENCE)
        rows.append((_name(result.groups[i]), estimates[i].value, low, high))
    largest, least = (", ".join(result.groups[i].phrases()) for i in (order[0], order[-1]))
    counts = [result.tallies[i].n for i in order]
    shown = rows[:_MOST_RANGES]
    finite = [value for _, value, _, _ in shown if math.isfinite(value)]
    for (_, _, low, high), n_pairs in zip(shown, counts, strict=False):
        if n_pairs > _FEW and low <= high:  # those of very few leave no room for others
            finite += [low, high]
    if not is_sum(result.reduction) and math.isfinite(overall):
        finite.append(overall)
    low, high = widened(max(0.0, min(finite, default=0.0)), max(finite, default=1.0))
    what = result.reduction
    marks = [Mark(overall, f"all: {short(overall)}")] if not is_sum(what) else []
    return Figure(
        "groups",
        f"Loss of {n:,} {'groups' if result.settings.by is not None else 'columns'}",
        f"{largest[:1].upper()}{largest[1:]} has the largest {what}, {short(rows[0][1])}; {least} "
        f"the smallest, {short(rows[-1][1])}.",
        [
            Column(names_of(result.settings), "text", [row[0] for row in rows]),
            Column(what, "number", [row[1] for row in rows]),
            *interval_columns([row[2] for row in rows], [row[3] for row in rows], CONFIDENCE),
            Column("pairs", "count", counts),
        ],
        Ranges(Axis(f"{what} loss, with 95% intervals", low, high), shown, marks),
        f"The drawing has the {_MOST_RANGES} largest." if n > _MOST_RANGES else "",
    )


def names_of(settings: EvalSettings) -> str:
    """What the names of groups and columns are of: the head of their column in a table."""
    return " / ".join([*settings.levels, *["column"] * settings.by_column])


def _name(group: Group) -> str:
    return " / ".join(group.named().values())


def _rank(value: float) -> float:
    """NaN above everything: it is looked at first."""
    return math.inf if math.isnan(value) else value


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else "0"
