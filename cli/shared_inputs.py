"""The inputs that several results are of, as far as their paths, SHA-256 and rows tell."""

from __future__ import annotations

import os
from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.results.result import Result


class _Data(NamedTuple):
    """What the rows of a side are read from: two are other data if they differ in any of these.

    Attributes:
        path: The path, without steps that lead nowhere.
        sha256: That of a file; empty if not all results of this path have one.
        n_rows: Its rows, where there are no SHA-256; None if not all results tell them.
    """

    path: str
    sha256: str = ""
    n_rows: int | None = None


def shared_predictions(results: Sequence[Result]) -> list[str]:
    """The paths of predictions that several results are of, unless their targets are other data.

    Where the targets came from a pipe or from memory, nothing shows that they are other data.
    """
    preds, targets = (_data_of(results, side) for side in (0, 1))
    holders: dict[_Data, list[int]] = {}
    for i, some in enumerate(preds):
        for data in some:
            holders.setdefault(data, []).append(i)
    several = {data: of for data, of in holders.items() if len(of) > 1}
    return _paths(
        data
        for data, of in several.items()
        if not all(targets[i] for i in of) or _shared([targets[i] for i in of])
    )


def shared_targets(results: Sequence[Result]) -> list[str]:
    """The paths of targets that several results are of."""
    return _paths(_shared(_data_of(results, 1)))


def plain(path: str) -> str:
    """A path without steps that lead nowhere, such as `./`; a URI as it is."""
    return path if is_uri(path) else os.path.normpath(path)


def is_pipe(path: str) -> bool:
    """Whether a name means other data in every run.

    That is standard input, the `<(...)` of a shell, and `<predictions>`, which were in memory.
    """
    return path == "-" or path.startswith(("/dev/", "/proc/", "<"))


def _data_of(results: Sequence[Result], side: int) -> list[set[_Data]]:
    """What the predictions or targets of each result are, without pipes and data in memory.

    Args:
        results: The results.
        side: 0 for the predictions, 1 for the targets.
    """
    holders: dict[str, list[int]] = {}
    for i, result in enumerate(results):
        for path in {plain(path) for path in result.inputs[side].paths if not is_pipe(path)}:
            holders.setdefault(path, []).append(i)
    found: list[set[_Data]] = [set() for _ in results]
    for path, of in holders.items():
        same_path = [results[i] for i in of]
        for i, data in zip(of, _of_one_path(path, same_path, side), strict=True):
            found[i] |= data
    return found


def _of_one_path(path: str, results: Sequence[Result], side: int) -> list[set[_Data]]:
    """What each of the results of a path is of there."""
    if len(results) == 1:
        return [{_Data(path)}]
    digests = [_digests_of(result, path) for result in results]
    if all(digests):
        return [{_Data(path, sha256) for sha256 in some} for some in digests]
    inputs = [result.inputs[side] for result in results]
    if all(of.shape and len(of.paths) == 1 for of in inputs):
        return [{_Data(path, n_rows=of.shape[0] if of.shape else None)} for of in inputs]
    return [{_Data(path)} for _ in inputs]


def _digests_of(result: Result, path: str) -> set[str]:
    """The SHA-256 of a file, or of all those of a folder or pattern; none if they are not known."""
    pairs = [(plain(digest.path), digest.sha256) for digest in result.digests]
    return {sha256 for name, sha256 in pairs if name == path} or {
        sha256 for name, sha256 in pairs if name.startswith(f"{path}/") or fnmatchcase(name, path)
    }


def _shared(data: Sequence[set[_Data]]) -> list[_Data]:
    """What several results are of."""
    counts = Counter(of for each in data for of in each)
    return [of for of, count in counts.items() if count > 1]


def _paths(data: Iterable[_Data]) -> list[str]:
    """Their paths, each once."""
    return list(dict.fromkeys(of.path for of in data))
