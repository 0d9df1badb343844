"""Texts that count rows: `Sample 1`, `Sample 2`, or `row_000`, `row_001`."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BEGINNINGS = (0, 1, 2)
"""Numbers from which rows are counted: at 2 if the first line is a header."""

_COUNTER = re.compile(rb"(?<![0-9])(?<![0-9][-/.: ])[0-9]{1,18}(?![-/.: ]*[0-9])")
"""Digits that may be a counter: those of a date, a time or a version are none."""

_FILE = re.compile(rb"\.[A-Za-z]\w{0,4}\s*\Z")
"""The suffix of a file, which is there before rows are counted."""


class CountedTexts(NamedTuple):
    """Texts that are the same but for a number, which is one more, or one less, in each row.

    Attributes:
        before: What is before the number.
        after: What is after it.
        begin: The number in the first row.
        step: 1 or -1.
        width: The number of digits to which numbers are filled with zeros; 0 if they are not.
    """

    before: bytes
    after: bytes
    begin: int
    step: int
    width: int

    def text_at(self, row: int) -> bytes:
        """The text of a row, counted from 0."""
        number = b"%d" % (self.begin + self.step * row)
        return self.before + number.rjust(self.width, b"0") + self.after


def counted_texts(texts: Sequence[bytes], n_rows: int) -> CountedTexts | None:
    """Find how texts count the rows from 0, 1 or 2 on, upwards or downwards; None if they do not.

    Args:
        texts: The texts of the first rows, in their order.
        n_rows: The number of all rows.
    """
    if len(texts) < 2 or _FILE.search(texts[0]):
        return None
    for counted in _beginning(texts[0]):
        last = counted.begin + counted.step * (n_rows - 1)
        if min(counted.begin, last) in _BEGINNINGS and all(
            counted.text_at(row) == text for row, text in enumerate(texts)
        ):
            return counted
    return None


def _beginning(text: bytes) -> Iterator[CountedTexts]:
    """All ways to count of which a text may be the first."""
    for match, step in product(_COUNTER.finditer(text), (1, -1)):
        before, digits, after = text[: match.start()], match[0], text[match.end() :]
        for width in {0, len(digits)}:
            yield CountedTexts(before, after, int(digits), step, width)
