"""Weighted losses: S = sum of fl(w * loss) and W = sum of w are exact, S / W is rounded once."""

from __future__ import annotations

import io
import math
import os
import tempfile
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smoothl1 import EvalSettings, Execution, ReadOptions
from smoothl1.errors import DataError, SettingsError, ShapeError, StorageError
from smoothl1.running.evaluate import LossOutput, evaluate
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.oracle import LARGEST, SMALLEST, assert_same, rounded
from tests.seen import seen
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1 import Result

Array = NDArray[Any]

NAN, INF = math.nan, math.inf
FORMATS = ("npy", "csv", "parquet")
BETAS = (1.0, 0.0, 0.3)

every_format = pytest.mark.parametrize("kind", FORMATS)


def weighed(
    folder: Path | str,
    pred: Any,
    target: Any,
    weight: Any,
    kinds: tuple[str, str, str] = ("npy", "npy", "npy"),
    execution: Execution = Execution(),
    settings: EvalSettings = EvalSettings(BETAS),
    **more: Any,
) -> Result:
    """Three files, one each for predictions, targets and weights."""
    sides = zip(("p", "t", "w"), (pred, target, weight), kinds, strict=True)
    paths = [
        save_array(os.path.join(folder, f"{name}.{kind}"), values, name, 9)
        for name, values, kind in sides
    ]
    return evaluate(
        paths[0],
        paths[1],
        settings,
        weights=paths[2],
        execution=execution,
        warn=[].append,
        **more,
    )


def assert_weighed(result: Result, pred: Array, target: Array, weights: Array) -> None:
    """Every bit of what each beta gives, by rational arithmetic."""
    of_each = weights.astype(float).reshape(-1).tolist()
    wanted = [oracle.tally(pred, target, beta, weights=of_each) for beta in result.settings.betas]
    assert list(map(seen, result.tallies)) == wanted
    assert_same([tally.mean for tally in result.tallies], [one.mean for one in wanted])
    assert_same([tally.sum for tally in result.tallies], [one.sum for one in wanted])


values = st.one_of(
    st.sampled_from([NAN, INF, 0.0, SMALLEST, LARGEST, -LARGEST]),
    st.floats(width=64),
    st.floats(-10.0, 10.0),
)
weights_of_elements = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 0.1, SMALLEST, LARGEST, 3 * SMALLEST]),
    st.floats(0.0, LARGEST),
)


@given(
    rows=st.lists(st.tuples(values, values, weights_of_elements), min_size=1, max_size=25),
    kinds=st.tuples(*[st.sampled_from(FORMATS)] * 3),
    threads=st.integers(1, 2),
    chunk=st.one_of(st.none(), st.integers(1, 30)),
    part=st.integers(1, 20),
    block=st.integers(1, 10),
)
def test_weighted_sums_and_means_of_any_numbers_are_those_of_rational_arithmetic(
    rows: list[tuple[float, float, float]],
    kinds: tuple[str, str, str],
    threads: int,
    chunk: int | None,
    part: int,
    block: int,
) -> None:
    pred, target, weight = map(np.array, zip(*rows, strict=True))
    with tempfile.TemporaryDirectory() as folder, cut_small(part, block):
        execution = Execution(threads, chunk)
        if not weight.any():
            with pytest.raises(DataError, match="of weight 0"):
                weighed(folder, pred, target, weight, kinds, execution)
            return
        assert_weighed(
            weighed(folder, pred, target, weight, kinds, execution), pred, target, weight
        )


def random_rows(n: int, seed: int = 0) -> tuple[Array, Array, Array]:
    """Predictions, targets and weights of mixed magnitudes; every fifth weight is 0."""
    rng = np.random.default_rng(seed)
    pred, target = np.ldexp(rng.uniform(-1, 1, (2, n)), rng.integers(-400, 400, (2, n)))
    weight = np.ldexp(rng.uniform(0.5, 1, n), rng.integers(-400, 400, n))
    weight[::5] = 0.0
    return pred, target, weight


@pytest.mark.parametrize("weight_kind", FORMATS)
@every_format
def test_the_same_bits_come_from_every_format_chunk_and_thread_count(
    tmp_path: Path, kind: str, weight_kind: str
) -> None:
    pred, target, weight = random_rows(200)
    with cut_small(50, 16):
        for execution in EXECUTIONS:
            kinds = (kind, "npy", weight_kind)
            assert_weighed(
                weighed(tmp_path, pred, target, weight, kinds, execution), pred, target, weight
            )


@pytest.mark.grid
def test_blocks_of_true_size_are_weighed_exactly(tmp_path: Path) -> None:
    pred, target, weight = random_rows(100_000, 1)
    result = weighed(tmp_path, pred, target, weight, execution=Execution(2))
    assert_weighed(result, pred, target, weight)


def test_a_weighted_mean_is_rounded_once(tmp_path: Path) -> None:
    pred, weight = np.array([1.0, 0.1, 3.0]), np.array([0.1, 0.7, 1e-17])
    (tally,) = weighed(tmp_path, pred, np.zeros(3), weight, settings=EvalSettings((0.0,))).tallies
    terms = [Fraction(p * w) for p, w in zip(pred.tolist(), weight.tolist(), strict=True)]
    assert tally.mean == rounded(sum(terms, Fraction()) / sum(map(Fraction, weight.tolist())))
    assert tally.sum == rounded(sum(terms, Fraction()))


def test_equal_weights_that_are_powers_of_two_do_not_change_the_mean(tmp_path: Path) -> None:
    pred, target = np.random.default_rng(2).normal(size=(2, 300))
    plain = [oracle.reduced(oracle.losses(pred, target, beta), "mean") for beta in BETAS]
    for weight in (2.0**-500, 1.0, 2.0**900):
        result = weighed(tmp_path, pred, target, np.full(300, weight))
        assert [tally.mean for tally in result.tallies] == plain


def test_sums_of_weights_beyond_the_largest_number_still_divide(tmp_path: Path) -> None:
    pred = np.array([0.25, 0.5, 0.5, 0.75])
    (tally,) = weighed(
        tmp_path, pred, np.zeros(4), np.full(4, LARGEST), settings=EvalSettings((0.0,))
    ).tallies
    assert (tally.mean, tally.sum) == (0.5, INF)


def test_a_weighted_loss_that_overflows_is_infinite(tmp_path: Path) -> None:
    result = weighed(tmp_path, [2.0, 1.0], [0.0, 0.0], [LARGEST, 1.0])
    assert [tally.n_inf for tally in result.tallies] == [1, 1, 1]
    assert [tally.mean for tally in result.tallies] == [INF] * 3


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("holder", [0, 1])
def test_a_column_of_either_input_may_be_the_weight(tmp_path: Path, kind: str, holder: int) -> None:
    pred, target, weight = random_rows(60, 3)
    sides = [{"p": pred}, {"t": target}]
    sides[holder]["w"] = weight
    paths = [str(tmp_path / f"{name}.{kind}") for name in "pt"]
    for path, columns in zip(paths, sides, strict=True):
        save_table(path, columns, 25)
    result = evaluate(*paths, EvalSettings(BETAS), weight="w")
    assert_weighed(result, pred, target, weight)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_one_table_may_hold_the_weights_too(tmp_path: Path, kind: str) -> None:
    pred, target, weight = random_rows(60, 4)
    path = save_table(str(tmp_path / f"all.{kind}"), {"p": pred, "t": target, "w": weight}, 25)
    for execution in EXECUTIONS:
        result = evaluate(
            path,
            settings=EvalSettings(BETAS),
            pred=("p",),
            target=("t",),
            weight="w",
            execution=execution,
        )
        assert_weighed(result, pred, target, weight)


def test_the_weight_column_is_no_candidate_for_the_predictions(tmp_path: Path) -> None:
    pred = save_table(str(tmp_path / "p.parquet"), {"y_hat": [1.0, 5.0], "w": [1.0, 3.0]})
    target = save_table(str(tmp_path / "t.parquet"), {"y": [0.0, 0.0]})
    (tally,) = evaluate(pred, target, EvalSettings((0.0,)), weight="w").tallies
    assert tally.mean == 4.0


def test_a_column_of_the_weights_file_is_chosen_by_name(tmp_path: Path) -> None:
    save_array(tmp_path / "p.npy", [1.0, 5.0])
    save_array(tmp_path / "t.npy", [0.0, 0.0])
    table = save_table(str(tmp_path / "w.csv"), {"a": [9.0, 1.0], "b": [1.0, 3.0]})
    sides = str(tmp_path / "p.npy"), str(tmp_path / "t.npy")
    (tally,) = evaluate(*sides, EvalSettings((0.0,)), weights=table, weight="b").tallies
    assert tally.mean == 4.0


@pytest.mark.parametrize(
    ("beside", "role"), [("weights", "weight"), ("groups", "by"), ("clusters", "cluster")]
)
def test_a_column_in_place_of_a_file_is_answered_with_what_names_it(beside: str, role: str) -> None:
    table = pa.table({"p": [1.0, 2.0], "t": [0.0, 0.0], "my w": [1.0, 2.0]})
    said = rf"my w: no such file or directory \[--{role} 'my w' names the column of <predictions>\]"
    with pytest.raises(StorageError, match=said):
        evaluate(table, pred="p", target="t", **{beside: "my w"})
    with pytest.raises(StorageError, match=r"q: no such file or directory$"):
        evaluate(table, pred="p", target="t", **{beside: "q"})


def test_several_columns_of_weights_are_refused_with_the_option_that_chooses(
    tmp_path: Path,
) -> None:
    save_array(tmp_path / "p.npy", [1.0, 5.0])
    table = save_table(str(tmp_path / "w.csv"), {"a": [9.0, 1.0], "b": [1.0, 3.0]})
    sides = str(tmp_path / "p.npy"), str(tmp_path / "p.npy")
    with pytest.raises(DataError, match=r"several numeric columns: 'a', 'b' \[.*--weight"):
        evaluate(*sides, weights=table)


def test_weights_follow_their_rows_when_targets_are_matched_by_key(tmp_path: Path) -> None:
    pred = save_table(str(tmp_path / "p.parquet"), {"p": [1.0, 2.0, 3.0], "k": [1, 2, 3]})
    columns = {"t": [0.0, 0.0, 0.0], "k": [3, 1, 2], "w": [10.0, 100.0, 0.0]}
    target = save_table(str(tmp_path / "t.parquet"), columns)
    settings = EvalSettings((0.0,))
    (tally,) = evaluate(
        pred, target, settings, pred=("p",), target=("t",), key=("k",), weight="w"
    ).tallies
    assert (tally.sum, tally.mean, tally.n_weightless) == (130.0, 130 / 110, 1)


@pytest.mark.parametrize("shape", [(40, 3), (12, 2, 5)], ids=str)
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_weight_of_a_row_counts_for_each_of_its_elements(
    tmp_path: Path, shape: tuple[int, ...], order: Any
) -> None:
    rng = np.random.default_rng(5)
    pred, target = rng.normal(size=(2, *shape))
    weight = np.where(rng.random(shape[0]) < 0.3, 0.0, rng.random(shape[0]))
    width = math.prod(shape[1:])
    with cut_small(50):
        for execution in EXECUTIONS:
            result = weighed(
                tmp_path, np.array(pred, order=order), target, weight, execution=execution
            )
            assert_weighed(result, pred, target, np.repeat(weight, width))


@pytest.mark.parametrize("shape", [(40, 3), (12, 2, 5)], ids=str)
@pytest.mark.parametrize("orders", ["CCC", "FCF", "CFC", "FFF"])
def test_each_element_may_have_a_weight_of_its_own(
    tmp_path: Path, shape: tuple[int, ...], orders: str
) -> None:
    rng = np.random.default_rng(6)
    arrays = [rng.random(shape) for _ in range(3)]
    arrays[2][rng.random(shape) < 0.3] = 0.0
    stored = [np.array(a, order=o) for a, o in zip(arrays, orders, strict=True)]  # type: ignore[call-overload]
    for execution in EXECUTIONS:
        assert_weighed(weighed(tmp_path, *stored, execution=execution), *arrays)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32", ">f8"])
def test_weights_of_any_dtype_are_read_as_binary64(tmp_path: Path, dtype: str) -> None:
    pred, target = np.random.default_rng(7).normal(size=(2, 30))
    weight = np.arange(30).astype(dtype)
    assert_weighed(weighed(tmp_path, pred, target, weight), pred, target, weight)


@every_format
def test_zero_weight_removes_a_nan_and_an_infinity(tmp_path: Path, kind: str) -> None:
    pred, target = np.array([1.0, NAN, 2.0, INF]), np.array([0.0, 0.0, NAN, 0.0])
    notes: list[str] = []
    paths = [
        save_array(str(tmp_path / f"{name}.{kind}"), side, name, 9)
        for name, side in (("p", pred), ("t", target), ("w", np.array([2.0, 0.0, -0.0, 0.0])))
    ]
    for policy in ("propagate", "error", "omit", "omit-target"):
        for settings in (EvalSettings((0.0,), nan=policy), EvalSettings((0.0, 1.0), nan=policy)):
            result = evaluate(*paths[:2], settings, weights=paths[2], warn=notes.append)
            tally = result.tallies[0]
            assert (tally.mean, tally.sum, tally.n) == (1.0, 2.0, 1)
            assert (tally.n_nan, tally.n_omitted, tally.n_weightless) == (0, 0, 3)
    assert notes == []


@pytest.mark.parametrize("policy", ["propagate", "error", "omit", "omit-target"])
def test_zero_weight_removes_a_missing_value(tmp_path: Path, policy: str) -> None:
    columns = {
        "p": pa.array([1.0, None, 2.0, 4.0]),
        "t": pa.array([0.0, 0.0, None, 0.0]),
        "w": [2.0, 0.0, 0.0, 2.0],
    }
    path = save_table(str(tmp_path / "t.parquet"), columns)
    for execution in EXECUTIONS:
        (tally,) = evaluate(
            path,
            settings=EvalSettings((0.0,), nan=policy),
            pred=("p",),
            target=("t",),
            weight="w",
            options=ReadOptions(allow_missing=True),
            execution=execution,
        ).tallies
        assert (tally.mean, tally.sum, tally.n) == (2.5, 10.0, 2)
        assert (tally.n_nan, tally.n_omitted, tally.n_weightless) == (0, 0, 2)


def test_written_losses_are_weighted_and_zero_where_the_weight_is(tmp_path: Path) -> None:
    pred, target = np.random.default_rng(8).normal(size=(2, 50))
    pred[3] = pred[10] = NAN
    weight = np.arange(50) / 8 % 3
    weight[10] = weight[20] = 0.0
    each = oracle.losses(pred, target, 0.3)
    wanted = [v * w if w else 0.0 for v, w in zip(each, weight.tolist(), strict=True)]
    for execution in EXECUTIONS:
        output = io.BytesIO()
        settings = EvalSettings((0.3,), "none")
        losses_to = LossOutput(output, "npy")
        weighed(
            tmp_path,
            pred,
            target,
            weight,
            execution=execution,
            settings=settings,
            losses_to=losses_to,
        )
        output.seek(0)
        assert_same(np.load(output), np.array(wanted))


@every_format
@pytest.mark.parametrize(
    ("bad", "said"), [(-1.0, "-1.0"), (-SMALLEST, "-5e-324"), (NAN, "nan"), (INF, "inf")]
)
@pytest.mark.parametrize("row", [0, 41, 99])
def test_a_weight_that_is_negative_or_not_finite_is_refused_with_its_row(
    tmp_path: Path, kind: str, bad: float, said: str, row: int
) -> None:
    weight = np.ones(100)
    weight[row] = bad
    for execution in (Execution(1, 7), Execution(2, 1000)):
        with pytest.raises(DataError, match=rf"the weight in row {row + 1} is {said}\b") as caught:
            weighed(tmp_path, np.ones(100), np.ones(100), weight, ("npy", "npy", kind), execution)
        assert caught.value.path == str(tmp_path / f"w.{kind}")


def test_a_bad_weight_of_an_element_is_named_by_its_row(tmp_path: Path) -> None:
    weight = np.ones((20, 3))
    weight[13, 2] = -2.0
    with pytest.raises(DataError, match=r"the weight in row 14 is -2\.0"):
        weighed(tmp_path, np.ones((20, 3)), np.ones((20, 3)), weight, execution=Execution(1, 4))


@pytest.mark.parametrize("policy", ["propagate", "omit", "omit-target"])
def test_a_missing_weight_is_refused_under_every_policy(tmp_path: Path, policy: str) -> None:
    columns = {"p": [1.0, 2.0, 3.0], "t": [0.0, 0.0, 0.0], "w": pa.array([1.0, 1.0, None])}
    table = save_table(str(tmp_path / "t.parquet"), columns)
    (tmp_path / "t.csv").write_text("p,t,w\n1,0,1\n2,0,1\n3,0,\n")
    for path in (table, str(tmp_path / "t.csv")):
        for allowed in (False, True):
            with pytest.raises(DataError, match=r"row 3\b.* is missing"):
                evaluate(
                    path,
                    settings=EvalSettings(nan=policy),
                    pred=("p",),
                    target=("t",),
                    weight="w",
                    options=ReadOptions(allow_missing=allowed),
                )


@every_format
def test_weights_that_are_all_zero_are_refused(tmp_path: Path, kind: str) -> None:
    for options in (ReadOptions(), ReadOptions(allow_empty=True)):
        with pytest.raises(DataError, match="of weight 0"):
            weighed(
                tmp_path,
                np.ones(5),
                np.ones(5),
                np.zeros(5),
                (kind, kind, kind),
                options=options,
            )


@pytest.mark.parametrize(
    ("shape", "weights"),
    [
        ((6,), (6, 1)),
        ((6,), (5,)),
        ((6,), (7,)),
        ((6,), ()),
        ((6, 2), (2, 6)),
        ((6, 2), (12,)),
        ((6, 2), (6, 1)),
        ((6, 2), (6, 3)),
        ((6, 2), (2,)),
        ((6, 2), (6, 2, 1)),
    ],
    ids=str,
)
def test_weights_of_another_shape_are_refused(
    tmp_path: Path, shape: tuple[int, ...], weights: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError):
        weighed(tmp_path, np.ones(shape), np.ones(shape), np.ones(weights))


def test_a_weights_csv_with_too_few_or_many_rows_is_refused(tmp_path: Path) -> None:
    for n in (5, 7):
        with pytest.raises(ShapeError, match="they must be equal"):
            weighed(tmp_path, np.ones(6), np.ones(6), np.ones(n), ("npy", "npy", "csv"))


def test_a_weight_column_that_is_doubtful_is_refused(tmp_path: Path) -> None:
    pred = save_table(str(tmp_path / "p.parquet"), {"p": [1.0], "w": [1.0]})
    target = save_table(str(tmp_path / "t.parquet"), {"t": [1.0], "w": [1.0]})
    sides = {"pred": ("p",), "target": ("t",)}
    with pytest.raises(DataError, match="no input has a column 'v'"):
        evaluate(pred, target, weight="v", **sides)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="cannot be the weight"):
        evaluate(pred, target, weight="p", **sides)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_weights_that_both_sides_have_are_used_if_they_are_equal(tmp_path: Path, kind: str) -> None:
    weights, order = [0.5, 0.1, 3.0, 0.0, 2.0, 1e-3], [3, 0, 5, 1, 2, 4]
    y, ids = [1.0, 4.0, 9.0, 0.0, 2.0, 7.0], [*"fabdce"]
    sides: dict[str, Any] = {"pred": "p", "target": "t", "weight": "w"}
    pred, target, moved, other = (str(tmp_path / f"{name}.{kind}") for name in "ptmo")
    save_table(pred, {"id": ids, "p": [2 * v for v in y], "w": weights}, 2)
    save_table(target, {"id": ids, "t": y, "w": weights}, 3)
    save_table(
        moved, {k: [v[i] for i in order] for k, v in (("id", ids), ("t", y), ("w", weights))}
    )
    terms = [
        Fraction(w * (v - 0.5 if v >= 1 else v * v / 2)) for w, v in zip(weights, y, strict=True)
    ]
    expected = rounded(sum(terms) / sum(map(Fraction, weights)))
    for execution in (Execution(chunk_rows=2), Execution(threads=2, chunk_rows=4)):
        assert evaluate(pred, target, **sides, execution=execution).mean == expected
        assert evaluate(pred, moved, **sides, key="id", execution=execution).mean == expected
    save_table(other, {"id": ids, "t": y, "w": [*weights[:4], 2.5, 1.0]}, 3)
    words = r"p\.\w+: the weight in row 5 is 2\.0, but 2\.5 in .*o\.\w+"
    for more in ({"chunk_rows": 1}, {"chunk_rows": 6}):
        with pytest.raises(DataError, match=f"{words}: are the rows in the same order"):
            evaluate(pred, other, **sides, execution=Execution(**more))
    with pytest.raises(DataError, match=rf"{words} \[--weights FILE"):
        evaluate(pred, other, **sides, key="id")
    assert evaluate(pred, other, **sides, weights=pred).mean == expected


@pytest.mark.parametrize("narrow_side", [0, 1])
def test_weights_of_two_types_are_compared_in_the_narrower_one(narrow_side: int) -> None:
    wide = pa.array([0.1, 0.3])
    narrow = wide.cast(pa.float32(), safe=False)
    values = [{"p": [2.0, 4.0]}, {"t": [1.0, 1.0]}]
    sides: dict[str, Any] = {"pred": "p", "target": "t", "weight": "w", "reduction": "sum"}

    def tables(of_narrow: pa.Array) -> list[pa.Table]:
        weights = [of_narrow, wide] if narrow_side == 0 else [wide, of_narrow]
        return [pa.table({**one, "w": w}) for one, w in zip(values, weights, strict=True)]

    expected = float(Fraction(0.1 * 0.5) + Fraction(0.3 * 2.5))
    assert evaluate(*tables(narrow), **sides).values == (expected,)
    above = pa.array(np.nextafter(np.array(narrow), np.float32(1)))
    with pytest.raises(DataError, match="the weight in row 1 is"):
        evaluate(*tables(above), **sides)


def test_weights_of_inputs_without_rows_in_common_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no rows for weights"):
        weighed(
            tmp_path,
            np.ones((3, 2)),
            np.ones(6),
            np.ones(6),
            options=ReadOptions(flatten=True),
        )
