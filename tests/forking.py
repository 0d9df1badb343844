"""The installed command in forks of one process that has imported it.

Starting Python and importing takes ten times as long as most commands run. A fork runs the console
script's own function, in a process of its own, with its own streams, folder and environment.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import pkgutil
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoothl1.lazy_patterns import LazyPattern
from tests import forked
from tests.command import SCRIPT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_PRELOADED = ("click._textwrap", "difflib", "tomllib")
_PRELOADED += ("pyarrow.csv", "pyarrow.parquet", "pyarrow.ipc", "pyarrow.compute")
_PRELOADED += tuple(f"smoothl1.backends.{name}" for name in ("native", "cpu", "choice"))

_NOT_PRELOADED = ("smoothl1.backends", "smoothl1.engines.dask")
"""Dask is two fifths of the memory that each fork would have to map."""

_ACTION = "smoothl1.cli.action"


def matters_at_start(environment: dict[str, str]) -> bool:
    """Whether a fork would not see a variable that is set as a new process does."""
    return forked.early(environment) != forked.early(dict(os.environ))


class Forks:
    """A process that runs a command line in a fork of itself each time that it is asked.

    Args:
        prefix: A command that starts it.

    Attributes:
        script: What stands for the installed command, and is called as that is. It takes no
            notice of limits of resources, and passes no signals on.
        python: What stands for Python where that runs the module of the composite action. It
            takes no notice of PYTHONPATH.
    """

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="forks-"))
        self._path = str(self._folder / "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._path)
            listener.listen()
            number = listener.fileno()
            self._process = subprocess.Popen(
                [
                    *prefix,
                    sys.executable,
                    "-c",
                    f"from tests.forking import serve; serve({number})",
                ],
                cwd=Path(__file__).parents[1],
                pass_fds=[number],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
        self._readers = ThreadPoolExecutor(2)
        self.script = self._folder / "smoothl1"
        at_start = repr(sorted(forked.early(dict(os.environ)).items()))
        client = [sys.executable, "-SI", forked.__file__, self._path, SCRIPT, at_start]
        self.script.write_text(f'#!/bin/sh\nexec {shlex.join(client)} "$@"\n')
        self.python = self._folder / "python"
        words = f"-P -m {_ACTION}"
        lines = [
            f'[ "$*" = "{words}" ] || exec {shlex.quote(sys.executable)} "$@"',
            *(_as_it_was(name) for name in ("PYTHON", "PYTHONPATH")),  # the action sets them
            f"exec {shlex.join(client)} {words}",
        ]
        self.python.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        for program in (self.script, self.python):
            program.chmod(0o755)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._readers.shutdown()
        shutil.rmtree(self._folder)

    def code_on(self, streams: list[int], args: list[str], folder: Path) -> int:
        """Run a command line on three streams, of which those below 0 are closed."""
        connection, _ = forked.ask(self._path, streams, args, str(folder), dict(os.environ))
        with closing(connection):
            connection.settimeout(60)
            return os.waitstatus_to_exitcode(forked.number_from(connection))

    def run(
        self,
        args: list[str],
        folder: Path | str,
        environment: dict[str, str],
        given: bytes | None,
        timeout_s: float,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command line; `given` is standard input, a pipe; unset, that of this process."""
        pipes = [os.pipe() for _ in range(3)]
        (stdin, feed), (stdout, out), (stderr, err) = pipes
        streams = [0 if given is None else stdin, out, err]
        connection, process = forked.ask(self._path, streams, args, str(folder), environment)
        for descriptor in (stdin, out, err):
            os.close(descriptor)
        found = [self._readers.submit(_drained, descriptor) for descriptor in (stdout, stderr)]
        connection.settimeout(timeout_s)
        try:
            with open(feed, "wb", buffering=0) as file:
                _feed(file, given or b"")
            status = forked.number_from(connection)
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise
        finally:
            connection.close()
        code = os.waitstatus_to_exitcode(status)
        return subprocess.CompletedProcess(args, code, *(some.result() for some in found))


@cache
def forks(prefix: Sequence[str] = ()) -> Forks:
    """The process of these tests that forks, after a command that starts it."""
    started = Forks(prefix)
    atexit.register(started.close)
    return started


def _as_it_was(name: str) -> str:
    """A line of a shell script that gives a variable the value it has here."""
    value = os.environ.get(name)
    return f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}"


def _feed(file: Any, data: bytes) -> None:
    while data:
        try:
            data = data[file.write(data) :]
        except BrokenPipeError:
            return


def _drained(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()


def serve(number: int) -> None:
    """Run what clients of a socket ask for, until standard input is closed."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a fork has one thread
    _import_everything()
    gc.collect()
    gc.freeze()
    listener = socket.socket(fileno=number)
    ended, at_end = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(at_end)
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([0, listener, ended], [], [])
        if 0 in ready:
            return
        if ended in ready:
            os.read(ended, 4096)
            _tell_of_ends(running)
        if listener in ready:
            _start(listener, running)


def _start(listener: socket.socket, running: dict[int, socket.socket]) -> None:
    connection, _ = listener.accept()
    header, streams, _, _ = socket.recv_fds(connection, forked.SIZE.size, forked.N_STREAMS)
    request = marshal.loads(forked.received(connection, *forked.SIZE.unpack(header)))
    process = os.fork()
    if process == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for open_one in (listener, connection, *running.values()):
            open_one.close()
        _become(streams, *request)
    for stream in streams:
        os.close(stream)
    with suppress(OSError):
        connection.sendall(forked.SIZE.pack(process))
    running[process] = connection


def _tell_of_ends(running: dict[int, socket.socket]) -> None:
    for process in list(running):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            with running.pop(process) as connection, suppress(OSError):  # the client may be gone
                connection.sendall(forked.SIZE.pack(status))


def _become(
    streams: list[int],
    closed: list[int],
    args: list[str],
    folder: str,
    environment: dict[str, str],
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number in closed:
        os.close(number)
        setattr(sys, ("stdin", "stdout", "stderr")[number], None)  # as Python does when it starts
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    from smoothl1.cli import action, boundary

    if args != ["-P", "-m", _ACTION]:
        boundary.run(args)
    try:
        action.main()
    except SystemExit as end:
        boundary.end(int(end.code or 0))


def _import_everything() -> None:
    """Import what a command may need, and compile its expressions: each fork has them at once."""
    for module in import_everything():
        for value in vars(module).values():
            if isinstance(value, LazyPattern):
                re.compile(value.pattern, value.flags)
    for name in _PRELOADED:
        importlib.import_module(name)


def import_everything() -> list[ModuleType]:
    """All modules of smoothl1 that need no package that is not here, nor Dask."""
    import smoothl1
    import smoothl1.cli  # is elsewhere if the package is installed to be edited

    modules = [
        *pkgutil.walk_packages(smoothl1.__path__, "smoothl1."),
        *pkgutil.walk_packages(smoothl1.cli.__path__, "smoothl1.cli."),
    ]
    imported = []
    for module in modules:
        if not module.name.startswith(_NOT_PRELOADED) and not module.name.endswith("__main__"):
            with suppress(ModuleNotFoundError):  # of a package that is not needed here
                imported.append(importlib.import_module(module.name))
    return imported
