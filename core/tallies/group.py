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
        group: Value of the group column, as text; the values of several columns, outermost first;
            None without groups.
        column: Name or number of the column; None if columns are not reported separately.
    """

    group: str | tuple[str, ...] | None = None
    column: str | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        """The value of each group column, outermost first; empty without groups."""
        if self.group is None:
            return ()
        return (self.group,) if isinstance(self.group, str) else self.group

    def named(self) -> dict[str, str]:
        """The texts that are set, by what they are called on a terminal."""
        texts = dict(zip(level_names(len(self.levels)), self.levels, strict=True))
        return texts if self.column is None else {**texts, "column": self.column}

    def phrases(self) -> list[str]:
        """What is set, as parts of a sentence: "group 'a', 'b'", "column 'x'"."""
        parts = [f"group {', '.join(map(repr, self.levels))}"] if self.levels else []
        return parts if self.column is None else [*parts, f"column {self.column!r}"]

    def fields(self) -> dict[str, str | list[str]]:
        """The fields that are set, as JSON."""
        found: dict[str, str | list[str]] = {}
        if self.group is not None:
            found["group"] = list(self.group) if isinstance(self.group, tuple) else self.group
        if self.column is not None:
            found["column"] = self.column
        return found


def group_of(levels: Sequence[str], column: str | None = None) -> Group:
    """The group with these values of the group columns, at least one."""
    return Group(levels[0] if len(levels) == 1 else tuple(levels), column)


def level_names(n_levels: int) -> tuple[str, ...]:
    """What groups are called where their columns are not named: `group`, or `group_1` and so on."""
    if n_levels == 1:
        return ("group",)
    return tuple(f"group_{i + 1}" for i in range(n_levels))


def is_of_names(head: str) -> bool:
    """Whether a column of a table is text, by its name: that of groups, or of columns."""
    return head == "column" or re.fullmatch(r"group(_[0-9]+)?", head) is not None


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


def check_distinct(texts: Sequence[str], what: str = "groups") -> None:
    """Refuse groups or clusters of different values that have the same name.

    Raises:
        DataError: There are such; the error names the first.
    """
    if len(set(texts)) < len(texts):
        ((text, _),) = Counter(texts).most_common(1)
        raise DataError(
            f"two {what} have different values, but the same text {shown(text)}",
            hint=f"store the column of {what} as text",
        )
