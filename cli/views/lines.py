"""The output of `smoothl1 eval`: the reduced losses as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped

if TYPE_CHECKING:
    from smoothl1.results.result import Result


def value_lines(result: Result, precision: int | None = None) -> str:
    """A line for each beta and group: the names that distinguish it, and the value.

    Args:
        result: The result that is shown.
        precision: Significant digits of a value; None for the shortest text that reads back to the
            same number.

    Returns:
        Tab-separated cells in lines, each with its line end.
    """
    lines = []
    several = len(result.settings.betas) > 1
    for (beta, group, _), value in zip(result.entries, result.values, strict=True):
        names = ([repr(beta)] if several else []) + [name for name in group if name is not None]
        number = repr(value) if precision is None else f"{value:.{precision}g}"
        lines.append("\t".join([*map(escaped, names), number]))
    return "".join(f"{line}\n" for line in lines)
