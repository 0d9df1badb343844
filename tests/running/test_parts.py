"""A job in parts: learned in other processes, out of order, some of them twice; the same bits."""

from __future__ import annotations

import multiprocessing
import pickle
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import Comparison, EvalSettings, Execution, Ranking, ReadOptions, compare, evaluate
from smoothl1.job import Job
from smoothl1.running import one_pass
from smoothl1.running.parts import learn_part, plan, put_together
from smoothl1.selection import Selection
from smoothl1.settings import ALSO

if TYPE_CHECKING:
    from pathlib import Path

N = 4001
GROUPS = 7
EXECUTION = Execution(1, 64)


@pytest.fixture
def tables(tmp_path: Path) -> tuple[str, ...]:
    """Predictions of two models, and targets in the same order and in another one."""
    rng = np.random.default_rng(7)
    scale = np.exp(rng.uniform(-40, 40, N))
    target = rng.normal(size=N) * scale
    ids, groups = np.arange(N), rng.integers(0, GROUPS, N)
    columns = {
        "a": {"y": target + rng.normal(size=N) * scale, "g": groups.astype(str), "c": ids % 5},
        "b": {"y": target + rng.normal(size=N) * scale},
        "t": {"y": target, "w": rng.uniform(0, 2, N)},
    }
    for name, of_table in columns.items():
        pq.write_table(pa.table({"id": ids, **of_table}), tmp_path / name, row_group_size=200)
    shuffled = pa.table({"id": ids, **columns["t"]}).take(pa.array(rng.permutation(N)))
    pq.write_table(shuffled, tmp_path / "shuffled", row_group_size=300)
    return tuple(str(tmp_path / name) for name in ("a", "b", "t", "shuffled"))


def job_of(paths: tuple[str, ...], settings: EvalSettings, **more: Any) -> Job:
    y = ("y",)
    others = [y] * (len(paths) - 2)
    key = more.pop("key", ())
    weight = "w" if settings.weighted else None
    selection = Selection(y, y, others, key, weight)
    return Job.of(paths, selection, settings, ReadOptions(), EXECUTION, weights=None, **more)


CASES = {
    "plain": (EvalSettings((0.0, 1.0)), (0, 2), {}),
    "statistics": (EvalSettings((0.5,)), (0, 2), {"statistics": True}),
    "weights": (EvalSettings((1.0,), weighted=True), (0, 2), {"statistics": True}),
    "groups": (EvalSettings((0.5, 1.0), by="g"), (0, 2), {"statistics": True}),
    "metrics": (
        EvalSettings((0.5,), by="g", also=ALSO, within=(0.5,), quantiles=(0.1, 0.9)),
        (0, 2),
        {},
    ),
    "clusters": (EvalSettings((0.5, 1.0), weighted=True, by="g", cluster="c"), (0, 2), {}),
    "key": (EvalSettings((1.0,)), (0, 3), {"key": ("id",)}),
    "comparison": (EvalSettings((0.5,), by="g"), (0, 1, 2), {}),
    "ranking": (EvalSettings((0.5,), by="g"), (0, 1, 0, 2), {}),
    "clusters compared": (EvalSettings((0.5,), by="g", cluster="c"), (0, 1, 2), {}),
}


def say_nothing(_: str) -> None:
    pass


def expected_of(job: Job) -> Any:
    settings, selection = job.settings, job.selection
    more: dict[str, Any] = {
        "key": selection.key,
        "weight": selection.weight,
        "execution": Execution(2),
        "warn": say_nothing,
    }
    if job.is_comparison:
        columns = dict.fromkeys(("pred", "target"), ("y",))
        return compare(*job.sides, settings, **columns, **more)
    columns = {"pred": ("y",), "target": ("y",)}
    return evaluate(*job.sides, settings, statistics=job.statistics, **columns, **more)


@pytest.mark.grid
@pytest.mark.parametrize("name", CASES)
def test_parts_learned_in_other_processes_give_the_same_bits(
    tables: tuple[str, ...], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_pass, "PART_ELEMENTS", 500)
    settings, places, more = CASES[name]
    job = job_of(tuple(tables[i] for i in places), settings, **more)
    assert pickle.loads(pickle.dumps(job)) == job
    assert len(pickle.dumps(job)) < 2_000
    parts = plan(job, say_nothing)
    assert len(parts) > 3
    tasks = [(i, parts[i]) for i in (*range(len(parts)), 0, len(parts) // 2)]
    random.Random(1).shuffle(tasks)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.starmap(learn_part, [(job, part) for _, part in tasks])
    once: dict[int, Any] = {}
    for (i, _), learned in zip(tasks, found, strict=True):
        assert len(pickle.dumps(learned)) < 100_000
        once[i] = learned  # of those that were learned twice, the first is thrown away
    order = list(once)
    random.Random(2).shuffle(order)
    result = put_together(job, [once[i] for i in order], say_nothing)
    expected = expected_of(job)
    if isinstance(result, Comparison | Ranking):
        assert result.to_json() == expected.to_json()
    else:
        assert result == expected
        assert result.to_json() == expected.to_json()


def test_a_part_that_is_missing_or_there_twice_is_noticed(
    tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_pass, "PART_ELEMENTS", 500)
    job = job_of((tables[0], tables[2]), EvalSettings())
    parts = plan(job, say_nothing)
    for some in (parts[1:], (*parts, parts[0])):
        with pytest.raises(RuntimeError, match=f"of {N} elements were evaluated"):
            put_together(job, [learn_part(job, part) for part in some], say_nothing)


def test_rows_of_another_order_are_refused_when_parts_are_put_together(
    tables: tuple[str, ...],
) -> None:
    job = job_of((tables[0], tables[3]), EvalSettings())
    learned = [learn_part(job, part) for part in plan(job, say_nothing)]
    with pytest.raises(Exception, match="rows are not paired as they should be"):
        put_together(job, learned, say_nothing)
