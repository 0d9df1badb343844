"""The output of `smoothl1 eval`: the reduced losses as text."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    values = result.values
    texts = map(repr, values) if precision is None else (f"{x:.{precision}g}" for x in values)
    rows = zip(_prefixes(result), texts, strict=True)
    return "".join(f"{prefix}{text}\n" for prefix, text in rows)


def _prefixes(result: Result) -> Iterator[str]:
    """The cells before each value: the beta if there are several, and the names of the group."""
    betas = result.settings.betas
    of_groups = [
        "".join(f"{escaped(name)}\t" for name in group if name is not None)
        for group in result.groups
    ]
    of_betas = [f"{beta!r}\t" for beta in betas] if len(betas) > 1 else [""]
    return map("".join, product(of_betas, of_groups))
