"""Work on parts of a run by processes that share nothing but files: small tasks, small answers.

A task is a part and what all tasks of a pass share: the job (paths and settings), what is done, and
what tells whether the files are the same ones here and there. A worker opens the inputs of a pass
once, and holds them open until a task of another pass comes. Before it gives an answer it checks
that what it read is unchanged: when inputs are closed, the run that read them may be over.
"""

from __future__ import annotations

import atexit
import operator
import os
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.backends.choice import has_native
from smoothl1.callers import for_callers
from smoothl1.engines.packages import check_versions, own_versions
from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, SmoothL1Error, StorageError, excerpt
from smoothl1.files.changes import CHANGED
from smoothl1.files.file import FileState
from smoothl1.files.opening import state_at
from smoothl1.files.uris import is_uri, resolved
from smoothl1.job import Job
from smoothl1.pairing.inputs import open_inputs
from smoothl1.sources.contract import Part
from smoothl1.sources.shard_opener import OF_STORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.pairing.inputs import Inputs

    Work = Callable[[Inputs, Part], Any]
    """What is done with a part; pickled, so that it is a function of a module, or a value."""


class Pass(NamedTuple):
    """What all tasks of one pass over the inputs share.

    Attributes:
        identity: Tells it from all other passes, also from one of an equal job.
        job: The job, with one thread.
        work: What is done with each part.
        is_by_row: Whether elements are read row by row, though the job does not need that.
        files: The number of the files, their sizes and times of writing, as a digest.
        folder: The folder where relative paths begin.
        versions: The versions of packages that every worker must have.
        same_order: Whether keys were found to be in the same order, so that no worker reads them.
        store_timeout_s: The seconds of a request to a store, if the process that planned chose any.
        content: A digest of the job and the files: equal for passes over equal ones.
    """

    identity: str
    job: Job
    work: Work
    is_by_row: bool
    files: str
    folder: str
    versions: dict[str, str]
    same_order: bool = False
    store_timeout_s: float | None = None
    content: str = ""

    @classmethod
    def of(cls, inputs: Inputs, work: Work) -> Pass:
        """A pass over inputs that are open.

        Raises:
            StorageError: The system does not tell the state of a file.
        """
        files, folder, job = state_of_inputs(inputs), os.getcwd(), inputs.job
        job = job._replace(
            execution=replace(job.execution, threads=1),
            options=job.options._replace(digests=False),  # the process that asks forms them
        )
        return cls(
            os.urandom(16).hex(),
            job,
            work,
            inputs.is_by_row,
            files,
            folder,
            own_versions(),
            inputs.same_order,
            _store_timeout_s(job),
            _digest_of(repr((job, files, folder))),
        )


class Task(NamedTuple):
    """A part to be worked on in any process.

    Attributes:
        shared: What all tasks of the pass share.
        number: The number of the part, from 0 on.
        part: The part.
    """

    shared: Pass
    number: int
    part: Part


class Answer(NamedTuple):
    """The answer to a task.

    Attributes:
        number: The number of the task.
        value: What its work gave.
        part: The part that was worked on.
        content: Tells of which job and files it is: see `Pass`.
    """

    number: int
    value: Any
    part: Part
    content: str


@for_callers
def answer(task: Task) -> Answer:
    """Do a task: the function that every worker calls.

    Raises:
        DataError: It is no task of a plan.
        SmoothL1Error: The inputs cannot be read.
        StorageError: They are not those of the process that made the task, they changed while they
            were read, or a package differs.
    """
    _check_task(task)
    with _opened(task.shared) as inputs:
        value = task.shared.work(inputs, task.part)
        for held in inputs.held:  # the files of sets were checked when each was read
            held.check()
        return Answer(task.number, value, task.part, task.shared.content)


def _check_task(task: object) -> None:
    """Refuse what no plan has made, before anything is opened.

    Raises:
        DataError: It is no task, its part is no range of rows, or nothing is done with it.
    """
    if not (isinstance(task, Task) and isinstance(task.shared, Pass)):
        what = f"{type(task).__name__} is no task"
    elif not (isinstance(task.part, Part) and is_range(*task.part)):
        what = f"a task has no part: {excerpt(task.part)} is no range of rows"
    elif not (_is_job(task.shared.job) and callable(task.shared.work)):
        what = "a task has no job, or does nothing with it"
    else:
        return
    raise DataError(what, hint="give one of the `tasks` of a plan")


def _is_job(value: object) -> bool:
    """Whether a value is a job: asked of an object, since the type of the field promises one."""
    return isinstance(value, Job)


def is_range(start: object, stop: object) -> bool:
    """Whether rows from a start to a stop are a range; None is the end."""
    numbers: list[Any] = [start, start if stop is None else stop]
    try:
        first, last = map(operator.index, numbers)
    except TypeError:
        return False
    return 0 <= first <= last


class _Open:
    """The inputs of a pass, open for as long as anyone uses them."""

    def __init__(self, shared: Pass) -> None:
        _check_worker(shared)
        backend = shared.job.backend
        if backend == "native" and not has_native():
            backend = "cpu"  # the same bits
        self.identity = shared.identity
        job = shared.job._replace(backend=backend)
        self.n_users = 1
        with ExitStack() as stack:
            _limit_requests(shared, stack)
            opened = open_inputs(job, _say_nothing, same_order=shared.same_order)
            inputs = stack.enter_context(opened)
            if state_of_inputs(inputs) != shared.files:
                hint = "workers must see the same files as this process"
                what = f"a worker found other files: {CHANGED}, or it is another one there"
                raise StorageError(what, path=resolved(shared.job.paths[0]), hint=hint)
            self.inputs = inputs.in_rows() if shared.is_by_row else inputs
            self._stack = stack.pop_all()

    def release(self) -> None:
        """Close the inputs if this was their last user; each answer has checked them."""
        self.n_users -= 1
        for held in self.inputs.held:
            held.checks_at_close = False
        if self.n_users:
            return
        with suppress(SmoothL1Error):  # of what was opened ahead, and nobody has read
            self._stack.close()


_lock = threading.Lock()
_last: list[_Open] = []
"""The inputs of the last pass, if any."""


@contextmanager
def _opened(shared: Pass) -> Iterator[Inputs]:
    """The inputs of a pass, opened by the first of its tasks in this process."""
    with _lock:
        if not (_last and _last[0].identity == shared.identity):
            _close_last()
            _last.append(_Open(shared))
        held = _last[0]
        held.n_users += 1
    try:
        yield held.inputs
    finally:
        with _lock:
            held.release()


def forget(shared: Pass) -> None:
    """Close the inputs of a pass, if a worker of this process has opened them."""
    with _lock:
        if _last and _last[0].identity == shared.identity:
            _close_last()


@atexit.register
def _close_last() -> None:
    """Close the inputs of the last pass; at exit without the lock, which a task may hold."""
    if _last:
        _last.pop().release()


def _check_worker(shared: Pass) -> None:
    """Refuse to work where packages or folders differ."""
    check_versions("a worker", own_versions(), shared.versions)
    relative = [path for path in shared.job.paths if not (os.path.isabs(path) or is_uri(path))]
    if relative and os.getcwd() != shared.folder:
        what = f"a worker runs in another folder, {os.getcwd()}"
        raise StorageError(what, path=relative[0], hint="give absolute paths")


def state_of_inputs(inputs: Inputs) -> str:
    """The sizes and times of writing of all files, and what logs say of them, as a digest."""
    from hashlib import blake2b  # late: a run by threads forms none

    digest = blake2b(digest_size=16)
    for files in inputs.files:
        digest.update(b"%d;" % len(files))
        for state in mapped(state_at, files, OF_STORE if is_uri(files[0]) else 1, is_awaited=False):
            if isinstance(state, FileState):
                version: object = (state.written_ns, state.content)
            else:
                version = state.version
            digest.update(f"{state.size},{version!r};".encode())
    for side in inputs.sides:
        digest.update(repr(side.source.details.by_log).encode(errors="surrogatepass"))
    return digest.hexdigest()


def _digest_of(text: str) -> str:
    from hashlib import blake2b  # late, as above

    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _store_timeout_s(job: Job) -> float | None:
    if not any(map(is_uri, job.paths)):
        return None
    from smoothl1.files.stores.requests import chosen_s  # late: most inputs are files

    return chosen_s()


def _limit_requests(shared: Pass, stack: ExitStack) -> None:
    """Give requests the time that the process chose which planned, while a pass is open."""
    if _store_timeout_s(shared.job) != shared.store_timeout_s:
        from smoothl1.files.stores.requests import limited_requests  # late, as above

        stack.enter_context(limited_requests(shared.store_timeout_s))


def _say_nothing(_: str) -> None:
    """Drop a warning: the process that made the tasks has given it."""
