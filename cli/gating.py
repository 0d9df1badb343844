"""Gates on the command line: options become limits, baselines results, verdicts an exit code."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from smoothl1.cli import console, meant
from smoothl1.errors import SettingsError, StorageError, naming
from smoothl1.files.atomic import check_creatable
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.cli.arguments import GateOptions
    from smoothl1.files.atomic import OutputFiles
    from smoothl1.results.gates import Limits, Verdict
    from smoothl1.results.result import Result

EXIT_GATE_FAILED = 1
"""The exit code of a failed gate, and of nothing else."""


_MOST_LINES = 20
"""Most failed gates that are printed; a file of --junit has all of them."""


class Gates(NamedTuple):
    """The gates that the user asked for, checked before any work.

    Attributes:
        asked: The options as the user typed them.
        limits: The limits that the result must not exceed; None if the user asked for no gate.
        baseline: The result to compare with, if it exists.
    """

    asked: GateOptions
    limits: Limits | None
    baseline: Result | None


def limits_of(asked: GateOptions) -> Limits | None:
    """The limits that the user asked for; None if there are no gates.

    Raises:
        SettingsError: The options contradict each other.
    """
    _check_together(asked)
    if asked.fail_above is None and asked.baseline is None:
        return None
    from smoothl1.results.gates import Limits  # late, like all that takes time
    from smoothl1.results.increase import parse_increase

    increases = tuple(map(parse_increase, asked.max_increase))
    passes = asked.on_missing_group == "pass"
    return Limits(asked.fail_above, increases, asked.confidence, passes_missing_groups=passes)


def open_gates(asked: GateOptions, limits: Limits | None) -> Gates:
    """Read the baseline, or check that it can be created, if that is asked for.

    Raises:
        DataError: The baseline is damaged, or is no result.
        StorageError: The baseline cannot be read, or there is none and it cannot be created.
    """
    if limits is None:
        return Gates(asked, None, None)
    baseline = None if asked.baseline is None else _read_baseline(asked.baseline)
    if baseline is None:
        limits = replace(limits, increases=())
    gates = Gates(asked, limits, baseline)
    if asked.baseline is not None and baseline is None and _policy(gates) == "create":
        check_creatable(asked.baseline)
    return gates


def _check_together(asked: GateOptions) -> None:
    """Refuse an option without the option that it belongs to."""
    if asked.max_increase and asked.baseline is None:
        raise SettingsError("--max-increase needs a --baseline to compare with")
    if asked.baseline is not None and not asked.max_increase:
        raise SettingsError("--baseline needs a --max-increase", hint="--max-increase 0")
    for name, is_given in (
        ("--on-missing-baseline", asked.on_missing_baseline is not None),
        ("--on-missing-group", asked.on_missing_group is not None),
        ("--other-data", asked.other_data),
    ):
        if is_given and asked.baseline is None:
            raise SettingsError(f"{name} needs a --baseline")
    if asked.confidence is not None and asked.fail_above is None and asked.baseline is None:
        raise SettingsError("--confidence needs --fail-above or --baseline")


def _read_baseline(path: str) -> Result | None:
    """The baseline; None only if it does not exist, not if it cannot be read.

    A store is asked twice: it would be replaced for one wrong answer.
    """
    from smoothl1.cli.saved_results import read_result  # late: most runs have no baseline

    for _ in range(1 + is_uri(path)):
        try:
            return read_result(path)
        except StorageError as error:
            if error.errno != errno.ENOENT:
                raise
    return None


def apply_gates(gates: Gates, result: Result, warn: Callable[[str], None]) -> list[Verdict]:
    """Judge a result by the gates.

    Args:
        gates: The gates that the user asked for.
        result: The result that is judged.
        warn: Takes a warning about samples that are too small for a reliable verdict, and about a
            baseline whose targets may be others.

    Returns:
        A verdict for each gate, beta and group. A missing baseline that fails has one verdict.
    """
    if gates.limits is None:
        return []
    from smoothl1.results.baseline import other_digests
    from smoothl1.results.gate_sentences import no_baseline_text
    from smoothl1.results.gates import check, nothing_to_judge, small_samples
    from smoothl1.results.missing_groups import not_judged

    path = gates.asked.baseline
    with naming(path):
        verdicts = check(result, gates.limits, gates.baseline, other_data=gates.asked.other_data)
    said = small_samples(result, gates.limits, gates.baseline)
    said += not_judged(verdicts)
    if gates.baseline is not None and not gates.asked.other_data:
        said += other_digests(result, gates.baseline)
    for sentence in said:
        warn(sentence)
    if path is not None and gates.baseline is None:
        if _policy(gates) == "fail":
            missing = nothing_to_judge(result, "baseline")
            message = no_baseline_text(path, meant.path(path))
            verdicts.append(missing._replace(message=message))
        elif not result.n:
            verdicts.append(nothing_to_judge(result, "baseline"))
    return verdicts


def create_baseline(gates: Gates, result: Result, files: OutputFiles) -> str | None:
    """Write a missing baseline if the user asked for it. Returns its path if it was written."""
    path = gates.asked.baseline
    if path is None or gates.baseline is not None or _policy(gates) != "create":
        return None
    with files.opened(path) as file:
        file.write(console.result_as_json(result))
    return path


def _policy(gates: Gates) -> str:
    return gates.asked.on_missing_baseline or "fail"


def say_failures(verdicts: Sequence[Verdict]) -> None:
    """Print the failed gates, a line for each."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    for verdict in failed[:_MOST_LINES]:
        console.say(f"smoothl1: gate failed: {console.printable(verdict.message)}")
    if len(failed) > _MOST_LINES:
        console.say(f"smoothl1: gate failed: and {len(failed) - _MOST_LINES:,} more")


def say_passed_by_chance(verdicts: Sequence[Verdict]) -> None:
    """Print why a loss above its limit has passed: a confidence may be a configured one."""
    passed = [verdict for verdict in verdicts if verdict.passed_by_chance]
    if passed:
        more = f" (and {len(passed) - 1:,} more passed so)" if len(passed) > 1 else ""
        console.say(f"smoothl1: gate passed: {console.printable(passed[0].message)}{more}")


def end_failed() -> NoReturn:
    """End the command with the exit code of a failed gate."""
    click.get_current_context().exit(EXIT_GATE_FAILED)
