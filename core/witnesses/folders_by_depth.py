"""The folders above files of one name, each depth counted from the file: `sub-1/ses-1/T1w.nii`.

Each side may have folders of its own. But the same folders in another order are other files,
whatever the depth of the folder that says which is which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.files.suffixes import ANY
from smoothl1.witnesses.bare_paths import are_bare_paths
from smoothl1.witnesses.hash_sums import Sums

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.witnesses.hashes import Hashes

    Pair = tuple[Hashes, Hashes]

_MOST_FOLDERS = 32
"""Folders above a file that are looked at: a bound of what is held, which no layout reaches."""

_FILE = rf"[^/]{ANY}\z"
_NAME = r"[^/]*\z"
_OF_NO_FOLDER = (b"", b".")
_OF_NONE = np.uint64(0x6E6F20666F6C6465)


class FoldersByDepth:
    """Whether files of one name in each row are in the same folders in another order. Merged.

    The first depth counts at which the sides differ, unless each side has one folder there in all
    rows, as `pred` and `gt`: these are left out of the paths.
    """

    def __init__(self) -> None:
        self._depths: list[_Depth] = []

    def add(self, paths: tuple[pa.Array, pa.Array], names: Pair) -> None:
        """Add some rows; those count of which both sides are files, one of them with a suffix.

        Args:
            paths: The texts of both sides, as bytes with offsets of 32 bits.
            names: The hashes of the names without folders, which are the same on both sides.
        """
        import pyarrow as pa

        from smoothl1.witnesses.hashes import mixed

        one, other = map(_with_slashes, paths)
        rows = _are_files(one, other) & _are_files(other, one)
        are_files = pa.array(rows)
        mine, others = (some[rows] for some in names)
        folders = _folders_at_depths(one.filter(are_files), other.filter(are_files))
        for at, (inner, outer) in enumerate(folders):
            if at == len(self._depths):
                self._depths.append(_Depth())
            self._depths[at].add((inner, outer), (mixed(mine ^ inner), mixed(others ^ outer)))
            if self._depths[at].decides:  # a further folder says no more
                return
            is_same = inner == outer
            for some in (mine, others):
                some[is_same] = mixed(some[is_same] ^ inner[is_same])

    def merge(self, other: FoldersByDepth) -> None:
        """Add other rows."""
        n_new = max(0, len(other._depths) - len(self._depths))
        self._depths += [_Depth() for _ in range(n_new)]
        for mine, further in zip(self._depths, other._depths, strict=False):
            mine.merge(further)

    @property
    def deciding(self) -> Sums | None:
        """The sums of the first depth whose folders say which file is which; None if none do."""
        return next((depth.sums for depth in self._depths if depth.decides), None)


class _Depth:
    """The folders at one depth. Merged.

    Attributes:
        sums: Those of the paths from this depth on.
    """

    def __init__(self) -> None:
        self.sums = Sums()
        self._some: list[set[int]] = [set(), set()]  # folders of each side, two at most

    def add(self, folders: Pair, paths: Pair) -> None:
        """Add the hashes of the folders at this depth, and of the paths from there on."""
        self.sums.add(*paths)
        for some, found in zip(self._some, folders, strict=True):
            if len(some) < 2 and found.size:
                some.add(int(found[0]))
                some.update(found[found != found[0]][:1].tolist())

    def merge(self, other: _Depth) -> None:
        """Add other rows."""
        self.sums.merge(other.sums)
        both = zip(self._some, other._some, strict=True)
        self._some = [set(sorted(mine | further)[:2]) for mine, further in both]

    @property
    def decides(self) -> bool:
        """Whether the sides differ, and one of them has several folders here."""
        return self.sums.differ and any(len(some) > 1 for some in self._some)


def _with_slashes(paths: pa.Array) -> pa.Array:
    """Paths in lower case, with the slashes of Unix."""
    import pyarrow.compute as pc

    from smoothl1.witnesses.text_bytes import in_lower_case

    return pc.replace_substring(in_lower_case(paths), "\\", "/")


def _are_files(paths: pa.Array, others: pa.Array) -> NDArray[np.bool_]:
    """Whether each path has a suffix, or is in folders and lacks that of the other one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    have_suffixes = pc.match_substring_regex(paths, _FILE).fill_null(pa.scalar(value=False))
    are_files: NDArray[np.bool_] = have_suffixes.to_numpy(zero_copy_only=False)
    return are_files | are_bare_paths(paths, others)


def _folders_at_depths(one: pa.Array, other: pa.Array) -> list[Pair]:
    """The hashes of the folders of both sides at each depth."""
    sides = _Folders(one), _Folders(other)
    n_depths = min(_MOST_FOLDERS, max(side.depth for side in sides))
    return [(sides[0].at(depth), sides[1].at(depth)) for depth in range(n_depths)]


class _Folders:
    """The folders of some paths.

    Args:
        paths: Paths with slashes, as bytes, none of them missing.

    Attributes:
        depth: The most folders above a file.
    """

    def __init__(self, paths: pa.Array) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        from smoothl1.witnesses.hashes import of_bytes

        coded = pc.replace_substring_regex(paths, _NAME, "").dictionary_encode()
        split = pc.split_pattern(coded.dictionary, "/")  # each once: many files are in one folder
        folders = split.flatten()
        are_some = pc.invert(pc.is_in(folders, pa.array(_OF_NO_FOLDER, folders.type)))
        n_before = np.append(0, np.cumsum(are_some.to_numpy(zero_copy_only=False)))
        offsets = n_before[split.offsets.to_numpy()]
        self._begins, self._ends = offsets[:-1], offsets[1:]
        self._hashes = np.append(of_bytes(folders.filter(are_some)), _OF_NONE)
        self._places = coded.indices.to_numpy()
        self.depth = int((self._ends - self._begins).max(initial=0))

    def at(self, depth: int) -> Hashes:
        """The hashes of the folders at a depth, from 0, the innermost, on; the same if none is."""
        at = self._ends - 1 - depth
        hashes: Hashes = self._hashes[np.where(at < self._begins, -1, at)][self._places]
        return hashes
