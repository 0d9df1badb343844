"""What the names of columns that a user gave say against the sides that they were given for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.column_names import is_position
from smoothl1.selection import model_roles
from smoothl1.sources.columns import (
    has_column,
    has_columns,
    no_column,
    shown,
)
from smoothl1.sources.usual_names import usual_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table


def refuse_swapped_files(sides: Sequence[Table], asked: Selection) -> None:
    """Refuse files in the wrong order: each lacks its columns, and the other one has them.

    Args:
        sides: One table for each side.
        asked: The columns that the user asked for.

    Raises:
        DataError: A model and the targets are swapped.
    """
    *models, last = sides
    for names, table in zip(asked.sides.values(), models, strict=False):
        named = [(names, table, last), (asked.target, last, table)]
        named = [(some, own, other) for some, own, other in named if some]
        if named and all(_are_elsewhere(*one) for one in named):
            (name, *_), own, _ = named[0]
            found = [f"{other.path} has {shown(some[0])}" for some, _, other in named]
            raise no_column(
                name,
                own.names,
                path=own.path,
                hint=f"{', and '.join(found)}: predictions come first, and targets last",
            )


def _are_elsewhere(names: Columns, own: Table, other: Table) -> bool:
    """Whether a table lacks all of some columns, and another one has all of them."""
    lacks = bool(own.names) and not any(has_column(name, own.names) for name in names)
    return lacks and has_columns(names, other.names)


def warn_of_swapped_columns(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of predictions that are called targets beside targets that are called predictions.

    Columns that nobody named are judged by `check_names`, which may refuse them: who names columns
    has the last word.

    Args:
        job: The job, of which the user named columns.
        tables: The inputs, the sides first.
        assigned: The roles of their columns.
        warn: Takes the warning.
    """
    called = _names_by_role(tables[: job.n_sides], assigned)
    targets = called.pop("target", ())
    if not _are_called(targets, "pred"):
        return
    for role in model_roles(called):
        if _are_called(called[role], "target"):
            pred, target = (", ".join(map(repr, some)) for some in (called[role], targets))
            warn(
                f"the predictions are called {pred} and the targets {target}: are they swapped? "
                f"({job.selection.options[role]} names the predictions, --target the targets; "
                "--separate takes the sides as they are given)"
            )
            return


def _names_by_role(sides: Sequence[Table], assigned: Sequence[InputRoles]) -> dict[str, Columns]:
    """The names of the columns of each side that has some, also of those given as `@2`."""
    return {
        role: tuple(_name_of(name, table.names) for name in columns)
        for table, of_input in zip(sides, assigned, strict=False)
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if table.names
    }


def _name_of(name: str, names: Columns) -> str:
    """The name of a column that may be given by its place; one that is not there as it is."""
    is_place = is_position(name) and name not in names and has_column(name, names)
    return names[int(name[1:]) - 1] if is_place else name


def _are_called(names: Columns, side: str) -> bool:
    """Whether there are names, and all of them are usual ones of a side."""
    return bool(names) and all(usual_side(name) == side for name in names)
