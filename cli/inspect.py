"""`smoothl1 inspect`: the content of files, and how their rows would be paired."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from smoothl1.cli import console, forms, options, outputs, reading, reporting
from smoothl1.cli.parsing import StrictCommand
from smoothl1.cli.path_types import PathOrUri
from smoothl1.cli.result_tables import is_on_terminal, write_tables
from smoothl1.errors import DataError, SettingsError
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.files.opening import pipe_of
from smoothl1.settings import Execution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.cli.arguments import Output
    from smoothl1.read_options import ReadOptions
    from smoothl1.running.content import Content
    from smoothl1.running.inspection import Pairing
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings

EXAMPLES = """\b
Examples:
  smoothl1 inspect run.parquet
  smoothl1 inspect preds.csv targets.parquet --pred y_hat --target y
  smoothl1 inspect run.csv --pred y_hat --target y --json
"""


@click.command(
    "inspect", cls=StrictCommand, explained_by="eval", epilog=EXAMPLES, no_args_is_help=True
)
@click.argument("files", nargs=-1, required=True, type=PathOrUri())
@options.weights
@options.groups
@options.clusters
@options.settings_of_pairs
@options.selection_of_pairs
@reading.options
@options.output_of_inspection
@options.without_effect
@reading.digests_without_effect
@reading.store_timeout
@options.quiet
def command(
    files: tuple[str, ...],
    weights: str | None,
    groups: str | None,
    clusters: str | None,
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    output: Output,
    quiet: bool,
) -> None:
    """Show what FILES hold; and of two files, how `smoothl1 eval` would pair their rows.

    Or of one file, with --pred and --target. Prints the decisions that eval would make about the
    data, and the first three pairs, and reads no more than that takes; with --format, what the
    files hold as a table.

    Every option of `smoothl1 eval` is accepted, so that only the word changes. Those that do not
    concern reading have no effect. The help of eval explains those that are listed by name alone.
    """
    if output.format not in forms.TABLES or output.format == "metrics":
        output = output._replace(format=None)
    output = forms.summary_output(output)
    is_pair = len(files) == 2 or bool(len(files) == 1 and selection.pred and selection.target)
    if not is_pair and (selection.pred or selection.target):
        raise SettingsError("columns are paired of two files, or of one with --pred and --target")
    if any(path == STANDARD_INPUT or pipe_of(path) for path in files):
        raise SettingsError("a pipe cannot be looked at without using it up")
    _refuse_columns_of_pairs(output)
    outputs.check_in_place(output, (*files, weights, groups, clusters))
    from smoothl1.running.content import describe  # late, since it imports NumPy
    from smoothl1.running.unchanged import unchanged

    warnings: list[str] = []
    pairing, refusal = None, None
    with unchanged(files if is_pair else ()):  # which are opened twice
        contents = [describe(path, reading, warnings.append, by=settings.levels) for path in files]
        if is_pair and output.table in (None, "json") and not output.chosen:
            try:
                beside = {"weights": weights, "groups": groups, "clusters": clusters}
                pairing = _preview(files, beside, settings, selection, reading, warnings.append)
            except (SettingsError, DataError) as error:
                refusal = error  # raised after the content of the files is shown
    if refusal is None or output.path is None:  # an error leaves an old file as it is
        with reporting.destination(output) as file:
            _write(file, contents, pairing, output)
    if not quiet:
        console.warn(warnings)
    if refusal is not None:
        raise refusal


def _refuse_columns_of_pairs(output: Output) -> None:
    """Refuse --columns with the heads of the pairs, which are not in the table.

    Raises:
        SettingsError: There is such a name.
    """
    names = [name.strip() for text in output.chosen for name in text.split(",")]
    for name in names:
        if name in ("row", "pred", "target"):
            raise SettingsError(
                f"--columns chooses of what the files hold, and {name!r} is of the first pairs",
                hint="leave out --columns, which shows the pairs; or --json has them",
            )


def _preview(
    files: Sequence[str],
    beside: dict[str, str | None],
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    warn: Callable[[str], None],
) -> Pairing:
    from smoothl1.running.inspection import preview

    return preview(
        files[0],
        files[1] if len(files) == 2 else None,
        settings,
        pred=selection.pred,
        target=selection.target,
        key=selection.key,
        weight=selection.weight,
        weights=beside["weights"],
        groups=beside["groups"],
        clusters=beside["clusters"],
        options=reading,
        execution=Execution(1),
        warn=warn,
    )


def _write(
    file: BinaryIO, contents: Sequence[Content], pairing: Pairing | None, output: Output
) -> None:
    if output.as_json:
        from smoothl1.running.inspection import to_json

        file.write(console.as_json(to_json(contents, pairing)))
        return
    from smoothl1.cli.views import inspection as views

    if output.table is None and not output.chosen:
        width = console.width_of_stdout() if is_on_terminal(output) else None
        file.write(views.inspection_text(contents, pairing, width).encode())
    else:
        write_tables(file, output, lambda *, for_people: views.content_columns(contents))
