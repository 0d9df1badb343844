"""The warning that the last file of a comparison holds predictions, too, which are not used."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from smoothl1.pairing.opened_tables import are_one_input
from smoothl1.sources.columns import has_columns, shown_names
from smoothl1.sources.usual_names import may_be_model, usual_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table


_WORD = re.compile(r"[A-Za-z]+")


def warn_of_unused_predictions(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of targets whose file has the columns that all models have, and is none of the models.

    A file that is called targets is none.

    Args:
        job: The job, which has an input for each model and one for the targets.
        tables: The inputs of the sides, the targets last.
        assigned: The roles of their columns.
        warn: Takes the warning.
    """
    *models, last = (_columns_of(of_input) for of_input in assigned[: job.n_sides])
    names, table = models[0], tables[len(models)]
    if not names or any(other != names for other in models) or set(names) & set(last):
        return
    *sides, targets = paths = job.inputs[: job.n_sides]
    if not _has(table, names, tables) or any(are_one_input(side, targets) for side in sides):
        return
    if _is_called_targets([of.path for of in tables[: len(models)]], table.path):
        return
    given = [side if isinstance(side, str) else "" for side in (*paths, targets)]
    listed = f": {' '.join(map(shlex.quote, given))}" if all(given) else ""
    are = "columns {} are" if len(names) > 1 else "column {} is"
    warn(
        f"{table.path} is TARGET, the last file: its {are.format(shown_names(names))} not used; "
        f"to rank it too, give it twice{listed}"
    )


def _columns_of(of_input: InputRoles) -> Columns:
    """The columns of the first field of an input: its predictions, or the targets."""
    fields = of_input.wanted.fields
    return tuple(fields[0]) if fields else ()


def _has(table: Table, names: Columns, tables: Sequence[Table]) -> bool:
    """Whether a table has columns of these names; positions mean the same in like tables alone."""
    if not has_columns(names, table.names):
        return False
    return {*names} <= {*table.names} or all(other.names == table.names for other in tables)


def _is_called_targets(models: Sequence[str], path: str) -> bool:
    """Whether the name of the last file has a word for targets that no other has."""
    words = [set(_WORD.findall(os.path.basename(other).lower())) for other in (path, *models)]
    own = words[0].difference(*words[1:])
    return any(usual_side(word) == "target" and not may_be_model(word) for word in own)
