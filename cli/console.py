"""The two consoles: stdout is data, stderr is talk. rich is imported only to talk to a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, cast

from smoothl1.errors import SettingsError, storage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.result import Result

_PROGRESS_AFTER_S = 0.5
"""A run shorter than this shows no progress bar."""


def printable(text: str) -> str:
    """Text with control characters, and bytes that are no text, shown escaped."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def say(line: str) -> None:
    """Write a line to stderr. If even that fails, the exit code still tells."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stderr.write(
            f"{line}\n".encode(sys.stderr.encoding, "backslashreplace").decode(sys.stderr.encoding)
        )
        sys.stderr.flush()


def talks_to_terminal() -> bool:
    """Whether stderr is a terminal that a person looks at."""
    return sys.stderr is not None and sys.stderr.isatty()


class StandardOutput:
    """stdout as a binary file that only goes forward; failures name it."""

    def __init__(self) -> None:
        self._raw = sys.stdout.buffer
        self.closed = False

    def write(self, data: bytes) -> int:
        with _named_errors():
            return self._raw.write(data)

    def flush(self) -> None:
        with _named_errors():
            self._raw.flush()

    def seekable(self) -> bool:
        return False


def standard_output(*, binary: bool) -> BinaryIO:
    """stdout, for writing bytes.

    Raises:
        SettingsError: Binary data would go to a terminal.
    """
    if binary and sys.stdout.isatty():
        raise SettingsError(
            "refusing to write binary data to a terminal", hint="redirect it, or give -o FILE"
        )
    return cast("BinaryIO", StandardOutput())


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise storage_error(error, "standard output") from error


@contextlib.contextmanager
def progress_bar(*, enabled: bool) -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar on a terminal's stderr, for runs that take a while.

    Yields:
        What takes the elements done just now, and all of them where known; None if not enabled.
    """
    if not (enabled and talks_to_terminal()):
        yield None
        return
    bar = _Bar()
    try:
        yield bar.advance
    finally:
        bar.stop()


class _Bar:
    """Counts from several threads; draws once the run has taken long enough."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin_s = time.monotonic()
        self._done = 0
        self._draw: Callable[[int, int | None], None] | None = None
        self.stop: Callable[[], None] = lambda: None

    def advance(self, n_done: int, n_all: int | None) -> None:
        with self._lock:
            self._done += n_done
            if self._draw is None and time.monotonic() - self._begin_s > _PROGRESS_AFTER_S:
                self._start(n_all)
            if self._draw is not None:
                self._draw(self._done, n_all)

    def _start(self, n_all: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

        columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        task = progress.add_task("", total=n_all)
        progress.start()
        self.stop = progress.stop
        self._draw = lambda done, total: progress.update(task, completed=done, total=total)


def show_summary(result: Result, elapsed_s: float) -> None:
    """What a person wants to see beside the number: a small table on a terminal's stderr."""
    from rich.console import Console
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    for _ in result.tallies:
        table.add_column(justify="right", overflow="fold")
    for name, cells in _summary_rows(result):
        table.add_row(name, *cells)
    n = result.tallies[0].n
    table.add_row("time", f"{elapsed_s:.2f} s, {n / max(elapsed_s, 1e-9) / 1e6:.0f} M/s")
    Console(stderr=True).print(table)


def _summary_rows(result: Result) -> Iterator[tuple[str, list[str]]]:
    tallies = result.tallies
    reduction = "sum" if result.settings.reduction == "sum" else "mean"
    yield "beta", [f"{beta:g}" for beta in result.settings.betas]
    yield reduction, [f"{value:.6g}" for value in result.values]
    yield "elements", [f"{tally.n:,}" for tally in tallies]
    yield "quadratic", [f"{tally.n_quadratic / max(1, tally.n):.1%}" for tally in tallies]
    yield "smallest", [f"{tally.min:.4g}" for tally in tallies]
    yield "largest", [f"{tally.max:.4g}" for tally in tallies]
    if tallies[0].n_nan or tallies[0].n_inf:
        yield "nan, inf", [f"{tally.n_nan:,}, {tally.n_inf:,}" for tally in tallies]
