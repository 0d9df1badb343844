"""What one input contributes to a run: its columns and their roles, or an array and its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Wanted
    from smoothl1.sources.table import Table


LABELS = {"by": "groups", "cluster": "clusters"}
"""The roles of labels that a file of their own may hold, and what these labels are."""


class LabelRole(NamedTuple):
    """The role of a label column.

    Attributes:
        kind: "key", "by", "cluster" or "keep".
        place: Its place among the columns of that kind, in the order in which they were asked for.
    """

    kind: str
    place: int = 0

    @property
    def is_carried(self) -> bool:
        """Whether its values are written with losses; else they are groups or clusters."""
        return self.kind in ("key", "keep")

    def rank(self) -> tuple[bool, int]:
        """What a column that is written with losses is sorted by: keys come first."""
        return self.kind != "key", self.place


class InputRoles(NamedTuple):
    """The columns of one input that are read, and their roles.

    Attributes:
        wanted: The columns that are read.
        roles: The role of each field: "pred", "pred_2", "target" or "weight".
        label_roles: The role of each label.
    """

    wanted: Wanted
    roles: tuple[str, ...]
    label_roles: tuple[LabelRole, ...] = ()


def labels_asked(asked: Selection) -> dict[LabelRole, str]:
    """The columns of groups and clusters that the user asked for, by their roles."""
    found = {LabelRole("by", place): name for place, name in enumerate(asked.by)}
    return found if asked.cluster is None else {**found, LabelRole("cluster"): asked.cluster}


def have_labels(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> bool:
    """Whether a table has columns that are not evaluated."""
    read = (sum(map(len, of_input.wanted.fields)) for of_input in assigned)
    return any(len(table.names) > n for table, n in zip(tables, read, strict=True))
