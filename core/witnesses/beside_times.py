"""Text that differs in every row beside times that agree: each station has the same times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Compared = tuple[SharedColumn, Agreement]

_TIME = re.compile(rb"[ \t]*(?:[0-9]{4}-[0-9]{2}|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}\b)")


def warn_beside_times(
    found: Sequence[Compared], paths: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Warn of columns that differ in every row where only times say that the rows match.

    Args:
        found: The columns in common, and the comparison of each.
        paths: The paths of the inputs.
        warn: Takes the warning.
    """
    for column, agreement in found:
        is_named = (column.is_label or column.is_id) and not column.is_guessed
        if not (is_named and agreement.differs_everywhere) or agreement.begins_distinct:
            continue  # notes and names that occur once may differ
        inputs = (column.one, column.other)
        agree = [other for other in found if (other[0].one, other[0].other) == inputs]
        agree = [(c, a) for c, a in agree if a.agrees and (c.is_label or c.is_id)]
        if len(agree) == 1 and agree[0][1].tells_rows_apart and _is_time(agree[0][1].first_value):
            warn(
                f"{paths[column.one]}: column {shown(column.name)} differs from that of "
                f"{paths[column.other]} in every row, and only {shown(agree[0][0].name)} agrees "
                "(--key, once for each column, matches rows by several)"
            )


def _is_time(value: pa.Scalar | None) -> bool:
    """Whether a value is a date or time, or text that begins with one."""
    from pyarrow import types

    if value is None:
        return False
    if types.is_binary(value.type):
        return _TIME.match(value.as_py() or b"") is not None
    return bool(types.is_timestamp(value.type) or types.is_date(value.type))
