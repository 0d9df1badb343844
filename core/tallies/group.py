"""What a result is about: a group, a column, or all; and the order of groups."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class Group(NamedTuple):
    """What a result is about.

    Attributes:
        group: Value of the column of groups, as text; None where there are no groups.
        column: Name or number of the column; None where columns are not kept apart.
    """

    group: str | None = None
    column: str | None = None

    def named(self) -> dict[str, str]:
        """What there is of both, by their names."""
        return {name: text for name, text in self._asdict().items() if text is not None}


_UNITS = (" s", " ms", " us", " ns")
"""How durations end, in the text that `labels` gives them."""


def in_order(texts: Sequence[str]) -> list[str]:
    """Names of groups in order: as numbers if all are whole, or durations; else as text."""
    first = next(iter(texts), "")
    unit = next((unit for unit in _UNITS if first.endswith(unit)), "")
    if not all(text.endswith(unit) and _is_whole(text.removesuffix(unit)) for text in texts):
        return sorted(texts)
    return sorted(sorted(texts), key=lambda text: int(text.removesuffix(unit)))


def check_distinct(texts: Sequence[str]) -> None:
    """Refuse groups of different values that have the same name.

    Raises:
        DataError: It names the first.
    """
    if len(set(texts)) < len(texts):
        ((text, _),) = Counter(texts).most_common(1)
        raise DataError(
            f"two groups have different values, but the same text {shown(text)}",
            hint="store the column of groups as text",
        )


def _is_whole(text: str) -> bool:
    return len(text) <= 20 and text.isascii() and text.removeprefix("-").isdecimal()
