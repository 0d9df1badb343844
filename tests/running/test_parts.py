"""A run in tasks: answered in other processes, out of order, some of them twice; the same bits."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import shutil
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import (
    Comparison,
    DataError,
    EvalSettings,
    Execution,
    Ranking,
    ReadOptions,
    SettingsError,
    StorageError,
    TaskPlan,
    answer,
    compare,
    evaluate,
    plan_tasks,
)
from smoothl1.job import Job
from smoothl1.selection import Selection
from smoothl1.settings import ALSO
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.pool import Pool
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
        return compare(*job.inputs[: job.n_sides], settings, **columns, **more)
    columns = {"pred": ("y",), "target": ("y",)}
    return evaluate(
        *job.inputs[: job.n_sides], settings, statistics=job.statistics, **columns, **more
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Processes that answer tasks of one job after another, as those of a cluster do."""
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        yield processes


@pytest.mark.grid
@pytest.mark.parametrize("name", CASES)
def test_tasks_answered_in_other_processes_give_the_same_bits(
    tables: tuple[str, ...], pool: Pool, name: str
) -> None:
    settings, places, more = CASES[name]
    job = job_of(tuple(tables[i] for i in places), settings, **more)
    assert pickle.loads(pickle.dumps(job)) == job
    plan = TaskPlan.of(job, say_nothing, 500)
    n = len(plan.tasks)
    assert n > 3
    assert all(len(pickle.dumps(task)) < 3_000 for task in plan.tasks)
    numbers = [*range(n), 0, n // 2]
    random.Random(1).shuffle(numbers)
    answers = pool.map(answer, [plan.tasks[i] for i in numbers])
    assert all(len(pickle.dumps(of)) < 100_000 for of in answers)
    random.Random(2).shuffle(answers)
    result = plan.put_together(answers, say_nothing)
    expected = expected_of(job)
    if not isinstance(result, Comparison | Ranking):
        assert result == expected
    assert result.to_json() == expected.to_json()


def test_workers_read_no_keys_that_are_in_the_same_order(
    tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    how: dict[str, Any] = {"pred": "y", "target": "y", "key": "id"}
    same, other = (plan_tasks(tables[0], target, task_elements=500, **how) for target in tables[2:])
    whole = evaluate(tables[0], tables[2], **how)

    def refuse(*_: object) -> None:
        raise ArithmeticError("keys are read")

    monkeypatch.setattr("smoothl1.pairing.matching.match_rows", refuse)
    assert same.put_together([answer(task) for task in same.tasks]) == whole
    with pytest.raises(ArithmeticError, match="keys are read"):
        answer(other.tasks[0])


def test_a_task_without_an_answer_is_noticed(tables: tuple[str, ...]) -> None:
    plan = plan_tasks(tables[0], tables[2], pred="y", target="y", task_elements=500)
    answers = [answer(task) for task in plan.tasks]
    del answers[3], answers[5]
    with pytest.raises(DataError, match=r"2 of \d+ tasks have no answer, the first of them is 3"):
        plan.put_together(answers)


def test_what_is_no_answer_to_a_task_of_the_plan_is_refused(
    tables: tuple[str, ...], tmp_path: Path
) -> None:
    how: dict[str, Any] = {"pred": "y", "target": "y", "task_elements": 500}
    plan = plan_tasks(tables[0], tables[2], **how)
    answers = [answer(task) for task in plan.tasks]
    again = plan_tasks(tables[0], tables[2], **how)  # as a driver does that was started again
    assert again.put_together(answers) == plan.put_together(answers)
    copy = str(tmp_path / "copy")
    shutil.copyfile(tables[0], copy)
    for other in (
        plan_tasks(copy, tables[2], **how),
        plan_tasks(tables[0], tables[2], **how, betas=2),
        plan_tasks(tables[0], tables[2], **how | {"task_elements": 700}),
    ):
        strange = [*answers[:2], *(answer(task) for task in other.tasks[2:])]
        with pytest.raises(DataError, match="an answer to task 2 of another plan: settings"):
            plan.put_together(strange)
    array: Any = np.zeros(2, int)
    for junk, said in (
        (None, "NoneType is no list of answers"),
        ([None], "NoneType is no answer to a task"),
        (answers[0], "int is no answer to a task"),
        ([answers[0]._replace(number=99)], "an answer to task 99 of another plan"),
        ([answers[0]._replace(value=5), *answers[1:]], "an answer holds int"),
        *(
            ([answers[0]._replace(**{name: array})], "an answer to task 0 of another plan")
            for name in ("part", "content")
        ),
        ([answers[0]._replace(part=Part(array, 500))], "to task 0 of another plan"),
    ):
        with pytest.raises(DataError, match=said):
            plan.put_together(junk)  # type: ignore[arg-type]


def test_what_is_no_task_or_no_number_of_one_is_refused(tables: tuple[str, ...]) -> None:
    plan = plan_tasks(*tables[::2], pred="y", target="y")
    (task,) = plan.tasks
    junk: tuple[Any, ...] = (5, None, "x", task._replace(shared=5), task._replace(part=5))
    ranges: tuple[Any, ...] = (
        (np.zeros(2, int), 3),
        ("a", 3),
        (0, "x"),
        (None, None),
        (0.0, 3),
        (5, 3),
        (-1, 3),
    )
    junk += tuple(task._replace(part=Part(*one)) for one in ranges)
    junk += tuple(task._replace(shared=task.shared._replace(**{x: None})) for x in ("work", "job"))
    for one in junk:
        with pytest.raises(DataError, match=r"is no task|has no (part|job).* \[give one of the"):
            answer(one)
    done = answer(task)
    for same in (Part(0, None), Part(np.int64(0), np.int64(N))):  # type: ignore[arg-type]
        assert answer(task._replace(part=same)).value.tally == done.value.tally
    for number in ([], True, 0.0, None):
        with pytest.raises(DataError, match="of another plan"):
            plan.put_together([done._replace(number=number)])
    assert plan.put_together([done]) == evaluate(*tables[::2], pred="y", target="y")


@pytest.mark.parametrize("number", [0, -1, 1.5, True, "9"])
def test_tasks_have_a_whole_number_of_elements(tables: tuple[str, ...], number: Any) -> None:
    with pytest.raises(SettingsError, match="task_elements must be a whole number from 1 on"):
        plan_tasks(tables[0], tables[2], pred="y", target="y", task_elements=number)


def test_options_and_statistics_have_their_types(tables: tuple[str, ...]) -> None:
    how: dict[str, Any] = {"pred": "y", "target": "y"}
    runs: tuple[Any, ...] = (plan_tasks, evaluate)
    junk: tuple[Any, ...] = ("x", 2, None, np.zeros(2, bool))
    same: tuple[Any, ...] = (1, np.bool_(1))
    for run in runs:
        with pytest.raises(SettingsError, match="options must be ReadOptions, not None"):
            run(tables[0], tables[2], **how, options=None)
        for one in junk:
            with pytest.raises(SettingsError, match="statistics must be True or False, not"):
                run(tables[0], tables[2], **how, statistics=one)
    for one in same:
        plan = plan_tasks(tables[0], tables[2], **how, statistics=one)
        assert plan.job.statistics is True


def test_rows_of_another_order_are_refused_when_tasks_are_put_together(
    tables: tuple[str, ...],
) -> None:
    plan = TaskPlan.of(job_of((tables[0], tables[3]), EvalSettings()), say_nothing, 500)
    with pytest.raises(DataError, match="rows are not paired as they should be"):
        plan.put_together([answer(task) for task in plan.tasks])


def test_files_that_change_are_noticed_by_workers_and_at_the_end(tables: tuple[str, ...]) -> None:
    plan = plan_tasks(tables[0], tables[2], pred="y", target="y", task_elements=500)
    answers = [answer(task) for task in plan.tasks]
    content = pq.read_table(tables[0])
    pq.write_table(content.take(pa.array(range(N)[::-1])), tables[0] + ".new", row_group_size=300)
    os.replace(tables[0] + ".new", tables[0])
    with pytest.raises(StorageError, match="the file changed while being read: it is not as it"):
        plan.put_together(answers)
    other = plan.tasks[0].shared._replace(identity="another worker")
    with pytest.raises(StorageError, match="a worker found other files"):
        answer(plan.tasks[0]._replace(shared=other))


def test_a_worker_of_other_versions_or_in_another_folder_does_not_begin(
    tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.path.dirname(tables[0])
    monkeypatch.chdir(folder)
    plan = plan_tasks("a", tables[2], pred="y", target="y")
    task = plan.tasks[0]
    changed = task.shared._replace(identity="1", versions={**task.shared.versions, "numpy": "9.9"})
    with pytest.raises(StorageError, match=r"a worker has numpy [\d.]+, not 9\.9"):
        answer(task._replace(shared=changed))
    monkeypatch.chdir("/")
    with pytest.raises(StorageError, match=r"a: a worker runs in another folder, / \[give absol"):
        answer(task._replace(shared=task.shared._replace(identity="2")))


def test_data_in_memory_do_not_travel() -> None:
    with pytest.raises(SettingsError, match="<predictions> is in memory, and only paths travel"):
        plan_tasks([1.0], [2.0])  # type: ignore[arg-type]


def test_a_worker_without_the_compiled_kernel_gives_the_same_bits(
    tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, names = (tables[0], tables[2]), {"pred": "y", "target": "y"}
    plan = plan_tasks(*paths, **names, task_elements=500)  # type: ignore[arg-type]
    with monkeypatch.context() as patch:
        for module in ("running.tasks", "backends.choice"):
            patch.setattr(f"smoothl1.{module}.has_native", lambda: False)
        answers = [answer(task) for task in plan.tasks]
    found = plan.put_together(answers)
    assert found == evaluate(*paths, **names)  # type: ignore[arg-type]


def test_a_plan_of_many_tasks_takes_little_memory(tmp_path: Path) -> None:
    n = 5_000
    shape = (n, 1 << 19)  # the file is sparse
    for name in "pt":
        empty = np.lib.format.open_memmap(tmp_path / name, "w+", np.float32, (1, 1))
        del empty
        header = np.lib.format.header_data_from_array_1_0(np.zeros(1, np.float32))
        with open(tmp_path / name, "wb") as file:
            np.lib.format.write_array_header_2_0(file, {**header, "shape": shape})
            file.truncate(file.tell() + 4 * n * shape[1])
    tracemalloc.start()
    plan = plan_tasks(str(tmp_path / "p"), str(tmp_path / "t"), task_elements=shape[1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(plan.tasks) == n
    assert peak < 5 << 20
