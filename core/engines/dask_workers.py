"""Workers of Dask, as the scheduler tells of them: which take tasks, and which hold some up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Tasks = Mapping[str, Collection[Any]]

_TAKES_TASKS = "running"
_PAUSED = "paused"

_NO_MEMORY = "it is short of memory: free some there, or start workers with more (--memory-limit)"


class Workers(NamedTuple):
    """The workers of a cluster.

    Attributes:
        known: What the scheduler tells of each, by its address.
    """

    known: Mapping[str, Mapping[str, Any]]

    @property
    def n_threads(self) -> int:
        """Number of threads that take tasks."""
        return sum(x["nthreads"] for x in self.known.values() if x["status"] == _TAKES_TASKS)

    @property
    def not_taking(self) -> dict[str, str]:
        """The state of those that take no tasks, by their address.

        A worker that is paused goes on with the tasks that it executes, and begins no other. Dask
        resumes it once there is memory, and gives the tasks that it holds to nobody else before.
        """
        states = {address: x["status"] for address, x in self.known.items()}
        return {address: state for address, state in states.items() if state != _TAKES_TASKS}

    def held_up(self, tasks: Tasks, deadline_s: float) -> StorageError:
        """The error where nothing went on, since workers take no tasks.

        Args:
            tasks: The tasks of this run that each worker has, by its address.
            deadline_s: How long it was waited for, in seconds.
        """
        states = self.not_taking
        address = min(states, key=lambda one: not tasks.get(one))  # one that has some, if any
        state, n_more = states[address], len(states) - 1
        others = "another one takes" if n_more == 1 else f"{n_more} others take"
        more = f"; {others} no tasks either" if n_more else ""
        what = f"a worker of Dask is {state}, and nothing went on for {deadline_s:g} seconds"
        why = _NO_MEMORY if state == _PAUSED else "start another one"
        hint = f"{why}; --engine-timeout waits longer"
        return StorageError(f"{what}: {address}{more}", hint=hint)
