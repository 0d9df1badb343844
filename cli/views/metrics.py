"""Results as an object of numbers, such as DVC, MLflow and other trackers of experiments read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from smoothl1.cli.console import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.columns import Column


def metrics(columns: Sequence[Column]) -> bytes:
    """The numbers of a result as JSON: an object, or objects within objects.

    Args:
        columns: The beta of each row, what else it is about, and its numbers. A row of all groups
            has a name in the first column of these, and none in the others of groups.

    Returns:
        The numbers of a row by their names; of several rows, these under the beta if there are
        several, then the groups, the column and the model. A number that does not exist is left
        out, and one that is not finite is null.
    """
    betas, *rest = columns
    subjects = [column for column in rest if column.kind == "text"]
    if len(set(betas.cells)) > 1:
        subjects.insert(0, betas)
    numbers = [column for column in rest if column.kind != "text"]
    document: dict[str, Any] = {}
    for i in range(len(betas.cells)):
        place = document
        for name in (subject.cells[i] for subject in subjects):
            place = place if name is None else place.setdefault(str(name), {})
        cells = {column.name: cast("float | None", column.cells[i]) for column in numbers}
        place |= {
            name: cell if math.isfinite(cell) else None
            for name, cell in cells.items()
            if cell is not None
        }
    return as_json(document)
