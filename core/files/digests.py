"""SHA-256 of the bytes of files, as they are stored: formed while these are read, if in order."""

from __future__ import annotations

import hashlib
import math
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from smoothl1.errors import DataError
from smoothl1.files.changes import error_on_its_way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.errors import StorageError
    from smoothl1.files.contract import Input, SeekableInput, State

_STEP_BYTES = 1 << 20


class Digest(NamedTuple):
    """A file that was read, and its content.

    Attributes:
        path: The path as the user typed it; of a folder or pattern, that of each file.
        sha256: The SHA-256 of its bytes, as they are stored, in hexadecimal digits.
        input: Of a part of a run, the number of the input that it is of, from 1, as inputs are
            named: predictions, targets, weights, groups, clusters.
        file: The number of the file in this input, from 1.
    """

    path: str
    sha256: str
    input: int | None = None
    file: int | None = None

    def without_place(self) -> Digest:
        """The digest in the result of a whole, which has all files."""
        return Digest(self.path, self.sha256)

    def document(self) -> dict[str, str | int]:
        """The digest as JSON."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def digests_in(result: dict[str, Any]) -> list[Digest]:
    """The digests in the JSON of a part; what is damaged is for those who read all of it.

    Args:
        result: The result of the part, as JSON.
    """
    found = result.get("digests")
    some = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    several: list[list[Any]] = [[one.get(name) for name in Digest._fields] for one in some]
    return [Digest(*one) for one in several if [*map(type, one)] == [str, str, int, int]]


class KnownDigests:
    """The digests of the parts of a run so far: a file at one place has one.

    A place is an input and the number of a file in it. The path says less: it may be another on
    another machine.
    """

    def __init__(self) -> None:
        self._at: dict[tuple[int | None, int | None, str], Digest] = {}

    def add(self, digests: Iterable[Digest]) -> None:
        """Take the digests of a part.

        Raises:
            DataError: The file at a place is another than that of an earlier part.
        """
        for one in digests:
            place = (one.input, one.file, "" if one.input is not None else one.path)
            known = self._at.setdefault(place, one)
            if known.sha256 != one.sha256:
                what = f"parts of one run have read different files: {known.path} has the SHA-256 "
                what += f"{known.sha256}, and {one.path} has {one.sha256}"
                raise DataError(what, hint="evaluate all parts of the same files")


class HashedInput:
    """An input whose bytes are hashed as they are read.

    What is not read in order (arrays by several threads, the ranges of Parquet) is read once more
    by `digest`.

    Args:
        inner: The input, which is closed with this one.
    """

    def __init__(self, inner: Input) -> None:
        self._inner = inner
        self._sum = hashlib.sha256()
        self._n_hashed = 0
        self._is_whole = False
        self._lock = threading.Lock()

    @property
    def path(self) -> str:
        return self._inner.path

    @property
    def head(self) -> bytes:
        return self._inner.head

    @property
    def size(self) -> int:
        return cast("int", self._inner.size)  # None for a stream

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self._inner.bytes_read

    @property
    def fault(self) -> StorageError | None:
        return self._inner.fault

    @property
    def _file(self) -> SeekableInput:
        """The input, which is no stream."""
        return cast("SeekableInput", self._inner)

    @property
    def held(self) -> bytes | None:
        return self._file.held

    @property
    def state(self) -> State:
        return self._file.state

    @property
    def is_copy(self) -> bool:
        return self._file.is_copy

    @property
    def is_remote(self) -> bool:
        return self._file.is_remote

    def hold(self) -> None:
        self._file.hold()

    def read(self, offset: int, n_bytes: int) -> bytes:
        if self._inner.size is None:
            self._read_until(offset)  # a stream that goes on does not come back
        data = self._inner.read(offset, n_bytes)
        self._note(offset, data)
        return data

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        data = self._file.read_range(offset, n_bytes)
        self._note(offset, data)
        return data

    def read_into(self, view: memoryview, offset: int) -> None:
        if self._inner.size is None:
            self._read_until(offset)
        self._inner.read_into(view, offset)
        self._note(offset, view)

    def seekable(self) -> HashedInput:
        self._inner = self._inner.seekable()
        return self

    def close(self) -> None:
        """Close the input; the rest is hashed first, unless an error is on its way.

        A copy of what is decompressed closes its input before the run has ended.
        """
        if error_on_its_way() is None:
            self.digest()
        self._inner.close()

    def digest(self) -> Digest:
        """The digest of all bytes; those that were not read in order are read.

        Raises:
            SmoothL1Error: They cannot be read.
        """
        if not self._is_whole:
            self._read_until(math.inf)
            self._is_whole = True
        return Digest(self.path, self._sum.hexdigest())

    def _read_until(self, stop: float) -> None:
        """Hash the bytes up to a position, or the end."""
        data = b"a first step"
        while data and self._n_hashed < stop:
            n_bytes = int(min(_STEP_BYTES, stop - self._n_hashed))
            data = self._inner.read(self._n_hashed, n_bytes)
            self._note(self._n_hashed, data)

    def _note(self, offset: int, data: bytes | memoryview) -> None:
        """Hash what goes on where the last bytes ended."""
        if offset <= self._n_hashed < offset + len(data):
            with self._lock:
                new = memoryview(data)[max(0, self._n_hashed - offset) :]
                if offset <= self._n_hashed:
                    self._sum.update(new)
                    self._n_hashed += len(new)
