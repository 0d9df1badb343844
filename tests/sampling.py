"""Samples of the cases of a function: those that CI runs; the others are marked `exhaustive`."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def swept(numbers: Sequence[int], step: int = 7) -> list[Any]:
    """Numbers of a range, of which CI runs the first two, the last, and each of so many."""
    kept = {*numbers[:2], *numbers[::step], numbers[-1]}
    return marked(numbers, kept)


def in_turn(*values: Sequence[Any]) -> list[Any]:
    """All combinations, of which CI runs as many as the longest has values, and each value."""
    n = max(map(len, values))
    kept = {tuple(i % len(some) for some in values) for i in range(n)}
    places = list(itertools.product(*(range(len(some)) for some in values)))
    return [
        pytest.param(
            *(some[i] for some, i in zip(values, place, strict=True)),
            marks=[] if place in kept else pytest.mark.exhaustive,
        )
        for place in places
    ]


def marked(values: Iterable[Any], kept: set[Any]) -> list[Any]:
    """Values of a parameter, of which CI runs those."""
    return [
        pytest.param(value, marks=[] if value in kept else pytest.mark.exhaustive)
        for value in values
    ]


def covering(cases: Sequence[Mapping[str, Any]], name: str) -> set[int]:
    """Which cases to run: at most a third, with as many pairs of values as these can have.

    Args:
        cases: The values of the parameters of each case. A tuple counts as so many parameters.
        name: The name of the function, which alone decides what is drawn.

    Returns:
        Their numbers. Where all pairs of values take less than a third, so many. Of a function
        with up to two parameters, each value counts in place of each pair.
    """
    parts = [_parts(case) for case in cases]
    size = 2 if max(map(len, parts)) > 2 else 1
    each = [set(itertools.combinations(some, size)) for some in parts]
    missing = set().union(*each)
    order = random.Random(name).sample(range(len(cases)), len(cases))
    kept: list[int] = []
    for n_wanted in range(max(map(len, each)), 0, -1):
        for i in order:
            if len(each[i] & missing) >= n_wanted:
                kept.append(i)
                missing -= each[i]
    if size == 1:
        kept += [i for i in order if i not in kept]
    return set(kept[: len(cases) // 3])


def _parts(case: Mapping[str, Any]) -> list[tuple[str, int, Any]]:
    """The values of the parameters, and of each item of a tuple."""
    found = []
    for name, value in case.items():
        for i, part in enumerate(value if isinstance(value, tuple) else (value,)):
            is_plain = isinstance(part, (str, int, float, type(None)))
            found.append((name, i, part if is_plain else id(part)))
    return found
