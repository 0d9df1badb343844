"""The output of `smoothl1 eval`: the reduced losses as text."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped
from smoothl1.results.columns import metric_columns
from smoothl1.tallies.many import ManyGroups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smoothl1.results.columns import Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result


def value_lines(result: Result, precision: int | None = None) -> str:
    """A line for each beta and group: the names that distinguish it, and the value.

    If metrics were formed beside the loss, each number has a line, with its name before it.

    Args:
        result: The result that is shown.
        precision: Significant digits of a value; None for the shortest text that reads back to the
            same number.

    Returns:
        Tab-separated cells in lines, each with its line end.
    """
    metrics = metric_columns(result) if result.metric_states else []
    if metrics:
        return _named_lines(result, metrics, precision)
    if precision is None and isinstance(result.groups, ManyGroups):
        return _lines_of_many(result, result.groups.levels)
    return labelled_lines(result, result.values, precision)


def labelled_lines(
    found: Result | Comparison, values: Iterable[float], precision: int | None
) -> str:
    """A line for each beta and group: the names that distinguish it, and a value.

    Args:
        found: What the values are of.
        values: A value for each beta and group, in their order.
        precision: See `value_lines`.
    """
    texts = map(repr, values) if precision is None else (f"{x:.{precision}g}" for x in values)
    rows = zip(prefixes(found), texts, strict=True)
    return "".join(f"{prefix}{text}\n" for prefix, text in rows)


def prefixes(found: Result | Comparison | Ranking) -> Iterator[str]:
    """The cells before each value: the beta if there are several, and the names of the group."""
    betas = found.settings.betas
    of_groups = [""]
    if found.settings.is_grouped:
        of_groups = [
            "".join(f"{escaped(name)}\t" for name in group.named().values())
            for group in found.groups
        ]
    of_betas = [f"{beta!r}\t" for beta in betas] if len(betas) > 1 else [""]
    return map("".join, product(of_betas, of_groups))


def _named_lines(result: Result, metrics: Sequence[Column], precision: int | None) -> str:
    """A line for each number of each beta and group, the loss first."""
    from smoothl1.cli.views.tables import text_of  # late: most results have no metrics

    columns = [(column.name, column.cells) for column in metrics]
    columns.insert(0, (result.reduction, result.values))
    return "".join(
        f"{prefix}{name}\t{text_of(cells[i], precision)}\n"
        for i, prefix in enumerate(prefixes(result))
        for name, cells in columns
    )


def _lines_of_many(result: Result, levels: Sequence[list[str]]) -> str:
    """The lines of groups by the values of columns, made in arrays: there may be a million."""
    import numpy as np
    import pyarrow as pa

    from smoothl1.sinks.lines import lines_of

    betas, values = result.settings.betas, np.array(result.values)
    cells = ["\t".join(names) for names in zip(*map(_escaped, levels), strict=True)]
    lines = []
    for beta, of_groups in zip(betas, np.split(values, len(betas)), strict=True):
        before = f"{beta!r}\t" if len(betas) > 1 else ""
        prefixes = pa.array([f"{before}{cell}\t" for cell in cells], pa.large_string())
        lines.append(lines_of(of_groups, 1, "\t", prefixes).decode())
    return "".join(lines)


def _escaped(names: list[str]) -> list[str]:
    text = "".join(names)
    return names if escaped(text) == text else list(map(escaped, names))
