"""Columns that tell rows apart together: a country and a year, a station and a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.sources.columns import shown
from smoothl1.witnesses.first_rows import N_FIRST
from smoothl1.witnesses.hashes import mixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Compared = tuple[SharedColumn, Agreement]
    Proofs = dict[tuple[int, int], str]

_FEWEST = 2


def joint_proofs(found: Sequence[Compared]) -> tuple[Proofs, Proofs]:
    """For each two inputs the columns that agree, repeat, and together have no row twice.

    Args:
        found: The columns in common, and the comparison of each.

    Returns:
        Those of all rows, and those of the first rows only: what a proof says, by the inputs.
    """
    sure: Proofs = {}
    likely: Proofs = {}
    for pair in {(c.one, c.other) for c, _ in found}:
        parts = [(c, a) for c, a in found if (c.one, c.other) == pair and _may_be_part(c, a)]
        n_rows = _n_distinct(parts) if len(parts) >= _FEWEST else 0
        if n_rows:
            names = " and ".join(shown(column.name) for column, _ in parts)
            (sure if n_rows < N_FIRST else likely)[pair] = f"{names} agree"
    return sure, likely


def _may_be_part(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column that agrees may be a part of a key; fractions and guesses are none."""
    is_other = column.is_copy or column.are_numbers or column.is_guessed
    return agreement.agrees and not (is_other or agreement.begins_distinct)


def _n_distinct(parts: Sequence[Compared]) -> int:
    """The number of first rows, if no two of them are the same in all columns; else 0."""
    hashes = [agreement.firsts.hashes(0) for _, agreement in parts]
    if len({some.size for some in hashes}) > 1:
        return 0
    rows = np.zeros(hashes[0].size, np.uint64)
    for some in hashes:
        rows = mixed(rows ^ some)
    return rows.size if rows.size > 1 and np.unique(rows).size == rows.size else 0
