"""The plan of a run in parts, shown without a run: `smoothl1 eval ... --plan N`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli import console, forms, reporting
from smoothl1.cli.result_tables import is_on_terminal
from smoothl1.errors import counted

if TYPE_CHECKING:
    from smoothl1.cli.arguments import Output
    from smoothl1.job import Job
    from smoothl1.pairing.plan import Plan
    from smoothl1.settings import EvalSettings


def plan_output(output: Output, settings: EvalSettings) -> Output:
    """The output of a plan: standard output, where the option names that of parts or of losses.

    Args:
        output: The output as the user typed it for the run.
        settings: The settings of the run.
    """
    output = output._replace(chosen=())  # columns of the result
    if settings.reduction != "none" and not output.per_row and not forms.is_folder(output.path):
        return output
    is_form = output.format in forms.TABLES and not output.as_json  # --json is about results
    form = output.format if is_form else None
    return output._replace(path=None, format=form)


def show_plan(job: Job, n_parts: int, output: Output, *, quiet: bool) -> None:
    """Write the plan of a run: a row for each part, as a table.

    Args:
        job: The run.
        n_parts: The number of parts.
        output: The output of the table; on a terminal it is aligned, else TSV, unless it says more.
        quiet: Whether warnings are left out.

    Raises:
        SmoothL1Error: The inputs cannot be opened, or not be cut into parts.
    """
    output = forms.summary_output(output)
    warnings: list[str] = []
    with reporting.destination(output) as file:
        from smoothl1.cli.views.plan import plan_json, plan_on_terminal, planned_columns
        from smoothl1.cli.views.tables import write_table
        from smoothl1.pairing.inputs import planned  # late: imports NumPy

        plan = planned(job, n_parts, warnings.append)
        if output.as_json:
            file.write(console.as_json(plan_json(plan)))
        elif is_on_terminal(output):
            file.write(plan_on_terminal(plan).encode())
        else:
            write_table(file, planned_columns(plan), output.table or "tsv")
    if not quiet:
        console.warn([*warnings, *_warning_of_empty_parts(plan)])


def _warning_of_empty_parts(plan: Plan) -> list[str]:
    """The warning that some of the parts that were asked for have no rows, and why."""
    n_parts = len(plan.bounds) - 1
    n_full = sum(part.n_rows > 0 for part in plan.parts())
    if n_full in (0, n_parts):
        return []
    why = f"there are {counted(plan.n_rows, 'row')}"
    if plan.n_rows >= n_parts:
        why = (
            "rows are cut only where files, and row groups of Parquet, begin: write smaller ones, "
            "or ask for fewer parts"
        )
    have = "1 has" if n_full == 1 else f"{n_full} have"
    return [f"of {n_parts} parts, {have} rows: {why}"]
