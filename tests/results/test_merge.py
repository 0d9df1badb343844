"""Results of parts, merged in any order and grouping, are the result of the whole, to the bit."""

from __future__ import annotations

import json
import math
import random
import tempfile
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smoothl1 import DataError, EvalSettings, ExactSum, ReadOptions, Result, Tally, evaluate
from smoothl1.numerics.row_moments import Moments
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.group import Group
from tests import oracle
from tests.sampling import in_turn
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[Any]

NAN, INF = math.nan, math.inf
N, N_SHARDS = 2_301, 7

SETTINGS = {
    "plain": EvalSettings((1.0, 0.0, 0.3)),
    "sum": EvalSettings((2.0,), "sum"),
    "omit": EvalSettings((0.5,), nan="omit"),
    "omit-target": EvalSettings((0.5,), nan="omit-target"),
    "by": EvalSettings((1.0, 0.1), by="g"),
    "column": EvalSettings((1.0,), by_column=True),
    "both": EvalSettings((0.0, 1.0), by="g", by_column=True),
    "cluster": EvalSettings((0.5, 1.0), cluster="k"),
    "cluster in groups": EvalSettings((1.0,), by="g", by_column=True, cluster="k"),
}


def save_part(path: Path, columns: dict[str, Any], rows: slice = slice(None)) -> Path:
    return save_table(path, {name: column[rows] for name, column in columns.items()})


def evaluated(path: Path, settings: EvalSettings, *, weighted: bool = False) -> Result:
    return evaluate(
        path,
        settings=settings,
        pred=("a", "b"),
        target=("c", "d"),
        weight="w" if weighted else None,
        options=ReadOptions(allow_missing=True),
        statistics=True,
        warn=[].append,
    )


def table(n: int, seed: int, *, with_nan: bool) -> dict[str, Any]:
    """Magnitudes over e**-40 to e**40, late groups, weights of which some are 0."""
    rng = np.random.default_rng(seed)
    sides = np.exp(rng.uniform(-40, 40, (4, n))) * rng.choice([-1, 1], (4, n))
    if with_nan:
        sides[rng.random((4, n)) < 0.01] = NAN
    late = np.minimum(rng.integers(0, 12, n), np.arange(n) // 100)
    return {
        **dict(zip("abcd", sides, strict=True)),
        "g": pa.array([f"{g}" for g in late.tolist()]),
        "w": rng.integers(0, 5, n) / 3,
        "k": rng.integers(0, 20, n),
    }


def shards(n: int, seed: int, n_shards: int = N_SHARDS) -> list[slice]:
    cuts = sorted(random.Random(seed).sample(range(1, n), n_shards - 1))
    return [slice(*ends) for ends in pairwise([0, *cuts, n])]


def content(result: Result) -> list[Any]:
    """All that a result says of the data, but where the first NaN is."""
    counts = ("n", "n_nan", "n_inf", "n_quadratic", "n_missing", "n_omitted", "n_weightless")
    return [
        (
            beta,
            group,
            [getattr(tally, name) for name in counts],
            *(tally.total.units, tally.weight, tally.moments, tally.min, tally.max),
            *(bits(tally.mean), bits(tally.sum), bits(tally.standard_error)),
        )
        for beta, group, tally in result.entries
    ] + [*result.clusters]


def bits(value: float) -> str:
    return value.hex()


def merged_as_a_tree(results: Sequence[Result], rng: random.Random) -> Result:
    """Any two of them, until one is left."""
    left = list(results)
    while len(left) > 1:
        one, other, *left = rng.sample(left, len(left))
        left.append(Result.merged([one, other]))
    return left[0]


@pytest.mark.parametrize(("name", "weighted"), in_turn([*SETTINGS], [False, True]))
def test_shards_merge_into_the_whole_in_any_order_and_grouping(
    tmp_path: Path, name: str, weighted: bool
) -> None:
    settings = SETTINGS[name]
    columns = table(N, 1, with_nan=name.startswith("omit"))
    whole = evaluated(save_part(tmp_path / "whole.parquet", columns), settings, weighted=weighted)
    parts = [
        evaluated(save_part(tmp_path / f"{i}.parquet", columns, rows), settings, weighted=weighted)
        for i, rows in enumerate(shards(N, seed=2))
    ]
    wanted = content(whole)
    for seed in range(3):
        rng = random.Random(seed)
        shuffled = rng.sample(parts, N_SHARDS)
        middle = rng.randrange(1, N_SHARDS)
        halves = [Result.merged(shuffled[:middle]), Result.merged(shuffled[middle:])]
        for merged in (
            Result.merged(shuffled),
            Result.merged(halves),
            merged_as_a_tree(parts, rng),
        ):
            assert content(merged) == wanted
            assert merged.values == whole.values
            assert merged.n == whole.n
            assert merged.settings == whole.settings
            assert merged.signature == whole.signature
    again = [Result.from_json(json.dumps(part.to_json())) for part in parts]
    assert content(Result.merged(again)) == wanted


def test_what_is_merged_is_the_sum_by_rational_arithmetic(tmp_path: Path) -> None:
    columns = table(N, 3, with_nan=False)
    parts = [
        evaluated(save_part(tmp_path / f"{i}.parquet", columns, rows), SETTINGS["plain"])
        for i, rows in enumerate(shards(N, seed=4))
    ]
    pred, target = (np.array([columns[name] for name in pair]) for pair in ("ab", "cd"))
    for beta, _, tally in Result.merged(parts).entries:
        losses = oracle.losses(pred, target, beta)
        assert tally.total.units * oracle.UNIT == oracle.exact_sum(losses)
        assert tally.sum == math.fsum(losses)
        assert tally.mean == oracle.reduced(losses, "mean")
        assert (tally.n, tally.min, tally.max) == (2 * N, min(losses), max(losses))


cells = st.one_of(
    st.sampled_from([NAN, INF, -INF, None, 0.0, 1e308, 5e-324, 1e150]), st.floats(width=64)
)
names = st.sampled_from(["", "1", "2", "10", "-3", "a", "B", "é", "01", "1.5"])


@pytest.mark.grid
@given(
    rows=st.lists(
        st.tuples(cells, cells, cells, cells, names, st.sampled_from([0.0, 1.0, 0.1, 1e10])),
        min_size=1,
        max_size=20,
    ),
    cuts=st.lists(st.integers(0, 20), max_size=4),
    betas=st.lists(st.floats(0, 1e3), min_size=1, max_size=2, unique=True),
    nan=st.sampled_from(["propagate", "omit", "omit-target"]),
    by=st.sampled_from([None, "g"]),
    by_column=st.booleans(),
    weighted=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_rows_cut_anywhere_merge_into_the_whole(
    rows: list[tuple[Any, ...]],
    cuts: list[int],
    betas: list[float],
    nan: str,
    by: str | None,
    by_column: bool,
    weighted: bool,
    seed: int,
) -> None:
    settings = EvalSettings(tuple(betas), nan=nan, by=by, by_column=by_column)
    types = [pa.float64()] * 4 + [pa.string(), pa.float64()]
    arrays = [pa.array(c, t) for c, t in zip(zip(*rows, strict=True), types, strict=True)]
    columns = dict(zip("abcdgw", arrays, strict=True))
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = save_part(Path(folder) / "whole.parquet", columns)
            whole = evaluated(path, settings, weighted=weighted)
            parts = [
                evaluated(
                    save_part(Path(folder) / f"{i}.parquet", columns, slice(*end)),
                    settings,
                    weighted=weighted,
                )
                for i, end in enumerate(pairwise(ends))
                if end[0] < end[1]
            ]
        except DataError:  # nothing is left of the whole, or of a part
            return
    rng = random.Random(seed)
    assert content(Result.merged(parts)) == content(whole)
    assert content(Result.merged(rng.sample(parts, len(parts)))) == content(whole)
    assert content(merged_as_a_tree(parts, rng)) == content(whole)


@pytest.mark.parametrize(
    "groups",
    [
        ["10", "9", "-1", "2", "100", "9"],
        ["b", "a", "10", "9", "Z", "é"],
        ["10", "9", "8", "x", "7", "9"],
        ["007", "7", "07", "1", "7", "01"],
        ["1.5", "10", "9", "-2", "1e3", "nan."],
        ["true", "false", "true", "true", "false", "true"],
    ],
    ids=",".join,
)
@pytest.mark.parametrize("by_column", [False, True])
def test_groups_come_in_the_order_of_the_whole(
    tmp_path: Path, groups: list[str], by_column: bool
) -> None:
    """Though a part alone may be of numbers only, and the whole not."""
    settings = EvalSettings(by="g", by_column=by_column)
    head, lines = "a,b,c,d,g\n", [f"{i},1,0,2,{g}\n" for i, g in enumerate(groups)]
    results = []
    for i, chosen in enumerate([lines, lines[:1], lines[1:3], lines[3:4], lines[4:]]):
        path = tmp_path / f"{i}.csv"
        path.write_text(head + "".join(chosen), encoding="utf-8")
        results.append(evaluated(path, settings))
    whole, *parts = results
    for seed in range(6):
        rng = random.Random(seed)
        assert Result.merged(rng.sample(parts, 4)).groups == whole.groups
        assert content(merged_as_a_tree(parts, rng)) == content(whole)


def of_one(
    loss: float = 1.0,
    settings: EvalSettings = EvalSettings(),
    group: Group = Group(),
    path: str = "p.npy",
    version: str = "0.1.0",
) -> Result:
    side = InputSummary((path,), "npy", (1,), "<f8")
    exact = ExactSum.of([loss])
    tally = Tally(
        n=1,
        total=exact,
        min=loss,
        max=loss,
        moments=Moments(1, exact.units**2, exact.units << 1074, 1 << 2148, third=None),
    )
    return Result(settings, (side, side), (tally,) * len(settings.betas), (group,), version)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EvalSettings((0.5,)), "betas is 1 and 0.5"),
        (EvalSettings((1.0, 0.5)), "betas is 1 and 1, 0.5"),
        (EvalSettings(reduction="sum"), "reduction is 'mean' and 'sum'"),
        (EvalSettings(nan="omit"), "nan is 'propagate' and 'omit'"),
        (EvalSettings(weighted=True), "weighted is False and True"),
        (EvalSettings(by="g"), "by is not set and 'g'"),
        (EvalSettings(by_column=True), "by column is False and True"),
    ],
)
def test_results_of_other_settings_are_refused_with_the_difference(
    settings: EvalSettings, said: str
) -> None:
    for results in (
        [of_one(), of_one(settings=settings)],
        [of_one()] * 3 + [of_one(settings=settings)],
    ):
        with pytest.raises(DataError, match="results of different settings") as caught:
            Result.merged(results)
        assert said in str(caught.value)
    with pytest.raises(DataError, match="different settings"):
        Result.merged([of_one(settings=settings), of_one()])


def test_one_result_is_its_own_merge() -> None:
    assert Result.merged([of_one(3.0)]) == of_one(3.0)


def test_ten_thousand_results_merge() -> None:
    rng = random.Random(5)
    losses = [math.exp(rng.uniform(-40, 40)) for _ in range(10_000)]
    whole = Result.merged([of_one(loss, path=f"{i:05}.npy") for i, loss in enumerate(losses)])
    (tally,) = whole.tallies
    assert tally.n == whole.n == 10_000
    assert tally.total.units * oracle.UNIT == oracle.exact_sum(losses)
    assert tally.mean == oracle.reduced(losses, "mean")
    assert (tally.min, tally.max) == (min(losses), max(losses))
    assert tally.moments is not None
    assert tally.moments.n == 10_000
    assert len(whole.inputs[0].paths) == 10_000
    assert whole.inputs[0].shape == (10_000,)


def test_ten_thousand_groups_of_as_many_results_come_in_order() -> None:
    names = random.Random(6).sample(range(10_000), 10_000)
    parts = [of_one(settings=EvalSettings(by="g"), group=Group(str(name))) for name in names]
    assert Result.merged(parts).groups == tuple(Group(str(name)) for name in range(10_000))


def test_where_the_first_nan_is_nobody_knows_after_a_merge(tmp_path: Path) -> None:
    columns = table(50, 7, with_nan=True)
    columns["a"][20] = NAN
    parts = [
        evaluated(
            save_part(tmp_path / f"{i}.parquet", columns, slice(i * 25, i * 25 + 25)),
            SETTINGS["sum"],
        )
        for i in range(2)
    ]
    assert parts[0].tallies[0].first_nan is not None
    assert Result.merged(parts).tallies[0].first_nan is None


def test_without_moments_in_one_part_the_whole_has_no_standard_error(tmp_path: Path) -> None:
    path = save_part(tmp_path / "p.parquet", table(20, 8, with_nan=False))
    sides = {"pred": ("a",), "target": ("c",)}
    with_moments, without = (evaluate(path, statistics=s, **sides) for s in (True, False))  # type: ignore[arg-type]
    for parts in ([with_moments, without], [without, with_moments], [without, without]):
        (tally,) = Result.merged(parts).tallies
        assert math.isnan(tally.standard_error)
        assert tally.mean == with_moments.tallies[0].mean


def of_inputs(side: InputSummary) -> Result:
    return replace(of_one(), inputs=(side, side))


def test_inputs_of_a_merge_are_those_of_all_parts() -> None:
    parts = [
        of_inputs(InputSummary(("b.npy",), "npy", (3, 2), "<f8")),
        of_inputs(InputSummary(("a.csv",), "csv", (4, 2), "<f4", ("x",))),
        of_inputs(InputSummary(("c.npy", "a.csv"), "npy", (1, 2), "<f8")),
    ]
    joined = InputSummary(("a.csv", "b.npy", "c.npy"), "mixed", (8, 2), "mixed", ())
    for order in permutations(parts):
        assert Result.merged(order).inputs == (joined, joined)
        first, *others = order
        assert Result.merged([first, Result.merged(others)]).inputs == (joined, joined)


@pytest.mark.parametrize("shapes", [((3,), (3, 2)), ((), (3,)), (None, (3,)), ((2, 3), (3, 2))])
def test_rows_of_other_shapes_have_none_together(shapes: tuple[Any, Any]) -> None:
    parts = [of_inputs(InputSummary(("p",), "npy", shape, "<f8")) for shape in shapes]
    for order in (parts, parts[::-1], [parts[0], *parts]):
        assert Result.merged(order).inputs[0].shape is None


def test_versions_of_a_merge_are_those_of_all_parts() -> None:
    parts = [of_one(version=version) for version in ("0.2.0", "0.1.0", "0.2.0")]
    assert Result.merged(parts).version == "0.1.0,0.2.0"
    assert Result.merged([Result.merged(parts), parts[0]]).version == "0.1.0,0.2.0"


def test_the_column_of_weights_is_that_of_all_results_in_any_order() -> None:
    def of(name: str | None) -> Result:
        return of_one(settings=EvalSettings(weight_column=name))

    u, w, unknown = of("u"), of("w"), of(None)
    assert Result.merged([w, w]).settings.weight_column == "w"
    assert {
        Result.merged(some).settings.weight_column for some in ([w, unknown], [unknown, w])
    } == {None}
    for some in ([u, w], [unknown, u, w]):
        with pytest.raises(DataError, match="weight column is "):
            Result.merged(some)
