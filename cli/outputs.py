"""Checks of outputs: the format that a name asks for, and a file of its own for each output.

They are made before any work, so that a wrong command line changes no file.
"""

from __future__ import annotations

import os
import stat
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.files.opening import STANDARD_INPUT
from smoothl1.files.paths import real_path
from smoothl1.sinks import formats as sinks
from smoothl1.sources import formats as sources

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from smoothl1.cli.arguments import CiReports, GateOptions, Output
    from smoothl1.settings import EvalSettings

_FOREIGN = frozenset(
    [
        *(".csv", ".tsv", ".npy", ".npz", ".parquet", ".pq", ".arrow", ".feather", ".ipc"),
        *(".jsonl", ".ndjson", ".md", ".tex", ".html", ".xml", ".yaml", ".yml", ".xlsx"),
        *(".gz", ".zst", ".bz2", ".xz", ".zip"),
    ]
)
"""Suffixes of other formats than lines of values: readers trust the name of a file."""

_STDOUT = "standard output"
_GITHUB = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")


def summary_output(
    output: Output, *, table: str | None = None, may_be_losses: bool = False
) -> Output:
    """Let `-o x.json` mean `--json`, and refuse a name that promises another format.

    Args:
        output: The output of a result.
        table: A further suffix that fits the text written without `--json`.
        may_be_losses: Whether the command can write the losses of elements instead.

    Raises:
        SettingsError: The name or an option asks for a form that means, sums or tables do not have.
    """
    suffix = "" if output.path is None else _suffix(output.path)
    as_json = output.as_json or suffix == ".json"
    if output.format is not None:
        raise SettingsError(
            f"-f {output.format} is for losses of single elements", hint="add --reduction none"
        )
    if suffix in _FOREIGN and (suffix != table or as_json):
        what = "JSON" if as_json else "text"
        if may_be_losses and sinks.format_of(output.path or "") is not None:
            hint = "losses of elements need --reduction none; .json holds the whole result"
        else:
            hint = f"name it {table or '.txt'} or .json"
        raise SettingsError(
            f"{suffix} is another format than the {what} to be written", path=output.path, hint=hint
        )
    if as_json and output.precision is not None:
        raise SettingsError("--precision shortens text, and nothing is rounded in JSON")
    return output._replace(as_json=as_json)


def losses_output(output: Output, settings: EvalSettings) -> Output:
    """The output of the losses of elements, with their format.

    Raises:
        SettingsError: No format is named, or two are, or an option is for means and sums only.
    """
    path = output.path
    for name, is_given in (("--by", settings.by is not None), ("--by-column", settings.by_column)):
        if is_given:
            raise SettingsError(
                f"{name} is for mean and sum: the losses of elements have no groups",
                hint="leave out --reduction none",
            )
    if output.precision is not None:
        raise SettingsError("--precision is for mean and sum, not for --reduction none")
    if path is None and output.as_json:
        raise SettingsError(
            "with --reduction none the losses go to stdout", hint="give -o FILE to --json"
        )
    named = "text" if path is None else sinks.format_of(path)
    found = output.format or named
    if found is None:
        raise SettingsError(
            f"{path}: the suffix names no format", hint=f"-f {'|'.join(sinks.formats())}"
        )
    if path is not None and found != named and _suffix(path) in _FOREIGN | {".json"}:
        raise SettingsError(f"{_suffix(path)} is another format than -f {found}", path=path)
    return output._replace(format=found)


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def check_distinct(output: Output, gates: GateOptions, reports: CiReports) -> None:
    """Refuse two outputs that are one file, perhaps by a link, and an output over the baseline.

    Devices and pipes may be shared: writing does not replace them.

    Args:
        output: The output of the numbers.
        gates: The options of gates, which name the baseline.
        reports: The reports, which name files.

    Raises:
        SettingsError: Two are the same file; the error names it and both outputs.
    """
    files = [
        (name, path, found)
        for name, path in _outputs(output, gates, reports)
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


def identities(inputs: Sequence[str | None]) -> set[object]:
    """Values that tell the files of all inputs apart from others.

    Args:
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.

    Raises:
        DataError: A folder cannot be read as shards.
        StorageError: A folder cannot be read.
        SettingsError: A pattern matches nothing.
    """
    found = (_identity(path) for path in _files_of(inputs))
    return {identity for identity in found if identity is not None}


def check_inputs_stay(reports: CiReports, kept: Container[object]) -> None:
    """Refuse a report that would replace an input, also under another name.

    `--output` may be an input, to convert a file in place.

    Args:
        reports: The reports, which name files.
        kept: The identities of all inputs.

    Raises:
        SettingsError: A report would replace an input.
    """
    for name, path in reports.files.items():
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
    """Drop a warning about shards: it is given when they are opened."""


def _outputs(
    output: Output, gates: GateOptions, reports: CiReports
) -> Iterator[tuple[str, str | int]]:
    """The name and path of each output, and of the baseline, which must not be replaced."""
    if output.path is None or (output.format is not None and output.as_json):
        yield _STDOUT, 1
    named = {"output": output.path, "baseline": gates.baseline, **reports.files}
    for name, path in named.items():
        if path is not None:
            yield f"--{name}", path
    for variable in _GITHUB if reports.github else ():
        path = os.environ.get(variable)
        if path:
            yield variable, path


def _identity(path: str | int) -> tuple[object, ...] | None:
    """A value that is equal for all names of one file; None for a device, a pipe or a folder."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (os.path.normcase(real_path(path)),) if isinstance(path, str) else None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
