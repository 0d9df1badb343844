"""Files that are written whole or not at all, and several of them together."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shlex
import stat
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.errors import StorageError, storage_error
from smoothl1.files.uris import is_uri, resolved
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import Self

    from smoothl1.files.new_files import GoneFile, NewFile

_PROCESSES = "/proc/"
"""Where the open files, the roots and the current folders of processes are."""

_MOST_LINKS = 40
"""Links behind each other that Linux follows."""

_STANDARD = {"/dev/stdout": "1", "/dev/stderr": "2"}

_DESCRIPTOR = lazy_pattern(
    r"/dev/(?:stdout|stderr|fd/([0-9]{1,6}))|/proc/(?:self/fd/([0-9]{1,6})|[^/]+/(?:task/[0-9]+/)?fd/.+)"
)
"""An open file of a process; its number, if that is this process."""


class OutputFiles:
    """Files that are written whole or not at all, and take their names together.

    A temporary file beside each target is written and flushed to disk; where the system can, it has
    no name before that. When the context ends well, all of them are renamed: a disk that is full
    for one leaves all as they were. On any error they are removed, and the targets are as before. A
    target that is a link is replaced where it points to; a target that exists keeps its mode; a
    device, a pipe or a descriptor is written in place. An object in a store is sent when it is
    complete.
    """

    def __init__(self) -> None:
        self._new: list[NewFile | GoneFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and self._new:
                self._take_names()
        finally:
            for new in self._new:
                new.drop()

    @contextlib.contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """Open a file for writing bytes; it is complete when this context ends well.

        Args:
            path: The path or URI as the user typed it.

        Yields:
            A file open for writing bytes.

        Raises:
            StorageError: The file cannot be created or written.
        """
        if "\0" in path:
            raise StorageError("the name holds a NUL character", path=path)
        if not path:
            raise StorageError("the name is empty", path=path)
        path = resolved(path, may_be_pattern=False)
        with _named_errors(path), self._writing(path) as file:
            yield file

    def remove(self, path: str) -> None:
        """Let a local file go when the others take their names, if it is there.

        Args:
            path: Its path.
        """
        from smoothl1.files.new_files import GoneFile  # late: few outputs replace others so

        if os.path.lexists(path):
            self._new.append(GoneFile(path))

    def _writing(self, path: str) -> AbstractContextManager[BinaryIO]:
        if is_uri(path):
            from smoothl1.files.stores.writing import uploaded  # late: most outputs are files

            return uploaded(path)
        return _opened_in_place(path) if is_written_in_place(path) else self._replacing(path)

    @contextlib.contextmanager
    def _replacing(self, path: str) -> Iterator[BinaryIO]:
        from smoothl1.files.new_files import NewFile  # late: not all runs write files

        new = NewFile(path, _replaced(path))
        try:  # from before the file exists: a signal may come at any moment
            with new.opened() as file:
                yield file
            self._new.append(new)
        except BaseException:
            new.drop()
            raise

    def _take_names(self) -> None:
        from smoothl1.files.new_files import rename_together  # late, as above

        for new in self._new:
            with _named_errors(new.path):
                new.close()
        try:
            rename_together(self._new)
        except OSError as error:
            path = next(new.path for new in self._new if new.target == error.filename2)
            with _named_errors(path):
                raise


def _replaced(path: str) -> str:
    """The file that an output replaces, which is no link.

    Raises:
        OSError: It is a folder.
        StorageError: It would be in a folder that is not there.
    """
    is_of_process = path.startswith(_PROCESSES)  # perhaps of another root, seen only from there
    target = path if is_of_process else os.path.realpath(path)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.endswith(os.sep):
        raise StorageError("no such directory", path=path, hint=_advice_on(path))
    return target


@contextlib.contextmanager
def atomic_file(path: str) -> Iterator[BinaryIO]:
    """Open a file for writing bytes, which takes its name only once it is complete.

    Args:
        path: The path or URI as the user typed it; see `OutputFiles`.

    Yields:
        A file open for writing bytes.

    Raises:
        StorageError: The file cannot be created, written or renamed.
    """
    with OutputFiles() as files, files.opened(path) as file:
        yield file


@contextlib.contextmanager
def _named_errors(path: str) -> Iterator[None]:
    """Let errors of the system name an output."""
    try:
        yield
    except (StorageError, BrokenPipeError):
        raise
    except OSError as error:
        advice = None if isinstance(error, PermissionError) else _advice_on(path)
        raise storage_error(error, path, advice) from error


def _advice_on(path: str) -> str | None:
    """What to do about an output that cannot be created, if that is known."""
    if is_uri(path) or is_written_in_place(path):
        return None
    if os.path.isdir(path):
        return f"name a file in it, such as {shlex.quote(os.path.join(path, 'out.txt'))}"
    folder = os.path.dirname(path if not os.path.islink(path) else os.path.realpath(path))
    return None if not folder or os.path.exists(folder) else f"mkdir -p {shlex.quote(folder)}"


def check_creatable(path: str) -> None:
    """Refuse a path at which no file can be created, before any work.

    Args:
        path: The path as the user typed it.

    Raises:
        StorageError: The file could not be created.
    """
    with contextlib.suppress(_NotWantedError), atomic_file(path):
        raise _NotWantedError


class _NotWantedError(Exception):
    """Ends the writing of a file that was only tried."""


def is_written_in_place(path: str) -> bool:
    """Whether a target is a device, a pipe or an open descriptor, which cannot be replaced.

    Args:
        path: A local path.
    """
    if _descriptor_behind(path) or (path.startswith(_PROCESSES) and os.path.islink(path)):
        return True
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):  # whoever creates it says why that cannot be done
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextlib.contextmanager
def _opened_in_place(path: str) -> Iterator[BinaryIO]:
    """Open a device, a pipe or a descriptor; a descriptor of this process goes on where it is."""
    from smoothl1.files.patient import PatientFile  # late: few outputs are such

    with io.BufferedWriter(PatientFile(_descriptor(path), "wb")) as file:
        yield file
        file.flush()
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and not _only_adds(file.fileno()):
            file.truncate()  # here, not when it was opened: until now nothing was lost


def _only_adds(file: int) -> bool:
    """Whether a descriptor was opened to add to a file, which keeps all that it has."""
    import fcntl  # late: no other system has such descriptors

    return bool(fcntl.fcntl(file, fcntl.F_GETFL) & os.O_APPEND)


def _descriptor_behind(path: str) -> str | None:
    """The usual name of the open file that a path leads to, perhaps by links; None if it is none.

    Containers have links to /dev/stdout in place of logs.
    """
    own = re.compile(rf"/proc/{os.getpid()}/(?:task/[0-9]+/)?fd/([0-9]+)")
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(path)
        real = os.path.join(os.path.realpath(folder), name)
        if (match := own.fullmatch(real)) is not None:
            return f"/proc/self/fd/{match[1]}"
        for known in (path, real):
            if _DESCRIPTOR.fullmatch(known):
                return known
        path = real
        try:
            path = os.path.join(os.path.dirname(path), os.readlink(path))
        except (OSError, ValueError):  # it is no link
            return None
    return None


def _descriptor(path: str) -> int:
    path = _descriptor_behind(path) or path
    own = _DESCRIPTOR.fullmatch(path)
    number = _STANDARD.get(path) or (own and (own[1] or own[2]))
    if number is None:
        return os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    import fcntl  # late: no other system has such paths

    if fcntl.fcntl(int(number), fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # now, not when it is written
    return os.dup(int(number))
