"""Whether days, months, quarters or weeks rise or fall on both sides, whatever their notation is.

Days may be written as `2024-01-31` and `31.01.2024`, months as `2024-01` and `Jan 2024`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.witnesses.date_spellings import READINGS, with_dates_read
from smoothl1.witnesses.monotonic import FEWEST_ROWS, order_of, track_of_texts
from smoothl1.witnesses.period_spellings import YEAR, with_plain_periods
from smoothl1.witnesses.slash_dates import PAIRS, ReadingsOfSides
from smoothl1.witnesses.stretches import Stretch, Stretches

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.date_spellings import Notations

_MONTH = "(?:0[1-9]|1[0-2])"
_PERIODS = {
    "day": rf"\A[0-9]{{4}}-{_MONTH}-(?:0[1-9]|[12][0-9]|3[01])\z",
    "month": rf"\A{YEAR}{_MONTH}\z",
    "quarter": rf"\A{YEAR}q[1-4]\z",
    "week": rf"\A{YEAR}w[0-5][0-9]\z",
}
"""Plain notations of periods."""

_PARTS = (
    (r"[ T]+[0-9]{1,2}:.*\z", ""),
    (r"(?i)\A.*\bmay\b.*\z", ""),
    (r"[a-z]", "b"),
    (r"[A-Z]", "B"),
    (r"([bB])([bB])[bB]{2,}", r"\1\2\2\2"),
    (r"([bB])([0-9])", r"\1 \2"),
    (r"([0-9])([bB])", r"\1 \2"),
    (r"\b0[1-9]\b", "0"),
    (r"\b[1-9]\b", "1"),
    (r"\b[1-9][0-9]\b", "n"),
    (r"[0-9]{3,}", "y"),
)
"""Parts of periods, and marks of these: small and large letters, of names at most four; below 10
with a leading zero, below 10 without, other months and days; and years, or all of a day such as
20240131. May has three letters in any notation, so that it says nothing."""


class OrderOfPeriods:
    """The order of two columns of days, months, quarters or weeks, in rows that differ. Merged.

    Dates with slashes are read in two ways: `1/2/2024` begins with the day or with the month. Days
    in which such a way of reading is not possible tell that it is the other one.
    """

    def __init__(self) -> None:
        self._stretches = {pair: Stretches() for pair in PAIRS}
        self._periods = {pair: set(_PERIODS) for pair in PAIRS}
        self._differ = dict.fromkeys(PAIRS, False)
        self._n_rows = 0
        self._how = ReadingsOfSides()
        self._forms: tuple[set[bytes], set[bytes]] = (set(), set())

    def add(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, as they are compared; the first is at `row`."""
        self._n_rows += len(one)
        if not any(self._periods.values()):
            return
        sides = (one, other)
        self._how.add(sides)
        read = [[_plain(values, how) for how in READINGS] for values in sides]
        for i, j in PAIRS:
            if self._periods[i, j]:
                self._append((i, j), row, read[0][i], read[1][j])
        if any(self._periods.values()):
            for forms, values in zip(self._forms, sides, strict=True):
                forms.update(_forms_of(values))

    def merge(self, other: OrderOfPeriods) -> None:
        """Add other rows."""
        self._n_rows += other._n_rows
        self._how.merge(other._how)
        for forms, further in zip(self._forms, other._forms, strict=True):
            forms.update(further)
        for pair, stretches in other._stretches.items():
            self._periods[pair] &= other._periods[pair]
            self._differ[pair] |= other._differ[pair]
            self._stretches[pair].merge(stretches)

    @property
    def are_in_two_notations(self) -> bool:
        """Whether both sides write periods in different ways, so that keys of one differ."""
        possible = self._possible
        if not possible:
            return False
        if all(i != j for i, j in possible):
            return True  # the day is first on one side, the month on the other
        known = [forms - {b""} for forms in self._forms]
        layouts = [{re.sub(rb"[01n]", b"", form) for form in forms} for forms in known]
        mine, others = map(_zeros_of, self._forms)
        return layouts[0] != layouts[1] or any((at, not there) in others for at, there in mine)

    def order(self, n_rows: int, as_written: str) -> str:
        """Whether both sides "rise" or "fall" in every possible reading of many rows; or "".

        Args:
            n_rows: The number of all rows.
            as_written: The same of the texts as such, which dates with slashes do not follow.
        """
        possible = self._possible
        if self._n_rows != n_rows or n_rows < FEWEST_ROWS or not possible:
            return as_written
        if as_written and not all(self._how.have_slashes):
            return as_written
        if not all(self._differ[pair] for pair in possible):
            return ""  # `1/2/2024` and `01/02/2024` are one day
        tracks = (self._stretches[pair].whole().tracks for pair in possible)
        orders = {order_of(one, other, lambda: True) for one, other, *_ in tracks}
        return orders.pop() if len(orders) == 1 else ""

    @property
    def _possible(self) -> list[tuple[int, int]]:
        """The ways of reading in which all values are periods."""
        return [pair for pair in self._how.pairs if self._periods[pair]]

    def _append(
        self, pair: tuple[int, int], row: int, one: pa.Array | None, other: pa.Array | None
    ) -> None:
        self._periods[pair] &= _periods_of(one) & _periods_of(other)
        if one is None or other is None or not self._periods[pair]:
            return
        self._differ[pair] |= not one.equals(other)
        tracks = (track_of_texts(one), track_of_texts(other))
        self._stretches[pair].append(Stretch(row, row + len(one), tracks))


def _zeros_of(forms: set[bytes]) -> set[tuple[int, bool]]:
    """Places of months and days below 10, and whether these have a leading zero there."""
    marks = (re.findall(rb"[01ny]", form) for form in forms)
    return {(at, m == b"0") for some in marks for at, m in enumerate(some) if m in (b"0", b"1")}


def _forms_of(column: pa.Array) -> list[bytes]:
    """How periods are written, each once, such as `n.0.y` for 31.01.2024: see `_PARTS`."""
    import pyarrow as pa  # late: arrays share no columns
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.column_texts import as_bytes
    from smoothl1.witnesses.values import plain_texts

    is_number = types.is_integer(column.type)
    texts = plain_texts(as_bytes(column.cast(pa.string()) if is_number else column))
    for part, mark in _PARTS:
        texts = pc.replace_substring_regex(texts, part, mark)
    forms: list[bytes] = pc.unique(texts).to_pylist()
    return forms


def _plain(column: pa.Array, how: Notations) -> pa.Array | None:
    """Texts and whole numbers as periods in one notation; None if they are others, or missing."""
    import pyarrow as pa  # late: arrays share no columns
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import in_lower_case
    from smoothl1.witnesses.values import plain_texts

    if column.null_count or not len(column):
        return None
    if types.is_date(column.type) or types.is_integer(column.type):
        column = column.cast(pa.string()).cast(pa.binary())
    elif not types.is_binary(column.type):
        return None
    days = with_dates_read(plain_texts(column), how, short_years=False)
    return days if _periods_of(days) else with_plain_periods(in_lower_case(days))


def _periods_of(texts: pa.Array | None) -> set[str]:
    """The period that all texts name in its plain notation; empty if there is none."""
    import pyarrow.compute as pc  # late, as above

    if texts is None:
        return set()
    return {
        period
        for period, pattern in _PERIODS.items()
        if pc.all(pc.match_substring_regex(texts, pattern)).as_py()
    }
