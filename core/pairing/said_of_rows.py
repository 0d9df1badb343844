"""What the names of files say of the rows in them: a fold, a part, or a split of a data set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.usual_names import SPLITS, THE_SPLIT

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = lazy_pattern(r"(?i:(?<![a-z])k?(fold|cv|part|shard|chunk|rank|split)[-_.= ]?([0-9]+))")
"""A number of a part in the name of a file: `fold1`, `rank-3`."""

_SAYS_ROWS = lazy_pattern(rf"(?i:{_PART.pattern}|(?:split[-_.=])?(?:{'|'.join(SPLITS)})[-_.0-9]*)")
"""A folder that says which rows are in it: `fold1`, `val`."""

_WORD = lazy_pattern(r"[A-Za-z]+")


def said_of(files: Sequence[str]) -> dict[str, str]:
    """The numbers of parts, and the split, that the names of all files say, and their folders."""
    found = None
    for path in files:
        *folders, name = path.split(os.sep)
        text = " ".join([*filter(_SAYS_ROWS.fullmatch, folders), os.path.splitext(name)[0]]).lower()
        said = {word: number.lstrip("0") for word, number in _PART.findall(text)}
        splits = {SPLITS[word] for word in _WORD.findall(text) if word in SPLITS}
        if len(splits) == 1:
            said[THE_SPLIT] = splits.pop()
        found = said if found is None else dict(found.items() & said.items())
        if not found:  # the names of most files say nothing
            break
    return found or {}
