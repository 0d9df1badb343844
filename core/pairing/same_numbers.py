"""Numbers that are paired with themselves.

A module of its own, since every table of both sides is asked: `sides` takes longer to import.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.pairing.opened_tables import are_one_input
from smoothl1.selection import model_roles
from smoothl1.sources.columns import positions, shown_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import InMemory
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table


def warn_of_itself(
    inputs: Sequence[str | InMemory],
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    warn: Callable[[str], None],
) -> frozenset[str]:
    """Warn of numbers that are paired with themselves.

    Args:
        inputs: All inputs.
        tables: Their tables.
        assigned: The roles of their columns.
        warn: Takes the warning.

    Returns:
        The roles of the predictions that are paired with themselves as targets.
    """
    same: set[str] = set()
    said = _said([role for of_input in assigned for role in of_input.roles])
    played = [
        (role, given, table, positions(columns, table.names))
        for given, table, of_input in zip(inputs, tables, assigned, strict=True)
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if role in said
    ]
    for (one, given, table, columns), (other, others, _, other_columns) in combinations(played, 2):
        if columns == other_columns and are_one_input(given, others):
            names = shown_names([table.names[i] for i in columns])
            what = f" ({'column' if len(columns) == 1 else 'columns'} {names})" if columns else ""
            warn(f"{table.path}: {said[one]} and {said[other]} are the same numbers{what}")
            if other == "target":
                same.add(one)
    return frozenset(same)


def _said(roles: Sequence[str]) -> dict[str, str]:
    """What the sides are called in a sentence, by their roles."""
    models = model_roles(roles)
    names = ["predictions"] if len(models) == 1 else ["predictions of A", "predictions of B"]
    if len(models) > 2:
        names = [f"predictions of model {i + 1}" for i in range(len(models))]
    return {**dict(zip(models, names, strict=False)), "target": "targets"}
