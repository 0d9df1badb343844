"""Groups: the subject of a result, a group, a column, or all elements; and their order."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class Group(NamedTuple):
    """The subject of a result.

    Attributes:
        group: Value of the group column, as text; None without groups.
        column: Name or number of the column; None if columns are not reported separately.
    """

    group: str | None = None
    column: str | None = None

    def named(self) -> dict[str, str]:
        """The group and the column that are set, by field name."""
        return {name: text for name, text in self._asdict().items() if text is not None}


_UNITS = (" s", " ms", " us", " ns")
"""The units at the end of durations, in the text that `labels` gives them."""


def in_order(texts: Sequence[str]) -> list[str]:
    """Sort names of groups: as numbers if all are whole numbers or durations, else as text."""
    first = next(iter(texts), "")
    unit = next((unit for unit in _UNITS if first.endswith(unit)), "")
    lines = "\n".join([*texts, ""])
    are_whole = re.fullmatch(f"(?:(?:-[0-9]{{1,19}}|[0-9]{{1,20}}){unit}\n)*", lines)
    if are_whole is None or lines.count("\n") > len(texts):
        in_utc = all(text.endswith("Z") for text in texts)  # else a fraction comes before none
        return sorted(texts, key=lambda text: text.removesuffix("Z")) if in_utc else sorted(texts)
    key = (lambda text: int(text.removesuffix(unit))) if unit else int
    return sorted(sorted(texts), key=key)


def check_distinct(texts: Sequence[str]) -> None:
    """Refuse groups of different values that have the same name.

    Raises:
        DataError: There are such groups; the error names the first.
    """
    if len(set(texts)) < len(texts):
        ((text, _),) = Counter(texts).most_common(1)
        raise DataError(
            f"two groups have different values, but the same text {shown(text)}",
            hint="store the column of groups as text",
        )
