"""The only place where errors end the program, with the text and exit codes of `faults`.

The exit code is 0 if the whole answer was written; 1 if a gate failed, and only then; 2 if the
command line is wrong; 3 if an input cannot be trusted or understood; 4 if the system refused; 70
for a bug. On a signal the process dies by the signal itself: 128 and its number in a shell, such as
130 for SIGINT.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from smoothl1.cli import signals

if TYPE_CHECKING:
    import click

_MANY_OBJECTS = 100_000
"""Number of new objects before Python looks for cycles among them. Importing makes some ten
thousand objects, which stay; by default Python searches them again and again, which takes a tenth
of a short run."""


_ADDRESS_SPACE = {"numpy": 80 << 20, "pyarrow": 128 << 20}
"""Bytes of address space that imports take. Where there are fewer, NumPy's OpenBLAS ends the
process, and pyarrow's allocators print lines and may crash."""


class _Imports:
    """Finds no pandas, and no NumPy and pyarrow without memory for them.

    pyarrow imports pandas, where it is installed, to look at the arrays that it is given. That
    takes longer than most runs.
    """

    def find_spec(self, fullname: str, path: object, target: object = None, /) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("no run needs pandas", name=fullname)
        if fullname in _ADDRESS_SPACE:
            bytes(_ADDRESS_SPACE[fullname])  # zeros that are never touched


def run(args: list[str] | None = None) -> NoReturn:
    """The console script: run the command line, and end the process with its exit code.

    Args:
        args: The arguments; unset, those of the process.
    """
    end(complete(args))


def run_module() -> NoReturn:
    """`python -m smoothl1`, and `smoothl1.cli`: run the command line of the process.

    Unlike the console script, it lets the interpreter exit normally, so that profilers and coverage
    tools can report. But if stores were asked, pyarrow might wait for one that does not answer.
    """
    code = complete()
    if "smoothl1.files.stores" in sys.modules:
        end(code)
    sys.exit(code)


def end(code: int) -> NoReturn:
    """End the process without finalizing the interpreter.

    Args:
        code: The exit code.
    """
    with suppress(AttributeError, OSError):  # stderr may be None or closed
        sys.stderr.flush()
    os._exit(code)  # everything is written, and the system frees memory faster


def complete(args: list[str] | None = None) -> int:
    """Run a command line to its end. If a signal asks for it, the process dies.

    Args:
        args: The arguments; unset, those of the process.

    Returns:
        The exit code.
    """
    gc.set_threshold(_MANY_OBJECTS)
    # NumPy's import starts a thread for each processor. Nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # One that pyarrow's allocator cannot start makes it print a line of its own.
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    sys.meta_path.insert(0, _Imports())
    signals.handle()
    number: int | None = None
    try:
        _open_standard_streams()
        code = _run(sys.argv[1:] if args is None else args)
        signals.record()
    except BrokenPipeError:
        signals.record()
        number = getattr(signal, "SIGPIPE", signal.SIGTERM)
    except (signals.Ended, KeyboardInterrupt):
        signals.record()
        number = signal.SIGINT
    number = signals.ended_by() or number
    if number is not None:
        # An exception between two steps of a `with` statement passes by its end. The temporary
        # file is then removed with the frames that the exception referred to.
        gc.collect()
        signals.die(number)
    return code


def _run(args: list[str]) -> int:
    """Run a command line and return the exit code; an error has been printed in one line."""
    import click  # late, like all that takes time: from here on signals are handled

    from smoothl1.cli.main import main
    from smoothl1.cli.parsing import ANNOTATE

    context: click.Context | None = None
    code = 0
    try:
        try:
            if request := os.environ.get("_SMOOTHL1_COMPLETE"):  # a shell asks what may follow
                from smoothl1.cli import completion

                return completion.answer(request)
            with main.make_context("smoothl1", args) as context:
                main.invoke(context)
        except click.exceptions.Exit as done:  # after help or version
            code = done.exit_code
        sys.stdout.flush()
    except (BrokenPipeError, *signals.ENDS):
        raise
    except BaseException as error:
        if signals.ended_by() is not None:
            raise signals.Ended from error
        if context is not None and context.params["traceback"]:
            import traceback

            traceback.print_exc()
        # What the command line itself is refused for comes before any option has had an effect.
        is_annotated = "--github" in args or (context is not None and ANNOTATE in context.meta)
        return _refuse(error, context, args, is_annotated=is_annotated)
    return code


def _refuse(
    error: BaseException, context: click.Context | None, args: list[str], *, is_annotated: bool
) -> int:
    """Print an error in one line, and return the exit code."""
    from click.exceptions import NoArgsIsHelpError

    from smoothl1.cli import configuration, faults
    from smoothl1.cli.console import printable, say
    from smoothl1.cli.main import main

    signals.discard_stdout()
    if isinstance(error, NoArgsIsHelpError):
        from smoothl1.cli.help_page import short_page

        say(short_page(error.ctx) if error.ctx is not None else error.format_message())
        return faults.USAGE
    command = None
    if context is not None and context.invoked_subcommand is not None:
        command = main.get_command(context, context.invoked_subcommand)
    is_configured = context is not None and configuration.is_configured(context)
    message, code = faults.explained(error, command, args, is_configured=is_configured)
    say(f"smoothl1: error: {printable(message)}")
    if is_annotated:
        from smoothl1.cli.views.github import error_annotation

        say(error_annotation(message))
    return code


def _open_standard_streams() -> None:
    """Occupy closed standard streams, so that no output file gets the number of one by accident.

    Using one fails, by its number as by its name (`/dev/stdout`), and the failure is reported.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            _occupy(number)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  for good


def _occupy(number: int) -> None:
    """Open what can neither be read nor written, with the lowest free number, which is this one.

    On Linux, to open `/dev/stdout` is to open what it is once more, with any mode; sockets refuse
    that.
    """
    try:
        import socket  # late: few processes begin without standard streams

        taken = socket.socket(socket.AF_UNIX).detach()
        place = os.open(f"/proc/self/fd/{taken}", os.O_PATH)
        os.dup2(place, taken)
        os.close(place)
    except (AttributeError, OSError):  # other systems: a name of an open file keeps its mode
        os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
