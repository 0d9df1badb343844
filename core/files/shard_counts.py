"""Names that say how many files or folders a set has: `data-00001-of-00003`."""

from __future__ import annotations

import fnmatch
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.files.repeated import warn_of_runs
from smoothl1.files.shard_names import shape_of, without_common_folders
from smoothl1.files.suffixes import unpacked
from smoothl1.files.tree import LOCAL
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smoothl1.files.tree import Tree

_OF = lazy_pattern(r"(?<![0-9.])([0-9]+)[-_ ]?of[-_ ]?([0-9]+)(?![0-9])", re.IGNORECASE)

_AGAIN = lazy_pattern(
    r"(?<![A-Za-z])(?:v|ver|version|rev|revision|release|attempt|try|retry|run|job|task|copy|time)"
    r"[-_. =]*\Z",
    re.IGNORECASE,
)
"""What stands before the number of a file that was written again."""

_FIRST_DATE = 1000_00_00
"""Larger numbers may be dates or times."""


_DIGITS = lazy_pattern("[0-9]+")
_WORD = lazy_pattern("[a-z]+")
SPLITS = frozenset(
    ("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval")
)
"""Words for the sets into which data are split. Each is evaluated by itself."""


class _Shard(NamedTuple):
    """A file with a name, or in a folder, that says which of how many it is.

    Attributes:
        path: The file.
        at: The places of the number in the path.
        number: The number.
        total: How many there are.
    """

    path: str
    at: tuple[int, int]
    number: int
    total: int

    @property
    def set_name(self) -> tuple[str, str]:
        """What all shards of a set have in common: the text before the number, and suffixes."""
        rest = unpacked(self.path[self.at[1] :])
        of_folder = os.sep in rest
        return self.path[: self.at[0]], os.sep if of_folder else rest[rest.find(".") :]

    def renumbered(self, index: int) -> str:
        """The path of another shard of the set, except that a hash in it may differ."""
        begin, end = self.at
        return f"{self.path[:begin]}{index:0{end - begin}}{self.path[end:]}"

    def is_asked_for(self, index: int, pattern: str) -> bool:
        """Whether a pattern matches the path of another shard, too."""
        n = self.path.count(os.sep, self.at[1])
        name, wanted = (x.split(os.sep)[-1 - n :][0] for x in (self.renumbered(index), pattern))
        return wanted == "**" or fnmatch.fnmatchcase(name, wanted)


def refuse_incomplete(paths: Iterable[str], path: str, tree: Tree = LOCAL) -> None:
    """Refuse a set of files whose names say that it has more, and files of two such sets.

    Args:
        paths: The files.
        path: The input, as the user typed it. A pattern that does not match what is missing
            is meant.
        tree: The tree that the files are in.

    Raises:
        DataError: A file or folder is missing, or there are two sets.
    """
    sets: dict[tuple[str, str], list[_Shard]] = {}
    is_folder = tree.is_folder(path)
    for name in paths:
        shard = _shard_of(name, name.rfind(os.sep) + 1 if is_folder else 0)
        if shard is not None:
            sets.setdefault(shard.set_name, []).append(shard)
    for set_name, shards in sets.items():
        numbers = {shard.number for shard in shards}
        are_parts = len(numbers) < len(shards) and _are_parts(shards)
        if are_parts and len(numbers) == 1:
            continue  # the number is not that of the files
        _refuse_two_sets(shards, path, are_alike=are_parts or set_name[1] == os.sep)
        _refuse_missing(shards, path, tree, is_folder=is_folder)


def warn_of_sets(paths: Sequence[str], path: str, warn: Callable[[str], None]) -> bool:
    """Warn of files of several sets, such as those of training and of test, or of several runs.

    They are all there, and may be meant together: parts of several regions are so named, too.

    Args:
        paths: The files.
        path: The input, as the user typed it.
        warn: Takes the warning.

    Returns:
        Whether there was one.
    """
    sets: dict[str, str] = {}
    for name in paths:
        shard = _shard_of(name, 0)
        if shard is not None:
            begin = os.path.basename(shard.set_name[0])
            sets.setdefault(_DIGITS.sub("0", begin), name[: shard.at[0]] + "*")
    if len(sets) < 2:
        sets = {}
        for name in without_common_folders(paths):
            words = {word for word in _WORD.findall(name.lower()) if word in SPLITS}
            sets.setdefault(" ".join(sorted(words)), name)
        sets.pop("", None)
    if len(sets) > 1:
        first, *others = sorted(sets.values())
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        warn(
            f"{path}: files of {len(sets)} sets are read as one, by their names: {first}, "
            f"{others[0]}{more} (a quoted pattern that matches the files of one set reads that one)"
        )
    return len(sets) > 1 or warn_of_runs(paths, path, warn)


def _shard_of(name: str, begin: int) -> _Shard | None:
    match = None
    for match in _OF.finditer(name, begin):  # noqa: B007 (the last one counts)
        pass
    if match is None or len(match[1]) != len(match[2]):
        return None
    return _Shard(name, match.span(1), int(match[1]), int(match[2]))


def _are_parts(shards: Sequence[_Shard]) -> bool:
    """Whether the files differ in another number behind: `member-1-of-5-part-0`, `-part-1`.

    A single file may have been written again, and a version, an attempt or a time says which.
    """
    shapes = [shape_of(unpacked(shard.path[shard.at[1] :])) for shard in shards]
    are_alike = (
        len({shape.texts for shape in shapes}) == len({shard.total for shard in shards}) == 1
    )
    if not are_alike or shards[0].total < 2:
        return False
    known = {(shard.number, shape.numbers) for shard, shape in zip(shards, shapes, strict=True)}
    numbers = zip(*(shape.numbers for shape in shapes), strict=True)
    varying = ((i, of_all) for i, of_all in enumerate(numbers) if len(set(of_all)) > 1)
    return len(known) == len(shards) and not any(
        _AGAIN.search(shapes[0].texts[i]) or max(of_all) >= _FIRST_DATE for i, of_all in varying
    )


def _refuse_two_sets(shards: Sequence[_Shard], path: str, *, are_alike: bool) -> None:
    first: dict[int, _Shard] = {}
    for shard in shards:
        same = first.setdefault(shard.number, shard)
        other = shards[0] if shard.total != shards[0].total else same
        if other is not shard and not (are_alike and other is same):
            raise DataError(
                f"{other.path} and {shard.path} are of two sets, by their names",
                path=path,
                hint="a quoted pattern that matches the files of one set alone reads that one",
            )


def _refuse_missing(shards: Sequence[_Shard], path: str, tree: Tree, *, is_folder: bool) -> None:
    """Refuse a set in which files are missing, unless the input does not ask for them."""
    one, indices = shards[0], {shard.number for shard in shards}
    total = one.total
    if max(indices) > total or {0, total} <= indices:
        return
    from_one = total in indices or (0 not in indices and _is_part(one.path, tree))
    numbers = range(1, total + 1) if from_one else range(total)
    missing = [i for i in numbers if i not in indices and (is_folder or one.is_asked_for(i, path))]
    if missing:
        names = one.renumbered(missing[0])
        if not (from_one or 0 in indices):
            names += f" or {one.renumbered(total)}"
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        n, are = len(indices), "is" if len(indices) == 1 else "are"
        raise DataError(
            f"{n} of {total} parts {are} there, by their names: {names} is missing{more}",
            path=path,
            hint="a quoted pattern that does not match what is missing reads the others",
        )


def _is_part(path: str, tree: Tree) -> bool:
    """Whether smoothl1 wrote a file, which counts from 1; others mostly count from 0."""
    from smoothl1.files.part_records import is_part  # late: most sets are complete

    return is_part(path, tree)
