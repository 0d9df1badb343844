"""A server of S3 on this machine, and a proxy before it that fails as networks and servers do."""

from __future__ import annotations

import logging
import re
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smoothl1.files.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Callable

_OVERLOADED = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Bucket:
    """A bucket of the server, looked at by a client that is not the one under test."""

    def __init__(self, port: int, name: str) -> None:
        import boto3

        self.name = name
        self.uri = f"s3://{name}"
        self._client: Any = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        self._client.create_bucket(Bucket=name)

    def put(self, key: str, content: bytes) -> str:
        """Write an object. Returns its URI."""
        self._client.put_object(Bucket=self.name, Key=key, Body=content)
        return f"{self.uri}/{key}"

    def remove(self, key: str) -> None:
        """Remove an object."""
        self._client.delete_object(Bucket=self.name, Key=key)

    def get(self, key: str) -> bytes:
        """The content of an object."""
        content: bytes = self._client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return content

    def keys(self) -> list[str]:
        """The keys of all objects."""
        found = self._client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [entry["Key"] for entry in found]


def serve() -> int:
    """Start a server for this process. Returns its port."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port: int = server.get_host_and_port()[1]
    return port


class Proxy:
    """Passes requests on to a server, one a connection, and counts them.

    Args:
        port: The port of the server.
        fails: Whether a request fails, given its number, from 1 on, and its first line.
        how: What it does then: "503", "cut" the answer in the middle, "drop" the connection
            before an answer, end the answer before its "size", leave out the last bytes of a
            "short" answer and say so in its Content-Length, or "stall"; bytes are an answer.
    """

    def __init__(
        self, port: int, fails: Callable[[int, str], bool] = lambda *_: False, how: str | bytes = ""
    ) -> None:
        self.lines: list[str] = []
        self.n_bytes = 0
        self.n_left_out = 3
        self._server, self._fails, self._how = port, fails, how
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_closed = threading.Event()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Refuse connections from here on."""
        self._is_closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=self._answer, args=self._listener.accept()[:1], daemon=True
                ).start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := client.recv(1 << 16)):
                    return
                head += data
            self.lines.append(head.split(b" HTTP", 1)[0].decode())
            fails = self._fails(len(self.lines), self.lines[-1])
            if fails and self._how == "stall":
                self._is_closed.wait()
            elif fails and isinstance(self._how, bytes):
                client.sendall(self._how)
            elif fails and self._how == "503":
                client.sendall(_OVERLOADED)
            elif not (fails and self._how == "drop"):
                self._exchange(client, _closing(head), is_cut=fails)
            client.shutdown(socket.SHUT_RDWR)

    def _exchange(self, client: socket.socket, head: bytes, *, is_cut: bool) -> None:
        with socket.create_connection(("127.0.0.1", self._server)) as server:
            server.sendall(head)
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            if is_cut and self._how == "short":
                answer = b"".join(iter(lambda: server.recv(1 << 16), b""))
                client.sendall(_shorter(answer, self.n_left_out))
                return
            while data := server.recv(1 << 16):
                self.n_bytes += len(data)
                end = data.lower().find(b"content-length") if self._how == "size" else -1
                client.sendall(data[: len(data) // 2 if end < 0 else end] if is_cut else data)
                if is_cut and b"\r\n\r\n" not in data[-4:]:
                    return


def refusal(status: str, code: str, *headers: str, message: str = "x") -> bytes:
    """An answer of S3 that refuses; the client takes no body of one to HEAD."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return answer(status, body, "Content-Type: application/xml", *headers)


def answer(status: str, body: str, *headers: str) -> bytes:
    """An answer, whatever was asked."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join([*lines, "", body]).encode()


def _closing(head: bytes) -> bytes:
    """A request after which the connection is closed."""
    lines, _, rest = head.partition(b"\r\n\r\n")
    kept = [x for x in lines.split(b"\r\n") if not x.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""]) + rest


def _shorter(answer: bytes, n_left_out: int) -> bytes:
    """An answer without the last bytes of its content, and with the length of the rest."""
    head, _, content = answer.partition(b"\r\n\r\n")
    content = content[: max(0, len(content) - n_left_out)]
    length = b"Content-Length: %d" % len(content)
    return re.sub(rb"(?i)content-length: *\d+", length, head) + b"\r\n\r\n" + content


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)


def write(path: str, content: bytes, *, and_fail: bool = False) -> None:
    """Write an output; with `and_fail`, an error ends that before it is complete."""
    with atomic_file(path) as file:
        file.write(content)
        if and_fail:
            raise ZeroDivisionError
