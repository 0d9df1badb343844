"""Stores that fsspec speaks to: Hugging Face, the web, and others whose packages are installed."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from smoothl1.errors import MissingExtraError, SettingsError
from smoothl1.files.stores.contract import Entry, ObjectState
from smoothl1.files.uris import scheme_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.uris import Given

_VERSIONS = ("ETag", "etag", "oid", "blob_id", "mtime", "LastModified", "created")
"""Names by which implementations tell the version of an object, the best first."""

_KINDS = {"file": "file", "directory": "folder"}

_LIBRARY = re.compile(r"(?:Unable to load|attempt to load|dlopen\() ?(?:\S*/)?(?P<name>lib\w+)")
"""How Arrow, which loads Hadoop's libraries when they are asked for, says that one is missing."""

_STEP_BYTES = 8 << 20


class FsspecObject:
    """An object of a known state. Each range is a request of its own, so threads may read."""

    def __init__(self, filesystem: Any, path: str, state: ObjectState) -> None:
        self.state = state
        self._filesystem = filesystem
        self._path = path

    def read(self, offset: int, n_bytes: int) -> bytes:
        data = self._filesystem.cat_file(self._path, start=offset, end=offset + n_bytes)
        return bytes(data)


class FsspecStore:
    """What begins as a URI does, in one of the file systems of fsspec.

    Args:
        filesystem: The file system.
        root: How names of objects begin there; after it come their keys.
    """

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def open(self, key: str) -> FsspecObject:
        path = self._path(key)
        self._filesystem.invalidate_cache()
        told = self._filesystem.info(path)
        if told["type"] != "file":
            raise FileNotFoundError(path)
        version = next((str(told[name]) for name in _VERSIONS if told.get(name)), "")
        if told.get("size") is None:
            raise OSError("the server does not tell the size, which is needed")
        return FsspecObject(self._filesystem, path, ObjectState(version, int(told["size"])))

    def kinds(self, keys: Sequence[str]) -> list[str]:
        return [self._kind(self._path(key)) for key in keys]

    def entries(self, folder: str, *, recursive: bool) -> list[Entry]:
        path = self._path(folder).rstrip("/")
        self._filesystem.invalidate_cache()
        if recursive:
            found = self._filesystem.find(path, withdirs=True, detail=True).values()
        else:
            found = self._filesystem.ls(path, detail=True)
        told = ((x["name"].rstrip("/"), x["type"] == "directory", x.get("size")) for x in found)
        n = len(str(self._filesystem._strip_protocol(path)).rstrip("/")) + 1  # noqa: SLF001
        return [Entry(name[n:], *rest) for name, *rest in told if len(name) > n]

    def has_bucket(self) -> bool:
        return True  # some make folders as they are needed, others say so when they are written to

    def upload(self, key: str, file: BinaryIO) -> Iterator[None]:
        path = self._path(key)
        self._filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        written = f"{path}.smoothl1-{os.urandom(8).hex()}.tmp"
        try:
            with self._filesystem.open(written, "wb") as writer:
                while data := file.read(_STEP_BYTES):
                    writer.write(data)
                    yield
            self._filesystem.mv(written, path)
        except BaseException:
            if self._filesystem.exists(written):
                self._filesystem.rm_file(written)
            raise
        yield

    def _kind(self, path: str) -> str:
        try:
            return _KINDS.get(self._filesystem.info(path)["type"], "")
        except FileNotFoundError:
            return ""

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}" if key else self._root


def open_fsspec_store(uri: str, given: Given) -> FsspecStore:
    """The store of a URI.

    Args:
        uri: A resolved URI.
        given: What was given with it.

    Raises:
        MissingExtraError: fsspec, the package of the protocol, or a library that it loads, is not
            installed.
        SettingsError: The protocol needs more than a URI says, such as another file system.
    """
    scheme = scheme_of(uri)
    fsspec, kind = _class_of(scheme, uri)
    if issubclass(kind, fsspec.archive.AbstractArchiveFileSystem):  # it would open this folder
        raise _needs_more(scheme)
    query = f"?{given.query}" if given.query else ""
    try:
        filesystem, root = fsspec.core.url_to_fs(f"{scheme}://{given.authority}{query}")
    except (AttributeError, TypeError, ValueError) as error:  # arguments that are missing
        raise _needs_more(scheme) from error
    except OSError as error:
        if found := _LIBRARY.search(str(error)):
            raise _without_library(scheme, found["name"]) from error
        raise
    return FsspecStore(filesystem, str(root))


def _class_of(scheme: str, uri: str) -> tuple[Any, type]:
    """fsspec, and the class of the file systems of a protocol."""
    try:
        import fsspec.archive
    except ImportError as error:
        raise MissingExtraError(
            f"{scheme}:// is read by fsspec, which is not installed",
            hint=_hint("pip install fsspec", uri),
        ) from error
    try:
        return fsspec, fsspec.get_filesystem_class(scheme)
    except ValueError as error:
        known = "file, s3, gs, abfs, hf and those of fsspec can be read"
        raise MissingExtraError(f"no protocol is called {scheme}://", hint=known) from error
    except ImportError as error:
        words = " ".join(str(error).split())
        raise MissingExtraError(
            f"the package for {scheme}:// is not installed", hint=_hint(words[:200], uri)
        ) from error


def _needs_more(scheme: str) -> SettingsError:
    what = f"{scheme}:// needs arguments beside the URI, which cannot be given"
    return SettingsError(what, hint="copy or unpack the file first, and give its path")


def _without_library(scheme: str, name: str) -> MissingExtraError:
    what = f"the library {name} for {scheme}:// is not found"
    hint = "install Java and Hadoop, and set JAVA_HOME, HADOOP_HOME and CLASSPATH"
    return MissingExtraError(what, hint=hint)


def _hint(words: str, uri: str) -> str | None:
    """What to install; a page of the web can be downloaded by other means, too."""
    if scheme_of(uri) in ("http", "https"):
        return f"download it first, with curl -LO or wget; or: {words}"
    return words or None
