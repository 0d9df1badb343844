"""The target of each column of a result, where columns are reported separately."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.column_names import is_position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.results.result import Result


class OtherTarget(NamedTuple):
    """A column that two results have, over another target in each.

    Attributes:
        column: Its name.
        first: The name of its target in the first result.
        second: That in the second result.
        is_swapped: Whether one result has the target of the other one for another of its columns.
    """

    column: str
    first: str
    second: str
    is_swapped: bool


def other_target(one: Result, other: Result) -> OtherTarget | None:
    """The first column that two results have over other targets; one that is swapped before others.

    Args:
        one: A result.
        other: Another one.

    Returns:
        The column; None if there is none, or the targets are not known by name.
    """
    return _other_target(dict(_targets(one)), dict(_targets(other)))


def first_other_target(results: Sequence[Result]) -> OtherTarget | None:
    """The first column that two of several results have over other targets, as `other_target`."""
    known = [dict(pairs) for pairs in dict.fromkeys(map(_targets, results)) if pairs]
    found = (_other_target(one, other) for one, other in combinations(known, 2))
    return _first(list(filter(None, found)))


def numbered_and_named(results: Sequence[Result]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Columns that have numbers in a result, and as many that have names in another, if any."""
    columns = dict.fromkeys(tuple(dict.fromkeys(_columns(result))) for result in results)
    numbered = [of for of in columns if of == tuple(str(i + 1) for i in range(len(of)))]
    named = [of for of in columns if of not in numbered]
    pairs = ((one, other) for one in numbered for other in named if len(one) == len(other))
    return next(pairs, None)


def _columns(result: Result) -> Iterator[str]:
    return (group.column for group in result.groups if group.column is not None)


def _targets(result: Result) -> tuple[tuple[str, str], ...]:
    """The columns of a result, by which its losses are told apart, each with its target."""
    of_pred, of_target = (side.columns for side in result.inputs)
    if not result.settings.by_column or len(of_pred) != len(of_target):
        return ()
    if any(map(is_position, of_target)):
        return ()
    columns = of_pred if len({*of_pred}) == len(of_pred) else of_target
    return tuple(zip(columns, of_target, strict=True))


def _other_target(one: dict[str, str], other: dict[str, str]) -> OtherTarget | None:
    return _first(
        [
            OtherTarget(
                column,
                target,
                other[column],
                target in other.values() or other[column] in one.values(),
            )
            for column, target in one.items()
            if other.get(column, target) != target
        ]
    )


def _first(found: list[OtherTarget]) -> OtherTarget | None:
    """The first column, one that is swapped before others."""
    return min(found, key=lambda column: not column.is_swapped, default=None)
