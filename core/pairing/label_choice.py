"""The choice of the labels in a file of groups or clusters where the user named no column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.pairing.column_choice import index_positions
from smoothl1.pairing.headers import header_hint
from smoothl1.pairing.input_roles import LABELS
from smoothl1.pairing.meant_columns import positions
from smoothl1.sources.columns import shown, shown_names
from smoothl1.sources.contract import ONLY_LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.column_choice import Decide
    from smoothl1.sources.table import Table


def only_label(table: Table, taken: Sequence[str], role: str, decide: Decide) -> str:
    """The only column of a file of groups or clusters that is no key and no index.

    Args:
        table: The file; an array has no columns, but labels itself.
        taken: Its columns that are keys, if it has them.
        role: The role of its labels: "by" or "cluster".
        decide: Takes a decision.

    Raises:
        DataError: There is no such column, or there are several.
    """
    if not table.names:
        return ONLY_LABEL
    others = index_positions(table) | positions(table, taken)
    found = [i for i in range(len(table.names)) if i not in others]
    if len(found) != 1:
        names = [table.names[i] for i in found]
        none_left = f"no column is left for {LABELS[role]}"
        what = f"several columns: {shown_names(names)}" if found else none_left
        raise DataError(what, path=table.path, hint=f"choose with --{role}{header_hint(table)}")
    name = table.names[found[0]]
    decide(Decision("columns", table.path, shown(name), "the only column that plays no other part"))
    return name if table.names.count(name) == 1 else f"@{found[0] + 1}"
