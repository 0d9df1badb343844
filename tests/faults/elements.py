"""The pairs of a random case: which rows belong together, which pairs are kept, what is refused.

The rules of the docs over Python's numbers: nothing is taken from the package under test.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.faults.random_files import is_nan
from tests.oracle import distance, loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.cases import Case, Column, Input, Value

Number = bool | int | float

_LETTERS = {"f2": "e", "f4": "f"}


class RefusedError(Exception):
    """The data are to be refused; the text says why."""


class Row(NamedTuple):
    """A row of both sides.

    Attributes:
        number: Its number in the predictions, from 1.
        pred, target: A value for each column.
        weight: Its weight; 1 without weights.
        group: Its labels, outermost first.
        cluster: Its cluster.
    """

    number: int
    pred: tuple[Any, ...]
    target: tuple[Any, ...]
    weight: float
    group: tuple[str, ...]
    cluster: str | None


class Element(NamedTuple):
    """A pair whose loss is formed: its place among all, and its row, column, sides and weight."""

    place: int
    row: Row
    column: int
    pred: Number | None
    target: Number | None

    @property
    def has_value(self) -> bool:
        return self.pred is not None and self.target is not None


class Counts(NamedTuple):
    """The pairs of a group that are kept, and how many are not."""

    kept: list[Element]
    missing: int = 0
    omitted: int = 0
    ignored: int = 0
    weightless: Sequence[Element] = ()


def _find(case: Case, name: str) -> tuple[Column | None, bool]:
    """A column of either table, and whether it is in that of the predictions."""
    found = case.pred.column(name)
    if found is not None or case.target is None:
        return found, True
    return case.target.column(name), False


def _labels(case: Case, name: str, option: str) -> tuple[Column | None, bool]:
    beside = case.beside.get(option)
    return (beside.columns[0], True) if beside is not None else _find(case, name)


def rows_of(case: Case) -> tuple[list[Row], tuple[tuple[int, int], ...]]:
    target = case.pred if case.target is None else case.target
    if target.is_deep != case.pred.is_deep and not case.settings.get("flatten"):
        raise RefusedError("shapes")
    at = _places(case, target)
    is_array = case.pred.form in ("npy", "npz")
    sides = [
        [one.column(str(j) if is_array else f"{letter}{j}") for j in range(1, case.n_columns + 1)]
        for one, letter in ((case.pred, "p"), (target, "t"))
    ]
    weight = _labels(case, "w", "weights")
    by = [_find(case, name) for name in case.settings.get("by", ())]
    if "groups" in case.beside:
        by = [_labels(case, "", "groups")]
    cluster = _labels(case, "c", "clusters")
    rows = []
    for i, j in at.pairs:

        def value(found: tuple[Column | None, bool], i: int = i, j: int = j) -> Any:
            column, is_of_pred = found
            return None if column is None else column.values[i if is_of_pred else j]

        label = value(cluster)
        rows.append(
            Row(
                i + 1,
                tuple(column.values[i] for column in sides[0] if column),
                tuple(column.values[j] for column in sides[1] if column),
                1.0 if weight[0] is None else value(weight),
                tuple(str(value(one)) for one in by),
                None if label is None else str(label),
            )
        )
    return rows, at.left_out


class _Places(NamedTuple):
    pairs: list[tuple[int, int]]
    left_out: tuple[tuple[int, int], ...] = ((0, 0), (0, 0))


def _places(case: Case, target: Input) -> _Places:
    """Which rows of the two sides belong together."""
    if "key" not in case.settings:
        if any(one.n_rows != case.pred.n_rows for one in (target, *case.beside.values())):
            raise RefusedError("numbers of rows")
        return _Places([(i, i) for i in range(case.pred.n_rows)])
    keys = [_keys(one) for one in (case.pred, target)]
    firsts: list[dict[Value, int]] = []
    left_out = []
    for i, own in enumerate(keys):
        first: dict[Value, int] = {}
        for row, key in enumerate(own):
            if first.setdefault(key, row) != row:
                _check_duplicate(case, (case.pred, target)[i], row, first[key])
        matched = {key: row for key, row in first.items() if key in {*keys[1 - i]}}
        if len(matched) < len(first) and "unmatched" not in case.settings:
            raise RefusedError("a key without a match")
        firsts.append(matched)
        left_out.append((len(first) - len(matched), len(own) - len(first)))
    pairs = sorted((row, firsts[1][key]) for key, row in firsts[0].items())
    if not pairs:
        raise RefusedError("no row is left")
    return _Places(pairs, tuple(left_out))


def _keys(one: Input) -> Sequence[Value]:
    column = one.column("id")
    assert column is not None
    return column.values


def _check_duplicate(case: Case, one: Input, row: int, first: int) -> None:
    policy = case.settings.get("duplicates")
    if policy is None:
        raise RefusedError("a key twice")
    if policy == "identical":
        used = [c for c in one.columns if c.name in "ghcw" or c.name[0] in "pt"]
        if any(_bits(c.values[row]) != _bits(c.values[first]) for c in used):
            raise RefusedError("a key twice, with other values")


def _bits(value: Value) -> object:
    return struct.pack("d", value) if isinstance(value, float) else value


def elements_of(case: Case, rows: list[Row]) -> list[Element]:
    pairs = [
        (row, column, *both)
        for row in rows
        for column, both in enumerate(zip(row.pred, row.target, strict=True))
    ]
    return [
        Element(place, row, j, pred, target) for place, (row, j, pred, target) in enumerate(pairs)
    ]


def _is_weighted(case: Case) -> bool:
    return "weight" in case.settings or "weights" in case.beside


def is_ignored(case: Case, element: Element) -> bool:
    target = (case.target or case.pred).columns
    kind = target[0].kind if case.pred.form in ("npy", "npz") else None
    kind = kind or next(column.kind for column in target if column.name == "t1")
    letter = _LETTERS.get(kind)
    values: Any = case.settings["ignore_target"]
    if letter is not None:
        values = [struct.unpack(letter, struct.pack(letter, value))[0] for value in values]
    return element.target is not None and element.target in values


def _is_lacking(value: Number | None) -> bool:
    return value is None or is_nan(value)


def is_omitted(case: Case, element: Element) -> bool:
    policy = case.settings["nan"]
    judged = [element.target] if policy in ("omit", "omit-target") else []
    judged += [element.pred] if policy == "omit" else []
    return any(map(_is_lacking, judged))


def counted(case: Case, elements: list[Element]) -> Counts:
    missing, omitted, ignored = 0, 0, 0
    kept: list[Element] = []
    weightless: list[Element] = []
    is_by_count = case.settings.get("weight_mean") == "count"
    for element in elements:
        is_out = is_ignored(case, element) or is_omitted(case, element)
        if element.row.weight == 0 and not (is_by_count and is_out):
            weightless.append(element)
        elif is_ignored(case, element):
            ignored += 1
            omitted += 1
        else:
            missing += not element.has_value
            if is_omitted(case, element):
                omitted += 1
            else:
                kept.append(element)
    return Counts(kept, missing, omitted, ignored, weightless)


def check(case: Case, elements: list[Element]) -> None:
    if _is_weighted(case):
        weights = [element.row.weight for element in elements]
        if any(weight is None or not 0 <= weight < math.inf for weight in weights):
            raise RefusedError("a weight")
    counts = counted(case, elements)
    if not counts.kept:
        raise RefusedError("no pair is left")
    policy = case.settings["nan"]
    if counts.missing and policy in (None, "error"):
        raise RefusedError("a missing value")
    if policy == "error" and any(is_nan(loss_of(element, 1.0)) for element in counts.kept):
        raise RefusedError("NaN")


def loss_of(element: Element, beta: float) -> float:
    if element.pred is None or element.target is None:
        return math.nan
    return loss(element.pred, element.target, beta)


def distance_of(element: Element) -> float:
    if element.pred is None or element.target is None:
        return math.nan
    return distance(element.pred, element.target)
