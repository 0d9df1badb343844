"""The elements with the largest losses, to JSON and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smoothl1.metrics.worst_rows import WorstRow, WorstRows
from smoothl1.numerics.single_losses import distances_of, loss_of
from smoothl1.results.columns import WORSE_NAMES
from smoothl1.results.json_fields import number
from smoothl1.tallies.group import Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.metrics.worse_rows import WorseRow
    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings

FIELDS: tuple[str, ...] = ("top",)

_FIELDS = ("input", "row", "group", "column", "labels", "pred", "target", "loss")
_TEXTS = ("pred_text", "target_text", "loss_text")


def names(settings: EvalSettings) -> list[str]:
    """The names of the columns that are added to the results: there are none."""
    return []


def encode(metric: WorstRows) -> dict[str, Any]:
    """The elements as a field of the document."""
    return {"top": list(map(_encode, metric.rows))}


def decode(result: Result, top: Reader) -> WorstRows:
    """The elements that are in a document.

    Raises:
        DataError: One is damaged, or they contradict the counts and extremes of the result.
    """
    items, n, most = top.objects("top"), _n_items(result), _most_rows(result)
    if len(items) != n:
        raise top.damaged("top", f"has {len(items)} items, not {n}")
    settings = result.settings
    rows = tuple(map(_decode, items))
    groups = {*result.groups}
    largest = max((tally.max for tally in result.tallies[: len(result.groups)]), default=-math.inf)
    for item, row, before in zip(items, rows, (None, *rows), strict=False):
        if row.loss > (largest if before is None else before.loss):
            raise item.damaged("loss", "is larger than the one before")
        if row.loss != loss_of(_distance(row), settings.betas[0]):
            raise item.damaged("loss", "is not that of the prediction and target")
        if _group_of(row, settings) not in groups:
            raise item.damaged("group", "is none of the results")
        if row.row > most:
            raise item.damaged("row", f"is {row.row}, but the predictions have {most}")
    if rows and rows[0].loss != largest:
        raise items[0].damaged("loss", f"is {rows[0].loss}, but the largest is {largest}")
    return WorstRows(settings.top or 0, rows)


def _most_rows(result: Result) -> float:
    """The number of rows of the predictions, also of those left out; infinite if not known."""
    side = result.inputs[0]
    if not side.shape or result.part is not None:  # rows of a part are those of the whole
        return math.inf
    return side.shape[0] + side.unmatched + side.duplicates


def _n_items(result: Result) -> int:
    """How many elements a document has: all whose loss is not NaN, at most those asked for."""
    firsts = result.tallies[: len(result.groups)]
    return min(result.settings.top or 0, sum(tally.n - tally.n_nan for tally in firsts))


def note(metric: WorstRows, result: Result, facts: Sequence[DistanceFacts]) -> None:
    """Note the distances of the worst elements, and that no other has a larger loss."""
    if not metric.rows:
        return
    settings = result.settings
    distances: dict[Group, list[float]] = {group: [] for group in result.groups}
    for row in metric.rows:
        distances[_group_of(row, settings)].append(_distance(row))
    between = distances_of(metric.rows[-1].loss, settings.betas[0]) or (0.0, 0.0)
    for some, worst in zip(facts, distances.values(), strict=True):
        worst.sort(reverse=True)
        for n, distance in enumerate(worst, start=1):
            some.note_at_least(distance, n)
        some.note_at_most(between[1], some.n - sum(distance > between[1] for distance in worst))


def _group_of(row: WorstRow, settings: EvalSettings) -> Group:
    return Group(row.group, row.column if settings.by_column else None)


def _distance(row: WorstRow) -> float:
    """The distance of an element, as `numerics.loss` defines it."""
    if isinstance(row.pred, int) and isinstance(row.target, int):
        return float(abs(row.pred - row.target))
    return abs(float(row.pred) - float(row.target))


def encode_worse(row: WorseRow) -> dict[str, Any]:
    """An element in which one model is worse than another, as an item of a comparison."""
    numbers = {name: getattr(row, name) for name in WORSE_NAMES}
    return _encode_place(row) | {
        name: text for one in numbers.items() for name, text in number(*one).items()
    }


def _encode(row: WorstRow) -> dict[str, Any]:
    sides = number("pred", row.pred) | number("target", row.target)
    return _encode_place(row) | sides | number("loss", row.loss)


def _encode_place(row: WorstRow | WorseRow) -> dict[str, Any]:
    labels = [{"column": name, "value": text} for name, text in row.labels]
    return {
        "input": row.input,
        "row": row.row,
        **Group(row.group, row.column).fields(),
        **({"labels": labels} if labels else {}),
    }


def _decode(item: Reader) -> WorstRow:
    item.only(*_FIELDS, *_TEXTS)
    place = item.count("row")
    if not place:
        raise item.damaged("row", "is 0: rows are counted from 1")
    return WorstRow(
        item.get("input", str),
        place,
        item.optional("column", str),
        item.names("group") if "group" in item.content else None,
        tuple(map(_label, item.optional_objects("labels"))),
        _side(item, "pred"),
        _side(item, "target"),
        item.number("loss", "inf"),
    )


def _label(reader: Reader) -> tuple[str, str | None]:
    reader.only("column", "value")
    return reader.get("column", str), reader.nullable("value", str)


def _side(item: Reader, name: str) -> float:
    """A prediction or target; a whole number stays one, however large."""
    value = item.content.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        if not -(1 << 63) <= value < 1 << 64:
            raise item.damaged(name, "is no number of 64 bits")
        return value
    return item.signed_number(name, "inf", "-inf")
