"""Pairs that have no loss: NaN, missing values, ignored targets, and weights of zero.

A missing value (an empty CSV cell, a null) is not a number that happens to be NaN, but both follow
the same policy. Pairs that are left out are counted.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.checks import NARROW
from smoothl1.errors import DataError
from smoothl1.numerics.narrow_floats import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from smoothl1.nan_policies import NanPolicy
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.sources.contract import Field, Numbers

    Mask = NDArray[np.bool_]


class Pairs(NamedTuple):
    """The pairs of a chunk whose losses are computed, and why the others are left out.

    Attributes:
        pred: Predictions of the pairs kept.
        target: Targets of the pairs kept.
        others: Predictions of each further model of the pairs kept, if there are several.
        weight: The weights of the pairs kept, if there are weights.
        kept: Which elements of the chunk are kept; None for all.
        missing: Which elements of the chunk have a side missing; None for none.
        omitted: Which are left out because a side is NaN or missing, or because the target is one
            to be ignored; None for none.
        lost: Which have a NaN loss because a side is missing; None for none.
        weightless: Which are left out because their weight is 0; None for none.
        ignored: Which of those that are omitted have a target to be ignored; None for none.
        lost_weight: The weights of those that are lost, if there are such and weights.
    """

    pred: NDArray[Any]
    target: NDArray[Any]
    others: tuple[NDArray[Any], ...] = ()
    weight: NDArray[np.float64] | None = None
    kept: Mask | None = None
    missing: Mask | None = None
    omitted: Mask | None = None
    lost: Mask | None = None
    weightless: Mask | None = None
    ignored: Mask | None = None
    lost_weight: NDArray[np.float64] | None = None

    @property
    def counted(self) -> dict[str, Mask]:
        """Elements that are counted apart, by the names of their counts in a tally."""
        masks = {
            "n_missing": self.missing,
            "n_omitted": self.omitted,
            "n_weightless": self.weightless,
            "n_ignored": self.ignored,
        }
        return {name: mask for name, mask in masks.items() if mask is not None}


def apply_policy(chunk: Chunk, policy: NanPolicy) -> Pairs:
    """Decide which pairs of a chunk are kept.

    Args:
        chunk: Aligned predictions, targets and weights.
        policy: What is done where a side is NaN or missing, or the target one to be ignored.
    """
    target, weight, preds = chunk.target, chunk.weight, (chunk.pred, *chunk.others)
    others = tuple(pred.values for pred in chunk.others)
    masks = [side.missing for side in (*preds, target) if side.missing is not None]
    judged = [target] * policy.omits_target + [*preds] * policy.omits_pred
    if weight is None and not (masks or judged or policy.ignored):
        return Pairs(chunk.pred.values, target.values, others)
    missing = _any_of(masks)
    omitted = _any_of([side.missing for side in judged] + [_is_nan(s.values) for s in judged])
    weightless = None if weight is None else weight == 0
    if weightless is not None and not weightless.any():
        weightless = None
    ignored = is_ignored(target, policy.ignored)
    if policy.counts_weightless:
        weightless = _but(_but(weightless, omitted), ignored)
    ignored = _but(ignored, weightless)
    missing, omitted = _but(missing, weightless), _but(omitted, weightless)
    missing, omitted = _but(missing, ignored), _any_of([omitted, ignored])
    pairs = Pairs(
        chunk.pred.values,
        target.values,
        others,
        weight,
        missing=missing,
        omitted=omitted,
        lost=_but(missing, omitted),
        weightless=weightless,
        ignored=ignored,
    )
    return _without_dropped(pairs)


def of_each_model(chunk: Chunk, pairs: Pairs) -> list[Pairs]:
    """The pairs of each model.

    They differ where one model has no value, and its loss is NaN: another has a loss there.

    Args:
        chunk: See `apply_policy`.
        pairs: Its result.
    """
    lost, target = pairs.lost, chunk.target
    if lost is None:
        return [pairs._replace(pred=pred, others=()) for pred in (pairs.pred, *pairs.others)]
    return [
        _without_dropped(
            pairs._replace(
                pred=pred.values,
                target=target.values,
                others=(),
                weight=chunk.weight,
                kept=None,
                lost=_both(_any_of([pred.missing, target.missing]), lost),
            )
        )
        for pred in chunk.preds
    ]


class CommonPairs(NamedTuple):
    """The pairs of which two models both have a loss.

    Attributes:
        kept: Which elements of the chunk these are; None for all.
        weight: Their weights, if there are weights.
        of_one: Which pairs of the first model these are; None for all of them.
        of_other: Which pairs of the second model.
        lost: Which of the others have a NaN loss in either; None for none.
    """

    kept: Mask | None
    weight: NDArray[np.float64] | None
    of_one: Mask | None = None
    of_other: Mask | None = None
    lost: Mask | None = None


def common_pairs(one: Pairs, other: Pairs) -> CommonPairs:
    """The pairs that two results of `of_each_model` have in common."""
    lost = _any_of([one.lost, other.lost])
    if one.kept is other.kept:
        return CommonPairs(one.kept, one.weight, lost=lost)
    kept = _all_of(one.kept, other.kept)
    of_one, of_other = (kept if own.kept is None else kept[own.kept] for own in (one, other))
    weight = None if one.weight is None else one.weight[of_one]
    return CommonPairs(kept, weight, of_one, of_other, lost)


def _all_of(one: Mask | None, other: Mask | None) -> Any:
    """Where all masks are set, of which at most one is None and set everywhere."""
    return one if other is None else other if one is None else one & other


def _without_dropped(pairs: Pairs) -> Pairs:
    """Keep the pairs of a whole chunk whose losses are computed."""
    dropped = _any_of([pairs.weightless, pairs.omitted, pairs.lost])
    if dropped is None or not dropped.any():
        return pairs._replace(
            omitted=None, lost=None, weightless=None, ignored=None, lost_weight=None
        )
    kept = ~dropped
    lost_weight = None
    if pairs.weight is not None and pairs.lost is not None:
        lost_weight = pairs.weight[pairs.lost]
    return pairs._replace(
        pred=pairs.pred[kept],
        target=pairs.target[kept],
        others=tuple(pred[kept] for pred in pairs.others),
        weight=None if pairs.weight is None else pairs.weight[kept],
        kept=kept,
        lost_weight=lost_weight,
    )


def _is_nan(values: NDArray[Any]) -> Mask | None:
    if values.dtype.kind != "f":
        return None
    found: Mask = np.isnan(values)
    return found if found.any() else None


def is_ignored(target: Numbers, ignored: Sequence[float]) -> Mask | None:
    """Which targets are equal to one of some numbers, each converted to their dtype.

    Args:
        target: Targets.
        ignored: The numbers that stand for no value.

    Returns:
        None if none is.
    """
    dtype = target.values.dtype
    numbers = [number for value in ignored if (number := _as_stored(value, dtype)) is not None]
    found = _any_of(target.values == number for number in numbers)
    if found is not None and target.missing is not None:
        found &= ~target.missing  # any number stands for a missing one
    return found if found is not None and found.any() else None


def refuse_rounded(ignored: Sequence[float], field: Field, path: str) -> None:
    """Refuse numbers that stand for no value but are others in the files.

    Args:
        ignored: The numbers that stand for no value.
        field: The targets.
        path: Their path, for the error.

    Raises:
        DataError: Targets are stored in a narrower format than they are read in, which rounds a
            number to one that is not ignored.
    """
    read = [_as_stored(value, field.dtype) for value in ignored]
    for stored in field.narrower:
        for value in ignored:
            number = _rounded(value, stored)
            if np.isfinite(number) and (number != 0 or value == 0) and number not in read:
                asked, shown = (repr(x).removesuffix(".0") for x in (value, number))
                raise DataError(
                    f"targets are stored as {stored}, in which the ignored {asked} is {shown}",
                    path=path,
                    hint=f"--ignore-target {shown}, as well or instead",
                )


def _rounded(value: float, stored: str) -> float:
    """A number rounded to a narrower format, half to even."""
    if stored in NARROW:
        return rounded(value, stored)
    with np.errstate(over="ignore", under="ignore"):
        return float(np.dtype(stored).type(value))


def _as_stored(value: float, dtype: np.dtype[Any]) -> Any:
    """A number as a dtype holds it; None if no value of the dtype can be meant by it."""
    if dtype.kind == "f":
        with np.errstate(over="ignore", under="ignore"):
            number = dtype.type(value)
        is_lost = not np.isfinite(number) or (number == 0 and value != 0)
        return None if is_lost else number
    if not value.is_integer():
        return None
    lowest, highest = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return dtype.type(int(value)) if lowest <= int(value) <= highest else None


def _any_of(masks: Iterable[Mask | None]) -> Mask | None:
    """Where any of several masks is set; None if all masks are None."""
    found = [mask for mask in masks if mask is not None]
    return reduce(np.logical_or, found) if found else None


def _both(mask: Mask | None, other: Mask) -> Mask | None:
    return None if mask is None else mask & other


def _but(mask: Mask | None, excluded: Mask | None) -> Mask | None:
    return mask if mask is None or excluded is None else mask & ~excluded
