"""Standard errors, rows being the units, against rational arithmetic and NumPy.

Of row r with the sum s_r of its losses (each times its weight, if there are weights) and its size
m_r (the number of its elements, or the sum of their weights), of n rows,

    mean = (sum of s_r) / (sum of m_r)
    variance of it = (sum of (s_r - mean * m_r)**2) / ((sum of m_r)**2 - sum of m_r**2)

so for rows of one element s**2 / n. Rows of which no element counts are no rows.
"""

from __future__ import annotations

import io
import math
import random
import tempfile
import warnings
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from smoothl1 import EvalSettings, Execution, evaluate
from smoothl1.running.evaluate import LossOutput
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.tables import save_sides

if TYPE_CHECKING:
    from smoothl1 import Result, Tally

Array = NDArray[Any]

NAN, INF = math.nan, math.inf


class Row(NamedTuple):
    """Losses of the elements of a row that count, weighted, and the size of the row."""

    terms: list[float]
    size: Fraction


def rational_error(rows: list[Row]) -> float:
    """By the definition; the products of the elements of rows are rounded, as is the row's sum."""
    rows = [row for row in rows if row.terms]
    sums = [Fraction(left_to_right(row.terms)) for row in rows]
    sizes = [row.size for row in rows]
    mean = Fraction(sum(Fraction(t) for row in rows for t in row.terms)) / sum(sizes)
    residuals = sum((s - mean * m) ** 2 for s, m in zip(sums, sizes, strict=True))
    return math.sqrt(residuals / (sum(sizes) ** 2 - sum(size**2 for size in sizes)))


def left_to_right(terms: list[float]) -> float:
    total = terms[0]
    for term in terms[1:]:
        total += term
    return total


def close(value: float, rel: float = 1e-10) -> object:
    """The squares are rounded before they are added: 2**-53 times (mean / deviation)**2."""
    return pytest.approx(value, rel=rel, abs=0.0)


def evaluated(
    paths: list[Path],
    settings: EvalSettings = EvalSettings(),
    execution: Execution = Execution(),
) -> Result:
    pred, target, *weights = paths
    return evaluate(
        pred,
        target,
        settings,
        weights=weights[0] if weights else None,
        execution=execution,
        statistics=True,
        warn=[].append,
    )


def numbers(*shape: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    pred, target = np.ldexp(rng.uniform(-1, 1, (2, *shape)), rng.integers(-8, 8, (2, *shape)))
    return pred, target


def rows_of(
    pred: Array, target: Array, beta: float, weight: Array | None = None, policy: str = "propagate"
) -> list[Row]:
    rows = []
    for i, (some, others) in enumerate(zip(pred, target, strict=True)):
        xs, ys = np.atleast_1d(some).tolist(), np.atleast_1d(others).tolist()
        ws = [1.0] * len(xs)
        if weight is not None:
            ws = np.broadcast_to(weight[i], len(xs)).tolist()
        cells = [
            (x, y, w)
            for x, y, w in zip(xs, ys, ws, strict=True)
            if w != 0 and not (policy == "omit" and math.isnan(x + y))
        ]
        terms = [oracle.loss(x, y, beta) * w for x, y, w in cells]
        rows.append(Row(terms, Fraction(sum(Fraction(w) for _, _, w in cells))))
    return rows


@pytest.mark.parametrize("n", [2, 3, 10, 1000])
@pytest.mark.parametrize("beta", [0.0, 0.5, 4.0])
def test_of_single_elements_it_is_the_textbook_standard_error(
    tmp_path: Path, n: int, beta: float
) -> None:
    pred, target = numbers(n, seed=n)
    (tally,) = evaluated(save_sides(tmp_path, pred, target), EvalSettings((beta,))).tallies
    losses = np.array(oracle.losses(pred, target, beta))
    assert tally.standard_error == close(losses.std(ddof=1) / math.sqrt(n))
    assert tally.standard_error == close(float(stats.sem(losses)))
    assert tally.standard_error == close(rational_error(rows_of(pred, target, beta)), 1e-12)


@pytest.mark.parametrize("width", [2, 3, 17])
def test_of_rows_of_several_columns_the_rows_are_the_units(tmp_path: Path, width: int) -> None:
    pred, target = numbers(40, width, seed=width)
    for tally, beta in zip(
        evaluated(save_sides(tmp_path, pred, target), EvalSettings((0.0, 1.0))).tallies,
        (0.0, 1.0),
        strict=True,
    ):
        losses = np.array(oracle.losses(pred, target, beta)).reshape(40, width)
        assert tally.standard_error == close(float(stats.sem(losses.mean(axis=1))))
        assert tally.standard_error == close(rational_error(rows_of(pred, target, beta)), 1e-12)
        assert tally.moments is not None
        assert tally.moments.n == 40


def test_elements_that_move_together_have_a_larger_error_than_if_they_did_not(
    tmp_path: Path,
) -> None:
    pred, target = (np.repeat(side[:, None], 4, axis=1) for side in numbers(30, seed=5))
    (tally,) = evaluated(save_sides(tmp_path, pred, target)).tallies
    losses = np.array(oracle.losses(pred[:, 0], target[:, 0], 1.0))
    assert tally.standard_error == close(float(stats.sem(losses)))


@pytest.mark.parametrize("width", [1, 3])
def test_weights_are_sizes(tmp_path: Path, width: int) -> None:
    shape = (50,) if width == 1 else (50, width)
    pred, target = numbers(*shape, seed=7)
    rng = np.random.default_rng(8)
    for weight in (rng.uniform(0.1, 3, 50), rng.integers(0, 3, 50).astype(float)):
        (tally,) = evaluated(save_sides(tmp_path, pred, target, weight)).tallies
        rows = rows_of(pred, target, 1.0, weight)
        assert tally.standard_error == close(rational_error(rows), 1e-12)
        s = np.array([sum(row.terms) for row in rows])
        m = np.array([float(row.size) for row in rows])
        e = s - s.sum() / m.sum() * m
        k = m.sum() ** 2 / (m**2).sum()
        assert tally.standard_error == close(math.sqrt(k / (k - 1) * (e**2).sum()) / m.sum())
        assert tally.moments is not None
        assert tally.moments.n == int((m > 0).sum())


def test_weights_of_single_elements_are_sizes(tmp_path: Path) -> None:
    pred, target = numbers(30, 2, seed=9)
    weight = np.random.default_rng(1).integers(0, 4, (30, 2)) / 2
    (tally,) = evaluated(save_sides(tmp_path, pred, target, weight)).tallies
    assert tally.standard_error == close(rational_error(rows_of(pred, target, 1.0, weight)), 1e-12)


def test_a_unit_of_weights_does_not_matter(tmp_path: Path) -> None:
    pred, target = numbers(50, seed=10)
    weight = np.random.default_rng(2).uniform(0, 1, 50)
    errors = {
        evaluated(save_sides(tmp_path, pred, target, weight * unit)).tallies[0].standard_error
        for unit in (1.0, 2.0**-40, 2.0**40)
    }
    assert len(errors) == 1
    (alike,) = evaluated(save_sides(tmp_path, pred, target, np.full(50, 3.0))).tallies
    (none,) = evaluated(save_sides(tmp_path, pred, target)).tallies
    assert alike.standard_error == close(none.standard_error)


def test_elements_that_are_left_out_have_no_size(tmp_path: Path) -> None:
    pred, target = numbers(60, 3, seed=11)
    rng = np.random.default_rng(3)
    pred[rng.random(pred.shape) < 0.3] = NAN
    pred[5] = NAN  # a row of which nothing is left
    for weight in (None, rng.integers(0, 3, 60).astype(float)):
        paths = save_sides(tmp_path, pred, target, weight)
        (tally,) = evaluated(paths, EvalSettings(nan="omit")).tallies
        rows = rows_of(pred, target, 1.0, weight, "omit")
        assert tally.moments is not None
        assert tally.moments.n == sum(bool(row.terms) for row in rows) < 60
        assert tally.standard_error == close(rational_error(rows), 1e-12)


@pytest.mark.parametrize("by_column", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_groups_and_columns_have_errors_of_their_own(
    tmp_path: Path, by_column: bool, weighted: bool
) -> None:
    pred, target = numbers(90, 2, seed=12)
    groups = np.random.default_rng(4).integers(0, 4, 90)
    weight = np.random.default_rng(5).uniform(0.5, 2, 90)
    sides = {"a": pred[:, 0], "b": pred[:, 1], "c": target[:, 0], "d": target[:, 1]}
    table = {**sides, "g": groups, "w": weight}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    result = evaluate(
        tmp_path / "t.parquet",
        settings=EvalSettings((0.0, 1.0), by="g", by_column=by_column),
        pred=("a", "b"),
        target=("c", "d"),
        weight="w" if weighted else None,
        statistics=True,
    )
    assert len(result.tallies) == 2 * 4 * (2 if by_column else 1)
    for beta, group, tally in result.entries:
        at = groups == int(group.group or "")
        columns = ["ab".index(group.column)] if group.column else [0, 1]
        some = weight[at] if weighted else None
        rows = rows_of(pred[at][:, columns], target[at][:, columns], beta, some)
        assert tally.standard_error == close(rational_error(rows), 1e-12)


def moments_of(result: Result) -> list[Any]:
    return [(tally.moments, tally.standard_error) for tally in result.tallies]


@pytest.mark.grid
@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_no_bit_depends_on_chunks_threads_or_the_order_of_rows(
    tmp_path: Path, width: int, weighted: bool
) -> None:
    rng = np.random.default_rng(13)
    shape = (150, width) if width > 1 else (150,)
    pred, target = np.ldexp(rng.uniform(-1, 1, (2, *shape)), rng.integers(-120, 120, (2, *shape)))
    pred[rng.random(shape) < 0.1] = NAN
    weight = rng.integers(0, 4, 150) / 3 if weighted else None
    settings = EvalSettings((1.0, 0.0, 0.3), nan="omit")
    wanted = moments_of(evaluated(save_sides(tmp_path, pred, target, weight), settings))
    with cut_small(40, 16):
        for seed, execution in enumerate(EXECUTIONS):
            order = random.Random(seed).sample(range(150), 150)
            some = None if weight is None else weight[order]
            paths = save_sides(tmp_path, pred[order], target[order], some)
            assert moments_of(evaluated(paths, settings, execution)) == wanted


@given(
    rows=st.lists(st.tuples(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100)), max_size=20),
    chunk=st.integers(1, 8),
    part=st.integers(1, 10),
)
def test_any_rows_cut_in_any_way_have_the_same_moments(
    rows: list[tuple[float, float]], chunk: int, part: int
) -> None:
    rows = [(1.0, 0.0), *rows]
    with tempfile.TemporaryDirectory() as folder:
        paths = save_sides(Path(folder), np.array(rows), np.zeros((len(rows), 2)))
        whole = moments_of(evaluated(paths, execution=Execution(1)))
        with cut_small(part):
            assert moments_of(evaluated(paths, execution=Execution(2, chunk))) == whole


def test_writing_losses_on_the_way_changes_nothing(tmp_path: Path) -> None:
    paths = save_sides(tmp_path, *numbers(100, 3, seed=14))
    written = evaluate(
        *paths,
        EvalSettings(reduction="none"),
        losses_to=LossOutput(io.BytesIO(), "npy"),
        statistics=True,
        execution=Execution(2, 9),
    )
    assert moments_of(written) == moments_of(evaluated(paths))


def only(tmp_path: Path, losses: list[Any], settings: EvalSettings = EvalSettings((0.0,))) -> Tally:
    pred = np.array(losses, np.float64)
    return evaluated(save_sides(tmp_path, pred, np.zeros_like(pred)), settings).tallies[0]


@pytest.mark.parametrize("losses", [[3.0], [[1.0, 2.0]], [NAN, 1.0, 2.0], [INF, 1.0, 2.0]])
def test_less_than_two_rows_or_losses_that_are_not_finite_have_no_error(
    tmp_path: Path, losses: list[Any]
) -> None:
    assert math.isnan(only(tmp_path, losses).standard_error)


def test_one_row_that_is_left_has_no_error(tmp_path: Path) -> None:
    tally = only(tmp_path, [NAN, 1.0, NAN], EvalSettings((0.0,), nan="omit"))
    assert math.isnan(tally.standard_error)
    assert tally.mean == 1.0


def test_two_rows_have_half_their_difference(tmp_path: Path) -> None:
    assert only(tmp_path, [1.0, 4.0]).standard_error == 1.5
    assert only(tmp_path, [[0.5, 1.5], [4.0, 4.0]]).standard_error == 1.5


def test_rows_that_are_alike_have_none(tmp_path: Path) -> None:
    assert only(tmp_path, [0.75] * 9).standard_error == 0.0
    assert only(tmp_path, [0.0] * 9).standard_error == 0.0


@pytest.mark.parametrize("exponent", [-1018, -600, -535, -500, 0, 500, 520, 600, 1019])
def test_scale_does_not_matter(tmp_path: Path, exponent: int) -> None:
    losses = np.array([1.0, 2.5, 7.0, 0.125])
    found = only(tmp_path, np.ldexp(losses, exponent).tolist()).standard_error
    assert found == math.ldexp(only(tmp_path, losses.tolist()).standard_error, exponent)


@pytest.mark.parametrize(
    "losses", [[1e200, 1.0, 2.0], [1e308, 1e308, 1.0], [[1e160, 0], [1, 2]], [5e-324, 1e-323, 0.0]]
)
def test_squares_beyond_binary64_do_no_harm(tmp_path: Path, losses: list[Any]) -> None:
    rows = [Row(list(np.atleast_1d(row)), Fraction(np.size(row))) for row in losses]
    sizes = Fraction(sum(row.size for row in rows))
    mean = sum(Fraction(float(t)) for row in rows for t in row.terms) / sizes
    sums = [sum(Fraction(float(t)) for t in row.terms) for row in rows]
    squares = sum((s - mean * row.size) ** 2 for s, row in zip(sums, rows, strict=True))
    variance = squares / (sizes**2 - sum(row.size**2 for row in rows))
    error = Fraction(only(tmp_path, losses).standard_error)
    assert abs(error**2 - variance) <= variance * Fraction(1, 1 << 50) + oracle.UNIT**2


def test_a_row_whose_sum_is_beyond_binary64_makes_it_infinite(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for settings in (EvalSettings((0.0,)), EvalSettings((0.0,), nan="omit")):
            tally = only(tmp_path, [[1e308, 1e308], [1.0, 1.0], [2.0, 2.0]], settings)
            assert tally.mean == oracle.rounded(2 * Fraction(1e308) / 6 + 1)
            assert tally.standard_error == INF


def test_a_row_whose_sum_is_beyond_binary64_is_no_cause_for_a_warning(tmp_path: Path) -> None:
    only(tmp_path, [[1e308, 1e308], [1.0, 1.0]])


def test_without_statistics_it_is_not_known(tmp_path: Path) -> None:
    (tally,) = evaluate(*save_sides(tmp_path, *numbers(9))).tallies
    assert tally.moments is None
    assert math.isnan(tally.standard_error)


def test_parts_that_merge_have_the_error_of_the_whole(tmp_path: Path) -> None:
    pred, target = numbers(60, 2, seed=15)
    whole = evaluated(save_sides(tmp_path, pred, target)).tallies[0]
    first = evaluated(save_sides(tmp_path, pred[:23], target[:23])).tallies[0]
    second = evaluated(save_sides(tmp_path, pred[23:], target[23:])).tallies[0]
    assert first.merge(second) == second.merge(first) == whole
