"""Connecting to a scheduler of Dask and leaving it, within limits of time that Dask has not."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import distributed
from distributed.comm import get_address_host_port
from distributed.comm.core import CommClosedError

from smoothl1.engines.dask_cluster import CLOSING_S
from smoothl1.engines.dask_faults import closed_by_others, gone, silent_scheduler
from smoothl1.errors import SettingsError, StorageError

_ADDRESS = "give the address that the scheduler prints, such as tcp://host:8786"

_THERE_S = 2.0
"""Seconds in which a scheduler that is there takes a connection."""

_OF_TLS = ("tls://", "wss://")
_TLS = "see distributed.comm.tls in Dask's configuration: ca-file, client.key and client.cert"


def connected(address: Any, deadline_s: float) -> Any:
    """A client of a scheduler.

    A thread of its own makes it: Dask waits for ever for a scheduler that is there and stalls.

    Raises:
        SettingsError: Dask's configuration has no TLS, and the address asks for it.
        StorageError: No scheduler answers.
    """
    made: SimpleQueue[Any] = SimpleQueue()

    def connect() -> None:
        client = distributed.Client.__new__(distributed.Client)
        try:
            distributed.Client.__init__(client, address, timeout=deadline_s, set_as_default=False)
        except Exception as error:  # noqa: BLE001  raised by the thread that waits
            client.status = "closed"  # or whichever thread collects it waits 20 seconds to close it
            made.put(error)
        else:
            made.put(client)

    threading.Thread(target=connect, name="smoothl1", daemon=True).start()
    try:
        found = made.get(timeout=deadline_s)
    except Empty:
        raise silent_scheduler(address, deadline_s) from None
    if isinstance(found, Exception):  # of any kind, since a server may say anything
        raise _refusal(address, found) from found
    return found


def _refusal(address: Any, error: Exception) -> SettingsError | StorageError:
    """The error where no client could be made."""
    if not str(address).startswith(_OF_TLS):
        return StorageError(f"{address} is no scheduler of Dask", hint=_ADDRESS)
    if isinstance(error, TypeError):
        return SettingsError(f"{address} asks for TLS, which is not configured", hint=_TLS)
    what = f"{address} is no scheduler of Dask with TLS, or Dask's configuration of TLS is wrong"
    return StorageError(what, hint=_TLS)


def close(client: Any) -> None:
    """Close a client, also of a scheduler that does not answer."""
    with suppress(distributed.TimeoutError, CommClosedError):
        client.close(timeout=CLOSING_S)


def await_scheduler(address: str, deadline_s: float) -> None:
    """Wait until something answers at an address: a client that finds nothing cannot be closed.

    Raises:
        SettingsError: The address is none.
        StorageError: Nothing answers.
    """
    begin_s = time.monotonic()
    try:
        where = get_address_host_port(address)
    except ValueError as error:
        raise SettingsError(f"not an address of a scheduler: {address!r}", hint=_ADDRESS) from error
    while True:
        try:
            with socket.create_connection(where, timeout=deadline_s):
                return
        except OSError as error:
            if time.monotonic() - begin_s > deadline_s:
                what = f"no scheduler of Dask answers at {address} within {deadline_s:g} seconds"
                raise StorageError(what, hint=_ADDRESS) from error
        time.sleep(0.1)


def lost(client: Any, address: str) -> StorageError:
    """The error where a client has no scheduler: it is gone, or the client was closed."""
    is_closed = client.status in ("closing", "closed")
    return closed_by_others() if is_closed and _is_there(address) else gone(address)


def _is_there(address: str) -> bool:
    """Whether something takes connections at the address of a scheduler."""
    try:
        with socket.create_connection(get_address_host_port(address), timeout=_THERE_S):
            return True
    except (OSError, ValueError):  # ValueError: a scheduler of this process has no port
        return False
