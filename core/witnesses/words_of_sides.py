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

_WORD = f"(?P<word>{WORD_OF_SIDE})"


class WordsOfSides:
    """Whether the names of both sides are the same without the word of each side. Merged."""

    def __init__(self) -> None:
        self._words: tuple[set[bytes], set[bytes]] = (set(), set())
        self._sums = Sums()

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
            The hashes of the names without words.
        """
        from smoothl1.witnesses.hashes import hashes_of

        plain = []
        for texts, of_side, words in zip(values, hashes, self._words, strict=True):
            if not _have_words(texts):
                words.add(b"")
                plain.append(of_side)
            else:
                plain.append(hashes_of(_without_words(base_texts(texts), words)))
        self._sums.add(plain[0], plain[1])
        return plain[0], plain[1]

    def merge(self, other: WordsOfSides) -> None:
        """Add other rows."""
        for mine, further in zip(self._words, other._words, strict=True):
            mine.update(further)
        self._sums.merge(other._sums)

    @property
    def sums(self) -> Sums | None:
        """Those of the names without words, if each side has one in all rows, or none."""
        are_one = all(len(words) == 1 for words in self._words)
        have_some = any(b"" not in words for words in self._words)
        is_same = self._sums.are_permuted or not self._sums.differ
        return self._sums if are_one and have_some and is_same else None


def _have_words(texts: pa.Array) -> bool:
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import may_be_file

    if not (types.is_binary(texts.type) and may_be_file(texts)):
        return False
    return pc.any(pc.match_substring_regex(texts, HAS_WORD_OF_SIDE)).as_py() is True


def _without_words(names: pa.Array, words: set[bytes]) -> pa.Array:
    """Names without the words for a side, which are added to those that were found, two at most."""
    import pyarrow.compute as pc

    found = pc.extract_regex(names, _WORD).field("word")
    some = pc.unique(pc.coalesce(found, pc.if_else(names.is_valid(), b"", None)).drop_null())
    words.update(some.to_pylist()[:2])
    return pc.replace_substring_regex(names, WORD_OF_SIDE, "")
