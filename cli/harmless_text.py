"""Text on a standard stream in which whoever shows it finds no commands: a terminal, or GitHub.

Names of groups and columns come from inputs that are not trusted. A terminal obeys the control
characters in them. The runner of GitHub Actions obeys a line that begins with `::`, and `##[`
anywhere in one (`TryParseV2` and `TryParse` in
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs).
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from smoothl1.cli.console import is_terminal, printable
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_FOR_PROGRAMS = ("csv", "latex", "metrics")
"""Forms of text whose bytes stay in a pipe: no escape could be read back there."""

_UNUSUAL = lazy_pattern(rb"[^\t\n -~]")
_NOT_PRINTED = lazy_pattern(r"[^\t\n -~]+")
_COMMAND = lazy_pattern(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)


def shown_on_stdout(form: str | None, *, for_github: bool) -> Callable[[bytes], bytes] | None:
    """What is done to text before stdout takes it; None for nothing, as in a file.

    Args:
        form: The form of the output; None for lines.
        for_github: Whether options say that GitHub Actions looks on. Its environment says so, too.

    Returns:
        A function that takes and gives whole lines in UTF-8.
    """
    if is_terminal(1):
        return for_terminal
    is_seen = for_github or bool(os.environ.get("GITHUB_ACTIONS"))
    return for_runner if is_seen and form not in _FOR_PROGRAMS and not _is_file() else None


def for_terminal(lines: bytes) -> bytes:
    """Lines with all that is neither printed nor a tab or a line end escaped."""
    if not _UNUSUAL.search(lines):
        return lines
    text = lines.decode("utf-8", "surrogateescape")
    return _NOT_PRINTED.sub(lambda found: printable(found[0]), text).encode()


def for_runner(lines: bytes) -> bytes:
    r"""Lines in which the runner finds no command: `\u003a` is a colon, as in JSON."""
    if b"::" not in lines and b"##[" not in lines:
        return lines
    text = lines.decode("utf-8", "surrogateescape")
    return _COMMAND.sub(_without_command, text).encode("utf-8", "surrogateescape")


def _without_command(found: re.Match[str]) -> str:
    return r"\u0023" if found[1] is None else rf"{found[1]}\u003a"


def _is_file() -> bool:
    """Whether stdout is a regular file, which no runner reads."""
    try:
        return stat.S_ISREG(os.fstat(1).st_mode)
    except OSError:
        return False
