"""The words and the exit code of every error that ends a command."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import click

from smoothl1.cli import meant
from smoothl1.errors import SettingsError, SmoothL1Error, StorageError, lack_of
from smoothl1.files.uris import hiding_secrets
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = 2
_SYSTEM = 4
_BUG = 70
_REPORT = "please report it, with the output of smoothl1 --traceback and the same arguments"

_MOST_WORDS = 200
"""Most characters that are told of an error of an import."""

_CONFIGURED = " [--show-config lists the settings that were not typed]"

_LONG_WORD = lazy_pattern(r"\S{4097,}")
"""A word that is longer than a path can be: a value that was typed, or rather was not."""


def explained(
    error: BaseException,
    command: click.Command | None = None,
    args: Sequence[str] = (),
    *,
    is_configured: bool = False,
) -> tuple[str, int]:
    """The message of an error, and the exit code.

    Args:
        error: What ended the command.
        command: The command, if one had begun: a hint names only options that it has.
        args: The arguments of the command line.
        is_configured: Whether settings were in force that nobody typed.
    """
    message, code = _explained(error, command, args, is_configured=is_configured)
    return _LONG_WORD.sub(lambda word: f"{word[0][:40]}...", message), code


def _explained(
    error: BaseException, command: click.Command | None, args: Sequence[str], *, is_configured: bool
) -> tuple[str, int]:
    if isinstance(error, click.UsageError):
        page = f" [see {error.ctx.command_path} --help]" if error.ctx is not None else ""
        return " ".join(error.format_message().split()) + page, USAGE
    if isinstance(error, SmoothL1Error):
        advice = _CONFIGURED if _may_be_configured(error) and is_configured else ""
        return hiding_secrets(
            f"{error}{advice or _what_is_meant(error, command, args)}"
        ), error.exit_code
    words = _words_of_system(error, command)
    if words is not None:
        return words, _SYSTEM
    return f"unexpected {type(error).__name__}: {error} [a bug: {_REPORT}]", _BUG


def _words_of_system(error: BaseException, command: click.Command | None) -> str | None:
    """What an error says that this program is not the cause of; None of a bug of it."""
    lack = lack_of(error)
    if lack == "memory":
        from smoothl1.system_limits import has_memory_limit  # late: for an error

        hints = ["a smaller --chunk-size or fewer --threads need less"] * _has_chunks(command)
        hints += ["ulimit -v limits it"] * has_memory_limit()
        return f"out of memory [{'; '.join(hints)}]" if hints else "out of memory"
    if lack == "threads":
        return "the system starts no more threads [fewer --threads]"
    if isinstance(error, OSError):  # most other files name themselves in a StorageError
        where = os.fsdecode(error.filename) if error.filename else "standard output"
        return f"{where}: {(error.strerror or str(error)).lower()}"
    package = _failed_import(error)
    if package is None:
        return None
    words = " ".join(str(_first_cause(error)).split())[:_MOST_WORDS]
    return f"{package} cannot be imported: {words} [python -c 'import {package}' shows where]"


def _failed_import(error: BaseException) -> str | None:
    """The package whose own import ended with an error, or is not there; None of other errors."""
    place = error.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_name == "<module>":
            package = _package_of(place.tb_frame.f_globals.get("__name__"))
            if package is not None:
                return package
        place = place.tb_next
    return _package_of(error.name) if isinstance(error, ImportError) else None


def _package_of(module: str | None) -> str | None:
    """The package of a module that is not part of this one."""
    package = (module or "").partition(".")[0]
    return package if package not in ("", "__main__", "smoothl1") else None


def _first_cause(error: BaseException) -> BaseException:
    """The error that others were raised from: NumPy puts a page of advice around it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _may_be_configured(error: SmoothL1Error) -> bool:
    """Whether an error may be about a setting that does not stand on the command line."""
    return isinstance(error, SettingsError) and not error.hint and error.path is None


def _what_is_meant(error: SmoothL1Error, command: click.Command | None, args: Sequence[str]) -> str:
    """The advice about a file that does not exist: one with nearly its name, or no file at all."""
    is_gone = isinstance(error, StorageError) and error.errno == errno.ENOENT
    if not is_gone or error.hint or error.path is None:
        return ""
    found = meant.path(error.path)
    is_near = found not in (None, error.path)
    use = None
    if command is not None:
        from smoothl1.cli import flag_values  # late: only for this mistake

        use = flag_values.behind(args, [error.path], command, are_certain=is_near)
    if use is None and is_near:
        return f" [did you mean {found}?]"
    repeatable = () if command is None else meant.repeatable_options(command)
    use = use or meant.other_use(error.path, args, repeatable)
    return f" [{use}]" if use is not None else ""


def _has_chunks(command: click.Command | None) -> bool:
    """Whether a command reads its data in chunks, of a size that an option sets."""
    options = [] if command is None else command.params
    return any(
        "--chunk-size" in option.opts and isinstance(option, click.Option) and not option.hidden
        for option in options
    )
