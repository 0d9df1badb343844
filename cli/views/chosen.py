"""The columns that `--columns` chooses of the tables of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.cli import meant
from smoothl1.errors import SettingsError
from smoothl1.results.other_names import OTHER_NAMES
from smoothl1.settings import ALSO

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.results.columns import Column

    Table = Sequence[Column]

_OF_RANKINGS = {
    "column": "--by-column",
    "ignored": "--ignore-target VALUE",
    "unmatched": "--unmatched omit",
    "duplicates": "--duplicates first",
    "clusters": "--cluster COL",
}
"""Columns that a ranking may have, and the options that make them."""

_OF_COMPARISONS = {
    **_OF_RANKINGS,
    "margin": "--margin",
    **dict.fromkeys(("row", "pred_a", "pred_b", "target", "loss_a", "loss_b"), "--top N"),
}
"""The same of a comparison of two models, and of its worst rows."""

_OF_RESULTS = {
    **_OF_RANKINGS,
    **{name: f"--also {name}" for name in ALSO if name != "max"},
    "max_error": "--also max",
    "quantile": "--quantile",
    "within": "--within",
    "share_within": "--within",
    **dict.fromkeys(("row", "pred", "target"), "--top N"),
}
"""The same of an evaluation. A number follows the names that are those of options: quantile_0.9."""

_NUMBERED = ("quantile", "within", "share_within")
"""Names of results that end with a number, which may be spelled in another way than it was given.
Numbers in names that users gave are part of these: `v_1.1` and `v_1.10` are two columns."""

_MOST_NAMES = 30
"""Most names that an error lists."""


def chosen(tables: Sequence[Table], typed: Sequence[str]) -> list[Table]:
    """The columns of each table that were asked for, in that order.

    A table is left out, which is to say empty, if none of its columns is named, or only columns
    that another one has, too. If that is so of all tables, each has those that it has. In the table
    of a result, labels that are not named stand first.

    Args:
        tables: At least one table.
        typed: Names of columns, or several in one text, separated by commas; empty for all.

    Raises:
        SettingsError: No table has such a column, or one is named twice.
    """
    if not typed:
        return list(tables)
    names = names_of(typed, _names(tables))
    are_asked = asked(tables, typed)
    return [
        _columns_of(table, names) if is_asked or not any(are_asked) else []
        for table, is_asked in zip(tables, are_asked, strict=True)
    ]


def labels_of(columns: Table) -> Table:
    """The columns that say what each row of a result is about; none in other tables.

    Args:
        columns: The columns of a table. Those of a result begin with the beta of each row.

    Returns:
        The beta if there are several, then groups, columns and models.
    """
    if not columns or columns[0].name != "beta":
        return []
    betas, *others = columns
    are_several = len(set(betas.cells)) > 1
    return [*([betas] if are_several else []), *(one for one in others if one.kind == "text")]


def asked(tables: Sequence[Table], typed: Sequence[str]) -> list[bool]:
    """Whether each table is asked for: by the name of a column that no other table has.

    Args:
        tables: The tables.
        typed: See `chosen`.

    Raises:
        SettingsError: See `chosen`.
    """
    names = set(names_of(typed, _names(tables)))
    own = [{column.name for column in table} for table in tables]
    return [
        bool(names & mine - {name for j, other in enumerate(own) if j != i for name in other})
        for i, mine in enumerate(own)
    ]


def numbers_chosen(columns: Table, typed: Sequence[str]) -> Table:
    """The chosen numbers of a table, behind all columns that say what a row is about.

    Args:
        columns: The beta of each row, what else it is about, and its numbers.
        typed: See `chosen`.
    """
    (found,) = chosen([columns], typed)
    subjects = {"beta", *(label.name for label in labels_of(columns))}
    return [
        *(column for column in columns if column.name in subjects),
        *(column for column in found if column.name not in subjects),
    ]


def names_of(typed: Sequence[str], known: Collection[str]) -> list[str]:
    """The names of columns that were asked for. A name that exists may hold commas.

    Args:
        typed: See `chosen`.
        known: The names that there are, in their order.

    Raises:
        SettingsError: There is no such column, or one is named twice.
    """
    names = [
        name
        for text in typed
        for name in ([text] if text in known else map(str.strip, text.split(",")))
    ]
    names = [name if name in known else _with_its_number(name, known) for name in names]
    for i, name in enumerate(names):
        if name not in known:
            raise SettingsError(f"--columns: there is no column {name!r}", hint=_hint(name, known))
        if name in names[:i]:
            raise SettingsError(f"--columns names {name!r} twice")
    return names


def _with_its_number(name: str, known: Collection[str]) -> str:
    """The name of the column that ends with the same number: `within_5.0` for `within_5`."""
    stem, _, number = name.rpartition("_")
    if stem not in _NUMBERED or not _is_number(number):
        return name
    for ours in known:
        of, _, other = ours.rpartition("_")
        if of == stem and _is_number(other) and float(number) == float(other):
            return ours
    return name


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _hint(name: str, known: Collection[str]) -> str:
    word = name.lower().strip()
    if maker := _maker(word, known):
        return maker
    others = [ours for ours, words in OTHER_NAMES.items() if ours in known and word in words]
    found = [ours for ours in known if ours.lower() == word] or others or _alike(word, known)
    if not found and (near := meant.value(word, _makers(known))):
        return f"did you mean {near}? {_maker(near, known)}"
    listed = [*known][:_MOST_NAMES]
    more = ", ..." * (len(known) > len(listed))
    meant_by = f"did you mean {found[0]}? " if found else ""
    return f"{meant_by}There are {', '.join(listed)}{more}"


def _makers(known: Collection[str]) -> dict[str, str]:
    """The columns that a table may have, and the options that make them, given those it has."""
    if "rank" in known:
        return _OF_RANKINGS
    return _OF_COMPARISONS if "p_value" in known else _OF_RESULTS


def _maker(word: str, known: Collection[str]) -> str | None:
    """The command and the option that make a column; None if there is no such column."""
    makers = _makers(known)
    stem, _, number = word.rpartition("_")
    option = makers.get(word)
    if stem in makers and _is_number(number):
        option = f"{makers[stem]} {number}"
    command = "eval" if makers is _OF_RESULTS else "compare"
    return option and f"smoothl1 {command} {option} makes it"


def _alike(word: str, known: Collection[str]) -> list[str]:
    name = meant.value(word, known)
    return [] if name is None else [name]


def _columns_of(table: Table, names: Sequence[str]) -> list[Column]:
    """The columns of a table of some names, in their order, behind the labels that they lack."""
    found = [column for name in names for column in table if column.name == name]
    return [*(label for label in labels_of(table) if label.name not in names), *found]


def _names(tables: Sequence[Table]) -> dict[str, Any]:
    """The names of all columns, each once, in order."""
    return dict.fromkeys(column.name for table in tables for column in table)
