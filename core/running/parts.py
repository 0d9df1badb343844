"""A run as tasks for any scheduler: planned here, answered anywhere, and put together here.

Tasks and answers are small and are pickled. Tasks may be answered in any order, and more than once,
by any processes that see the same files: the bits are those of `evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.backends.choice import backend_name
from smoothl1.callers import default_warn, for_callers
from smoothl1.checks import checked_count, checked_flag
from smoothl1.errors import DataError, StorageError
from smoothl1.files.changes import CHANGED
from smoothl1.files.uris import resolved
from smoothl1.job import Job
from smoothl1.pairing.inputs import open_inputs
from smoothl1.read_options import ReadOptions
from smoothl1.running.by_tasks import TASK_ELEMENTS, check_travels, tasks_of
from smoothl1.running.checks import once
from smoothl1.running.models import comparison_of, new_pairs, ranking_of
from smoothl1.running.one_pass import Run
from smoothl1.running.summing_up import checked, new_losses, result_of
from smoothl1.running.tasks import Answer, forget, is_range, state_of_inputs
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from typing import Unpack

    from smoothl1.job import Path
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.running.one_pass import New
    from smoothl1.running.tasks import Task
    from smoothl1.selection import Keys
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns


_ANSWERS = "give what `answer` returned for the tasks of this plan"


class TaskPlan(NamedTuple):
    """A run in tasks.

    Attributes:
        job: The run.
        tasks: The tasks, each to be answered by `answer`.
        files: The state of the files when the run was planned, as a digest.
        same_order: Whether keys were found to be in the same order.
    """

    job: Job
    tasks: tuple[Task, ...]
    files: str
    same_order: bool = False

    @classmethod
    def of(cls, job: Job, warn: Warn, task_elements: int = TASK_ELEMENTS) -> TaskPlan:
        """Plan a job, an evaluation or a comparison; see `plan_tasks`.

        Args:
            job: The job.
            warn: Takes a warning.
            task_elements: Elements of a task, where rows can be cut so.

        Raises:
            SmoothL1Error: See `plan_tasks`.
        """
        task_elements = checked_count("task_elements", task_elements)
        check_travels(job)
        with open_inputs(job, warn) as inputs:
            part_rows = max(1, task_elements // max(1, inputs.pairing.row_elements))
            parts = Run(inputs).parts(part_rows)
            tasks = tuple(tasks_of(inputs, _new(inputs.job), parts))
            return cls(job, tasks, state_of_inputs(inputs), inputs.same_order)

    def put_together(
        self, answers: Iterable[Answer], warn: Warn = default_warn
    ) -> Result | Comparison | Ranking:
        """The result of the run.

        Args:
            answers: The answers to all tasks, in any order. Of several to one task the first
                counts.
            warn: Takes a warning about NaN, pairs left out, or columns that differ.

        Raises:
            DataError: An answer is missing, or is of another plan; nothing was evaluated, or rows
                are paired wrongly; or there is NaN and the policy is "error".
            StorageError: A file has changed since the run was planned.
        """
        first = self._first_of_each(answers)
        missing = [task.number for task in self.tasks if task.number not in first]
        if missing:
            n, have = len(self.tasks), "has" if len(missing) == 1 else "have"
            what = (
                f"{len(missing)} of {n} tasks {have} no answer, the first of them is {missing[0]}"
            )
            raise DataError(what, hint="answer all tasks of the plan")
        warn = once(warn)
        for task in self.tasks[:1]:
            forget(task.shared)  # tasks may have been answered in this process
        with open_inputs(self.job, _say_nothing, same_order=self.same_order) as inputs:
            if state_of_inputs(inputs) != self.files:
                what = f"{CHANGED}: it is not as it was planned"
                raise StorageError(
                    what, path=resolved(self.job.paths[0]), hint="plan the run again"
                )
            return self._summed_up(inputs, [first[task.number] for task in self.tasks], warn)

    def _first_of_each(self, answers: Iterable[Answer]) -> dict[int, Any]:
        """The first answer to each task, by its number.

        Raises:
            DataError: One is no answer to a task of this plan. An equal plan, of the same job and
                the same files, has the same tasks.
        """
        if not isinstance(answers, Iterable):
            raise DataError(f"{type(answers).__name__} is no list of answers", hint=_ANSWERS)
        tasks = {task.number: task for task in self.tasks}
        first: dict[int, Any] = {}
        for one in answers:
            if not isinstance(one, Answer):
                raise DataError(f"{type(one).__name__} is no answer to a task", hint=_ANSWERS)
            task = tasks.get(one.number) if type(one.number) is int else None
            if task is None or not _is_of(task, one.part, one.content):
                what = f"an answer to task {one.number!r} of another plan: settings, options, "
                raise DataError(f"{what}files or parts differ", hint=_ANSWERS)
            first.setdefault(one.number, one.value)
        return first

    def _summed_up(
        self, inputs: Inputs, learned: list[Any], warn: Warn
    ) -> Result | Comparison | Ranking:
        job, empty = inputs.job, _new(inputs.job)(inputs)()
        if strange := [value for value in learned if type(value) is not type(empty)]:
            raise DataError(f"an answer holds {type(strange[0]).__name__}", hint=_ANSWERS)
        total = Run(inputs).merged(empty, learned)
        if job.is_comparison:
            value_of = comparison_of if job.selection.n_models == 2 else ranking_of
            return value_of(inputs, total, checked(inputs, total.first, warn), warn)
        return result_of(inputs, total, checked(inputs, total, warn), warn)


@for_callers
def plan_tasks(
    predictions: Path,
    targets: Path | None = None,
    /,
    settings: EvalSettings = EvalSettings(),
    *,
    pred: str | Columns = (),
    target: str | Columns = (),
    key: Keys = (),
    weight: str | None = None,
    weights: Path | None = None,
    groups: Path | None = None,
    clusters: Path | None = None,
    options: ReadOptions = ReadOptions(),
    statistics: bool = False,
    task_elements: int = TASK_ELEMENTS,
    warn: Warn = default_warn,
    **choices: Unpack[Choices],
) -> TaskPlan:
    """Plan an evaluation as tasks, for a scheduler that is neither an executor nor Dask.

    For the other arguments see `evaluate`.

    Args:
        predictions: The path of the predictions.
        targets: The path of the targets.
        settings: See `evaluate`.
        pred: See `evaluate`.
        target: See `evaluate`.
        key: See `evaluate`. This process compares all keys. If their order differs, every process
            that answers a task reads all keys and all numbers, to match the rows once more.
        weight: See `evaluate`.
        weights: See `evaluate`.
        groups: See `evaluate`.
        clusters: See `evaluate`.
        options: See `evaluate`.
        statistics: See `evaluate`.
        task_elements: Elements of a task, where the rows can be cut so; about a second of work.
        warn: See `evaluate`.
        choices: See `evaluate`.

    Raises:
        SettingsError: The settings and arguments contradict each other, data are in memory, or
            `task_elements` is no whole number from 1 on.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read.

    Example:
        >>> paths = ("sample_data/preds.npy", "sample_data/targets.npy")
        >>> from smoothl1 import answer
        >>> plan = plan_tasks(*paths)
        >>> plan.put_together([answer(task) for task in plan.tasks]).mean
        0.24106696670213112
    """
    job = Job.of(
        (predictions, targets),
        Selection(pred, target, (), key, weight),
        EvalSettings.replaced(settings, choices),
        options,
        Execution(),
        weights=weights,
        groups=groups,
        clusters=clusters,
        statistics=checked_flag("statistics", statistics),
        backend=backend_name(),
    )
    return TaskPlan.of(job, once(warn), task_elements)


def _is_of(task: Task, part: object, content: object) -> bool:
    """Whether a part and a content of an answer are those of a task; an array equals no value."""
    if not (isinstance(part, tuple) and len(part) == len(task.part) and is_range(*part)):
        return False
    return isinstance(content, str) and (part, content) == (task.part, task.shared.content)


def _new(job: Job) -> New[Any]:
    return new_pairs if job.is_comparison else new_losses


def _say_nothing(_: str) -> None:
    """Drop a warning: the plan has given it."""
