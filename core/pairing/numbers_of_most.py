"""Numbers in names of files of which a few have none: `T1`, `T2` and `FLAIR`."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.files.shard_kinds import of_the_kind
from smoothl1.files.shard_names import integers_of, numbers_of, shape_of
from smoothl1.pairing.marks_of_files import have_the_same_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Rows = list[tuple[Any, ...]]

_SEPARATOR = re.escape(os.sep)
_DATE = re.compile(
    rf"(?<![0-9])((?:19|20)[0-9]{{2}})([-._{_SEPARATOR}])(0[1-9]|1[0-2])"
    rf"(?:\2(0[1-9]|[12][0-9]|3[01])(?![0-9])|(?![-._{_SEPARATOR}]?[0-9]))"
)


class _Most(NamedTuple):
    """The names of a set that differ in numbers alone, which are most of them.

    Attributes:
        places: Where they stand in the set.
        names: The names.
    """

    places: list[int]
    names: list[str]


def with_plain_dates(names: Sequence[str]) -> list[str]:
    """Names in which 2024-01-31 and 2024/01/31 are 20240131, and 2024-01 is 202401."""
    return [_DATE.sub(lambda m: m[1] + m[3] + (m[4] or ""), name) for name in names]


def go_together(expected: Rows, found: Rows) -> bool:
    """Whether all numbers agree, or as many of the leftmost as identify the files."""
    if found == expected:
        return True
    for n in range(1, min(len(found[0]), len(expected[0])) + 1):
        leftmost = [of_file[:n] for of_file in expected]
        if leftmost != [of_file[:n] for of_file in found]:
            return False
        if len(set(leftmost)) == len(leftmost):
            return True
    return False


def first_other_number(names: Sequence[str], other_names: Sequence[str]) -> int | None:
    """The first file whose number is another than that of its counterpart.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.

    Returns:
        Its place; None if most names of a set have no numbers, or all have some in both, which
        `numbers_of` compares; or if the marks of these names agree.
    """
    one, other = _most(names), _most(other_names)
    if not one.places or not other.places or len(one.places) == len(other.places) == len(names):
        return None
    in_both = sorted({*one.places} & {*other.places})
    if in_both and have_the_same_marks(*([of[i] for i in in_both] for of in (names, other_names))):
        return None
    readings = [_rows(one, other, read) for read in (_values, integers_of, _values_of_dates)]
    rows = [found for found in readings if all(found)]
    first = [_first_that_differs(*found) for found in rows]
    return None if None in first or not first else first[0]


def places_without_number(names: Sequence[str], other_names: Sequence[str]) -> list[int]:
    """Where a name has no number, as few of its set, beside one that has one, as most of its set.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.
    """
    one, other = ({*_most(of_side).places} for of_side in (names, other_names))
    return sorted(other - one) if one and other else []


def _most(names: Sequence[str]) -> _Most:
    """The names with the text that most have aside from numbers; none if these have no numbers."""
    shapes = [shape_of(name) for name in with_plain_dates(names)]
    (texts, _), *_ = Counter(shape.texts for shape in shapes).most_common(1)
    places = of_the_kind(shapes, lambda shape: shape.texts == texts and shape.numbers)
    return _Most(places, [names[i] for i in places])


def _values(names: Sequence[str]) -> Rows:
    return numbers_of(names).varying


def _values_of_dates(names: Sequence[str]) -> Rows:
    return numbers_of(with_plain_dates(names)).varying


def _rows(
    one: _Most, other: _Most, read: Callable[[Sequence[str]], Rows]
) -> tuple[dict[int, Any], dict[int, Any]]:
    """The numbers of both sides, each by its place; none if the names do not differ in numbers."""
    ones, others = (
        dict(zip(of_side.places, rows, strict=True)) if (rows := read(of_side.names)) else {}
        for of_side in (one, other)
    )
    return ones, others


def _first_that_differs(ones: dict[int, Any], others: dict[int, Any]) -> int | None:
    """The first place at which numbers differ, or that one side alone has, if both have others."""
    in_both = sorted(ones.keys() & others.keys())
    expected, found = ([of_side[i] for i in in_both] for of_side in (ones, others))
    if in_both and not go_together(expected, found):
        return next(i for i in in_both if ones[i] != others[i])
    values, other_values = {*ones.values()}, {*others.values()}
    are_alike = len({*map(len, values | other_values)}) == 1
    if not are_alike or values <= other_values or other_values <= values:
        return None
    return min(ones.keys() ^ others.keys(), default=None)
