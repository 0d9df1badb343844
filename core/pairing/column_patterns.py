"""Patterns among the columns that a user chose, replaced by the columns that they match."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, SettingsError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.pairing.column_counterparts import ZEROS, Match, check_counterparts, check_models
from smoothl1.pairing.meant_columns import positions
from smoothl1.sources.columns import (
    LONG_HINT,
    given_names,
    key_columns,
    shown,
    shown_names,
)
from smoothl1.sources.names import quoted
from smoothl1.sources.nested_fields import hint_about_absent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

ONE_MODEL_HINT = f"name the column of each by --pred; {LONG_HINT}"

_WILD = lazy_pattern(r"(\*+|\?|\[!?\]?[^\]]*\])")


def with_matches(
    sides: Sequence[Table],
    asked: Selection,
    decide: Callable[[Decision], None],
    *,
    as_models: bool = False,
) -> Selection:
    """The columns that were asked for, with those that match in place of each pattern.

    A name that a table has is no pattern. Columns match in the order of the file; an index of rows
    and columns with another role do not match.

    Args:
        sides: One table of all sides, or one for each.
        asked: The columns that the user asked for.
        decide: Takes a decision about the columns that match.
        as_models: Whether each column of the predictions is a model of its own.

    Raises:
        DataError: Nothing matches, there is one model, or the columns of two sides do not go
            together.
    """
    names = [name for columns in asked.sides.values() for name in columns]
    if not as_models and not any(map(_WILD.search, names)):
        return asked
    found: dict[str, list[Match]] = {}
    for i, (role, columns) in enumerate(asked.sides.items()):
        table = sides[i] if len(sides) > 1 else sides[0]
        others = [of for of in asked.sides if of != role and len(sides) == 1]
        of_others = [name for of in others for name in asked.sides[of]]
        found[role] = _matches(table, columns, _taken(table, asked, role, of_others))
        if any(match.parts is not None for match in found[role]):
            matching = shown_names([match.name for match in found[role]])
            reason = f"{asked.options[role]} {' '.join(map(quoted, columns))}, in file order"
            decide(Decision("columns", table.path, matching, reason))
    *models, targets = found.values()
    if as_models:
        return _with_models(sides[0].path, asked, models[0], targets)
    of_models = sides[:-1] or [sides[0]] * len(models)
    for model, table in zip(models, of_models, strict=True):
        check_counterparts(model, targets, (table.path, sides[-1].path))
    check_models(models, [table.path for table in of_models])
    names_of = [tuple(match.name for match in matches) for matches in found.values()]
    return replace(asked, pred=names_of[0], others=tuple(names_of[1:-1]), target=names_of[-1])


def _with_models(
    path: str, asked: Selection, models: Sequence[Match], targets: Sequence[Match]
) -> Selection:
    """The columns, each of those that match a model.

    Raises:
        DataError: There is one model.
    """
    first, *others = ((match.name,) for match in models)
    if not others:
        is_match = models[0].parts is not None
        which = f"only {shown(first[0])} matches {shown(asked.pred[0])}, so " if is_match else ""
        raise DataError(f"{which}there is one model", path=path, hint=ONE_MODEL_HINT)
    target = tuple(match.name for match in targets)
    return replace(asked, pred=first, others=tuple(others), target=target)


def _taken(table: Table, asked: Selection, role: str, of_others: Sequence[str]) -> set[int]:
    """Positions of the columns of a side that have another role, or are an index.

    Args:
        table: The side.
        asked: The columns that the user asked for.
        role: The role of the side.
        of_others: The columns, and patterns, of other sides in the same table.
    """
    keys = key_columns(asked.key, table.names, is_target=role == "target")
    units = (asked.weight, asked.cluster, *asked.by)
    indexes = {i for i, column in enumerate(table.columns) if column.names_rows}
    return indexes | positions(table, (*keys, *of_others, *(name for name in units if name)))


def _matches(table: Table, columns: Columns, taken: set[int]) -> list[Match]:
    """The columns that names and patterns stand for, each pattern in the order of the file."""
    names = _names(table)
    counts = Counter(names)
    chosen: list[Match] = []
    for column in columns:
        if column in counts or not _WILD.search(column) or not names:
            chosen.append(Match(column))
            continue
        pattern = _regex(column)
        matched = [
            Match(name if counts[name] == 1 else f"@{i + 1}", match.groups(), _place(match))
            for i, name in enumerate(names)
            if i not in taken and (match := pattern.fullmatch(name))
        ]
        if not matched:
            literal = _WILD.sub("", column)
            raise DataError(
                f"no column matches {shown(column)}; there are {shown_names(given_names(names))}",
                path=table.path,
                hint=hint_about_absent(literal, table) if literal else None,
            )
        already = {match.name for match in chosen}
        chosen += [match for match in matched if match.name not in already]
    return chosen


def _place(match: re.Match[str]) -> tuple[str, ...]:
    """The texts of the wildcards; the zeros in front of whole numbers say nothing: 01 is 1."""
    zeros = {place for found in ZEROS.finditer(match.string) for place in range(*found.span())}
    spans = (range(*match.span(i + 1)) for i in range(len(match.groups())))
    return tuple("".join(match.string[i] for i in span if i not in zeros) for span in spans)


def _names(table: Table) -> Columns:
    """The names of a table's columns: those of its first row, if that may be a header."""
    rows = table.first_rows
    return rows[0].names if rows else table.names


def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern of shells as a regular expression that captures what each wildcard stands for."""
    found = ""
    for i, text in enumerate(_WILD.split(pattern)):
        if i % 2 == 0:
            found += re.escape(text)
        elif text[0] == "[":
            found += f"({_class(text, pattern)})"
        else:
            found += "(.)" if text == "?" else "(.*)"
    return re.compile(found, re.DOTALL)


def _class(text: str, pattern: str) -> str:
    """Characters in brackets as a regular expression; between two of them, - is a range.

    Args:
        text: The characters in their brackets.
        pattern: All of the pattern, for messages.
    """
    begin = 2 if text[1] == "!" else 1
    characters = text[begin:-1]
    if not characters:
        raise SettingsError(f"the pattern {shown(pattern)} has brackets with nothing between them")
    found = ""
    while characters:
        first, last = characters[0], characters[2:3]
        if characters[1:2] != "-" or not last:
            found, characters = found + re.escape(first), characters[1:]
            continue
        if first > last:
            raise SettingsError(
                f"the pattern {shown(pattern)} has a range from {first} to {last}, which is empty",
                hint="the smaller character stands first",
            )
        found, characters = f"{found}{re.escape(first)}-{re.escape(last)}", characters[3:]
    return f"[{'^' * (begin - 1)}{found}]"
