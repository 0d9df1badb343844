"""`smoothl1 merge`: the results of parts into the result of the whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli import gating, options, reporting
from smoothl1.errors import DataError, SmoothL1Error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.result import Result

EXAMPLES = """\b
Examples:
  smoothl1 eval preds-1.npy targets-1.npy --json -o part-1.json
  smoothl1 eval preds-2.npy targets-2.npy --json -o part-2.json
  smoothl1 merge part-*.json
  smoothl1 merge part-*.json --baseline main.json --max-increase 1%
"""


@click.command("merge", epilog=EXAMPLES, no_args_is_help=True)
@click.argument("results", nargs=-1, required=True, type=click.Path())
@click.option(
    "--expect",
    type=click.IntRange(1),
    metavar="N",
    help="Number of RESULTs that there must be; any other is refused, so that no part is missing.",
)
@options.output
@options.as_json
@options.precision
@options.gates
@options.ci_files
@options.quiet
def command(results: tuple[str, ...], expect: int | None, quiet: bool, **given: Any) -> None:
    """Join RESULTs, which eval --json wrote of parts of the data, into the result of the whole.

    To the bit, in any order and grouping. A RESULT may be a folder or a quoted pattern, too.
    """
    given["output"] = None if given["output"] == "-" else given["output"]
    with reporting.conclusion(given) as conclusion:
        with reporting.destination(given["output"], None) as file:
            result = _merged(results, expect, conclusion.messages.append)
            file.write(
                reporting.report(result, as_json=given["as_json"], precision=given["precision"])
            )
        conclusion.draw(result)
    conclusion.say(quiet=quiet)


def _merged(paths: Sequence[str], expect: int | None, warn: Callable[[str], None]) -> Result:
    from smoothl1.result import Result
    from smoothl1.sources import files_of

    expanded = [name for path in paths for name in files_of(path, warn) or [path]]
    if expect is not None and len(expanded) != expect:
        raise DataError(f"the number of results is {len(expanded)}, but --expect says {expect}")
    results = [gating.read_result(path) for path in expanded]
    for result, path in zip(results, expanded, strict=True):
        try:
            result.check_alike(results[0])
        except SmoothL1Error as error:
            error.path = f"{expanded[0]} and {path}"
            raise
    counts = Counter(path for result in results for path in set(result.inputs[0].paths))
    twice = [path for path, count in counts.items() if count > 1]
    if twice:
        shown = ", ".join(twice[:3]) + ", ..." * (len(twice) > 3)
        warn(f"several results are of {shown}: is a part counted twice?")
    return Result.merged(results)
