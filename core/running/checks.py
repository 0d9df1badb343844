"""Checks of a whole run: something was evaluated, and NaN is reported or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.checks import is_sum
from smoothl1.errors import DataError, SettingsError, excerpt
from smoothl1.pairing.chunks import field_of
from smoothl1.pairing.nan_places import place_of, row_in
from smoothl1.results.part import (
    INFINITE_SUM,
    are_infinite,
    are_nan,
    dropped_from,
    has_infinite_sum,
    left_out_warnings,
    targets_to_be_ignored,
)
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from smoothl1.pairing.chunks import Pairing
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.pairing.nan_places import NanPlace
    from smoothl1.pairing.plan import Plan
    from smoothl1.tallies.accumulator import LossAccumulator
    from smoothl1.tallies.tally import Tally

_OF_TEXT = ("csv", "jsonl")
"""Formats whose cells may stand for missing values."""


def refuse_nothing(inputs: Inputs, tally: Tally) -> None:
    """Refuse a run in which no pair was evaluated, unless it is a part of a run.

    Args:
        inputs: The inputs that were read.
        tally: The tally of all elements, none of which was evaluated.

    Raises:
        DataError: There was no pair, or all were left out.
    """
    if inputs.plan is not None and inputs.plan.n_rows * inputs.pairing.row_elements > 0:
        return
    path = inputs.sides[0].source.path
    if dropped := dropped_from([tally]):
        raise DataError(f"no pair is left to evaluate: {dropped}", path=path)
    if not inputs.job.options.allow_empty:
        raise DataError("no elements, so nothing to evaluate", path=path)


def warn_of_unmatched(inputs: Inputs, warn: Warn) -> None:
    """Warn of texts for missing values that no cell has, unless others read rows, or a part.

    Args:
        inputs: The inputs that were read.
        warn: Takes the warning.
    """
    have_text = any(side.source.format in _OF_TEXT for side in inputs.sides)
    if not (have_text and inputs.engine.shares_memory) or inputs.plan is not None:
        return
    for text in inputs.job.options.missing_values:
        if text not in inputs.missing_found:
            warn(
                f"no cell that is evaluated is {shown(text)} (--missing-value); a cell must be "
                "the same text or an equal number"
            )


def refuse_many_distances(plan: Plan, pairing: Pairing) -> None:
    """Refuse quantiles of a part if results would not hold enough of all parts to merge them.

    Raises:
        SettingsError: There are too many elements.
    """
    from smoothl1.metrics.held import MOST_HELD  # late: only where they are asked for

    n = plan.n_rows * pairing.row_elements
    if n > MOST_HELD:
        raise SettingsError(
            f"quantiles of parts tell those of the whole up to {MOST_HELD:,} elements, and there "
            f"are {n:,}",
            hint="leave out --quantile, or --part",
        )


def report_losses(learned: LossAccumulator, inputs: Inputs, warn: Warn) -> None:
    """Warn of NaN, unless the user asked for it, of pairs left out, and of an infinite result.

    Args:
        learned: The accumulator of all pairs.
        inputs: The inputs that were read.
        warn: Takes a warning.

    Raises:
        DataError: There is NaN, and the policy is "error".
    """
    tally, policy = learned.tally, inputs.job.nan_policy
    if tally.first_nan is not None:
        where = place_of(inputs.pairing, tally.first_nan)
        path, cause = _cause(learned.nan_place, inputs)
        message = f"{are_nan(tally)}, {where}{cause}"
        hint = "--nan omit leaves out pairs of which a side is NaN"
        if policy.is_error:
            raise DataError(message, path=path, hint=hint)
        if policy.warns:
            warn(message)
    if policy.ignored and not (tally.n_ignored or tally.n_weightless or inputs.plan):
        which = targets_to_be_ignored(policy.ignored)
        warn(f"no pair was left out by --ignore-target: no target is {which}")
    if tally.n_omitted:
        for message in left_out_warnings(tally, policy.ignored):
            warn(message)
    if learned.n_overflowed:
        n = learned.n_overflowed
        too_large = f"{'it is' if n == 1 else 'they are'} too large for binary64"
        warn(f"{are_infinite(n, tally)}, of finite numbers: {too_large}")
    elif is_sum(learned.settings.reduction) and has_infinite_sum(tally):
        warn(INFINITE_SUM)


def _cause(place: NanPlace | None, inputs: Inputs) -> tuple[str, str]:
    """The file that NaN comes from, and the end of the sentence that says so."""
    if place is None or not place.causes:
        return inputs.sides[0].source.path, ", where both sides are the same infinity"
    paths, said, pairing, of = [], [], inputs.pairing, ""
    for role, what in place.causes:
        side, field = field_of(inputs.sides, role)
        path, column, where = side.source.path, "", ""
        if field.columns:
            column = f"column {shown(field.column_of(place.position))} of "
        if not pairing.is_flat:
            first, row = (
                row_in(pairing, source, place.position)
                for source in (pairing.sources[0], side.source)
            )
            if row != first:  # matched by key: the row that is told before is that of the first
                of, where = f" of {pairing.sources[0].path}", f" in row {row}"
        paths.append(path)
        said.append(f"{column}{path} has {what}{where}")
    return paths[0], f"{of}, where {' and '.join(said)}"


def once(warn: Warn) -> Warn:
    """Give each warning only once, though inputs may be read twice.

    Raises:
        SettingsError: It is no function.
    """
    if not callable(warn):
        raise SettingsError(f"warn must be a function, not {excerpt(warn)}")
    said: set[str] = set()

    def warn_once(message: str) -> None:
        if message not in said:
            said.add(message)
            warn(message)

    return warn_once


def check_progress(progress: object) -> None:
    """Check that what is told how far a run is can be called, before anything is opened.

    Raises:
        SettingsError: It is no function.
    """
    if progress is not None and not callable(progress):
        raise SettingsError(f"progress must be a function, not {excerpt(progress)}")
