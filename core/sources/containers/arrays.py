"""Named arrays of one file as columns: what all containers have in common."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

from smoothl1.errors import DataError, SmoothL1Error, naming
from smoothl1.sources.columns import shown, shown_names
from smoothl1.sources.containers.labels import labels_of
from smoothl1.sources.containers.times import as_times
from smoothl1.sources.contract import Block, SourceDetails
from smoothl1.sources.coordinates import without_groups
from smoothl1.sources.lockstep import aligned
from smoothl1.sources.npy.no_numbers import WideTextError
from smoothl1.sources.positions import select_columns
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import pyarrow as pa

    from smoothl1.sources.containers.labels import Labels
    from smoothl1.sources.contract import Columns, Field, Part, Source, Wanted
    from smoothl1.sources.table import ColumnInfo


class Opened(Protocol):
    """What holds the arrays: a file, or a folder of files."""

    @property
    def path(self) -> str:
        """The path as the user typed it."""
        ...

    def close(self) -> None:
        """Release what is open; a second call is harmless."""
        ...


class ArraysSource(NamedTuple):
    """Some arrays of a container, read in step.

    Attributes:
        table: The container.
        members: The arrays of numbers, then those of labels, then those that are only compared.
        fields: The fields of the arrays of numbers.
        labels: The names and types of the arrays of labels.
    """

    table: ArraysTable
    members: tuple[Source, ...]
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...] = ()
    bytes_read: None = None

    @property
    def path(self) -> str:
        return self.table.path

    @property
    def format(self) -> str:
        return self.table.format

    @property
    def details(self) -> SourceDetails:
        """The decisions about the arrays, each once."""
        found = (d._replace(input=self.path) for of in self.members for d in of.details.decisions)
        return SourceDetails(tuple(dict.fromkeys(found)))

    @property
    def n_rows(self) -> int | None:
        return self.members[0].n_rows

    @property
    def cuts(self) -> tuple[int, ...] | None:
        return None if all(member.cuts is None for member in self.members) else ()

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        n_fields, n_numbers = len(self.fields), len(self.fields) + len(self.labels)
        for blocks in aligned(self.members, part, n_rows):
            yield Block(
                blocks[0].n_rows,
                tuple(block.fields[0] for block in blocks[:n_fields]),
                tuple(block.labels[0] for block in blocks[n_fields:n_numbers]),
                tuple(block.labels[0] for block in blocks[n_numbers:]),
            )

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        self.table.close()


def looked_at(
    names: Sequence[str], columns: Sequence[ColumnInfo], numeric: Sequence[bool]
) -> tuple[bool, ...]:
    """Which arrays are looked at where none is named: an only one says what is wrong with it.

    Args:
        names: The names of all arrays.
        columns: More about each array.
        numeric: Which hold numbers, and are no axes of others. Those that describe another array
            are none that are meant either, unless there are no others.
    """
    if len(columns) == 1 and columns[0].kind in ("", "other"):
        return (True,)
    describing = frozenset[str]().union(*(info.described_by for info in columns))
    numbers = zip(names, numeric, strict=True)
    meant = tuple(is_one and without_groups(name) not in describing for name, is_one in numbers)
    return meant if any(meant) else tuple(numeric)


def _nothing() -> None:
    """No library has the file."""


@dataclass(frozen=True, slots=True)
class ArraysTable:
    """A container whose arrays are known by name, and the arrays that were opened.

    Attributes:
        file: The file or the store, closed with the table.
        format: The name of the format.
        names: The names of all arrays.
        columns: More about each array.
        numeric: Which arrays are looked at where none is named.
        open_member: Opens the array at a position; an error about it names it.
        release: Closes the file for a library that reads it, before the file itself is closed.
        open_labels: Opens the array at a position as labels; unset, text is not read.
        opened: The arrays that were opened.
        in_times: The positions of the arrays whose numbers are delivered as times.
        remedy: What to do about the file if what is asked for is not in it.
    """

    file: Opened
    format: str
    names: Columns
    columns: tuple[ColumnInfo, ...]
    numeric: tuple[bool, ...]
    open_member: Callable[[int], Source]
    release: Callable[[], object] = _nothing
    open_labels: Callable[[int], Source] | None = None
    opened: list[Source] = field(default_factory=list)
    in_times: frozenset[int] = frozenset()
    remedy: str | None = None
    first_rows: tuple[()] = ()
    storage: Storage = field(default_factory=Storage)
    found: None = None
    files: tuple[()] = ()
    decisions: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.file.path

    def select(self, wanted: Wanted) -> ArraysSource:
        with naming(self.path):
            try:
                return self._select(wanted)
            except DataError as error:
                error.hint = error.hint or self.remedy
                raise

    def _select(self, wanted: Wanted) -> ArraysSource:
        chosen = select_columns(self.names, self.numeric, wanted)
        for i in chosen.labels:
            if self.columns[i].kind in ("", "other"):
                self._refuse_label(i)
        if not (chosen.fields or chosen.labels):
            raise DataError("no array was chosen")
        if any(len(columns) > 1 for columns in chosen.fields):
            raise DataError(
                f"several arrays of a file do not form rows: {shown_names(self.names)}",
                hint="--pred and --target choose one each",
            )
        positions = [position for (position,) in chosen.fields]
        numbers = tuple(map(self._member, positions))
        labels = tuple(
            self._labels(position, may_be_missing=i in wanted.carried)
            for i, position in enumerate(chosen.labels)
        )
        shared = (self._labels(position, is_compared=True) for position in chosen.shared)
        members = (*numbers, *labels, *shared)
        if len({member.n_rows for member in members}) > 1:
            counts = " and ".join(str(member.n_rows) for member in members)
            read = shown_names(
                [self.names[i] for i in (*positions, *chosen.labels, *chosen.shared)]
            )
            raise DataError(
                f"the arrays have {counts} rows; they must have equally many",
                hint=f"these are {read}: --pred and --target choose others",
            )
        fields = tuple(
            member.fields[0]._replace(columns=(self.names[position],))
            for member, position in zip(numbers, positions, strict=True)
        )
        return ArraysSource(self, members, fields, tuple(of.labels[0] for of in labels))

    def with_times(self, positions: frozenset[int]) -> ArraysTable:
        """The same arrays, of which some are delivered as times where they are labels.

        Args:
            positions: Their positions; each has a unit of times.
        """
        columns = [
            as_times(info) if i in positions else info for i, info in enumerate(self.columns)
        ]
        return replace(self, columns=tuple(columns), in_times=positions)

    def opened_as_stored(self, position: int) -> Source:
        """The array at a position, be it numbers, texts or dates, which close with the table."""
        array = self.open_labels(position) if self.open_labels else self.open_member(position)
        self.opened.append(array)
        return array

    def close(self) -> None:
        for member in self.opened:
            member.close()
        self.release()
        self.file.close()

    def _refuse_label(self, position: int) -> NoReturn:
        """Refuse an array as labels.

        Raises:
            DataError: Always: it is of another kind, or its texts are too wide.
        """
        try:
            self.opened_as_stored(position)
        except WideTextError:
            raise
        except SmoothL1Error:
            pass  # an array of another kind may be one of numbers that is not read
        raise DataError(
            f"array {shown(self.names[position])} cannot be a key or a group",
            hint="an array of one axis can, of text, whole numbers, booleans or dates",
        )

    def _labels(
        self, position: int, *, may_be_missing: bool = True, is_compared: bool = False
    ) -> Labels:
        """An array of one axis as labels."""
        array = self.opened_as_stored(position)
        unit = self.columns[position].time_unit if position in self.in_times else None
        name = self.names[position]
        return labels_of(name, array, unit, may_be_missing=may_be_missing, is_compared=is_compared)

    def _member(self, position: int) -> Source:
        source = self.open_member(position)
        self.opened.append(source)
        return source
