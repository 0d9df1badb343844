"""Cuts the rows of all inputs into n parts, each of which another process may evaluate.

The cuts follow from what headers, footers and sizes of files tell. So every process that sees the
same files makes the same plan, and need not hear of the others. Samples of the bytes tell the plan
from that of other files of the same names and sizes.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import asdict
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, SettingsError
from smoothl1.files.opening import file_bytes
from smoothl1.files.samples import places_of_each, sample_of
from smoothl1.files.uris import is_uri
from smoothl1.sources.contract import Part
from smoothl1.sources.lockstep import common_cuts, unequal_counts
from smoothl1.sources.shard_opener import OF_STORE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.job import InMemory, Job
    from smoothl1.sources.contract import Source

_WILD = frozenset("*?[")

_CHANGING_NOTHING = ("checksums", "digests", "given", "origins")
"""Reading options that change no number."""

_MOST_ELEMENTS = 1024
"""Elements of a row in memory that are sampled."""

_HINT = "convert it to Parquet, or evaluate files one by one and merge the results"


class RowsOfFile(NamedTuple):
    """A file, and the rows of the whole that it holds.

    Attributes:
        path: Its path, or the name of an input that is in memory.
        n_bytes: Its size; None for what is in memory.
        start: Its first row.
        stop: The row after its last one.
    """

    path: str
    n_bytes: int | None
    start: int
    stop: int


class PlannedPart(NamedTuple):
    """What a part reads.

    Attributes:
        start: Its first row, from 0.
        n_rows: Its number of rows; 0 for an empty part.
        n_bytes: Bytes of its files: of a file that it shares with other parts, in proportion to the
            rows.
        files: The paths of the files that hold its rows, each once.
    """

    start: int
    n_rows: int
    n_bytes: int
    files: tuple[str, ...]


class Plan(NamedTuple):
    """The rows of all inputs, cut into parts.

    Attributes:
        bounds: The row at which each part begins, and the one at which the last part ends.
        files: For each input its files, in the order of their rows.
        fingerprint: SHA-256 of all that the parts of a run must have in common.
    """

    bounds: tuple[int, ...]
    files: tuple[tuple[RowsOfFile, ...], ...]
    fingerprint: str

    @property
    def n_rows(self) -> int:
        """The number of all rows."""
        return self.bounds[-1]

    def rows_of(self, index: int) -> Part:
        """The rows of a part, by its number from 1."""
        return Part(self.bounds[index - 1], self.bounds[index])

    def parts(self) -> list[PlannedPart]:
        """What each part reads, in order."""
        n_parts = len(self.bounds) - 1
        read: list[dict[str, int]] = [{} for _ in range(n_parts)]
        for file in (file for of_input in self.files for file in of_input):
            if file.n_bytes is None or file.start == file.stop:
                continue
            first = bisect_right(self.bounds, file.start) - 1
            for i in range(first, bisect_left(self.bounds, file.stop)):
                start, stop = (
                    min(max(row, file.start), file.stop) - file.start
                    for row in self.bounds[i : i + 2]
                )
                if start < stop:
                    n_rows = file.stop - file.start
                    share = file.n_bytes * stop // n_rows - file.n_bytes * start // n_rows
                    read[i].setdefault(file.path, share)
        return [
            PlannedPart(start, stop - start, sum(files.values()), tuple(files))
            for start, stop, files in zip(self.bounds, self.bounds[1:], read, strict=False)
        ]


def plan_of(job: Job, sources: Sequence[Source], n_parts: int) -> Plan:
    """Cut the rows of a job into parts of about the same number of rows.

    Args:
        job: The job.
        sources: A source of each input of the job, of any of its columns, in the order of the file.
        n_parts: The number of parts. If there are not as many rows to cut at, parts are empty.

    Raises:
        SettingsError: An input is no file, or its rows are counted only as they are read.
        ShapeError: The inputs differ in their number of rows.
    """
    if job.settings.leaves_rows_out:
        raise SettingsError(
            "parts are cut before keys are matched, and so cannot leave rows out",
            hint="leave out --unmatched and --duplicates, or evaluate all rows in one run",
        )
    files = tuple(_files_of(*one) for one in zip(job.inputs, sources, strict=True))
    for source in sources:
        _check_rows_known(source)
    counts = [source.n_rows for source in sources]
    n_rows = counts[0]
    if job.options.flatten and len(set(counts)) > 1:
        raise SettingsError("parts are cut at rows, and these inputs have no rows in common")
    if n_rows is None or len(set(counts)) > 1:
        raise unequal_counts(sources, counts, "rows")
    bounds = _bounds(n_rows, common_cuts(sources), n_parts)
    samples = [_samples_of(*one) for one in zip(files, sources, strict=True)]
    by_log = [source.details.by_log for source in sources]
    return Plan(bounds, files, _fingerprint(job, bounds, files, samples, by_log))


def _files_of(given: str | InMemory, source: Source) -> tuple[RowsOfFile, ...]:
    """The files of an input; what is in memory counts as one.

    Raises:
        SettingsError: It is a pipe or standard input.
    """
    files, bounds = source.details.files, source.details.bounds or ()
    if files:
        found = zip(files, bounds, bounds[1:], strict=False)
        return tuple(RowsOfFile(of.path, of.n_bytes, start, stop) for of, start, stop in found)
    n_bytes = None
    if isinstance(given, str):
        n_bytes = file_bytes(source.path)
        if n_bytes is None:
            raise SettingsError(
                "a pipe cannot be cut into parts: other processes see other data in it",
                path=source.path,
                hint="write it to a file",
            )
    return (RowsOfFile(source.path, n_bytes, 0, source.n_rows or 0),)


def _check_rows_known(source: Source) -> None:
    """Refuse a source without rows, or at whose rows no reader can begin.

    Raises:
        SettingsError: The rows cannot be cut.
    """
    if source.n_rows is None:
        raise SettingsError(
            f"rows of {source.format} are counted only as they are read, so that a part cannot "
            "tell its own",
            path=source.path,
            hint=_HINT,
        )
    if source.cuts == ():
        raise SettingsError(
            f"this {source.format} is read only from its beginning, so that no part can begin "
            "within",
            path=source.path,
            hint="store it without compression",
        )
    if any(field.is_scalar for field in source.fields):
        raise SettingsError(
            "a single number has no rows to cut", path=source.path, hint="leave out --part"
        )


def _bounds(n_rows: int, cuts: tuple[int, ...] | None, n_parts: int) -> tuple[int, ...]:
    """The row at which each part begins, and the last one ends: the cuts next to even parts."""
    even = [n_rows * i // n_parts for i in range(n_parts + 1)]
    if cuts is None:
        return tuple(even)
    borders = sorted({0, *cuts, n_rows})
    return tuple(_nearest(borders, row) for row in even)


def _nearest(borders: Sequence[int], row: int) -> int:
    """The border that is nearest to a row, the lower one of two."""
    i = bisect_left(borders, row)
    return min(borders[max(0, i - 1) : i + 1], key=lambda border: abs(border - row))


def _fingerprint(
    job: Job,
    bounds: tuple[int, ...],
    files: tuple[tuple[RowsOfFile, ...], ...],
    samples: Sequence[Sequence[str]],
    by_log: Sequence[Sequence[str]],
) -> str:
    """SHA-256 of all that the parts of a run must have in common.

    Files go by their sizes and samples of their bytes, and by their names within the folder or
    pattern that was given, which may be mounted elsewhere on another machine. What the log of a
    table says of their columns counts, too: it may change, and the files stay.
    """
    options = {k: v for k, v in job.options._asdict().items() if k not in _CHANGING_NOTHING}
    content: dict[str, Any] = {
        "settings": asdict(job.settings),
        "selection": asdict(job.selection),
        "nan": job.nan_policy._asdict(),
        "options": options,
        "beside": job.beside,
        "bounds": bounds,
        "inputs": [
            [
                (_name_within(given, file.path), file.n_bytes, file.stop, sample)
                for file, sample in zip(of_input, of_samples, strict=True)
            ]
            for given, of_input, of_samples in zip(job.inputs, files, samples, strict=True)
        ],
    }
    if any(by_log):
        content["by log"] = by_log
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _samples_of(files: Sequence[RowsOfFile], source: Source) -> list[str]:
    """A sample of each file of an input, or of what is in memory."""
    n_places = places_of_each(len(files))

    def sample(file: RowsOfFile) -> str:
        if file.n_bytes is None:
            return _sample_of_memory(source, n_places)
        return sample_of(file.path, file.n_bytes, n_places)

    is_remote = any(is_uri(file.path) for file in files[:1])
    n_at_once = OF_STORE if is_remote else 1  # for files, threads take longer than they save
    return list(mapped(sample, files, n_at_once, is_awaited=not is_remote))


def _sample_of_memory(source: Source, n_places: int) -> str:
    """SHA-256 of some rows of what is in memory, spread evenly."""
    digest = hashlib.sha256()
    last = (source.n_rows or 0) - 1
    for row in sorted({last * i // (n_places - 1) for i in range(n_places)} - {-1}):
        with suppress(DataError):  # the part that has the row tells of a fault
            for block in source.blocks(Part(row, row + 1), 1):
                for numbers in block.fields:
                    digest.update(numbers.values[:_MOST_ELEMENTS].tobytes())
                    digest.update(repr(numbers.missing).encode())
                digest.update(repr([label.to_pylist() for label in block.labels]).encode())
    return digest.hexdigest()


def _name_within(given: str | InMemory, path: str) -> str:
    """The name of a file from the folder or pattern on by which it was found."""
    names = path.split(os.sep)
    if not isinstance(given, str):
        return names[-1]
    of_given = given.rstrip(os.sep).split(os.sep)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(names, of_given, strict=False))
    n_same = len(list(same))
    is_found = n_same > 0 or not _WILD.isdisjoint(of_given[0])
    return "/".join(names[min(n_same, len(names) - 1) :]) if is_found else names[-1]
