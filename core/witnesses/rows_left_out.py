"""What rows that are left show of columns that would be the same with those that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.hash_samples import HashSample

if TYPE_CHECKING:
    import pyarrow as pa

    from smoothl1.witnesses.first_rows import FirstRows


def repeat_no_key(firsts: FirstRows, n_duplicates: int) -> bool:
    """Whether the second side has values twice more often than the keys of the first side.

    Args:
        firsts: The first rows that are left. The first side is the only key.
        n_duplicates: The number of rows that are left out because they repeat a key.
    """
    n = firsts.hashes(0).size
    return firsts.n_different(0) == n and n - firsts.n_different(1) > n_duplicates


class ValuesLeft:
    """The different values of both sides in the rows that are left, however many these are. Merged.

    Letters in upper and lower case, folders and suffixes of files do not count.
    """

    def __init__(self) -> None:
        self._samples = (HashSample(), HashSample())

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add the values of both sides in some rows."""
        from smoothl1.witnesses.base_names import base_hashes, hashes_beside_files
        from smoothl1.witnesses.hashes import hashes_of

        mine, others = (base_hashes(values, hashes_of(values)) for values in (one, other))
        hashes = hashes_beside_files((one, other), (mine, others))
        for sample, some in zip(self._samples, hashes, strict=True):
            sample.add(some)

    def merge(self, other: ValuesLeft) -> None:
        """Add other rows."""
        for sample, further in zip(self._samples, other._samples, strict=True):
            sample.merge(further)

    def are_others(self, n_left_out: int) -> bool:
        """Whether more values of the second side are not on the first than rows are left out.

        One more may be another value if one side counts rows from 0, and the other from 1.
        """
        return self._samples[1].has_absent(self._samples[0], n_left_out + 1)
