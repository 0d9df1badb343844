"""Frames of other sequences: `seq01/000000.png` in one input, `seq02/000000.png` in another.

Folders do not count where columns in common are compared. But frames are numbered from the
beginning in each sequence, so that their names are the same, and only a folder says which it is.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.files.shard_counts import SPLITS
from smoothl1.sources.columns import shown
from smoothl1.witnesses.folders import NAME_OF_FILE
from smoothl1.witnesses.proofs import proofs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Compared = tuple[SharedColumn, Agreement]

_SIGNS = re.compile(r"[/\\]")
_NUMBER = re.compile(r"[0-9]+")
_ONE_NUMBER = re.compile(r"[^0-9/\\]*[0-9]+[^0-9/\\]*")
_WORD = re.compile(r"[^\W0-9_]+")

_OVER_OWN_FOLDERS = frozenset(
    ("home", "users", "mnt", "media", "volumes", "scratch", "tmp", "gpfs", "lustre", "nfs")
)
"""Folders in which each person, disk or job has one."""

_OF_MACHINES = frozenset(
    ("user", "disk", "drive", "hdd", "ssd", "nvme", "vol", "volume", "node", "host", "gpu", "job")
)
"""Words that number machines and their parts, persons and jobs: they say nothing of files."""

_OF_SIZES = frozenset(
    ("images", "image", "imgs", "img", "masks", "labels", "frames", "tiles", "patches", "crops")
) | frozenset(("crop", "resized", "scaled", "size", "res", "px", "p", "x", "rgb", "jpg", "png"))
"""Words beside the size in pixels to which images were scaled: `images_512`, `480x640`, `720p`."""

_INNERMOST = -2
"""Where the folder of a file is in a path that is split."""

_SIZE = re.compile(r"[1-9][0-9]{1,4}")
_LEAST_SIZE, _STEP_OF_SIZES = 64, 8


def warn_of_numbered_folders(
    found: Sequence[Compared], paths: Sequence[str], last: int, warn: Callable[[str], None]
) -> None:
    """Warn of files numbered alike whose folders have other numbers, or are other sets of data.

    Args:
        found: The columns in common, and the comparison of each.
        paths: The paths of the inputs.
        last: Position of the targets: two models may have written to folders of their own.
        warn: Takes the warning.
    """
    for column, agreement in found:
        if column.other < last or not _has_other_paths(agreement):
            continue
        inputs = (column.one, column.other)
        names = _texts_of(agreement, 0)
        folders = other_folders(names, _texts_of(agreement, 1))
        others = [(c, a) for c, a in found if c is not column and _says_more(a, names)]
        if folders and not any(inputs in proofs for proofs in proofs_of(others, always=True)):
            mine, other = map(shown, folders)
            warn(
                f"{paths[column.one]}: column {shown(column.name)} numbers files as that of "
                f"{paths[column.other]}, but in other folders in every row: {mine} and {other} "
                "(--no-key-check says that these rows match)"
            )


def _says_more(agreement: Agreement, names: Sequence[str]) -> bool:
    """Whether a column does not just number rows, and has other numbers than names of files."""
    if agreement.numbers_rows:
        return False
    texts = _texts_of(agreement, 0)
    if agreement.first_difference is not None:  # folders that are the same say more
        texts = [*map(_name_of, texts)]
    is_number = all(_ONE_NUMBER.fullmatch(text) for text in texts)  # a date has several
    return not (texts and is_number and _steps(texts) == _steps([*map(_name_of, names)]))


def _has_other_paths(agreement: Agreement) -> bool:
    """Whether texts agree but for their spelling, which is another one in each of many rows."""
    is_other = agreement.agrees and agreement.first_difference is not None
    return is_other and agreement.are_many and agreement.differs_everywhere


def other_folders(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    """Find folders that say that files are others; None if there are none.

    Args:
        one: The paths of the first rows of one side.
        other: Those of the other side, whose files have the same names.

    Returns:
        The folders of the first row, if such folders differ in every row, and the files are
        numbered in equal steps, once or in each of several folders.
    """
    if not one or not other:
        return None
    split = [[_SIGNS.split(path) for path in some] for some in (one, other)]
    rows = list(zip(*split, strict=True))
    names = [[*map(_name_of, some)] for some in (one, other)]
    are_files = any(all(map(NAME_OF_FILE.fullmatch, some)) for some in names)
    if not (are_files and _steps(names[0])):
        return None
    for at in range(_INNERMOST, -min(min(map(len, row)) for row in rows) - 1, -1):
        if all(_are_other(mine[at], their[at]) for mine, their in rows):
            mine, their = rows[0]
            is_one = all({path[at] for path in side} == {side[0][at]} for side in split)
            if not (is_one and all(_is_of_place_or_size(path, at) for path in rows[0])):
                return mine[at], their[at]
    return None


def _are_other(one: str, other: str) -> bool:
    """Whether names of folders differ in numbers alone, or are two sets, such as train and val."""
    if {one.casefold(), other.casefold()} <= SPLITS:
        return one.casefold() != other.casefold()
    numbers = [list(map(int, _NUMBER.findall(name))) for name in (one, other)]
    return numbers[0] != numbers[1] and _NUMBER.sub("0", one) == _NUMBER.sub("0", other)


def _is_of_place_or_size(path: Sequence[str], at: int) -> bool:
    """Whether the number of a folder says where files are, or the size of images, and not which."""
    *above, folder = (name.casefold() for name in path[: len(path) + at + 1])
    words = {*_WORD.findall(folder)}
    numbers = _NUMBER.findall(folder)
    if not numbers:  # a set of data
        return False
    is_own = bool(above) and above[-1] in _OVER_OWN_FOLDERS
    holds_files = at == _INNERMOST  # with a word, as seq01, it may say which they are
    if (is_own and not (holds_files and words)) or (words and words <= _OF_MACHINES):
        return True
    is_size = [_is_size(number, among_words=bool(words)) for number in numbers]
    return words <= _OF_SIZES and all(is_size)


def _is_size(digits: str, *, among_words: bool) -> bool:
    """Whether a number may be a size in pixels; a power of two if no word says so."""
    if not _SIZE.fullmatch(digits) or int(digits) < _LEAST_SIZE:
        return False
    return int(digits) % _STEP_OF_SIZES == 0 if among_words else int(digits).bit_count() == 1


def _name_of(path: str) -> str:
    return _SIGNS.split(path)[-1]


def _steps(names: Sequence[str]) -> Sequence[int]:
    """The numbers in names that are the same but for these, if they are in equal steps.

    They may begin again, as frames do in the next folder.
    """
    numbers = [_NUMBER.findall(name) for name in names]
    if len({_NUMBER.sub("0", name) for name in names}) > 1 or not all(numbers):
        return ()
    counted = list(zip(*(map(int, some) for some in numbers), strict=True))
    moving = [some for some in counted if len(set(some)) > 1]
    steps = {b - a for some in moving for a, b in pairwise(some) if b != some[0]}
    return moving[0] if len(moving) == 1 and len(steps) == 1 else ()


def _texts_of(agreement: Agreement, side: int) -> list[str]:
    """The texts or whole numbers of the first rows of a side; none if a value is missing."""
    from pyarrow import types

    blocks = agreement.firsts.blocks(side)
    if any(
        some.null_count or not (types.is_binary(some.type) or types.is_integer(some.type))
        for some in blocks
    ):
        return []
    values = [value for some in blocks for value in some.to_pylist()]
    return [v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in values]
