"""The line that says how far a run is."""

from __future__ import annotations

import io
import re
import sys
import time

import pytest
from rich.console import Console

from smoothl1 import Progress
from smoothl1.cli import console
from smoothl1.cli.views import progress as view

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.mark.parametrize(
    ("progress", "is_wide", "shown"),
    [
        (Progress(7, 64), True, "7 of 64 rows"),
        (Progress(12_345_678, 64_000_000), False, "12.3M of 64M rows"),
        (Progress(999_499, None), True, "999k rows"),
        (Progress(999_500, None), True, "1M rows"),
        (Progress(2, None, 500, 2_000_000), True, "2 rows, 500 bytes of 2.0 MB"),
        (Progress(2, None, 1_300_000_000, 3_400_000_000), False, "1.3 GB of 3.4 GB"),
        (Progress(3_000_000_000_000, None), True, "3,000G rows"),
    ],
)
def test_numbers_are_short(progress: Progress, is_wide: bool, shown: str) -> None:
    assert view.numbers(progress, "rows", is_wide=is_wide) == shown


def lines_of(progress: Progress, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a terminal of some width is shown last, before the line is removed."""
    file = io.StringIO()
    screen = Console(file=file, force_terminal=True, width=width, no_color=True)
    monkeypatch.setattr(view, "terminal", lambda: screen)
    draw, stop = view.started(progress, "rows", time.monotonic() - 10)
    draw(progress)
    draw(progress)
    stop()
    return [line.rstrip() for line in re.split(r"[\r\n]+", ESCAPES.sub("", file.getvalue()))]


LARGE = Progress(123_456_789_000, None, 123_400_000_000, 246_800_000_000)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(32_000_000, 64_000_000), ["50%", "32M of 64M rows"]),
        (LARGE, ["50%", "123.4 GB of 246.8 GB"]),
        (Progress(123_456_789_000, None), ["123G rows", "0:00:1"]),
    ],
)
def test_the_line_fits_and_says_all(
    progress: Progress, said: list[str], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(progress, width, monkeypatch)
    assert max(map(len, lines)) <= width
    last = [line for line in lines if line][-1]
    assert all(text in last for text in said), last
    if progress.share is not None:
        assert re.search(r"\d:\d\d:\d\d|-:--:--", last)
    assert ("━" in last) == (width >= 72)


def test_a_terminal_of_20_columns_has_the_share_and_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [line for line in lines_of(LARGE, 20, monkeypatch) if line]
    assert re.fullmatch(r" *50% (\d:\d\d:\d\d|-:--:--)", rows[-1])


def test_the_streams_stay_what_they_are_while_the_line_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(view, "terminal", lambda: screen)
    streams = sys.stdout, sys.stderr
    _, stop = view.started(LARGE, "rows", time.monotonic())
    during = sys.stdout, sys.stderr
    stop()
    assert during == streams


def test_nothing_is_shown_without_a_terminal_or_in_a_short_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with console.progress_bar(enabled=True) as report:
        assert report is None  # pytest's stderr is no terminal
    monkeypatch.setattr(console, "is_terminal", lambda _: True)
    monkeypatch.setenv("TERM", "dumb")
    with console.progress_bar(enabled=True) as report:
        assert report is None
    monkeypatch.setenv("TERM", "xterm")
    with console.progress_bar(enabled=False) as report:
        assert report is None
    monkeypatch.setattr(view, "started", lambda *_: pytest.fail("drawn at once"))
    with console.progress_bar(enabled=True) as report:
        assert report is not None
        monkeypatch.setattr(console, "_PROGRESS_AFTER_S", 1000)
        report(Progress(1, 2))
