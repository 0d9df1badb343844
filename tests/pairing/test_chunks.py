"""Predictions and targets pair up row by row, or not at all."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import (
    DataError,
    EvalSettings,
    Execution,
    ReadOptions,
    Result,
    ShapeError,
    evaluate,
)
from smoothl1.running.evaluate import LossOutput
from tests.sources.files import header, npy
from tests.tables import columns_of, save_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMATS = ["npy", "csv", "parquet"]
SIDES = list(itertools.product(FORMATS, repeat=2))
any_formats = pytest.mark.parametrize("formats", SIDES, ids="-".join)
FLATTEN = ReadOptions(flatten=True)


def save(path: Path, array: NDArray[Any] | list[Any]) -> tuple[Path, tuple[str, ...]]:
    """Write one or two dimensions in the format of the suffix; the path, and all its columns."""
    array = np.asarray(array, np.float64)
    return save_array(path, array, group=3), columns_of(path, array)


def evaluate_saved(
    folder: Path,
    formats: tuple[str, str],
    pred: NDArray[Any] | list[Any],
    target: NDArray[Any] | list[Any],
    reduction: str = "mean",
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    out: io.BytesIO | None = None,
) -> Result:
    one, pred = save(folder / f"p.{formats[0]}", pred)
    other, target = save(folder / f"t.{formats[1]}", target)
    return evaluate(
        one,
        other,
        EvalSettings((0.0,), reduction),
        pred=pred,
        target=target,
        options=options,
        execution=execution,
        losses_to=LossOutput(io.BytesIO() if out is None else out, "text")
        if reduction == "none"
        else None,
    )


@any_formats
@pytest.mark.parametrize(("n_pred", "n_target"), [(7, 8), (8, 7), (1, 7), (6, 3), (100, 1)])
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("n_rows", [1, 3, None])
def test_unequal_rows_are_refused_with_both_counts_and_both_files(
    tmp_path: Path,
    formats: tuple[str, str],
    n_pred: int,
    n_target: int,
    reduction: str,
    n_rows: int | None,
) -> None:
    with pytest.raises(ShapeError) as caught:
        evaluate_saved(
            tmp_path,
            formats,
            np.zeros(n_pred),
            np.ones(n_target),
            reduction,
            execution=Execution(2, n_rows),
        )
    pred, target = tmp_path / f"p.{formats[0]}", tmp_path / f"t.{formats[1]}"
    rows = "1 row" if n_pred == 1 else f"{n_pred} rows"
    assert str(caught.value).startswith(
        f"{pred}: {rows}, but {target} has {n_target}; they must be equal"
    )


@any_formats
def test_unequal_rows_of_several_columns_are_counted_as_rows(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    with pytest.raises(ShapeError, match=r"5 rows, but .* has 4;"):
        evaluate_saved(tmp_path, formats, np.zeros((5, 3)), np.zeros((4, 3)))


@pytest.mark.grid
@pytest.mark.parametrize("formats", [("csv", "npy"), ("npy", "csv"), ("csv", "csv")], ids="-".join)
def test_rows_left_over_are_counted_to_the_end_of_a_large_file(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    with pytest.raises(ShapeError, match=r"400001 rows, but .* has 300000;"):
        evaluate_saved(tmp_path, formats, np.zeros(400_001), np.zeros(300_000))


SHAPES = [
    ((3, 2), (2, 3)),
    ((6,), (6, 1)),
    ((6, 1), (6,)),
    ((6,), (2, 3)),
    ((1, 6), (6,)),
    ((1, 6), (6, 1)),
    ((), (1,)),
    ((1,), ()),
    ((), (1, 1)),
    ((2, 3), (2, 3, 1)),
    ((4, 3, 2), (4, 2, 3)),
    ((1, 1, 24), (2, 3, 4)),
]


@pytest.mark.filterwarnings("ignore:.*axes in another order")
@pytest.mark.parametrize(("pred", "target"), SHAPES, ids=str)
@pytest.mark.parametrize("orders", list(itertools.product("CF", repeat=2)), ids="".join)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_unequal_shapes_pair_in_c_order_only_when_told_to(
    tmp_path: Path,
    pred: tuple[int, ...],
    target: tuple[int, ...],
    orders: str,
    reduction: str,
) -> None:
    n = int(np.prod(pred))
    paths = [tmp_path / "p.npy", tmp_path / "t.npy"]
    for path, shape, order, factor in zip(paths, (pred, target), orders, (1.0, 3.0), strict=True):
        array = (np.arange(n) * factor).reshape(shape)
        text = header(fortran=str(order == "F"), shape=repr(shape))
        path.write_bytes(npy(text, array.tobytes(order=order)))  # type: ignore[arg-type]
    out = io.BytesIO()
    settings = EvalSettings((0.0,), reduction)
    losses_to = LossOutput(out, "text") if reduction == "none" else None
    with pytest.raises(ShapeError) as caught:
        evaluate(*paths, settings, losses_to=losses_to)
    message = f"{paths[0]}: shape {pred}, but {paths[1]} has {target}; they must be equal"
    assert str(caught.value).startswith(message)
    one, other = ([n for n in shape if n != 1] for shape in (pred, target))
    are_turned = one != other and sorted(one) == sorted(other)  # flattened, elements are mixed up
    assert ("--flatten" in str(caught.value)) != are_turned
    assert out.getvalue() == b""
    for n_rows in (1, 5, None):
        out = io.BytesIO()
        losses_to = LossOutput(out, "text") if reduction == "none" else None
        execution = Execution(2, n_rows)
        result = evaluate(
            *paths, settings, options=FLATTEN, losses_to=losses_to, execution=execution
        )
        assert result.tallies[0].n == n
        assert result.tallies[0].sum == sum(range(n)) * 2
        assert result.tallies[0].max == 2.0 * (n - 1)
        if reduction == "none":
            assert list(map(float, out.getvalue().split())) == [2.0 * i for i in range(n)]


@any_formats
def test_one_row_is_never_repeated_for_all(tmp_path: Path, formats: tuple[str, str]) -> None:
    for options in (ReadOptions(), FLATTEN):
        with pytest.raises(ShapeError):
            evaluate_saved(tmp_path, formats, [1.0], [1.0, 1.0], options=options)


@any_formats
def test_one_column_is_never_repeated_for_all(tmp_path: Path, formats: tuple[str, str]) -> None:
    for options in (ReadOptions(), FLATTEN):
        with pytest.raises(ShapeError):
            evaluate_saved(tmp_path, formats, np.ones(3), np.ones((3, 2)), options=options)


@any_formats
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_flattening_pairs_tables_element_by_element(
    tmp_path: Path, formats: tuple[str, str], reduction: str
) -> None:
    out = io.BytesIO()
    table = np.arange(12.0).reshape(4, 3)
    for execution in (Execution(1, 1), Execution(2, 5), Execution()):
        out = io.BytesIO()
        result = evaluate_saved(
            tmp_path, formats, table, np.zeros(12), reduction, FLATTEN, execution, out
        )
        assert (result.tallies[0].n, result.tallies[0].sum) == (12, 66.0)
        if reduction == "none":
            assert list(map(float, out.getvalue().split())) == list(range(12))


@any_formats
def test_flattening_does_not_excuse_a_missing_element(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    for n in (11, 13):
        with pytest.raises(ShapeError, match="they must be equal") as caught:
            evaluate_saved(tmp_path, formats, np.zeros((4, 3)), np.zeros(n), options=FLATTEN)
        assert "12 rows" not in str(caught.value)
        if "csv" not in formats:
            assert "shape (4, 3), but " in str(caught.value)
            assert f"has ({n},);" in str(caught.value)


@any_formats
def test_nothing_paired_with_nothing_is_no_result_unless_expected(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    with pytest.raises(DataError, match=r"nothing to evaluate|no rows"):
        evaluate_saved(tmp_path, formats, [], [])
    result = evaluate_saved(tmp_path, formats, [], [], options=ReadOptions(allow_empty=True))
    assert (result.tallies[0].n, result.tallies[0].sum) == (0, 0.0)


@any_formats
def test_nothing_paired_with_something_is_refused(tmp_path: Path, formats: tuple[str, str]) -> None:
    options = ReadOptions(allow_empty=True)
    with pytest.raises(ShapeError, match=r"0 rows, but .* has 4;"):
        evaluate_saved(tmp_path, formats, [], np.zeros(4), options=options)
    with pytest.raises(ShapeError, match=r"4 rows, but .* has 0;"):
        evaluate_saved(tmp_path, formats, np.zeros(4), [], options=options)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_against_itself_has_no_loss(tmp_path: Path, format: str) -> None:
    path, names = save(tmp_path / f"x.{format}", np.arange(24.0).reshape(8, 3))
    with pytest.warns(UserWarning, match="are the same numbers"):
        result = evaluate(path, path, pred=names, target=names)
    assert (result.tallies[0].n, result.tallies[0].max) == (24, 0.0)


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize("n_rows", [1, 3, None])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_both_sides_may_be_columns_of_one_table(
    tmp_path: Path, format: str, n_rows: int | None, reduction: str
) -> None:
    table = np.arange(40.0).reshape(10, 4) ** 2
    path, names = save(tmp_path / f"x.{format}", table)
    for pred, target in (([0], [3]), ([3, 1], [0, 2]), ([2, 2], [2, 1])):
        out = io.BytesIO()
        result = evaluate(
            path,
            settings=EvalSettings((0.0,), reduction),
            pred=tuple(names[i] for i in pred),
            target=tuple(names[i] for i in target),
            execution=Execution(2, n_rows),
            losses_to=LossOutput(out, "text") if reduction == "none" else None,
        )
        expected = np.abs(table[:, pred] - table[:, target]).ravel().tolist()
        assert (result.tallies[0].n, result.tallies[0].sum) == (len(expected), sum(expected))
        if reduction == "none":
            assert list(map(float, out.getvalue().split())) == expected
    with pytest.raises(ShapeError, match=r"1 column \('\w+'\) against 2 columns \("):
        evaluate(path, pred=names[:1], target=names[:2])


@any_formats
@pytest.mark.parametrize("n_rows", [1, 2, 7, 1000])
def test_blocks_of_the_two_sides_need_not_line_up(
    tmp_path: Path, formats: tuple[str, str], n_rows: int
) -> None:
    out = io.BytesIO()
    x = np.arange(50.0).reshape(25, 2)
    evaluate_saved(tmp_path, formats, x, x * 2, "none", execution=Execution(2, n_rows), out=out)
    assert out.getvalue() == b"".join(b"%.1f\t%.1f\n" % (i, i + 1) for i in range(0, 50, 2))


@any_formats
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_a_nan_is_counted_and_its_row_named_on_either_side(
    tmp_path: Path, formats: tuple[str, str], reduction: str
) -> None:
    x = np.zeros((20, 2))
    y = np.zeros((20, 2))
    x[12, 1] = y[17, 0] = np.nan
    one, pred = save(tmp_path / f"p.{formats[0]}", x)
    other, target = save(tmp_path / f"t.{formats[1]}", y)
    for n_rows in (1, 3, None):
        heard: list[str] = []
        out = LossOutput(io.BytesIO(), "text") if reduction == "none" else None
        result = evaluate(
            one,
            other,
            EvalSettings(reduction=reduction),
            pred=pred,
            target=target,
            execution=Execution(2, n_rows),
            losses_to=out,
            warn=heard.append,
        )
        assert np.isnan(result.tallies[0].mean)
        (said,) = heard
        assert said.startswith("2 of 40 losses are NaN, the first in row 13, where ")


@pytest.mark.parametrize(
    ("pred", "target", "expected"),
    [
        ("u1", "u1", [252.0, 255.0]),
        ("i1", "u1", [252.0, 255.0]),
        ("<i8", ">u8", [252.0, 255.0]),
        ("<f4", ">f8", [252.0, 255.0]),
        ("?", "u1", [254.0, 255.0]),
        (">f2", "<i4", [252.0, 255.0]),
    ],
)
def test_numbers_of_different_kinds_meet(
    tmp_path: Path, pred: str, target: str, expected: list[float]
) -> None:
    np.save(tmp_path / "p.npy", np.array([3, 0]).astype(pred))
    np.save(tmp_path / "t.npy", np.array([255, 255]).astype(target))
    out = io.BytesIO()
    settings = EvalSettings((0.0,), "none")
    losses_to = LossOutput(out, "text")
    evaluate(tmp_path / "p.npy", tmp_path / "t.npy", settings, losses_to=losses_to)
    assert list(map(float, out.getvalue().split())) == expected


def test_integers_stay_exact_between_formats(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([2**53 + 1, 2**62 + 1]))
    pq.write_table(pa.table({"t": [2**53, 2**62]}), tmp_path / "t.parquet")
    settings = EvalSettings((0.0,), "sum")
    assert evaluate(tmp_path / "p.npy", tmp_path / "t.parquet", settings).values == (2.0,)


@any_formats
def test_a_fault_on_one_side_is_named_with_its_own_file(
    tmp_path: Path, formats: tuple[str, str]
) -> None:
    one, columns = save(tmp_path / f"p.{formats[0]}", np.zeros(10))
    bad = tmp_path / "bad.csv"
    bad.write_text("y\n" + "0\n" * 6 + "x\n" + "0\n" * 3)
    for pair in ((one, bad), (bad, one)):
        with pytest.raises(DataError) as caught:
            evaluate(
                *pair,
                pred=columns if pair[0] == one else (),
                target=columns if pair[1] == one else (),
            )
        assert str(caught.value) == f"{bad}: row 7, column 'y': 'x' is not a number"
