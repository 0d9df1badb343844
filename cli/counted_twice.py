"""Saved results of the same rows, which `merge` would count twice: told by paths, bytes or sums."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smoothl1.results.result import Result
    from smoothl1.tallies.tally import Tally

_MANY = 8
"""Elements whose exact sum is no coincidence, unless few values are possible."""

_FINE_BITS = 24
"""Bits of an exact sum of losses that few values cannot have: those of a fraction in float32."""

_MANY_OF_FEW_VALUES = 32
"""Elements whose exact sum is no coincidence even of few values, such as 0 and 1."""


def warn_of_twice(results: Sequence[Result], warn: Callable[[str], None]) -> None:
    """Warn of inputs that several results are of, of either side, by their paths or their bytes."""
    digests = Counter(frozenset(x.sha256 for x in one.digests) for one in results if one.digests)
    if twice := _twice(set(result.inputs[0].paths) for result in results):
        warn(f"several results are of {twice}: is a part counted twice?")
    elif twice := _twice(set(result.inputs[1].paths) for result in results):
        warn(
            f"several results are of the targets {twice}: is a part counted twice, or are these "
            "results of several models of the same rows?"
        )
    elif max(digests.values(), default=0) > 1:
        warn("several results are of files of the same SHA-256: is a part counted twice?")
    elif len({_sums(result) for result in results}) < len(results):
        warn("several results have equal sums and counts: is a part counted twice?")


def _sums(result: Result) -> tuple[object, ...]:
    """What two results of different rows nearly never share, unless there are few or all is 0."""
    from smoothl1.tallies.many import passing  # late, like all that takes time

    sums, is_telling = list[int](), False
    for tally in passing(result.tallies):
        sums.append(hash((tally.n, tally.total.units, tally.min, tally.max, tally.moments)))
        is_telling = is_telling or _is_telling(tally)
    return tuple(sums) if is_telling else (id(result),)


def _is_telling(tally: Tally) -> bool:
    """Whether another tally with the same sums is hardly one of other rows."""
    units = abs(tally.total.units)
    if not units or tally.n < _MANY:
        return False
    n_bits = units.bit_length() - (units & -units).bit_length() + 1
    return tally.n >= _MANY_OF_FEW_VALUES or (tally.min < tally.max and n_bits >= _FINE_BITS)


def _twice(paths_of_results: Iterable[set[str]]) -> str:
    """The first inputs that several results are of; empty if there are none."""
    each = ({path if _is_pipe(path) else _plain(path) for path in x} for x in paths_of_results)
    counts = Counter(path for paths in each for path in paths)
    twice = [path for path, count in counts.items() if count > 1 and not _is_pipe(path)]
    return ", ".join(twice[:3]) + ", ..." * (len(twice) > 3)


def _plain(path: str) -> str:
    """A path without steps that lead nowhere, such as `./`; a URI as it is."""
    return path if is_uri(path) else os.path.normpath(path)


def _is_pipe(path: str) -> bool:
    """Whether a name means other data in every run.

    That is standard input, the `<(...)` of a shell, and `<predictions>`, which were in memory.
    """
    return path == "-" or path.startswith(("/dev/", "/proc/", "<"))
