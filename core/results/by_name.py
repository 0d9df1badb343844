"""Finds the place of a group by its name, for `result["east"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError, counted
from smoothl1.results.columns import DIFFERENCE_NAMES, group_names
from smoothl1.results.other_names import OTHER_NAMES
from smoothl1.results.overall import name_of_all
from smoothl1.results.single import check_single
from smoothl1.tallies.group import Group, group_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.results.named import ByName
    from smoothl1.settings import EvalSettings

_OF_PANDAS = {
    **dict.fromkeys(
        ("to_csv", "to_latex", "to_markdown", "to_parquet", "to_string"),
        "and -f of the command writes such tables",
    ),
    "to_excel": "and -f csv of the command writes what Excel opens",
    "to_html": "and report(...).to_html() is a page with drawings",
}
"""Methods of a table of pandas that write it, and what does nearly the same here."""

_OF_INTERVALS = ("low", "high", "ci", "conf_int", "confint", "confidence_interval")
"""What an interval and its bounds may be called."""

_NUMBERED = ("quantile_", "within_", "share_within_")
"""How the names of metrics begin that are no attributes, since a number follows."""

_MOST_NAMES = 5
"""Most names that an error lists."""


def has_group(name: object, settings: EvalSettings, groups: Sequence[Group]) -> bool:
    """Whether there is a group of that name: see `place_of`."""
    wanted = _named(name, settings)
    return wanted is not None and wanted in groups


def place_of(name: object, settings: EvalSettings, groups: Sequence[Group]) -> int:
    """The place of a group among all.

    Args:
        name: The name of the group, or of the column if columns have results of their own; of
            groups within groups, and of columns of groups, a tuple of all names.
        settings: The settings of the result.
        groups: Its groups.

    Raises:
        KeyError: There is no such group.
        SettingsError: There are several betas, so that each group has several values.
    """
    wanted = _named(name, settings)
    if wanted is None or wanted not in groups:
        raise KeyError(_absent(name, settings, groups))
    if len(settings.betas) > 1:
        raise SettingsError(
            f"there are {len(settings.betas)} betas, so that a group has several values",
            hint="to_pandas() has a row for each",
        )
    return groups.index(wanted)


def _named(name: object, settings: EvalSettings) -> Group | None:
    """The group that has a name; None if none can have it."""
    names = name if isinstance(name, tuple) else (name,)
    n_levels = len(settings.levels)
    are_texts = all(isinstance(one, str) for one in names)
    if not settings.is_grouped or len(names) != n_levels + settings.by_column or not are_texts:
        return None
    column = names[-1] if settings.by_column else None
    return group_of(names[:n_levels], column) if n_levels else Group(None, column)


def _absent(name: object, settings: EvalSettings, groups: Sequence[Group]) -> str:
    """What is said of a name that no group has."""
    subjects = [*group_names(settings.levels, ()), *(["column"] * settings.by_column)]
    names = name if isinstance(name, tuple) else (name,)
    if isinstance(name, int | float) and name in settings.betas:
        return f"no group {name!r}: it is a beta, and to_pandas() has a row for each"
    if not subjects:
        is_number = isinstance(name, str) and name.startswith(_NUMBERED) and settings.has_metrics
        none = "there are no groups, which by=... makes"
        why = f"metrics[{name!r}] is the number" if is_number else none
        return f"no group {name!r}: {why}"
    if len(names) != len(subjects):
        n_names = counted(len(subjects), "name")
        return f"no group {name!r}: each has {n_names}, of {', '.join(subjects)}"
    known = [tuple(group.named().values()) for group in groups]
    found = None if name == name_of_all(groups) else _near(tuple(map(str, names)), known)
    if found is not None:
        return f"no group {name!r}: did you mean {_shown(found)}?"
    if name == name_of_all(groups):
        return f"no group {name!r}: overall has all groups together"
    listed = ", ".join(map(_shown, known[:_MOST_NAMES])) + ", ..." * (len(known) > _MOST_NAMES)
    return f"no group {name!r}: there are {listed}"


def number_of(found: ByName[Any], name: str, known: Collection[str]) -> Any:
    """A number of a result or comparison by its name in tables: `result.stderr`.

    Args:
        found: The result or comparison.
        name: The name of the number.
        known: The names of all its numbers.

    Raises:
        AttributeError: There is no such number.
        SeveralNumbersError: There are several betas or groups.
    """
    if name not in known:
        what = absent_number(name, dir(found))
        raise AttributeError(f"a {type(found).__name__} has {what}")
    try:
        check_single(len(found.groups) * len(found.settings.betas), len(found.settings.betas))
    except SettingsError as error:
        raise SeveralNumbersError(error.what, hint=error.hint) from None
    return getattr(found.overall, name)


class SeveralNumbersError(SettingsError, AttributeError):
    """A number is asked for where there are several: whoever looks at objects takes none."""


def absent_number(name: str, known: Sequence[str]) -> str:
    """What is said of a number that a group does not have.

    Args:
        name: Its name.
        known: The names of all that the group has.
    """
    from smoothl1.metrics.distances import COLUMNS
    from smoothl1.settings import ALSO
    from smoothl1.sources.columns import close_names  # late: only for an error

    metric = next((also for also in ALSO if COLUMNS.get(also, also) == name), name)
    if metric in ALSO and "to_dict" in known and "mean_a" not in known:
        return f"no {name}: it was not asked for (evaluate(..., also={metric!r}))"
    if name == "to_polars":
        return "no to_polars: polars.from_arrow(to_arrow()) is it"
    if name in _OF_PANDAS:
        return f"no {name}: to_pandas() has it, {_OF_PANDAS[name]}"
    if name in _OF_INTERVALS and "interval" in known:
        return f"no {name}: interval(0.95) has both bounds"
    if name in DIFFERENCE_NAMES:
        return f"no {name}: it is of two models (compare(...) tells it)"
    word = name.lower().removesuffix("_")
    others = [ours for ours, words in OTHER_NAMES.items() if ours in known and word in words]
    close = others or close_names(name, list(known))
    return f"no {name}: did you mean {close[0]}?" if close else f"no {name}: to_dict() has all"


def _near(names: tuple[str, ...], known: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The group of which some names are typing errors; None if there is none."""
    from smoothl1.sources.columns import close_names  # late: only for an error

    texts = {"\n".join(one): one for one in known}
    if names in known:
        return names
    close = close_names("\n".join(names), [*texts])
    return texts[close[0]] if close else None


def _shown(names: tuple[str, ...]) -> str:
    return repr(names[0] if len(names) == 1 else names)
