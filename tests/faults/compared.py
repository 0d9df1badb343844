"""What a comparison of random models should give, in rationals: losses of all models, paired."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.faults.elements import check, counted, elements_of, loss_of, rows_of
from tests.faults.expected import entry_of
from tests.faults.random_files import is_nan
from tests.oracle import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.cases import Case, Column, Value
    from tests.faults.elements import Counts

_CLOSE = 1e-6
"""Relative error of a standard error, which is that of sums of products in binary64."""

_ROUNDING = 1e-9
"""Standard errors that are smaller, in units of the largest loss, are not compared."""


class Compared(NamedTuple):
    """What is compared: each is a field of the JSON by its name, for each beta and group.

    Attributes:
        models: For each beta and group the fields of each model: mean, count, nan and so on.
        differences: For each beta, group, and two models the fields of their difference, the
            loss of the second minus that of the first.
    """

    models: dict[tuple[Any, ...], list[dict[str, Any]]]
    differences: dict[tuple[Any, ...], dict[str, Any]]


def compared(case: Case) -> Compared:
    """What a comparison should give.

    Raises:
        RefusedError: The data are to be refused.
    """
    for i in range(case.n_models):
        rows_of(_with_lacking(case, i, ()))
        joined = _with_lacking(case, i, range(case.n_models))
        rows, _ = rows_of(joined)
        check(joined, elements_of(joined, rows))
    found = Compared({}, {})
    groups = sorted({row.group for row in rows})
    for beta, group in product(case.settings["betas"], groups):
        counts = [_counts(case, i, group) for i in range(case.n_models)]
        missing = _counts_of(joined, group).missing
        found.models[beta, group] = [
            entry_of(case, own, beta) | {"missing": missing} for own in counts
        ]
        for i, j in combinations(range(case.n_models), 2):
            found.differences[beta, group, i, j] = _difference(case, counts[i], counts[j], beta)
    return found


def differing(case: Case, wanted: Compared, document: dict[str, Any]) -> str | None:
    """What is wrong in the JSON of a comparison, if anything is."""
    entries = {(one["beta"], _group(one)): one for one in document["results"]}
    if entries.keys() != wanted.models.keys():
        return f"entries {[*entries]}, not {[*wanted.models]}"
    for place, entry in entries.items():
        check_entry = _of_two if case.n_models == 2 else _of_several
        if wrong := check_entry(entry, place, wanted):
            return f"{place}: {wrong}"
    return None


def _of_two(entry: dict[str, Any], place: tuple[Any, ...], wanted: Compared) -> str | None:
    one, other = wanted.models[place]
    models = {"mean_a": one["mean"], "mean_b": other["mean"], "nan_a": one["nan"]}
    models |= {"nan_b": other["nan"], **_counted_alike(one)}
    names = {"better": "b_better", "worse": "a_better"}
    difference = wanted.differences[*place, 0, 1]
    return _unequal(entry, models | {names.get(k, k): v for k, v in difference.items()})


def _of_several(entry: dict[str, Any], place: tuple[Any, ...], wanted: Compared) -> str | None:
    models = entry["models"]
    at = [int(one["model"][1:]) - 1 for one in models]
    for i, one in zip(at, models, strict=True):
        own = wanted.models[place][i]
        if wrong := _unequal(one, {"mean": own["mean"], "nan": own["nan"], **_counted_alike(own)}):
            return f"{one['model']}: {wrong}"
    best = at[0]
    for i, one in zip(at[1:], models[1:], strict=True):
        difference = wanted.differences[*place, *sorted((best, i))]
        if i < best:
            swapped = {"better": difference["worse"], "worse": difference["better"]}
            difference = difference | swapped | {"difference": 0.0 - difference["difference"]}
        if wrong := _unequal(one, difference):
            return f"{one['model']} - p{best + 1}: {wrong}"
    return None


def _counted_alike(own: dict[str, Any]) -> dict[str, int]:
    return {name: own[name] for name in ("count", "missing", "omitted", "zero_weight")}


def _unequal(entry: dict[str, Any], wanted: dict[str, Any]) -> str | None:
    for name, value in wanted.items():
        text = entry.get(f"{name}_text")
        found = entry[name] if text is None else float(text)
        if name == "stderr" and value is not None:
            is_right = _are_close(found, value)
        else:
            is_right = value is None or found == value or (is_nan(found) and is_nan(value))
        if not is_right:
            return f"{name} is {found}, not {value}"
    return None


def _are_close(found: float, value: float) -> bool:
    if is_nan(found) or is_nan(value):
        return is_nan(found) and is_nan(value)
    return math.isclose(found, value, rel_tol=_CLOSE, abs_tol=1e-12)


def _group(entry: dict[str, Any]) -> tuple[str, ...]:
    group = entry.get("group", [])
    return (group,) if isinstance(group, str) else tuple(group)


def _counts(case: Case, i: int, group: tuple[str, ...]) -> Counts:
    """The pairs of a model: what omits those of one model, omits them of all."""
    others = range(case.n_models) if case.settings["nan"] == "omit" else ()
    return _counts_of(_with_lacking(case, i, others), group)


def _counts_of(case: Case, group: tuple[str, ...]) -> Counts:
    elements = elements_of(case, rows_of(case)[0])
    return counted(case, [element for element in elements if element.row.group == group])


def _with_lacking(case: Case, i: int, others: Sequence[int]) -> Case:
    """The case of the model with that index alone, which lacks what any of some others lacks."""
    models = [_column(case, f"p{j + 1}") for j in range(case.n_models)]
    values = [
        _lacking([row[j] for j in others], row[i])
        for row in zip(*(one.values for one in models), strict=True)
    ]
    own = models[i]._replace(name="p1", values=values)
    columns = tuple(one for one in case.pred.columns if one.name[0] != "p")
    return case._replace(pred=case.pred._replace(columns=(*columns, own)))


def _column(case: Case, name: str) -> Column:
    found = case.pred.column(name)
    assert found is not None
    return found


def _lacking(others: list[Value], own: Value) -> Value:
    if any(other is None for other in others):
        return None
    return math.nan if any(map(is_nan, others)) else own


def _difference(case: Case, one: Counts, other: Counts, beta: float) -> dict[str, Any]:
    """The fields of the losses of the second model minus those of the first."""
    losses = [
        (a, *(element.row.weight * loss_of(element, beta) for element in (a, b)))
        for a, b in zip(one.kept, other.kept, strict=True)
    ]
    known = [(a, b) for _, a, b in losses if not (is_nan(a) or is_nan(b))]
    numbers = {
        "better": sum(b < a for a, b in known),
        "worse": sum(b > a for a, b in known),
        "ties": sum(a == b for a, b in known),
        "difference": math.nan,
        "stderr": math.nan,
    }
    if not losses or not all(map(math.isfinite, (value for _, *both in losses for value in both))):
        return numbers
    is_by_count = case.settings.get("weight_mean") == "count"
    units: dict[Any, tuple[Fraction, Fraction]] = {}
    terms = [(element, Fraction(b) - Fraction(a)) for element, a, b in losses]
    for element, term in [*terms, *((e, Fraction(0)) for e in one.weightless if is_by_count)]:
        name = element.place if element.row.cluster is None else element.row.cluster
        total, size = units.get(name, (Fraction(0), Fraction(0)))
        size += 1 if is_by_count else Fraction(element.row.weight)
        units[name] = total + term, size
    mean = sum(total for total, _ in units.values()) / sum(size for _, size in units.values())
    largest = max(max(both) for both in known)
    is_within = 1e-100 < largest < 1e100
    error = _standard_error([*units.values()], mean) if is_within else 0.0
    is_lost = error <= largest * _ROUNDING  # the differences of rows are rounded
    return numbers | {"difference": rounded(mean), "stderr": None if is_lost else error}


def _standard_error(units: list[tuple[Fraction, Fraction]], mean: Fraction) -> float:
    squares = sum((total - mean * size) ** 2 for total, size in units)
    sizes = [size for _, size in units]
    divisor = sum(sizes) ** 2 - sum(size**2 for size in sizes)
    return math.sqrt(squares / divisor) if divisor else math.nan
