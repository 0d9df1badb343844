"""How far a run is, as a line on a terminal: percent, rows, bytes, and the time that is left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Line

from smoothl1.cli.console import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import ProgressColumn

    from smoothl1.running.progress import Progress

_BAR_FROM = 72
"""Characters of a line that has room for a bar and for all numbers."""

_NUMBERS_FROM = 36
"""Characters of a line that has room for numbers beside the share and the time."""


def started(
    first: Progress, unit: str, begin_s: float
) -> tuple[Callable[[Progress], None], Callable[[], None]]:
    """Begin to draw the line.

    Args:
        first: The progress so far.
        unit: What is counted.
        begin_s: When the run began, by the monotonic clock.

    Returns:
        A function that takes the progress, and one that removes the line.
    """
    console = terminal()
    is_wide = console.width >= _BAR_FROM
    # The streams stay what they are: those that rich puts in their place have no encoding.
    line = Line(
        *_columns(first, console.width),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    total = None if first.share is None else 1.0
    task = line.add_task("", total=total, numbers="")
    line.tasks[0].start_time = line.get_time() - (time.monotonic() - begin_s)
    line.start()

    def draw(progress: Progress) -> None:
        share = progress.share or 0.0
        line.update(task, completed=share, numbers=numbers(progress, unit, is_wide=is_wide))

    return draw, line.stop


def numbers(progress: Progress, unit: str, *, is_wide: bool) -> str:
    """The numbers of rows and bytes; on a narrow terminal only those by which the share is known.

    Args:
        progress: The progress.
        unit: What is counted: "rows".
        is_wide: Whether there is room for both.
    """
    of_rows = "" if progress.n_rows is None else f" of {_short(progress.n_rows)}"
    rows = f"{_short(progress.rows)}{of_rows} {unit}"
    if not progress.n_bytes:
        return rows
    read = f"{decimal(progress.bytes_read)} of {decimal(progress.n_bytes)}"
    return f"{rows}, {read}" if is_wide else read


def _columns(first: Progress, width: int) -> list[ProgressColumn]:
    bar: list[ProgressColumn] = [BarColumn(20)] if width >= _BAR_FROM else []
    text = TextColumn("{task.fields[numbers]}", markup=False)
    if first.share is None:
        return [*bar, text, TimeElapsedColumn()]
    has_numbers = width >= _NUMBERS_FROM
    return [*bar, TaskProgressColumn(), *([text] if has_numbers else []), TimeRemainingColumn()]


def _short(count: int) -> str:
    """A count with three digits and a unit."""
    number = float(count)
    for unit in ("", "k", "M"):
        if number < 999.5:
            return f"{number:.3g}{unit}"
        number /= 1000
    return f"{number:,.0f}G" if number > 999 else f"{number:.3g}G"
