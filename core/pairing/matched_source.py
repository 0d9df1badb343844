"""Sources whose rows are those of another source that were matched by key, and where these are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.contract import SourceDetails

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from smoothl1.sources.contract import Block, Field, Part, Source


class LeftOut(NamedTuple):
    """The rows of an input that are left out.

    Attributes:
        unmatched: Rows whose key another input does not have.
        duplicates: Rows that repeat the key of an earlier row.
    """

    unmatched: int = 0
    duplicates: int = 0

    @property
    def words(self) -> str:
        """How many rows are left out and why; "" if none are."""
        n = {"without a match": self.unmatched, "with a repeated key": self.duplicates}
        return " and ".join(f"{count:,} {which}" for which, count in n.items() if count)


class MatchedSource(ABC):
    """Rows of a source, of which some are left out or stand at other places.

    Attributes:
        source: The source of the rows.
        left_out: The rows that are left out, and why.
    """

    details = SourceDetails()
    bytes_read = None

    def __init__(self, source: Source, left_out: LeftOut) -> None:
        self.source = source
        self.left_out = left_out

    @property
    def path(self) -> str:
        """See `Source`."""
        return self.source.path

    @property
    def format(self) -> str:
        """See `Source`."""
        return self.source.format

    @property
    def fields(self) -> tuple[Field, ...]:
        """See `Source`."""
        return self.source.fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        """See `Source`."""
        return self.source.labels

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """See `Source`."""

    @property
    @abstractmethod
    def cuts(self) -> tuple[int, ...] | None:
        """See `Source`."""

    @abstractmethod
    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        """See `Source`."""

    @abstractmethod
    def row_of(self, place: int) -> int:
        """The row of the file that is at a place, both counted from 0."""

    def elementwise(self, other: Source) -> None:
        """See `Source`: rows are needed."""
        return None  # noqa: RET501

    def close(self) -> None:
        """See `Source`."""
        self.source.close()


def left_out_of(source: Source) -> LeftOut:
    """The rows of a source that are left out."""
    return source.left_out if isinstance(source, MatchedSource) else LeftOut()


def row_number(source: Source, place: int) -> int:
    """The number of a row in the file of a source, counted from 1.

    Args:
        source: A source, perhaps of matched rows.
        place: The place of the row among those of the source, from 0.
    """
    return 1 + (source.row_of(place) if isinstance(source, MatchedSource) else place)
