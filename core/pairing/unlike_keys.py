"""Keys of two inputs of which few or none match: the column or the file may be another one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.suffixes import ANY, are_one_name, is_bare_path
from smoothl1.labels.conversion import TIMES_ALIKE, ZONE_HINT, has_offset_from_utc
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

IS_IT_THE_KEY = "are --key and the files the right ones?"
WRITTEN_ALIKE = "write both alike, such as dates as 2024-01-31"
FILES_ALIKE = "if these are the same files, write folders and suffixes alike in both"

_MOST_IN_NOTATIONS = 1 << 15
"""Most keys of the other input that are read in further notations."""

_COUNT = re.compile(r"[0-9]{9,19}(?:\.[0-9]*)?")
"""A number that may count seconds, or parts of them, since 1970."""

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:.*)?")

_FILE = re.compile(rf"(?:.*/)?([^/]+{ANY})", re.DOTALL)
"""A file with a suffix, with or without folders: dates have slashes, too."""


def why_none_matches(key: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[str, str]:
    """What to say where no key of one input is in the other one.

    Args:
        key: The texts of a key of the input.
        others: Those of keys of the other one, at least one.

    Returns:
        A clause that shows a key of the other one, and what to do.
    """
    same = next((other for other in others if all(map(_are_one_file, key, other))), None)
    if same is not None:
        one, two = (", ".join(map(shown, some)) for some in (key, same))
        return f": {one} and {two} differ in folders or suffixes", FILES_ALIKE
    other = others[0]
    clause = first_of_others(other)
    if any(_is_count_beside_time(*pair) for pair in zip(key, other, strict=True)):
        return clause, TIMES_ALIKE
    if any(_is_offset_on_one_side(*pair) for pair in zip(key, other, strict=True)):
        return clause, ZONE_HINT
    at = _place_in_another_notation(key, others)
    if at is not None:
        one, two = (", ".join(map(shown, some)) for some in (key, others[at]))
        return f": {one} and {two} are written in two ways", WRITTEN_ALIKE
    return clause, IS_IT_THE_KEY


def first_of_others(key: Sequence[str], which: str = "") -> str:
    """A clause that shows how the other input writes keys.

    Args:
        key: The texts of its first key, of all or of some.
        which: Of which, such as "without one".
    """
    first = f"the first {which}" if which else "the first"
    return f"; there {first} is {', '.join(map(shown, key))}"


def _are_one_file(one: str, other: str) -> bool:
    """Whether two texts are the same in lower case, without folders of files, and suffixes."""
    return are_one_name(_name(one, other), _name(other, one))


def _name(text: str, beside: str) -> str:
    """A text in lower case, without folders if it is a file.

    A path without a suffix is a file if the text beside it is one.
    """
    path = text.lower().replace("\\", "/")
    file = _FILE.fullmatch(path)
    if file is not None:
        path = file[1]
    elif is_bare_path(text, beside):
        path = path.rpartition("/")[2]
    return path


def _place_in_another_notation(key: Sequence[str], others: Sequence[Sequence[str]]) -> int | None:
    """The first key of the other input that is the same in another notation; None without one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from smoothl1.pairing.key_notations import FREE_NOTATIONS  # late: for an error

    some = others[:_MOST_IN_NOTATIONS]
    columns = [
        [pa.chunked_array([[of]]), pa.chunked_array([list(texts)])]
        for of, texts in zip(key, zip(*some, strict=True), strict=True)
    ]
    for notation in FREE_NOTATIONS:
        are_same = pa.array([True] * len(some))
        for of_key in columns:
            mine, theirs = notation(of_key)
            are_same = pc.and_(are_same, pc.equal(theirs, mine[0]))
        at = pc.index(are_same, value=True).as_py()
        if at >= 0:
            return int(at)
    return None


def _is_count_beside_time(one: str, other: str) -> bool:
    """Whether one text may count from 1970, and the other is a time."""
    return any(
        _COUNT.fullmatch(count) is not None and _TIME.fullmatch(time) is not None
        for count, time in ((one, other), (other, one))
    )


def _is_offset_on_one_side(one: str, other: str) -> bool:
    """Whether both texts are times, of which one alone says its offset from UTC."""
    are_times = all(":" in text and _TIME.fullmatch(text) for text in (one, other))
    return are_times and has_offset_from_utc(one) != has_offset_from_utc(other)
