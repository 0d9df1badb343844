"""Files that repeat the rows of others: a merged file, other epochs, the same bytes."""

from __future__ import annotations

import os
import stat
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORD = lazy_pattern(r"[^\W\d_]+|[0-9]+")
_MERGED = frozenset(
    ("all", "merged", "combined", "joined", "concat", "concatenated", "full", "whole", "total")
)
"""Words for a file that holds the rows of all others."""

_RUN = lazy_pattern(
    r"(?<![a-z])(epoch|checkpoint|ckpt|seed|trial|model|version|v|attempt|run(?=[^/\\]*[/\\]))"
    r"[-_. =]?([0-9]+(?:\.[0-9]+)*)(?![0-9]|[-_ ]?of[-_ ]?[0-9])"
)
"""The number of a model in the name of a file or folder: each has predictions of the same rows.
Runs are folders: files such as `run-0.csv` may be the parts that one run wrote."""

_PLURALS = {"ckpt": "checkpoints", "v": "versions"}

_COMPARED_BYTES = 1 << 12
"""Bytes at the end of files that are compared."""

_FEWEST_BYTES = 256
"""Smaller files may be alike by chance."""

_VARIED = 0.25
"""Bytes that shrink below this share are mostly one value: two masks may both be empty."""


def refuse_merged(paths: Sequence[str], path: str) -> None:
    """Refuse a file that is called after all others, beside others that are numbered.

    Args:
        paths: The files.
        path: The input, as the user typed it.

    Raises:
        DataError: There is such a file: its rows would count twice.
    """
    if len(paths) < 3:
        return
    words = [_words(tail) for tail in without_common_folders(paths)]
    merged = [i for i, of_file in enumerate(words) if of_file & _MERGED]
    if len(merged) != 1:
        return
    (place,) = merged
    others = [of_file for i, of_file in enumerate(words) if i != place]
    common = frozenset.intersection(*others)
    are_numbered = all(any(map(str.isdigit, of_file - common)) for of_file in others)
    if are_numbered and words[place] - common <= _MERGED:
        other = paths[0] if place else paths[1]
        raise DataError(
            f"{paths[place]} seems to hold the rows of the others, such as {other}, by its name",
            path=path,
            hint="move it elsewhere, or write a quoted pattern that matches it alone or the others",
        )


def warn_of_runs(paths: Sequence[str], path: str, warn: Callable[[str], None]) -> bool:
    """Warn of files of several epochs, checkpoints, seeds or runs of a model.

    Args:
        paths: The files.
        path: The input, as the user typed it.
        warn: Takes the warning.

    Returns:
        Whether there was one.
    """
    tails = [tail.lower() for tail in without_common_folders(paths)]
    if len({_RUN.sub("", tail) for tail in tails}) == len(tails):
        return False  # each fold has its best epoch
    found = [dict(_RUN.findall(tail)) for tail in tails]
    for word in found[0]:
        numbers = {of_file.get(word) for of_file in found}
        if len(numbers) > 1 and None not in numbers:
            warn(
                f"{path}: files of {len(numbers)} {_PLURALS.get(word, f'{word}s')} are read as one "
                f"set, by their names: {paths[0]} to {paths[-1]} (a quoted pattern that matches "
                "the files of one reads that one)"
            )
            return True
    return False


def warn_of_same_bytes(
    paths: Sequence[str],
    path: str,
    warn: Callable[[str], None],
    has_rows: Callable[[str], bool],
) -> None:
    """Warn of two files of one size that end in the same bytes, which are no single value.

    Args:
        paths: The files, of the file system.
        path: The input, as the user typed it.
        warn: Takes the warning.
        has_rows: Whether a file has rows. It is asked of files that end alike only: tasks without
            rows leave the same header or footer.
    """
    by_size: dict[int, list[str]] = {}
    for name in paths:
        with suppress(OSError):  # is reported when the file is opened
            status = os.stat(name)
            if stat.S_ISREG(status.st_mode):  # a Zarr store is a folder
                by_size.setdefault(status.st_size, []).append(name)
    for size, names in by_size.items():
        if len(names) < 2 or size < _FEWEST_BYTES:
            continue
        known: dict[bytes, str] = {}
        for name in names:
            end = _end_of(name, size)
            other = known.setdefault(end, name)
            if other == name or len(zlib.compress(end)) <= _VARIED * len(end):
                continue
            if has_rows(name):
                warn(
                    f"{path}: {other} and {name} seem to hold the same rows: they have the same "
                    "size and end in the same bytes"
                )
                return


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(stem_of(name).lower()))


def _end_of(name: str, size: int) -> bytes:
    """The last bytes of a file; none where it cannot be read, which is reported later."""
    with suppress(OSError), open(name, "rb") as file:
        file.seek(max(0, size - _COMPARED_BYTES))
        return file.read(_COMPARED_BYTES)
    return b""
