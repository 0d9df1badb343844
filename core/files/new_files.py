"""New files beside those that they are to replace."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.errors import StorageError
from smoothl1.files.temporary import give_name, open_temporary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_NAME_BYTES = 150
"""Bytes of the target's name in that of the temporary file: file systems allow 255 in all."""

_MAX_PATH_BYTES = 4095
"""Bytes of a path that Linux opens."""


class NewFile:
    """A temporary file that is to replace a target.

    Args:
        path: The path of the target as the user knows it.
        target: The file that is replaced, which is no link and no folder.

    Attributes:
        path, target: As above.
        temporary: The name of the temporary file, beside the target.
        can_be_restored: Whether the target can be what it was, once it was replaced.

    Raises:
        OSError: The target may not be replaced.
        StorageError: It cannot be.
    """

    def __init__(self, path: str, target: str) -> None:
        self.path, self.target = path, target
        folder, name = os.path.split(target)
        _check_replaceable(path, target, folder or os.curdir)
        self.temporary = os.path.join(folder, _temporary_name(folder, name))
        self._kept = os.path.join(folder, _temporary_name(folder, name))
        self._file: BinaryIO | None = None
        self.can_be_restored = self._is_first = False

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Create it; when the context ends well, all of it is on disk."""
        self._file = file = open_temporary(self.temporary)
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(os.stat(self.target).st_mode)
            if mode != stat.S_IMODE(os.fstat(file.fileno()).st_mode):  # FAT and the like have one
                os.chmod(file.fileno() if os.chmod in os.supports_fd else self.temporary, mode)
        yield file
        file.flush()
        os.fsync(file.fileno())

    def close(self) -> None:
        """Close it under its temporary name."""
        if self._file is not None:
            give_name(self._file, self.temporary)
            self._file.close()

    def keep_old(self) -> None:
        """Keep the target under a further name until `drop`, so that it can be restored.

        Not all file systems have files of two names, and not all users may give them.
        """
        self._is_first = not os.path.lexists(self.target)
        with contextlib.suppress(OSError):
            os.link(self.target, self._kept)
            self.can_be_restored = True
        self.can_be_restored |= self._is_first

    def restore(self) -> None:
        """Let the target be what it was before `keep_old`, if it was replaced and if it can be."""
        if not self.can_be_restored or os.path.lexists(self.temporary):
            return
        with contextlib.suppress(OSError):
            if self._is_first:
                os.unlink(self.target)
            else:
                os.replace(self._kept, self.target)  # fails if it has been restored before

    def drop(self) -> None:
        """Remove it, unless it has taken the name of the target."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        for name in (self.temporary, self._kept):
            with contextlib.suppress(OSError):
                os.unlink(name)


class GoneFile:
    """A file that is removed: it is renamed, together with others, and then `drop` removes it.

    Args:
        path: The path of the file, which is there.

    Attributes:
        path: As above.
        temporary: The name that it has.
        target: The name that it gets.
        can_be_restored: Whether it can get its name again.
    """

    can_be_restored = True

    def __init__(self, path: str) -> None:
        self.path = self.temporary = path
        folder, name = os.path.split(path)
        self.target = os.path.join(folder, _temporary_name(folder, name))

    def close(self) -> None:
        """Do nothing: it is not open."""

    def keep_old(self) -> None:
        """Do nothing: its new name is that of no other file."""

    def restore(self) -> None:
        """Give it its name again, if it was renamed."""
        with contextlib.suppress(OSError):
            os.replace(self.target, self.path)

    def drop(self) -> None:
        """Remove it, if it was renamed."""
        with contextlib.suppress(OSError):
            os.unlink(self.target)


def rename_together(files: Sequence[NewFile | GoneFile]) -> None:
    """Let closed files replace their targets, and others go, all of them or none.

    Args:
        files: The files, each with a target of its own.

    Raises:
        OSError: One could not be renamed, with its target as the second name. Those that were
            renamed before it are as they were, if their old files could be kept.
    """
    if len(files) > 1:
        for file in files:
            file.keep_old()
        files = sorted(files, key=lambda file: not file.can_be_restored)
    temporary, targets = [file.temporary for file in files], [file.target for file in files]
    try:  # in one call: Python runs what handles signals between its own instructions only
        list(map(os.replace, temporary, targets))
    except BaseException:
        try:
            _restore(files)
        except BaseException:  # a signal, which is heard once
            _restore(files)
            raise
        raise
    for folder in {os.path.dirname(target) for target in targets}:
        _flush_folder(folder)


def _restore(files: Sequence[NewFile | GoneFile]) -> None:
    """Restore those that were renamed; what was restored before stays so."""
    for file in files:
        file.restore()


def _check_replaceable(path: str, target: str, folder: str) -> None:
    """Refuse a target that could not be replaced, before any work.

    Raises:
        OSError: It belongs to somebody else, in a folder where that counts, such as /tmp.
        StorageError: It is mounted, as containers mount single files.
    """
    try:
        old, around = os.lstat(target), os.stat(folder)
    except OSError:
        return
    if _is_mounted(target):
        hint = "mount its folder, or name another file"
        raise StorageError("is mounted by itself, and cannot be replaced", path=path, hint=hint)
    if around.st_mode & stat.S_ISVTX and os.name == "posix":
        user = os.geteuid()
        if user and user not in (old.st_uid, around.st_uid):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _is_mounted(target: str) -> bool:
    """Whether a file is mounted by itself, by the list of Linux."""
    with contextlib.suppress(OSError), open("/proc/self/mountinfo", "rb") as mounts:
        name = os.fsencode(target)
        for char in b"\\ \t\n":
            name = name.replace(bytes([char]), b"\\%03o" % char)
        return b" %s " % name in mounts.read()
    return False


def _temporary_name(folder: str, name: str) -> str:
    """A name that no other file has, and shows whose it is, as far as a path may be that long."""
    rest = f".smoothl1-{os.urandom(8).hex()}.tmp"
    n_bytes = _MAX_PATH_BYTES - len(os.fsencode(os.path.join(folder, f".{rest}")))
    if n_bytes < 0:
        return f".{os.urandom(4).hex()}"
    short = os.fsdecode(os.fsencode(name)[: min(_MAX_NAME_BYTES, n_bytes)])
    return f".{short}{rest}"


def _flush_folder(folder: str) -> None:
    """Make the new name itself durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
