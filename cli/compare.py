"""`smoothl1 compare`: two models on the same targets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli import console, options, outputs, reading, reporting
from smoothl1.cli.gating import NO
from smoothl1.cli.parsing import StrictCommand
from smoothl1.errors import SettingsError
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.results.comparison import Comparison

EXAMPLES = """\b
Examples:
  smoothl1 compare old.npy new.npy targets.npy
  smoothl1 compare run.parquet --pred-a old --pred-b new --target y
  smoothl1 compare old.npy new.npy targets.npy --fail-if worse --confidence 0.99
"""

_COLUMNS = (
    *("mean_a", "mean_b", "difference", "low", "high", "t", "p_value"),
    *("a_better", "b_better", "ties"),
)
"""Of the table that is printed, after beta, group and column."""


@click.command("compare", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("pred_a", type=click.Path())
@click.argument("pred_b", type=click.Path(), required=False)
@click.argument("target", type=click.Path(), required=False)
@options.beta
@options.delta
@options.output
@options.as_json
@options.pred_a_columns
@options.pred_b_columns
@options.target_columns
@options.key
@options.weight
@options.weights
@options.by
@options.by_column
@options.nan
@options.level
@options.fail_if
@reading.options
@options.threads
@options.chunk_size
@options.quiet
@options.no_progress
def command(pred_a: str, pred_b: str | None, target: str | None, quiet: bool, **given: Any) -> None:
    """Compare the losses of PRED_A, the model to beat, and PRED_B against TARGET.

    Paired, row by row. Prints a table: the mean losses, the mean difference B - A (below 0, B is
    better) with its confidence interval, Student's paired t, a p-value that goes with the interval,
    and the number of rows in which either is better. Or leave PRED_B and TARGET out and name the
    columns of one table.
    """
    settings = _settings(given)
    outputs.settle_summary(given, table=".tsv")
    messages: list[str] = []
    with (
        reporting.destination(given["output"], None) as file,
        console.progress_bar(enabled=not (quiet or given["no_progress"])) as progress,
    ):
        paths = (pred_a, pred_b, target)
        found = _compare(paths, settings, given, messages.append, progress)
        content = found.to_json(given["confidence"])
        if given["fail_if"] is not None or _is_given("confidence"):
            messages += found.small_samples()
        file.write(
            console.as_json(content) if given["as_json"] else _table(settings, content["results"])
        )
    if not quiet:
        for message in messages:
            console.say(f"smoothl1: warning: {console.printable(message)}")
    _fail_if(given["fail_if"], found, given["confidence"], content["results"])


def _is_given(name: str) -> bool:
    """Whether an option was not left at its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


def _settings(given: dict[str, Any]) -> EvalSettings:
    if not 0 < given["confidence"] < 1:
        raise SettingsError(f"a confidence lies between 0 and 1, {given['confidence']} does not")
    return EvalSettings(
        given["betas"],
        nan=given["nan"] or "propagate",
        by=given["by"],
        by_column=given["by_column"],
    )


def _compare(
    paths: tuple[str, str | None, str | None],
    settings: EvalSettings,
    given: dict[str, Any],
    warn: Callable[[str], None],
    progress: Callable[[int, int | None], None] | None,
) -> Comparison:
    from smoothl1.running.compare import compare  # late: this is where NumPy comes in

    return compare(
        *paths,
        settings,
        pred_a=given["pred_a_columns"],
        pred_b=given["pred_b_columns"],
        target=given["target_columns"],
        key=given["key"],
        weight=given["weight"],
        weights=given["weights"],
        options=reading.read_options(given),
        execution=Execution(given["threads"], given["chunk_size"]),
        warn=warn,
        progress=progress,
    )


def _table(settings: EvalSettings, results: list[dict[str, Any]]) -> bytes:
    """A header and a line for each beta and group, parted by tabs."""
    names = ["beta", *["group"] * (settings.by is not None), *["column"] * settings.by_column]
    lines = ["\t".join([*names, *_COLUMNS])]
    for entry in results:
        cells = [entry[name] for name in names] + [_cell(entry, name) for name in _COLUMNS]
        lines.append("\t".join(console.escaped(str(cell)) for cell in cells))
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(entry: dict[str, Any], name: str) -> object:
    return entry[f"{name}_text"] if entry[name] is None else entry[name]


def _fail_if(
    condition: str | None, found: Comparison, confidence: float, results: list[dict[str, Any]]
) -> None:
    """Exit 1 if B is significantly worse anywhere, or not significantly better everywhere."""
    if condition is None:
        return
    failures = [] if results else ["there are no groups, so there is nothing to compare"]
    for difference, entry in zip(found.differences, results, strict=True):
        words = _failure(condition, difference.estimate.interval_in_unit(confidence), entry)
        if words is not None:
            where = [f"of {n} {entry[n]!r}" for n in ("group", "column") if n in entry]
            where += [f"at beta {entry['beta']!r}"] if len(results) > 1 else []
            subject = " ".join(["the difference B - A", *where])
            failures.append(f"{subject} is {_cell(entry, 'difference')}, {words}")
    for message in failures:
        console.say(f"smoothl1: gate failed: {console.printable(message)}")
    if failures:
        click.get_current_context().exit(NO)


def _failure(condition: str, interval: tuple[float, float], entry: dict[str, Any]) -> str | None:
    """Why a condition does not let a line pass; None where it does.

    Args:
        condition: "worse" or "not-better".
        interval: In a unit in which it neither over- nor underflows, so that no scale of the data
            changes on which side of 0 it lies. What is printed may.
        entry: What is printed.
    """
    low, high = interval
    if low <= 0 if condition == "worse" else high < 0:
        return None
    if not entry["count"]:
        return "of no elements: there is nothing to compare"
    words = "worse" if condition == "worse" else "not better"
    if math.isnan(low):
        words = f"not known to be {'no worse' if condition == 'worse' else 'better'}"
    return f"its interval {_cell(entry, 'low')} to {_cell(entry, 'high')}: B is {words}"
