"""Several labels under other names, copies of what is evaluated, and further fractions."""

from __future__ import annotations

import random
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, compare, evaluate
from smoothl1.running.inspection import preview
from smoothl1.witnesses.reordering import Reordering, hashed_column
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
Y = [10.0 * i + 3 for i in range(N)]
PRED = [y + 0.5 for y in Y]
FILES = [f"im{i:02}" for i in range(N)]
MODEL = ["resnet"] * N
KINDS = list("abc") * 4
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}

formats = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


def save(path: Path, *, backwards: bool = False, **columns: Sequence[Any]) -> Path:
    step = -1 if backwards else 1
    arrays: dict[str, Any] = {name: pa.array(some)[::step] for name, some in columns.items()}
    return save_table(path, arrays, 3)


@formats
def test_one_label_of_several_in_another_order_is_refused(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", image=FILES, model=MODEL, pred=PRED)
    t = save(tmp_path / f"t{suffix}", backwards=True, filename=FILES, kind=KINDS, y=Y)
    with pytest.raises(
        DataError, match=r"'image' differs from 'filename' .* row 1 .*another order"
    ):
        evaluate(p, t, **COLUMNS, execution=Execution(threads=2, chunk_rows=5))
    assert evaluate(p, t, **COLUMNS, key="image=filename").values == (0.125,)
    later = save(tmp_path / f"l{suffix}", filename=FILES[:2] + FILES[:1:-1], kind=KINDS, y=Y)
    with pytest.raises(DataError, match=r"'image' differs from 'filename' .* from row 3 on"):
        evaluate(p, later, **COLUMNS)
    same = save(tmp_path / f"s{suffix}", filename=FILES, kind=KINDS, y=Y)
    assert evaluate(p, same, **COLUMNS).values == (0.125,)


def test_ids_that_repeat_in_another_order_are_refused_but_not_classes(tmp_path: Path) -> None:
    stores = [s for s in ("oslo", "bern", "rome") for _ in range(4)]
    p = save(tmp_path / "p.csv", unique_id=sorted(stores), kind=MODEL, pred=PRED)
    t = save(tmp_path / "t.csv", store=stores, name=KINDS, y=Y)
    with pytest.raises(DataError, match="'unique_id' differs from 'store'"):
        evaluate(p, t, **COLUMNS)
    q = save(tmp_path / "q.csv", predicted=sorted(stores), kind=MODEL, pred=PRED)
    assert evaluate(q, t, **COLUMNS).values == (0.125,)


def test_a_column_that_agrees_with_one_is_no_other(tmp_path: Path) -> None:
    there = FILES[5:] + FILES[:5]
    p = save(tmp_path / "p.parquet", start=FILES, end=there, pred=PRED)
    t = save(tmp_path / "t.parquet", origin=FILES, destination=there, y=Y)
    assert evaluate(p, t, **COLUMNS).values == (0.125,)


@formats
def test_a_copy_of_the_targets_in_another_order_is_refused(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", pred=PRED, y=Y)
    q = save(tmp_path / f"q{suffix}", pred=PRED, y=Y)
    t = save(tmp_path / f"t{suffix}", backwards=True, y=Y)
    with pytest.raises(DataError, match=r"column 'y' differs .*another order"):
        evaluate(p, t, **COLUMNS)
    with pytest.raises(DataError, match=r"column 'y' differs .*another order"):
        compare(p, q, t, **COLUMNS)
    corrected = save(tmp_path / f"c{suffix}", y=[*Y[:-1], Y[-1] + 0.5])
    assert evaluate(p, corrected, **COLUMNS).values == ((11 * 0.125) / 12,)


@formats
def test_a_copy_of_the_targets_that_differs_in_most_rows_is_warned_of(
    tmp_path: Path, suffix: str
) -> None:
    """Not one that was rounded or corrected. If an id proves the rows, the targets have changed."""
    labels = [f"im{i * 7 % 13}" for i in range(N)]
    t = save(tmp_path / f"t{suffix}", y=Y, label=labels)
    others = [y + 5 for y in Y[:7]] + Y[7:]
    p = save(tmp_path / f"p{suffix}", pred=PRED, y=others)
    with pytest.warns(
        UserWarning, match="column 'y' differs in most rows from that of .*evaluated"
    ):
        assert evaluate(p, t, **COLUMNS).values == (0.125,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for copy in ([round(y * 1.001, 3) for y in Y], [y + 5 for y in Y[:6]] + Y[6:]):
            q = save(tmp_path / f"q{suffix}", pred=PRED, y=copy)
            assert evaluate(q, t, **COLUMNS).values == (0.125,)
        q = save(tmp_path / f"q{suffix}", pred=PRED, y=Y, label=labels)
        assert evaluate(q, t, **COLUMNS).values == (0.125,)
    q = save(tmp_path / f"q{suffix}", pred=PRED, y=others, label=labels)
    other = save(tmp_path / f"o{suffix}", pred=PRED, label=labels)
    for run in (partial(evaluate, q, t), partial(compare, q, other, t)):
        with pytest.warns(UserWarning, match="evaluated: the targets have changed"):
            run(**COLUMNS)


def test_a_further_column_of_fractions_in_another_order_is_refused(tmp_path: Path) -> None:
    x = [0.25 + i * i % 7 + i for i in range(N)]
    p = save(tmp_path / "p.csv", runtime=[0.5 + i for i in range(N)], x=x, pred=PRED)
    t = save(tmp_path / "t.csv", backwards=True, runtime=[0.7 + i * i for i in range(N)], x=x, y=Y)
    with pytest.raises(DataError, match=r"column 'x' differs .*another order"):
        evaluate(p, t, **COLUMNS)


def test_the_first_four_columns_of_fractions_are_compared(tmp_path: Path) -> None:
    x = [0.25 + i * i % 7 + i for i in range(N)]
    for n_before in (3, 4):
        before = {f"b{i}": [0.5 + i] * N for i in range(n_before)}
        p = save(tmp_path / "p.csv", **before, x=x, pred=PRED)
        t = save(tmp_path / "t.csv", **before, x=x[::-1], y=Y)
        if n_before < 4:
            with pytest.raises(DataError, match=r"'x' differs .*another order"):
                evaluate(p, t, **COLUMNS)
        else:
            assert evaluate(p, t, **COLUMNS).values == (0.125,)


@pytest.mark.parametrize("name", ["timestamp", "ts", "event_ts", "unixtime", "t_utc"])
def test_times_with_fractions_that_are_shifted_are_refused(tmp_path: Path, name: str) -> None:
    times = [1.7e9 + 60 * i + 0.5 for i in range(N + 1)]
    p = save(tmp_path / "p.csv", pred=PRED, **{name: times[:-1]})
    t = save(tmp_path / "t.csv", y=Y, **{name: times[1:]})
    with pytest.raises(DataError, match=rf"'{name}' differs .*rises on both sides"):
        evaluate(p, t, **COLUMNS)


def test_a_name_that_occurs_twice_is_compared_by_position(tmp_path: Path) -> None:
    lines = [f"{i + 100},{PRED[i]},{i + 100}\n" for i in range(N)]
    (tmp_path / "p.csv").write_text("id,pred,id\n" + "".join(lines))
    t = save(tmp_path / "t.csv", backwards=True, id=list(range(100, 100 + N)), y=Y)
    with pytest.raises(DataError, match="'@1' differs from 'id'"):
        evaluate(tmp_path / "p.csv", t, **COLUMNS)


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_any_size_in_any_order_find_a_permutation(seed: int) -> None:
    """Against Python's sorted lists, for columns with one value more, or less, or none."""
    dice = random.Random(seed)
    one = [f"v{dice.randrange(40)}" for _ in range(3000)]
    for other in (dice.sample(one, len(one)), [*dice.sample(one[1:], 2999), "v99"], list(one)):
        parts = []
        row = 0
        while row < len(one):
            end = min(len(one), row + dice.randrange(1, 900))
            values = pa.array(one[row:end]), pa.array(other[row:end])
            part = Reordering()
            part.add(row, values, (hashed_column(values[0], row), hashed_column(values[1], row)))
            parts.append(part)
            row = end
        dice.shuffle(parts)
        for part in parts[1:]:
            parts[0].merge(part)
        differ = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        assert parts[0].first_difference == (differ[0] if differ else None)
        is_permuted = bool(differ) and sorted(one) == sorted(other)
        assert parts[0].is_no_coincidence(is_id=False) == is_permuted


def test_a_preview_names_several_labels_in_one_decision(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", image=FILES, model=MODEL, pred=PRED)
    t = save(tmp_path / "t.parquet", filename=FILES, kind=KINDS, y=Y)
    found = preview(p, t, **COLUMNS)
    what = "some of the columns 'image', 'filename' may be the same"
    assert [d.reason for d in found.decisions if "may be" in d.reason] == [what]
    assert found.pairs[0].labels == ()


@pytest.mark.parametrize("chunk_rows", [100, 1 << 16])
def test_long_blocks_of_labels_under_other_names_in_another_order_are_refused(
    chunk_rows: int,
) -> None:
    stations, hours = 12, 300
    rows = [(s, h) for s in range(stations) for h in range(hours)]
    by_hour = sorted(rows, key=lambda row: row[1])
    pred = pa.table(
        {"station": [s for s, _ in rows], "hour": [h for _, h in rows], "pred": [0.5] * len(rows)}
    )
    target = pa.table(
        {"site": [s for s, _ in by_hour], "step": [h for _, h in by_hour], "y": [0.0] * len(rows)}
    )
    run = Execution(threads=2, chunk_rows=chunk_rows)
    with pytest.raises(DataError, match="another order"):
        evaluate(pred, target, **COLUMNS, execution=run)
    few = [pa.array([s % 7 for s, _ in some]) for some in (rows, by_hour)]  # as classes may be
    pred, target = pred.set_column(0, "a", few[0]), target.set_column(0, "b", few[1])
    pred, target = pred.drop_columns("hour"), target.drop_columns("step")
    pred, target = (t.append_column(n, few[1]) for t, n in ((pred, "c"), (target, "d")))
    assert evaluate(pred, target, **COLUMNS, execution=run).values == (0.125,)
