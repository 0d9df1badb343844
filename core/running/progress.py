"""How far a run is: a value for whoever shows it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.pairing.chunks import Pairing


class Progress(NamedTuple):
    """How far a run is.

    Attributes:
        rows: Rows that are done.
        n_rows: All rows, if a format tells their number before they are read; else None.
        bytes_read: Bytes read of files whose rows are counted only as they are read. Of a
            compressed file these are compressed bytes.
        n_bytes: All bytes of these files; 0 if there are none, as with a pipe.
    """

    rows: int
    n_rows: int | None
    bytes_read: int = 0
    n_bytes: int = 0

    @property
    def share(self) -> float | None:
        """The part that is done, from 0 to 1, by rows if their number is known, else by bytes.

        None if neither is known.
        """
        done, of_all = (
            (self.bytes_read, self.n_bytes) if self.n_rows is None else (self.rows, self.n_rows)
        )
        return min(1.0, done / of_all) if of_all else None


class Meter:
    """Counts what several threads have done.

    Args:
        report: Takes the progress after each chunk, one call at a time.
        pairing: The sides that are read.
    """

    def __init__(self, report: Callable[[Progress], None], pairing: Pairing) -> None:
        self._report = report
        self._pairing = pairing
        stored = pairing.stored
        self._row_elements = max(1, stored.row_elements if stored else pairing.row_elements)
        self._n_elements = 0
        self._lock = threading.Lock()

    def advance(self, n_elements: int) -> None:
        """Count elements that are done."""
        with self._lock:
            self._n_elements += n_elements
            self._report(self._now())

    def _now(self) -> Progress:
        n_rows = self._pairing.n_rows
        if n_rows is not None:
            n_elements = n_rows * self._pairing.row_elements
            rows = self._n_elements // self._row_elements
            return Progress(rows, n_elements // self._row_elements)
        read = [source.bytes_read for source in self._pairing.sources]
        known = [of_file for of_file in read if of_file is not None]
        return Progress(
            self._n_elements // self._row_elements,
            None,
            sum(done for done, _ in known),
            sum(n_bytes for _, n_bytes in known),
        )
