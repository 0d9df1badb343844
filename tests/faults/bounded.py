"""A command line in this process, and what it must not do, whatever its files hold."""

from __future__ import annotations

import gc
import io
import re
import sys
import tempfile
import time
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import NamedTuple

from smoothl1.cli.console import printable
from smoothl1.cli.faults import explained
from smoothl1.cli.main import main as smoothl1
from tests.faults.differential import standard_output

MOST_SECONDS = 10.0
MOST_BYTES = 300 << 20

_CODES = (0, 2, 3, 4)
"""Exit codes of a command that has no bug, and no gate that fails."""

_RESET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_NOW = re.compile(r"VmRSS:\s+(\d+) kB")


class Outcome(NamedTuple):
    """What a command line came to.

    Attributes:
        code: The exit code.
        words: The error in one line; "" without one.
        output: What was written to standard output.
        seconds: How long processors worked for it, whatever else the machine did.
        n_bytes: How much more memory it held at most than before; 0 where the system does not tell.
    """

    code: int
    words: str
    output: str
    seconds: float
    n_bytes: int


def outcome_of(args: list[str]) -> Outcome:
    """Run a command line; a gate that fails is no fault."""
    before = _peak_from_now()
    begin = time.process_time()
    err = io.TextIOWrapper(io.BytesIO(), "utf-8")
    code, words = 0, ""
    with tempfile.TemporaryFile() as file:
        with standard_output(file.fileno()), redirect_stderr(err):
            try:
                code = smoothl1.main(args, "smoothl1", standalone_mode=False) or 0
            except Exception as error:  # noqa: BLE001  whatever it is, it is judged
                words, code = explained(error)
            if code and "--reduction" in args:
                gc.collect()  # the output that the error refers to is flushed here
        if code and "--reduction" in args:  # losses before the fault are half an answer
            file.truncate(0)
        seconds = time.process_time() - begin
        code = 0 if code == 1 and "--max-increase" in args else code
        file.seek(0)
        output = file.read().decode()
    n_bytes = max(0, _in_status(_PEAK) - before)
    gc.collect(0)
    return Outcome(code, words, output, seconds, n_bytes)


def broken_by(
    found: Outcome,
    names: tuple[str, ...] = ("",),
    most_seconds: float = MOST_SECONDS,
    most_bytes: int = MOST_BYTES,
) -> str:
    """What a command line did that none may do; "" if it did nothing.

    Args:
        found: What it came to.
        names: How an error about a file may begin.
        most_seconds: The most processor time.
        most_bytes: The most memory.
    """
    faults = {
        f"exit code {found.code}: {found.words}": found.code not in _CODES,
        f"memory that the file claims: {found.words}": found.words.startswith("out of memory"),
        f"no line of words: {found.words!r}": found.code and not printable(found.words).strip(),
        f"no file: {found.words}": found.code in (3, 4) and not found.words.startswith(names),
        f"half an answer: {found.output[:60]!r}": found.code and found.output,
        f"{found.seconds:.1f} s": found.seconds > most_seconds,
        f"{found.n_bytes >> 20} MiB more than before": found.n_bytes > most_bytes,
    }
    return "; ".join(words for words, is_so in faults.items() if is_so)


def _peak_from_now() -> int:
    """Let the system measure the peak of memory anew; gives what is held now."""
    with suppress(OSError):
        _RESET.write_text("5", encoding="ascii")
    return _in_status(_NOW)


def _in_status(which: re.Pattern[str]) -> int:
    if sys.platform != "linux":
        return 0
    found = which.search(_STATUS.read_text(encoding="utf-8"))
    return 0 if found is None else int(found[1]) << 10
