"""What is meant by a value with a typing error, or by what other software calls it."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OTHER_VALUES = {
    "create": ("make", "new", "update", "write"),
    "dask": ("cluster", "distributed", "processes"),
    "error": ("fail", "raise", "strict"),
    "fail": ("error", "raise"),
    "huber": ("huber_loss", "huberloss"),
    "local": ("threads",),
    "mae": ("l1", "l1_loss", "mean_absolute_error"),
    "max": ("linf", "max_error", "maximum"),
    "mean": ("average", "avg"),
    "mse": ("l2", "l2_loss", "mean_squared_error"),
    "none": ("elementwise", "no", "null"),
    "omit": ("drop", "dropna", "exclude", "ignore", "inner", "remove", "skip"),
    "pass": ("ok", "skip"),
    "propagate": ("allow", "keep", "pass"),
    "rmse": ("root_mean_squared_error",),
    "sum": ("total",),
}
"""Values of options, and the names that other software has for them."""

_LEAST_LIKENESS = 0.75
"""How alike a name must be to one that is a typing error of it: difflib's ratio."""

_MOST_FILES = 1000
"""Most files of a folder that are looked at for one whose name is meant."""


def alike(word: str, names: Sequence[str]) -> list[str]:
    """The names of which a word may be a typing error, the most alike first."""
    from difflib import get_close_matches  # late: only for errors

    return get_close_matches(word, names, cutoff=_LEAST_LIKENESS)


def value(word: str, names: Collection[str]) -> str | None:
    """The one of several names that is meant; None if nothing is alike.

    Args:
        word: What was typed.
        names: The names that there are.
    """
    word = word.lower().strip().replace("-", "_")
    others = {other: ours for ours in names for other in _OTHER_VALUES.get(ours, ())}
    own = {name.replace("-", "_"): name for name in names}
    if word in {**others, **own}:
        return {**others, **own}[word]
    found = alike(word, [*own]) or _with_letters_in_another_order(word, [*own])
    return own[found[0]] if found else None


def suffix(word: str, names: Collection[str]) -> str | None:
    """The suffix that is meant by one that names no form; None if nothing is alike.

    Args:
        word: The suffix as it was typed, with its point.
        names: The suffixes that there are.
    """
    if word in names or len(word) < len(".md"):
        return None
    found = _with_letters_in_another_order(word, names) or alike(word, sorted(names))
    return found[0] if found else None


def path(word: str) -> str | None:
    """The file beside one that does not exist of which the name is a typing error; None if none is.

    Args:
        word: The path as it was typed.
    """
    folder, name = os.path.split(word)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in islice(entries, _MOST_FILES)]
    except (OSError, ValueError):
        return None
    same = [other for other in names if other.lower() == name.lower()]
    found = same or [other for other in alike(name, names) if _have_like_stems(name, other)]
    return os.path.join(folder, found[0]) if found else None


def _have_like_stems(one: str, other: str) -> bool:
    """Whether names are alike without their suffixes, too: `m.json` is not `b1.json`."""
    stems = [os.path.splitext(name)[0] for name in (one, other)]
    return bool(alike(stems[0], [stems[1]]))


def _with_letters_in_another_order(word: str, names: Collection[str]) -> list[str]:
    """The names of the same letters: `cvs` is too short for difflib to be like `csv`."""
    return [name for name in names if sorted(name) == sorted(word)]


def elsewhere(option: str, command: str, here: str | None) -> str:
    """What is said of an option that another command has.

    Args:
        option: The option, perhaps with a value.
        command: The command that has it.
        here: The command that lacks it.
    """
    if here == "compare" and option.startswith("--reduction"):
        return "compare always compares means"
    return f"smoothl1 {command} has {option}"
