"""`smoothl1` as a client: asks the process of `tests/forking.py` for a fork, and ends as it ends.

It stands for the installed command where a shell or a script starts it. It runs without the site,
and imports next to nothing: that takes a thirtieth of the time of the installed command.
"""

import _socket  # `socket` takes longer than all else here
import marshal
import os
import struct
import sys

SIZE = struct.Struct("q")
N_STREAMS = 3

_AT_START = ("PYTHON", "LC_", "LANG", "MALLOC", "LD_")
"""How the names of variables begin that only matter before the first line of Python."""


def early(environment: dict[str, str]) -> dict[str, str]:
    """The variables that a fork would not see as a new process does."""
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


def ask(
    path: str, streams: list[int], args: list[str], folder: str, environment: dict[str, str]
) -> tuple[_socket.socket, int]:
    """Ask for a fork that runs a command line with three streams; one below 0 is closed there.

    Returns:
        The connection, on which the wait status comes, and the number of the fork's process.
    """
    closed = [number for number, stream in enumerate(streams) if stream < 0]
    request = marshal.dumps((closed, args, folder, environment))
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(path)
    place = connection.fileno()  # of a closed stream: something has to be sent
    rights = struct.pack(f"{N_STREAMS}i", *(place if some < 0 else some for some in streams))
    ancillary = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)]
    connection.sendmsg([SIZE.pack(len(request))], ancillary)
    connection.sendall(request)
    return connection, number_from(connection)


def number_from(connection: _socket.socket) -> int:
    """The next number that comes."""
    (number,) = SIZE.unpack(received(connection, SIZE.size))
    return int(number)


def received(connection: _socket.socket, size: int) -> bytes:
    """So many bytes that come."""
    data = b""
    while len(data) < size:
        some = connection.recv(size - len(data))
        if not some:
            raise EOFError
        data += some
    return data


def _end(status: int) -> None:
    """End as another process did, by a signal, too."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        import signal

        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _main(path: str, script: str, at_start: str, *args: str) -> None:
    environment = dict(os.environ)
    if repr(sorted(early(environment).items())) != at_start:
        os.execv(script, [script, *args])
    try:
        folder = os.getcwd()
    except OSError:  # it is gone
        os.execv(script, [script, *args])
    streams = [stream if _is_open(stream) else -1 for stream in range(N_STREAMS)]
    connection, _ = ask(path, streams, list(args), folder, environment)
    _end(number_from(connection))


def _is_open(stream: int) -> bool:
    try:
        os.fstat(stream)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    _main(*sys.argv[1:])
