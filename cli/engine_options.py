"""The options of where parts run: threads of this process, or Dask."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import click

from smoothl1.cli.choices import OneOf
from smoothl1.cli.parsing import Number, WholeNumber
from smoothl1.errors import SettingsError
from smoothl1.settings import MAX_THREADS, Execution

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from smoothl1.engines.contract import Engine

_DEADLINE_S = 60.0
_MOST_DEADLINE_S = 1e6

ENGINE = (
    click.option(
        "--engine",
        type=OneOf(("local", "dask")),
        default="local",
        show_default=True,
        help="What runs parts of the rows: threads of this process, or processes of Dask. The "
        "result does not depend on it.",
    ),
    click.option(
        "--workers",
        type=WholeNumber(1, MAX_THREADS),
        metavar="N",
        help="With --engine dask, processes on this machine, each with one thread (default: one "
        "for each processor).",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="With --engine dask, the scheduler of a cluster, such as tcp://host:8786, whose "
        "workers see the same files.",
    ),
    click.option(
        "--engine-timeout",
        "deadline_s",
        type=Number(),
        metavar="SECONDS",
        help=f"With --engine dask, how long to wait for a scheduler or a worker (default: "
        f"{_DEADLINE_S:g}).",
    ),
)


class EngineChoice(NamedTuple):
    """Where parts run, as the user asked.

    Attributes:
        name: "local" or "dask".
        n_workers: Number of processes of a cluster on this machine; None for one for each
            processor.
        scheduler: The address of the scheduler of another cluster; None to start one here.
        deadline_s: Seconds to wait for a scheduler or a worker.
    """

    name: str
    n_workers: int | None
    scheduler: str | None
    deadline_s: float

    def opened(self) -> AbstractContextManager[Engine | None]:
        """The engine, for as long as it runs; None for threads of this process.

        Raises:
            SmoothL1Error: There is no such engine; see `open_dask`.
        """
        if self.name == "local":
            return nullcontext()
        from smoothl1.engines.dask import open_dask  # late: it imports distributed

        n_workers = self.n_workers or Execution().n_threads
        return open_dask(self.scheduler, n_workers=n_workers, deadline_s=self.deadline_s)


def engine_of(
    engine: str, workers: int | None, scheduler: str | None, deadline_s: float | None
) -> EngineChoice:
    """The choice of an engine.

    Raises:
        SettingsError: An option of Dask is given without Dask; or the number of workers, though the
            cluster is there already; or there is no time to wait.
    """
    given = {"--workers": workers, "--scheduler": scheduler, "--engine-timeout": deadline_s}
    without = [name for name, value in given.items() if value is not None]
    if without and engine != "dask":
        raise SettingsError(f"{without[0]} is for Dask", hint="add --engine dask")
    if workers is not None and scheduler is not None:
        what = "--workers starts a cluster here, and --scheduler names another one: leave out one"
        raise SettingsError(what)
    if deadline_s is not None and not 0 < deadline_s <= _MOST_DEADLINE_S:
        what = f"--engine-timeout must be above 0, and at most {_MOST_DEADLINE_S:g} seconds"
        raise SettingsError(f"{what}, not {deadline_s:g}")
    return EngineChoice(engine, workers, scheduler, deadline_s or _DEADLINE_S)
