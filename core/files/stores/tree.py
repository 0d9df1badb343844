"""The names below a folder of a store, as `tree.Tree` wants them: each folder is listed once."""

from __future__ import annotations

import errno
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, StorageError
from smoothl1.files.stores.contract import ObjectState
from smoothl1.files.stores.object import open_object
from smoothl1.files.stores.object import state_of as state_of_object
from smoothl1.files.stores.opening import place_of
from smoothl1.files.stores.requests import LISTING, asked
from smoothl1.files.uris import bucket_and_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.stores.contract import Entry

_WILD = frozenset("*?[")
"""What is in a pattern. A name of a store with any of them can only be read by a pattern."""


def state_of(uri: str) -> ObjectState:
    """The state of an object, or of a folder: the names, sizes and times of what is in it.

    Raises:
        StorageError: There is neither, or the store refused.
    """
    fault = StorageError("nothing is in this folder", path=uri)
    if not uri.endswith("/"):
        try:
            return state_of_object(uri)
        except StorageError as error:
            if error.errno != errno.ENOENT:
                raise
            fault = error
    objects = StoreTree().objects_below(uri)
    if not objects:
        raise fault
    from hashlib import sha256  # late: few inputs are folders that must not change

    version = sha256(repr(objects).encode(errors="surrogateescape")).hexdigest()
    return ObjectState(version, sum(size or 0 for _, size, _ in objects))


class StoreTree:
    """The folders of stores. What one says is kept: a tree is made for one look at an input."""

    has_links = False

    def __init__(self) -> None:
        self._listed: dict[str, dict[str, bool]] = {}
        self._sizes: dict[str, int] = {}
        self._written: dict[str, int | None] = {}
        self._whole: set[str] = set()
        self.unnamed: list[str] = []

    def is_folder(self, path: str) -> bool:
        if path.endswith("/") or not bucket_and_key(path)[1]:
            return True
        return not _WILD.intersection(path) and self._kind(path) == "folder"

    def is_there(self, path: str) -> bool:
        return self._kind(path) != ""

    def names(self, folder: str, *, only_folders: bool = False) -> list[str]:
        listing = self._listing(folder)
        return [name for name, is_folder in listing.items() if is_folder or not only_folders]

    def folders(self, folder: str) -> list[str]:
        return self.names(folder, only_folders=True)

    def which(self, folder: str, names: Sequence[str]) -> set[str]:
        folder = folder.rstrip("/")
        if folder in self._listed:
            return {name for name in names if name in self._listed[folder]}
        place = place_of(folder)
        keys = [f"{place.key}/{name}" if place.key else name for name in names]
        kinds = asked(lambda: place.store.kinds(keys), folder)
        return {name for name, kind in zip(names, kinds, strict=True) if kind}

    def list_below(self, folder: str) -> None:
        folder = folder.rstrip("/")
        if any(f"{folder}/".startswith(f"{whole}/") for whole in tuple(self._whole)):
            return
        listings: dict[str, dict[str, bool]] = {folder: {}}
        try:
            entries = self._entries(folder, recursive=True)
        except StorageError as error:
            if error.errno != errno.ENOENT:
                raise
            entries = []
        for entry in entries:
            names = entry.name.split("/")
            above = folder
            for name in names[:-1]:
                listings.setdefault(above, {})[name] = True
                above = f"{above}/{name}"
            listings.setdefault(above, {})[names[-1]] = entry.is_folder
            if entry.is_folder:
                listings.setdefault(f"{above}/{names[-1]}", {})
        self._listed |= listings
        self._whole.add(folder)

    def names_below(self, folder: str) -> Iterator[str]:
        folder = folder.rstrip("/")
        self.list_below(folder)
        yield from self._names_below(folder, "")

    def _names_below(self, folder: str, above: str) -> Iterator[str]:
        for name, is_folder in self._listed.get(folder, {}).items():
            if is_folder:
                yield from self._names_below(f"{folder}/{name}", f"{above}{name}/")
            else:
                yield above + name

    def files_below(self, folder: str) -> Iterator[tuple[str, int]]:
        folder = folder.rstrip("/")
        for name in self.names_below(folder):
            yield name, self._sizes.get(f"{folder}/{name}", 0)

    def objects_below(self, folder: str) -> list[tuple[str, int | None, int | None]]:
        """The names of all objects below a folder, with size and time of writing, if known."""
        folder = folder.rstrip("/")
        names = sorted(self.names_below(folder))
        paths = [f"{folder}/{name}" for name in names]
        return [
            (name, self._sizes.get(path), self._written.get(path))
            for name, path in zip(names, paths, strict=True)
        ]

    def beginning(self, path: str, n_bytes: int) -> bytes:
        file = open_object(path)
        try:
            return file.read(0, n_bytes)
        finally:
            file.close()

    def empty(self, paths: Sequence[str]) -> list[str]:
        return [path for path in paths if self._sizes.get(path) == 0]

    def parent(self, folder: str) -> str:
        scheme, _, rest = folder.rstrip("/").partition("://")
        return f"{scheme}://{rest.rpartition('/')[0] or rest}"

    def _kind(self, path: str) -> str:
        """What is at a path: "file", "folder" or "" for nothing."""
        folder, _, name = path.rstrip("/").rpartition("/")
        if folder in self._listed:
            return {True: "folder", False: "file", None: ""}[self._listed[folder].get(name)]
        place = place_of(path)
        return asked(lambda: place.store.kinds([place.key]), path)[0]

    def _listing(self, folder: str) -> dict[str, bool]:
        """Whether each name in a folder is that of a folder.

        Raises:
            DataError: An object with content and a folder have one name, which has to mean one.
        """
        folder = folder.rstrip("/")
        if folder not in self._listed:
            found = self._entries(folder, recursive=False)
            objects = {entry.name: False for entry in found if not entry.is_folder}
            folders = {entry.name: True for entry in found if entry.is_folder}
            for entry in found:
                if entry.name in folders and not entry.is_folder and entry.size != 0:
                    what = f"holds an object and a folder that are both called {entry.name}"
                    hint = "give one of them another name, or name the files one by one"
                    raise DataError(what, path=folder, hint=hint)
            self._listed[folder] = objects | folders
        return self._listed[folder]

    def _entries(self, folder: str, *, recursive: bool) -> list[Entry]:
        place = place_of(folder)
        try:
            list_them = partial(place.store.entries, place.key, recursive=recursive)
            found = asked(list_them, folder, times=LISTING)
        except StorageError as error:
            if error.errno == errno.ENOENT:
                error.what = "nothing is in this folder"
            raise
        unnamed = [x for x in found if "" in x.name.split("/")]
        self.unnamed += [f"{folder}/{x.name}{'/' if x.is_folder else ''}" for x in unnamed]
        found = [x for x in found if x not in unnamed] if unnamed else found
        objects = [x for x in found if not x.is_folder]
        sizes = {f"{folder}/{x.name}": x.size for x in objects}
        self._written |= {f"{folder}/{x.name}": x.written_ns for x in objects}
        self._sizes |= {path: size for path, size in sizes.items() if size is not None}
        return found
