"""The key columns of each side: `--key id`, or `--key user=id` where the names differ."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import (
    as_option,
    has_column,
    key_columns,
    no_column,
    position,
    positions,
    shown,
)
from smoothl1.sources.contract import Wanted
from smoothl1.sources.names import ENCODING_HINT, is_text
from smoothl1.sources.nested_fields import hint_about_absent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table


_BETWEEN = lazy_pattern(r"[,:;+|/]")
"""What other programs write between the names of a key."""


def keys_of(sides: Sequence[Table], key: Columns) -> list[Columns]:
    """The key columns of each side. The last of several sides is the targets."""
    return [
        key_columns(key, table.names, is_target=0 < i == len(sides) - 1)
        for i, table in enumerate(sides)
    ]


def named_keys(key: Columns, names: Columns) -> Columns:
    """The names of the key columns of the predictions, also of those given by position: `@2`.

    Args:
        key: The keys as they were asked for.
        names: The columns of the predictions, which have these keys.
    """
    places = positions(key_columns(key, names, is_target=False), names)
    return tuple(names[i] for i in places)


def named_columns(key: Columns, table: Table) -> Columns:
    """The names of the key columns of a side, also of those given by position."""
    return tuple(table.names[i] for i in positions(key, table.names))


def checked_keys(sides: Sequence[Table], asked: Columns) -> list[Columns]:
    """The key columns of each side, which has each of them once.

    Args:
        sides: One table for each side.
        asked: The keys as the user typed them, at least one.

    Raises:
        DataError: A column is not there, or is given twice.
    """
    keys = keys_of(sides, asked)
    _refuse_swapped(sides, keys)
    for i, (table, key) in enumerate(zip(sides, keys, strict=True)):
        is_target = i == len(sides) - 1
        if not is_target:
            _refuse_names_of_models(table, key, sides[:-1])
        others = [other.names for other in sides if other is not table and other.names]
        _check_key(table, key, asked, others, is_target=is_target)
    return keys


def warn_of_noted_keys(
    sides: Sequence[Table], keys: Sequence[Columns], warn: Callable[[str], None]
) -> None:
    """Warn of a key that is not stored: other software may have reordered the rows since.

    Args:
        sides: One table for each side.
        keys: The key columns of each side.
        warn: Takes the warning.
    """
    for table, key in zip(sides, keys, strict=True):
        for name in key:
            if table.columns[position(name, table.names)].is_noted:
                warn(
                    f"{table.path}: the index {shown(name)} is not stored, only noted by pandas: "
                    "it is another one if rows were reordered or left out since"
                )


def _refuse_swapped(sides: Sequence[Table], keys: Sequence[Columns]) -> None:
    """Refuse a key of two names that each side knows by the name of the other.

    Raises:
        DataError: There is such a key.
    """
    *preds, target = sides
    for pred_name, target_name in zip(keys[0], keys[-1], strict=True):
        wanted = [*((pred_name, table) for table in preds), (target_name, target)]
        lacking = [(name, of) for name, of in wanted if not has_column(name, of.names)]
        would_fit = bool(preds) and has_column(pred_name, target.names)
        would_fit = would_fit and all(has_column(target_name, table.names) for table in preds)
        if lacking and would_fit and pred_name != target_name:
            name, table = lacking[0]
            raise no_column(
                name,
                table.names,
                path=table.path,
                hint=f"swap them: --key {_joined((target_name, pred_name))}",
            )


def _refuse_names_of_models(model: Table, key: Columns, models: Sequence[Table]) -> None:
    """Refuse a model that lacks a key which another model has: one name is for all of them.

    Raises:
        DataError: There is such a key.
    """
    for name in key:
        is_elsewhere = any(has_column(name, other.names) for other in models)
        if model.names and is_elsewhere and not has_column(name, model.names):
            raise no_column(
                name,
                model.names,
                path=model.path,
                hint="all models must have the key under one name, so rename it in this one; "
                "--key user=id is for models that differ from the targets",
            )


def _check_key(
    table: Table, key: Columns, asked: Columns, others: Sequence[Columns], *, is_target: bool
) -> None:
    absent = next((name for name in key if not has_column(name, table.names)), None)
    if table.names and absent in asked:
        raise no_column(
            absent,
            table.names,
            path=table.path,
            hint=_hint_about(absent, table, others, is_target=is_target),
        )
    if not table.names:
        raise DataError(
            "an array has no key column",
            path=table.path,
            hint="without --key, rows are paired in their order; tables have key columns",
        )
    table.select(Wanted((), key))  # refuses a column that does not exist
    if len({position(name, table.names) for name in key}) < len(key):
        raise DataError("a key column is given twice", path=table.path)


def _hint_about(
    absent: str, table: Table, others: Sequence[Columns], *, is_target: bool
) -> str | None:
    """What to give in place of a key that one side does not have.

    Args:
        absent: The key as it was given.
        table: That side.
        others: The columns of the other sides.
        is_target: Whether the side is the targets.
    """
    names = table.names
    several = [name.strip() for name in _BETWEEN.split(absent)]
    are_pairs = len(several) == 2 and any(has_column(several[not is_target], o) for o in others)
    if len(several) > 1 and all(has_column(name, names) for name in several):
        of_all = " ".join(f"--key {as_option(name)}" for name in several)
        is_list = "," in absent or not are_pairs
        return (
            of_all if is_list else f"{of_all} for both; --key {_joined(several)} where names differ"
        )
    if are_pairs and has_column(several[is_target], names):
        return f"--key {_joined(several)} where names differ"
    if not (absent.isascii() or all(map(is_text, names))):
        return ENCODING_HINT
    is_elsewhere = any(has_column(absent, of_other) for of_other in others)
    if is_elsewhere or "=" in absent or not absent:
        return f"--key {_key_of_both(absent, names, is_target=is_target)} where names differ"
    return hint_about_absent(absent, table)


def _joined(names: Sequence[str]) -> str:
    """A key by its names on both sides, as the value of an option."""
    return "=".join(map(as_option, names))


def _key_of_both(absent: str, names: Columns, *, is_target: bool) -> str:
    """A key with a name for each side, as far as it can be told; `@1` for one without a name.

    Args:
        absent: A key that one side does not have, perhaps with an empty name for it.
        names: The columns of that side.
        is_target: Whether the side is the targets.
    """
    halves = absent.split("=", 1) if "=" in absent else [absent, absent]
    same = (name for name in names if name and name.casefold() == absent.casefold())
    unnamed = (f"@{i + 1}" for i, name in enumerate(names) if name == "")
    halves[is_target] = next(chain(same, unnamed), "NAME")
    halves[not is_target] = halves[not is_target] or "@1"
    return "=".join(halves)
