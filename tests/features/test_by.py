"""Results of groups and columns: each as exact as if it were alone, in one order however cut."""

from __future__ import annotations

import datetime as dt
import io
import math
import os
import random
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smoothl1 import EvalSettings, Execution, ReadOptions, compare
from smoothl1.errors import DataError
from smoothl1.labels import encoder
from smoothl1.running.evaluate import LossOutput, evaluate
from smoothl1.tallies import group_numbers
from smoothl1.tallies.group import Group
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.oracle import Expected, assert_same
from tests.seen import seen
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from smoothl1 import Result, Tally

Array = NDArray[Any]

NAN, INF = math.nan, math.inf
BETAS = (1.0, 0.0, 0.3)
TABLES = ("csv", "parquet")
SMALLEST_INT, LARGEST_INT = -(2**63), 2**63 - 1

every_table = pytest.mark.parametrize("kind", TABLES)


class Case(NamedTuple):
    """Rows of one or several columns, each row with the text of its group."""

    pred: Array
    target: Array
    by: list[str]
    weight: list[float] | None = None

    def expected(self, beta: float, group: str | None, column: int | None) -> Expected:
        """The elements of a group and column, by the definition, summed as rationals."""
        width = self.pred[0].size
        at = [
            i
            for i in range(self.pred.size)
            if (group is None or self.by[i // width] == group)
            and (column is None or i % width == column)
        ]
        x, y = (side.reshape(-1)[at] for side in (self.pred, self.target))
        weights = None if self.weight is None else [self.weight[i // width] for i in at]
        alone = oracle.tally(x, y, beta, weights=weights)
        return alone._replace(first_nan=None if alone.first_nan is None else at[alone.first_nan])


def table_of(case: Case, path: str, group: int = 20) -> str:
    """Columns p0, p1, ..., t0, t1, ..., g, and perhaps w."""
    columns: dict[str, Any] = {}
    for name, side in (("p", case.pred), ("t", case.target)):
        rows = side.reshape(len(side), -1)
        columns |= {f"{name}{i}": rows[:, i] for i in range(rows.shape[1])}
    columns["g"] = pa.array(case.by, pa.string())
    if case.weight is not None:
        columns["w"] = case.weight
    return save_table(path, columns, group)


def evaluated(
    path: str,
    n_columns: int = 1,
    execution: Execution = Execution(),
    settings: EvalSettings = EvalSettings(BETAS, by="g"),
    **more: Any,
) -> Result:
    return evaluate(
        path,
        settings=settings,
        pred=tuple(f"p{i}" for i in range(n_columns)),
        target=tuple(f"t{i}" for i in range(n_columns)),
        execution=execution,
        **{"warn": [].append, **more},
    )


def assert_grouped(result: Result, case: Case, names: Sequence[str] = ()) -> None:
    """Groups in order, and every bit of each, by rational arithmetic."""
    texts: list[Any] = sorted(set(case.by)) if result.settings.by else [None]
    columns = [(i, name) for i, name in enumerate(names)] or [(None, None)]
    assert result.groups == tuple(Group(text, name) for text in texts for _, name in columns)
    wanted = [
        case.expected(beta, text, i)
        for beta in result.settings.betas
        for text in texts
        for i, _ in columns
    ]
    assert list(map(seen, result.tallies)) == wanted
    assert_same([tally.mean for tally in result.tallies], [one.mean for one in wanted])


def random_case(n: int, width: int = 1, seed: int = 0, n_groups: int = 6) -> Case:
    """Mixed magnitudes, and groups of which some come late."""
    rng = np.random.default_rng(seed)
    shape = (n,) if width == 1 else (n, width)
    pred, target = np.ldexp(rng.uniform(-1, 1, (2, *shape)), rng.integers(-900, 900, (2, *shape)))
    late = np.minimum(rng.integers(0, n_groups, n), np.arange(n) // 10)
    return Case(pred, target, [f"g{i}" for i in late.tolist()])


@every_table
def test_groups_are_exact_at_any_chunk_size_and_thread_count(tmp_path: Path, kind: str) -> None:
    case = random_case(150)
    path = table_of(case, str(tmp_path / f"t.{kind}"))
    with cut_small(40, 16):
        for execution in EXECUTIONS:
            assert_grouped(evaluated(path, execution=execution), case)


@every_table
def test_row_order_changes_neither_bits_nor_the_order_of_groups(tmp_path: Path, kind: str) -> None:
    case = random_case(150, seed=1)
    expected = [t._replace(first_nan=None) for t in map(seen, by_order(case, tmp_path, kind, 0))]
    for seed in range(1, 6):
        found = [seen(tally) for tally in by_order(case, tmp_path, kind, seed)]
        assert found == expected


def by_order(case: Case, folder: Path, kind: str, seed: int) -> tuple[Tally, ...]:
    """The tallies of the same rows, shuffled."""
    order = random.Random(seed).sample(range(len(case.by)), len(case.by))
    shuffled = Case(case.pred[order], case.target[order], [case.by[i] for i in order])
    result = evaluated(table_of(shuffled, str(folder / f"t{seed}.{kind}")))
    assert_grouped(result, shuffled)
    return result.tallies


@every_table
@pytest.mark.parametrize("cuts", [[0, 150], [0, 1, 2, 80, 150], [0, 50, 100, 150]], ids=str)
def test_shards_cut_anywhere_give_the_same(tmp_path: Path, kind: str, cuts: list[int]) -> None:
    case = random_case(150, seed=2)
    for i, (start, stop) in enumerate(pairwise(cuts)):
        piece = Case(case.pred[start:stop], case.target[start:stop], case.by[start:stop])
        table_of(piece, str(tmp_path / f"part{i}.{kind}"))
    with cut_small(40):
        for execution in EXECUTIONS:
            assert_grouped(evaluated(str(tmp_path), execution=execution), case)


cells = st.one_of(st.sampled_from([NAN, INF, 0.0, 1e308, -1e308, 5e-324]), st.floats(width=64))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=3)


@given(
    rows=st.lists(
        st.tuples(cells, cells, texts, st.sampled_from([0.0, 1.0, 0.1, 1e300])),
        min_size=1,
        max_size=25,
    ),
    weighted=st.booleans(),
    threads=st.integers(1, 2),
    chunk=st.one_of(st.none(), st.integers(1, 30)),
    part=st.integers(1, 20),
    block=st.integers(1, 10),
    row_group=st.integers(1, 20),
)
def test_any_rows_in_any_groups_cut_in_any_way_give_the_exact_tallies(
    rows: list[tuple[float, float, str, float]],
    weighted: bool,
    threads: int,
    chunk: int | None,
    part: int,
    block: int,
    row_group: int,
) -> None:
    pred, target, by, weight = zip(*rows, strict=True)
    if weighted and not any(weight):
        return
    # a letter before it, so that the order is that of texts
    by = [f"x{text}" for text in by]
    case = Case(np.array(pred), np.array(target), by, list(weight) if weighted else None)
    with tempfile.TemporaryDirectory() as folder, cut_small(part, block):
        path = table_of(case, os.path.join(folder, "t.parquet"), row_group)
        result = evaluated(
            path, execution=Execution(threads, chunk), weight="w" if weighted else None
        )
        assert_grouped(result, case)


@pytest.mark.grid
def test_blocks_of_true_size_are_summed_exactly_by_group(tmp_path: Path) -> None:
    case = random_case(140_000, seed=3, n_groups=3)
    path = table_of(case, str(tmp_path / "t.parquet"), 1 << 20)
    assert_grouped(evaluated(path, execution=Execution(2), settings=by_g((0.5,))), case)


def by_g(betas: tuple[float, ...] = (0.0,), **more: Any) -> EvalSettings:
    return EvalSettings(betas, by="g", **more)


@pytest.mark.parametrize("kind", ["npy", "parquet", "csv"])
def test_each_column_has_a_result(tmp_path: Path, kind: str) -> None:
    case = random_case(80, 3, seed=4)
    settings = EvalSettings(BETAS, by_column=True)
    with cut_small(40):
        for execution in EXECUTIONS:
            if kind == "npy":
                result = of_arrays(case, tmp_path, settings, execution)
                assert_grouped(result, case, ["1", "2", "3"])
            else:
                path = table_of(case, str(tmp_path / f"t.{kind}"))
                result = evaluated(path, 3, execution, settings)
                assert_grouped(result, case, ["p0", "p1", "p2"])


def of_arrays(
    case: Case, folder: Path, settings: EvalSettings, execution: Execution, order: Any = "C"
) -> Result:
    np.save(folder / "p.npy", np.array(case.pred, order=order))
    np.save(folder / "t.npy", case.target)
    paths = str(folder / "p.npy"), str(folder / "t.npy")
    return evaluate(*paths, settings, execution=execution, warn=[].append)


@pytest.mark.parametrize("order", ["C", "F"])
def test_elements_of_rows_of_several_axes_are_numbered_in_c_order(
    tmp_path: Path, order: str
) -> None:
    pred, target = np.random.default_rng(5).normal(size=(2, 30, 2, 3))
    case = Case(pred, target, [""] * 30)
    for execution in EXECUTIONS:
        result = of_arrays(case, tmp_path, EvalSettings(by_column=True), execution, order)
        assert_grouped(result, case, [str(i + 1) for i in range(6)])


def test_a_single_column_is_the_first(tmp_path: Path) -> None:
    case = random_case(20, seed=6)
    result = of_arrays(case, tmp_path, EvalSettings(by_column=True), Execution())
    assert_grouped(result, case, ["1"])


@every_table
def test_groups_and_columns_together_are_a_result_for_each_pair(tmp_path: Path, kind: str) -> None:
    case = random_case(90, 2, seed=7)
    path = table_of(case, str(tmp_path / f"t.{kind}"))
    settings = EvalSettings(BETAS, by="g", by_column=True)
    with cut_small(40):
        for execution in EXECUTIONS:
            assert_grouped(evaluated(path, 2, execution, settings), case, ["p0", "p1"])


def test_a_row_of_several_columns_belongs_to_its_group_as_a_whole(tmp_path: Path) -> None:
    case = random_case(90, 3, seed=8)
    path = table_of(case, str(tmp_path / "t.parquet"))
    for execution in EXECUTIONS:
        assert_grouped(evaluated(path, 3, execution), case)


def test_weights_and_groups_go_together(tmp_path: Path) -> None:
    case = random_case(90, 2, seed=9)
    weight = np.random.default_rng(10).integers(0, 4, 90) * 0.1
    case = case._replace(weight=weight.tolist())
    path = table_of(case, str(tmp_path / "t.parquet"))
    for execution in EXECUTIONS:
        settings = EvalSettings(BETAS, by="g", by_column=True)
        assert_grouped(evaluated(path, 2, execution, settings, weight="w"), case, ["p0", "p1"])


def test_the_groups_of_one_column_are_the_parts_of_the_whole(tmp_path: Path) -> None:
    case = random_case(150, seed=11)
    path = table_of(case, str(tmp_path / "t.parquet"))
    result = evaluated(path)
    whole = evaluated(path, settings=EvalSettings(BETAS))
    for i, tally in enumerate(whole.tallies):
        n = len(result.groups)
        parts = result.tallies[n * i : n * (i + 1)]
        assert sum(part.total.units for part in parts) == tally.total.units
        assert sum(part.n for part in parts) == tally.n


def test_several_betas_give_what_each_gives_alone(tmp_path: Path) -> None:
    path = table_of(random_case(60, seed=12), str(tmp_path / "t.parquet"))
    together = evaluated(path)
    alone = [tally for beta in BETAS for tally in evaluated(path, settings=by_g((beta,))).tallies]
    assert list(together.tallies) == alone
    assert [(beta, group) for beta, group, _ in together.entries] == [
        (beta, group) for beta in BETAS for group in together.groups
    ]


def test_nan_and_inf_stay_in_their_groups(tmp_path: Path) -> None:
    pred = np.array([1.0, NAN, INF, 2.0, NAN, INF, INF])
    target = np.array([0.0, 0.0, 0.0, 0.0, 0.0, INF, 0.0])
    case = Case(pred, target, ["fine", "nan", "inf", "fine", "both", "nan", "both"])
    path = table_of(case, str(tmp_path / "t.parquet"), 3)
    for execution in EXECUTIONS:
        notes: list[str] = []
        result = evaluated(path, execution=execution, settings=by_g(), warn=notes.append)
        assert_grouped(result, case)
        means = [tally.mean for tally in result.tallies]
        assert_same(means, [NAN, 1.5, INF, NAN])
        assert notes == [
            f"3 of 7 losses are NaN, the first in row 2, where column 'p0' of {path} has NaN"
        ]


def test_what_is_left_out_is_counted_in_its_group(tmp_path: Path) -> None:
    columns = {
        "p0": pa.array([1.0, None, 3.0, NAN, 5.0, 6.0]),
        "t0": pa.array([0.0, 0.0, None, 0.0, 0.0, 0.0]),
        "g": ["a", "a", "b", "b", "b", "c"],
        "w": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    }
    path = save_table(str(tmp_path / "t.parquet"), columns, 2)
    counts = {
        "omit": [(1, 0, 1, 1, 0), (1, 0, 1, 2, 0), (0, 0, 0, 0, 1)],
        "omit-target": [(2, 1, 1, 0, 0), (2, 1, 1, 1, 0), (0, 0, 0, 0, 1)],
        "propagate": [(2, 1, 1, 0, 0), (3, 2, 1, 0, 0), (0, 0, 0, 0, 1)],
    }
    for policy, wanted in counts.items():
        for execution in EXECUTIONS:
            result = evaluated(
                path,
                execution=execution,
                settings=by_g(nan=policy),
                weight="w",
                options=ReadOptions(allow_missing=True),
            )
            found = [
                (t.n, t.n_nan, t.n_missing, t.n_omitted, t.n_weightless) for t in result.tallies
            ]
            assert found == wanted, policy
            assert math.isnan(result.tallies[2].mean)


def test_a_hundred_thousand_groups_are_kept_apart(tmp_path: Path) -> None:
    n, n_groups = 150_000, 100_000
    rng = np.random.default_rng(13)
    names = np.concatenate([np.arange(n_groups), rng.integers(0, n_groups, n - n_groups)])
    rng.shuffle(names)
    error = rng.integers(0, 1000, n).astype(float)  # sums that any arithmetic gets right
    path = save_table(
        str(tmp_path / "t.parquet"), {"p0": error, "t0": np.zeros(n), "g": names}, 1 << 16
    )
    result = evaluated(path, settings=by_g())
    sums = np.zeros(n_groups)
    np.add.at(sums, names, error)
    assert [group.group for group in result.groups] == [str(i) for i in range(n_groups)]
    assert [tally.sum for tally in result.tallies] == sums.tolist()
    assert [t.n for t in result.tallies] == np.bincount(names, minlength=n_groups).tolist()


KINDS: dict[str, tuple[pa.Array, list[str]]] = {
    "text": (pa.array(["b", "a", "Z", "b"]), ["Z", "a", "b"]),
    "large text": (pa.array(["b", "a", "ä", "b"], pa.large_string()), ["a", "b", "ä"]),
    "empty text": (pa.array(["", "a", "", " "]), ["", " ", "a"]),
    "integers": (pa.array([10, 9, -1, 10]), ["-1", "9", "10"]),
    "extreme integers": (
        pa.array([LARGEST_INT, 0, SMALLEST_INT, 0]),
        [str(SMALLEST_INT), "0", str(LARGEST_INT)],
    ),
    "the smallest integer": (
        pa.array([10, 9, SMALLEST_INT, 10]),
        [str(SMALLEST_INT), "9", "10"],
    ),
    "the largest unsigned integer": (
        pa.array([2**64 - 1, 9, 10, 9], pa.uint64()),
        ["9", "10", str(2**64 - 1)],
    ),
    "unsigned integers": (pa.array([200, 3, 20, 3], pa.uint8()), ["3", "20", "200"]),
    "numbers as text": (pa.array(["10", "9", "1", "10"]), ["1", "9", "10"]),
    "numbers and text": (pa.array(["10", "9", "x", "10"]), ["10", "9", "x"]),
    "numbers with zeros": (pa.array(["07", "7", "007", "7"]), ["007", "07", "7"]),
    "bool": (pa.array([True, False, True, True]), ["false", "true"]),
    "dates": (
        pa.array([dt.date(2024, 2, 29), dt.date(1999, 12, 31)] * 2),
        ["1999-12-31", "2024-02-29"],
    ),
    "dictionary": (
        pa.DictionaryArray.from_arrays(pa.array([2, 0, 2, 0]), pa.array(["x", "unused", "a"])),
        ["a", "x"],
    ),
    "dictionary of integers": (
        pa.DictionaryArray.from_arrays(pa.array([1, 0, 1, 1]), pa.array([10, 9])),
        ["9", "10"],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_groups_of_every_kind_are_ordered_as_numbers_or_text(tmp_path: Path, kind: str) -> None:
    values, order = KINDS[kind]
    columns = {"p0": [1.0, 2.0, 4.0, 8.0], "t0": [0.0] * 4, "g": values}
    path = save_table(str(tmp_path / "t.parquet"), columns, 2)
    wanted: dict[str, float] = {}
    for value, loss in zip(values.to_pylist(), columns["p0"], strict=True):
        name = str(value).lower() if isinstance(value, bool) else str(value)
        wanted[name] = wanted.get(name, 0.0) + loss
    for execution in EXECUTIONS:
        result = evaluated(path, execution=execution, settings=by_g())
        assert [group.group for group in result.groups] == order
        assert {
            g.group: t.sum for g, t in zip(result.groups, result.tallies, strict=True)
        } == wanted


def test_cells_of_a_csv_are_groups_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('p0,t0,g\n1,0,1.0\n2,0,1\n4,0,"a,b"\n8,0,1\n16,0,nan\n')
    result = evaluated(str(tmp_path / "t.csv"), settings=by_g())
    found = {g.group: t.sum for g, t in zip(result.groups, result.tallies, strict=True)}
    assert found == {"1": 10.0, "1.0": 1.0, "a,b": 4.0, "nan": 16.0}


def test_the_column_of_groups_may_be_told_by_its_position(tmp_path: Path) -> None:
    case = random_case(30, seed=14)
    path = table_of(case, str(tmp_path / "t.parquet"))
    result = evaluated(path, settings=EvalSettings(BETAS, by="@3"))
    assert_grouped(result, case)


def two_tables(folder: Path, pred_groups: Any, target_groups: Any = None) -> tuple[str, str]:
    """Losses 1, 2, 3, ... in rows; None leaves the column of groups out."""
    n = len(target_groups if pred_groups is None else pred_groups)
    sides = [
        ("p.parquet", "p0", np.arange(1.0, n + 1), pred_groups),
        ("t.parquet", "t0", np.zeros(n), target_groups),
    ]
    one, other = (
        save_table(str(folder / path), {name: side} | ({} if by is None else {"g": by}), 2)
        for path, name, side, by in sides
    )
    return one, other


def by_sides(paths: tuple[str, str], execution: Execution = Execution(), **more: Any) -> Result:
    return evaluate(
        *paths,
        by_g(),
        pred=("p0",),
        target=("t0",),
        execution=execution,
        **more,
    )


def test_groups_may_be_named_on_either_side_or_on_both(tmp_path: Path) -> None:
    by = pa.array(["a", "b", "a", "b", "c"])
    for named in ((by, None), (None, by), (by, by), (by, by.dictionary_encode())):
        for execution in EXECUTIONS:
            result = by_sides(two_tables(tmp_path, *named), execution)
            assert [group.group for group in result.groups] == ["a", "b", "c"]
            assert [tally.sum for tally in result.tallies] == [4.0, 6.0, 5.0]


@pytest.mark.parametrize("row", [0, 3, 6])
def test_groups_that_disagree_are_refused_with_their_row(tmp_path: Path, row: int) -> None:
    one = ["a", "b", "c", "d", "e", "f", "g"]
    other = list(one)
    other[row] = "other"
    paths = two_tables(tmp_path, one, other)
    said = rf"row {row + 1} is of group '{one[row]}', but of group 'other' in .*t\.parquet"
    for execution in EXECUTIONS:
        with pytest.raises(DataError, match=said):
            by_sides(paths, execution)


EQUAL_KINDS = {
    "integers of two widths": (pa.array([1, 2], pa.int32()), pa.array([1, 2], pa.int64())),
    "integers of two signs": (pa.array([1, 2], pa.uint64()), pa.array([1, 2], pa.int64())),
    "integers and text": (pa.array([1, 2]), pa.array(["1", "2"])),
    "text and large text": (pa.array(["1", "2"]), pa.array(["1", "2"], pa.large_string())),
    "dates and text": (
        pa.array([dt.date(2024, 1, 1), dt.date(2024, 1, 2)]),
        pa.array(["2024-01-01", "2024-01-02"]),
    ),
}


@pytest.mark.parametrize("kind", EQUAL_KINDS)
def test_groups_of_two_kinds_agree_or_are_refused(tmp_path: Path, kind: str) -> None:
    for named in (EQUAL_KINDS[kind], EQUAL_KINDS[kind][::-1]):
        try:
            result = by_sides(two_tables(tmp_path, *named))
        except DataError:
            continue  # a clear refusal is right, too
        assert [tally.sum for tally in result.tallies] == [1.0, 2.0]


UNEQUAL_KINDS = {
    "bool and integers": (pa.array([True, False]), pa.array([1, 0])),
    "integers and text": (pa.array([1, 2]), pa.array(["1", "x"])),
    "dates and integers": (pa.array([dt.date(2024, 1, 1)] * 2), pa.array([1, 2])),
    "integers too large for the other kind": (
        pa.array([0, 2**63 + 1], pa.uint64()),
        pa.array([0, 1]),
    ),
    "times with and without a zone": (
        pa.array([0, 1], pa.timestamp("ms", "UTC")),
        pa.array([0, 1], pa.timestamp("ms")),
    ),
    "nanoseconds": (pa.array([1, 2], pa.timestamp("ns")), pa.array([1, 3], pa.timestamp("ns"))),
    "days beyond any year": (pa.array([1, 2**30], pa.date32()), pa.array([1, 2], pa.date32())),
}


@pytest.mark.parametrize("kind", UNEQUAL_KINDS)
def test_groups_of_kinds_that_cannot_agree_are_refused(tmp_path: Path, kind: str) -> None:
    for named in (UNEQUAL_KINDS[kind], UNEQUAL_KINDS[kind][::-1]):
        with pytest.raises(DataError, match="group"):
            by_sides(two_tables(tmp_path, *named))


def test_groups_of_a_csv_and_a_parquet_file_agree_or_are_refused(tmp_path: Path) -> None:
    pred = save_table(str(tmp_path / "p.csv"), {"p0": [1.0, 2.0], "g": [7, 8]})
    target = save_table(str(tmp_path / "t.parquet"), {"t0": [0.0, 0.0], "g": [7, 8]})
    try:
        result = by_sides((pred, target))
    except DataError:
        return
    assert [tally.sum for tally in result.tallies] == [1.0, 2.0]


def test_groups_follow_their_rows_when_these_are_matched_by_key(tmp_path: Path) -> None:
    pred = save_table(str(tmp_path / "p.parquet"), {"p0": [1.0, 2.0, 3.0, 4.0], "k": [1, 2, 3, 4]})
    columns = {"t0": [0.0] * 4, "k": [4, 2, 3, 1], "g": ["x", "y", "y", "z"]}
    target = save_table(str(tmp_path / "t.parquet"), columns)
    for execution in EXECUTIONS:
        result = by_sides((pred, target), execution, key=("k",))
        assert [group.group for group in result.groups] == ["x", "y", "z"]
        assert [tally.sum for tally in result.tallies] == [4.0, 5.0, 1.0]


@pytest.mark.parametrize("policy", ["propagate", "omit", "omit-target"])
def test_a_missing_group_is_refused_with_its_row(tmp_path: Path, policy: str) -> None:
    columns = {"p0": [1.0] * 5, "t0": [0.0] * 5, "g": pa.array(["a", "b", "c", None, "a"])}
    path = save_table(str(tmp_path / "t.parquet"), columns, 2)
    (tmp_path / "t.csv").write_text("p0,t0,g\n1,0,a\n1,0,b\n1,0,c\n1,0,\n1,0,a\n")
    for table in (path, str(tmp_path / "t.csv")):
        for allowed in (False, True):
            with pytest.raises(DataError, match=r"row 4, column 'g': the value is missing"):
                evaluated(
                    table,
                    settings=by_g(nan=policy),
                    options=ReadOptions(allow_missing=allowed),
                )


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    offsets, text = np.array([0, 1, 2], np.int32), b"a\xff"
    by = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(text)]
    )
    path = save_table(str(tmp_path / "t.parquet"), {"p0": [1.0, 2.0], "t0": [0.0, 0.0], "g": by})
    with pytest.raises(DataError):
        evaluated(path)


def test_times_in_a_zone_that_nobody_knows_are_groups_or_refused(tmp_path: Path) -> None:
    by = pa.array([0, 1], pa.timestamp("ms", "Nowhere/Land"))
    path = save_table(str(tmp_path / "t.parquet"), {"p0": [1.0, 2.0], "t0": [0.0, 0.0], "g": by})
    try:
        result = evaluated(path, settings=by_g())
    except DataError:
        return
    assert sorted(tally.sum for tally in result.tallies) == [1.0, 2.0]


@pytest.mark.parametrize("kind", ["binary", "list", "null"])
def test_groups_of_other_kinds_are_refused_by_name(tmp_path: Path, kind: str) -> None:
    values = {
        "binary": pa.array([b"a", b"b"], pa.binary(1)),
        "list": pa.array([[1], [2]]),
        "null": pa.nulls(2),
    }[kind]
    path = save_table(
        str(tmp_path / "t.parquet"), {"p0": [1.0, 2.0], "t0": [0.0, 0.0], "g": values}
    )
    with pytest.raises(DataError, match=r"column 'g' is .* which cannot be a key or group"):
        evaluated(path)


@pytest.mark.parametrize("kind", [pa.float64(), pa.decimal128(20, 1)])
def test_groups_are_whole_numbers_of_any_type(tmp_path: Path, kind: pa.DataType) -> None:
    columns: dict[str, Any] = {"p0": [1.0, 2.0], "t0": [0.0, 0.0]}
    whole, others = (pa.array(texts).cast(kind) for texts in (["1", "2"], ["1.5", "2"]))
    result = evaluated(save_table(str(tmp_path / "t.parquet"), {**columns, "g": whole}))
    assert [group.group for group in result.groups] == ["1", "2"]
    path = save_table(str(tmp_path / "o.parquet"), {**columns, "g": others})
    with pytest.raises(DataError, match=r"row 1, column 'g': 1\.5 is no whole number"):
        evaluated(path)


def test_a_column_of_groups_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    path = table_of(random_case(5), str(tmp_path / "t.parquet"))
    with pytest.raises(DataError, match="no column 'h'"):
        evaluated(path, settings=EvalSettings(by="h"))
    with pytest.raises(DataError, match="has no column 'g'"):
        of_arrays(random_case(5), tmp_path, by_g(), Execution())


def limit_groups(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    for module in (encoder, group_numbers):
        monkeypatch.setattr(module, "MAX_GROUPS", n)


def test_more_groups_than_allowed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"p0": np.arange(50.0), "t0": np.zeros(50), "g": np.arange(50) % 11}
    path = save_table(str(tmp_path / "t.parquet"), columns, 7)
    for execution in EXECUTIONS:
        limit_groups(monkeypatch, 11)
        assert len(evaluated(path, execution=execution).groups) == 11
        limit_groups(monkeypatch, 10)
        with pytest.raises(DataError, match=r"more than 10 groups.*is the column a key"):
            evaluated(path, execution=execution)


def test_more_groups_and_columns_together_than_allowed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = random_case(90, 2, seed=15)
    path = table_of(case, str(tmp_path / "t.parquet"))
    settings = EvalSettings(BETAS, by="g", by_column=True)
    n = 2 * len(set(case.by))
    for execution in EXECUTIONS:
        limit_groups(monkeypatch, n)
        assert_grouped(evaluated(path, 2, execution, settings), case, ["p0", "p1"])
        limit_groups(monkeypatch, n - 1)
        with pytest.raises(DataError, match=f"more than {n - 1} groups and columns"):
            evaluated(path, 2, execution, settings)


def test_losses_of_elements_are_written_beside_groups(tmp_path: Path) -> None:
    case = random_case(90, 2, seed=16)
    case.pred[7, 1] = NAN
    path = table_of(case, str(tmp_path / "t.parquet"))
    wanted = np.array(oracle.losses(case.pred, case.target, 0.3)).reshape(90, 2)
    settings = EvalSettings((0.3,), "none", by="g", by_column=True)
    for execution in EXECUTIONS:
        output = io.BytesIO()
        result = evaluated(path, 2, execution, settings, losses_to=LossOutput(output, "npy"))
        output.seek(0)
        assert_same(np.load(output), wanted)
        assert_grouped(result, case, ["p0", "p1"])


def test_no_rows_are_no_groups_but_still_columns(tmp_path: Path) -> None:
    none = {"p0": pa.array([], pa.float64()), "t0": pa.array([], pa.float64())}
    path = save_table(str(tmp_path / "t.parquet"), {**none, "g": pa.array([], pa.string())})
    with pytest.raises(DataError, match="no elements"):
        evaluated(path)
    empty = ReadOptions(allow_empty=True)
    assert evaluated(path, options=empty).tallies == ()
    result = evaluated(path, settings=EvalSettings((0.0,), by_column=True), options=empty)
    assert result.groups == (Group(None, "p0"),)
    assert result.tallies[0].n == 0


def test_weighted_losses_of_elements_are_written_beside_groups(tmp_path: Path) -> None:
    case = random_case(40, seed=17)._replace(weight=[0.0, 0.1, 3.0, 0.7] * 10)
    each = zip(oracle.losses(case.pred, case.target, 0.3), case.weight or [], strict=True)
    output = io.BytesIO()
    evaluated(
        table_of(case, str(tmp_path / "t.parquet")),
        settings=EvalSettings((0.3,), "none", by="g"),
        weight="w",
        losses_to=LossOutput(output, "npy"),
    )
    output.seek(0)
    assert_same(np.load(output), np.array([loss * weight for loss, weight in each]))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)], ids=["same-order", "joined"])
def test_rows_of_one_key_that_disagree_in_group_get_no_advice_to_give_a_key(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    (tmp_path / "p.csv").write_text("k,g,v\n1,a,0\n2,b,0\n3,c,0\n")
    rows = ["1,a,0\n", "2,x,0\n", "3,c,0\n"]
    (tmp_path / "t.csv").write_text("k,g,v\n" + "".join(rows[i] for i in order))
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", EvalSettings(by="g"), key=("k",))
    said = "row 2 is of group 'b', but of group 'x' in"
    assert str(caught.value) == f"{tmp_path / 'p.csv'}: {said} {tmp_path / 't.csv'}"


def test_rows_in_order_that_disagree_in_group_may_want_a_key(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("g,v\na,0\nb,0\n")
    (tmp_path / "t.csv").write_text("g,v\na,0\nx,0\n")
    with pytest.raises(DataError, match=r"same order\? \[--key matches rows by a column\]"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", EvalSettings(by="g"))


@pytest.mark.parametrize("key", [(), ("id",)])
def test_groups_that_all_three_inputs_of_a_comparison_have_must_agree(
    tmp_path: Path, key: tuple[str, ...]
) -> None:
    def table(name: str, values: list[float], groups: str = "ab") -> Path:
        path = tmp_path / f"{name}.csv"
        rows = zip("ij", groups, values, strict=True)
        path.write_text("id,g,y\n" + "".join(f"{i},{g},{y}\n" for i, g, y in rows))
        return path

    columns = dict.fromkeys(("pred_a", "pred_b", "target"), "y")
    a, b, t = table("a", [1.5, 2.5]), table("b", [3.5, 9.5]), table("t", [1.0, 2.0])
    found = compare(a, b, t, EvalSettings(by="g"), key=key, **columns)
    assert [group.group for group in found.groups] == ["a", "b"]
    assert [d.a.mean for d in found.differences] == [0.125, 0.125]
    assert [d.b.mean for d in found.differences] == [2.0, 7.0]
    for place in ("b", "t"):
        sides = {"b": b, "t": t, place: table("odd", [1.0, 2.0], "ac")}
        with pytest.raises(DataError, match=r"row 2 is of group 'b', but of group 'c' in .*odd"):
            compare(a, sides["b"], sides["t"], EvalSettings(by="g"), key=key, **columns)
