"""What rows that are left show of columns that would be the same with those that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.witnesses.first_rows import N_FIRST

if TYPE_CHECKING:
    from smoothl1.witnesses.first_rows import FirstRows


def repeat_no_key(firsts: FirstRows, n_duplicates: int) -> bool:
    """Whether the second side has values twice more often than the keys of the first side.

    Args:
        firsts: The first rows that are left. The first side is the only key.
        n_duplicates: The number of rows that are left out because they repeat a key.
    """
    n = firsts.hashes(0).size
    return firsts.n_different(0) == n and n - firsts.n_different(1) > n_duplicates


def are_other_numbers(firsts: FirstRows, n_left_out: int) -> bool:
    """Whether more numbers of the second side are not on the first than rows are left out.

    One more may be another number if one side counts rows from 0, and the other from 1.

    Args:
        firsts: The first rows that are left; of more rows that follow, it is not known.
        n_left_out: The number of rows that are left out.
    """
    from pyarrow import types

    blocks = (*firsts.blocks(0), *firsts.blocks(1))
    one, other = firsts.hashes(0), firsts.hashes(1)
    if one.size >= N_FIRST or not all(types.is_integer(some.type) for some in blocks):
        return False
    return int((~np.isin(other, one)).sum()) > n_left_out + 1
