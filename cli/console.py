"""The two consoles: stdout is data, stderr is talk. rich is imported only to talk to a terminal."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from smoothl1.errors import SettingsError, storage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

_BUFFER_BYTES = 1 << 16
_TABLE_WIDTH = 72
"""Characters. On a narrower terminal the summary is a line for each number, none of them cut."""

_MOST_ROWS = 20
"""Of the summary; of more groups than that the output tells."""

_PROGRESS_AFTER_S = 0.5
"""A run shorter than this shows no progress bar."""


def printable(text: str) -> str:
    """Text with control characters, and bytes that are no text, shown escaped."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def escaped(text: str) -> str:
    r"""A name as one cell of a line, so that different names stay different: "\\" for a backslash.

    As PostgreSQL writes text: a tab is \t, a line end \n, and a backslash is doubled, so that a
    name that holds a backslash and a "t" is another cell than one that holds a tab.
    """
    return printable(text.replace("\\", "\\\\"))


def as_json(content: dict[str, Any]) -> bytes:
    """A document as indented JSON."""
    import json  # late, as all that takes time

    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()


def say(line: str) -> None:
    """Write a line to stderr. If even that fails, the exit code still tells."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stderr.write(
            f"{line}\n".encode(sys.stderr.encoding, "backslashreplace").decode(sys.stderr.encoding)
        )
        sys.stderr.flush()


def is_terminal(descriptor: int) -> bool:
    """Whether a standard stream (1 stdout, 2 stderr) is a terminal that a person looks at."""
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


class StandardOutput:
    """stdout as a binary file that only goes forward; failures name it."""

    def __init__(self) -> None:
        sys.stdout.flush()
        # Not sys.stdout.buffer: with PYTHONUNBUFFERED that may write less than it is given.
        self._raw = open(1, "wb", buffering=_BUFFER_BYTES, closefd=False)  # noqa: SIM115
        self.closed = False

    def write(self, data: bytes) -> int:
        with _named_errors():
            return self._raw.write(data)

    def flush(self) -> None:
        with _named_errors():
            self._raw.flush()

    def seekable(self) -> bool:
        return False


@contextlib.contextmanager
def standard_output(*, binary: bool) -> Iterator[BinaryIO]:
    """stdout, for writing bytes; all of them have been accepted when the context ends.

    Raises:
        SettingsError: Binary data would go to a terminal.
    """
    if binary and is_terminal(1):
        raise SettingsError(
            "refusing to write binary data to a terminal", hint="redirect it, or give -o FILE"
        )
    output = StandardOutput()
    yield cast("BinaryIO", output)
    output.flush()


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
    if not (enabled and is_terminal(2)):
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


def show_summary(result: Result, elapsed_s: float, baseline: Result | None = None) -> None:
    """What a person wants to see beside the number: a small table on a terminal's stderr."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    n = result.n
    rate = f"{n / max(elapsed_s, 1e-9) / 1e6:.3g} M/s"
    line = f"{n:,} elements in {elapsed_s:.2f} s, {rate}"
    console.print(line, highlight=False, soft_wrap=True)
    console.print(printable(result.signature), style="dim", highlight=False, soft_wrap=True)
    before = {} if baseline is None else _values(baseline)
    rows = [_summary(result, i, before) for i in range(min(_MOST_ROWS, len(result.tallies)))]
    if console.width < _TABLE_WIDTH:
        for row in rows:
            for name, text in row.items():
                console.print(f"{name} {text}", highlight=False, soft_wrap=True)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(row.get(name, "") for name in names))
    console.print(table)


def _values(baseline: Result) -> dict[tuple[float, Group], float]:
    """The values of a baseline by beta and group."""
    cases = [(beta, group) for beta, group, _ in baseline.entries]
    return dict(zip(cases, baseline.values, strict=True))


def _summary(result: Result, i: int, before: dict[tuple[float, Group], float]) -> dict[str, str]:
    """The line of one beta and group, beside its baseline where there is one."""
    tally = result.tallies[i]
    group = result.groups[i % len(result.groups)]
    cells = {
        "beta": f"{result.settings.betas[i // len(result.groups)]:g}",
        **{name: escaped(text) for name, text in group.named().items()},
        "sum" if result.settings.reduction == "sum" else "mean": f"{result.values[i]:.6g}",
    }
    base = before.get((result.settings.betas[i // len(result.groups)], group))
    if base is not None:
        cells |= {"baseline": f"{base:.6g}", "change": _change(result.values[i], base)}
    if not math.isnan(tally.standard_error):
        cells["std. error"] = f"{tally.standard_error:.3g}"
    if tally.n:
        cells["quadratic"] = f"{tally.n_quadratic / tally.n:.1%}"
    if tally.min <= tally.max:
        cells |= {"smallest": f"{tally.min:.4g}", "largest": f"{tally.max:.4g}"}
    counts = {
        "nan": tally.n_nan,
        "inf": tally.n_inf,
        "missing": tally.n_missing,
        "omitted": tally.n_omitted,
        "weight 0": tally.n_weightless,
    }
    return cells | {name: f"{n:,}" for name, n in counts.items() if n}


def _change(value: float, base: float) -> str:
    """By how much a value differs from its baseline, as a percentage where there is one."""
    if value == base:
        return "0"
    if not (base and math.isfinite(base) and math.isfinite(value)):
        return f"{value - base:+.3g}"
    return f"{(value - base) / abs(base) * 100:+.3g}%"
