"""Every way smoothl1 can fail, drawn as one tree.

```
SmoothL1Error
├── SettingsError  (also ValueError)   exit 2   the request is wrong; nothing was read or written
├── DataError      (also ValueError)   exit 3   an input's content cannot be trusted or understood
│   ├── DtypeError   (also TypeError)           its numbers are of a kind that has no loss
│   ├── NoColumnError                           a column that was asked for is not there
│   └── ShapeError                              the two sides do not pair up
├── StorageError   (also OSError)      exit 4   the system refused: open, read, write, space
└── MissingExtraError (also ImportError) exit 4 an optional package is not installed
```

Only the command line's error boundary turns an error into text and an exit code.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_MEMORY = (
    "bad_alloc",
    "out of memory",
    "not enough memory",
    "insufficient memory",
    "cannot allocate",
    "allocation_failed",
)
"""Words of C++ and of compression libraries for a system without memory, in lower case. HDF5 says
"allocation failed" of damaged sizes, too."""

_OF_THREADS = ("start new thread", "launch worker thread")
"""Words of Python and of Arrow for a system that has no more threads, or no memory for one."""

_OF_LINKER = ("failed to map segment", "cannot allocate memory", "cannot map")
"""Words of the dynamic linker for a library that does not fit into the memory allowed."""

TEMPORARY_HINT = "TMPDIR names the folder of temporary files"
"""What to do where temporary files cannot be written."""


class SmoothL1Error(Exception):
    """Root of all errors that smoothl1 raises on purpose.

    Args:
        what: The fault and its place (row, column, byte), with the value found and the one
            expected.
        path: The input or output concerned, as the user typed it.
        hint: What to do about it: usually the option that settles the matter.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, path: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.path or repr('')}: " if self.path is not None else ""
        hint = f" [{self.hint}]" if self.hint else ""
        return f"{where}{self.what}{hint}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.path, self.hint))


def _rebuild(
    kind: type[SmoothL1Error], what: str, path: str | None, hint: str | None
) -> SmoothL1Error:
    """Pickling support: keyword-only arguments do not survive `Exception.__reduce__`."""
    return kind(what, path=path, hint=hint)


class SettingsError(SmoothL1Error, ValueError):
    """The request contradicts itself or names something that does not exist."""

    exit_code = 2


class DataError(SmoothL1Error, ValueError):
    """An input's content cannot be trusted or understood."""

    exit_code = 3


class DtypeError(DataError, TypeError):
    """The numbers are of a kind that has no Smooth L1 loss (complex, text, dates, objects)."""


class NoColumnError(DataError):
    """A column that was asked for is not there.

    Args:
        what: See `SmoothL1Error`.
        name: The name that no column has, as it was given.
    """

    def __init__(
        self, what: str, *, path: str | None = None, hint: str | None = None, name: str = ""
    ) -> None:
        super().__init__(what, path=path, hint=hint)
        self.name = name

    def __reduce__(self) -> tuple[object, ...]:
        return (*super().__reduce__(), {"name": self.name})


class ColumnTypeError(DataError):
    """A column may hold other numbers in a file than the table has to which the file belongs."""


class ShapeError(DataError):
    """Predictions and targets do not pair up."""


class StorageError(SmoothL1Error, OSError):
    """The operating system refused to open, read, write or keep something."""

    exit_code = 4


class MissingExtraError(SmoothL1Error, ImportError):
    """An optional package is needed and not installed."""

    exit_code = 4


_ERRORS_OF_CONTENT = (SmoothL1Error, ValueError, LookupError, TypeError, NotImplementedError)
"""Errors that only content has, whose words may be names in a file."""


@contextmanager
def naming(path: str | None) -> Iterator[None]:
    """Let errors about content name the input that it is the content of.

    Args:
        path: The input, as the user typed it.
    """
    try:
        yield
    except DataError as error:
        error.path = path
        raise


def storage_error(error: OSError, path: str, hint: str | None = None) -> StorageError:
    """Give an `OSError` the path as the user typed it and the system's own words.

    Args:
        error: The error that the system raised. Of a `StorageError`, which is one already, an equal
            one is made: an error that is raised from itself is a circle that cannot be pickled.
        path: The file concerned.
        hint: What to do about it.

    Returns:
        The error to raise in its place, with the same `errno`.
    """
    if isinstance(error, StorageError):
        again = StorageError(error.what, path=error.path, hint=error.hint)
        again.errno = error.errno
        return again
    words = os.strerror(error.errno) if error.errno else str(error)
    if error.errno == errno.ENOENT and os.path.islink(path):
        words = f"a link to {os.readlink(path)}, which is not there"
    wrapped = StorageError(words[:1].lower() + words[1:], path=path, hint=hint)
    wrapped.errno = error.errno
    return wrapped


def lack_of(error: BaseException) -> Literal["memory", "threads"] | None:
    """What the system lacks, if a library's error says so.

    Libraries raise errors of the same types for that as for damaged content, so that words decide.

    Args:
        error: Any error.
    """
    is_of_system = isinstance(error, OSError)
    number = getattr(error, "errno", None)
    if isinstance(error, MemoryError) or (is_of_system and number == errno.ENOMEM):
        return "memory"
    if is_of_system and number not in (None, errno.EAGAIN):
        return None
    words = _words_of(error).lower()
    if isinstance(error, ImportError):
        return "memory" if any(some in words for some in _OF_LINKER) else None
    if isinstance(error, _ERRORS_OF_CONTENT):
        return None
    if any(some in words for some in _OF_MEMORY) or _ends_with(words, number, errno.ENOMEM):
        return "memory"
    # what the system says of a thread is all that std::thread says
    is_of_thread = any(some in words for some in _OF_THREADS)
    return "threads" if is_of_thread or _ends_with(words, number, errno.EAGAIN) else None


def _words_of(error: BaseException) -> str:
    """What an error says, without the file that it names."""
    named = isinstance(error, OSError) and error.filename is not None
    return str(error.strerror) if named else str(error)  # type: ignore[attr-defined]


def _ends_with(words: str, number: int | None, of: int) -> bool:
    """Whether words without a number end with what the system says for one, in any language."""
    return number is None and words.endswith(os.strerror(of).lower())


def system_error(error: Exception, path: str) -> MemoryError | StorageError | None:
    """What to raise for a library's error if the system is its cause, and not what was read.

    Args:
        error: The error of a library that reads content.
        path: What it read, as the user typed it. An error that names another file keeps its name.

    Returns:
        The error to raise, which names no file where any file would have it; None if the content
        is the cause, as far as the error tells.
    """
    lack = lack_of(error)
    if lack == "memory":
        return error if isinstance(error, MemoryError) else MemoryError(str(error))
    if lack == "threads":
        return StorageError("the system starts no more threads", hint="fewer --threads")
    if not isinstance(error, OSError) or isinstance(error, SmoothL1Error) or not error.errno:
        return None
    named = error.filename
    is_named = isinstance(named, str) and not named.startswith("/dev/fd/")
    return storage_error(error, named if is_named else path)


def excerpt(value: object) -> str:
    """A value for a message, with at most 60 characters of it.

    Python refuses to write integers of thousands of digits, alone or within other values.
    """
    try:
        return " ".join(repr(value).split("\n"))[:60]  # an array's has several lines
    except ValueError:
        return "a number of thousands of digits"


def counted(n: int, noun: str) -> str:
    """A number with what it counts, in a message: "1 row", "1,200 rows"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
