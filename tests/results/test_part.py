"""Results that know which part of a run they are of: merged if all are there, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, Result, evaluate
from smoothl1.results.baseline import check_comparable
from smoothl1.results.part import PartOfPlan, check_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAN, OTHER = "a" * 64, "b" * 64
PRED, TARGET = [1.0, 2.0, 4.0, 7.0], [1.0, 1.0, 1.0, 1.0]


def parts(numbers: Sequence[int], of: int, plan: str = PLAN) -> list[PartOfPlan | None]:
    return [PartOfPlan(number, of, plan) for number in numbers]


def result_of(index: int, of: int, **more: Any) -> Result:
    return evaluate(PRED, TARGET, part=(index, of), statistics=True, **more)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (parts([1, 2, 4], 4), "part 3 of 4 is missing"),
        (parts([2, 5], 9), "parts 1,3-4,6-9 of 9 are missing"),
        (parts(range(1, 60, 2), 60), "parts 2,4,6,8,10,12,14,16,18,20,... of 60 are missing"),
        (parts([1, 2, 1], 3), "result 1 and result 3 are both part 1 of 3"),
        ([*parts([1], 2), *parts([2], 2, OTHER)], "result 2 is part 2 of 2 of another plan"),
        (parts([1], 2) + parts([2], 3), "result 2 is part 2 of 3 of another plan"),
        ([*parts([1, 2], 2), None], "result 1 is part 1 of 2, and result 3 is no part"),
        ([None, *parts([1, 2], 2)], "result 2 is part 1 of 2, and result 1 is no part"),
    ],
)
def test_what_is_not_all_parts_of_one_run_is_refused(
    given: list[PartOfPlan | None], said: str
) -> None:
    with pytest.raises(DataError) as caught:
        check_parts(given)
    assert said in caught.value.what
    assert caught.value.hint


def test_all_parts_in_any_order_and_results_that_are_no_parts_are_accepted() -> None:
    check_parts(parts([3, 1, 2], 3))
    check_parts([None, None])


def test_a_part_is_read_back_and_the_whole_is_none() -> None:
    found = [result_of(i, 3) for i in (2, 3, 1)]
    again = [Result.from_json(result.to_json()) for result in found]
    assert [result.part for result in again] == [result.part for result in found]
    assert [(r.part.index, r.part.of) for r in again if r.part] == [(2, 3), (3, 3), (1, 3)]
    whole = Result.merged(again)
    assert whole.part is None
    assert "part" not in whole.to_json()
    assert whole == evaluate(PRED, TARGET, statistics=True)
    with pytest.raises(DataError, match="parts 1-2 of 3 are missing"):
        Result.merged([again[1]])


@pytest.mark.parametrize(
    "field", [{"index": 0}, {"index": 4}, {"of": True}, {"plan": "A" * 64}, {"rows": 3}]
)
def test_a_damaged_part_is_refused(field: dict[str, Any]) -> None:
    document = result_of(1, 3).to_json()
    document["part"] |= field
    with pytest.raises(DataError, match=r"damaged: (part\.|'part\.)|damaged: part.'rows'"):
        Result.from_json(document)


def test_a_part_is_neither_judged_nor_a_baseline() -> None:
    whole, part = evaluate(PRED, TARGET), result_of(1, 1)
    with pytest.raises(DataError, match=r"^part 1 of 1, not a whole"):
        check_comparable(whole, part)
    with pytest.raises(DataError, match=r"^the result is part 1 of 1, not a whole"):
        check_comparable(part, whole)


def test_parts_of_a_run_that_leaves_out_everything_are_refused_as_the_run_is() -> None:
    nan, settings = [float("nan")] * 4, EvalSettings(nan="omit")
    found = [evaluate(nan, TARGET, settings, part=(i, 2), warn=print) for i in (1, 2)]
    assert [result.n for result in found] == [0, 0]
    for merged in (
        lambda: Result.merged(found),
        lambda: evaluate(nan, TARGET, settings),
    ):
        with pytest.raises(DataError, match="no pair is left to evaluate: 4 NaN or missing"):
            merged()


def test_parts_that_read_inputs_of_other_shapes_are_refused() -> None:
    found = [result_of(i, 2) for i in (1, 2)]
    pred, target = found[1].inputs
    for inputs, said in (
        ((pred._replace(shape=(4, 3)), target), r"part 1 of 2 .* shape \(4,\), and part 2 of 2 "),
        ((pred, target._replace(shape=(5,))), r"read targets .* \(4,\), and part 2 .* \(5,\)"),
    ):
        with pytest.raises(DataError, match=said):
            Result.merged([found[0], replace(found[1], inputs=inputs)])
    wide = [replace(one, inputs=(pred._replace(shape=(4, 2)), target)) for one in found]
    with pytest.raises(DataError, match=r"the parts have 4 elements together, and .* 8"):
        Result.merged(wide)


def test_nan_is_expected_of_the_whole_if_it_is_of_all_parts() -> None:
    one, other = (result_of(i, 2) for i in (1, 2))
    expecting = replace(one, expects_nan=True)
    assert "expects_nan" not in one.to_json()
    assert Result.from_json(expecting.to_json()).expects_nan
    assert not Result.merged([expecting, other]).expects_nan
    assert Result.merged([expecting, replace(other, expects_nan=True)]).expects_nan
