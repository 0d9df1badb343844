"""The installed command in forks of one process that has imported it.

Starting Python and importing takes ten times as long as most commands run. A fork runs the console
script's own function, in a process of its own, with its own streams, folder and environment.
"""

from __future__ import annotations

import importlib
import os
import pickle
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_AT_START = ("PYTHON", "LC_", "LANG", "MALLOC", "LD_")
"""How the names of variables begin that only matter before the first line of Python."""

_SIZE = struct.Struct("q")


def matters_at_start(environment: dict[str, str]) -> bool:
    """Whether a fork would not see a variable that is set as a new process does."""
    return _early(environment) != _early(dict(os.environ))


def _early(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


class Forks:
    """A process that runs a command line in a fork of itself each time that it is asked."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from tests.forking import serve; serve({other.fileno()})"],
            cwd=Path(__file__).parents[1],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        other.close()
        self._readers = ThreadPoolExecutor(2)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()
        self._readers.shutdown()

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
        source = 0 if given is None else stdin
        request = pickle.dumps((args, str(folder), environment))
        socket.send_fds(self._socket, [_SIZE.pack(len(request))], [source, out, err])
        self._socket.sendall(request)
        for descriptor in (stdin, out, err):
            os.close(descriptor)
        found = [self._readers.submit(_drained, descriptor) for descriptor in (stdout, stderr)]
        (process,) = _SIZE.unpack(_received(self._socket, _SIZE.size))
        self._socket.settimeout(timeout_s)
        try:
            with open(feed, "wb", buffering=0) as file:
                _feed(file, given or b"")
            (status,) = _SIZE.unpack(_received(self._socket, _SIZE.size))
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise
        code = os.waitstatus_to_exitcode(status)
        return subprocess.CompletedProcess(args, code, *(some.result() for some in found))


def _feed(file: Any, data: bytes) -> None:
    while data:
        try:
            data = data[file.write(data) :]
        except BrokenPipeError:
            return


def _drained(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()


def _received(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        some = connection.recv(size - len(data))
        if not some:
            raise EOFError
        data += some
    return data


def serve(number: int) -> None:
    """Run what the other end of a socket asks for, until it is closed."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a fork has one thread
    _import_everything()
    connection = socket.socket(fileno=number)
    while True:
        header, streams, _, _ = socket.recv_fds(connection, _SIZE.size, 3)
        if not header:
            return
        request = _received(connection, *_SIZE.unpack(header))
        process = os.fork()
        if process == 0:
            connection.close()
            _become(streams, *pickle.loads(request))
        for stream in streams:
            os.close(stream)
        connection.sendall(_SIZE.pack(process))
        _, status = os.waitpid(process, 0)
        connection.sendall(_SIZE.pack(status))


def _become(streams: list[int], args: list[str], folder: str, environment: dict[str, str]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    from smoothl1.cli.boundary import run

    run(args)


def _import_everything() -> None:
    import smoothl1
    import smoothl1.cli  # is elsewhere if the package is installed to be edited

    modules = [
        *pkgutil.walk_packages(smoothl1.__path__, "smoothl1."),
        *pkgutil.walk_packages(smoothl1.cli.__path__, "smoothl1.cli."),
    ]
    for module in modules:
        if not module.name.startswith("smoothl1.backends") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in ("native", "cpu", "choice"):
        importlib.import_module(f"smoothl1.backends.{name}")
    for name in ("csv", "parquet", "ipc", "compute"):
        importlib.import_module(f"pyarrow.{name}")
    for name in ("click._textwrap", "difflib", "tomllib"):
        importlib.import_module(name)
