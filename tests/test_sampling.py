"""Samples of cases have every pair of values of two parameters, and are always the same."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.sampling import covering, grid, in_turn, swept

if TYPE_CHECKING:
    from collections.abc import Hashable

pytest_plugins = ["pytester"]

NAMES = ("test_of_one", "test_of_two", "test_with_a_fixture", "test_alone")


def pairs(case: tuple[object, ...]) -> set[tuple[object, ...]]:
    return set(itertools.combinations(enumerate(case), 2))


def n_values(cases: list[list[Hashable]]) -> list[int]:
    """How many values each parameter has."""
    return [len(set(column)) for column in zip(*cases, strict=True)]


def run_by_ci(params: list[object]) -> list[object]:
    return [param.values for param in params if not param.marks]  # type: ignore[attr-defined]


def test_a_third_of_the_cases_has_all_pairs_of_values() -> None:
    cases = list(itertools.product(range(5), "xyz", [(1, 2), (2, 1)], [None, 0.5]))
    kept = covering(cases, "test_x")
    assert len(kept) == len(cases) // 3
    assert set().union(*(pairs(cases[i]) for i in kept)) == set().union(*map(pairs, cases))
    assert covering(cases, "test_x") == kept != covering(cases, "test_y")


@pytest.mark.parametrize(("n_others", "n_kept"), [(2, 9), (3, 9), (5, 15)])
def test_each_value_of_two_parameters_is_kept(n_others: int, n_kept: int) -> None:
    cases = list(itertools.product(range(9), range(n_others)))
    kept = covering(cases, "test_x")
    assert len(kept) == n_kept
    assert {cases[i][0] for i in kept} == set(range(9))
    assert {cases[i][1] for i in kept} == set(range(n_others))
    assert len(covering(cases, "test_x", at_most_a_third=True)) == len(cases) // 3


PLAIN = """
import pytest

SHARED = object()

@pytest.fixture(params=["p", "q"])
def way(request):
    return request.param

@pytest.mark.parametrize(("a", "b"), [(1, 2), (2, 1), (1, 1)])
def test_of_one(a, b): ...

@pytest.mark.parametrize("c", "xy")
@pytest.mark.parametrize("a, b", [(1, 2), (2, 1), (SHARED, 1)])
def test_of_two(a, b, c): ...

@pytest.mark.parametrize("c", "xy")
def test_with_a_fixture(c, way): ...

def test_alone(): ...
"""


def test_a_grid_has_a_parameter_for_each_parametrize_and_fixture(pytester: pytest.Pytester) -> None:
    items, _ = pytester.inline_genitems(pytester.makepyfile(PLAIN))
    of = {name: [item for item in items if item.originalname == name] for name in NAMES}  # type: ignore[attr-defined]
    values = {name: grid(some) for name, some in of.items()}
    assert [len(set(column)) for column in zip(*values["test_of_two"], strict=True)] == [3, 2]
    assert [len(set(column)) for column in zip(*values["test_with_a_fixture"], strict=True)] == [
        2,
        2,
    ]
    assert (values["test_of_one"], values["test_alone"]) == ([], [])
    split = grid(of["test_of_one"], of_one=True)
    assert n_values(split) == [2, 2]


def test_values_in_turn_and_in_steps() -> None:
    assert run_by_ci(in_turn("abc", [1, 2])) == [("a", 1), ("b", 2), ("c", 1)]
    assert len(in_turn("abc", [1, 2])) == 6
    assert run_by_ci(swept(range(10, 20), 4)) == [(10,), (11,), (14,), (18,), (19,)]
    assert len(swept(range(10, 20), 4)) == 10
