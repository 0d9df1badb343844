"""What results of one value and results of several have to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_VALUES = 3
"""Most values in a representation: there may be a million groups."""


def check_single(n_values: int) -> None:
    """Refuse to choose one of several values.

    Raises:
        SettingsError: There is not exactly one value.
    """
    if n_values != 1:
        raise SettingsError(
            f"there are {n_values:,} values, of betas and groups, and not one",
            hint="values and to_arrow() have all",
        )


def summary_of(values: Sequence[float]) -> str:
    """The values as text, without those in the middle of many."""
    shown = ", ".join(map(repr, values[:_MOST_VALUES]))
    more = len(values) - _MOST_VALUES
    return f"{shown} and {more:,} more" if more > 0 else shown


def shown_setting(value: object) -> str:
    """A setting as a message shows it."""
    if isinstance(value, tuple):
        return ", ".join(map(repr, value)) or "none"
    return "not set" if value is None else repr(value)
