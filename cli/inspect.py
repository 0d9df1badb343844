"""`smoothl1 inspect`: what files hold, and how their rows would be paired."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli import console, options, outputs, reading, reporting
from smoothl1.cli.parsing import StrictCommand
from smoothl1.errors import SettingsError, SmoothL1Error
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.running.inspection import Content, Pairing

EXAMPLES = """\b
Examples:
  smoothl1 inspect run.parquet
  smoothl1 inspect preds.csv targets.parquet --pred y_hat --target y
  smoothl1 inspect run.csv --pred y_hat --target y --json
"""

_MOST_COLUMNS = 20
"""Listed of a table, and values shown of a row; --json has all."""


@click.command("inspect", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@options.pred_columns
@options.target_columns
@options.key
@options.weight
@options.weights
@options.by
@options.by_column
@options.nan
@reading.options
@options.output
@options.as_json
@options.quiet
@options.without_effect
def command(files: tuple[str, ...], quiet: bool, **given: Any) -> None:
    """Show what FILES hold; and of two files, how `smoothl1 eval` would pair their rows.

    Or of one file, with --pred and --target. Prints the decisions that eval would make about the
    data, and the first three pairs, and reads no more than that takes. Every option of eval is
    accepted, so that only the word changes; those that do not concern reading have no effect.
    """
    target = {name: given[name] for name in ("output", "as_json")}
    outputs.settle_summary(target)
    messages: list[str] = []
    contents, pairing, refusal = _inspected(files, given, messages)
    with reporting.destination(target["output"], None) as file:
        from smoothl1.running.inspection import to_json

        if target["as_json"]:
            file.write(console.as_json(to_json(contents, pairing)))
        else:
            file.write(_text(contents, pairing).encode())
    if not quiet:
        for message in dict.fromkeys(messages):
            console.say(f"smoothl1: warning: {console.printable(message)}")
    if refusal is not None:
        raise refusal


def _inspected(
    files: Sequence[str], given: dict[str, Any], messages: list[str]
) -> tuple[list[Content], Pairing | None, SmoothL1Error | None]:
    """What the files hold, how they would be paired, and why they would not."""
    from smoothl1.running.inspection import describe, preview  # late: this is where NumPy comes in

    sides = (given["pred_columns"], given["target_columns"])
    is_pair = len(files) == 2 or (len(files) == 1 and all(sides))
    if not is_pair and any(sides):
        raise SettingsError("columns are paired of two files, or of one with --pred and --target")
    if any(path == "-" or stat.S_ISFIFO(_mode_of(path)) for path in files):
        raise SettingsError("a pipe cannot be looked at without using it up")
    read_options = reading.read_options(given)
    contents = [describe(path, read_options, messages.append) for path in files]
    if not is_pair:
        return contents, None, None
    settings = EvalSettings(
        nan=given["nan"] or "propagate", by=given["by"], by_column=given["by_column"]
    )
    try:
        pairing = preview(
            files[0],
            files[1] if len(files) == 2 else None,
            settings,
            pred=given["pred_columns"],
            target=given["target_columns"],
            key=given["key"],
            weight=given["weight"],
            weights=given["weights"],
            options=read_options,
            execution=Execution(1),
            warn=messages.append,
        )
    except SmoothL1Error as error:
        return contents, None, error
    return contents, pairing, None


def _mode_of(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return 0  # what is wrong is said when it is opened


def _text(contents: Sequence[Content], pairing: Pairing | None) -> str:
    lines = [line for content in contents for line in _content_lines(content)]
    if pairing is not None:
        lines += ["", "decisions", *_decision_lines(pairing), "", *_pair_lines(pairing)]
    return "".join(f"{line}\n" for line in lines)


def _content_lines(content: Content) -> list[str]:
    n_rows = "rows known when read" if content.n_rows is None else f"{content.n_rows:,} rows"
    what = [content.format, n_rows]
    if content.files:
        what.append(f"{len(content.files):,} files, {content.files[0]} to {content.files[-1]}")
    if content.row_shape is not None:
        what.append(f"{content.dtype}, shape of a row {content.row_shape}")
    lines = [console.printable(f"{content.path}: {', '.join(what)}")]
    lines += [
        f"  {column.name!r} {console.printable(column.type)}"
        for column in content.columns[:_MOST_COLUMNS]
    ]
    more = len(content.columns) - _MOST_COLUMNS
    if more > 0:
        lines.append(f"  and {more:,} more columns")
    if content.doubt is not None:
        lines.append(f"  in doubt: the first row may be a header or data, {content.doubt}")
    return lines


def _decision_lines(pairing: Pairing) -> list[str]:
    lines = []
    for subject, path, choice, reason in pairing.decisions:
        of_input = f" of {path}" if path else ""
        lines.append(console.printable(f"  {subject}{of_input}: {choice} ({reason})"))
    return lines


def _pair_lines(pairing: Pairing) -> list[str]:
    """A table of the first pairs, its cells separated by tabs."""
    if not pairing.pairs:
        return ["no pairs: there are no rows"]
    labels = [name for name, _, _ in pairing.pairs[0].labels]
    heads = ["row", *(f"{name} ({side})" for name in labels for side in ("pred", "target"))]
    lines = ["\t".join(map(console.printable, [*heads, "pred", "target"]))]
    for pair in pairing.pairs:
        texts = [text for _, one, other in pair.labels for text in (one, other)]
        cells = [str(pair.row), *texts, _values(pair.pred), _values(pair.target)]
        lines.append("\t".join(map(console.printable, cells)))
    return lines


def _values(values: Sequence[float | None]) -> str:
    shown = ["missing" if value is None else repr(value) for value in values[:_MOST_COLUMNS]]
    more = len(values) - len(shown)
    return " ".join(shown) + (f" and {more} more" if more > 0 else "")
