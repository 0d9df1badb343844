"""Samples of files: bytes at a few places, which tell files of one name and one size apart.

Two models write files of the same names and sizes. Their samples differ unless all numbers at these
places are equal. The end of a file often tells of the whole: gzip and zip end with checksums of the
content, and the footer of Parquet has the extremes of each column.
"""

from __future__ import annotations

import errno
import os
from contextlib import closing
from typing import TYPE_CHECKING

from smoothl1.engines.threads import mapped
from smoothl1.errors import StorageError, storage_error
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from smoothl1.files.tree import Tree

_PIECE_BYTES = 4096
"""Bytes that are read at a place: what a disk or a store gives for the price of one byte."""

_PLACES = 16
"""Places of an input, if it has few files. A store is asked for as many at a time."""

_FEWEST = 2
"""Places of a file: its beginning and its end."""


def places_of_each(n_files: int) -> int:
    """The number of places at which each file of an input is read.

    Args:
        n_files: The number of its files.
    """
    return max(_FEWEST, _PLACES // max(1, n_files))


def sample_of(path: str, n_bytes: int, n_places: int) -> str:
    """SHA-256 of the bytes of a file at places that are spread evenly, the ends among them.

    Args:
        path: The path of a file or an object, or of a folder that is one input.
        n_bytes: Its size.
        n_places: The number of places.

    Raises:
        StorageError: It cannot be read.
    """
    if is_uri(path):
        return _sample_in_store(path, n_bytes, n_places)
    try:
        if os.path.isdir(path):
            return _sample_of_folder(path, LOCAL)
        with open(path, "rb") as file:
            return sample_of_open(file, n_bytes, n_places)
    except OSError as error:
        raise storage_error(error, path) from error


def sample_of_open(file: BinaryIO, n_bytes: int, n_places: int) -> str:
    """What `sample_of` gives, for an open file.

    Args:
        file: The file. Its position moves.
        n_bytes: Its size.
        n_places: The number of places.

    Raises:
        OSError: It cannot be read.
    """

    def read(offset: int, n_bytes: int) -> bytes:
        file.seek(offset)
        return file.read(n_bytes)

    return _digest_of(read, n_bytes, n_places)


def _digest_of(
    read: Callable[[int, int], bytes], n_bytes: int, n_places: int, n_at_once: int = 1
) -> str:
    """SHA-256 of what a function reads at the places of a file."""
    from hashlib import sha256  # late: most runs take no samples

    digest = sha256()
    places = _places(n_bytes, n_places)
    pieces = mapped(lambda place: read(*place), places, n_at_once, is_awaited=False)
    with closing(pieces):
        for piece in pieces:
            digest.update(piece)
    return digest.hexdigest()


def _places(n_bytes: int, n_places: int) -> list[tuple[int, int]]:
    """Where the pieces begin, and their sizes: all of a file that has no more bytes than they."""
    if n_bytes <= n_places * _PIECE_BYTES:
        return [(0, n_bytes)]
    last = n_bytes - _PIECE_BYTES
    return [(last * i // (n_places - 1), _PIECE_BYTES) for i in range(n_places)]


def _sample_in_store(uri: str, n_bytes: int, n_places: int) -> str:
    """As `sample_of` of an object, or of a folder of a store."""
    from smoothl1.files.stores.object import open_pieces  # late: most inputs are files

    try:
        read = open_pieces(uri)
    except StorageError as error:
        if error.errno != errno.ENOENT:
            raise
        tree = tree_of(uri)
        if not tree.is_folder(uri):
            raise
        return _sample_of_folder(uri, tree)
    return _digest_of(read, n_bytes, n_places, n_at_once=n_places)


def _sample_of_folder(folder: str, tree: Tree) -> str:
    """SHA-256 of the names and sizes of all files in a folder, and of the bytes of some."""
    from hashlib import sha256  # late, as above

    files = sorted(tree.files_below(folder))
    step = -(-len(files) // _PLACES) or 1
    digest = sha256(repr(files).encode(errors="surrogateescape"))
    for name, n_bytes in files[::step]:
        digest.update(sample_of(os.path.join(folder, name), n_bytes, _FEWEST).encode())
    return digest.hexdigest()
