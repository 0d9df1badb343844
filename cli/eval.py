"""`smoothl1 eval`: one pass over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import click

from smoothl1.cli import console, options, outputs, reading, reporting
from smoothl1.cli.parsing import StrictCommand
from smoothl1.errors import SettingsError
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.results.result import Result

EXAMPLES = """\b
Examples:
  smoothl1 eval preds.npy targets.npy --beta 0.5
  smoothl1 eval run.parquet --pred y_hat --target y --json
  smoothl1 eval preds.csv targets.npy -b 0.1 -b 1 -b 10
  smoothl1 eval preds.npy targets.npy -r none -o losses.npy
"""


@click.command("eval", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("pred", type=click.Path())
@click.argument("target", type=click.Path(), required=False)
@options.beta
@options.delta
@options.reduction
@options.output
@options.output_format
@options.as_json
@options.precision
@options.pred_columns
@options.target_columns
@options.key
@options.weight
@options.weights
@options.by
@options.by_column
@options.nan
@options.gates
@options.ci_files
@reading.options
@options.threads
@options.chunk_size
@options.quiet
@options.no_progress
def command(pred: str, target: str | None, quiet: bool, **given: Any) -> None:
    """Evaluate the Smooth L1 loss of PRED against TARGET.

    Both are .npy, CSV, Parquet or Arrow files, also inside gzip or zstd, told apart by content; "-"
    is standard input, and a folder or quoted pattern stands for its files. Or leave TARGET out and
    name the columns of one table with --pred and --target. Prints the mean, formed exactly and
    rounded once.
    """
    settings = EvalSettings(
        given["betas"],
        given["reduction"],
        given["nan"] or "propagate",
        by=given["by"],
        by_column=given["by_column"],
    )
    format_out = _format_out(settings, given)
    _check_inputs(target, given["pred_columns"], given["target_columns"])
    with reporting.conclusion(given, (pred, target, given["weights"])) as conclusion:
        with (
            reporting.destination(given["output"], format_out) as file,
            console.progress_bar(enabled=_shows_progress(settings, quiet, given)) as progress,
        ):
            losses_to = None if format_out is None else (file, format_out)
            warn = conclusion.messages.append
            result = _evaluate(pred, target, settings, losses_to, warn, progress, given)
            if settings.reduction != "none":
                file.write(
                    reporting.report(result, as_json=given["as_json"], precision=given["precision"])
                )
        if settings.reduction == "none" and given["as_json"]:
            with reporting.destination(None, None) as stdout:
                stdout.write(console.as_json(result.to_json()))
        conclusion.draw(result)
    conclusion.say(quiet=quiet)


def _evaluate(
    pred: str,
    target: str | None,
    settings: EvalSettings,
    losses_to: tuple[BinaryIO, str] | None,
    warn: Callable[[str], None],
    progress: Callable[[int, int | None], None] | None,
    given: dict[str, Any],
) -> Result:
    from smoothl1.running.evaluate import LossOutput, evaluate  # late: this is where NumPy comes in

    return evaluate(
        pred,
        target,
        settings,
        pred=given["pred_columns"],
        target=given["target_columns"],
        key=given["key"],
        weight=given["weight"],
        weights=given["weights"],
        options=reading.read_options(given),
        execution=Execution(given["threads"], given["chunk_size"]),
        losses_to=losses_to and LossOutput(*losses_to),
        statistics=_needs_statistics(given),
        warn=warn,
        progress=progress,
    )


def _format_out(settings: EvalSettings, given: dict[str, Any]) -> str | None:
    """The format of per-element losses; None where the losses are reduced."""
    if settings.reduction == "none":
        return outputs.format_of_losses(given)
    if given["format_out"] is not None:
        raise SettingsError(
            f"-f {given['format_out']} is for losses of single elements",
            hint="add --reduction none",
        )
    outputs.settle_summary(given)
    return None


def _check_inputs(
    target: str | None, pred_columns: tuple[str, ...], target_columns: tuple[str, ...]
) -> None:
    if target is None and not (pred_columns and target_columns):
        raise SettingsError(
            "TARGET is missing", hint="name a second file, or both columns: --pred COL --target COL"
        )


def _needs_statistics(given: dict[str, Any]) -> bool:
    """Whether anyone will see a standard error; without, arrays are read faster."""
    seen = given["as_json"] or given["confidence"] or given["markdown"] or given["github"]
    return bool(seen) or given["on_missing_baseline"] == "create" or console.is_terminal(2)


def _shows_progress(settings: EvalSettings, quiet: bool, given: dict[str, Any]) -> bool:
    """Not amid the losses of elements, if these go to the terminal, too."""
    amid = settings.reduction == "none" and given["output"] is None and console.is_terminal(1)
    return not (quiet or given["no_progress"] or amid)
