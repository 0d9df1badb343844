"""A result is a pure function of the data: through files, in any format and cut in any way."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import os
import pkgutil
import re
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import smoothl1
from smoothl1 import EvalSettings, Execution, ReadOptions, SmoothL1Loss
from smoothl1.errors import DataError
from smoothl1.running.evaluate import LossOutput, evaluate
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.oracle import DTYPES, FLOATS, LARGEST, SMALLEST, assert_same
from tests.seen import seen
from tests.strategies import Pair, betas, pairs
from tests.tables import columns_of, save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1 import Result

    Array = NDArray[Any]

FORMATS = ("npy", "csv", "parquet")
SWAPPED = (">f2", ">f4", ">f8", ">i2", ">i8", ">u4", ">u8")
BETAS = (1.0, 0.0, 0.3, 1e10)
N = 120
"""Rows, so few that chunks of one row take little time, in three row groups."""

ROW_GROUP = 50

every_format = pytest.mark.parametrize("format_name", FORMATS)


def evaluated(
    files: tuple[str, str],
    pair: Pair,
    betas: tuple[float, ...] = BETAS,
    execution: Execution = Execution(),
) -> Result:
    notes: list[str] = []
    return evaluate(
        *files,
        EvalSettings(betas),
        pred=columns_of(files[0], pair[0]),
        target=columns_of(files[1], pair[1]),
        options=ReadOptions(allow_empty=True),
        execution=execution,
        warn=notes.append,
    )


def check_every_execution(files: tuple[str, str], pair: Pair, betas: tuple[float, ...]) -> None:
    """Every chunk size and thread count gives the exact sums, and so the rounded ones."""
    expected = [oracle.tally(*pair, beta) for beta in betas]
    each = [oracle.losses(*pair, beta) for beta in betas]
    means = [oracle.reduced(losses, "mean") for losses in each]
    sums = [oracle.reduced(losses, "sum") for losses in each]
    for execution in EXECUTIONS:
        tallies = evaluated(files, pair, betas, execution).tallies
        assert list(map(seen, tallies)) == expected, execution
        assert_same([tally.mean for tally in tallies], means)
        assert_same([tally.sum for tally in tallies], sums)


def random_bits(n: int, dtype: str, seed: int) -> Array:
    """Any bit patterns; those of NaN and infinities are left to tests of their own."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return np.random.default_rng(seed).integers(0, 2, n).astype(bool)
    raw = np.random.default_rng(seed).bytes(n * kind.itemsize)
    values = np.frombuffer(raw, kind)
    return np.where(np.isfinite(values), values, values.dtype.type(1)).astype(kind)


def exact_in_text(values: Array) -> Array:
    """64-bit integers that binary64 holds exactly: any other is refused in a CSV file."""
    return values // 2048 * 2048 if values.dtype.kind in "iu" and values.itemsize == 8 else values


@every_format
@pytest.mark.parametrize("dtype", [*DTYPES, *SWAPPED])
def test_results_of_any_bit_patterns_are_those_of_rational_arithmetic(
    tmp_path: Path, format_name: str, dtype: str
) -> None:
    pair = random_bits(N, dtype, 1), random_bits(N, dtype, 2)
    if format_name == "csv":
        pair = exact_in_text(pair[0]), exact_in_text(pair[1])
    files = save_pair(pair, tmp_path, (format_name, format_name))
    with cut_small(part=33, block=20):
        check_every_execution(files, pair, BETAS)


def save_pair(
    pair: Pair, folder: Path | str, formats: tuple[str, str], row_group: int = ROW_GROUP
) -> tuple[str, str]:
    one, other = (
        save_array(os.path.join(folder, f"{name}.{kind}"), values, group=row_group)
        for name, values, kind in zip(("pred", "target"), pair, formats, strict=True)
    )
    return one, other


MAGNITUDES = [SMALLEST, 1e-320, 1e-310, 1e-300, 1e-20, 1.0, 1e20, 1e300, LARGEST / 2]


@every_format
@pytest.mark.parametrize("magnitude", MAGNITUDES)
def test_results_are_exact_at_every_magnitude(
    tmp_path: Path, format_name: str, magnitude: float
) -> None:
    pred, target = magnitude * np.random.default_rng(3).uniform(-1, 1, (2, N))
    files = save_pair((pred, target), tmp_path, (format_name, format_name))
    with cut_small(part=33, block=20):
        betas = tuple({0.0, SMALLEST, magnitude / 3, 1e300})
        check_every_execution(files, (pred, target), betas)


@every_format
def test_results_are_exact_with_all_magnitudes_together(tmp_path: Path, format_name: str) -> None:
    rng = np.random.default_rng(4)
    pred = np.ldexp(rng.uniform(-1, 1, 2 * N), rng.integers(-1074, 1023, 2 * N))
    target = np.where(rng.random(2 * N) < 0.5, pred * rng.uniform(0.9, 1.1, 2 * N), 0.0)
    files = save_pair((pred, target), tmp_path, (format_name, format_name))
    with cut_small(part=70, block=40):
        check_every_execution(files, (pred, target), (1.0, 0.0, 1e-300, 1e300))


@st.composite
def stored_pairs(draw: st.DrawFn) -> tuple[Pair, tuple[str, str]]:
    pair = draw(pairs(max_size=30))
    formats = draw(st.tuples(st.sampled_from(FORMATS), st.sampled_from(FORMATS)))
    one, other = (
        exact_in_text(values) if kind == "csv" else values
        for values, kind in zip(pair, formats, strict=True)
    )
    return (one, other), formats


@given(
    stored=stored_pairs(),
    chosen=st.lists(betas, min_size=1, max_size=3, unique=True).map(tuple),
    chunk=st.one_of(st.none(), st.integers(1, 40)),
    threads=st.integers(1, 2),
    part=st.integers(1, 40),
    block=st.integers(1, 20),
    row_group=st.integers(1, 20),
)
def test_any_numbers_in_any_formats_cut_in_any_way_give_the_exact_tallies(
    stored: tuple[Pair, tuple[str, str]],
    chosen: tuple[float, ...],
    chunk: int | None,
    threads: int,
    part: int,
    block: int,
    row_group: int,
) -> None:
    pair, formats = stored
    with np.errstate(invalid="ignore"):  # signalling NaN
        pred, target = (
            values.astype(np.float64) if kind == "csv" else values
            for values, kind in zip(pair, formats, strict=True)
        )
    with tempfile.TemporaryDirectory() as folder, cut_small(part, block):
        files = (
            save_array(os.path.join(folder, f"a.{formats[0]}"), pair[0], group=row_group),
            save_array(os.path.join(folder, f"b.{formats[1]}"), pair[1], group=row_group + 3),
        )
        result = evaluated(files, pair, chosen, Execution(threads, chunk))
    assert list(map(seen, result.tallies)) == [oracle.tally(pred, target, beta) for beta in chosen]


@pytest.mark.parametrize("shape", [[], [1], [30], [30, 3], [4, 5, 6], [1, 50], [30, 1]], ids=str)
@pytest.mark.parametrize("orders", ["CC", "CF", "FC", "FF"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i8"])
def test_the_shape_and_order_of_a_stored_array_do_not_matter(
    tmp_path: Path, shape: list[int], orders: Any, dtype: str
) -> None:
    n = math.prod(shape)
    one, other = (
        np.asarray(random_bits(n, dtype, seed).reshape(shape), order=order)
        for seed, order in enumerate(orders)
    )
    files = save_pair((one, other), tmp_path, ("npy", "npy"))
    with cut_small(part=16, block=11):
        check_every_execution(files, (one, other), BETAS)


@pytest.mark.parametrize("formats", [("npy", "csv"), ("csv", "parquet"), ("parquet", "npy")])
def test_rows_of_several_columns_pair_up_across_formats(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    pred, target = random_bits(3 * N, "f4", 5), random_bits(3 * N, "f4", 6)
    pair = pred.reshape(N, 3), target.reshape(N, 3)
    with cut_small(part=120, block=25):
        check_every_execution(save_pair(pair, tmp_path, formats), pair, BETAS)


@every_format
@pytest.mark.parametrize("position", [0, 1, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 1, N - 1])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_counted_wherever_it_stands(
    tmp_path: Path, format_name: str, position: int, bad: float
) -> None:
    pred, target = np.random.default_rng(7).normal(size=(2, N))
    pred[position] = bad
    files = save_pair((pred, target), tmp_path, (format_name, format_name))
    with cut_small(part=27, block=15):
        check_every_execution(files, (pred, target), (1.0, 0.0))


@every_format
@pytest.mark.parametrize("target_order", ["C", "F"])
def test_the_first_row_with_a_nan_is_named(
    tmp_path: Path, format_name: str, target_order: Any
) -> None:
    pair = np.zeros((40, 2)), np.zeros((40, 2), order=target_order)
    pair[0][[31, 12, 7], [0, 0, 1]] = math.nan
    files = save_pair(pair, tmp_path, (format_name, format_name), row_group=6)
    for threads in (1, 2):
        for chunk in (1, 7, 1000):
            with cut_small(part=10, block=5):
                notes = notes_of(files, pair, Execution(threads, chunk))
            (said,) = notes
            assert said.startswith("3 of 80 losses are NaN, the first in row 8, where ")


def notes_of(files: tuple[str, str], pair: Pair, execution: Execution) -> list[str]:
    notes: list[str] = []
    columns = columns_of(files[0], pair[0]), columns_of(files[1], pair[1])
    evaluate(
        *files,
        pred=columns[0],
        target=columns[1],
        execution=execution,
        warn=notes.append,
    )
    return notes


def test_a_row_with_a_nan_is_named_in_fortran_order_too(tmp_path: Path) -> None:
    pred = np.zeros((40, 2), order="F")
    pred[[31, 7, 12], 1] = math.nan
    files = save_pair((pred, np.zeros((40, 2), order="F")), tmp_path, ("npy", "npy"))
    (note,) = notes_of(files, (pred, pred), Execution(threads=1))
    assert note.startswith("3 of 80 losses are NaN, ")
    found = re.search(r"row ([0-9]+), where .*pred.npy has NaN\Z", note)
    assert found is not None
    assert int(found[1]) - 1 in (7, 12, 31)
    assert "the first" not in note or found[1] == "8"


def test_more_ones_than_float32_counts_are_counted() -> None:
    """A running sum in float32 stays at 2**24."""
    n = (1 << 24) + 3
    ones, zeros = (np.broadcast_to(np.float32(value), n) for value in (1.0, 0.0))
    result = evaluate(ones, zeros, EvalSettings((0.0,), "sum"))
    assert (result.n, result.values) == (n, (float(n),))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_long_arrays_are_summed_exactly_in_true_blocks(tmp_path: Path, dtype: str) -> None:
    n = (1 << 17) + 3
    pred, target = np.random.default_rng(8).normal(size=(2, n)).astype(dtype)
    files = save_pair((pred, target), tmp_path, ("npy", "npy"))
    expected = oracle.tally(pred, target, 0.5)
    with cut_small(1 << 15):
        for threads, chunk in itertools.product((1, 2), (1000, 65536, None)):
            execution = Execution(threads, chunk)
            (tally,) = evaluated(files, (pred, target), (0.5,), execution).tallies
            assert seen(tally) == expected, execution


def test_several_betas_at_once_give_what_each_gives_alone(tmp_path: Path) -> None:
    pair = random_bits(200, "f8", 9), random_bits(200, "f8", 10)
    files = save_pair(pair, tmp_path, ("npy", "npy"))
    together = evaluated(files, pair).tallies
    assert together == tuple(evaluated(files, pair, (beta,)).tallies[0] for beta in BETAS)


@pytest.mark.parametrize("format_name", ["csv", "parquet"])
def test_both_sides_may_be_columns_of_one_table(tmp_path: Path, format_name: str) -> None:
    pair = random_bits(N, "f8", 11), random_bits(N, "f8", 12)
    apart = evaluated(save_pair(pair, tmp_path, ("npy", "npy")), pair).tallies
    path = save_array(
        str(tmp_path / f"both.{format_name}"), np.stack(pair, axis=1), group=ROW_GROUP
    )
    for execution in EXECUTIONS:
        with cut_small(part=45, block=12):
            together = evaluate(
                path,
                settings=EvalSettings(BETAS),
                pred=("c0",),
                target=("c1",),
                execution=execution,
            )
        assert together.tallies == apart


@pytest.mark.parametrize("dtype", FLOATS)
def test_files_give_what_the_criterion_gives(tmp_path: Path, dtype: str) -> None:
    pair = random_bits(300, dtype, 13), random_bits(300, dtype, 14)
    files = save_pair(pair, tmp_path, ("npy", "parquet"))
    (tally,) = evaluated(files, pair, (0.7,)).tallies
    kind = np.dtype(dtype)
    assert_same(SmoothL1Loss("mean", 0.7)(*pair), kind.type(tally.total.over_as(tally.n, kind)))
    assert_same(SmoothL1Loss("sum", 0.7)(*pair), kind.type(tally.total.over_as(1, kind)))


@pytest.mark.parametrize("dtype", DTYPES)
@every_format
def test_written_losses_are_the_criterions_bit_for_bit(
    tmp_path: Path, format_name: str, dtype: str
) -> None:
    pair = random_bits(60, dtype, 15), random_bits(60, dtype, 16)
    if format_name == "csv":
        pair = exact_in_text(pair[0]), exact_in_text(pair[1])
    files = save_pair(pair, tmp_path, (format_name, format_name))
    read = [side.astype(np.float64) if format_name == "csv" else side for side in pair]
    expected = SmoothL1Loss("none", 0.3)(*read)
    for execution in EXECUTIONS:
        assert_same(written_losses(files, execution), expected)


@pytest.mark.parametrize("orders", ["CC", "CF", "FC", "FF"])
@pytest.mark.parametrize("shape", [(30, 3), (4, 5, 6)], ids=str)
def test_written_losses_stand_where_their_elements_stand(
    tmp_path: Path, shape: tuple[int, ...], orders: str
) -> None:
    pred, target = (
        np.array(random_bits(math.prod(shape), "f4", seed).reshape(shape), order=order)  # type: ignore[call-overload]
        for seed, order in enumerate(orders)
    )
    files = save_pair((pred, target), tmp_path, ("npy", "npy"))
    expected = SmoothL1Loss("none", 0.3)(pred, target)
    for execution in EXECUTIONS:
        assert_same(written_losses(files, execution), expected)


def written_losses(files: tuple[str, str], execution: Execution) -> Array:
    """Per-element losses at beta 0.3, through a file."""
    output = io.BytesIO()
    with cut_small(part=25, block=10):
        evaluate(
            *files,
            EvalSettings((0.3,), "none"),
            execution=execution,
            losses_to=LossOutput(output, "npy"),
            warn=lambda _: None,
        )
    output.seek(0)
    losses: Array = np.load(output)
    return losses


def test_integer_columns_of_both_signs_are_subtracted_exactly_or_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "both.parquet")
    columns = {
        "p0": np.array([2**53 + 1], np.int64),
        "p1": np.array([0], np.uint64),
        "t0": np.array([2**53], np.int64),
        "t1": np.array([0], np.uint64),
    }
    save_table(path, columns)
    with contextlib.suppress(DataError):
        result = evaluate(
            path,
            settings=EvalSettings((0.0,)),
            pred=("p0", "p1"),
            target=("t0", "t1"),
        )
        assert result.tallies[0].sum == 1.0


def test_no_module_hides_a_public_name_once_it_is_imported() -> None:
    modules = {module.name for module in pkgutil.iter_modules(smoothl1.__path__)}
    assert "running" in modules
    assert modules.isdisjoint(smoothl1.__all__)
