"""Saved results, read and merged; with what the figures of a report are drawn from, if asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from smoothl1.checks import is_sum
from smoothl1.cli.counted_twice import refuse_whole_and_parts, warn_of_twice
from smoothl1.cli.saved_results import read_report
from smoothl1.errors import DataError, naming
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.files.opening import refuse_one_pipe_twice
from smoothl1.files.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.figures.data import FigureData
    from smoothl1.figures.stretches import Stretch
    from smoothl1.results.result import Result
    from smoothl1.running.progress import Progress

Figures = Literal["needed", "kept", "none"]
"""Whether the data of figures must be there, are kept if all parts have them, or are not merged."""


class Merged(NamedTuple):
    """The result of several parts.

    Attributes:
        result: The result of the whole.
        data: What the figures of its report are drawn from; None if that is not wanted, or if not
            all parts have it.
    """

    result: Result
    data: FigureData | None = None


def merged_results(
    paths: Sequence[str],
    expect: int | None,
    figures: Figures,
    warn: Callable[[str], None],
    progress: Callable[[Progress], None] | None,
) -> Merged:
    """Read saved results, and merge them.

    Args:
        paths: Files, folders and patterns, as the user typed them; "-" is standard input.
        expect: The number of files that there have to be; None for any.
        figures: What is done with the data of figures.
        warn: Takes a warning about what may be wrong.
        progress: Takes how many files are read.

    Raises:
        DataError: A file is damaged, is no result, or there twice, also as a part of a merged
            result; there is another number of files; results differ in their settings; one has no
            figures, and they are needed; or rows are in two reports, or between them in none.
        StorageError: A file cannot be read.
        SettingsError: Two paths are one pipe.
    """
    from smoothl1.results.alike import check_alike
    from smoothl1.results.part import check_parts
    from smoothl1.results.result import Result

    found = [(path, _files_of(path, warn)) for path in paths]
    expanded = [name for _, files in found for name in files]
    if expect is not None:
        _check_number(expanded, expect)
    refuse_one_pipe_twice(expanded)
    _refuse_twice(expanded)
    results: list[Result] = []
    data: FigureData | None = None
    without: list[str] = []
    stretches: list[Stretch] = []
    for path, part in zip(expanded, _read(expanded, figures, progress), strict=True):
        with naming(f"{expanded[0]} and {path}"):
            check_alike(part.result, (results or [part.result])[0])
        if part.data is None:
            without.append(path)
        else:
            stretches += part.data.stretches
        if figures != "none":
            data = _together(data, part) if results else part.data
        results.append(part.result)
    if stretches:
        _check_places(stretches, figures, warn, are_all=not without)
    if figures == "kept" and 0 < len(without) < len(results):
        warn(f"the merged result has no figures, since {without[0]} has none")
    check_parts([result.part for result in results], expanded)
    if results[0].part is None:
        _refuse_missing(found)
        _check_apart(results, expanded, warn)
    else:
        _warn_of_paths(results, warn)
    whole = Result.merged(results)
    _warn_of_digests(results, expanded, warn)
    if results[0].part is not None:
        _warn_of_pairs(whole, warn)
    return Merged(whole, data)


def _files_of(path: str, warn: Callable[[str], None]) -> list[str]:
    """The results that a path stands for; of a folder with losses of parts, their records."""
    from smoothl1.files.part_records import records_of
    from smoothl1.sources.formats import files_of

    files = files_of(path, warn, are_results=True)
    return [path] if files is None else records_of(files) or files


def _refuse_missing(found: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Refuse results that know nothing of other parts, where the names of their files do.

    Args:
        found: For each path, as the user typed it, the files that it stands for.

    Raises:
        DataError: See `shard_counts.refuse_incomplete`.
    """
    from smoothl1.files.shard_counts import refuse_incomplete
    from smoothl1.files.tree import tree_of
    from smoothl1.files.uris import resolved

    for path, files in found:
        if list(files) != [path]:
            refuse_incomplete(sorted(files), resolved(path), tree_of(resolved(path)))


def _check_apart(
    results: Sequence[Result], names: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Refuse rows that are certainly in two results, and warn of what may be odd about these.

    Args:
        results: Results that are no parts of a run.
        names: For each the name of its file.
        warn: Takes a warning.

    Raises:
        DataError: A merged result is beside its parts.
    """
    from smoothl1.results.group_spellings import spelling_warnings  # late, as above

    refuse_whole_and_parts(results, names)
    warn_of_twice(results, warn)
    _warn_of_columns(results, warn)
    for message in spelling_warnings(results):
        warn(message)


def _check_places(
    stretches: Sequence[Stretch], figures: Figures, warn: Callable[[str], None], *, are_all: bool
) -> None:
    """Refuse rows that are in two reports, or between them in none; a report may lack some yet.

    Args:
        stretches: The rows of the reports in their places.
        figures: What is done with figures: where they are kept, other parts may be merged later.
        warn: Takes a warning about rows that are in none.
        are_all: Whether each result is a report, so that none may hold the rows.

    Raises:
        DataError: Rows are in two, or in none.
    """
    from smoothl1.figures.stretches import gap_in, lacks_rows  # late: most results have no figures

    gap = gap_in(stretches)
    if gap and are_all and figures == "kept":
        warn(f"{gap}: merge the parts that hold them, too")
    elif gap and are_all and figures == "none":
        raise lacks_rows(gap)


def _together(data: FigureData | None, part: Merged) -> FigureData | None:
    """The data of the parts so far, and of another."""
    if data is None or part.data is None:
        return None
    return data.merged((data, part.data), part.result.settings.betas[0])


def _read(
    paths: Sequence[str], figures: Figures, progress: Callable[[Progress], None] | None
) -> Iterator[Merged]:
    """Read all results, and say how many are read."""
    if progress is not None:
        from smoothl1.running.progress import Progress  # late: only for a terminal
    for n_read, path in enumerate(paths, start=1):
        yield Merged(*read_report(path, needs_figures=figures == "needed"))
        if progress is not None:
            progress(Progress(n_read, len(paths)))


def _warn_of_paths(results: Sequence[Result], warn: Callable[[str], None]) -> None:
    """Warn of parts of other paths: a plan has samples of the files, and not all of their bytes."""
    for i, what in enumerate(("predictions", "targets")):
        paths = sorted({result.inputs[i].paths for result in results})
        if len(paths) > 1:
            one, other = (", ".join(some) for some in paths[:2])
            warn(f"the {what} of these parts have other paths, {one} and {other}: the same files?")


def _warn_of_digests(
    results: Sequence[Result], paths: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Warn of results without digests beside others that have some."""
    if not any(result.digests for result in results):
        return
    from smoothl1.results.merging import lacks_digests

    pairs = zip(paths, results, strict=True)
    without = next((path for path, result in pairs if lacks_digests(result)), None)
    if without is not None:
        warn(f"the merged result has no digests of files, since {without} has none")


def _warn_of_pairs(whole: Result, warn: Callable[[str], None]) -> None:
    """Warn of NaN, infinite losses and pairs left out, as one run over all parts does."""
    from functools import reduce

    from smoothl1.results.part import (
        INFINITE_SUM,
        are_infinite,
        are_nan,
        has_infinite_sum,
        left_out_warnings,
    )
    from smoothl1.results.sentinels import sentinel_warnings
    from smoothl1.tallies.tally import Tally

    tally = reduce(Tally.merge, whole.tallies[: len(whole.groups)], Tally())
    if tally.n_nan and not whole.expects_nan:
        warn(are_nan(tally))
    if tally.n_inf:
        warn(f"{are_infinite(tally.n_inf, tally)}: where they were evaluated, a warning says why")
    elif is_sum(whole.reduction) and has_infinite_sum(tally):
        warn(INFINITE_SUM)
    for message in left_out_warnings(tally, whole.settings.ignore_target):
        warn(message)
    for message in sentinel_warnings(whole) if whole.settings.top else ():
        warn(message)


def _warn_of_columns(results: Sequence[Result], warn: Callable[[str], None]) -> None:
    """Warn of results of columns of other names, which may differ if they have their own results.

    Then a column may have other targets, or a number in results of arrays.
    """
    if results[0].settings.by_column:
        from smoothl1.results.column_targets import first_other_target, numbered_and_named

        if found := first_other_target(results):
            targets = f"{found.first!r}; {found.second!r}"
            warn(f"the targets of column {found.column!r} of these results are: {targets}")
        if both := numbered_and_named(results):
            numbers, names = (", ".join(columns) for columns in both)
            warn(
                f"columns {numbers} of some results and {names} of others may be the same, and "
                "stay apart (evaluate all with names, or all without)"
            )
        return
    for i, what in enumerate(("predictions", "targets")):
        named = sorted({result.inputs[i].names for result in results} - {()})
        if len(named) > 1:
            one, other = (", ".join(map(repr, names)) for names in named[:2])
            more = ", ..." * (len(named) > 2)
            warn(f"the {what} of these results are different columns: {one}; {other}{more}")


def _check_number(paths: Sequence[str], expect: int) -> None:
    """Refuse an unexpected number of files."""
    if len(paths) != expect:
        are = "is 1 result" if len(paths) == 1 else f"are {len(paths):,} results"
        raise DataError(f"there {are}, and --expect says {expect:,}")


def _refuse_twice(paths: Sequence[str]) -> None:
    """Refuse a file that is given twice, also by a link."""
    named = [path for path in paths if path != STANDARD_INPUT]
    files = [real_path(path) for path in named]
    for file, times in Counter(files).most_common(1):
        if times > 1:
            raise DataError(
                f"given {times} times, and a part counts once",
                path=named[files.index(file)],
                hint="give it once",
            )
