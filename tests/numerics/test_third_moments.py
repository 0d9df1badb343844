"""Third moments are kept of few rows, whatever way they were cut, merged or written."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, Result, evaluate
from smoothl1.backends.cpu import CpuBackend
from smoothl1.numerics.row_moments import (
    MOST_ROWS_OF_THIRD,
    Moments,
    ThirdMoments,
    moments_of,
)
from smoothl1.numerics.row_sums import Rows
from smoothl1.results.json_reader import Reader
from smoothl1.results.moments_json import decode_moments
from tests import oracle

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST = MOST_ROWS_OF_THIRD


def evaluated(
    folder: Path,
    losses: NDArray[np.float64],
    chunk_rows: int | None = None,
    nan: str = "propagate",
    **layout: Any,
) -> Result:
    np.save(folder / "p.npy", losses)
    np.save(folder / "t.npy", np.zeros_like(losses))
    return evaluate(
        folder / "p.npy",
        folder / "t.npy",
        EvalSettings((0.0,), nan=nan, **layout),
        statistics=True,
        execution=Execution(1, chunk_rows),
        warn=[].append,
    )


def third_of(result: Result) -> list[ThirdMoments | None]:
    return [tally.moments.third for tally in result.tallies if tally.moments is not None]


def losses_of(n: int, *width: int) -> NDArray[np.float64]:
    return np.random.default_rng(n).lognormal(0, 1, (n, *width))


@pytest.mark.parametrize("backend", ["cpu", "native"])
@pytest.mark.parametrize(("n", "is_kept"), [(MOST, True), (MOST + 1, False)])
@pytest.mark.parametrize("layout", [{}, {"by_column": True}])
def test_they_are_kept_of_as_many_rows_as_are_allowed_and_not_of_one_more(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    n: int,
    is_kept: bool,
    layout: dict[str, Any],
) -> None:
    if backend == "native":
        pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)
    monkeypatch.setenv("SMOOTHL1_BACKEND", backend)
    losses = losses_of(n, 2) if layout else losses_of(n)
    whole = evaluated(tmp_path, losses, **layout)
    assert [third is not None for third in third_of(whole)] == [is_kept] * (2 if layout else 1)
    for chunk_rows in (1000, 4000, MOST):
        assert evaluated(tmp_path, losses, chunk_rows, **layout).tallies == whole.tallies


@pytest.mark.parametrize("n_kept", [0, 1, MOST - 1, MOST, MOST + 1])
@pytest.mark.parametrize("nan", ["propagate", "omit"])
def test_rows_that_are_nan_do_not_count(tmp_path: Path, n_kept: int, nan: str) -> None:
    losses = np.full(2 * MOST + 100, np.nan)
    chosen = np.random.default_rng(n_kept).choice(losses.size - 1, n_kept, replace=False)
    losses[chosen] = losses_of(n_kept)
    losses[-1] = 3.0
    (whole,) = third_of(evaluated(tmp_path, losses, nan=nan))
    assert (whole is not None) == (n_kept < MOST)
    for chunk_rows in (999, MOST + 1):
        assert third_of(evaluated(tmp_path, losses, chunk_rows, nan)) == [whole]


def test_they_are_those_of_rational_arithmetic(tmp_path: Path) -> None:
    losses = losses_of(50, 3)
    (third,) = third_of(evaluated(tmp_path, losses))
    assert third is not None
    rows = [Fraction(a + b + c) for a, b, c in losses.tolist()]
    wanted = [sum(s**i * 3 ** (3 - i) for s in rows) for i in (3, 2, 1, 0)]
    assert [units * oracle.UNIT**3 for units in third] == wanted


@pytest.mark.parametrize("n", [MOST, MOST + 1])
def test_parts_merge_to_the_whole_below_and_beyond_the_limit(tmp_path: Path, n: int) -> None:
    losses = losses_of(n)
    whole = evaluated(tmp_path, losses)
    parts = [evaluated(tmp_path, part) for part in np.array_split(losses, 7)]
    read = [Result.from_json(json.dumps(part.to_json())) for part in parts]
    for seed in range(3):
        some = random.Random(seed).sample(read, 7)
        first, rest = Result.merged(some[:3]), Result.merged(some[3:])
        assert Result.merged([first, rest]).tallies == whole.tallies
        again = Result.from_json(json.dumps(Result.merged([first, rest]).to_json()))
        assert again.tallies == whole.tallies


def test_what_is_not_known_of_a_part_is_not_known_of_the_whole() -> None:
    known = Moments(2, 5, 3, 2, third=ThirdMoments(9, 5, 3, 2))
    unknown = Moments(1, 1, 1, 1, third=None)
    assert (known + unknown).third is None
    assert (unknown + known).third is None
    assert (known + known).third == ThirdMoments(18, 10, 6, 4)
    assert (known + Moments(MOST - 2)).third == known.third
    assert (known + Moments(MOST - 1)).third is None


def test_a_backend_leaves_them_to_others() -> None:
    (tally,) = CpuBackend().tally(losses_of(9), np.zeros(9), (0.0,), moments=True)
    assert tally.moments is not None
    assert tally.moments.third is None


def document(tmp_path: Path, n: int) -> dict[str, Any]:
    return evaluated(tmp_path, losses_of(n)).to_json()


def test_a_document_without_them_is_read_as_one_that_does_not_know(tmp_path: Path) -> None:
    content = document(tmp_path, 9)
    rows = content["results"][0]["exact"]["rows"]
    for name in ThirdMoments._fields:
        del rows[name]
    assert third_of(Result.from_json(content)) == [None]


@pytest.mark.parametrize("name", ThirdMoments._fields)
def test_a_document_with_some_of_them_is_damaged(tmp_path: Path, name: str) -> None:
    content = document(tmp_path, 9)
    del content["results"][0]["exact"]["rows"][name]
    with pytest.raises(DataError, match=name):
        Result.from_json(content)


@pytest.mark.parametrize(("text", "is_read"), [("0x1p-3222", True), ("0x1p-3223", False)])
def test_they_are_whole_numbers_of_the_smallest_cube(
    tmp_path: Path, text: str, is_read: bool
) -> None:
    rows = document(tmp_path, 9)["results"][0]["exact"]["rows"] | {"sss": text}
    if is_read:
        third = decode_moments(Reader(rows, "rows")).third
        assert third is not None
        assert third.sss == 1
    else:
        with pytest.raises(DataError, match="beyond binary64"):
            decode_moments(Reader(rows, "rows"))


LARGEST = 1.7e308


def layouts_beyond(kind: str) -> NDArray[np.float64]:
    """Losses of as many rows with third moments as there may be, and of one without a sum."""
    if kind == "a row's own sum":
        losses = np.stack([np.arange(MOST) % 7.0] * 2, axis=1)
        return np.concatenate([[[LARGEST, LARGEST]], losses])
    losses = np.arange(MOST) % 7.0
    first = {"inf": [np.inf], "NaN": [np.nan], "both": [np.inf, np.nan, np.inf]}[kind]
    return np.concatenate([first, losses])


@pytest.mark.parametrize("backend", ["cpu", "native"])
@pytest.mark.parametrize("kind", ["inf", "NaN", "both", "a row's own sum"])
def test_rows_without_a_finite_sum_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, kind: str
) -> None:
    if backend == "native":
        pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)
    monkeypatch.setenv("SMOOTHL1_BACKEND", backend)
    losses = layouts_beyond(kind)
    whole = evaluated(tmp_path, losses, 2 * MOST)
    assert third_of(whole)[0] is not None
    for chunk_rows in (1000, MOST, None):
        assert evaluated(tmp_path, losses, chunk_rows).to_json() == whole.to_json()
    parts = [evaluated(tmp_path, part) for part in np.array_split(losses, 3)]
    assert Result.merged(parts).tallies[0].moments == whole.tallies[0].moments


@pytest.mark.parametrize("n", [MOST, MOST + 1])
def test_of_groups_rows_without_a_finite_sum_do_not_count(tmp_path: Path, n: int) -> None:
    values = [f"{LARGEST},{LARGEST},0,0,a\n", *(f"{i % 7},1,0,0,a\n" for i in range(n))]
    (tmp_path / "t.csv").write_text("p,q,y,z,g\n" + "".join(values))
    settings = EvalSettings((0.0,), by="g")
    found = [
        evaluate(
            tmp_path / "t.csv",
            None,
            settings,
            pred=("p", "q"),
            target=("y", "z"),
            statistics=True,
            execution=Execution(1, chunk_rows),
            warn=[].append,
        )
        for chunk_rows in (2 * MOST, 1000)
    ]
    assert found[0].to_json() == found[1].to_json()
    assert (third_of(found[0])[0] is not None) == (n == MOST)


def test_rows_that_overflow_at_some_betas_only_count_at_the_others(tmp_path: Path) -> None:
    """At the second beta the weighted loss of the first row is small enough."""
    rows = ["1e300,0,1e10\n", *(f"{i % 7},0,1\n" for i in range(MOST))]
    (tmp_path / "t.csv").write_text("p,y,w\n" + "".join(rows))
    found = [
        evaluate(
            tmp_path / "t.csv",
            None,
            EvalSettings((0.0, 1e308)),
            pred=("p",),
            target=("y",),
            weight="w",
            statistics=True,
            execution=Execution(1, chunk_rows),
            warn=[].append,
        )
        for chunk_rows in (2 * MOST, 1000, MOST)
    ]
    assert [third is not None for third in third_of(found[0])] == [True, False]
    assert all(result.to_json() == found[0].to_json() for result in found)


def test_negated_moments_are_those_of_negated_sums() -> None:
    sums, sizes = np.random.default_rng(3).normal(size=(2, 7))
    found = moments_of(Rows(sums, sizes * sizes, None)).negated()
    assert found == moments_of(Rows(-sums, sizes * sizes, None))
    rows = [(Fraction(-s), Fraction(m)) for s, m in zip(sums, sizes * sizes, strict=True)]
    assert found.third is not None
    for units, power in zip(found.third, (3, 2, 1, 0), strict=True):
        assert units * oracle.UNIT**3 == sum(s**power * m ** (3 - power) for s, m in rows)
    assert found.cross * oracle.UNIT**2 == sum(s * m for s, m in rows)
