"""What is written where: what the name of an output asks for, and that each has a file of its own.

All of it is settled before any work, so that a wrong command line touches nothing.
"""

from __future__ import annotations

import os
import stat
from itertools import combinations
from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError
from smoothl1.files.opening import STANDARD_INPUT
from smoothl1.sinks import formats as sinks
from smoothl1.sources import formats as sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FOREIGN = frozenset(
    [
        *(".csv", ".tsv", ".npy", ".npz", ".parquet", ".pq", ".arrow", ".feather", ".ipc"),
        *(".jsonl", ".ndjson", ".md", ".tex", ".html", ".xml", ".yaml", ".yml", ".xlsx"),
        *(".gz", ".zst", ".bz2", ".xz", ".zip"),
    ]
)
"""Suffixes that promise what lines of values are not: readers trust the name of a file."""

_STDOUT = "standard output"
_REPORTS = ("junit", "markdown")
_GITHUB = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")


def settle_summary(given: dict[str, Any], *, table: str | None = None) -> None:
    """Let `-o x.json` mean `--json`, and refuse a name that promises another format.

    Args:
        given: The options; `as_json` is set where the name asks for it.
        table: The suffix that is true of what is written without `--json`, besides those of text.

    Raises:
        SettingsError: The name or an option asks for what a mean, a sum or a table is not.
    """
    output = given["output"]
    suffix = "" if output is None else _suffix(output)
    given["as_json"] = given["as_json"] or suffix == ".json"
    if suffix in _FOREIGN and (suffix != table or given["as_json"]):
        what = "JSON" if given["as_json"] else "text"
        if sinks.format_of(output or "") is not None and "reduction" in given:
            hint = "losses of elements need --reduction none; .json holds the whole result"
        else:
            hint = f"name it {table or '.txt'} or .json"
        raise SettingsError(
            f"{suffix} is another format than the {what} to be written", path=output, hint=hint
        )
    if given["as_json"] and given.get("precision") is not None:
        raise SettingsError("--precision shortens text, and nothing is rounded in JSON")


def format_of_losses(given: dict[str, Any]) -> str:
    """The format in which the losses of elements are written.

    Raises:
        SettingsError: None is named, or two are, or an option is for mean and sum.
    """
    output = given["output"]
    for name, is_given in (("--by", given["by"] is not None), ("--by-column", given["by_column"])):
        if is_given:
            raise SettingsError(
                f"{name} is for mean and sum: the losses of elements have no groups",
                hint="leave out --reduction none",
            )
    if given["precision"] is not None:
        raise SettingsError("--precision is for mean and sum, not for --reduction none")
    if output is None and given["as_json"]:
        raise SettingsError(
            "with --reduction none the losses go to stdout", hint="give -o FILE to --json"
        )
    named = "text" if output is None else sinks.format_of(output)
    found: str | None = given["format_out"] or named
    if found is None:
        raise SettingsError(
            f"{output}: the suffix names no format", hint=f"-f {'|'.join(sinks.formats())}"
        )
    if output is not None and found != named and _suffix(output) in _FOREIGN | {".json"}:
        raise SettingsError(f"{_suffix(output)} is another format than -f {found}", path=output)
    return found


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def check_distinct(given: dict[str, Any]) -> None:
    """Refuse two outputs that are one file, also by a link, or an output over the baseline.

    Devices and pipes may be shared: what is written there is not replaced.

    Args:
        given: The options.

    Raises:
        SettingsError: It names the file and both outputs.
    """
    files = [
        (name, path, found)
        for name, path in _outputs(given)
        for found in [_identity(path)]
        if found is not None
    ]
    for (one, _, this), (other, path, that) in combinations(files, 2):
        appended = one == _STDOUT and other in _GITHUB  # after all of stdout has been written
        if this == that and not appended:
            raise SettingsError(
                f"{one} and {other} are the same file",
                path=str(path),
                hint="each needs a file of its own",
            )


def check_inputs_stay(given: dict[str, Any], inputs: Sequence[str | None]) -> None:
    """Refuse a report in the place of an input, whatever either is called.

    `--output` may be an input: that is how a file is converted in place.

    Args:
        given: The options.
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.

    Raises:
        SettingsError: A report would replace an input.
        DataError: A folder cannot be read as shards.
    """
    reports = [(name, given[name]) for name in _REPORTS if given[name] is not None]
    if not reports:
        return
    kept = {_identity(path) for path in _files_of(inputs)} - {None}
    for name, path in reports:
        if _identity(path) in kept:
            raise SettingsError(
                f"--{name} would replace an input", path=path, hint="name another file"
            )


def _files_of(inputs: Sequence[str | None]) -> Iterator[str | int]:
    for path in inputs:
        if path is None:
            continue
        if path == STANDARD_INPUT:
            yield 0
        else:
            yield from sources.files_of(path, _say_nothing) or [path]


def _say_nothing(_: str) -> None:
    """What there is to say of shards is said when they are opened."""


def _outputs(given: dict[str, Any]) -> Iterator[tuple[str, str | int]]:
    """Name and path of all that will be written, and of the baseline, which must stay."""
    output = given["output"]
    if output is None or (given.get("reduction") == "none" and given["as_json"]):
        yield _STDOUT, 1
    for name in ("output", "baseline", *_REPORTS):
        if given.get(name) is not None:
            yield f"--{name}", given[name]
    for variable in _GITHUB if given.get("github") else ():
        path = os.environ.get(variable)
        if path:
            yield variable, path


def _identity(path: str | int) -> tuple[object, ...] | None:
    """What two names of one file have in common; None for a device, a pipe or a folder."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (os.path.normcase(os.path.realpath(path)),) if isinstance(path, str) else None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
