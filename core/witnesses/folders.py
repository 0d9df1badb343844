"""Files of one name in several folders: `sub-01/anat/T1w.nii.gz`, `sub-02/anat/T1w.nii.gz`.

Folders do not count where columns in common are compared, as each side may have its own. But where
names of files tell fewer rows apart than their paths, folders say which file it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.suffixes import ANY, is_bare_path, without_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"[/\\]")
NAME_OF_FILE = re.compile(rf"(.+?){ANY}", re.DOTALL | re.IGNORECASE)
"""The name of a file, without folders. Dates have no suffixes."""

_WORD = re.compile(r"[0-9]+|[^\W0-9_]+")
_OF_NO_FOLDER = ("", ".")


def are_in_other_folders(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether files are others, by as many of their folders as tell the paths of a side apart.

    Folders that are the same in all rows of a side do not count, nor do words in the names of
    folders that all of them have: train_pred and val_pred are train_gt and val_gt.

    Args:
        one: Texts of the first rows of one side; those that are no names of files say nothing.
        other: Those of the other side, whose files have the same names.
    """
    rows = [(_split(*pair), _split(*reversed(pair))) for pair in zip(one, other, strict=True)]
    rows = [row for row in rows if all(row)]
    names = [mine[0] for mine, _ in rows]
    sides = [_varying_folders([row[side] for row in rows]) for side in (0, 1)]
    n_levels = min(map(len, sides))
    n_whole = [_n_different(names, *levels) for levels in sides]
    for n in range(n_levels + 1):
        if [_n_different(names, *levels[:n]) for levels in sides] == n_whole:
            n_levels = n
            break
    mine, others = ([_without_common_words(some) for some in side[:n_levels]] for side in sides)
    return mine != others


def _split(path: str, beside: str) -> list[str]:
    """The name of a file without suffixes, and its folders, the innermost first; [] if no file.

    A path without a suffix is a file if the text beside it is one.
    """
    *folders, name = _SIGNS.split(path.strip().lower())
    if NAME_OF_FILE.fullmatch(name) is None and not is_bare_path(path, beside):
        return []
    return [
        without_known(name),
        *(folder for folder in reversed(folders) if folder not in _OF_NO_FOLDER),
    ]


def _varying_folders(files: Sequence[Sequence[str]]) -> list[list[str]]:
    """The folders of all files at each depth, counted from the file, where they are not all one."""
    depth = max(map(len, files), default=0)
    levels = [[file[i] if i < len(file) else "" for file in files] for i in range(1, depth)]
    return [level for level in levels if len(set(level)) > 1]


def _n_different(*levels: Sequence[str]) -> int:
    return len(set(zip(*levels, strict=True)))


def _without_common_words(folders: Iterable[str]) -> list[list[str]]:
    """The words and numbers of each folder, without words that are in all of them, and zeros."""
    words = [_WORD.findall(folder) for folder in folders]
    common = {word for word in set.intersection(*map(set, words)) if not word[0].isdigit()}
    return [[word.lstrip("0") for word in some if word not in common] for some in words]
