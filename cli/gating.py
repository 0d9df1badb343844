"""Gates on the command line: options to limits, baselines to results, verdicts to an exit code."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.cli import console
from smoothl1.errors import (
    DataError,
    SettingsError,
    SmoothL1Error,
    StorageError,
    storage_error,
)
from smoothl1.files.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.results.gates import Limits, Verdict
    from smoothl1.results.result import Result

NO = 1
"""The exit code of a gate that said no, and of nothing else."""


_MOST_LINES = 20
"""Said of failed gates; a file of --junit has them all."""


class Gates(NamedTuple):
    """The gates that were asked for, checked before any work.

    Attributes:
        given: The options of the command line.
        baseline: What to compare with, if it is there.
    """

    given: dict[str, Any]
    baseline: Result | None


def open_gates(given: dict[str, Any]) -> Gates:
    """Read the gates' options, and the baseline.

    Raises:
        SettingsError: The options contradict each other.
        DataError: The baseline is damaged, or no result.
    """
    path = given["baseline"]
    if given["max_increase"] and path is None:
        raise SettingsError("--max-increase needs a --baseline to compare with")
    if path is not None and not given["max_increase"]:
        raise SettingsError("--baseline needs a --max-increase", hint="--max-increase 0")
    for name, is_given in (
        ("--on-missing-baseline", given["on_missing_baseline"] is not None),
        ("--other-data", given["other_data"]),
    ):
        if is_given and path is None:
            raise SettingsError(f"{name} needs a --baseline")
    gated = given["fail_above"] is not None or path is not None
    if given["confidence"] is not None and not gated:
        raise SettingsError("--confidence needs --fail-above or --baseline")
    if not gated:
        return Gates(given, None)
    _limits(given)  # refuses what is out of range
    return Gates(given, None if path is None else _read_baseline(path))


def _read_baseline(path: str) -> Result | None:
    """The baseline; None only where it is not there, not where it cannot be read."""
    try:
        return read_result(path)
    except StorageError as error:
        if error.errno == errno.ENOENT:
            return None
        raise


def read_result(path: str) -> Result:
    """Read a result from a file.

    Raises:
        DataError: It is damaged, or no result.
        StorageError: It cannot be read.
    """
    from smoothl1.results.result import Result

    try:
        mode = os.stat(path).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise DataError("not a regular file, and not a pipe", path=path)
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        return Result.from_json(content)
    except SmoothL1Error as error:
        error.path = path
        raise


def apply_gates(gates: Gates, result: Result, warn: Callable[[str], None]) -> list[Verdict]:
    """Check a result.

    Args:
        gates: What was asked for.
        result: What is checked.
        warn: Takes a sentence on samples that are too small to rely on.

    Returns:
        A verdict for each gate, beta and group; where the baseline is missing, one for it if it
        fails.
    """
    given = gates.given
    path = given["baseline"]
    if given["fail_above"] is None and path is None:
        return []
    from smoothl1.results.gates import (
        check,
        nothing_to_judge,
        small_samples,
    )  # late, like all that takes time

    limits = _limits(given)
    if gates.baseline is None:
        limits = replace(limits, increases=())
    try:
        verdicts = check(result, limits, gates.baseline, other_data=given["other_data"])
    except DataError as error:
        error.path = path
        raise
    for sentence in small_samples(result, limits, gates.baseline):
        warn(sentence)
    if path is not None and gates.baseline is None:
        if _policy(given) == "fail":
            verdicts.append(_no_baseline(result, path))
        elif not result.n:
            verdicts.append(nothing_to_judge(result, "baseline"))
    return verdicts


def create_baseline(gates: Gates, result: Result) -> str | None:
    """Write the result as the baseline if that is missing and was asked for; its path if so."""
    path: str | None = gates.given["baseline"]
    if path is None or gates.baseline is not None or _policy(gates.given) != "create":
        return None
    with atomic_file(path) as file:
        file.write(console.as_json(result.to_json()))
    return path


def _policy(given: dict[str, Any]) -> str:
    return given["on_missing_baseline"] or "fail"


def _no_baseline(result: Result, path: str) -> Verdict:
    from smoothl1.results.gates import nothing_to_judge

    return nothing_to_judge(result, "baseline")._replace(message=f"there is no baseline {path}")


def say_verdicts(verdicts: list[Verdict]) -> None:
    """Say which gates failed, a line each."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    for verdict in failed[:_MOST_LINES]:
        console.say(f"smoothl1: gate failed: {console.printable(verdict.message)}")
    if len(failed) > _MOST_LINES:
        console.say(f"smoothl1: gate failed: and {len(failed) - _MOST_LINES:,} more")


def _limits(given: dict[str, Any]) -> Limits:
    from smoothl1.results.gates import Limits, parse_increase

    return Limits(
        given["fail_above"],
        tuple(map(parse_increase, given["max_increase"])),
        given["confidence"],
    )
