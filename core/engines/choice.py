"""The engine that an executor is: by what it offers, whatever installed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.engines.executor import ExecutorEngine
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from smoothl1.engines.contract import Engine


def engine_of(executor: Executor | Engine) -> Engine:
    """The engine that runs parts by an executor, a client of Dask, or an engine itself.

    Args:
        executor: The executor.

    Raises:
        SettingsError: It is none of these.
        StorageError: A client of Dask has no workers, or with other versions of packages.
    """
    found: Any = executor
    if isinstance(found, type):
        name = found.__name__
        raise SettingsError(f"{name} is a class, and no executor", hint=f"open one: {name}()")
    if hasattr(found, "as_completed") and hasattr(found, "shares_memory"):
        engine: Engine = found
        return engine
    if hasattr(found, "get_executor") and hasattr(found, "scheduler_info"):
        if found.asynchronous:
            what = "a client of Dask with asynchronous=True is no executor"
            raise SettingsError(what, hint="make another client, without it, in a thread")
        from smoothl1.engines.dask import DaskEngine  # late: it imports distributed

        return DaskEngine(found)
    return ExecutorEngine(found)
