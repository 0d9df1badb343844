"""Rows in which dates of one side alone have slashes, `1/31/2024`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.date_spellings import READINGS, has_slash_dates, with_dates_read
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes


class SlashDates:
    """The rows in which dates of one side alone have slashes, `1/2/2024`. Merged.

    The day or the month may come first. So both readings are tried, each for all rows.
    """

    def __init__(self) -> None:
        self.as_written = Sums()
        self._readings = tuple(Sums() for _ in READINGS)

    def add(self, values: tuple[pa.Array, pa.Array], hashes: tuple[Hashes, Hashes]) -> bool:
        """Add some rows in which columns differ, if there are such dates; return whether there are.

        Args:
            values: The values of both columns: texts as bytes, or of another type.
            hashes: Their hashes as they are written.
        """
        from smoothl1.witnesses.hashes import hashes_of

        have_slashes = [has_slash_dates(column) for column in values]
        if have_slashes[0] == have_slashes[1]:
            return False
        self.as_written.add(*hashes)
        for sums, how in zip(self._readings, READINGS, strict=True):
            sums.add(*(hashes_of(with_dates_read(column, how)) for column in values))
        return True

    def merge(self, other: SlashDates) -> None:
        """Add other rows."""
        self.as_written.merge(other.as_written)
        for mine, further in zip(self._readings, other._readings, strict=True):
            mine.merge(further)

    def readings(self, others: Sums) -> list[Sums]:
        """The sums of all rows in each reading; none if no row has such dates.

        Args:
            others: Those of the other rows.
        """
        if not self.as_written.differ:
            return []
        return [others.joined(sums) for sums in self._readings]
