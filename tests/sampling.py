"""Samples of the cases of a function: those that CI runs; the others are marked `exhaustive`."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence


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


def covering(
    cases: Sequence[Sequence[Hashable]], name: str, *, at_most_a_third: bool = False
) -> set[int]:
    """Which cases of a grid to run: a third, or as many as have each value of each parameter.

    Args:
        cases: The values of the parameters of each case.
        name: The name of the function, which alone decides what is drawn.
        at_most_a_third: Whether values may be missing.

    Returns:
        Their numbers. As many pairs of values are among them as a third can have.
    """
    order = random.Random(name).sample(range(len(cases)), len(cases))
    kept: dict[int, None] = {}
    third = len(cases) // 3
    for size, n_most in ((1, third if at_most_a_third else len(cases)), (2, third)):
        each = [set(itertools.combinations(enumerate(case), size)) for case in cases]
        missing = set().union(*each).difference(*(each[i] for i in kept))
        for n_wanted in range(max(map(len, each)), 0, -1):
            for i in order:
                if len(kept) < n_most and len(each[i] & missing) >= n_wanted:
                    kept[i] = None
                    missing -= each[i]
    others = [i for i in order if i not in kept]
    return {*kept, *others[: max(third - len(kept), 0)]}


def grid(items: Sequence[pytest.Item], *, of_one: bool = False) -> list[list[Hashable]]:
    """The values of the parameters of each case of a function, if its cases are a grid.

    What one `parametrize` gives is one parameter, however many names it has: its cases were
    chosen. A fixture with values is one as well.

    Args:
        items: All cases of the function.
        of_one: Whether each name, and each item of a tuple, is a parameter if there is just one
            `parametrize`.

    Returns:
        One list for each case, all of one length. None at all if there is no grid.
    """
    marks = [_names(mark) for mark in items[0].iter_markers("parametrize")]
    params = [item.callspec.params for item in items if hasattr(item, "callspec")]
    if not params:
        return []
    fixtures = [(name,) for name in params[0].keys() - set(itertools.chain(*marks))]
    of_all = sorted([*marks, *fixtures])
    if len(of_all) > 1:
        return [[_identity([some[name] for name in names]) for names in of_all] for some in params]
    return [_parts(some) for some in params] if of_one else []


def _names(mark: pytest.Mark) -> tuple[str, ...]:
    """The names that a `parametrize` gives values to."""
    names: str | Sequence[str] = mark.args[0]
    return tuple(re.split(r"\s*,\s*", names) if isinstance(names, str) else names)


def _parts(case: Mapping[str, Any]) -> list[Hashable]:
    """The values of a case, and of each item of a tuple."""
    values = (value if isinstance(value, tuple) else (value,) for value in case.values())
    return [_identity([part]) for part in itertools.chain(*values)]


def _identity(values: Iterable[Any]) -> tuple[Any, ...]:
    """What is equal where the same values are given to several cases."""
    plain = (str, int, float, type(None))
    return tuple(repr(value) if isinstance(value, plain) else id(value) for value in values)
