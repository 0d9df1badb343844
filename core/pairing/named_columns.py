"""What the names of columns that a user gave say against the sides that they were given for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.selection import model_roles
from smoothl1.sources.columns import position
from smoothl1.sources.usual_names import usual_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table


def warn_of_swapped_columns(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of predictions that are called targets beside targets that are called predictions.

    Columns that nobody named are judged by `check_names`, which may refuse them: who names columns
    has the last word.

    Args:
        job: The job, which says which columns the user named.
        tables: The inputs, the sides first.
        assigned: The roles of their columns.
        warn: Takes the warning.
    """
    if not any(job.selection.sides.values()) or job.options.separate:
        return
    called = _names_by_role(tables[: job.n_sides], assigned)
    targets = called.pop("target", ())
    if {usual_side(name) for name in targets} != {"pred"}:
        return
    for role in model_roles(called):
        if {usual_side(name) for name in called[role]} == {"target"}:
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
        role: tuple(table.names[position(name, table.names)] for name in columns)
        for table, of_input in zip(sides, assigned, strict=False)
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if table.names
    }
