"""What is said of keys without a match, where they are refused and where they are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from smoothl1.errors import DataError
from smoothl1.pairing.cut_keys import cut_keys
from smoothl1.pairing.near_keys import by_folded, nearest
from smoothl1.pairing.renumbered_keys import COUNT_ALIKE, are_renumbered
from smoothl1.pairing.unlike_keys import IS_IT_THE_KEY, first_of_others, why_none_matches
from smoothl1.pairing.words_of_totals import label_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.pairing.side_keys import Rows, SideKeys

UNMATCHED_HINT = "--unmatched omit leaves out rows without a match"

_MOST_NEAR = 100_000
"""Most keys without a match of each side among which nearly equal ones are looked for."""

_FEW = 0.1
"""The part of the keys that match at most, of either side, where the keys may be others."""

_MANY = 0.5
"""Keys that match for each that does not: times that were cut to a unit match more rarely."""


class _Alone(NamedTuple):
    """The keys of an input that have no match in another one.

    Attributes:
        side: The keys of the input.
        rows: The first rows of those without a match, ascending.
    """

    side: SideKeys
    rows: Rows

    @property
    def keys(self) -> pa.Table:
        """The first of these keys."""
        return self.side.keys.take(pa.array(self.rows[:_MOST_NEAR]))

    @property
    def texts(self) -> list[tuple[str, ...]]:
        """The same as text."""
        return self.side.texts(self.rows[:_MOST_NEAR])


def refuse_unmatched(sides: Sequence[SideKeys]) -> None:
    """Refuse keys of the first side that another lacks, and the reverse.

    Raises:
        DataError: There is one; the error names the first.
    """
    first = sides[0]
    for other in sides[1:]:
        for side, partner in ((first, other), (other, first)):
            rows = side.alone(partner.distinct)
            if not rows.size:
                continue
            row, n_others = int(rows[0]), rows.size - 1
            more = {0: "", 1: ", nor has 1 other"}.get(n_others, f", nor have {n_others:,} others")
            alone = _Alone(side, rows), _Alone(partner, partner.alone(side.distinct))
            clause, hint = _why(*alone)
            raise DataError(
                f"key {side.shown(row)} of row {row + 1} has no match in "
                f"{partner.source.path}{more}{clause}",
                path=side.source.path,
                hint=hint,
            )


def _why(one: _Alone, other: _Alone) -> tuple[str, str]:
    """What to say of keys that have no match, and what to do.

    Args:
        one: Keys of an input, at least one.
        other: Keys of the other input.
    """
    key, others = one.side.texts(one.rows[:1])[0], other.texts
    if are_renumbered(one.side, other.side):
        return "", COUNT_ALIKE
    near = nearest(key, by_folded(others))
    if near:
        return f": {near}", f"if they mean the same, write both alike; {UNMATCHED_HINT}"
    cut = _cut(one, other)
    if cut is not None:
        return cut
    n_keys = one.side.distinct.size
    n_matched = n_keys - one.rows.size
    if others and n_matched <= _FEW * min(n_keys, other.side.distinct.size):
        clause, hint = why_none_matches(key, others)
        if n_matched and hint == IS_IT_THE_KEY:
            hint += f" --unmatched omit would keep {n_matched:,} of {n_keys:,} keys"
        return clause, hint
    clause = first_of_others(others[0], "without one") if others else ""
    if any(map(label_pattern().fullmatch, key)):
        return clause, f"is it a row of totals? Delete it; {UNMATCHED_HINT}"
    return clause, UNMATCHED_HINT


def _cut(one: _Alone, other: _Alone) -> tuple[str, str] | None:
    """What to say of times that one side has cut or rounded, and what to do; None without such.

    Where many match as they are, they were not cut: the others are of other times.
    """
    n_matched = one.side.distinct.size - one.rows.size
    if n_matched > _MANY * min(one.rows.size, other.rows.size):
        return None
    found = cut_keys(one.keys, other.keys)
    if found is None:
        return None
    sides = zip((one, other), found.positions, strict=True)
    keys = [alone.side.shown(alone.rows[position]) for alone, position in sides]
    return f": {found.clause(keys)}", found.hint


def warn_of_near_keys(sides: Sequence[SideKeys], common: Rows, warn: Callable[[str], None]) -> None:
    """Warn of the first key that is left out, but is on another side in another spelling."""
    first = sides[0]
    keys = first.texts(first.alone(common)[:_MOST_NEAR])
    for other in sides[1:]:
        known = by_folded(other.texts(other.alone(common)[:_MOST_NEAR]))
        near = next(filter(None, (nearest(key, known) for key in keys)), None)
        if near is not None:
            warn(f"{first.source.path}: {near}, and rows of both were left out")


def warn_of_cut_keys(sides: Sequence[SideKeys], common: Rows, warn: Callable[[str], None]) -> None:
    """Warn of times that are left out, but are on another side cut or rounded."""
    first = sides[0]
    alone = _Alone(first, first.alone(common))
    for other in sides[1:]:
        found = _cut(alone, _Alone(other, other.alone(common)))
        if found is not None:
            clause, hint = found
            warn(f"{first.source.path}{clause}, and rows of both were left out ({hint})")
