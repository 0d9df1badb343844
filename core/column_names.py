"""Names of columns as arguments: one or several, of a key, a position or a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smoothl1.errors import SettingsError, excerpt

_OF_DATA = {"by": "groups", "cluster": "clusters", "weight": "weights"}
"""Arguments that name a column, and those that take its values."""

_MOST_NAMES = 32
"""Names in a list; more that repeat each other are labels of rows."""


def is_position(name: str) -> bool:
    """Whether a column is named by its place in the file, `@2`, which says nothing elsewhere."""
    return name[:1] == "@" and name[1:].isdecimal()


def may_be_pattern(name: str) -> bool:
    """Whether a name may stand for all columns that match it."""
    return any(mark in name for mark in "*?[")


def checked_key(key: object) -> tuple[str, ...]:
    """Validate the columns of a key, each as one name: `user=id` for a pair of names.

    Args:
        key: One name, several names or pairs of names, or a mapping of names of the predictions to
            those of the targets.

    Raises:
        SettingsError: They are no text, or the first name of a pair has an equals sign.
    """
    if isinstance(key, Mapping):
        key = tuple(key.items())
    if isinstance(key, str | bytes) or not isinstance(key, Iterable):
        return checked_columns(key, "key")
    return checked_columns([_joined_pair(entry) for entry in key], "key")


def _joined_pair(entry: object) -> object:
    """A pair of names as one text; anything else as it is."""
    if not isinstance(entry, tuple | list) or len(entry) != 2:
        return entry
    pred, target = checked_columns(entry, "key")
    if pred == target:
        return pred
    if "=" in pred:
        hint = "give its position, '@1' for the first column"
        raise SettingsError(f"key: the first name of a pair has an =, {pred!r}", hint=hint)
    return f"{pred}={target}"


def checked_column(name: object, what: str) -> str | None:
    """Validate the name of one column; None is none.

    Args:
        name: What was given: the name, or a list of it alone.
        what: The name of the argument.

    Raises:
        SettingsError: It is no text, or there are several.
    """
    names = checked_columns(name, what)
    if len(names) > 1:
        said = f"{what} takes the name of one column, not {excerpt(name)}"
        raise SettingsError(said, hint=_hint(what, name))
    return next(iter(names), None)


def checked_columns(names: object, what: str) -> tuple[str, ...]:
    """Validate names of columns; one may be given by itself, and None is none.

    Args:
        names: What was given.
        what: The name of the argument.

    Raises:
        SettingsError: They are no text, or repeat each other as data do.
    """
    given = (names,) if isinstance(names, str | bytes) or not isinstance(names, Iterable) else names
    columns = () if names is None else tuple(given)
    for name in columns:
        if not isinstance(name, str):
            said = f"{what} takes names of columns as text, not {excerpt(name)}"
            raise SettingsError(said, hint=_hint(what, names))
    if _is_data(names) and len({*columns}) < len(columns):
        said = f"{what} takes names of columns, and not {len(columns):,} labels"
        raise SettingsError(said, hint=_hint(what, names))
    return columns


def _hint(what: str, given: object) -> str:
    """What to do about an argument that was given something else than names of columns."""
    if not _is_data(given):
        return "'@1' is the first column, '@2' the second"
    if what in _OF_DATA:
        return f"{_OF_DATA[what]}=... takes data with an entry for each row"
    return "the columns are those of a table that is given as data, such as a frame of pandas"


def _is_data(given: object) -> bool:
    """Whether an argument is an array or a column rather than a list of names."""
    is_long = isinstance(given, list | tuple) and len(given) > _MOST_NAMES
    return is_long or hasattr(given, "dtype") or hasattr(given, "to_numpy")
