"""Says what is meant by keys of a table of settings that are none."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches
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

_OWN = "smoothl1"
_LEAST_LIKENESS = 0.9
"""How alike a name must be to that of this program: `smoothl` is, and `smooth` and `smoothly` are
not."""


def refuse_like(name: str, path: str) -> None:
    """Refuse a table of another name that is nearly that of this program.

    Args:
        name: The name below `tool`.
        path: The file.

    Raises:
        SettingsError: The name is so like, apart from case and what separates words.
    """
    word = name.lower().replace("-", "").replace("_", "")
    if SequenceMatcher(None, word, _OWN).ratio() >= _LEAST_LIKENESS:
        what = f"[tool.{name}] is no table of settings"
        raise SettingsError(what, path=path, hint=f"did you mean [tool.{_OWN}]?")


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
