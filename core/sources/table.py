"""The contract of an open input with columns. A new format is one module and one registry line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from smoothl1.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.files.contract import Held, Input
    from smoothl1.files.patterns import Found
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.contract import Columns, Source, Wanted
    from smoothl1.sources.csv.first_row import FirstRow


class ColumnInfo(NamedTuple):
    """Information about a column before it is read.

    Attributes:
        type: The type of its values, as its format names it.
        kind: The kind of its values if they may identify rows: "text", "integer", "date",
            "fraction", "flag" (true or false); "other" if it is called an id, or is an index, and
            its values cannot be compared; "bytes" if they may be text that is not marked as such;
            or "".
        is_index: Whether it is an index of rows, by its name or by metadata of its writer.
        is_coordinate: Whether it holds places along the rows of the array beside it, which says so.
        may_be_numbers: Whether it may hold numbers that are not read as such: in another notation,
            in lists, or after a mark of a missing value.
        may_be_key: Whether rows can be matched by it.
        is_flag: Whether it is text that begins with "true", "false", "t" or "f": other formats read
            these as 0 and 1.
        is_date: Whether it is text that begins with a date: other formats store these as dates.
        decimals: Whether its cells may be what stands after decimal commas, though a comma is the
            delimiter: "possible" for digits in the second of two columns without a header; "likely"
            if some begin with 0; or "".
        is_noted: Whether it is an index that is not stored: its writer noted its first value and
            its step.
        counts_rows: Whether such an index just counts the rows: 0, 1, 2, ...
        is_unseen: Whether it is text by its type, and no value of it has been read.
        has_rows: Whether each of its values is a list of numbers, which can be a row.
        n_rows: The number of its rows, where columns of one table may differ in that.
        shape: Its shape, where columns of one table may differ in that; else ().
        axes: The names of its axes, that of the rows first, which may be empty; none if the format
            has no such names.
        unit: The unit of its values by an attribute, as it is written there; "" if none is.
        time_unit: What that unit means if it counts from a time; None if it does not, or if that
            is not certain.
        is_unjudged: Whether nothing is decided by its first value, as of the only column of a text
            file, though its type is what that value suggests.
        layout: How the sparse matrix is laid out whose stored values it holds, as its writer names
            it: csr, csc; "" if it holds none, or if nothing says it.
        has_fractions: Whether it is known to hold fractions: its first value is none of the whole
            numbers that are written with a fraction of zeros, 7.0.
        coordinates: The names of the arrays that an attribute calls its coordinates, without the
            groups that they are in.
        described_by: The names of all arrays that attributes name beside it, such as coordinates,
            bounds and grid mappings, in the same way.
    """

    type: str
    kind: str = ""
    is_index: bool = False
    is_coordinate: bool = False
    may_be_numbers: bool = False
    may_be_key: bool = True
    is_flag: bool = False
    is_date: bool = False
    decimals: str = ""
    is_noted: bool = False
    counts_rows: bool = False
    is_unseen: bool = False
    has_rows: bool = False
    n_rows: int | None = None
    shape: tuple[int, ...] = ()
    axes: tuple[str, ...] = ()
    unit: str = ""
    time_unit: TimeUnit | None = None
    coordinates: frozenset[str] = frozenset()
    described_by: frozenset[str] = frozenset()
    has_fractions: bool = False
    is_unjudged: bool = False
    layout: str = ""

    @property
    def names_rows(self) -> bool:
        """Whether it says which rows these are: nobody means it who names no column."""
        return self.is_index or self.is_coordinate

    @property
    def is_in_times(self) -> bool:
        """Whether it counts from a time, and is delivered as times, in no unit."""
        return self.time_unit is not None and self.kind in ("date", "text")


class Storage(NamedTuple):
    """How a file stores its rows, as far as its header or footer tells.

    Attributes:
        order: "C" or "Fortran" for an array of several axes.
        row_groups: The number of row groups.
        compression: Names of the codecs within the format, separated by commas.
        missing: The number of missing values of each column, None where it is not known; empty if
            nothing is known.
    """

    order: str | None = None
    row_groups: int | None = None
    compression: str | None = None
    missing: tuple[int | None, ...] = ()


@runtime_checkable
class Bounded(Protocol):
    """A table that may know the least and the greatest value of a column before it is read."""

    def extremes(self, names: Sequence[str]) -> dict[str, tuple[Any, Any]]:
        """The least and the greatest value of some columns: numbers, or text as bytes.

        Args:
            names: Names that only one column has, or `@2` for the second column.

        Returns:
            Both for each name for which they are known. Long texts may be cut.
        """
        ...


@runtime_checkable
class LinesOfText(Protocol):
    """A table of text, whose lines may be laid out otherwise than they are read."""

    @property
    def hint(self) -> str | None:
        """The options with which its lines would look better; None if they look well."""
        ...


@runtime_checkable
class RowsWithin(Protocol):
    """A table that may be one document instead, which holds the rows that are meant."""

    @property
    def rows_hint(self) -> str | None:
        """What to do if it is such a document; None if it is none."""
        ...


class Table(Protocol):
    """An open input with columns to choose from; an array has none."""

    @property
    def path(self) -> str:
        """The path as the user typed it."""
        ...

    @property
    def names(self) -> Columns:
        """Names of all columns, in order; they may be duplicate or empty."""
        ...

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, as far as known before reading."""
        ...

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """More about each column."""
        ...

    @property
    def first_rows(self) -> Sequence[FirstRow]:
        """The first row of each of its files, as long as it may be a header or data."""
        ...

    @property
    def storage(self) -> Storage:
        """How its rows are stored, as far as known."""
        ...

    @property
    def found(self) -> Found | None:
        """What a folder or a pattern stands for; None for one file, or data in memory."""
        ...

    @property
    def files(self) -> Sequence[str]:
        """The files that the path stands for, in order; empty if it is a file itself."""
        ...

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions about the content so far."""
        ...

    def select(self, wanted: Wanted) -> Source:
        """Choose columns. May be called again; the sources share what is open.

        Raises:
            DataError: A column does not exist, is not unique, or is of an unsuitable kind.
        """
        ...

    def close(self) -> None:
        """Release what is held open, also by the sources; a second call is harmless."""
        ...


class Needs(NamedTuple):
    """What a run needs of its inputs, besides what the user said about them.

    Attributes:
        allow_missing: Whether values may be missing.
        read_again: Whether rows will be read more than once, so that a copy of a stream is kept.
        n_threads: Number of threads that may read one stream.
        selection: The columns that matter, and those of groups: files of several sets may be
            groups.
        missing_found: Takes the texts for missing values, of those that the user named, that occur.
        held: Takes the inputs that stay open until the run ends; unset for files of sets, each of
            which is opened and closed where it is read.
    """

    allow_missing: bool = False
    read_again: bool = False
    n_threads: int = 1
    selection: Selection = Selection()
    missing_found: set[str] = set()  # noqa: RUF012  made anew for each run
    held: list[Held] | None = None


class Opener(Protocol):
    """The function that a format's module offers to the registry."""

    def __call__(
        self, file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
    ) -> Table:
        """Open a file of this format.

        Args:
            file: An open file, which the table owns from now on.
            options: How to read what the content does not say.
            needs: What the run needs.
            warn: Takes a warning about something that is odd, but not wrong.

        Raises:
            DataError: The content is broken.
        """
        ...
