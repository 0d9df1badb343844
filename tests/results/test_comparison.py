"""Two models on the same targets: Student's paired t, against SciPy and rational arithmetic.

Of intervals and p-values `tests.intervals` has the definition.
"""

from __future__ import annotations

import json
import math
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from smoothl1 import DataError, EvalSettings, Execution, SettingsError, evaluate
from smoothl1.read_options import ReadOptions
from smoothl1.running.compare import compare
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.intervals import sample_of
from tests.tables import save, save_sides

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.difference import Difference

Array = NDArray[Any]

NAN, INF = math.nan, math.inf


def close(value: Any, rel: float = 1e-9) -> object:
    return pytest.approx(float(value), rel=rel, abs=0.0)


def models(*shape: int, seed: int = 0, scale: float = 1.0) -> tuple[Array, Array, Array]:
    """Predictions of A and of B, which is a little better, and targets."""
    rng = np.random.default_rng(seed)
    target = rng.normal(0, scale, shape)
    noise, more = rng.normal(0, scale, (2, *shape))
    return target + noise, target + 0.8 * noise + 0.3 * more, target


def compared(paths: list[Path], *args: Any, **more: Any) -> Comparison:
    return compare(*paths, *args, **{"warn": [].append, **more})


def only(found: Comparison) -> Difference:
    (difference,) = found.differences
    return difference


def assert_t_test(found: Difference, a: Any, b: Any, rel: float = 1e-9) -> None:
    """Against the losses of rows of one element, by SciPy."""
    wanted = stats.ttest_rel(b, a)
    assert found.t == close(wanted.statistic, rel)
    assert found.estimate.df == wanted.df
    sample = sample_of(np.subtract(b, a))
    assert found.p_value == close(sample.p_value(), rel)
    assert found.p_value >= wanted.pvalue * (1 - rel)
    for confidence in (0.5, 0.95, 0.999):
        low, high = sample.interval(confidence)
        margin = rel * float(high - low)
        assert found.estimate.interval(confidence) == pytest.approx(
            (low, high), rel=rel, abs=margin
        )
    assert found.n_a_better == sum(x < y for x, y in zip(a, b, strict=True))
    assert found.n_b_better == sum(x > y for x, y in zip(a, b, strict=True))
    assert found.n_ties == sum(x == y for x, y in zip(a, b, strict=True))
    exact = (oracle.exact_sum(b) - oracle.exact_sum(a)) / len(a)
    assert found.estimate.value == oracle.rounded(exact)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e6, 1e60])
@pytest.mark.parametrize("n", [2, 3, 10, 500])
def test_it_is_the_paired_t_test_of_the_losses(tmp_path: Path, n: int, scale: float) -> None:
    sides = models(n, seed=n, scale=scale)
    betas = (0.0, 0.5 * scale, 2.0 * scale)
    found = compared(save_sides(tmp_path, *sides), EvalSettings(betas))
    assert [beta for beta, _, _ in found.entries] == list(betas)
    for beta, _, difference in found.entries:
        a, b = (oracle.losses(side, sides[2], beta) for side in sides[:2])
        assert_t_test(difference, a, b)


def test_both_models_have_the_tallies_that_they_have_alone(tmp_path: Path) -> None:
    a, b, target = save_sides(tmp_path, *models(200, 3, seed=1))
    settings = EvalSettings((0.0, 1.0), by_column=True)
    found = compared([a, b, target], settings)
    for path, name in ((a, "a"), (b, "b")):
        alone = evaluate(path, target, settings).tallies
        tallies = [getattr(difference, name) for difference in found.differences]
        assert [(t.n, t.total, t.min, t.max, t.n_quadratic) for t in tallies] == [
            (t.n, t.total, t.min, t.max, t.n_quadratic) for t in alone
        ]


def test_the_mean_difference_is_exact(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    a, b, target = np.ldexp(rng.uniform(-1, 1, (3, 300)), rng.integers(-200, 200, (3, 300)))
    b[:100] = a[:100]
    found = only(compared(save_sides(tmp_path, a, b, target)))
    one, other = (oracle.losses(side, target, 1.0) for side in (a, b))
    exact = (oracle.exact_sum(other) - oracle.exact_sum(one)) / 300
    assert found.estimate.value == oracle.rounded(exact)
    assert found.n_ties >= 100


def test_differences_of_a_last_bit_are_seen(tmp_path: Path) -> None:
    a = np.full(9, 1e16)
    b = np.nextafter(a, INF)
    found = only(compared(save_sides(tmp_path, a, b, np.zeros(9)), EvalSettings((0.0,))))
    assert found.estimate[:3] == (2.0, 0.0, 8.0)
    assert (found.t, found.p_value) == (INF, 0.0)
    assert (found.n_a_better, found.n_b_better, found.n_ties) == (9, 0, 0)


@pytest.mark.parametrize("width", [2, 5])
def test_rows_of_several_columns_are_the_units(tmp_path: Path, width: int) -> None:
    a, b, target = models(60, width, seed=3)
    found = only(compared(save_sides(tmp_path, a, b, target)))
    one, other = (np.array(oracle.losses(s, target, 1.0)).reshape(60, width) for s in (a, b))
    wanted = stats.ttest_rel(other.mean(axis=1), one.mean(axis=1))
    assert found.t == close(wanted.statistic)
    assert found.p_value == close(sample_of((other - one).mean(axis=1)).p_value())
    assert found.moments.n == 60
    exact = (oracle.exact_sum(other.ravel()) - oracle.exact_sum(one.ravel())) / (60 * width)
    assert found.estimate.value == oracle.rounded(exact)
    differences = (other - one).sum(axis=1)
    assert (found.n_a_better, found.n_b_better) == (
        int((differences > 0).sum()),
        int((differences < 0).sum()),
    )


def test_columns_are_compared_apart(tmp_path: Path) -> None:
    a, b, target = models(50, 3, seed=4)
    found = compared(save_sides(tmp_path, a, b, target), EvalSettings((0.25,), by_column=True))
    assert [group.column for group in found.groups] == ["1", "2", "3"]
    for i, difference in enumerate(found.differences):
        one, other = (oracle.losses(side[:, i], target[:, i], 0.25) for side in (a, b))
        assert_t_test(difference, one, other)


ONE_TABLE: Any = {"pred_a": "a", "pred_b": "b", "target": "y"}
ONE_TABLE = {name: (column,) for name, column in ONE_TABLE.items()}


def test_groups_of_one_table_are_compared_apart(tmp_path: Path) -> None:
    a, b, target = models(120, seed=5)
    groups = np.random.default_rng(5).integers(0, 3, 120)
    path = save(tmp_path / "t.parquet", a=a, b=b, y=target, g=groups)
    found = compared([path], settings=EvalSettings((0.0, 1.0), by="g"), **ONE_TABLE)
    assert len(found.differences) == 6
    for beta, group, difference in found.entries:
        at = groups == int(group.group or "")
        one, other = (oracle.losses(side[at], target[at], beta) for side in (a, b))
        assert_t_test(difference, one, other)


def test_one_table_and_three_files_are_the_same(tmp_path: Path) -> None:
    sides = models(40, seed=6)
    path = save(tmp_path / "t.parquet", **dict(zip("aby", sides, strict=True)))
    assert only(compared([path], **ONE_TABLE)) == only(compared(save_sides(tmp_path, *sides)))


def test_weighted_differences_are_those_of_sizes(tmp_path: Path) -> None:
    """With weights w and D = fl(w * loss of B) - fl(w * loss of A), as a ratio estimate."""
    a, b, target = models(80, seed=7)
    weight = np.random.default_rng(7).integers(0, 4, 80) / 2
    *paths, weights = save_sides(tmp_path, a, b, target, weight)
    found = only(compared(paths, weights=weights))
    one, other = (
        [w * v for w, v in zip(weight.tolist(), oracle.losses(side, target, 1.0), strict=True)]
        for side in (a, b)
    )
    size = Fraction(float(weight.sum()))
    mean = (oracle.exact_sum(other) - oracle.exact_sum(one)) / size
    assert found.estimate.value == oracle.rounded(mean)
    n = int((weight > 0).sum())
    rows = [(b - a, w) for a, b, w in zip(one, other, weight.tolist(), strict=True) if w]
    sample = sample_of(*zip(*rows, strict=True))
    assert found.estimate.standard_error == close(sample.error)
    assert found.estimate.df == close(sample.df)
    assert found.t == close(sample.mean / sample.error)
    assert found.p_value == close(sample.p_value())
    assert found.estimate.interval(0.9) == pytest.approx(sample.interval(0.9), rel=1e-9)
    assert found.a.n_weightless == found.b.n_weightless == 80 - n


def test_weights_that_are_all_alike_change_no_statistic(tmp_path: Path) -> None:
    *paths, weights = save_sides(tmp_path, *models(30, seed=8), np.full(30, 4.0))
    weighted, plain = only(compared(paths, weights=weights)), only(compared(paths))
    assert weighted.estimate == plain.estimate
    assert weighted.p_value == plain.p_value
    assert weighted.t == plain.t


def holes(seed: int) -> tuple[Array, Array, Array]:
    a, b, target = models(100, seed=seed)
    rng = np.random.default_rng(seed)
    for side in (a, b, target):
        side[rng.random(100) < 0.1] = NAN
    return a, b, target


def test_omit_leaves_out_for_both_what_is_nan_for_either(tmp_path: Path) -> None:
    a, b, target = holes(9)
    found = only(compared(save_sides(tmp_path, a, b, target), EvalSettings(nan="omit")))
    kept = ~np.isnan(a + b + target)
    one, other = (oracle.losses(side[kept], target[kept], 1.0) for side in (a, b))
    assert_t_test(found, one, other)
    assert found.a.n == found.b.n == int(kept.sum())
    assert found.a.n_omitted == found.b.n_omitted == 100 - int(kept.sum())


def test_omit_target_leaves_out_the_target_only(tmp_path: Path) -> None:
    a, b, target = holes(10)
    found = only(compared(save_sides(tmp_path, a, b, target), EvalSettings(nan="omit-target")))
    assert found.a.n == found.b.n == int((~np.isnan(target)).sum())
    assert math.isnan(found.estimate.value)
    a[np.isnan(a)], b[np.isnan(b)] = 0.0, 1.0
    found = only(compared(save_sides(tmp_path, a, b, target), EvalSettings(nan="omit-target")))
    kept = ~np.isnan(target)
    one, other = (oracle.losses(side[kept], target[kept], 1.0) for side in (a, b))
    assert_t_test(found, one, other)


@pytest.mark.parametrize("more", [{}, {"by": "g"}, {"weight": "w"}])
@pytest.mark.parametrize("nan", ["propagate", "omit", "omit-target"])
@pytest.mark.parametrize("complete", ["", "a", "b", "y", "ay", "by", "ab"])
def test_a_missing_value_counts_as_a_nan_of_its_own_side(
    tmp_path: Path, nan: str, more: dict[str, str], complete: str
) -> None:
    sides = dict(zip("aby", holes(12), strict=True))
    for name in complete:
        sides[name] = np.nan_to_num(sides[name])
    others = {"g": ["one", "two"] * 50, "w": [0.5, 2.0, 0.0, 1.0] * 25}
    settings = EvalSettings(nan=nan, by=more.get("by"))
    columns = {"pred_a": "a", "pred_b": "b", "target": "y", "weight": more.get("weight")}
    documents = []
    for is_missing in (False, True):
        values = {name: pa.array(side, from_pandas=is_missing) for name, side in sides.items()}
        path = save(tmp_path / "all.parquet", **values, **others)
        options = ReadOptions(allow_missing=True)
        found = compared([path, None, None], settings, **columns, options=options)
        document = found.to_json()
        documents.append(document["results"])
    for with_nan, with_missing in zip(*documents, strict=True):
        assert with_nan.pop("missing") == 0
        assert with_missing.pop("missing") > 0
        assert repr(with_nan) == repr(with_missing)


@pytest.mark.parametrize("side", [0, 1, 2])
def test_a_nan_on_any_side_makes_all_nan_and_is_counted(tmp_path: Path, side: int) -> None:
    sides = models(10, seed=11)
    sides[side][3] = NAN
    warnings: list[str] = []
    found = only(compared(save_sides(tmp_path, *sides), warn=warnings.append))
    assert all(map(math.isnan, [*found.estimate[:2], found.t, found.p_value]))
    assert all(map(math.isnan, found.estimate.interval(0.95)))
    assert (found.a.n_nan, found.b.n_nan) == ((1, 0), (0, 1), (1, 1))[side]
    assert len(warnings) == 1
    with pytest.raises(DataError, match="NaN"):
        compared(save_sides(tmp_path, *sides), EvalSettings(nan="error"))


@pytest.mark.parametrize("side", [0, 1])
def test_an_infinite_loss_has_no_difference(tmp_path: Path, side: int) -> None:
    sides = models(10, seed=12)
    sides[side][3] = INF
    found = only(compared(save_sides(tmp_path, *sides)))
    assert math.isnan(found.t)
    assert math.isnan(found.p_value)
    json.dumps(compared(save_sides(tmp_path, *sides)).to_json(), allow_nan=False)


def test_rows_in_another_order_are_matched_by_their_key(tmp_path: Path) -> None:
    sides = models(70, seed=13)
    wanted = only(compared(save_sides(tmp_path, *sides)))
    rng = np.random.default_rng(13)
    paths = []
    for name, side in zip(("a", "b", "y"), sides, strict=True):
        order = rng.permutation(70)
        paths.append(tmp_path / f"{name}.parquet")
        pq.write_table(pa.table({"id": order, name: side[order]}), paths[-1])
    found = only(compared(paths, key=("id",), **ONE_TABLE))
    assert (found.estimate, found.t) == (wanted.estimate, wanted.t)
    assert (found.n_a_better, found.n_b_better) == (wanted.n_a_better, wanted.n_b_better)


def test_a_key_that_one_model_lacks_is_refused(tmp_path: Path) -> None:
    keys = {"a": [1, 2, 3], "b": [1, 2, 4], "y": [3, 2, 1]}
    paths = []
    for name, ids in keys.items():
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text(f"id,{name}\n" + "".join(f"{i},{i / 2}\n" for i in ids))
    with pytest.raises(DataError):
        compared(paths, key=("id",), **ONE_TABLE)


def test_a_model_does_not_differ_from_itself(tmp_path: Path) -> None:
    a, _, target = models(50, seed=14)
    found = only(compared(save_sides(tmp_path, a, a, target)))
    assert found.estimate[:3] == (0.0, 0.0, 49.0)
    assert found.estimate.interval(0.99) == (0.0, 0.0)
    assert math.isnan(found.t)
    assert math.isnan(found.p_value)
    assert (found.n_a_better, found.n_b_better, found.n_ties) == (0, 0, 50)


@pytest.mark.parametrize("shape", [(1,), (1, 4)])
def test_a_single_row_has_a_difference_and_no_error(tmp_path: Path, shape: tuple[int, ...]) -> None:
    found = only(
        compared(save_sides(tmp_path, np.full(shape, 1.0), np.full(shape, 3.0), np.zeros(shape)))
    )
    assert found.estimate.value == 2.0
    assert all(map(math.isnan, (found.estimate.standard_error, found.t, found.p_value)))
    assert (found.n_a_better, found.n_b_better, found.n_ties) == (1, 0, 0)


def test_swapping_the_models_negates_the_difference(tmp_path: Path) -> None:
    a, b, target = models(90, 2, seed=15)
    weight = np.random.default_rng(15).integers(0, 3, 90) / 3
    paths = save_sides(tmp_path, a, b, target, weight)
    for weights in (None, paths[3]):
        found = only(compared(paths[:3], weights=weights))
        other = only(compared([paths[1], paths[0], paths[2]], weights=weights))
        value, error, df, skewness, coupling = found.estimate[:5]
        assert other.estimate[:5] == (-value, error, df, -skewness, -coupling)
        assert (other.t, other.p_value) == (-found.t, found.p_value)
        assert (other.n_a_better, other.n_b_better) == (found.n_b_better, found.n_a_better)
        assert (other.a, other.b) == (found.b, found.a)
        low, high = found.estimate.interval(0.9)
        assert other.estimate.interval(0.9) == (-high, -low)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("settings", [EvalSettings((1.0, 0.0), nan="omit"), EvalSettings(by="g")])
def test_no_bit_depends_on_chunks_or_threads(
    tmp_path: Path, settings: EvalSettings, weighted: bool
) -> None:
    rng = np.random.default_rng(16)
    a, b, y = np.ldexp(rng.uniform(-1, 1, (3, 150)), rng.integers(-90, 90, (3, 150)))
    if settings.nan == "omit":
        a[::7], b[::11] = NAN, NAN
    groups = np.minimum(rng.integers(0, 5, 150), np.arange(150) // 10)
    path = save(tmp_path / "t.parquet", a=a, b=b, y=y, g=groups, w=rng.integers(0, 4, 150) / 3)
    more = {"settings": settings, "weight": "w" if weighted else None, **ONE_TABLE}
    wanted = compared([path], **more)
    with cut_small(40):
        for execution in EXECUTIONS:
            assert compared([path], execution=execution, **more) == wanted


@given(
    rows=st.lists(st.tuples(*[st.floats(width=64)] * 3), min_size=1, max_size=20),
    nan=st.sampled_from(["propagate", "omit"]),
    chunk=st.integers(1, 9),
    part=st.integers(1, 9),
)
def test_any_rows_have_exact_means_however_cut(
    rows: list[tuple[float, ...]], nan: str, chunk: int, part: int
) -> None:
    kept = [row for row in rows if nan != "omit" or not any(map(math.isnan, row))]
    if not kept:
        return
    sides = [np.array(side) for side in zip(*rows, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        paths = save_sides(Path(folder), *sides)
        found = compared(paths, EvalSettings(nan=nan), execution=Execution(1))
        with cut_small(part):
            assert compared(paths, EvalSettings(nan=nan), execution=Execution(2, chunk)) == found
    json.dumps(found.to_json(), allow_nan=False)
    one, other = ([oracle.loss(row[i], row[2], 1.0) for row in kept] for i in (0, 1))
    (difference,) = found.differences
    if all(map(math.isfinite, [*one, *other])):
        exact = (oracle.exact_sum(other) - oracle.exact_sum(one)) / len(kept)
        assert difference.estimate.value == oracle.rounded(exact)
        wins = [sum(x < y for x, y in zip(one, other, strict=True))]
        wins += [sum(x > y for x, y in zip(one, other, strict=True))]
        wins += [sum(x == y for x, y in zip(one, other, strict=True))]
        assert [difference.n_a_better, difference.n_b_better, difference.n_ties] == wins
    else:
        assert math.isnan(difference.estimate.value)


def test_rows_whose_difference_is_beyond_binary64_still_have_a_better_side(tmp_path: Path) -> None:
    a, b = np.zeros((3, 2)), np.full((3, 2), 1e308)
    found = only(compared(save_sides(tmp_path, a, b, np.zeros((3, 2))), EvalSettings((0.0,))))
    assert found.estimate.value == 1e308
    assert found.estimate.standard_error == INF
    assert (found.n_a_better, found.n_b_better, found.n_ties) == (3, 0, 0)


def test_the_verdict_of_a_comparison_is_the_sentence_of_the_command() -> None:
    """The differences are all -1/2 at beta 0, so that the interval has no width."""
    sides = ([1.0, 2.0], [0.5, 1.5], [0.0, 0.0])
    found = compare(*map(np.array, sides), EvalSettings(betas=(0.0,)))
    said = "B is better by 0.5 (-33.3%), 90% interval of B - A -0.5 to -0.5, p = 0"
    assert found.verdict(0.9) == only(found).verdict(0.9) == said
    assert found.verdict() == said.replace("90%", "95%")
    with pytest.raises(SettingsError, match="confidence"):
        found.verdict(95)


def test_the_verdict_of_several_groups_counts_them(tmp_path: Path) -> None:
    table = pa.table({"g": ["x", "x", "z"], "a": [1, 2, 3.0], "b": [0.5, 1.5, 3], "y": [0.0] * 3})
    pq.write_table(table, tmp_path / "t.parquet")
    found = compare(tmp_path / "t.parquet", pred_a="a", pred_b="b", target="y", by="g", betas=0)
    assert found.verdict() == (
        "of 2 results, b is better than a in 1 and worse in 0, each at the 95% level"
    )
    assert found["z"].verdict() == "a and b have the same losses"


def test_the_verdict_of_a_group_names_the_models_as_that_of_all_does() -> None:
    models = {"new": [0.5, 2.0], "old": [1.0, 3.0]}
    found = compare(models, [0.0, 0.0], betas=0, groups=["x", "z"])
    better, row = "old is worse than new by", "one row has no interval"
    assert found["x"].verdict() == f"no clear difference: {better} 0.5 (+100%), {row}"
    told = [found["x"], found.get("x"), next(iter(found.values())), next(found.entries)[2]]
    told.append(found.differences[0])
    assert {one.verdict() for one in told} == {found["x"].verdict()}
    assert found.overall.verdict().startswith(f"no clear difference: {better} 0.75 (+60%), 95%")
    assert repr(found.overall).startswith("<Difference old - new: difference 0.75,")
    assert found["x"] == found.differences[0]  # names are not compared
    back = found["x"].reversed()
    assert back.verdict() == f"no clear difference: new is better than old by 0.5 (-50%), {row}"


def test_models_of_one_letter_keep_their_names_the_other_way_round() -> None:
    found = compare({"A": [0.5, 0.5], "B": [1.0, 1.0]}, [0.0, 0.0], betas=0).overall
    assert found.verdict().startswith("B is worse by 0.5 (+100%), 95% interval of B - A 0.5")
    back = found.reversed()
    assert back.verdict().startswith("A is better than B by 0.5 (-50%), 95% interval of A - B -0.5")


def test_columns_of_one_table_are_called_by_their_names(tmp_path: Path) -> None:
    """Models that are themselves called A and B are not taken for each other."""
    pq.write_table(
        pa.table({"B": [1.0, 2], "A": [0.5, 1.5], "y": [0.0, 0]}), tmp_path / "t.parquet"
    )
    found = compare(tmp_path / "t.parquet", pred_a="B", pred_b="A", target="y", betas=0)
    said = "A is better than B by 0.5 (-33.3%), 95% interval of A - B -0.5 to -0.5, p = 0"
    assert found.verdict() == said
    assert repr(found) == "<Comparison A - B: -0.5>"


def test_shapes_that_differ_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        compared(save_sides(tmp_path, np.zeros(3), np.zeros(4), np.zeros(3)))
    with pytest.raises(DataError):
        compared(save_sides(tmp_path, np.zeros(3), np.zeros(3), np.zeros((3, 1))))


def test_two_inputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="of two models or more and the targets"):
        compared(save_sides(tmp_path, np.zeros(3), np.zeros(3)))


def test_nothing_left_is_refused(tmp_path: Path) -> None:
    a, b = np.array([NAN, 1.0]), np.array([1.0, NAN])
    with pytest.raises(DataError, match="no pair is left"):
        compared(save_sides(tmp_path, a, b, np.zeros(2)), EvalSettings(nan="omit"))


def test_a_document_says_it_all(tmp_path: Path) -> None:
    a, b, y = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0]), np.zeros(3)
    document = compared(save_sides(tmp_path, a, b, y), EvalSettings((0.0,))).to_json(0.9)
    assert document["schema"] == "smoothl1.comparison/1"
    assert document["confidence"] == 0.9
    assert list(document["inputs"]) == ["pred_a", "pred_b", "target"]
    (entry,) = document["results"]
    wanted = stats.ttest_rel(b, a)
    low, high = sample_of(b - a).interval(0.9)
    assert entry["mean_a"] == float(Fraction(7, 3))
    assert entry["mean_b"] == 2.0
    assert entry["difference"] == float(Fraction(-1, 3))
    assert entry["low"] == close(low)
    assert entry["high"] == close(high)
    assert entry["t"] == close(wanted.statistic)
    assert entry["p_value"] == close(sample_of(b - a).p_value())
    counts = ("df", "count", "rows", "a_better", "b_better", "ties", "nan_a", "nan_b", "omitted")
    assert [entry[name] for name in counts] == [2, 3, 3, 1, 1, 1, 0, 0, 0]


def row_wins(a: Array, b: Array) -> list[int]:
    """Rows in which A has the smaller loss, B, or neither, by rational arithmetic."""
    found = [0, 0, 0]
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        difference = sum(map(Fraction, other)) - sum(map(Fraction, one))
        found[0 if difference > 0 else 1 if difference < 0 else 2] += 1
    return found


def wins_of(difference: Difference) -> list[int]:
    return [difference.n_a_better, difference.n_b_better, difference.n_ties]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([0.1, 0.2, 0.4, 0.7], [0.7, 0.1, 0.2, 0.4]),
        ([1e16, 1.0, 1.0], [1e16, 2.0, 0.0]),
        ([1e16, 1.0, 1.0], [1.0, 1e16, 1.0]),
        ([1e16, 1.0, 5e-324], [1.0, 1e16, 0.0]),
        ([0.0, 5e-324, 1e-310], [1e-310, 0.0, 5e-324]),
        ([1.7e308, 1.7e308, 0.0, 0.0], [0.0, 0.0, 1.7e308, 1.7e308]),
        ([1.7e308, 1.7e308, 0.0, 5e-324], [0.0, 0.0, 1.7e308, 1.7e308]),
        ([0.5, 0.25], [0.5, 0.25]),
    ],
)
def test_a_row_is_a_tie_just_where_the_exact_sums_are_equal(
    tmp_path: Path, a: list[float], b: list[float]
) -> None:
    sides = np.array([a, b, a]), np.array([b, a, a])
    paths = save_sides(tmp_path, *sides, np.zeros((3, len(a))))
    found = only(compared(paths, EvalSettings((0.0,))))
    assert wins_of(found) == row_wins(*sides)


@pytest.mark.parametrize("nan", ["propagate", "omit"])
@pytest.mark.parametrize("rows", [7, None])
def test_permuted_losses_are_ties_beside_rows_that_are_left_out(
    tmp_path: Path, nan: str, rows: int | None
) -> None:
    rng = np.random.default_rng(5)
    a = rng.random((60, 4))
    b = rng.permuted(a, axis=1)
    b[::3, 0] = np.nextafter(b[::3, 0], 2)
    target = np.zeros_like(a)
    target[::5] = NAN
    paths = save_sides(tmp_path, a, b, target)
    found = only(compared(paths, EvalSettings((0.0,), nan=nan), execution=Execution(1, rows)))
    kept = ~np.isnan(target[:, 0])
    wanted = row_wins(a[kept], b[kept])
    assert min(wanted[0], wanted[2]) > 10
    assert wins_of(found) == wanted


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("by", [None, "g"])
def test_rows_in_which_both_losses_are_infinite_are_ties(
    tmp_path: Path, by: str | None, wide: bool
) -> None:
    a = np.array([INF, 1.0, INF, NAN, -INF, 2.0, 1.0])
    b = np.array([-INF, INF, 3.0, INF, INF, 2.0, 5.0])
    zero = np.zeros(7)
    columns = {"a": a, "b": b, "t": zero, "g": list("xxxyyyy")}
    sides: Any = {"pred_a": "a", "pred_b": "b", "target": "t"}
    if wide:  # both rows are infinite where any element of each is
        columns |= {"a2": b, "b2": a, "t2": zero}
        sides = {"pred_a": ("a", "a2"), "pred_b": ("b", "b2"), "target": ("t", "t2")}
    path = save(tmp_path / "t.parquet", **columns)
    for execution in EXECUTIONS:
        found = compared([path], by=by, execution=execution, **sides)
        told = [(d.n_a_better, d.n_b_better, d.n_ties) for d in found.differences]
        whole = [(0, 0, 6)] if wide else [(2, 1, 3)]
        apart = [(0, 0, 3), (0, 0, 3)] if wide else [(1, 1, 1), (1, 0, 2)]
        assert told == (whole if by is None else apart)


def test_a_row_with_an_infinite_loss_is_no_tie(tmp_path: Path) -> None:
    a = np.array([[1.0, 1.7e308, 1.7e308], [INF, 1.0, 1.0]])
    b = np.array([[INF, 1.0, 1.0], [1.0, 1.7e308, 1.7e308]])
    found = only(compared(save_sides(tmp_path, a, b, np.zeros((2, 3))), EvalSettings((0.0,))))
    assert wins_of(found) == [1, 1, 0]
