"""Names of columns that stand where a function takes files, as in evaluate(table, "y_hat", "y")."""

from __future__ import annotations

import os
import re
import warnings
from typing import TYPE_CHECKING

from smoothl1.other_arguments import meant_as_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TAKE_SIDES = ("evaluate", "plan_tasks", "preview", "report")
"""Functions whose arguments by position are predictions, targets and settings."""

_LIKE_A_NAME = re.compile(r"[^-./\\*?\[\]:][^./\\*?\[\]:]*")
"""What may be the name of a column rather than a file: it has no suffix, folder or pattern."""

_OPEN = "..."


def call_meant(function: str, args: Sequence[object], given: Mapping[str, object]) -> str | None:
    """The call that is meant where names of columns follow a table; None if none do.

    Args:
        function: The name of a function that users call.
        args: Its arguments by position: a table in memory or a path, and what follows it.
        given: Its other arguments.
    """
    table, *names = [arg for arg in args if arg is not None] or [None]
    if function not in (*_TAKE_SIDES, "compare") or not _are_columns(names, table):
        return None
    words = [str(name) for name in names]
    columns = _of_models(words, given) if function == "compare" else _of_sides(words, given)
    if columns is None:
        return None
    first = repr(table) if isinstance(table, str) else "table"
    said = ", ".join(f"{name}={_shown(value)}" for name, value in columns.items())
    return f"{function}({first}, {said})"


def _are_columns(names: Sequence[object], table: object) -> bool:
    """Whether names are no files, and one is a column in memory; of a file that exists, several.

    What is known to be a setting, such as "sum", is no column unless the table has it.
    """
    if not names or not all(isinstance(name, str) and not os.path.lexists(name) for name in names):
        return False
    columns = set() if isinstance(table, str | os.PathLike) else {*_columns_of(table)}
    if any(meant_as_settings(name) for name in names if name not in columns):
        return False
    if not isinstance(table, str | os.PathLike):
        return not columns.isdisjoint(names)
    are_like = all(_LIKE_A_NAME.fullmatch(str(name)) for name in names)
    return len(names) > 1 and are_like and os.path.lexists(table)


def _columns_of(table: object) -> Iterable[object]:
    """The names of the columns of a table in memory; none if it has no columns."""
    with warnings.catch_warnings(action="ignore"):  # lazy tables warn that they have to look
        names = getattr(table, "column_names", getattr(table, "columns", ()))
    return names if hasattr(names, "__iter__") else ()


def _of_sides(names: Sequence[str], given: Mapping[str, object]) -> dict[str, object] | None:
    """The columns of both sides, by the arguments that take them; None if there are too many."""
    free = [side for side in ("pred", "target") if side not in given]
    if len(names) > len(free):
        return None
    found = dict(zip(free, names, strict=True)) if len(names) == len(free) else {}
    return {side: given.get(side, found.get(side, _OPEN)) for side in ("pred", "target")}


def _of_models(names: Sequence[str], given: Mapping[str, object]) -> dict[str, object] | None:
    """Likewise those of two models or more and of their targets; None of fewer models."""
    models, target = [*names], given.get("target", _OPEN)
    if len(names) > 2 and target is _OPEN:
        *models, target = names
    if len(models) < 2 or {"pred", "pred_a", "pred_b"} & {*given}:
        return None
    if len(models) > 2:
        return {"pred": models, "target": target}
    return {"pred_a": models[0], "pred_b": models[1], "target": target}


def _shown(value: object) -> str:
    return _OPEN if value is _OPEN else repr(value)
