"""Results as columns: a row for each beta and group, a column for each number of the JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.numerics.row_moments import NO_ROWS
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.tallies.group import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from smoothl1.results.comparison import Comparison
    from smoothl1.results.increase import Increase
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

    Cell = str | int | float | None


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: The name, as in the JSON.
        kind: "text" for names, "number" for binary64, "count" for whole numbers; "share" for
            percentages as texts, which only pages have.
        cells: A value for each row; None where there is no such value.
        type: Of texts, the type of Arrow that tables with types have in their place; "" if none.
    """

    name: str
    kind: Literal["text", "number", "count", "share"]
    cells: Sequence[Cell]
    type: str = ""


BETA = "beta"
"""The name of the column of betas, which were chosen: no digit of theirs is left out."""


def as_text(cell: str) -> str:
    r"""A text that UTF-8 can hold: bytes of a name that are no text are shown as in messages.

    Args:
        cell: A name; Python holds its bytes that are no text as halves of surrogate pairs.

    Returns:
        The name, with \\udce9 for the byte 0xE9, as the JSON has it. Other names stay as they are.
    """
    return cell.encode("utf-8", "backslashreplace").decode()


COUNTS = {
    "count": "n",
    "nan": "n_nan",
    "inf": "n_inf",
    "quadratic": "n_quadratic",
    "missing": "n_missing",
    "omitted": "n_omitted",
    "zero_weight": "n_weightless",
}
"""Counts of a result by their names in JSON, and their names in a tally."""


def counts_of(settings: EvalSettings) -> dict[str, str]:
    """The counts that results with these settings have: as `COUNTS`."""
    return COUNTS | ({"ignored": "n_ignored"} if settings.ignore_target else {})


DIFFERENCE_NAMES = ("difference", "stderr", "low", "high", "t", "df", "p_value")
NUMBER_NAMES = ("mean_a", "mean_b", *DIFFERENCE_NAMES)
COUNT_NAMES = (
    *("count", "rows", "a_better", "b_better", "ties", "nan_a"),
    *("nan_b", "missing", "omitted", "zero_weight"),
)
"""What a comparison tells, by the names of its JSON: numbers, and counts."""


_SIDES = ("pred", "target", "loss")
"""The numbers of an element with a large loss."""

WORSE_NAMES = ("target", "pred_a", "pred_b", "loss_a", "loss_b", "difference")
"""The numbers of an element whose loss is larger for one model than for another."""

ROW_NAMES = ("rows", "better", "worse", "ties")
"""What a ranking tells of a model beside the best: numbers of rows."""

MODEL_COUNTS = ("count", *ROW_NAMES, "nan", "missing", "omitted", "zero_weight")
"""All counts that a ranking tells of a model."""


def group_names(levels: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    """The names of the columns of a table that hold groups: those of the columns grouped by.

    Args:
        levels: The names of the columns that were grouped by.
        others: The names of all other columns of the table. A name that one of them has gets
            `_group` at its end.
    """
    taken, names = {BETA, "column", *others}, list[str]()
    for level in levels:
        name = level
        while name in taken or name in names:
            name += "_group"
        names.append(name)
    return tuple(names)


def n_clusters(tally: Tally) -> int:
    """The number of clusters of a tally whose units these are."""
    moments = tally.moments or NO_ROWS
    return moments.n + moments.n_overflowed


def result_columns(result: Result) -> list[Column]:
    """The numbers of a result, named as in its JSON.

    Args:
        result: The result, whose tallies may have no moments: then standard errors are None.

    Returns:
        Columns of a cell for each beta and group, in the order of the result. The smallest and the
        largest loss are None where there is no loss that is not NaN.
    """
    tallies = result.tallies
    numbers: dict[str, list[float | None]] = {
        "mean": [tally.mean for tally in tallies],
        "sum": [tally.sum for tally in tallies],
        "stderr": [None if t.moments is None else t.standard_error for t in tallies],
    }
    counts = {
        name: [getattr(t, count) for t in tallies]
        for name, count in counts_of(result.settings).items()
    }
    if result.settings.cluster is not None:
        counts["clusters"] = [n_clusters(tally) for tally in tallies]
    extremes = {
        "min": [_if_any(tally, tally.min) for tally in tallies],
        "max": [_if_any(tally, tally.max) for tally in tallies],
    }
    told = [
        *_of_kind("number", numbers),
        *_of_kind("count", counts),
        *_of_kind("number", extremes),
        Column("first_nan", "count", [tally.first_nan for tally in tallies]),
        *_left_out(result.settings, result.inputs, len(tallies)),
        *metric_columns(result),
    ]
    return [*_subjects(result.settings, result.groups, told), *told]


def metric_columns(result: Result) -> list[Column]:
    """The numbers of a result that were formed beside the loss."""
    betas, tallies = result.settings.betas, result.tallies
    return [
        Column(*cells)
        for metric in result.metric_states
        for cells in metric.columns(betas, tallies)
    ]


def top_columns(found: Result | Comparison) -> list[Column]:
    """The elements with the largest losses of a result, or those in which B is worse than A.

    They are named as in the JSON. A column is left out if nothing is told apart by it: the input if
    all are of one, the column if none has one.
    """
    rows: Sequence[Any] = found.top
    told = _SIDES if len(found.inputs) == 2 else WORSE_NAMES
    columns = []
    if len(found.inputs[0].paths) > 1:
        columns.append(Column("input", "text", [row.input for row in rows]))
    columns.append(Column("row", "count", [row.row for row in rows]))
    labels = dict.fromkeys(name for row in rows for name, _ in row.labels)
    others = ("input", "row", *told, *labels)
    for i, name in enumerate(group_names(found.settings.levels, others)):
        columns.append(Column(name, "text", [Group(row.group).levels[i] for row in rows]))
    if any(row.column is not None for row in rows):
        columns.append(Column("column", "text", [row.column for row in rows]))
    types = dict(found.label_types)
    columns += (
        Column(name, "text", [dict(row.labels).get(name) for row in rows], types.get(name, ""))
        for name in labels
    )
    numbers = {name: [getattr(row, name) for row in rows] for name in told}
    return [*columns, *_of_kind("number", numbers)]


def comparison_columns(
    found: Comparison, confidence: float, margin: Increase | None = None
) -> list[Column]:
    """The numbers of a comparison, named as in its JSON.

    Args:
        found: The comparison.
        confidence: The confidence level of the intervals.
        margin: By how much B may be worse, if that is a column, too.

    Returns:
        Columns of a cell for each beta and group, in the order of the comparison.
    """
    rows = [difference.numbers(confidence, margin) for difference in found.differences]
    names = NUMBER_NAMES if margin is None else (*NUMBER_NAMES, "margin")
    numbers = {name: [row[name] for row in rows] for name in names}
    more = () if found.settings.cluster is None else ("clusters",)
    counts = {name: [row[name] for row in rows] for name in (*COUNT_NAMES, *more)}
    if found.settings.ignore_target:
        counts["ignored"] = [difference.a.n_ignored for difference in found.differences]
    told = [
        *_of_kind("number", numbers),
        *_of_kind("count", counts),
        *_left_out(found.settings, found.inputs, len(rows)),
    ]
    return [*_subjects(found.settings, found.groups, told), *told]


def ranking_columns(found: Ranking, confidence: float) -> list[Column]:
    """The numbers of a ranking, named as in its JSON.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.

    Returns:
        Columns of a cell for each model, from the best to the worst, of each beta and group. What
        is told of the difference from the best is None for the best.
    """
    models = [model for _, _, ranked in found.entries for model in ranked]
    rows = [model.numbers(confidence) for model in models]
    numbers = {name: [row[name] for row in rows] for name in ("mean", *DIFFERENCE_NAMES)}
    more = () if found.settings.cluster is None else ("clusters",)
    counts = {name: [row[name] for row in rows] for name in (*MODEL_COUNTS, *more)}
    if found.settings.ignore_target:
        counts["ignored"] = [model.tally.n_ignored for model in models]
    told = [
        Column("rank", "count", [model.rank for model in models]),
        Column("model", "text", [found.models[model.place] for model in models]),
        *_of_kind("number", numbers),
        *_of_kind("count", counts),
        *_left_out(found.settings, found.inputs, len(models)),
    ]
    return [*_subjects(found.settings, found.groups, told, len(found.models)), *told]


def _subjects(
    settings: EvalSettings, all_groups: Sequence[Group], told: Sequence[Column], n_rows: int = 1
) -> list[Column]:
    """The beta of each row, and its group and column if the settings name any.

    Args:
        settings: The settings.
        all_groups: The groups.
        told: The other columns of the table.
        n_rows: The number of rows for each beta and group.
    """
    groups = [group for group in all_groups for _ in range(n_rows)]
    betas, n = settings.betas, len(groups)
    columns = [Column(BETA, "number", [beta for beta in betas for _ in range(n)])]
    for i, name in enumerate(group_names(settings.levels, (column.name for column in told))):
        columns.append(Column(name, "text", [group.levels[i] for group in groups] * len(betas)))
    if settings.by_column:
        columns.append(Column("column", "text", [group.column for group in groups] * len(betas)))
    return columns


def _of_kind(
    kind: Literal["number", "count"], columns: Mapping[str, Sequence[Cell]]
) -> Iterable[Column]:
    return (Column(name, kind, cells) for name, cells in columns.items())


def _left_out(settings: EvalSettings, inputs: Sequence[InputSummary], n_rows: int) -> list[Column]:
    """How many rows of all inputs were left out because of their keys, if that may be."""
    if not settings.leaves_rows_out:
        return []
    counts = {name: sum(getattr(side, name) for side in inputs) for name in LeftOut._fields}
    return [Column(name, "count", [count] * n_rows) for name, count in counts.items()]


def _if_any(tally: Tally, extreme: float) -> float | None:
    return None if tally.n == tally.n_nan else extreme
