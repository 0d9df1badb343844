"""What results of one value and results of several have to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.number_texts import as_typed
from smoothl1.settings import CLUSTERS, GROUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_VALUES = 3
"""Most values in a representation: there may be a million groups."""


def check_single(n_values: int, n_betas: int) -> None:
    """Refuse to choose one of several values.

    Args:
        n_values: The number of values.
        n_betas: The number of betas among them; groups have a value at each.

    Raises:
        SettingsError: There is not exactly one value.
    """
    if n_values != 1:
        raise SettingsError(
            f"there are {n_values:,} values, of betas and groups, and not one",
            hint="to_pandas() or to_arrow() has all"
            + "; overall has all groups together" * (n_betas == 1),
        )


def summary_of(values: Sequence[float]) -> str:
    """The values as text, without those in the middle of many."""
    shown = ", ".join(map(repr, values[:_MOST_VALUES]))
    more = len(values) - _MOST_VALUES
    return f"{shown} and {more:,} more" if more > 0 else shown


def shown_setting(value: object) -> str:
    """A setting as a message shows it."""
    if isinstance(value, tuple):
        return ", ".join(map(shown_setting, value)) or "none"
    if isinstance(value, float):
        return as_typed(value)
    return "not set" if value is None else repr(value)


def option_of_labels(name: str, one: object, other: object) -> str:
    """The option that sets the groups, columns or clusters that one of two results lacks.

    Args:
        name: The setting in which they differ.
        one: Its value in one of them.
        other: Its value in the other one.

    Returns:
        The option with its columns; empty for another setting, or if both have some.
    """
    option = {"by": "--by", "cluster": "--cluster", "by_column": "--by-column"}.get(name)
    if option is None or (one and other):
        return ""
    return option + _named(name, one or other)


def _named(name: str, value: object) -> str:
    """The rest of an option that names columns; a file may have the labels, too."""
    if value in (GROUPS, CLUSTERS):
        return f" or --{value} FILE"
    from smoothl1.sources.columns import as_option  # late: only for an error

    names = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
    return f" --{name}".join(f" {as_option(one)}" for one in names)
