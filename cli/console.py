"""The two consoles: stdout for data, stderr for messages. rich is imported for terminals only."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from smoothl1.errors import SettingsError, storage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from smoothl1.results.result import Result
    from smoothl1.running.progress import Progress

_BUFFER_BYTES = 1 << 16
_USUAL_WIDTH = 80
"""Characters in a line of a terminal of unknown width."""

_PROGRESS_AFTER_S = 0.5
"""Seconds before a progress bar is shown: shorter runs have none."""


def printable(text: str) -> str:
    """The text with control characters, and bytes that are not text, escaped."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def escaped(text: str) -> str:
    r"""A name as one cell of a line, so that different names stay different: "\\" for a backslash.

    The rules are those of text in PostgreSQL: a tab is \t, a line end \n, and a backslash is
    doubled. So a name with a backslash and a "t" is another cell than a name with a tab.
    """
    return printable(text.replace("\\", "\\\\"))


def as_json(content: dict[str, Any]) -> bytes:
    """A document as indented JSON; an iterator in it is written as a list."""
    from smoothl1.cli.indented_json import indented  # late, like all that takes time

    return indented(content)


def result_as_json(result: Result) -> bytes:
    """A result as indented JSON: see `Result.to_json`."""
    from smoothl1.results.result_json import streamed  # late, likewise

    return as_json(streamed(result))


def say(line: str) -> None:
    """Write a line to stderr. If even that fails, the exit code still shows the error.

    GitHub Actions obeys `##[` wherever it stands in a line, so there it is escaped.
    """
    if os.environ.get("GITHUB_ACTIONS"):
        line = line.replace("##[", r"\u0023#[")
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


def is_dumb() -> bool:
    """Whether TERM names a terminal that can move no cursor, as rich knows them."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def terminal() -> Console:
    """Standard error as a terminal of rich, wide enough to show something.

    With NO_COLOR it gets plain text: rich itself would leave out colours, and keep what is dim.
    """
    from rich.console import Console

    console = Console(stderr=True, color_system=None if os.environ.get("NO_COLOR") else "auto")
    console.size = (_width_of(console), console.height)  # both: else a dumb terminal has 80
    return console


def width_of_stdout() -> int:
    """Characters in a line of the terminal that stdout is."""
    from rich.console import Console

    return _width_of(Console(file=sys.stdout))


def _width_of(console: Console) -> int:
    """The width that COLUMNS names, also of a dumb terminal, to which rich gives 80."""
    named = os.environ.get("COLUMNS", "")
    width = int(named) if named.isascii() and named.isdigit() else console.width
    return width if width > 0 else _USUAL_WIDTH  # 0: a width that is not known


class StandardOutput:
    """stdout as a binary file that cannot seek; its errors name it.

    Args:
        shown: What is done to the lines of each write; None for nothing.
    """

    def __init__(self, shown: Callable[[bytes], bytes] | None = None) -> None:
        from smoothl1.files.patient import PatientFile  # late: an error writes nothing there

        self._shown = shown
        sys.stdout.flush()
        # Not sys.stdout.buffer: with PYTHONUNBUFFERED that may write less than it is given.
        self._raw = io.BufferedWriter(PatientFile(1, "wb", closefd=False), _BUFFER_BYTES)
        self.closed = False

    def write(self, data: bytes) -> int:
        shown = data if self._shown is None else self._shown(data)
        with _named_errors():
            self._raw.write(shown)
        return len(data)

    def flush(self) -> None:
        with _named_errors():
            self._raw.flush()

    def seekable(self) -> bool:
        return False


@contextlib.contextmanager
def standard_output(
    *, binary: bool, shown: Callable[[bytes], bytes] | None = None
) -> Iterator[BinaryIO]:
    """stdout, for writing bytes; the system has accepted all of them when the context ends.

    Args:
        binary: Whether the bytes are no text.
        shown: What is done to the lines of each write; None for nothing.

    Raises:
        SettingsError: Binary data would be written to a terminal.
    """
    if binary and is_terminal(1):
        raise SettingsError(
            "refusing to write binary data to a terminal", hint="redirect it, or give -o FILE"
        )
    output = StandardOutput(shown)
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
def progress_bar(
    *, enabled: bool, unit: str = "rows"
) -> Iterator[Callable[[Progress], None] | None]:
    """A line on a terminal's stderr that says how far a run is, if the run takes a while.

    Args:
        enabled: Whether a person wants it.
        unit: What is counted.

    Yields:
        A function that takes the progress, of one thread at a time; None if nothing is shown.
    """
    if not (enabled and is_terminal(2)) or is_dumb():  # a dumb one cannot replace a line
        yield None
        return
    bar = _Bar(unit)
    try:
        yield bar.show
    finally:
        bar.stop()


class _Bar:
    """A line about the progress of a run, drawn once the run takes long."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._begin_s = time.monotonic()
        self._draw: Callable[[Progress], None] | None = None
        self.stop: Callable[[], None] = lambda: None

    def show(self, progress: Progress) -> None:
        if self._draw is None:
            if time.monotonic() - self._begin_s < _PROGRESS_AFTER_S:
                return
            from smoothl1.cli.views.progress import started

            self._draw, self.stop = started(progress, self._unit, self._begin_s)
        self._draw(progress)


def warn(messages: Iterable[str]) -> None:
    """Write warnings to stderr, a line for each, without repetition."""
    for message in dict.fromkeys(messages):
        say(f"smoothl1: warning: {printable(message)}")
