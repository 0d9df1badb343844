"""Compares the columns that two inputs have in common, to check that their rows match.

Rows are paired by position. A column of the same name on both sides that is not evaluated (an id, a
name, a date) is a witness: if it differs, rows may be paired wrongly. A pass over both sides finds
out, in constant memory, whether its values

- are equal in every row;
- are the same in another order: the sums of their hashes agree;
- rise or fall strictly on both sides;
- are so varied, or so many, that none of this is a coincidence.

`judgement` decides what follows from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.bare_numbers import BareNumbers
from smoothl1.witnesses.base_names import BaseNames, ForeignTexts, base_hashes
from smoothl1.witnesses.cut_times import CutTimes
from smoothl1.witnesses.encodings import Encodings
from smoothl1.witnesses.first_rows import N_FIRST, FirstRows
from smoothl1.witnesses.hash_sums import Sums
from smoothl1.witnesses.monotonic import FEWEST_ROWS, FEWEST_VALUES, order_of, tracks_of_column
from smoothl1.witnesses.numbering import Numbering
from smoothl1.witnesses.order_of_periods import OrderOfPeriods
from smoothl1.witnesses.repeats import Repeats
from smoothl1.witnesses.stretches import Stretch, Stretches
from smoothl1.witnesses.variety import Variety

if TYPE_CHECKING:
    import pyarrow as pa


class Agreement:
    """The comparison of one shared column over some rows. Merged in any order.

    Args:
        are_numbers: Whether values are compared as numbers, even if they are text.
        is_guessed: Whether it is only a guess that both sides hold the same column.

    Attributes:
        is_comparable: Whether the values of both sides can be compared at all.
        has_texts: Whether there is text that is no whole number, as far as differing rows show.
        is_counted_otherwise: Whether a side writes numbers or times so that keys would not match.
        encodings: The encodings of their text, in the rows that differ.
        foreign_texts: Their texts that are no integers, in the blocks that differ.
        firsts: The values of the first rows.
    """

    def __init__(self, *, are_numbers: bool = False, is_guessed: bool = False) -> None:
        self._first_difference: int | None = None
        self.is_comparable = True
        self._are_numbers = are_numbers
        self._may_be_misread = False  # numbers beside times
        self.is_counted_otherwise = False
        self._sums = Sums()
        self._stretches = Stretches()
        self.has_texts = False
        self._varieties = (Variety(), Variety())  # of both sides, in the rows that differ
        self._repeats = Repeats()  # of one side, as long as the sides agree
        self._n_differ = 0
        self._base_names = BaseNames()
        self._order_of_periods = OrderOfPeriods()
        self._cut_times = CutTimes()  # in blocks that differ
        self._bare_numbers = BareNumbers(are_asked=not is_guessed)
        self._numberings = (Numbering(), Numbering())  # of both sides, in blocks that differ
        self.encodings = Encodings()
        self.foreign_texts = ForeignTexts()
        self.firsts = FirstRows()

    def add(self, row: int, one: pa.Array, other: pa.Array) -> None:
        """Add the values of some rows, of which the first is at `row`."""
        from smoothl1.witnesses import ways_of_times  # late: arrays share no columns
        from smoothl1.witnesses.comparable_values import alike_if_comparable
        from smoothl1.witnesses.rows_of_numbers import one_number_of

        both = alike_if_comparable(one, other, as_numbers=self._are_numbers)
        if both is None:
            self.is_comparable = False
            self.firsts.add_stored(row, one, other)
            return
        self._may_be_misread |= ways_of_times.may_be_misread((one, other), both)
        self.is_counted_otherwise |= ways_of_times.are_counted_otherwise((one, other), both)
        one, other = map(one_number_of, both)
        self.firsts.add(row, one, other)
        before = self._stretches.ending_at(row)
        still = [(True, True, True)] * 2 if before is None else before.still
        is_equal = one.equals(other)
        mine = tracks_of_column(one, still[0])
        others = mine if is_equal and still[0] == still[1] else tracks_of_column(other, still[1])
        tracks, whole = (*mine[:2], *others[:2]), (mine[2], others[2])
        joined = self._stretches.append(Stretch(row, row + len(one), tracks, whole))
        if not is_equal:
            self._compare(row, one, other)
            self._cut_times.add(one, other)
            self._count(*both)
        elif self._first_difference is None:
            self._repeats.add(one, may_repeat=not joined.is_in_order)

    def merge(self, other: Agreement) -> None:
        """Add the comparison of other rows."""
        self._see_difference(other._first_difference)
        self.is_comparable &= other.is_comparable
        self._sums.merge(other._sums)
        self._repeats.merge(other._repeats)
        self._n_differ += other._n_differ
        self.firsts.merge(other.firsts)
        self.has_texts |= other.has_texts
        self._may_be_misread |= other._may_be_misread
        self.is_counted_otherwise |= other.is_counted_otherwise
        self.encodings.merge(other.encodings)
        self.foreign_texts.merge(other.foreign_texts)
        self._base_names.merge(other._base_names)
        self._order_of_periods.merge(other._order_of_periods)
        self._cut_times.merge(other._cut_times)
        self._bare_numbers.merge(other._bare_numbers)
        for numbering, further in zip(self._numberings, other._numberings, strict=True):
            numbering.merge(further)
        for variety, more in zip(self._varieties, other._varieties, strict=True):
            variety.merge(more)
        self._stretches.merge(other._stretches)

    @property
    def first_difference(self) -> int | None:
        """Position of the first row in which the sides differ, if there is one."""
        are_exact = self._first_difference is None and self._base_names.are_permuted
        return self._base_names.first_difference if are_exact else self._first_difference

    @property
    def agrees(self) -> bool:
        """Whether the sides are the same in every row, but for spelling or cut times."""
        is_same = self._first_difference is None and not self._base_names.are_permuted
        is_near = (self._base_names.agree and not self.firsts.are_of_other_files) or self.are_cut
        return self.is_comparable and (is_same or is_near)

    @property
    def are_cut(self) -> bool:
        """Whether many times, in order or none twice, are those of the other side, but cut."""
        is_sure = bool(self.order) or self.begins_distinct
        return self._cut_times.agree and self.are_many and is_sure

    @property
    def are_cut_in_another_order(self) -> bool:
        """Whether many times, none of them twice, are those of the other side cut and reordered."""
        return self._cut_times.are_permuted and self.are_many and self.begins_distinct

    @property
    def is_misread(self) -> bool:
        """Whether numbers beside times mean no times: read as such, they are all others."""
        return self._may_be_misread and self.differs_everywhere and not self.is_permuted

    @property
    def is_permuted(self) -> bool:
        """Whether both sides have the same values in another order, but for spelling."""
        is_same = self._are_same_in_another_order or self.has_other_affixes
        return is_same or self.are_cut_in_another_order

    @property
    def is_spelled_otherwise(self) -> bool:
        """Whether both sides have the same values in another order, but in other spellings."""
        return self._base_names.are_permuted and self._sums.differ and not self._sums.are_permuted

    @property
    def has_other_affixes(self) -> bool:
        """Whether both sides have the same numbers in another order, between other texts."""
        return self._bare_numbers.are_permuted and not self._are_same_in_another_order

    @property
    def _are_same_in_another_order(self) -> bool:
        return self._sums.are_permuted or self._base_names.are_permuted

    @property
    def is_renumbered(self) -> bool:
        """Whether one side numbers the rows from 0, the other from 1, in another order."""
        return self._numberings[0].is_renumbered(self._numberings[1], self._n_rows)

    @property
    def numbers_rows(self) -> bool:
        """Whether a side that differs numbers its rows from 0 or 1 on, in any order, or in text."""
        return self.may_count_rows or any(n.begin is not None for n in self._numberings)

    @property
    def order(self) -> str:
        """Whether the values of both sides "rise" or "fall" strictly, in several rows; or ""."""
        one, other = map(self._stretches.whole().track, (0, 1))
        as_written = order_of(one, other, lambda: self.firsts.shares_values)
        return self._order_of_periods.order(self._n_rows, as_written)

    @property
    def are_periods_in_two_notations(self) -> bool:
        """Whether all values are days, months or the like, written so that keys would not match."""
        return self._order_of_periods.are_in_two_notations

    @property
    def are_many(self) -> bool:
        """Whether there are so many rows that values in order are no coincidence."""
        return self._n_rows >= FEWEST_ROWS

    @property
    def tells_rows_apart(self) -> bool:
        """Whether certainly no value occurs twice, and the values do not count rows.

        If they agree, rows match. A count of rows proves nothing: each side may have its own.
        """
        is_known = self.is_in_order or self._n_rows <= N_FIRST
        return is_known and self.begins_distinct and not self.may_count_rows

    @property
    def begins_distinct(self) -> bool:
        """Whether there are several rows, and no value occurs twice in the first of them."""
        return self.firsts.are_distinct

    @property
    def repeats(self) -> bool:
        """Whether a value certainly occurs twice, as far as is known of sides that agree."""
        return self._repeats.are_found

    @property
    def is_in_order(self) -> bool:
        """Whether the values of one side rise strictly, or fall strictly."""
        return self._stretches.whole().track(0).is_strict

    @property
    def begins_again(self) -> bool:
        """Whether the first values are in order, as those of an axis, and later ones are not."""
        return self.firsts.are_in_order and not self.is_in_order

    @property
    def differs_everywhere(self) -> bool:
        """Whether the sides differ in every row."""
        return self._n_differ == self._n_rows

    @property
    def differs_mostly(self) -> bool:
        """Whether the sides differ in more than half of the rows."""
        return 2 * self._n_differ > self._n_rows

    @property
    def is_varied(self) -> bool:
        """Whether the first rows have no value twice, or there are many different values."""
        n_different = max(self.firsts.n_different(side) for side in (0, 1))
        are_varied = any(variety.is_large for variety in self._varieties)
        return self.begins_distinct or n_different >= FEWEST_VALUES or are_varied

    @property
    def counts_rows(self) -> bool:
        """Whether a side has the numbers 0, 1, 2, ... or 1, 2, 3, ...: these identify no rows."""
        return any(self.side_counts_rows(side) for side in (0, 1))

    @property
    def may_count_rows(self) -> bool:
        """Whether a side counts its rows, in numbers or in texts: `Sample 1`, `Sample 2`, ..."""
        return self.counts_rows or any(map(self._counts_in_text, (0, 1)))

    def side_counts_rows(self, side: int) -> bool:
        """Whether the values of one side, 0 or 1, just count its rows."""
        return self._stretches.whole().tracks[2 * side].counts(self._n_rows)

    def _counts_in_text(self, side: int) -> bool:
        """Whether the texts of one side count its rows, by the first ones and the last."""
        counted = self.firsts.counted_in_text(side, self._n_rows)
        texts = self._stretches.whole().tracks[2 * side + 1]
        if counted is None or not texts.is_strict:
            return counted is not None
        return bool(texts.last == counted.text_at(self._n_rows - 1))

    @property
    def _n_rows(self) -> int:
        return self._stretches.whole().end - self._stretches.whole().begin

    def _compare(self, row: int, one: pa.Array, other: pa.Array) -> None:
        from smoothl1.witnesses.hashes import has_texts, hashes_of

        self.has_texts = self.has_texts or has_texts(one)
        self.encodings.add(one, other)
        self.foreign_texts.add(one, other)
        mine, others = hashes_of(one), hashes_of(other)
        bases = base_hashes(one, mine), base_hashes(other, others)
        self._base_names.add(row, (one, other), bases)
        self._order_of_periods.add(row, one, other)
        self._bare_numbers.add(one, other)
        self._numberings[0].add(row, mine)
        self._numberings[1].add(row, others)
        self._sums.add(mine, others)
        differs = mine != others
        self._n_differ += int(differs.sum())
        if differs.any():
            self._see_difference(row + int(differs.argmax()))
            for variety, hashes in zip(self._varieties, (mine, others), strict=True):
                if not variety.is_large:
                    variety.add(hashes[differs])

    def _see_difference(self, row: int | None) -> None:
        known = (self._first_difference, row)
        self._first_difference = min((at for at in known if at is not None), default=None)

    def _count(self, one: pa.Array, other: pa.Array) -> None:
        """Count what else matters of values that differ: of a copy, how far they are apart."""
