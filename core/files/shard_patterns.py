"""Patterns that match given files, and no others: what a shell may have replaced by their names."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from smoothl1.files.shard_names import pieces_of, shape_of
from smoothl1.files.shard_numbers import n_equal
from smoothl1.files.suffixes import unpacked
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_WILD = frozenset("*?[")


def pattern_of(paths: Sequence[str]) -> str:
    """A pattern for paths that differ in a number or a word; "" if every one matches other files.

    Args:
        paths: Files, or folders, or patterns. A folder stands for the files in it.
    """
    if any(map(is_uri, paths)):
        return ""  # a shell replaces no pattern by these
    plain = [os.path.normpath(path) for path in paths]
    are_patterns = {_is_pattern(path) for path in plain}
    are_folders = {os.path.isdir(path) for path in plain}
    if len(are_patterns) > 1 or len(are_folders) > 1:
        return ""
    escape = str if True in are_patterns else glob.escape
    ends = f"{os.sep}*" if True in are_folders else ""
    wanted = {name for path in plain for name in glob.glob(f"{escape(path)}{ends}", recursive=True)}
    found = (f"{pattern}{ends}" for pattern in _candidates(plain, escape))
    return next((p for p in found if {*glob.glob(p, recursive=True)} == wanted), "")


def _is_pattern(path: str) -> bool:
    return bool(_WILD.intersection(path)) and not os.path.exists(path)


def _candidates(paths: Sequence[str], escape: Callable[[str], str]) -> Iterator[str]:
    """Patterns that match all paths, from the one that is read most easily to the narrowest."""
    stems = [unpacked(path) for path in paths]
    if len({shape_of(stem).texts for stem in stems}) == 1:
        ends = {path[len(stem) :] for path, stem in zip(paths, stems, strict=True)}
        end = ends.pop() if len(ends) == 1 else "*"
        for choice in (_any_digit, _one_of):
            yield _numbered(stems, escape, choice) + end
    n = n_equal(paths)
    rests = [path[n:][::-1] for path in paths]
    m = n_equal(rests)
    depths = {rest[m:].count(os.sep) for rest in rests}
    if len(depths) == 1:
        between = os.sep.join("*" * (depths.pop() + 1))
        yield f"{escape(paths[0][:n])}{between}{escape(rests[0][:m][::-1])}"


def _numbered(
    stems: Sequence[str], escape: Callable[[str], str], choice: Callable[[set[str]], str]
) -> str:
    """A pattern for names that differ in numbers alone."""
    pattern = ""
    for column in zip(*map(pieces_of, stems), strict=True):
        if len({len(piece) for piece in column}) > 1:
            pattern += "[0-9]*"
            continue
        each = list(map(set, zip(*column, strict=True)))
        if any(len(characters) > 1 for characters in each):
            pattern += "".join(choice(x) if len(x) > 1 else x.pop() for x in each)
        else:
            pattern += escape(column[0])
    return pattern


def _any_digit(_: set[str]) -> str:
    return "[0-9]"


def _one_of(digits: set[str]) -> str:
    return f"[{''.join(sorted(digits))}]"
