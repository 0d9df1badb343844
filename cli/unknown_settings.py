"""Says what is meant by keys of a table of settings that are none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection

_OF_DATA = (
    "pred",
    "pred-a",
    "pred-b",
    "target",
    "key",
    "weight",
    "by",
    "by-column",
    "cluster",
    "keep",
)
"""Options that choose columns, which mean something for some files alone."""


def unknown_setting(key: str, table: str, known: Collection[str], path: str) -> SettingsError:
    """The error about a key that is no setting.

    Args:
        key: The key.
        table: The name of the table, as it is written.
        known: The keys that there are.
        path: The file.
    """
    near = [] if key in _OF_DATA else get_close_matches(key.lower(), known, 1)
    what = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    hint = None if near else "type other options with the command"
    if key in _OF_DATA:
        what, hint = "columns are named where the data are", f"type --{key} with the command"
    return SettingsError(f"{table} has no setting {key!r}; {what}", path=path, hint=hint)
