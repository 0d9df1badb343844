"""Files that hold the same rows twice: links, backups, and files in two formats or compressed."""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import shlex
import stat
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.shard_names import stem_of
from smoothl1.files.suffixes import unpacked
from smoothl1.files.tree import LOCAL
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.files.tree import Tree

_COPY = (
    r"(?:[ck][oóòô]{1,2}p[iy]\w{0,2}|kópia|másolat|salinan|копи[яеі]|копія|αντίγραφο"
    r"|副本|拷贝|拷貝|複製|复制|コピー|복사본|사본)"
)
"""A copy, in the languages of desktops: cópia, copia, kopia, kopija and the like."""

_FORMER = r"(?:bak|back-?up|old|orig(?:inal)?|saved?|prev(?:ious)?)"

_APPENDED = lazy_pattern(
    rf"(.+?)(?:~|\.~[0-9]+~|\.{_FORMER})|(.+\.[a-z]\w*?)(?:\.[0-9]+|[ ._-]{_FORMER}[0-9]*)",
    re.IGNORECASE,
)
"""What editors, patch, and programs that number old files append: `x.csv~`, `x.csv.1`."""

_INSERTED = lazy_pattern(
    rf"(.+?)(?: ?\([0-9]+\)| ?\((?:[^()]*[^()\w])?{_COPY}(?:\W[^()]*)?\)"
    rf"|(?: - | の|[ ._-]){_COPY} ?\(?[0-9]*\)?| (?:[2-9]|[1-9][0-9]+)"
    rf"|[ ._-]{_FORMER}[0-9]*|[ ._-](?:sync-)?conflict(?:ed)?(?:[ _-][^.]*)?)"
    r"((?:\.\w+)*)",
    re.IGNORECASE,
)
"""What desktops, browsers, Jupyter, Dropbox and Syncthing insert: `x (1).csv`, `x - Copy.csv`."""

_ENCLOSED = lazy_pattern(
    rf"{_COPY}(?: \([0-9]+\))?(?: (?:of|von|van|de|di|d[ao]|av|af|pliku)| -)? (.+)|#(.+)#",
    re.IGNORECASE,
)


_SIGN = lazy_pattern(
    r"[ (~#]|[^\0-\x7f]|\.[0-9]+\Z|[ck]o+p|bak|back|old|orig|save|prev|conflict", re.IGNORECASE
)
"""What the name of every copy has, and few others. To look for it is faster."""


def refuse_links(paths: Iterable[str], path: str) -> None:
    """Refuse two names of one file, and what is no regular file. Missing files are told later.

    Args:
        paths: The files.
        path: The input, as the user typed it.

    Raises:
        DataError: A file is a pipe, a device or the like, or is there twice.
    """
    known: dict[tuple[int, int], str] = {}
    for name in sorted(paths):
        try:
            status = os.stat(name)
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            continue
        if not stat.S_ISREG(status.st_mode):
            raise DataError(
                f"holds {name}, which is not a regular file",
                path=path,
                hint="move it elsewhere, or write a quoted pattern that does not match it",
            )
        other = known.setdefault((status.st_dev, status.st_ino), name)
        if other != name:
            raise DataError(
                f"{other} and {name} are one file, whose rows would count twice",
                path=path,
                hint="remove the link, or write a pattern that matches one of them",
            )


def refuse_copies(paths: Iterable[str], path: str, tree: Tree = LOCAL) -> None:
    """Refuse files whose names say that they are copies of others.

    Args:
        paths: The files.
        path: The input, as the user typed it.
        tree: The tree that the files are in.

    Raises:
        DataError: A file is there compressed or in another format, too, or beside its backup or
            copy.
    """
    folders: dict[str, list[str]] = {}
    for name in paths:
        folder, base = os.path.split(name)
        folders.setdefault(folder, []).append(base)
    for folder, names in folders.items():
        originals = _originals(names)
        if len(set(originals.values())) < len(names):
            first: dict[str, str] = {}
            one, other = next(
                (first[original], name)
                for name, original in sorted(originals.items(), key=lambda item: len(item[0]))
                if first.setdefault(original, name) != name
            )
            paths_of_both = [os.path.join(folder, some) for some in (one, other)]
            if empty := tree.empty(paths_of_both):
                raise DataError(
                    f"{empty[0]} has 0 bytes: not written to the end?",
                    path=path,
                    hint="write it again, or move it elsewhere",
                )
            raise DataError(
                f"{os.path.join(folder, one)} and {other} seem to hold the same rows",
                path=path,
                hint=_advice(path, originals, is_folder=tree.is_folder(path)),
            )


def _originals(names: Sequence[str]) -> dict[str, str]:
    """For each name that of the file of which it may be a copy, without compression and format."""
    plain = set(map(_in_any_format, names))
    found = {}
    for name, itself in zip(names, map(unpacked, names), strict=True):
        original = itself
        while (shorter := _original(original)) is not None:
            original = shorter
            if _in_any_format(original) in plain:
                break
        bare = _in_any_format(original)
        found[name] = bare if bare in plain else _in_any_format(itself)
    return found


def _in_any_format(name: str) -> str:
    """A name without the suffixes of compression and of the format, if it has the latter."""
    plain = unpacked(name)
    stem = stem_of(plain)
    return plain if stem == plain else f"{stem}."


def _original(name: str) -> str | None:
    """The name of the file of which a name says that it is a copy, or a former state."""
    if not _SIGN.search(name):
        return None
    if match := _APPENDED.fullmatch(name) or _ENCLOSED.fullmatch(name):
        return match[1] or match[2]
    if match := _INSERTED.fullmatch(name):
        return f"{match[1]}{match[2]}"
    return None


def _advice(path: str, originals: dict[str, str], *, is_folder: bool) -> str:
    """A pattern that matches each file of a folder once, if there is one."""
    everything = set(originals.values())
    ends = (name[len(os.path.splitext(unpacked(name))[0]) :] for name in originals)
    for end in sorted({end for end in ends if end}) if is_folder else ():
        matched = [originals[name] for name in fnmatch.filter(originals, f"*{end}")]
        if len(matched) == len(everything) and set(matched) == everything:
            pattern = os.path.join(glob.escape(path), f"*{end}")
            return f"a quoted pattern says which count: {shlex.quote(pattern)}"
    return "move one of them elsewhere, or write a pattern that matches one of them"
