"""Whether days in text rise or fall on both sides, whatever their notation is: `31.01.2024`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.witnesses.date_spellings import READINGS, has_slash_dates, with_dates_read
from smoothl1.witnesses.monotonic import FEWEST_ROWS, order_of, track_of_texts
from smoothl1.witnesses.stretches import Stretch, Stretches

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.date_spellings import Notations

_DAY = r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\z"

_PARTS = (
    (r"[ T].*\z", ""),
    (r"\b0[1-9]\b", "0"),
    (r"\b[1-9]\b", "1"),
    (r"\b[1-9][0-9]\b", "n"),
    (r"[0-9]{3,}", "y"),
)
"""Parts of days, and marks of these: below 10 with a leading zero, below 10 without, other months
and days, and years, or all of a day such as 20240131."""


class OrderOfDays:
    """The order of two columns of days without a time, in the rows that differ. Merged.

    Dates with slashes are read in two ways: `1/2/2024` begins with the day or with the month. Days
    in which such a way of reading is not possible tell that it is the other one.
    """

    def __init__(self) -> None:
        self._readings = tuple(Stretches() for _ in READINGS)
        self._are_days = [True for _ in READINGS]
        self._differ = [False for _ in READINGS]
        self._n_rows = 0
        self._have_slashes = [False, False]
        self._forms: tuple[set[bytes], set[bytes]] = (set(), set())

    def add(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, as they are compared; the first is at `row`."""
        self._n_rows += len(one)
        if not any(self._are_days):
            return
        sides = (one, other)
        for side, values in enumerate(sides):
            self._have_slashes[side] |= has_slash_dates(values)
        for reading, how in enumerate(READINGS):
            if self._are_days[reading]:
                days = [_days(values, how) for values in sides]
                self._append(reading, row, days)
        if any(self._are_days):
            for forms, values in zip(self._forms, sides, strict=True):
                forms.update(_forms_of(values))

    def merge(self, other: OrderOfDays) -> None:
        """Add other rows."""
        self._n_rows += other._n_rows
        for side, have_slashes in enumerate(other._have_slashes):
            self._have_slashes[side] |= have_slashes
        for forms, further in zip(self._forms, other._forms, strict=True):
            forms.update(further)
        for reading, stretches in enumerate(other._readings):
            self._are_days[reading] &= other._are_days[reading]
            self._differ[reading] |= other._differ[reading]
            self._readings[reading].merge(stretches)

    @property
    def are_in_two_notations(self) -> bool:
        """Whether both sides write days in different ways, so that keys of one day differ."""
        if not any(self._are_days):
            return False
        layouts = [{re.sub(rb"[01n]", b"", form) for form in forms} for forms in self._forms]
        mine, others = map(_zeros_of, self._forms)
        return layouts[0] != layouts[1] or any((at, not there) in others for at, there in mine)

    def order(self, n_rows: int) -> str:
        """Whether both sides "rise" or "fall" in every possible reading of many rows; or ""."""
        possible = [i for i, are_days in enumerate(self._are_days) if are_days]
        if self._n_rows != n_rows or n_rows < FEWEST_ROWS or not possible:
            return ""
        if all(self._have_slashes) and len(possible) > 1:
            return ""  # each side may have a reading of its own
        if not all(self._differ[i] for i in possible):
            return ""  # `1/2/2024` and `01/02/2024` are one day
        orders = {order_of(*self._readings[i].whole().tracks[:2]) for i in possible}
        return orders.pop() if len(orders) == 1 else ""

    def _append(self, reading: int, row: int, days: list[pa.Array | None]) -> None:
        one, other = days
        if one is None or other is None:
            self._are_days[reading] = False
            return
        self._differ[reading] |= not one.equals(other)
        tracks = (track_of_texts(one), track_of_texts(other))
        self._readings[reading].append(Stretch(row, row + len(one), tracks))


def _zeros_of(forms: set[bytes]) -> set[tuple[int, bool]]:
    """Places of months and days below 10, and whether these have a leading zero there."""
    marks = (re.findall(rb"[01ny]", form) for form in forms)
    return {(at, m == b"0") for some in marks for at, m in enumerate(some) if m in (b"0", b"1")}


def _forms_of(column: pa.Array) -> list[bytes]:
    """How days are written, each once, such as `n.0.y` for 31.01.2024: see `_PARTS`."""
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


def _days(column: pa.Array, how: Notations) -> pa.Array | None:
    """Texts and whole numbers as days in one notation; None if one is no day, or is missing."""
    import pyarrow as pa  # late: arrays share no columns
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.values import plain_texts

    if column.null_count or not len(column):
        return None
    if types.is_date(column.type) or types.is_integer(column.type):
        column = column.cast(pa.string()).cast(pa.binary())
    elif not types.is_binary(column.type):
        return None
    days = with_dates_read(plain_texts(column), how)
    return days if pc.all(pc.match_substring_regex(days, _DAY)).as_py() else None
