"""Powers of two are no more than a unit: what has no unit keeps its bits, the rest is multiplied.

Weights, or data and beta together, are multiplied by powers of two as large and as small as can be
without a weighted loss that leaves the normal range of binary64.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from smoothl1 import Comparison, EvalSettings, Execution, Result, compare, evaluate
from smoothl1.results.gates import Limits, check
from smoothl1.results.increase import parse_increase
from smoothl1.results.intervals import estimate_of
from tests.backends.kinds import CHOSEN_BY_NAME
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXPONENTS = [-990, -600, -535, -270, 270, 520, 600, 990]
CONFIDENCE = 0.95
LIMITS = ("0", "5%", "20%", "100%", "500%", "5000%")

LAYOUTS: dict[str, dict[str, Any]] = {
    "all": {},
    "groups": {"by": "g"},
    "columns": {"by_column": True},
    "groups and columns": {"by": "g", "by_column": True},
}


class Data(NamedTuple):
    """Predictions of two models, targets and weights; a row of each is a row."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    target: NDArray[np.float64]
    weight: NDArray[np.float64]

    def times(self, data: int, weight: int) -> Data:
        sides = (np.ldexp(side, data) for side in (self.a, self.b, self.target))
        return Data(*sides, np.ldexp(self.weight, weight))


def data_of(n: int, width: int, seed: int = 0) -> Data:
    """Losses from 2**-20 to 2**4, and some that are 0."""
    rng = np.random.default_rng(seed)
    target = rng.normal(size=(n, width))
    a, b = (
        target + np.ldexp(rng.normal(size=(n, width)), rng.integers(-4, 3, n)[:, None])
        for _ in range(2)
    )
    a[::17], b[::13] = target[::17], target[::13]
    return Data(a, b, target, rng.lognormal(0, 1, n))


def write_data(folder: Path, data: Data, name: str) -> Path:
    columns = {
        f"{side}{i}": getattr(data, side)[:, i]
        for side in ("a", "b", "target")
        for i in range(data.a.shape[1])
    }
    groups = np.arange(len(data.weight)) % 3
    return save_table(folder / f"{name}.parquet", {**columns, "g": groups, "w": data.weight})


def names(data: Data, side: str) -> tuple[str, ...]:
    return tuple(f"{side}{i}" for i in range(data.a.shape[1]))


def evaluated(
    folder: Path, data: Data, exponent: int, *, weighted: bool, model: str = "a", **layout: Any
) -> Result:
    settings = EvalSettings((math.ldexp(0.5, exponent),), **layout)
    return evaluate(
        write_data(folder, data, "t"),
        settings=settings,
        pred=names(data, model),
        target=names(data, "target"),
        weight="w" if weighted else None,
        statistics=True,
        execution=Execution(2, 1000),
    )


def compared(
    folder: Path, data: Data, exponent: int, *, weighted: bool, **layout: Any
) -> Comparison:
    return compare(
        write_data(folder, data, "t"),
        settings=EvalSettings((math.ldexp(0.5, exponent),), **layout),
        pred_a=names(data, "a"),
        pred_b=names(data, "b"),
        target=names(data, "target"),
        weight="w" if weighted else None,
    )


def in_units(result: Result, reduction: str, exponent: int) -> list[tuple[float, ...]]:
    """Values, errors and intervals over 2**exponent, degrees of freedom and what is skewed."""
    found = [estimate_of(tally, reduction) for tally in result.tallies]
    return [
        (
            *(math.ldexp(x, -exponent) for x in (e.value, e.standard_error)),
            *(math.ldexp(x, -exponent) for x in e.interval(CONFIDENCE)),
            *(e.df, e.skewness, e.coupling),
        )
        for e in found
    ]


@pytest.fixture(params=CHOSEN_BY_NAME)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SMOOTHL1_BACKEND", request.param)
    return str(request.param)


SHAPES = pytest.mark.parametrize(("n", "width"), [(60, 1), (5000, 1), (60, 3)])


@SHAPES
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_data_and_beta_have_any_unit(
    tmp_path: Path, backend: str, layout: str, weighted: bool, n: int, width: int
) -> None:
    data = data_of(n, width)
    more = {"weighted": weighted, **LAYOUTS[layout]}
    wanted = evaluated(tmp_path, data, 0, **more)
    assert all(math.isfinite(x) for entry in in_units(wanted, "mean", 0) for x in entry)
    for exponent in EXPONENTS:
        found = evaluated(tmp_path, data.times(exponent, 0), exponent, **more)
        for reduction in ("mean", "sum"):
            assert in_units(found, reduction, exponent) == in_units(wanted, reduction, 0)
        assert Result.from_json(found.to_json()) == found


@SHAPES
@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_have_any_unit(
    tmp_path: Path, backend: str, layout: str, n: int, width: int
) -> None:
    data = data_of(n, width)
    wanted = evaluated(tmp_path, data, 0, weighted=True, **LAYOUTS[layout])
    for exponent in EXPONENTS:
        scaled = data.times(0, exponent)
        found = evaluated(tmp_path, scaled, 0, weighted=True, **LAYOUTS[layout])
        assert in_units(found, "mean", 0) == in_units(wanted, "mean", 0)
        assert in_units(found, "sum", exponent) == in_units(wanted, "sum", 0)
        assert Result.from_json(found.to_json()) == found


@SHAPES
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_comparisons_have_any_unit(
    tmp_path: Path, backend: str, layout: str, weighted: bool, n: int, width: int
) -> None:
    data = data_of(n, width)
    more = {"weighted": weighted, **LAYOUTS[layout]}
    wanted = compared(tmp_path, data, 0, **more).differences
    assert all(0 < difference.p_value < 1 for difference in wanted)
    for exponent in EXPONENTS:
        for of_data, of_weight in ((exponent, 0), (0, exponent))[: 1 + weighted]:
            scaled = data.times(of_data, of_weight)
            found = compared(tmp_path, scaled, of_data, **more).differences
            for one, other in zip(found, wanted, strict=True):
                assert (one.t, one.p_value) == (other.t, other.p_value)
                assert one.estimate.value == math.ldexp(other.estimate.value, of_data)
                assert one.estimate.interval(CONFIDENCE) == tuple(
                    math.ldexp(bound, of_data) for bound in other.estimate.interval(CONFIDENCE)
                )


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("width", [1, 3])
def test_gates_on_an_increase_say_the_same_in_any_unit(
    tmp_path: Path, width: int, reduction: str
) -> None:
    data = data_of(60, width)
    data = data._replace(b=data.target + (data.a - data.target) / 8)
    more: dict[str, Any] = {"weighted": True, "reduction": reduction}
    limits = Limits(increases=tuple(map(parse_increase, LIMITS)), confidence=CONFIDENCE)

    def verdicts(of_data: int, of_weight: int) -> list[bool]:
        scaled = data.times(of_data, of_weight)
        found = evaluated(tmp_path, scaled, of_data, **more)
        base = evaluated(tmp_path, scaled, of_data, model="b", **more)
        return [verdict.passed for verdict in check(found, limits, base)]

    wanted = verdicts(0, 0)
    assert {True, False} == set(wanted)
    for exponent in EXPONENTS:
        assert verdicts(exponent, 0) == verdicts(0, exponent) == wanted


def test_merged_parts_have_any_unit(tmp_path: Path) -> None:
    data = data_of(90, 1)
    for exponent in (0, *EXPONENTS):
        scaled = data.times(exponent, 0)
        whole = evaluated(tmp_path, scaled, exponent, weighted=True)
        parts = [
            evaluated(
                tmp_path, Data(*(side[low : low + 30] for side in scaled)), exponent, weighted=True
            )
            for low in (0, 30, 60)
        ]
        read = [Result.from_json(part.to_json()) for part in parts]
        assert Result.merged(read).tallies == whole.tallies


@pytest.mark.parametrize("exponent", [-1021, -1000, 900])
def test_errors_that_are_subnormal_lose_nothing(tmp_path: Path, exponent: int) -> None:
    """Losses are normal and nearly alike, so that their standard error is not normal."""
    rng = np.random.default_rng(1)
    near = 1 + np.ldexp(rng.integers(0, 9, (2, 40)), -50)
    a, b = near[:, :, None]
    data = Data(a, b, np.zeros((40, 1)), np.ones(40))
    results = [
        [
            evaluated(tmp_path, data.times(e, 0), e - 60, weighted=False, model=model)
            for model in "ab"
        ]
        for e in (0, exponent)
    ]
    differences = [
        estimate_of(one.tallies[0], "mean").minus(estimate_of(other.tallies[0], "mean"))
        for one, other in results
    ]
    wanted, found = ((d.df, d.in_unit.value / d.in_unit.standard_error) for d in differences)
    assert found == wanted
