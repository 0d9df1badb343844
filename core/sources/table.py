"""What an open input must tell of its columns. A new format is one module and one registry line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.files.contract import Input
    from smoothl1.sources.contract import Columns, ReadOptions, Source, Wanted


class ColumnInfo(NamedTuple):
    """What is known of a column before it is read.

    Attributes:
        type: The type of its values, in the words of its format.
        kind: What its values may tell rows apart by: "text", "integer", "date", "fraction";
            or "".
        is_index: Whether it is an index of rows, by its name or by a note of what wrote it.
        may_be_numbers: Whether it may hold numbers that are not read as such: in another notation,
            in lists, or after a mark of a missing value.
        may_be_key: Whether rows can be matched by it.
    """

    type: str
    kind: str = ""
    is_index: bool = False
    may_be_numbers: bool = False
    may_be_key: bool = True


class Table(Protocol):
    """An open input whose columns can be chosen from; of an array there are none."""

    @property
    def path(self) -> str:
        """As the user typed it."""
        ...

    @property
    def names(self) -> Columns:
        """Of all columns, in order; they may be doubled or empty."""
        ...

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, as far as it is known before reading."""
        ...

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """More about each column."""
        ...

    @property
    def files(self) -> Sequence[str]:
        """The files that the path stands for, in order; none where it is a file itself."""
        ...

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about the content so far."""
        ...

    def select(self, wanted: Wanted) -> Source:
        """Choose columns. May be called again; the sources share what is open.

        Raises:
            DataError: A column is not there, not unique, or of a kind that cannot serve.
        """
        ...

    def close(self) -> None:
        """Give back what is held open, also by the sources; again is harmless."""
        ...


class Opener(Protocol):
    """What a format's module offers to the registry."""

    def __call__(self, file: Input, options: ReadOptions, warn: Callable[[str], None]) -> Table:
        """Open a file of this format.

        Args:
            file: Open, and owned by the table from now on.
            options: How to read what the content does not say.
            warn: Takes a sentence about something that is odd, but not wrong.

        Raises:
            DataError: The content is broken.
        """
        ...
