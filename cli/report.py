"""`smoothl1 report`: where the loss comes from."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import click

from smoothl1.cli import console, forms, options, reading
from smoothl1.cli.eval import check_sides
from smoothl1.cli.parsing import StrictCommand
from smoothl1.errors import SettingsError, storage_error
from smoothl1.files.atomic import atomic_file

if TYPE_CHECKING:
    from smoothl1.figures.report import Report
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution
    from smoothl1.sources.contract import ReadOptions

EXAMPLES = """\b
Examples:
  smoothl1 report preds.npy targets.npy --beta 0.5
  smoothl1 report run.parquet --pred y_hat --target y -o report.html
  smoothl1 report preds.npy targets.npy -o figures/
"""


@click.command("report", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("pred", type=click.Path())
@click.argument("target", type=click.Path(), required=False)
@options.weights
@options.groups
@options.settings_of_report
@options.selection
@reading.options
@options.path_of_report
@options.execution
@options.device
@options.quiet
@options.progress
def command(
    pred: str,
    target: str | None,
    weights: str | None,
    groups: str | None,
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    path: str | None,
    execution: Execution,
    device: str,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Show where the loss of PRED against TARGET comes from.

    In one pass: the distances with beta, signed errors, predictions against targets, the loss at
    other betas and along the rows, and each group with its interval. Without -o, as text; with -o
    FILE.html, as one page that needs no script and no network; with -o FOLDER/, a file for each
    drawing. The inputs are those of `smoothl1 eval`.
    """
    check_sides(target, selection)
    _check_path(path)
    warnings: list[str] = []
    with console.progress_bar(enabled=has_bar and not quiet) as progress:
        from smoothl1.running.report import report  # late, since it imports NumPy

        found = report(
            pred,
            target,
            settings,
            pred=selection.pred,
            target=selection.target,
            key=selection.key,
            weight=selection.weight,
            weights=weights,
            groups=groups,
            keep=selection.keep,
            options=reading,
            execution=execution,
            device=device,
            warn=warnings.append,
            progress=progress,
        )
    _write(found, path)
    if not quiet:
        console.warn(warnings)


def _check_path(path: str | None) -> None:
    """Refuse a name that says neither a page nor a folder."""
    if path is None or path.lower().endswith(forms.PAGES) or _is_folder(path):
        return
    raise SettingsError(
        "a report is a page or a folder of drawings",
        path=path,
        hint="name it .html, or end the name of a folder with /",
    )


def _is_folder(path: str) -> bool:
    return path.endswith(("/", os.sep)) or os.path.isdir(path)


def _write(found: Report, path: str | None) -> None:
    if path is None:
        from smoothl1.cli.views.report import report_text

        is_ascii = not _takes_blocks()
        width = console.width_of_stdout() if console.is_terminal(1) else 80
        with console.standard_output(binary=False) as stdout:
            stdout.write(report_text(found, width, is_ascii=is_ascii).encode())
    elif _is_folder(path):
        _write_folder(found, path)
    else:
        with atomic_file(path) as file:
            file.write(found.to_html().encode())


def _write_folder(found: Report, folder: str) -> None:
    """Write each drawing as a file of its own, all or none; those of an earlier report go."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    from smoothl1.figures.report import NAMES

    drawings = found.svgs()
    with ExitStack() as stack:
        for name, drawing in drawings.items():
            path = os.path.join(folder, f"{name}.svg")
            stack.enter_context(atomic_file(path)).write(drawing.encode())
    for name in NAMES - drawings.keys():
        with suppress(OSError):
            os.unlink(os.path.join(folder, f"{name}.svg"))


def _takes_blocks() -> bool:
    """Whether stdout can show characters beyond ASCII."""
    try:
        "\N{FULL BLOCK}\N{LEFT ONE EIGHTH BLOCK}".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return os.environ.get("TERM") != "dumb"
