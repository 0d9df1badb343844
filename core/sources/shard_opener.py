"""Opens the files of a set, several at a time where each has to be waited for."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from smoothl1.engines.threads import mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]
    OpenFile = Callable[[str, Warn], Table]

T = TypeVar("T")

OF_STORE = 16
"""Objects of a store that are opened at a time: what takes long is the way there and back. Each
takes the memory of a footer, and at most 2 MiB more."""

OF_FOLDER = 8
"""Files that are opened at a time if there are many: a disk may be far away, too. Python's lock is
held meanwhile, so that no more is won."""

MANY = 64
"""Files that are many: for fewer, no thread is started."""


class ShardOpener(NamedTuple):
    """Opens each file of a set.

    Attributes:
        open: Opens a file as a table, given its path and what takes warnings.
        warn: Takes a warning.
        is_remote: Whether the files are objects in a store.
    """

    open: OpenFile
    warn: Warn
    is_remote: bool = False

    def __call__(self, path: str) -> Table:
        """Open one file."""
        return self.open(path, self.warn)

    def each(self, function: Callable[[Table], T], paths: Sequence[str]) -> Generator[T]:
        """Call a function on the table of each file, several at a time if that may save time.

        Args:
            function: The function; the table is closed when it returns.
            paths: The paths of the files.

        Yields:
            The results, in the order of the files. Warnings are given in that order, too.

        Raises:
            SmoothL1Error: The first error in the order of the files.
        """
        look = partial(self._look, function)
        n_at_once = OF_STORE if self.is_remote else OF_FOLDER if len(paths) >= MANY else 1
        is_awaited = not self.is_remote  # a store may not answer for a minute
        with closing(mapped(look, paths, n_at_once, is_awaited=is_awaited)) as looks:
            for look_at_file in looks:
                yield look_at_file.given(self.warn)

    def _look(self, function: Callable[[Table], T], path: str) -> _Look[T]:
        warnings: list[str] = []
        try:
            with closing(self.open(path, warnings.append)) as table:
                return _Look(warnings, [function(table)])
        except Exception as error:  # noqa: BLE001  raised after the warnings
            return _Look(warnings, [], error)


class _Look(NamedTuple, Generic[T]):
    """What came of opening a file."""

    warnings: list[str]
    found: list[T]
    error: Exception | None = None

    def given(self, warn: Warn) -> T:
        for warning in self.warnings:
            warn(warning)
        if self.error is not None:
            raise self.error
        return self.found[0]
