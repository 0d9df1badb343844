"""`smoothl1 eval`: one pass over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.cli import console, forms, options, part_files, planning, reading, reporting
from smoothl1.cli.known_columns import check_columns_of_result
from smoothl1.cli.parsing import StrictCommand
from smoothl1.cli.part_options import refuse_gates, warn_of_part
from smoothl1.cli.path_types import PathOrUri
from smoothl1.cli.reading import NOT_SEEN
from smoothl1.cli.saved_inputs import refuse_saved_result
from smoothl1.errors import SettingsError
from smoothl1.files.file import STANDARD_INPUT

if TYPE_CHECKING:
    from smoothl1.cli.arguments import CiReports, GateOptions, Output, Parts
    from smoothl1.cli.engine_options import EngineChoice
    from smoothl1.read_options import ReadOptions
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution

EXAMPLES = """\b
Examples:
  smoothl1 eval preds.npy targets.npy --beta 0.5
  smoothl1 eval run.parquet --pred y_hat --target y --json
  smoothl1 eval preds.csv targets.npy -b 0.1 -b 1 -b 10
  smoothl1 eval preds.npy targets.npy -r none -o losses.npy
  smoothl1 eval preds.npy targets.npy --part 3/16 --json -o part-3.json
"""

_UNSEEN = (
    "clusters change standard errors alone, and lines of values have none: -f tsv or --json shows "
    "them"
)

_UNSEEN_METRICS = (
    "losses have no lines of metrics beside them: --json with -o FILE shows what --also, "
    "--quantile and --within form"
)


@click.command("eval", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("pred", type=PathOrUri())
@click.argument("target", type=PathOrUri(), required=False)
@options.weights
@options.groups
@options.clusters
@options.settings
@options.selection
@reading.options_of_result
@options.output
@options.gates
@options.ci_reports
@options.parts
@options.execution
@options.device
@options.engine
@reading.store_timeout
@options.quiet
@options.progress
def command(
    pred: str,
    target: str | None,
    weights: str | None,
    groups: str | None,
    clusters: str | None,
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    output: Output,
    gates: GateOptions,
    reports: CiReports,
    parts: Parts,
    execution: Execution,
    device: str,
    engine: EngineChoice,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Evaluate the Smooth L1 loss of PRED against TARGET.

    Both are .npy, CSV, JSON Lines, Parquet or Arrow files, also compressed, told apart by content;
    "-" is standard input, and a folder or quoted pattern stands for its files. Or leave TARGET out
    and name the columns of one table with --pred and --target. Prints the mean, formed exactly and
    rounded once.
    """
    beside = {"weights": weights, "groups": groups, "clusters": clusters}
    if parts.n_planned is not None:
        check_sides(pred, target, selection)
        from smoothl1.job import Job  # late, as below

        job = Job.of((pred, target), selection, settings, reading, execution, **beside)
        output = planning.plan_output(output, settings)
        planning.show_plan(job, parts.n_planned, output, quiet=quiet)
        return
    refuse_gates(parts, gates, reports)
    is_reduced = settings.reduction != "none" and not output.per_row
    if is_reduced:
        output = forms.summary_output(output, may_be_losses=True)
        check_columns_of_result(output, settings, selection, beside)
    else:
        output = forms.losses_output(output, settings, {"--groups": groups, "--clusters": clusters})
    has_json = output.as_json or gates.on_missing_baseline == "create"
    output = part_files.in_folder(output, parts)
    check_sides(pred, target, selection)
    shows_progress = has_bar and not (quiet or _is_amid_losses(output))
    has_statistics = _shows_statistics(output, gates, reports)
    inputs = (pred, target, *beside.values())
    with reporting.conclusion(output, gates, reports, inputs) as conclusion:
        with (
            part_files.opened(output, conclusion.files) as (file, in_folder),
            engine.opened() as executor,
        ):
            from smoothl1.job import Job  # late: these import NumPy
            from smoothl1.running.evaluate import LossOutput, evaluate_job

            losses_to = None
            if output.format is not None:
                begin = in_folder.begin if in_folder else None
                losses_to = LossOutput(file, output.format, output.per_row, begin)
            with console.progress_bar(enabled=shows_progress) as progress:
                job = Job.of(
                    (pred, target),
                    selection,
                    settings,
                    reading,
                    execution,
                    statistics=has_statistics,
                    part=parts.part,
                    **beside,
                )
                result = evaluate_job(
                    job,
                    device=device,
                    executor=executor,
                    losses_to=losses_to,
                    warn=conclusion.warnings.append,
                    progress=progress,
                )
            if in_folder is not None:
                in_folder.end(result)
            if is_reduced:
                baseline = conclusion.baseline_of(result)
                warn = conclusion.warnings.append
                reporting.write_result(file, result, output, baseline, warn_of_rows=warn)
                warn_of_part(result, output, warn)
            if not has_statistics:
                conclusion.warnings.extend(_unseen(result.settings, is_reduced=is_reduced))
            is_compared = gates.baseline is not None  # with those of the baseline
            if result.digests and not (has_json or is_compared) and in_folder is None:
                conclusion.warnings.append(NOT_SEEN)
        if output.as_json and not is_reduced:
            with reporting.standard_output("json") as stdout:
                stdout.write(console.result_as_json(result))
        conclusion.finish(result, output.precision)
    conclusion.announce(output, quiet=quiet)


def check_sides(pred: str, target: str | None, selection: Selection) -> None:
    """Refuse one input without the columns of both sides.

    Args:
        pred: The path of the first input.
        target: That of the second, if there is one.
        selection: The columns that are named.

    Raises:
        SettingsError: There is no second input, and a column is not named.
        DataError: There is none, and the first is JSON that smoothl1 has written.
    """
    if target is None and not (selection.pred and selection.target):
        from shlex import quote  # late: only for this error

        refuse_saved_result(pred)
        listed = "" if pred == STANDARD_INPUT else f"; smoothl1 inspect {quote(pred)} lists them"
        raise SettingsError(
            "TARGET is missing",
            hint=f"name a second file, or both columns: --pred COL --target COL{listed}",
        )


def _shows_statistics(output: Output, gates: GateOptions, reports: CiReports) -> bool:
    """Whether an output shows standard errors; without them, arrays are read faster."""
    seen = output.table or output.chosen or gates.confidence or reports.markdown or reports.github
    is_looked_at = console.is_terminal(2) or (output.path is None and console.is_terminal(1))
    return bool(seen or output.as_json) or gates.on_missing_baseline == "create" or is_looked_at


def _unseen(settings: EvalSettings, *, is_reduced: bool) -> list[str]:
    """What was formed and stands in no output, as a warning, where no standard errors are shown."""
    if is_reduced:
        return [_UNSEEN] if settings.cluster is not None else []
    return [_UNSEEN_METRICS] if settings.has_metrics else []


def _is_amid_losses(output: Output) -> bool:
    """Whether a progress bar would mix with losses of elements that go to the terminal."""
    return output.format is not None and output.path is None and console.is_terminal(1)
