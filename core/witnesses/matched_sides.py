"""Columns in common of sides whose rows a key matches: it says which rows go together.

Two things are left to tell. The targets that a model has of its own are not used. And of several
rows of one key the first is taken: that they go together is said by their places alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import as_option, shown
from smoothl1.witnesses.copies import warn_of_copies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn


def warn_of_matched(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    have_repeats: Sequence[bool],
    warn: Callable[[str], None],
) -> None:
    """Warn of targets of models that differ, and of labels that contradict a choice of rows.

    Args:
        found: The columns that a model has in common with the targets, and their comparison.
        paths: The paths of the sides, the targets last.
        have_repeats: For each side whether rows that repeat a key are left out.
        warn: Takes a warning.
    """
    copies = [(column, agreement) for column, agreement in found if column.is_copy]
    warn_of_copies(copies, paths, [(column.one, column.other) for column, _ in copies], warn)
    for column, agreement in found:
        if column.is_copy or not (have_repeats[column.one] or have_repeats[column.other]):
            continue
        if _contradicts(agreement):
            rows = "every row" if agreement.differs_everywhere else "most rows"
            warn(
                f"{paths[column.one]}: column {shown(column.name)} differs from that of "
                f"{paths[column.other]} in {rows}, and of the rows of one key the first is taken "
                f"(--key {as_option(column.key_name)}, too, if it says which row is which; "
                "--no-key-check if not)"
            )


def _contradicts(agreement: Agreement) -> bool:
    """Whether a label says that rows are others: most differ, and it is none that occurs once."""
    if not agreement.is_comparable or agreement.agrees:
        return False
    differs = agreement.differs_everywhere or (agreement.differs_mostly and agreement.are_many)
    firsts = agreement.firsts
    repeats = firsts.shares_values or any(map(firsts.repeat_mostly, (0, 1)))
    return differs and repeats
