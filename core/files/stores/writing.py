"""Objects that are written whole or not at all.

What is written is first a temporary file here. A writer of pyarrow that is released before its end
completes the object all the same (apache/arrow#40502); so none is opened before everything is
there, and one that fails is never released.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.errors import StorageError
from smoothl1.files.spools import open_spool, spool_errors
from smoothl1.files.stores.faults import NO_BUCKET
from smoothl1.files.stores.object import state_of
from smoothl1.files.stores.opening import place_of
from smoothl1.files.stores.requests import asked

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def uploaded(uri: str) -> Iterator[BinaryIO]:
    """Open an object for writing bytes, which is sent when the context ends well.

    Args:
        uri: A resolved URI.

    Yields:
        A file open for writing bytes.

    Raises:
        StorageError: The bucket does not exist or cannot be reached, or the object was not written.
    """
    check_bucket(uri)
    with spool_errors(uri), open_spool(uri) as spool:
        yield spool
        n_bytes = spool.seek(0, 2)
        spool.seek(0)
        _upload(uri, spool, n_bytes)


def check_bucket(uri: str) -> None:
    """Refuse an object that cannot be written, as far as a look tells: nothing is written.

    Raises:
        StorageError: There is no such bucket, or the URI names no object in it.
    """
    place = place_of(uri)
    if not place.key or uri.endswith("/"):
        raise StorageError("names no object, but a folder", path=uri, hint="add a name")
    if not asked(place.store.has_bucket, uri):
        raise StorageError(NO_BUCKET, path=uri)


def _upload(uri: str, spool: BinaryIO, n_bytes: int) -> None:
    place = place_of(uri)
    steps = place.store.upload(place.key, spool)

    def step() -> bool:
        """Take a step; whether it was the last."""
        return next(steps, steps) is steps

    while not asked(step, uri):
        pass
    found = state_of(uri).size
    if found != n_bytes:
        raise StorageError(f"the store holds {found} bytes of it, not {n_bytes}", path=uri)
