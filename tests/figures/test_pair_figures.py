from __future__ import annotations

import math
from bisect import bisect_left
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from smoothl1.backends.choice import new_backend
from smoothl1.figures.density import SIDE, Density
from smoothl1.figures.drift import Drift
from smoothl1.figures.error_histogram import ErrorHistogram
from smoothl1.figures.of_errors import sides, signed_table
from smoothl1.figures.pair_figures import PairFigures
from smoothl1.figures.stretches import MOST, Stretch, blocks_of, in_order
from smoothl1.figures.sweep import betas_around
from smoothl1.nan_policies import NAN_POLICIES
from smoothl1.numerics.histograms import N_UPPER, NAN
from smoothl1.pairing.chunks import Chunk
from smoothl1.pairing.nan_policy import apply_policy
from smoothl1.sources.contract import Numbers
from tests.backends.kinds import BACKENDS, CHOSEN_BY_NAME, native_versions

BACKEND = new_backend()
PROPAGATE = NAN_POLICIES["propagate"]
LARGEST = 1.7976931348623157e308
HARD = [0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1.0, -1.0, 1.5, 1e308, -1.7976931348623157e308]


def chunk_of(pred: np.ndarray, target: np.ndarray, start: int = 0) -> Chunk:
    return Chunk(start, len(pred), Numbers(pred.ravel()), Numbers(target.ravel()))


def state(histogram: ErrorHistogram) -> list[int]:
    return histogram.counts.tolist()


def test_each_error_lies_between_the_edges_of_its_bin() -> None:
    rng = np.random.default_rng(1)
    errors = np.concatenate([rng.normal(size=500) * 10.0 ** rng.integers(-9, 9, 500), HARD])
    histogram = ErrorHistogram()
    histogram.add(BACKEND, errors)
    bins = histogram.signed()
    wanted, edges = [0] * len(bins.counts), bins.edges.tolist()
    assert edges == sorted(edges)
    for error in (errors + 0.0).tolist():
        first = max(bisect_left(edges, error) - 3, 0)
        places = [
            i
            for i, (low, high) in enumerate(pairwise(edges[first : first + 7]), first)
            if ((low <= error < high or error == high == LARGEST) and math.copysign(1, error) > 0)
            or ((low < error <= high or error == low == -LARGEST) and math.copysign(1, error) < 0)
        ]
        wanted[places[0] if math.copysign(1, error) < 0 else places[-1]] += 1
    assert bins.counts.tolist() == wanted
    assert bins.counts.sum() == len(errors)
    assert histogram.magnitudes().counts.sum() == np.count_nonzero(errors)


def test_bins_are_a_sixteenth_of_an_octave() -> None:
    histogram = ErrorHistogram()
    histogram.add(BACKEND, np.array([1.0, 1.0624, 1.0625, -3.0]))
    bins = histogram.magnitudes()
    assert bins.edges[[0, 1, 2]].tolist() == [1.0, 1.0625, 1.125]
    assert bins.counts[[0, 1, -1]].tolist() == [2, 1, 1]


@pytest.mark.parametrize("backend", ["cpu", "native"])
def test_backends_count_alike(backend: str) -> None:
    rng = np.random.default_rng(2)
    values = rng.integers(0, 2**64, 70_000, np.uint64).view(np.float64)
    counts = np.zeros(N_UPPER, np.int64)
    new_backend(backend).count_errors(values, counts)
    wanted = np.zeros(N_UPPER, np.int64)
    for bits, value in zip(values.view(np.uint64).tolist(), values.tolist(), strict=True):
        wanted[NAN if math.isnan(value) else bits >> 48] += 1
    assert counts.tolist() == wanted.tolist()


def test_backends_count_pairs_alike() -> None:
    columns, rows = np.random.default_rng(2).normal(size=(2, 5000)) * 3
    rows[:4] = 0.0, -0.0, 5e-324, -5e-324
    wanted = np.zeros((64, 64), np.int64)
    for column, row in zip(columns.tolist(), rows.tolist(), strict=True):
        wanted[math.floor(Fraction(row) / 2) + 31, math.floor(Fraction(column) / 2) + 31] += 1
    for new in (*map(BACKENDS.__getitem__, CHOSEN_BY_NAME), *native_versions()):
        cells = np.zeros((64, 64), np.int64)
        new().count_cells(columns, rows, 1, -31, cells)
        assert cells.tolist() == wanted.tolist()


@pytest.mark.parametrize("backend", ["cpu", "native"])
def test_a_nan_on_either_side_has_no_cell(backend: str) -> None:
    for pred, target in (([1.0, 2.0, 3.0], [1.5, math.nan, 3.25]), ([math.nan, 2.0], [1.0, 2.0])):
        density = Density()
        density.add(new_backend(backend), np.array(pred), np.array(target))
        assert (density.counts.sum(), density.n_outside) == (len(pred) - 1, 1)


@pytest.mark.parametrize("backend", ["cpu", "native"])
@pytest.mark.parametrize(
    "values", [[-1.0, -1e-17, -0.5], [1.0, -1e-20, 0.5], [-1e-300, 1e300], [-5e-324, 1.0]]
)
def test_tiny_numbers_below_0_have_cells_below_0(backend: str, values: list[float]) -> None:
    used, whole, parts = new_backend(backend), Density(), Density()
    whole.add(used, np.array(values), np.array(values))
    for value in values:
        part = Density()
        part.add(used, np.array([value]), np.array([value]))
        parts.merge(part)
    assert whole.counts.tolist() == parts.counts.tolist()
    edges = whole.edges()
    for value in values:
        cell = next(i for i in range(SIDE) if edges[i] <= value < edges[i + 1])
        assert whole.counts[cell, cell] > 0
    assert whole.counts.sum() == len(values)


def test_errors_that_are_0_are_counted_apart_from_tiny_ones() -> None:
    histogram = ErrorHistogram()
    histogram.add(BACKEND, np.array([0.0, -0.0, 5e-324, -5e-324, -5e-324]))
    assert sides(histogram) == (2, 2, 1)
    assert histogram.magnitudes().edges.tolist() == [5e-324, 2.0**-1026]
    assert histogram.magnitudes().counts.tolist() == [3]
    rows = zip(*(column.cells for column in signed_table(histogram)), strict=True)
    least = 2.0**-1026
    assert [*rows] == [(-least, 0.0, 2), (0.0, 0.0, 2), (0.0, least, 1)]


def test_the_kernel_refuses_pairs_without_a_cell_and_arrays_that_do_not_go_together() -> None:
    native = pytest.importorskip("smoothl1.backends._native")
    cells, one = np.zeros(16, np.int64), np.array([1.0])
    for value in (4.0, -1.0, 1e300, math.inf, -math.inf, math.nan):
        with pytest.raises(ValueError, match="do not go together"):
            native.count_cells(np.array([value]), one, 1.0, 0, 4, cells, None)
    with pytest.raises(ValueError, match="do not go together"):
        native.count_cells(one, np.array([1.0, 2.0]), 1.0, 0, 4, cells, None)
    with pytest.raises(ValueError, match="do not go together"):
        native.count_cells(one, one, 1.0, 0, 5, cells, None)
    with pytest.raises(ValueError, match="do not go together"):
        native.count_upper_bits(one, cells)
    assert cells.tolist() == [0] * 16


def test_what_is_not_finite_has_no_bin() -> None:
    histogram = ErrorHistogram()
    histogram.add(
        BACKEND, np.array([math.inf, -math.inf, math.nan, -math.nan, 1.7976931348623157e308])
    )
    assert (histogram.n_nan, histogram.n_infinite) == (2, 2)
    assert histogram.signed().counts.sum() == 1
    assert histogram.signed().edges[-1] == 1.7976931348623157e308


def numbers(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=n) * 10.0 ** rng.integers(-3, 3, n)


@pytest.mark.parametrize("seed", range(4))
def test_cells_do_not_depend_on_cuts_or_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pred, target = numbers(rng, 400), numbers(rng, 400) + 10.0**seed
    pred[7], target[9] = math.nan, math.inf
    whole = Density()
    whole.add(BACKEND, pred, target)
    parts = []
    for rows in np.array_split(rng.permutation(400), 7):
        part = Density()
        for one in np.array_split(rows, 3):
            part.add(BACKEND, pred[one], target[one])
        parts.append(part)
    merged = Density()
    for part in parts:
        merged.merge(part)
    assert (merged.exponent, merged.first, merged.n_outside) == (whole.exponent, whole.first, 2)
    assert merged.counts.tolist() == whole.counts.tolist()
    edges = whole.edges()
    for i, j in zip(*whole.counts.nonzero(), strict=True):
        inside = (edges[i] <= target) & (target < edges[i + 1]) & np.isfinite(pred)
        inside &= (edges[j] <= pred) & (pred < edges[j + 1])
        assert inside.sum() == whole.counts[i, j]


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.0],
        [5e-324, 1e-323],
        [1e308, -1e308],
        [1.7976931348623157e308, 1.7976931348623155e308],
        [2.0**60, 2.0**60 + 256],
        [-5e-324, 5e-324],
    ],
)
def test_cells_hold_any_finite_numbers(values: list[float]) -> None:
    density = Density()
    density.add(BACKEND, np.array(values[:1]), np.array(values[:1]))
    density.add(BACKEND, np.array(values), np.array(values[::-1]))
    again = Density()
    again.add(BACKEND, np.array(values), np.array(values[::-1]))
    again.add(BACKEND, np.array(values[:1]), np.array(values[:1]))
    assert density.counts.sum() == 3
    assert density.counts.tolist() == again.counts.tolist()
    assert density.exponent == again.exponent


def test_cells_are_as_small_as_they_can_be() -> None:
    density = Density()
    density.add(BACKEND, np.array([0.0, 1.0]), np.array([0.5, 0.25]))
    held = density.counts.nonzero()
    assert density.exponent == -7  # 2**-8 would need 257 cells
    assert max(held[1]) - min(held[1]) == SIDE // 2


def drift_of(
    pred: np.ndarray, target: np.ndarray, cuts: list[int], n_rows: int | None
) -> list[tuple[int, Fraction, int]]:
    backend = new_backend("cpu")
    drifts = []
    for start, stop in zip([0, *cuts], [*cuts, len(pred)], strict=True):
        drift = Drift(0.5, 3, n_rows)
        chunk = chunk_of(pred[start:stop], target[start:stop], start * 3)
        drift.add(backend, chunk, apply_policy(chunk, PROPAGATE))
        drifts.append(drift)
    first = Drift(0.5, 3, n_rows)
    for drift in drifts[::-1]:
        first.merge(drift)
    return told([first.stretch()])


def told(stretches: list[Stretch]) -> list[tuple[int, Fraction, int]]:
    blocks = blocks_of(in_order(stretches))
    assert blocks.unplaced is None
    return [(row, Fraction(tally.total.units), tally.n) for row, tally in blocks.tallies]


def parts_of(
    pred: np.ndarray, target: np.ndarray, cuts: list[int], *, are_placed: bool
) -> list[Stretch]:
    """Each part as an input of its own, which may or may not say where it begins."""
    found = []
    for start, stop in zip([0, *cuts], [*cuts, len(pred)], strict=True):
        drift = Drift(0.5, 3, None, start if are_placed else None)
        for first in range(start, stop, 70):
            rows = slice(first, min(first + 70, stop))
            chunk = chunk_of(pred[rows], target[rows], (first - start) * 3)
            drift.add(BACKEND, chunk, apply_policy(chunk, PROPAGATE))
        found.append(drift.stretch())
    return found


@pytest.mark.parametrize("n_rows", [1, 5, MOST, MOST + 1, 1000])
def test_blocks_of_rows_have_exact_means_however_rows_are_cut(n_rows: int) -> None:
    rng = np.random.default_rng(n_rows)
    pred, target = rng.normal(size=(2, n_rows, 3))
    size = 1 << max(0, math.ceil(math.log2(n_rows / MOST)))
    wanted = []
    for first in range(0, n_rows, size):
        rows = slice(first, first + size)
        losses = []
        for x, y in zip(pred[rows].ravel(), target[rows].ravel(), strict=True):
            d = abs(float(x) - float(y))
            m = min(d, 0.5)
            losses.append(Fraction((m / 0.5) * (d - m / 2)))
        wanted.append((first, sum(losses) * 2**1074, len(losses)))
    for cuts in ([], [n_rows // 3, n_rows // 2], [*range(1, min(n_rows, 9))]):
        for known in (n_rows, None):
            assert drift_of(pred, target, cuts, known) == wanted
        parts = parts_of(pred, target, cuts, are_placed=True)
        assert told(parts) == told(parts[::-1]) == wanted
        assert len(in_order(parts)) == 1
        short = parts_of(pred, target, [n for n in cuts if n <= MOST], are_placed=False)
        if all(part.n_rows <= MOST for part in short[1:]):
            assert told(short) == wanted


def test_betas_reach_two_decades_to_either_side() -> None:
    betas = betas_around(0.5)
    assert betas[0] == pytest.approx(0.005)
    assert betas[-1] == 50.0
    assert 0.5 in betas
    assert betas_around(0.0)[0] == pytest.approx(0.01)
    assert all(0 < beta < math.inf for beta in (*betas_around(5e-324), *betas_around(1e308)))


def test_betas_of_a_decade_have_few_digits() -> None:
    assert betas_around(1.0) == (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
    assert betas_around(0.1)[4:6] == (0.1, 0.3)
    assert 0.1 + 0.2 in betas_around(0.1 + 0.2)


def test_pairs_that_are_left_out_are_in_no_figure() -> None:
    pred, target = np.array([1.0, math.nan, 3.0, 4.0]), np.array([1.5, 2.0, math.inf, 4.0])
    chunk = chunk_of(pred, target)
    found = PairFigures(1.0, 1, 4)
    found.add(new_backend("cpu"), chunk, apply_policy(chunk, NAN_POLICIES["omit"]))
    assert found.errors.n_nan == 0
    assert found.errors.n_infinite == 1
    assert found.density.counts.sum() == 2
    assert [tally.n for _, tally in blocks_of(found.data.stretches).tallies] == [1, 1, 1]
    assert {tally.n for tally in found.sweep.tallies} == {3}


def test_integers_have_errors_of_their_exact_difference() -> None:
    pred = np.array([2**63 + 2**11, 0], np.uint64)
    target = np.array([2**63, 3], np.uint64)
    chunk = chunk_of(pred, target)
    found = PairFigures(1.0, 1, 2)
    found.add(new_backend("cpu"), chunk, apply_policy(chunk, PROPAGATE))
    wanted = ErrorHistogram()
    wanted.add(BACKEND, np.array([2048.0, -3.0]))
    assert state(found.errors) == state(wanted)
