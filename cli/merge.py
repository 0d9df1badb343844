"""`smoothl1 merge`: the results of parts merged into the result of the whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from smoothl1.cli import console, forms, options, reporting
from smoothl1.cli.parsing import StrictCommand, WholeNumber
from smoothl1.cli.saved_results import read_result
from smoothl1.errors import DataError, naming
from smoothl1.files.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.cli.arguments import CiReports, GateOptions, Output
    from smoothl1.results.result import Result
    from smoothl1.running.progress import Progress

EXAMPLES = """\b
Examples:
  smoothl1 eval preds-1.npy targets-1.npy --json -o part-1.json
  smoothl1 eval preds-2.npy targets-2.npy --json -o part-2.json
  smoothl1 merge part-*.json
  smoothl1 merge part-*.json --expect 2 --baseline main.json --max-increase 1%
"""


@click.command("merge", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("results", nargs=-1, required=True, type=click.Path())
@click.option(
    "--expect",
    type=WholeNumber(min=1),
    metavar="N",
    help="Refuse any other number of RESULTs: a part that is missing must not pass.",
)
@options.output_of_result
@options.gates
@options.ci_reports
@options.quiet
@options.progress
def command(
    results: tuple[str, ...],
    expect: int | None,
    output: Output,
    gates: GateOptions,
    reports: CiReports,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Join RESULTs, which eval --json wrote of parts of the data, into the result of the whole.

    To the bit, in any order and grouping. A RESULT may be a folder, a quoted pattern, or "-" for
    standard input, too.
    """
    output = forms.summary_output(output)
    with reporting.conclusion(output, gates, reports, results) as conclusion:
        with (
            reporting.destination(output) as file,
            console.progress_bar(enabled=has_bar and not quiet, unit="results") as progress,
        ):
            result = _merged(results, expect, conclusion.warnings.append, progress)
            reporting.write_result(file, result, output)
        conclusion.finish(result, output.precision)
    conclusion.announce(output, quiet=quiet)


def _is_pipe(path: str) -> bool:
    """Whether a name means other data in every run.

    That is standard input, the `<(...)` of a shell, and `<predictions>`, which were in memory.
    """
    return path == "-" or path.startswith(("/dev/", "/proc/", "<"))


def _merged(
    paths: Sequence[str],
    expect: int | None,
    warn: Callable[[str], None],
    report: Callable[[Progress], None] | None,
) -> Result:
    from smoothl1.results.result import Result
    from smoothl1.sources.formats import files_of

    expanded = [name for path in paths for name in files_of(path, warn) or [path]]
    if expect is not None:
        _check_number(expanded, expect)
    _refuse_twice(expanded)
    results = list(_read(expanded, report))
    for result, path in zip(results, expanded, strict=True):
        with naming(f"{expanded[0]} and {path}"):
            result.check_alike(results[0])
    counts = Counter(path for result in results for path in set(result.inputs[0].paths))
    twice = [path for path, count in counts.items() if count > 1 and not _is_pipe(path)]
    if twice:
        shown = ", ".join(twice[:3]) + ", ..." * (len(twice) > 3)
        warn(f"several results are of {shown}: is a part counted twice?")
    return Result.merged(results)


def _read(paths: Sequence[str], report: Callable[[Progress], None] | None) -> Iterator[Result]:
    """Read all results, and say how many are read."""
    if report is not None:
        from smoothl1.running.progress import Progress  # late: only for a terminal
    for n_read, path in enumerate(paths, start=1):
        yield read_result(path)
        if report is not None:
            report(Progress(n_read, len(paths)))


def _check_number(paths: Sequence[str], expect: int) -> None:
    """Refuse an unexpected number of files."""
    if len(paths) != expect:
        are = "is 1 result" if len(paths) == 1 else f"are {len(paths):,} results"
        raise DataError(f"there {are}, and --expect says {expect:,}")


def _refuse_twice(paths: Sequence[str]) -> None:
    """Refuse a file that is given twice, also by a link."""
    named = [path for path in paths if not _is_pipe(path)]
    files = [real_path(path) for path in named]
    for file, times in Counter(files).most_common(1):
        if times > 1:
            raise DataError(
                f"given {times} times, and a part counts once",
                path=named[files.index(file)],
                hint="give it once",
            )
