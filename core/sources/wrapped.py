"""A source that gives what another one reads: other rows, or other values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from smoothl1.sources.contract import SourceDetails

if TYPE_CHECKING:
    from collections.abc import Generator

    import pyarrow as pa

    from smoothl1.sources.contract import Block, Field, Part, Source


class WrappedSource(ABC):
    """What a source that wraps another one has of it, unless it says otherwise: see `Source`.

    Attributes:
        source: The other source.
    """

    bytes_read = None

    def __init__(self, source: Source) -> None:
        self.source = source

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
    def n_rows(self) -> int | None:
        """See `Source`."""
        return self.source.n_rows

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """See `Source`."""
        return self.source.cuts

    @property
    def details(self) -> SourceDetails:
        """What a log says; what else the other source tells is of its own rows and values."""
        return SourceDetails(by_log=self.source.details.by_log)

    @abstractmethod
    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        """See `Source`."""

    def elementwise(self, other: Source) -> None:
        """See `Source`: rows are needed."""
        return None  # noqa: RET501

    def close(self) -> None:
        """See `Source`."""
        self.source.close()
