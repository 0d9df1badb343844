"""An object in a store as an input, which can be read at any position."""

from __future__ import annotations

import errno
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, StorageError
from smoothl1.files.changes import CHANGED, changed, check_at_close
from smoothl1.files.file import HEAD_BYTES
from smoothl1.files.stores.blocks import Blocks
from smoothl1.files.stores.faults import NO_BUCKET
from smoothl1.files.stores.opening import place_of
from smoothl1.files.stores.requests import Request, asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.stores.contract import ObjectState, OpenObject

_WHOLE_BYTES = 1 << 20
"""Objects up to this size are read by one request: several would take longer."""

_EDGE_BYTES = 1 << 16
"""Bytes of the beginning and of the end that are read for the sake of a header or a footer."""


class StoredObject:
    """An object, open for reading at any position by several threads at once.

    Args:
        path: The URI, without what was given beside bucket and key.
        opened: The object, of which a store has told the state.
        n_threads: Number of threads that may read it.

    Raises:
        DataError: The object is empty.

    Attributes:
        checks_at_close: Whether `close` calls `check`, if no error is on its way.
    """

    is_copy = False
    is_remote = True

    def __init__(self, path: str, opened: OpenObject, n_threads: int = 1) -> None:
        self.path = path
        self.state = opened.state
        self.size = opened.state.size
        self.held: bytes | None = None
        self.fault: StorageError | None = None
        self.checks_at_close = True
        self._opened = opened
        self._reached = 0
        self._n_requests = 0
        self._edges: dict[int, bytes] = {}
        self._blocks = Blocks(self._ask, self.size, n_threads)
        self._lock = threading.Lock()
        self._is_closed = False
        if self.size == 0:
            raise DataError("empty file (0 bytes)", path=path)

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return self.read(0, HEAD_BYTES)

    @property
    def bytes_read(self) -> tuple[int, int]:
        """How far the last read came, and the size."""
        return self._reached, self.size

    def hold(self) -> None:
        """Read a small object at once, and hold its bytes for all later reads."""
        with self._lock:
            if self.held is None:
                self.held = self._ask(0, self.size).result()

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position, where the next read is probably near."""
        return self._read(offset, n_bytes, self._blocks.read, may_hold=True)

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position, and ask for no others.

        Of an object that is not small, the beginning or the end is read as a whole.
        """
        return self._read(offset, n_bytes, lambda *of: self._ask(*of).result(), may_hold=False)

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position.

        Raises:
            StorageError: The object has become shorter, or the store refused.
        """
        data = self.read(offset, len(view))
        if len(data) < len(view):
            end = offset + len(data)
            raise changed(self.path, f"it now ends at byte {end}")
        view[:] = data

    def seekable(self) -> StoredObject:
        """The object itself."""
        return self

    def close(self) -> None:
        """Forget what was read; a second call is harmless.

        Raises:
            StorageError: See `check_at_close`.
        """
        if self._is_closed:
            return
        self._blocks.drop()
        self._edges.clear()
        try:
            check_at_close(self)
        finally:
            self._is_closed = True

    def check(self) -> None:
        """Check that the object is the one that was opened, unless it is closed: by one request.

        Raises:
            StorageError: The content changed since the object was opened, so what was read may mix
                old and new content, or be that of another object than was looked at.
        """
        if self._n_requests and not self._is_closed and state_of(self.path) != self.state:
            raise changed(self.path)

    def _read(
        self, offset: int, n_bytes: int, ask: Callable[[int, int], bytes], *, may_hold: bool
    ) -> bytes:
        n_bytes = max(0, min(n_bytes, self.size - offset))
        self._reached = offset + n_bytes
        if n_bytes == 0:
            return b""
        try:
            is_small = self.size <= _WHOLE_BYTES
            if self.held is None and is_small and may_hold:
                self.hold()
            if self.held is not None:
                return self.held[offset : offset + n_bytes]
            edge = None if is_small else self._edge(offset, n_bytes)
            data = ask(offset, n_bytes) if edge is None else edge
        except StorageError as error:
            if error.errno == errno.ENOENT:  # it was there when it was opened
                error.what, error.hint = f"{CHANGED}: it is gone", "put it back, or run again"
            self.fault = error
            raise
        self.fault = None
        return data

    def _edge(self, offset: int, n_bytes: int) -> bytes | None:
        """Bytes of the beginning or the end; None if they are not there."""
        for begin in (0, self.size - _EDGE_BYTES):
            start = offset - begin
            if start >= 0 and start + n_bytes <= _EDGE_BYTES:
                with self._lock:
                    if begin not in self._edges:
                        self._edges[begin] = self._ask(begin, _EDGE_BYTES).result()
                    return self._edges[begin][start : start + n_bytes]
        return None

    def _ask(self, offset: int, n_bytes: int) -> Request[bytes]:
        self._n_requests += 1
        return Request(partial(_whole_range, self._opened, self.path, offset, n_bytes), self.path)


def open_object(uri: str, n_threads: int = 1) -> StoredObject:
    """Open an object.

    Args:
        uri: A resolved URI.
        n_threads: Number of threads that may read it.

    Raises:
        StorageError: There is no such object, or the store refused.
        DataError: The object is empty.
    """
    try:
        return StoredObject(uri, _opened(uri), n_threads)
    except StorageError as error:
        if error.errno == errno.ENOENT and _is_folder(uri):  # which a pattern matches, too
            error.what = "a folder, and no object"
            error.hint = "end a folder with a slash; an object whose key ends with one is not read"
        raise


def _is_folder(uri: str) -> bool:
    """Whether a name is that of a folder, as far as the store tells."""
    place = place_of(uri)
    try:
        return asked(lambda: place.store.kinds([place.key]), uri) == ["folder"]
    except StorageError:
        return False


def state_of(uri: str) -> ObjectState:
    """The state of an object as it is now.

    Raises:
        StorageError: There is no such object, or the store refused.
    """
    return _opened(uri).state


def open_pieces(uri: str) -> Callable[[int, int], bytes]:
    """A function that reads bytes of an object at an offset, and asks for no others.

    Args:
        uri: A resolved URI.

    Raises:
        StorageError: There is no such object, or the store refused.
    """
    opened = _opened(uri)
    return lambda *of: asked(partial(_whole_range, opened, uri, *of), uri)


def _whole_range(opened: OpenObject, uri: str, offset: int, n_bytes: int) -> bytes:
    """Read a range of an object, all of it.

    Raises:
        OSError: The store refused, or sent fewer bytes.
        StorageError: The object has changed.
    """
    try:
        data = opened.read(offset, n_bytes)
    except OSError as error:
        if _has_changed(uri, opened.state):
            raise changed(uri) from error
        raise
    if len(data) != n_bytes:
        raise changed(uri, f"it now ends at byte {offset + len(data)}")
    return data


def _has_changed(uri: str, state: ObjectState) -> bool:
    """Whether an object is another one, as far as the store tells."""
    try:
        return state_of(uri) != state
    except StorageError:
        return False


def _opened(uri: str) -> OpenObject:
    place = place_of(uri)
    try:
        return asked(lambda: place.store.open(place.key), uri)
    except StorageError as error:
        if error.errno == errno.ENOENT:
            with suppress(StorageError):  # who may read need not be told
                if not asked(place.store.has_bucket, uri):
                    error.what, error.errno = NO_BUCKET, None
        raise
