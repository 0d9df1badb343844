"""Checks that a baseline has the same settings as a result and is over the same data.

A loss over other data may rise or fall without any change of the model, so the difference says
nothing about it. A result cannot show that data are the same, but it often shows that they are not.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING

from smoothl1.checks import is_sum
from smoothl1.errors import DataError, counted
from smoothl1.number_texts import as_typed
from smoothl1.results.column_targets import other_target
from smoothl1.results.missing_numbers import differing_missing_numbers
from smoothl1.results.single import option_of_labels, shown_setting
from smoothl1.tallies.many import passing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

_BESIDE = {"betas", "reduction", "also", "within", "quantiles", "top", "weight_column"}
"""Settings that need not be equal, or are looked at in another way."""

_HINT = "--other-data compares with a baseline over other data"


def check_comparable(result: Result, baseline: Result, *, other_data: bool = False) -> None:
    """Refuse a baseline that a result cannot be compared with.

    Args:
        result: The new one.
        baseline: The earlier one. It may have more betas and other prediction columns.
        other_data: Whether it may be over other data.

    Raises:
        DataError: The baseline was made with other settings, or over other data.
    """
    for one, is_it in ((baseline, ""), (result, "the result is ")):
        if one.part is not None:
            raise DataError(f"{is_it}{one.part}, not a whole", hint="merge all parts first")
    _check_settings(result, baseline)
    if not other_data:
        _check_targets(result.inputs[1], baseline.inputs[1])
        _check_columns(result, baseline)
        _check_weights(result.settings.weight_column, baseline.settings.weight_column)
        _check_counts(result, baseline)


def other_digests(result: Result, baseline: Result) -> list[str]:
    """Warn of a baseline whose targets are in a file of other bytes, by digests of both.

    It is no error: an array may have another header, or -0.0 for 0.0, and a table other columns, or
    the same numbers in another form.

    Args:
        result: The new one.
        baseline: The earlier one.

    Returns:
        One sentence; none if the bytes are the same, or if nothing is known of them.
    """
    here, there = map(_digest_of_targets, (result, baseline))
    if here is None or there is None or here == there:
        return []
    may_be = "these are other numbers, or the same ones written in another way"
    if not (_is_plain_array(result) and _is_plain_array(baseline)):
        if result.inputs[1].format != baseline.inputs[1].format:
            return []
        may_be = "these hold other numbers, other columns, or the same written in another way"
    elif result.inputs[1].dtype != baseline.inputs[1].dtype:
        return []
    what = f"the baseline is over targets of the SHA-256 {there}, the result over {here}"
    return [f"{what}: {may_be} (--other-data says that they may be others)"]


def _check_settings(result: Result, baseline: Result) -> None:
    names = [setting.name for setting in fields(result.settings) if setting.name not in _BESIDE]
    for name in names:
        new, old = (getattr(r.settings, name) for r in (result, baseline))
        if new != old:
            there, here = map(shown_setting, (old, new))
            option = option_of_labels(name, new, old)
            who = "make the baseline" if new else "evaluate"
            raise DataError(
                f"made with other settings: {name} is {there} there, {here} here",
                hint=f"{who} with {option}, too" if option else None,
            )
    if differing := differing_missing_numbers(result, baseline):
        here, there = differing
        what = f"missing-value is {there} there, {here} here"
        raise DataError(f"made with other settings: {what}")
    if is_sum(result.settings.reduction) != is_sum(baseline.settings.reduction):
        there, here = baseline.reduction, result.reduction
        raise DataError(f"made with other settings: reduction is {there} there, {here} here")
    known = baseline.settings.betas
    lacking = [beta for beta in result.settings.betas if beta not in known]
    if lacking:
        missing, there = (", ".join(map(as_typed, betas)) for betas in (lacking, known))
        raise DataError(f"lacks a beta of the result: {missing} (it has {there})")


def _check_targets(new: InputSummary, old: InputSummary) -> None:
    """Compare the targets: the names of their columns in any order if known, else their number."""
    if new.names and old.names and new.names != old.names:
        here, there = (", ".join(map(repr, of.columns)) for of in (new, old))
        raise DataError(f"over the target {there}, the result over {here}", hint=_HINT)
    if new.shape is None or old.shape is None:
        return
    widths = math.prod(new.shape[1:]), math.prod(old.shape[1:])
    if widths[0] != widths[1]:
        raise DataError(
            f"over rows of width {widths[1]:,}, the result over rows of width {widths[0]:,}",
            hint=_HINT,
        )


def _check_columns(result: Result, baseline: Result) -> None:
    """Compare the targets of the columns that have losses of their own, if both are known."""
    found = other_target(result, baseline)
    if found is not None:
        raise DataError(
            f"over the target {found.second!r} for column {found.column!r}, the result over "
            f"{found.first!r}",
            hint=_HINT,
        )


def _digest_of_targets(result: Result) -> str | None:
    """The digest of targets in one file, which has no predictions; None if it is not known."""
    pred, target = result.inputs[0], result.inputs[1]
    path = target.paths[0]
    if len(target.paths) > 1 or path in pred.paths:
        return None
    return next((one.sha256 for one in result.digests if one.path == path), None)


def _is_plain_array(result: Result) -> bool:
    """Whether targets are an array of one axis, whose bytes are its numbers but for a header."""
    target = result.inputs[1]
    is_array = target.format == "npy" and target.shape is not None and len(target.shape) == 1
    return is_array and target.paths[0].endswith(".npy")


def _check_weights(new: str | None, old: str | None) -> None:
    """Compare the columns of the weights, if both are known."""
    if None not in (new, old) and new != old:
        raise DataError(f"of the weights {old!r}, the result of {new!r}", hint=_HINT)


def _check_counts(result: Result, baseline: Result) -> None:
    """Compare the numbers of elements. A group that only one result has fails the gate, later."""
    known = dict(_counts_of_groups(baseline, result.settings))
    for group, counts in _counts_of_groups(result, result.settings):
        for (what, here), there in zip(
            counts.items(), known.get(group, counts).values(), strict=True
        ):
            if here != there:
                names = group._asdict().items()
                where = [f" of {name} {text!r}" for name, text in names if text is not None]
                over = f"over {counted(there, 'element')}{what}{''.join(where)}"
                raise DataError(f"{over}, the result over {here:,}", hint=_HINT)


def _counts_of_groups(
    result: Result, settings: EvalSettings
) -> Iterator[tuple[Group, dict[str, int]]]:
    """The counts of each group at the first beta: all betas have the same number of elements."""
    for group, tally in zip(result.groups, passing(result.tallies), strict=False):
        yield group, _counts_of_data(tally, settings)


def _counts_of_data(tally: Tally, settings: EvalSettings) -> dict[str, int]:
    """The numbers of elements that follow from targets and weights alone, whatever the model is.

    Args:
        tally: The tally of a group.
        settings: Both results have these: under `omit-target`, predictions leave nothing out.
    """
    found = {
        "": tally.n_seen,
        " of weight 0": tally.n_weightless,
        " whose target is ignored": tally.n_ignored,
    }
    if settings.nan == "omit-target":
        found[" whose target is NaN or missing"] = tally.n_undefined
    return found
