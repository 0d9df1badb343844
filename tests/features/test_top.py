"""The elements with the largest losses: the same by any cut, and with all that finds them again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import (
    EvalSettings,
    Execution,
    ReadOptions,
    Result,
    answer,
    evaluate,
    plan_tasks,
)
from smoothl1.errors import DataError, SettingsError
from smoothl1.nan_policies import NAN_POLICIES
from tests.grids import EXECUTIONS, cut_small
from tests.inside import called
from tests.oracle import losses
from tests.schema import VALIDATOR
from tests.tables import save_array, save_sides, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAN, INF = math.nan, math.inf
SIDES: dict[str, Any] = {"pred": "p", "target": "t"}


def worst(pred: NDArray[Any], target: NDArray[Any], n: int, beta: float = 1.0) -> list[Any]:
    """Row, column and loss of the n worst elements: all sorted, then cut."""
    x, y = pred.reshape(len(pred), -1), target.reshape(len(target), -1)
    each = losses(x.reshape(-1), y.reshape(-1), beta)
    order = sorted((-loss, i) for i, loss in enumerate(each) if not math.isnan(loss))
    return [(i // x.shape[1] + 1, i % x.shape[1], -loss) for loss, i in order[:n]]


def found(result: Result) -> list[Any]:
    return [(r.row, int(r.column or 1) - 1, r.loss) for r in result.top]


def cases() -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    rng = np.random.default_rng(3)
    few = rng.integers(0, 4, (2, 90)).astype(float)
    holes = rng.normal(size=(2, 90))
    holes[0, ::7], holes[1, ::11], holes[0, 5], holes[1, 6] = NAN, INF, INF, -INF
    rising = np.arange(90.0)
    single = rng.normal(size=(2, 90)).astype(np.float32)
    tiny = np.ldexp(rng.integers(0, 50, (2, 90)).astype(float), -1074)
    return {
        "ties": (few[0], few[1]),
        "zeros": (few[0], few[0]),
        "NaN and inf": (holes[0], holes[1]),
        "rising": (rising, np.zeros(90)),
        "falling": (rising[::-1], np.zeros(90)),
        "single": (single[0], single[1]),
        "half": (single[0].astype(np.float16), single[1].astype(np.float16)),
        "mixed": (single[0], holes[0]),
        "subnormal": (tiny[0], tiny[1]),
        "integers": (rng.integers(0, 9, 90), rng.integers(0, 9, 90).astype(np.uint8)),
        "images": (rng.normal(size=(30, 3)), rng.normal(size=(30, 3))),
        "close": (1 + np.ldexp(rng.integers(0, 4, 90).astype(float), -52), np.zeros(90)),
    }


CASES = cases()


@pytest.mark.parametrize("case", CASES)
def test_the_worst_rows_are_those_of_all_rows_sorted_however_they_are_cut(
    tmp_path: Path, case: str
) -> None:
    pred, target = CASES[case]
    sides = save_sides(tmp_path, pred, target)
    for n, beta in ((1, 1.0), (7, 0.3), (200, 1e-9), (5, 0.0)):
        with cut_small(20, 8):
            for execution in EXECUTIONS[1::2]:
                result = evaluate(*sides, betas=beta, top=n, execution=execution, warn=[].append)
                assert found(result) == worst(pred, target, n, beta)


numbers = st.one_of(st.integers(0, 3).map(float), st.floats(allow_nan=True, width=32))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=40), st.integers(1, 9), st.data())
def test_parts_learned_in_any_order_give_the_same_worst_rows(
    rows: list[tuple[float, float]], n: int, data: st.DataObject
) -> None:
    from smoothl1.metrics.worst_rows import WorstRowsAccumulator

    pred, target = np.array(rows).T
    order = data.draw(st.permutations(range(4)))
    parts = []
    for i in range(4):
        at = slice(i * len(rows) // 4, (i + 1) * len(rows) // 4)
        parts.append(WorstRowsAccumulator(EvalSettings(top=n), "p", [], ()))
        for j in range(at.start, at.stop, 3):
            add(parts[i], pred[j : min(j + 3, at.stop)], target[j : min(j + 3, at.stop)], j)
    first, *others = (parts[i] for i in order)
    for other in others:
        first.merge(other, np.zeros(1, np.intp), 1)
    told = [(row.row, 0, row.loss) for row in first.value([0]).rows]
    assert told == worst(pred, target, n)


def add(into: Any, pred: NDArray[Any], target: NDArray[Any], start: int) -> None:
    from smoothl1.backends.choice import new_backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import apply_policy
    from smoothl1.sources.contract import Numbers
    from smoothl1.tallies.observed import Observed

    chunk = Chunk(start, pred.size, Numbers(pred), Numbers(target))
    pairs = apply_policy(chunk, NAN_POLICIES["propagate"])
    into.add(Observed(new_backend(), chunk, pairs, None, 1))


def test_blocks_of_true_size_hide_no_worst_row(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    pred, target = rng.normal(size=(2, 700_000)).astype(np.float32)
    sides = save_sides(tmp_path, pred, target)
    distances = np.abs(pred.astype(float) - target)
    rows = np.lexsort((np.arange(pred.size), -distances))[:50] + 1
    result = evaluate(*sides, betas=0.0, top=50, execution=Execution(2, 100_000))
    assert [row.row for row in result.top] == rows.tolist()


def test_what_is_left_out_is_not_among_the_worst(tmp_path: Path) -> None:
    columns = {
        "p": pa.array([9.0, None, 3.0, NAN, 5.0, 2.0]),
        "t": [0.0, 0.0, 0.0, 0.0, None, 0.0],
        "w": [0.0, 1.0, 1.0, 1.0, 1.0, 8.0],
    }
    path = save_table(tmp_path / "t.parquet", columns)
    more: dict[str, Any] = {"betas": 0.0, "top": 3, "warn": [].append, **SIDES}
    result = evaluate(path, nan="omit", weight="w", **more)
    assert found(result) == [(3, 0, 3.0), (6, 0, 2.0)]  # losses without their weights, as `max`
    result = evaluate(path, options=ReadOptions(allow_missing=True), **more)
    assert found(result) == [(1, 0, 9.0), (3, 0, 3.0), (6, 0, 2.0)]


def table(tmp_path: Path, suffix: str = "parquet") -> list[Path]:
    rows = {"id": [11, 12, 13], "p": [1.0, 5.0, 3.0], "site": ["a", "b", "a"], "day": [1, 1, 2]}
    others = {"id": [13, 11, 12], "t": [0.0] * 3, "note": ["x", None, "y"]}
    return [
        save_table(tmp_path / f"pred.{suffix}", rows, 2),
        save_table(tmp_path / f"target.{suffix}", others, 2),
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_worst_row_has_its_key_its_kept_columns_and_its_group(
    tmp_path: Path, suffix: str
) -> None:
    sides = table(tmp_path, suffix)
    result = evaluate(
        *sides, betas=0.0, top=2, key="id", keep=("note", "p"), by=("site", "day"), **SIDES
    )
    kept = "5.0", "3.0"
    assert [row[1:] for row in result.top] == [
        (2, None, ("b", "1"), (("id", "12"), ("note", "y"), ("p", kept[0])), 5.0, 0.0, 5.0),
        (3, None, ("a", "2"), (("id", "13"), ("note", "x"), ("p", kept[1])), 3.0, 0.0, 3.0),
    ]
    assert {row.input for row in result.top} == {str(sides[0])}


def test_a_dictionary_of_groups_is_told_as_text(tmp_path: Path) -> None:
    groups = pa.array(["u", "v", "u"]).dictionary_encode()
    path = save_table(tmp_path / "t.parquet", {"p": [1.0, 2.0, 3.0], "t": [0.0] * 3, "g": groups})
    assert [row.group for row in evaluate(path, top=2, by="g", **SIDES).top] == ["u", "v"]


def test_columns_are_told_by_their_names(tmp_path: Path) -> None:
    columns = {"a": [1.0, 9.0], "b": [5.0, 2.0], "c": [0.0] * 2, "d": [0.0] * 2}
    path = save_table(tmp_path / "t.csv", columns)
    result = evaluate(path, pred=("a", "b"), target=("c", "d"), top=2, by_column=True)
    assert [(row.row, row.column) for row in result.top] == [(2, "a"), (1, "b")]


def test_the_only_column_is_told_if_columns_are_reported_separately(tmp_path: Path) -> None:
    path = save_table(tmp_path / "t.csv", {"p": [0.0, 2.0], "y": [5.0, 2.0]})
    found = evaluate(path, pred="p", target="y", top=1, by_column=True)
    again = Result.from_json(found.to_json())
    assert again.top == found.top
    assert (found.top[0].column, found.top[0].row, again.groups[0].column) == ("p", 1, "p")
    assert evaluate(path, pred="p", target="y", top=1).top[0].column is None
    arrays = evaluate(np.array([0.0, 2.0]), np.array([5.0, 2.0]), top=1, by_column=True)
    assert Result.from_json(arrays.to_json()).top[0].column == "1"
    damaged = found.to_json()
    damaged["top"][0]["column"] = "q"
    with pytest.raises(DataError, match="none of the results"):
        Result.from_json(damaged)


def test_whole_numbers_stay_exact(tmp_path: Path) -> None:
    sides = save_sides(tmp_path, np.array([2**62 + 1]), np.array([2**62 - 1]))
    result = evaluate(*sides, top=1)
    assert result.top[0][5:] == (2**62 + 1, 2**62 - 1, 1.5)
    assert Result.from_json(json.dumps(result.to_json())).top == result.top


def test_json_reads_back_and_damage_is_refused(tmp_path: Path) -> None:
    sides = table(tmp_path)
    result = evaluate(*sides, top=2, key="id", keep="note", by=("site", "day"), **SIDES)
    written = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert VALIDATOR.is_valid(written)
    assert written["settings"]["top"] == 2
    assert Result.from_json(written) == result
    one, two = written["top"]
    for items in (
        [two, one],
        [one],
        [one, {**two, "row": 0}],
        [one, {**two, "loss": 4.75}],
        [{**one, "loss": 4.25}, two],
        [one, {**two, "group": ["a", "9"]}],
        [one, {**two, "more": 1}],
        [one, {**two, "pred": None, "pred_text": "nan"}],
        [one, {**two, "labels": [{"column": "id", "value": 1}]}],
        [one, {**two, "labels": [{"column": "id"}]}],
    ):
        with pytest.raises(DataError, match="damaged"):
            Result.from_json({**written, "top": items})
    infinite = evaluate(*save_sides(tmp_path, [INF, 1.0], [0.0, 0.0]), top=2)
    assert VALIDATOR.is_valid(infinite.to_json())
    assert Result.from_json(json.dumps(infinite.to_json())) == infinite


def test_merged_results_have_the_worst_rows_of_all_parts_with_their_inputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    parts, wanted = [], []
    for name in "cab":
        pred = rng.integers(0, 5, 20).astype(float)
        path = save_array(tmp_path / f"{name}.npy", pred)
        parts.append(evaluate(path, save_array(tmp_path / f"{name}t.npy", pred * 0), top=6))
        wanted += [(-r[2], str(path), r[0]) for r in worst(pred, pred * 0, 20)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        merged = Result.merged([parts[i] for i in order])
        told = [(-row.loss, row.input, row.row) for row in merged.top]
        assert told == sorted(wanted)[:6]
        again = Result.merged([Result.merged([parts[i] for i in order[:2]]), parts[order[2]]])
        assert again.top == merged.top
        assert Result.from_json(merged.to_json()) == merged
    other = evaluate(tmp_path / "a.npy", tmp_path / "at.npy", top=5)
    with pytest.raises(DataError, match="top is 6 and 5"):
        Result.merged([parts[0], other])


def test_a_run_in_tasks_tells_the_same_worst_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    sides = save_sides(tmp_path, *rng.normal(size=(2, 60)))
    plan = plan_tasks(*map(str, sides), top=9, task_elements=10)
    assert len(plan.tasks) == 6
    whole = plan.put_together([answer(task) for task in plan.tasks[::-1]])
    assert whole == evaluate(*sides, top=9)


def test_top_takes_a_whole_number() -> None:
    for top in (0, -1, 10_001, 1.5, True, "3"):
        with pytest.raises(SettingsError, match="top must be a whole number from 1 to 10000"):
            EvalSettings(top=top)  # type: ignore[arg-type]


def test_the_command_tells_worst_rows_below_the_result(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sides = table(tmp_path)
    args = ("eval", *sides, "--pred", "p", "--target", "t", "--key", "id", "-b", "0", "--top", "2")
    head = "row\tid\tpred\ttarget\tloss\n"
    assert called(capfd, *args) == f"3.0\n\n{head}2\t12\t5.0\t0.0\t5.0\n3\t13\t3.0\t0.0\t3.0\n"
    called(capfd, *args, "-o", tmp_path / "r.txt")
    assert (tmp_path / "r.txt").read_text().startswith(f"3.0\n\n{head}")
    said = called(capfd, *args, "--by", "site", "--keep", "note", "-f", "table").splitlines()
    assert said[4:] == [
        "",
        "row  site  id  note  pred  target  loss",
        "  2  b     12  y        5       0     5",
        "  3  a     13  x        3       0     3",
    ]
    for form, line in (("markdown", "| 2 | `12` | 5.0 |"), ("latex", r"2 & 12 & 5.0 & ")):
        assert line in called(capfd, *args, "-f", form).partition("\n\n")[2]
    assert json.loads(called(capfd, *args, "--json"))["top"][0]["labels"] == [
        {"column": "id", "value": "12"}
    ]
    assert called(capfd, *args, "-f", "csv") == (
        "row,id,pred,target,loss\n2,12,5.0,0.0,5.0\n3,13,3.0,0.0,3.0\n"
    )
    called(capfd, *args, "-o", tmp_path / "r.parquet")
    assert pq.read_table(tmp_path / "r.parquet").to_pydict() == {
        "row": [2, 3],
        "id": [12, 13],
        "pred": [5.0, 3.0],
        "target": [0.0, 0.0],
        "loss": [5.0, 3.0],
    }
    for more, what in (
        (("-f", "metrics"), "-f metrics has the numbers of the result alone"),
        (("-r", "none"), "--top is for mean and sum: --reduction none writes all"),
    ):
        with pytest.raises(SettingsError, match=what):
            called(capfd, *args, *more)


def test_merge_tells_worst_rows_with_their_inputs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("a", 2.0), ("b", 3.0)):
        sides = [
            save_array(tmp_path / f"{name}{x}.npy", [v]) for x, v in (("p", value), ("t", 0.0))
        ]
        called(
            capfd,
            "eval",
            *sides,
            "-b",
            "0",
            "--top",
            "1",
            "--json",
            "-o",
            tmp_path / f"{name}.json",
        )
    said = called(capfd, "merge", tmp_path / "a.json", tmp_path / "b.json")
    assert (
        said == f"2.5\n\ninput\trow\tpred\ttarget\tloss\n{tmp_path / 'bp.npy'}\t1\t3.0\t0.0\t3.0\n"
    )
