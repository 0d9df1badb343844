"""Tallies in arrays are the tallies, and merge as they do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, Result, evaluate
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD
from smoothl1.results import result_json
from smoothl1.tallies.many import ManyTallies
from smoothl1.tallies.packed import merged, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.tallies.tally import Tally

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "without moments": {"statistics": False},
    "several betas": {"betas": (1.0, 0.0, 0.25)},
    "rows of several elements": {"shape": (40, 3)},
    "columns": {"shape": (40, 3), "by_column": True},
    "weights": {"weighted": True},
    "weights, divided by the count": {"weighted": True, "weight_mean": "count"},
    "weights of 1": {"weighted": True, "weight": 1.0},
    "left out": {"nan": "omit", "holes": True},
    "NaN": {"holes": True, "ignore_target": 3.0},
    "many rows": {"shape": (2 * MOST_ROWS_OF_THIRD,)},
}


def _result(seed: int, n_groups: int, **given: Any) -> Result:
    rng, given = np.random.default_rng(seed), {"shape": (60,), "statistics": True} | given
    shape, holes, weight = given.pop("shape"), given.pop("holes", False), given.pop("weight", None)
    pred, target = (rng.normal(size=shape) * 10.0 ** rng.integers(-30, 30, shape) for _ in "ab")
    if holes:
        pred[::5], pred[::7], target[::9] = np.nan, np.inf, 3.0
    if given.pop("weighted", False):
        drawn = np.where(rng.random(shape[0]) < 0.2, 0.0, rng.random(shape[0]))
        given["weights"] = drawn if weight is None else np.full(shape[0], weight)
    groups = rng.integers(0, n_groups, shape[0])
    return evaluate(pred, target, groups=groups, warn=lambda _: None, **given)


def _one_by_one(results: Sequence[Result], places: Sequence[Sequence[int]], n: int) -> list[Tally]:
    found: dict[int, Tally] = {}
    for result, of_part in zip(results, places, strict=True):
        for i, tally in enumerate(result.tallies):
            at = i // len(of_part) * n + of_part[i % len(of_part)]
            found[at] = found[at].merge(tally) if at in found else tally
    return [found[at] for at in sorted(found)]


@pytest.mark.parametrize("case", CASES)
def test_tallies_in_arrays_are_read_back_and_merged_to_the_bit(case: str) -> None:
    one, other = _result(1, 4, **CASES[case]), _result(2, 6, **CASES[case])
    n = max(len(one.groups), len(other.groups))
    places = [list(range(len(result.groups)))[::-1] for result in (one, other)]
    both = [packed(tuple(result.tallies), result.settings) for result in (one, other)]
    parts = [many for many in both if many is not None]
    for result, many in zip((one, other), parts, strict=True):
        assert tuple(many) == tuple(result.tallies)
        np.testing.assert_array_equal(many.means(), [tally.mean for tally in result.tallies])
        np.testing.assert_array_equal(many.sums(), [tally.sum for tally in result.tallies])
    for some in (parts, [one.tallies, parts[1]]):
        assert all(isinstance(many, ManyTallies) for many in some)
        whole = merged(some, places, n, one.settings)  # type: ignore[arg-type]
        if case == "weights of 1" and some is not parts:
            assert whole is None  # arrays of an evaluation hold sizes of rows that are all 1
        else:
            assert list(whole or ()) == _one_by_one((one, other), places, n)


def test_tallies_without_moments_that_others_have_stay_as_they_are() -> None:
    result = _result(1, 4)
    first, *others = result.tallies
    assert first.moments is not None
    for moments in (None, replace(first.moments, third=None)):
        assert packed((first._replace(moments=moments), *others), result.settings) is None


def _of_elements(n: int) -> dict[str, Any]:
    """A saved result of n elements, nearly all of them in its first group."""
    document = _result(1, 3, nan="omit", statistics=False).to_json()
    entry, n_before = document["results"][0], sum(one["count"] for one in document["results"])
    entry["count"] += n - n_before
    entry["mean"] = float(Fraction(entry["sum"]) / entry["count"])
    for side in document["inputs"].values():
        side["shape"] = [n]
    document["signature"] = document["signature"].replace(f"n:{n_before}", f"n:{n}")
    return document


@pytest.mark.parametrize("many", [1, 1 << 20], ids=["arrays", "one by one"])
def test_counts_beyond_64_bits_are_refused_where_results_are_read_and_merged(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_json, "MANY", many)
    half, less = (Result.from_json(_of_elements((1 << 62) - one)) for one in (0, 1))
    whole = Result.merged([half, less])
    assert whole.n == (1 << 63) - 1
    assert Result.from_json(whole.to_json()) == whole
    for other in (half, whole):
        with pytest.raises(DataError, match="more than 9223372036854775807 elements together"):
            Result.merged([other, half])
    beyond = _of_elements((1 << 63) - 1)
    for entry in beyond["results"][1:]:
        entry["omitted"] = 1 << 62
    for side in beyond["inputs"].values():
        side["shape"] = None
    with pytest.raises(DataError, match="damaged: more than 9223372036854775807 elements"):
        Result.from_json(beyond)


def test_results_of_many_groups_are_read_and_merged_as_those_of_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results = [_result(seed, 5, holes=True) for seed in (1, 2, 3)]
    read = [Result.from_json(result.to_json()) for result in results]
    assert not isinstance(read[0].tallies, ManyTallies)
    monkeypatch.setattr(result_json, "MANY", 1)
    many = [Result.from_json(result.to_json()) for result in results]
    assert all(isinstance(result.tallies, ManyTallies) for result in many)
    assert many == read
    expected = Result.merged(read)
    assert Result.merged(many) == Result.merged([many[0], read[1], many[2]]) == expected
    assert Result.merged(many).to_json() == expected.to_json()
    np.testing.assert_array_equal(Result.merged(many).values, expected.values)
