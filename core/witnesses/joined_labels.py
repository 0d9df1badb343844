"""Labels of a table whose two columns of one label differ: tables were put side by side.

date,station,pred,date,station,y
2024-01-01,bern,1.5,2024-01-01,oslo,2.5
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import as_option, shown
from smoothl1.witnesses.times_of_validity import is_of_forecasts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Joined = Sequence[tuple[SharedColumn, Agreement]]

_OF_SAME_NAME = (".1", ":1")
"""What software adds to the name of the second of two columns that are called alike. Tables that
are joined with themselves have `_x` and `_y`: teams of a match, users of a pair."""


def warn_of_joined_labels(found: Joined, paths: Sequence[str], warn: Callable[[str], None]) -> None:
    """Warn of a table whose two times, or labels, of a row are different ones of the same.

    Tables that were put side by side have such columns.

    Args:
        found: The columns that `joined_ids` found, and the comparison of each; those that
            contradict each other are refused.
        paths: The paths of all inputs.
        warn: Takes the warning.
    """
    are_proved = any(a.agrees and a.tells_rows_apart for _, a in found)
    for column, agreement in found:
        if not (agreement.are_many and agreement.firsts.shares_values and column.is_label):
            continue
        if _are_other_times(column, agreement):
            what = f"and both {agreement.order}: are predictions and targets of a row of one time?"
        elif not are_proved and _are_other_labels(column, agreement):
            what = "with the same values: do predictions and targets of a row belong together?"
        else:
            continue
        warn(
            f"{paths[column.one]}: columns {shown(column.name)} and {shown(column.other_name)} "
            f"differ {_where(agreement)}, {what} (--key {as_option(column.key_name)} matches rows, "
            "with this file given for each side)"
        )


def _where(agreement: Agreement) -> str:
    if agreement.differs_everywhere and not agreement.order:
        return "in every row"
    return f"from row {(agreement.first_difference or 0) + 1} on"


def _are_other_times(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether both are times that rise, or fall, and mostly are others.

    A forecast is issued at one time and valid for another: not if a name says so.
    """
    is_shifted = agreement.order and not agreement.counts_rows and agreement.differs_mostly
    return bool(is_shifted) and not any(map(is_of_forecasts, (column.name, column.other_name)))


def _are_other_labels(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether both are labels of one name, of which no row has the same.

    A label that one side has in all rows, such as its source, says nothing. Nor do two that stand
    beside each other, such as the stations of a trip: a table was joined twice.
    """
    is_of_same_name = column.name.startswith("@") or column.other_name in (
        f"{column.name}{end}" for end in _OF_SAME_NAME
    )
    are_several = all(agreement.firsts.n_different(side) > 1 for side in (0, 1))
    is_doubt = is_of_same_name and column.are_apart and are_several
    return is_doubt and agreement.differs_everywhere
