"""The plan of a run in parts: a row for each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.cli.console import width_of_stdout
from smoothl1.cli.views.aligned import aligned
from smoothl1.cli.views.tables import text_of
from smoothl1.results.columns import Column

if TYPE_CHECKING:
    from smoothl1.pairing.plan import Plan

SCHEMA = "smoothl1.plan/1"


def planned_columns(plan: Plan) -> list[Column]:
    """The parts as columns: rows are counted from 1, and an empty part has no first row."""
    parts = plan.parts()
    return [
        Column("part", "count", range(1, len(parts) + 1)),
        Column("first_row", "count", [part.start + 1 if part.n_rows else None for part in parts]),
        Column("rows", "count", [part.n_rows for part in parts]),
        Column("bytes", "count", [part.n_bytes for part in parts]),
        Column("files", "count", [len(part.files) for part in parts]),
    ]


def plan_on_terminal(plan: Plan) -> str:
    """The parts as lines of aligned columns, or of a cell each where these do not fit."""
    columns = planned_columns(plan)
    rows = [
        [text_of(cell, None) for cell in cells]
        for cells in zip(*(column.cells for column in columns), strict=True)
    ]
    heads = [column.name for column in columns]
    return aligned(heads, rows, [False] * len(heads), width_of_stdout())


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as a JSON object, with the paths of the files of each part."""
    columns = planned_columns(plan)
    names = [column.name for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    parts = [
        {**dict(zip(names, row, strict=True)), "files": list(part.files)}
        for row, part in zip(rows, plan.parts(), strict=True)
    ]
    return {"schema": SCHEMA, "plan": plan.fingerprint, "rows": plan.n_rows, "parts": parts}
