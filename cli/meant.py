"""What is meant by a value with a typing error, or by what other software calls it."""

from __future__ import annotations

import os
import stat
from itertools import islice, pairwise
from shlex import quote
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import click

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

OTHER_METRICS = (
    *("mape", "smape", "wape", "mase", "mspe", "rmspe", "msle", "rmsle", "nrmse", "nmse", "nmae"),
    *("r2", "mre", "mpe"),
)
"""Metrics that are not formed: they are no typing errors of those which are."""

_OF_THEIR_OWN = (*OTHER_METRICS, "median", "medae", "mdae")
"""Words that are no typing errors of the values to which they are alike: a median is no mean."""

_OPPOSITES = {"below": "above", "under": "above", "less": "above", "decrease": "increase"}
"""Words in names of limits that would be those of a score, which is better if it is larger."""

_COLUMNS_OF_FILES = {"--weights": "--weight", "--groups": "--by", "--clusters": "--cluster"}
"""Options that name a file, and those that name such a column of an input."""

_OF_SIDES = ("--pred", "--target")
"""Options that usually stand before the input that has their columns."""

_OF_NAMES = ("--by", "--cluster", "--keep", "--key", "-k")
"""Options that may be repeated and name columns, whose names may have blanks."""

MAY_BE_A_VALUE = lazy_pattern(r"[+-]?\.?\d[\d.,e+-]*|[^-./\\*?\[\]:][^./\\*?\[\]:]*")
"""What may be a number or a name rather than a file: it has no suffix, folder or pattern."""

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
    if word in _OF_THEIR_OWN:
        return None
    found = alike(word, [*own]) or _with_letters_in_another_order(word, [*own])
    return own[found[0]] if found else None


def limit_of_losses(option: str, options: Collection[str]) -> str | None:
    """The limit of a loss in place of the opposite one, which a score has; None if it is no limit.

    Args:
        option: The option as it was typed.
        options: Those of the command.
    """
    words = option.lower().split("-")
    found = "-".join(_OPPOSITES.get(word, word) for word in words)
    return found if found in options and found != option.lower() else None


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


def is_like_a_path(word: str) -> bool:
    """Whether a word names a file, or is written like the name of one."""
    return os.path.exists(word) or word == "-" or bool({*"/\\*?[."} & {*word})


def _have_like_stems(one: str, other: str) -> bool:
    """Whether names are alike without their suffixes, too: `m.json` is not `b1.json`."""
    stems = [os.path.splitext(name)[0] for name in (one, other)]
    return bool(alike(stems[0], [stems[1]]))


def _with_letters_in_another_order(word: str, names: Collection[str]) -> list[str]:
    """The names of the same letters: `cvs` is too short for difflib to be like `csv`."""
    return [name for name in names if sorted(name) == sorted(word)]


def other_use(word: str, args: Sequence[str], repeatable: Collection[str]) -> str | None:
    """What is meant by a word that is no file: a column, or one more value of an option.

    None if the word is written like the name of a file, or stands elsewhere.

    Args:
        word: The word, as it was typed.
        args: The arguments of the command.
        repeatable: The options of the command that may be repeated.
    """
    if not MAY_BE_A_VALUE.fullmatch(word):
        return None
    for option, one in _COLUMNS_OF_FILES.items():
        if f"{option}={word}" in args or (option, word) in pairwise(args):
            return f"{option} names a file; the column of an input is {one} {quote(word)}"
    for option, value, last in zip(args, args[1:], args[2:], strict=False):
        if option in repeatable and last == word and not value.startswith("-"):
            several = " ".join(f"{option} {quote(part)}" for part in (value, word))
            in_quotes = f"; quotes keep a name whole: {option} {quote(f'{value} {word}')}"
            is_name = option in _OF_NAMES
            return f"several values repeat the option: {several}{in_quotes * is_name}"
    return None


def repeatable_options(command: click.Command) -> list[str]:
    """The options of a command that may be repeated, but those of sides."""
    return [
        name
        for param in command.params
        if getattr(param, "multiple", False)
        for name in param.opts
        if name not in _OF_SIDES
    ]


def elsewhere(option: str, command: str, here: str | None) -> str:
    """What is said of an option that another command has.

    Args:
        option: The option, perhaps with a value.
        command: The command that has it.
        here: The command that lacks it.
    """
    if here == "report" and option in ("--part", "--plan"):
        return (
            "report draws no part of a file: cut the rows into files, write each report with "
            "--rows-before N --json, and draw all by smoothl1 merge -o FILE.html"
        )
    if here == "compare" and option.startswith("--reduction"):
        return "compare always compares means"
    return f"smoothl1 {command} has {option}"


def for_standard_input() -> str:
    """What to write for standard input, if it is a pipe or a file; else nothing."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:  # it is closed
        return ""
    return "Write - for standard input." if stat.S_ISFIFO(mode) or stat.S_ISREG(mode) else ""
