"""Stores that pyarrow speaks to: S3, Google Cloud Storage, Azure."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from pyarrow import fs as arrow_fs

from smoothl1.errors import SettingsError
from smoothl1.files.stores.contract import Entry, ObjectState
from smoothl1.files.stores.retries import TRIES
from smoothl1.files.stores.s3 import options_of_s3
from smoothl1.files.stores.s3_answers import has_lost_body, whole_answer, with_reason
from smoothl1.files.uris import bucket_and_key, hiding_secrets, scheme_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.files.uris import Given

_STEP_BYTES = 10 << 20
"""Bytes written in a request: a part of an object of S3, of which there are 10,000 at most."""

_FULL_PAGE = 999
"""Fewest names in a listing that may have further pages: 1,000 objects, one of which may be the
folder itself."""

_ETAG_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e"
"""The ETag of an object of 0 bytes: the MD5 of nothing."""

_MARKS = (b"\xf9", b"\xf6", b"\xf5")
"""What the last byte of a buffer is before it is read into, a mark for each try.

None is in UTF-8, nor usual as the last byte of a number.
"""

_kept_open: list[Any] = []
"""Writers of objects that were given up. To release one would complete the object, cut short."""

_KINDS = {arrow_fs.FileType.File: "file", arrow_fs.FileType.Directory: "folder"}


class ArrowObject:
    """An object that pyarrow has opened.

    Of S3, pyarrow says that all bytes were read, whatever came. An answer that has fewer, and says
    so in its Content-Length, leaves the rest of the buffer as it was.

    Args:
        file: The object.
        state: Its state.
        told: Gives an error the words of the store, if it has none.
    """

    def __init__(
        self,
        file: Any,
        state: ObjectState,
        told: Callable[[OSError], OSError] = lambda error: error,
    ) -> None:
        self.state = state
        self._file = file
        self._told = told

    def read(self, offset: int, n_bytes: int) -> bytes:
        failed: OSError = ConnectionError("connection broken: answers have too few bytes")
        for mark in _MARKS:
            try:
                data = self._read_over(mark, offset, n_bytes)
            except OSError as error:
                failed = self._told(error)
                if failed is not error or not has_lost_body(error):
                    raise failed from error
                continue  # the client makes other requests that fail again by itself
            if data[-1:] != mark:  # a byte of the object differs from all marks but one
                return data
        raise failed

    def _read_over(self, mark: bytes, offset: int, n_bytes: int) -> bytes:
        """Read into a buffer that ends with a mark, which only a whole answer replaces."""
        if not n_bytes:
            return b""
        buffer = io.BytesIO()  # its content becomes bytes without a copy
        buffer.seek(n_bytes - 1)
        buffer.write(mark)
        stream = self._file.get_stream(offset, n_bytes)  # has a position of its own
        with buffer.getbuffer() as view:
            n_read = stream.readinto(view)
        buffer.truncate(n_read)
        return buffer.getvalue()


class ArrowStore:
    """A bucket.

    Args:
        filesystem: The file system of pyarrow.
        bucket: How names of its objects begin there.
        completes: Whether an object appears when its writer is closed, and not before.
    """

    def __init__(self, filesystem: arrow_fs.FileSystem, bucket: str, *, completes: bool) -> None:
        self._filesystem = filesystem
        self._bucket = bucket
        self._completes = completes

    def open(self, key: str) -> ArrowObject:
        path = self._path(key)
        with ExitStack() as stack:
            for _ in range(TRIES):
                stack.close()
                file = stack.enter_context(self._open(path))
                state = self._state(file, path)
                if not self._may_be_cut(state):
                    break
            else:
                if self._listed_bytes(path):
                    what = "connection broken: answers to HEAD have no Content-Length"
                    raise ConnectionError(what)
            stack.pop_all()
            return ArrowObject(file, state, partial(self._told, path))

    def _open(self, path: str) -> Any:
        try:
            return self._filesystem.open_input_file(path)
        except OSError as error:
            raise self._told(path, error) from error

    def _told(self, path: str, error: OSError) -> OSError:
        return with_reason(error, self._filesystem, path)

    def _infos(self, what: Any, path: str) -> Any:
        """What pyarrow says of a path, several, or what is in a folder; a cut answer is no answer.

        Args:
            what: The paths, or the selector.
            path: The path, or one of them, for the words of a refusal.
        """
        try:
            return whole_answer(partial(self._filesystem.get_file_info, what))
        except OSError as error:
            raise self._told(path, error) from error

    def _may_be_cut(self, state: ObjectState) -> bool:
        """Whether the size may be 0 only since the answer ended before it.

        An answer to HEAD has no body whose length would tell. The S3 client takes a size that is
        not there for 0. The ETag of an object without bytes is known, unless it is encrypted.
        """
        is_s3 = self._filesystem.type_name == "s3"
        return is_s3 and state.size == 0 and state.version.strip('"') != _ETAG_OF_NOTHING

    def _listed_bytes(self, path: str) -> int:
        """The size of an object in the listing of its folder, a body that cannot be cut unseen.

        pyarrow lists folders only: of a single object, it asks for the HEAD again.
        """
        folder = arrow_fs.FileSelector(path.rpartition("/")[0])
        found = self._infos(folder, path)
        return next((info.size or 0 for info in found if info.path == path), 0)

    def _state(self, file: Any, path: str) -> ObjectState:
        """The state of an object that is open.

        Of Google Cloud, files of pyarrow would ask for it with Python's lock held, so that no limit
        of time could be kept.
        """
        asks = self._filesystem.type_name == "gcs"
        told = {} if asks else {name.lower(): x for name, x in (file.metadata() or {}).items()}
        version = told.get("etag") or told.get("last-modified")
        if version is not None:
            return ObjectState(version.decode(errors="replace"), file.size())
        if self._filesystem.type_name == "s3" and not file.size():
            return ObjectState("", 0)  # see `_may_be_cut`
        info = self._infos(path, path)
        return ObjectState(str(info.mtime_ns), info.size)

    def kinds(self, keys: Sequence[str]) -> list[str]:
        kinds = self._kinds(keys)
        missing = [key for key, kind in zip(keys, kinds, strict=True) if not kind]
        if not missing or self._filesystem.type_name != "s3":
            return kinds
        further = iter(self._kinds(missing))  # S3 may have answered without content, see `_listed`
        return [kind or next(further) for kind in kinds]

    def _kinds(self, keys: Sequence[str]) -> list[str]:
        paths = [self._path(key) for key in keys]
        found = self._infos(paths, paths[0]) if paths else []
        return [_KINDS.get(info.type, "") for info in found]

    def entries(self, folder: str, *, recursive: bool) -> list[Entry]:
        path = self._path(folder).rstrip("/")
        found = self._listed(arrow_fs.FileSelector(path, recursive=recursive))
        n, folder_type = len(path) + 1, arrow_fs.FileType.Directory
        return [Entry(x.path[n:], x.type == folder_type, x.size, x.mtime_ns) for x in found]

    def _listed(self, selector: arrow_fs.FileSelector) -> list[arrow_fs.FileInfo]:
        """What is in a folder. Long listings are made until two of them agree, empty ones twice.

        The S3 client takes an answer without content, in place of a page, for the end.

        Raises:
            ConnectionError: No two agree.
        """
        ask = partial(self._infos, selector, selector.base_dir)
        is_s3 = self._filesystem.type_name == "s3"
        try:
            found: list[arrow_fs.FileInfo] = ask()
        except OSError:  # nothing is there, in the words of pyarrow or of S3
            if not is_s3:
                raise
            found = ask()
        if not is_s3 or len(found) < _FULL_PAGE:
            return found
        for _ in range(TRIES):
            before, found = found, ask()
            if {info.path for info in found} == {info.path for info in before}:
                return found
        raise ConnectionError("connection broken: listings of a folder differ")

    def has_bucket(self) -> bool:
        if self._filesystem.type_name == "abfs":
            # Where no credentials are found, pyarrow 26 catches what the SDK raises for any name
            # within a container, and ends the process by it for the container itself.
            self.kinds(["-"])
        kind = self._infos(self._bucket, self._bucket).type
        return bool(kind != arrow_fs.FileType.NotFound)

    def upload(self, key: str, file: BinaryIO) -> Iterator[None]:
        path = self._path(key)
        if self._completes:
            yield from self._write(path, file)
            return
        written = f"{path}.smoothl1-{os.urandom(8).hex()}.tmp"
        try:
            yield from self._write(written, file)
            self._rename(written, path)
        except BaseException:
            with suppress(OSError):
                self._filesystem.delete_file(written)
            raise
        yield

    def _write(self, path: str, file: BinaryIO) -> Iterator[None]:
        writer = self._filesystem.open_output_stream(path)
        _kept_open.append(writer)
        yield
        while data := file.read(_STEP_BYTES):
            writer.write(data)
            writer.flush()
            yield
        writer.close()
        _kept_open.remove(writer)
        yield

    def _rename(self, written: str, path: str) -> None:
        try:
            self._filesystem.move(written, path)
        except NotImplementedError:  # Azure without a hierarchical namespace
            self._filesystem.copy_file(written, path)
            self._filesystem.delete_file(written)

    def _path(self, key: str) -> str:
        return f"{self._bucket}/{key}" if key else self._bucket


def open_arrow_store(uri: str, given: Given) -> ArrowStore:
    """The store of a bucket.

    Args:
        uri: A resolved URI.
        given: What was given with the bucket.

    Raises:
        SettingsError: A parameter is not known, or has no value that it can have.
    """
    scheme = scheme_of(uri)
    if not bucket_and_key(uri)[0]:
        raise SettingsError("names no bucket", hint=f"{scheme}://BUCKET/KEY")
    if scheme == "s3":
        bucket = given.authority.rpartition("@")[2]
        return ArrowStore(
            arrow_fs.S3FileSystem(**options_of_s3(bucket, given)), bucket, completes=True
        )
    if scheme.startswith("abfs"):
        from smoothl1.files.stores.azure import container_and_options  # late: few have Azure

        container, how = container_and_options(bucket_and_key(uri)[0], given)
        return ArrowStore(arrow_fs.AzureFileSystem(**how), container, completes=False)
    query = f"?{given.query}" if given.query else ""
    whole = f"{scheme}://{given.authority}/{query}"
    try:
        filesystem, path = arrow_fs.FileSystem.from_uri(whole)
    except ValueError as error:  # of Arrow: a parameter that it does not know, or a wrong value
        raise SettingsError(" ".join(hiding_secrets(str(error)).split())[:200]) from error
    return ArrowStore(filesystem, path.rstrip("/"), completes=scheme.startswith("g"))
