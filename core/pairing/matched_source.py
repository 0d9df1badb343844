"""Sources whose rows are those of another source that were matched by key, and where these are."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from smoothl1.sources.contract import Source


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


class MatchedSource(WrappedSource):
    """Rows of a source, of which some are left out or stand at other places."""

    @abstractmethod
    def row_of(self, place: int) -> int:
        """The row of the file that is at a place, both counted from 0."""


def row_number(source: Source, place: int) -> int:
    """The number of a row in the file of a source, counted from 1.

    Args:
        source: A source, perhaps of matched rows.
        place: The place of the row among those of the source, from 0.
    """
    return 1 + (source.row_of(place) if isinstance(source, MatchedSource) else place)
