"""Saved results of the same rows, which `merge` would count twice: told by paths, bytes or sums.

A result is refused beside those that it was certainly merged of, and otherwise there is a warning.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.cli.shared_inputs import is_pipe, plain, shared_predictions, shared_targets
from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.results.result import Result
    from smoothl1.tallies.tally import Tally

_MANY = 8
"""Elements whose exact sum is no coincidence, unless few values are possible."""

_FINE_BITS = 24
"""Bits of an exact sum of losses that few values cannot have: those of a fraction in float32."""

_MANY_OF_FEW_VALUES = 32
"""Elements whose exact sum is no coincidence even of few values, such as 0 and 1."""


def warn_of_twice(results: Sequence[Result], warn: Callable[[str], None]) -> None:
    """Warn of inputs that several results are of, by their paths or bytes, or by equal sums.

    Inputs of the same path are other data if their SHA-256 or numbers of rows differ.
    """
    digests = Counter(frozenset(x.sha256 for x in one.digests) for one in results if one.digests)
    if twice := _listed(shared_predictions(results)):
        warn(f"several results are of {twice}: is a part counted twice?")
    elif twice := _listed(shared_targets(results)):
        warn(
            f"several results are of the targets {twice}: is a part counted twice, or are these "
            "results of several models of the same rows?"
        )
    elif max(digests.values(), default=0) > 1:
        warn("several results are of files of the same SHA-256: is a part counted twice?")
    elif _have_equal_sums(results):
        warn("several results have equal sums and counts: is a part counted twice?")


def refuse_whole_and_parts(results: Sequence[Result], names: Sequence[str]) -> None:
    """Refuse a merged result beside those that it was merged of: same inputs, counts and sums.

    Args:
        results: The results.
        names: For each the name of its file.

    Raises:
        DataError: There is one.
    """
    inputs = [_inputs(result) for result in results]
    holders: dict[str, list[int]] = {}
    for i, (paths, _) in enumerate(inputs):
        for path in paths:
            holders.setdefault(path, []).append(i)
    for i, (preds, targets) in enumerate(inputs):
        if len(preds) < 2 or any(len(holders[path]) < 2 for path in preds):
            continue
        others = sorted({k for path in preds for k in holders[path] if inputs[k][0] < preds})
        sides = zip(*(inputs[k] for k in others), strict=True)
        if tuple(map(frozenset, (set().union(*some) for some in sides))) != (preds, targets):
            continue
        n, units = map(sum, zip(*(_count_and_sum(results[k]) for k in others), strict=True))
        if units and (n, units) == _count_and_sum(results[i]):
            shown = ", ".join(names[k] for k in others[:3]) + ", ..." * (len(others) > 3)
            raise DataError(
                f"is of the same rows as {shown} together, and a part counts once",
                path=names[i],
                hint="give the merged result, or its parts",
            )


def _inputs(result: Result) -> tuple[frozenset[str], frozenset[str]]:
    """The paths of predictions and targets; none if a name means other data in every run."""
    preds, targets = (frozenset(map(plain, of.paths)) for of in result.inputs)
    return (frozenset(), targets) if any(map(is_pipe, preds | targets)) else (preds, targets)


def _count_and_sum(result: Result) -> tuple[int, int]:
    """The number of all losses, and their exact sum in units."""
    from smoothl1.tallies.many import passing  # late, like all that takes time

    pairs = [(tally.n, tally.total.units) for tally in passing(result.tallies)]
    return sum(n for n, _ in pairs), sum(units for _, units in pairs)


def _have_equal_sums(results: Sequence[Result]) -> bool:
    """Whether two results are hardly of different rows. Most differ in the first group already."""
    from smoothl1.tallies.many import passing  # late, like all that takes time

    firsts = [next(map(_sums_of, passing(result.tallies)), None) for result in results]
    n_alike = Counter(firsts)
    alike = [one for one, first in zip(results, firsts, strict=True) if n_alike[first] > 1]
    return len(set(map(_sums, alike))) < len(alike)


def _sums(result: Result) -> tuple[object, ...]:
    """What two results of different rows nearly never share, unless there are few or all is 0."""
    from smoothl1.tallies.many import passing  # late, like all that takes time

    sums, is_telling = list[int](), False
    for tally in passing(result.tallies):
        sums.append(hash(_sums_of(tally)))
        is_telling = is_telling or _is_telling(tally)
    return tuple(sums) if is_telling else (id(result),)


def _sums_of(tally: Tally) -> tuple[object, ...]:
    """What does not depend on the order of rows, as the place of the first NaN does."""
    return tally.n, tally.total.units, tally.min, tally.max, tally.moments


def _is_telling(tally: Tally) -> bool:
    """Whether another tally with the same sums is hardly one of other rows."""
    units = abs(tally.total.units)
    if not units or tally.n < _MANY:
        return False
    n_bits = units.bit_length() - (units & -units).bit_length() + 1
    return tally.n >= _MANY_OF_FEW_VALUES or (tally.min < tally.max and n_bits >= _FINE_BITS)


def _listed(paths: Sequence[str]) -> str:
    """The first of some paths; empty if there are none."""
    return ", ".join(paths[:3]) + ", ..." * (len(paths) > 3)
