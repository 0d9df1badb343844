"""Counts of pairs within tolerances, to JSON and back: they stand in the entries of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.metrics.within import Within, column_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings

FIELDS: tuple[str, ...] = ()


def names(settings: EvalSettings) -> list[str]:
    """The names of the columns."""
    return [name for tolerance in settings.within for name in column_names(tolerance)]


def encode(metric: Within) -> dict[str, Any]:
    """No field: the entries have all."""
    return {}


def decode(result: Result, top: Reader) -> Within:
    """The counts that are in a document.

    Raises:
        DataError: They are damaged.
    """
    tolerances = result.settings.within
    entries = top.objects("results")[: len(result.groups)]
    counted = [column_names(tolerance)[0] for tolerance in tolerances]
    counts = tuple(tuple(entry.count(name) for name in counted) for entry in entries)
    for entry, of_group, tally in zip(entries, counts, result.tallies, strict=False):
        if max(of_group) > tally.n - tally.n_nan:
            raise entry.damaged(counted[0], "or another is more than there are pairs")
    return Within(tolerances, counts)


def note(metric: Within, result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Note how many distances are within each tolerance."""
    for some, counts in zip(facts, metric.counts, strict=True):
        for tolerance, n in zip(metric.tolerances, counts, strict=True):
            some.note_count(tolerance, n)
