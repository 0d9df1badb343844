"""Names in folders: of the file system, or of a store. What decides about them is the same."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from smoothl1.errors import storage_error
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Errors that say that there is no such file or folder, not that it may not be read."""


class Tree(Protocol):
    """Where names lead. A fault is an `OSError` of the system, or a `StorageError` of a store."""

    @property
    def has_links(self) -> bool:
        """Whether two names may lead to one file, and some to what is no file."""
        ...

    @property
    def unnamed(self) -> Sequence[str]:
        """Paths with an empty part, seen in the folders listed so far: nothing can open them."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder of this name; one that cannot be looked at is none."""
        ...

    def is_there(self, path: str) -> bool:
        """Whether there is anything of this name, be it a link that leads nowhere."""
        ...

    def names(self, folder: str, *, only_folders: bool = False) -> list[str]:
        """The names in a folder, in any order."""
        ...

    def folders(self, folder: str) -> list[str]:
        """The names of folders in a folder; what cannot be looked at is none."""
        ...

    def which(self, folder: str, names: Sequence[str]) -> set[str]:
        """Those of some names that are in a folder, be they links that lead nowhere."""
        ...

    def list_below(self, folder: str) -> None:
        """Prepare to be asked for the names in a folder and in all below it."""
        ...

    def names_below(self, folder: str) -> Iterator[str]:
        """The files in a folder and in all below it, by their names from there: `a/b.txt`."""
        ...

    def files_below(self, folder: str) -> Iterator[tuple[str, int]]:
        """The same, and the size of each; links that lead nowhere are left out."""
        ...

    def beginning(self, path: str, n_bytes: int) -> bytes:
        """The first bytes of a file, so many at most; `IsADirectoryError` if it is no file."""
        ...

    def empty(self, paths: Sequence[str]) -> list[str]:
        """Those of some files that are known to have no byte."""
        ...

    def parent(self, folder: str) -> str:
        """The folder that a folder is in; of the root, itself."""
        ...


class LocalTree:
    """The file system."""

    has_links = True
    unnamed = ()
    is_folder = staticmethod(os.path.isdir)

    def is_there(self, path: str) -> bool:
        os.lstat(path)
        return True

    def names(self, folder: str, *, only_folders: bool = False) -> list[str]:
        if not only_folders:
            return os.listdir(folder or os.curdir)
        with os.scandir(folder or os.curdir) as entries:
            return [entry.name for entry in entries if _is_folder(entry)]

    def folders(self, folder: str) -> list[str]:
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    found += [entry.name] * entry.is_dir()
        return found

    def which(self, folder: str, names: Sequence[str]) -> set[str]:
        return {name for name in names if _is_there(os.path.join(folder, name))}

    def list_below(self, folder: str) -> None:
        """Do nothing: a folder is listed when its turn comes."""

    def names_below(self, folder: str) -> Iterator[str]:
        for top, _, names in os.walk(folder, onerror=_raise):
            above = os.path.relpath(top, folder).replace(os.sep, "/")
            for name in names:
                yield name if above == "." else f"{above}/{name}"

    def all_below(self, folder: str) -> Iterator[str]:
        """The files and the folders below a folder, by their names from there, in order."""
        for top, folders, names in os.walk(folder, onerror=_raise):
            folders.sort()
            above = os.path.relpath(top, folder)
            for name in sorted([*folders, *names]):
                yield name if above == "." else os.path.join(above, name)

    def files_below(self, folder: str) -> Iterator[tuple[str, int]]:
        for name in self.names_below(folder):
            with suppress(FileNotFoundError):
                yield name, os.stat(os.path.join(folder, name)).st_size

    def beginning(self, path: str, n_bytes: int) -> bytes:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe or a device may never end
            raise IsADirectoryError("not a regular file")
        with open(path, "rb") as file:
            return file.read(n_bytes)

    def empty(self, paths: Sequence[str]) -> list[str]:
        return [path for path in paths if _is_empty(path)]

    def parent(self, folder: str) -> str:
        return os.path.dirname(folder)


LOCAL = LocalTree()


def _raise(error: OSError) -> None:
    raise error


def _is_empty(path: str) -> bool:
    try:
        status = os.stat(path)
    except OSError:  # is reported when the file is opened
        return False
    return status.st_size == 0 and stat.S_ISREG(status.st_mode)


def _is_there(path: str) -> bool:
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno in (*NOT_THERE, errno.ENAMETOOLONG):
            return False
        raise
    return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        if error.errno in NOT_THERE:
            return False
        raise storage_error(error, entry.path) from error


def tree_of(path: str) -> Tree:
    """The tree that a path is in.

    Args:
        path: A resolved path.
    """
    if not is_uri(path):
        return LOCAL
    from smoothl1.files.stores.tree import StoreTree  # late: most paths are local

    return StoreTree()
