"""Texts that mean one thing in two spellings: `/data/A7.png` in one input, `a7.txt` in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.suffixes import ANY, KNOWN
from smoothl1.labels.exponents import without_exponents
from smoothl1.witnesses.bare_paths import are_bare_paths
from smoothl1.witnesses.date_spellings import with_plain_dates
from smoothl1.witnesses.digit_groups import without_groups
from smoothl1.witnesses.folders_by_depth import FoldersByDepth
from smoothl1.witnesses.hash_sums import Sums
from smoothl1.witnesses.period_spellings import with_plain_periods
from smoothl1.witnesses.slash_dates import SlashDates
from smoothl1.witnesses.suffix_of_side import SuffixOfSide
from smoothl1.witnesses.words_of_sides import WordsOfSides

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_FOLDERS = r"\A.*[/\\]"
_IN_FOLDERS = rf"[/\\][^/\\]+{ANY}\z"
"""A file with a suffix, in folders: dates have slashes, too."""

_SUFFIXES = rf"{KNOWN}\z"


def base_hashes(texts: pa.Array, hashes: Hashes) -> Hashes:
    """The hashes of texts, in which case, blanks, folders and formats of files do not count.

    Args:
        texts: The texts as bytes, with offsets of 32 bits, or values of another type.
        hashes: The hashes of the values as they are.
    """
    from pyarrow import types

    from smoothl1.witnesses.hashes import hashes_of

    return hashes_of(_base_texts(texts)) if types.is_binary(texts.type) else hashes


def hashes_beside_files(
    values: tuple[pa.Array, pa.Array], hashes: tuple[Hashes, Hashes]
) -> tuple[Hashes, Hashes]:
    """The hashes of both sides, in which folders of a path without a suffix do not count.

    It is a path if the other text of the row is a file with a suffix.

    Args:
        values: The values of both sides in the same rows.
        hashes: Their hashes by `base_hashes`.
    """
    (one, other), (mine, others) = values, hashes
    return _hashes_beside(one, other, mine), _hashes_beside(other, one, others)


def _hashes_beside(texts: pa.Array, others: pa.Array, hashes: Hashes) -> Hashes:
    import pyarrow as pa
    import pyarrow.compute as pc

    from smoothl1.witnesses.hashes import hashes_of

    are_bare = are_bare_paths(texts, others)
    if not are_bare.any():
        return hashes
    names = pc.replace_substring_regex(texts.filter(pa.array(are_bare)), _FOLDERS, "")
    hashes = hashes.copy()
    hashes[are_bare] = hashes_of(_base_texts(names))
    return hashes


def _base_texts(texts: pa.Array) -> pa.Array:
    """Texts in lower case, without folders of files, and suffixes of known formats.

    Dates, months, quarters, weeks and whole numbers are in one notation each.
    """
    from smoothl1.witnesses.text_bytes import in_lower_case, may_be_file

    texts = in_lower_case(texts)
    if may_be_file(texts):
        texts = _without_suffixes(_without_folders(texts))
    texts = without_exponents(without_groups(texts))
    return with_plain_periods(with_plain_dates(texts))


def _without_folders(texts: pa.Array) -> pa.Array:
    """Names of files without folders; other texts are as they are."""
    import pyarrow.compute as pc

    are_in_folders = pc.match_substring_regex(texts, _IN_FOLDERS)
    if not pc.any(are_in_folders).as_py():
        return texts
    names = pc.replace_substring_regex(texts, _FOLDERS, "")
    return pc.if_else(are_in_folders, names, texts)


def _without_suffixes(texts: pa.Array) -> pa.Array:
    """Names of files without the suffixes of known formats; a text that is one stays."""
    import pyarrow.compute as pc

    names = pc.replace_substring_regex(texts, _SUFFIXES, "")
    return pc.if_else(pc.equal(pc.binary_length(names), 0), texts, names)


class ForeignTexts:
    """Whether one side holds whole numbers, and the other texts that are none. Merged.

    Attributes:
        looks_for_whole: Whether `are_apart` is asked for, which more rows must be looked at for.
    """

    def __init__(self) -> None:
        self.looks_for_whole = False
        self._are_beside_integers = True
        self._are_known = True
        self._words = [False, False]
        self._whole = [False, False]

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add some rows in which the columns differ."""
        from pyarrow import types

        if all(self._words) or not (self.looks_for_whole or self._are_beside_integers):
            return
        are_texts = [types.is_binary(column.type) for column in (one, other)]
        are_integers = [types.is_integer(column.type) for column in (one, other)]
        self._are_known &= all(map(any, zip(are_texts, are_integers, strict=True)))
        self._are_beside_integers &= self._are_known and sum(are_texts) == 1
        for side, column in enumerate((one, other)):
            is_known = self._words[side] and (self._whole[side] or not self.looks_for_whole)
            if are_texts[side] and not is_known:
                has_words, has_whole = _words_and_whole(column)
                self._words[side] |= has_words
                self._whole[side] |= has_whole

    def merge(self, other: ForeignTexts) -> None:
        """Add other rows."""
        self._are_beside_integers &= other._are_beside_integers
        self._are_known &= other._are_known
        for side in (0, 1):
            self._words[side] |= other._words[side]
            self._whole[side] |= other._whole[side]

    @property
    def are_there(self) -> bool:
        """Whether all texts that were added stand beside integers, and one is no whole number.

        Then the columns do not hold the same values, whatever other rows hold.
        """
        return self._are_beside_integers and any(self._words)

    @property
    def are_apart(self) -> bool:
        """Whether one side has whole numbers alone, and the other texts of which none is one.

        Then the columns do not hold the same values, if these are most of the rows.
        """
        sides = [side for side in (0, 1) if self._words[side] and not self._words[1 - side]]
        return self._are_known and any(not self._whole[side] for side in sides)


def _words_and_whole(texts: pa.Array) -> tuple[bool, bool]:
    """Whether a text is no whole number, and whether one is, without folders and suffixes.

    Empty texts are missing.
    """
    import pyarrow.compute as pc

    from smoothl1.witnesses.hashes import WHOLE_NUMBER
    from smoothl1.witnesses.values import plain_texts

    texts = plain_texts(_base_texts(texts))
    is_whole = pc.match_substring_regex(texts, WHOLE_NUMBER)
    is_word = pc.and_(pc.invert(is_whole), pc.greater(pc.binary_length(texts), 0))
    return pc.any(is_word).as_py() is True, pc.any(is_whole).as_py() is True


class BaseNames:
    """Whether two columns hold the same texts in another order, but for spelling. Merged.

    Folders count only where the files in them have the same names in every row: then the same
    paths in another order are other files, as train/1.png is not val/1.png. So it is with case and
    leading zeros: if a0 and A0, or 01234 and 1234, are in another order, they are two ids, as far
    as both sides hold the same texts to the letter.

    Attributes:
        first_difference: Position of the first row whose texts are not the same to the letter, as
            far as they have been compared.
    """

    def __init__(self) -> None:
        self.first_difference: int | None = None
        self._names = Sums()
        self._suffixes = (SuffixOfSide(), SuffixOfSide())
        self._words = WordsOfSides()
        self._folders = FoldersByDepth()
        self._exact = Sums()
        self._slash_dates = SlashDates()

    def add(
        self, row: int, values: tuple[pa.Array, pa.Array], hashes: tuple[Hashes, Hashes]
    ) -> None:
        """Add some rows in which the columns differ.

        Args:
            row: Position of the first of them.
            values: The values of both columns, in types that compare.
            hashes: Their hashes by `base_hashes`.
        """
        from pyarrow import types

        from smoothl1.witnesses.hashes import hashes_of_stored
        from smoothl1.witnesses.text_bytes import may_be_file

        hashes = hashes_beside_files(values, hashes)
        plain = hashes
        if not self._slash_dates.add(values, hashes):
            self._names.add(*hashes)
            self._add_suffixes(values, hashes)
            plain = self._words.add(values, hashes, _base_texts)
        if self._by_name.differ:
            return
        if not all(types.is_binary(texts.type) for texts in values):
            return
        self._add_exact(row, *map(hashes_of_stored, values))
        if any(map(may_be_file, values)):
            self._folders.add(values, self._without_suffix(hashes, plain))

    def merge(self, other: BaseNames) -> None:
        """Add other rows."""
        self._names.merge(other._names)
        for suffix, further in zip(self._suffixes, other._suffixes, strict=True):
            suffix.merge(further)
        self._words.merge(other._words)
        self._folders.merge(other._folders)
        self._exact.merge(other._exact)
        self._slash_dates.merge(other._slash_dates)
        firsts = (self.first_difference, other.first_difference)
        self.first_difference = min((row for row in firsts if row is not None), default=None)

    @property
    def agree(self) -> bool:
        """Whether the texts differ in their spelling at most."""
        if any(not sums.differ for sums in self._slash_dates.certain(self._names)):
            return True
        return not (self._by_name.differ or self.are_permuted)

    @property
    def are_permuted(self) -> bool:
        """Whether the texts differ in a row, and are the same in another order."""
        if any(not sums.differ for sums in self._slash_dates.possible(self._names)):
            return False
        as_dates = self._slash_dates.certain(self._names)
        names = self._by_name
        as_files = names if names.differ else (self._folders.deciding or self._exact)
        return any(sums.are_permuted for sums in (as_files, *as_dates))

    @property
    def _by_name(self) -> Sums:
        found = (of.sums for of in (*self._suffixes, self._words))
        names = next((sums for sums in found if sums is not None), self._names)
        return names.joined(self._slash_dates.as_written)

    def _add_suffixes(
        self, values: tuple[pa.Array, pa.Array], hashes: tuple[Hashes, Hashes]
    ) -> None:
        import pyarrow as pa
        from pyarrow import types

        differ = hashes[0] != hashes[1]
        if not differ.any():
            return
        for side, suffix in enumerate(self._suffixes):
            if suffix.may_be_one:
                names = values[side].filter(pa.array(differ))
                names = _base_texts(names) if types.is_binary(names.type) else names
                suffix.add(names, hashes[1 - side][differ])

    def _without_suffix(
        self, hashes: tuple[Hashes, Hashes], without_words: tuple[Hashes, Hashes]
    ) -> tuple[Hashes, Hashes]:
        """The hashes of names that are the same on both sides, but for a suffix or words."""
        for suffix, others in zip(self._suffixes, reversed(hashes), strict=True):
            if suffix.sums is not None:
                return others, others
        return hashes if self._words.sums is None else without_words

    def _add_exact(self, row: int, one: Hashes, other: Hashes) -> None:
        self._exact.add(one, other)
        differs = one != other
        if differs.any() and (self.first_difference is None or row < self.first_difference):
            self.first_difference = row + int(differs.argmax())
