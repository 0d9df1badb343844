"""What one input contributes to a run: its columns and their roles, or an array and its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.contract import ONLY_LABEL, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.selection import Selection


class LabelRole(NamedTuple):
    """The role of a label column.

    Attributes:
        kind: "key", "by" or "keep".
        place: Its place among the columns of that kind, in the order in which they were asked for.
    """

    kind: str
    place: int = 0

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


def roles_of_arrays(asked: Selection, *, beside: Sequence[str]) -> list[InputRoles]:
    """The roles of arrays, of which each input is one: there are no columns to choose.

    Args:
        asked: Says which sides there are.
        beside: The roles of the inputs that follow the sides: "weight", "by".
    """
    of_labels = InputRoles(Wanted((), (ONLY_LABEL,)), (), (LabelRole("by"),))
    return [
        of_labels if role == "by" else InputRoles(Wanted(((),)), (role,))
        for role in (*asked.sides, *beside)
    ]
