"""Words for a side that all names of files of one side have: `7_mask.gif` beside `7.jpg`.

Where a side has names with and without such a word, or with two of them, the word tells its files
apart: `7.png` and `7_mask.png` are two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.suffixes import HAS_WORD_OF_SIDE, WORD_OF_SIDE
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from smoothl1.witnesses.hashes import Hashes

_WAYS = ((True, True), (True, False), (False, True))
_WORD = f"(?P<word>{WORD_OF_SIDE})"


class WordsOfSides:
    """Whether the names of both sides are the same without the word of one side or both. Merged."""

    def __init__(self) -> None:
        self._words: tuple[set[bytes], set[bytes]] = (set(), set())
        self._sums = {without: Sums() for without in _WAYS}

    def add(
        self,
        values: tuple[pa.Array, pa.Array],
        hashes: tuple[Hashes, Hashes],
        base_texts: Callable[[pa.Array], pa.Array],
    ) -> tuple[Hashes, Hashes]:
        """Add some rows.

        Args:
            values: The values of both sides, as bytes with offsets of 32 bits, or of other types.
            hashes: Those of their names.
            base_texts: Gives the names of texts.

        Returns:
            The hashes of the names without words that all names of a side have.
        """
        from smoothl1.witnesses.hashes import hashes_of

        plain = []
        for texts, of_side, words in zip(values, hashes, self._words, strict=True):
            if _have_words(texts):
                plain.append(hashes_of(_without_words(base_texts(texts), words)))
            else:
                words.update([b""] if _have_names(texts) else [])
                plain.append(of_side)
        for (first, second), sums in self._sums.items():
            sums.add((hashes, plain)[first][0], (hashes, plain)[second][1])
        first, second = self._way or (False, False)
        return (hashes, plain)[first][0], (hashes, plain)[second][1]

    def merge(self, other: WordsOfSides) -> None:
        """Add other rows."""
        for mine, further in zip(self._words, other._words, strict=True):
            mine.update(further)
        for without, sums in self._sums.items():
            sums.merge(other._sums[without])

    @property
    def sums(self) -> Sums | None:
        """Those of the names without the words that make them the same on both sides."""
        return None if self._way is None else self._sums[self._way]

    @property
    def _way(self) -> tuple[bool, bool] | None:
        """Whether each side is read without its word; None if the names are not the same then.

        All names of a side that is must have the word.
        """
        may_be = [len(words) == 1 and b"" not in words for words in self._words]
        for without, sums in self._sums.items():
            is_same = sums.are_permuted or not sums.differ
            if is_same and all(may_be[i] for i in (0, 1) if without[i]):
                return without
        return None


def _have_words(texts: pa.Array) -> bool:
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import may_be_file

    if not (types.is_binary(texts.type) and may_be_file(texts)):
        return False
    return pc.any(pc.match_substring_regex(texts, HAS_WORD_OF_SIDE)).as_py() is True


def _have_names(texts: pa.Array) -> bool:
    """Whether there is anything but missing values and empty texts."""
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import sizes_of

    return bool(sizes_of(texts).any()) if types.is_binary(texts.type) else True


def _without_words(names: pa.Array, words: set[bytes]) -> pa.Array:
    """Names without the words for a side, which are added to those that were found, two at most."""
    import pyarrow.compute as pc

    some_names = names.filter(pc.greater(pc.binary_length(names), 0))
    found = pc.extract_regex(some_names, _WORD).field("word")  # empty without a word
    some = pc.unique(found)
    words.update(some.to_pylist()[:2])
    return pc.replace_substring_regex(names, WORD_OF_SIDE, "")
