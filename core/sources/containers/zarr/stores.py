"""Where the metadata and the chunks of a Zarr store are: a folder, a bucket, or a zip archive."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from smoothl1.errors import DataError, storage_error
from smoothl1.files.archives import FAULTS, opened_member
from smoothl1.files.changes import changed, check_at_close
from smoothl1.files.file import has_changed
from smoothl1.files.opening import open_input, state_at
from smoothl1.files.tree import LOCAL, NOT_THERE
from smoothl1.files.zarr_marks import MARKS, V2_ARRAY, is_member
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import IO

    from smoothl1.files.contract import SeekableInput, State
    from smoothl1.files.tree import Tree

T = TypeVar("T")

_MAX_DEPTH = 32
_OF_MAC = "__MACOSX/"
_PIECE_BYTES = 1 << 20
_OBJECTS_AT_ONCE = 16
"""Objects of a bucket that are asked for at a time: what takes long is the way there and back."""


class Bytes(Protocol):
    """What a key stands for."""

    @property
    def size(self) -> int:
        """The number of bytes."""
        ...

    def read(self, offset: int, n_bytes: int, /) -> bytes:
        """Some of the bytes."""
        ...

    def read_range(self, offset: int, n_bytes: int, /) -> bytes:
        """Some of the bytes, where a store is asked for no others."""
        ...


class Store(Protocol):
    """Keys, and bytes for each. A key is a path with slashes, from the root of the store."""

    @property
    def path(self) -> str:
        """The path as the user typed it."""
        ...

    @property
    def n_at_once(self) -> int:
        """How many keys are best asked for at a time."""
        ...

    def nodes(self) -> Iterator[tuple[str, set[str]]]:
        """The paths of groups and arrays, the root first, and which metadata each has."""
        ...

    def opened(self, key: str) -> AbstractContextManager[Bytes | None]:
        """What a key stands for, while it is open; None if it is not there."""
        ...

    def keys_below(self, node: str) -> Iterator[str]:
        """The keys below an array, without its path."""
        ...

    def close(self) -> None:
        """Release what is open; a second call is harmless."""
        ...


class FolderStore:
    """A folder of files, or of the objects of a bucket.

    Args:
        path: The path as the user typed it.
        tree: The tree that it is in, which keeps what a bucket has listed.

    Attributes:
        checks_at_close: Whether `close` calls `check`, if no error is on its way.
    """

    def __init__(self, path: str, tree: Tree) -> None:
        self.path = path
        self.tree = tree
        self.checks_at_close = True
        self._state: State | None = state_at(path)

    @property
    def n_at_once(self) -> int:
        return 1 if self.tree is LOCAL else _OBJECTS_AT_ONCE

    def nodes(self) -> Iterator[tuple[str, set[str]]]:
        yield from self._nodes("", 0)

    def _nodes(self, node: str, depth: int) -> Iterator[tuple[str, set[str]]]:
        folder = os.path.join(self.path, node)
        marks = self._asked(lambda: self.tree.which(folder, MARKS), folder)
        if not marks and depth:
            return
        if marks:
            yield node, marks
        if V2_ARRAY in marks:
            return
        if depth == _MAX_DEPTH:
            raise DataError(f"groups within groups, {depth} deep", path=self.path)
        for name in sorted(self._asked(lambda: self.tree.folders(folder), folder)):
            yield from self._nodes(f"{node}/{name}".lstrip("/"), depth + 1)

    def _asked(self, question: Callable[[], T], folder: str) -> T:
        """What the tree says; a fault of the system names the folder."""
        try:
            return question()
        except OSError as error:
            raise storage_error(error, folder) from error

    @contextmanager
    def opened(self, key: str) -> Iterator[Bytes | None]:
        path = os.path.join(self.path, *key.split("/"))
        if not (_is_file(path) if self.tree is LOCAL else self.tree.is_there(path)):
            yield None
            return
        file = open_input(path).seekable()
        try:
            yield file
        finally:
            file.close()

    def keys_below(self, node: str) -> Iterator[str]:
        top = os.path.join(self.path, node)
        found = self._asked(lambda: [*self.tree.names_below(top)], top)
        return iter(found)

    def close(self) -> None:
        """See whether the store is as it was; a second call is harmless.

        Raises:
            StorageError: See `check_at_close`.
        """
        try:
            check_at_close(self)
        finally:
            self._state = None

    def check(self) -> None:
        """Check that the store is as it was when it was opened, unless it is closed.

        Raises:
            StorageError: A file was written, added or removed, so what was read may mix old and new
                chunks.
        """
        if self._state and has_changed(self.path, self._state, state_at(self.path)):
            raise changed(self.path)


def _common_folder(nodes: set[str]) -> str:
    """The folder that some folders are, or are in; "" if there is none."""
    names = [node.split("/") for node in nodes]
    return "/".join(level[0] for level in takewhile(_are_equal, zip(*names, strict=False)))


def _are_equal(names: tuple[str, ...]) -> bool:
    return len(set(names)) == 1


def _is_within(name: str, nodes: set[str]) -> bool:
    """Whether a member is in one of some folders, or is a folder above one."""
    if name.endswith("/"):  # a folder, which some programs store as a member
        return True
    above = accumulate(name.split("/")[:-1], "{}/{}".format)
    return "" in nodes or any(folder in nodes for folder in above)


def _is_file(path: str) -> bool:
    """Whether there is a file of the file system; anything else of this name is refused."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        if error.errno not in NOT_THERE or os.path.lexists(path):  # a link that leads nowhere
            raise storage_error(error, path) from error
        return False
    if not stat.S_ISREG(mode):
        raise DataError("not a regular file", path=path, hint="put a file in its place")
    return True


class ZipStore(NamedTuple):
    """The members of a zip archive.

    Attributes:
        file: The file of the archive.
        archive: The archive.
        members: The members, by their names from the root of the store.
        verified: The names of members whose checksum was verified.
    """

    file: SeekableInput
    archive: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    verified: set[str]
    n_at_once: int = 1

    @classmethod
    def of(cls, file: SeekableInput, archive: zipfile.ZipFile) -> ZipStore:
        """The store in an archive: all of it, or the one folder that it holds.

        Arrays beside each other need no metadata of a group.

        Raises:
            DataError: Two members have one name, or the archive holds more than a store.
        """
        infos = [info for info in archive.infolist() if not info.filename.startswith(_OF_MAC)]
        nodes = {x.filename.rpartition("/")[0] for x in infos if is_member(x.filename)}
        root = _common_folder(nodes)
        prefix = f"{root}/" if root else ""
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename
            if not name.startswith(prefix) or not _is_within(name, nodes):
                raise DataError(f"a zip archive of a Zarr store and of other files: {shown(name)}")
            if members.setdefault(name[len(prefix) :], info) is not info:
                raise DataError(f"two members are called {shown(name)}")
        return cls(file, archive, members, set())

    @property
    def path(self) -> str:
        return self.file.path

    def nodes(self) -> Iterator[tuple[str, set[str]]]:
        found: dict[str, set[str]] = {}
        for key in self.members:
            node, _, name = key.rpartition("/")
            if is_member(key):
                found.setdefault(node, set()).add(name)
        yield from sorted(found.items())

    @contextmanager
    def opened(self, key: str) -> Iterator[Bytes | None]:
        info = self.members.get(key)
        yield None if info is None else Member(self, info)

    def keys_below(self, node: str) -> Iterator[str]:
        prefix = f"{node}/" if node else ""
        return (key[len(prefix) :] for key in self.members if key.startswith(prefix))

    def close(self) -> None:
        self.file.close()


class Member(NamedTuple):
    """A member of a zip archive."""

    store: ZipStore
    info: zipfile.ZipInfo

    @property
    def size(self) -> int:
        return self.info.file_size

    def read(self, offset: int, n_bytes: int, /) -> bytes:
        """Some bytes of the member, whose checksum is verified."""
        is_whole = offset == 0 and n_bytes == self.size
        name = self.info.filename
        if not is_whole and name not in self.store.verified:
            with self._opened() as reader:
                while reader.read(_PIECE_BYTES):  # to the end, in order: zipfile compares then
                    pass
            self.store.verified.add(name)
        with self._opened() as reader:
            if offset:
                reader.seek(offset)
            return reader.read(n_bytes)

    def read_range(self, offset: int, n_bytes: int, /) -> bytes:
        """Read as `read` does."""
        return self.read(offset, n_bytes)

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        file, what = self.store.file, f"member {shown(self.info.filename)}"
        with opened_member(file, self.store.archive, self.info, what) as reader:
            try:
                yield reader
            except (*FAULTS, ValueError) as error:
                raise file.fault or DataError(f"{what} is damaged: {error}") from error
