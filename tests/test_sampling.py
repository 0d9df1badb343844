"""Samples of cases have every pair of values of two parameters, and are always the same."""

from __future__ import annotations

import itertools

import pytest

from tests.sampling import covering, in_turn, swept


def pairs(case: dict[str, object]) -> set[tuple[object, ...]]:
    return set(itertools.combinations(case.items(), 2))


def run_by_ci(params: list[object]) -> list[object]:
    return [param.values for param in params if not param.marks]  # type: ignore[attr-defined]


def test_a_third_of_the_cases_has_all_pairs_of_values() -> None:
    names, values = "abcd", (range(5), "xyz", [(1, 2), (2, 1)], [None, 0.5])
    cases = [dict(zip(names, case, strict=True)) for case in itertools.product(*values)]
    kept = covering(cases, "test_x")
    assert len(kept) <= len(cases) // 3
    assert set().union(*(pairs(cases[i]) for i in kept)) == set().union(*map(pairs, cases))
    assert covering(cases, "test_x") == kept != covering(cases, "test_y")


@pytest.mark.parametrize("others", [[0], range(3)])
def test_of_one_or_two_parameters_a_third_has_each_value(others: list[int]) -> None:
    cases = [{"a": a, "b": b} for a in range(9) for b in others]
    kept = covering(cases, "test_x")
    assert len(kept) == len(cases) // 3
    if len(others) > 1:
        assert {cases[i]["a"] for i in kept} == set(range(9))
        assert {cases[i]["b"] for i in kept} == set(others)


def test_values_in_turn_and_in_steps() -> None:
    assert run_by_ci(in_turn("abc", [1, 2])) == [("a", 1), ("b", 2), ("c", 1)]
    assert len(in_turn("abc", [1, 2])) == 6
    assert run_by_ci(swept(range(10, 20), 4)) == [(10,), (11,), (14,), (18,), (19,)]
    assert len(swept(range(10, 20), 4)) == 10
