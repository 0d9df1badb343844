"""What a random case should give: sums as rationals over the pairs of `tests/faults/elements.py`.

Nothing is taken from the package under test.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.faults.elements import (
    check,
    counted,
    distance_of,
    elements_of,
    is_ignored,
    is_omitted,
    loss_of,
    rows_of,
)
from tests.faults.random_files import is_nan
from tests.oracle import exact_sum, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.cases import Case, Input
    from tests.faults.elements import Counts, Element, Row


class Expected(NamedTuple):
    """What a run should give.

    Attributes:
        entries: For each beta, group and column the fields of its entry that are compared.
        left_out: For each side the rows left out for their keys: unmatched, duplicates.
        top: The worst rows, if they are asked for.
        losses: The losses of elements in rows, without a reduction.
        dtype: Their dtype.
    """

    entries: dict[tuple[Any, ...], dict[str, Any]]
    left_out: tuple[tuple[int, int], ...] = ((0, 0), (0, 0))
    top: list[dict[str, Any]] | None = None
    losses: Sequence[list[float]] = ()
    dtype: str = "f8"


def expected(case: Case) -> Expected:
    """What a case should give.

    Raises:
        RefusedError: The data are to be refused.
    """
    rows, left_out = rows_of(case)
    elements = elements_of(case, rows)
    check(case, elements)
    if case.settings["reduction"] == "none":
        dtype = _dtype(case)
        return Expected({}, left_out, None, _losses(case, rows, elements, dtype), dtype)
    names = [f"p{j + 1}" for j in range(case.n_columns)]
    if case.pred.form in ("npy", "npz"):
        names = [str(j + 1) for j in range(case.n_columns)]
    groups = sorted({row.group for row in rows})
    columns = [*range(case.n_columns)] if case.settings["by_column"] else [None]
    entries: dict[tuple[Any, ...], dict[str, Any]] = {}
    for beta, group, column in product(case.settings["betas"], groups, columns):
        some = [e for e in elements if e.row.group == group and column in (None, e.column)]
        name = None if column is None else names[column]
        entries[beta, group, name] = entry_of(case, counted(case, some), beta)
    top = _top(case, elements, names) if case.settings["top"] else None
    return Expected(entries, left_out, top)


def entry_of(case: Case, counts: Counts, beta: float) -> dict[str, Any]:
    """The fields of the entry of some pairs at a beta."""
    kept = counts.kept
    losses = [loss_of(element, beta) for element in kept]
    weights = [element.row.weight for element in kept]
    terms = [weight * value for weight, value in zip(weights, losses, strict=True)]
    size = _size(case, counts)
    n_nan, n_inf = sum(map(is_nan, losses)), sum(map(math.isinf, terms))
    total = exact_sum(filter(math.isfinite, terms))
    numbers = [value for value in losses if not math.isnan(value)]
    is_void = not kept and bool(counts.omitted or counts.weightless)

    def reduced(by: Fraction) -> float:
        if n_nan or is_void:
            return math.nan
        return math.inf if n_inf else rounded(total / by)

    entry = {
        "mean": reduced(size),
        "sum": reduced(Fraction(1)),
        "count": len(kept),
        "nan": n_nan,
        "inf": n_inf,
        "quadratic": sum(distance_of(element) < beta for element in kept),
        "missing": counts.missing,
        "omitted": counts.omitted,
        "zero_weight": len(counts.weightless),
        "min": min(numbers, default=math.inf),
        "max": max(numbers, default=-math.inf),
        "first_nan": next((e.place for e in kept if is_nan(loss_of(e, beta))), None),
    }
    if case.settings["ignore_target"]:
        entry["ignored"] = counts.ignored
    if case.settings.get("cluster") or "clusters" in case.beside:
        is_sized = case.settings.get("weight_mean") == "count"
        sized = [*kept, *(counts.weightless if is_sized else ())]
        entry["clusters"] = len({element.row.cluster for element in sized})
    huber = math.inf if n_inf else rounded(Fraction(beta) * total / size)
    return entry | _metrics(case, counts, huber if not (n_nan or is_void) else math.nan)


def _size(case: Case, counts: Counts) -> Fraction:
    if case.settings.get("weight_mean") == "count":
        return Fraction(len(counts.kept) + len(counts.weightless)) or Fraction(1)
    return exact_sum(element.row.weight for element in counts.kept) or Fraction(1)


def _metrics(case: Case, counts: Counts, huber: float) -> dict[str, Any]:
    kept, size = counts.kept, _size(case, counts)
    distances = [distance_of(element) for element in kept]
    is_none = not kept or any(map(math.isnan, distances))
    found: dict[str, Any] = {}
    squares = _sum_of(kept, lambda d, _: Fraction(d) ** 2)
    for name in case.settings["also"]:
        field = "max_error" if name == "max" else name
        if is_none:
            found[field] = math.nan
        elif name == "bias":
            found[field] = _bias(kept, size)
        elif any(map(math.isinf, distances)):
            found[field] = math.inf
        else:
            found[field] = {
                "mae": lambda: rounded(_sum_of(kept, lambda d, _: Fraction(d)) / size),
                "mse": lambda: rounded(squares / size),
                "rmse": lambda: _root(squares / size),
                "huber": lambda: huber,
                "max": lambda: max(distances),
            }[name]()
    for tolerance in case.settings["within"]:
        n = sum(d <= tolerance for d in distances)
        found[f"within_{tolerance}"] = n
        share = rounded(Fraction(n, len(kept))) if kept else math.nan
        found[f"share_within_{tolerance}"] = share
    for q in case.settings["quantiles"]:
        rank = max(1, math.ceil(Fraction(Decimal(str(q))) * len(kept)))
        found[f"quantile_{q}"] = math.nan if is_none else sorted(distances)[rank - 1]
    return found


def _sum_of(kept: list[Element], term: Callable[[Any, Element], Fraction]) -> Fraction:
    return sum(
        (Fraction(e.row.weight) * term(d, e) for e in kept if math.isfinite(d := distance_of(e))),
        Fraction(0),
    )


def _bias(kept: list[Element], size: Fraction) -> float:
    sides = [_converted(e.pred, e.target) for e in kept]
    odd = {x - y for x, y in sides if math.isinf(x) or math.isinf(y)}
    if odd:
        return odd.pop() if len(odd) == 1 else math.nan
    weights = [Fraction(e.row.weight) for e in kept]
    terms = (w * (Fraction(x) - Fraction(y)) for w, (x, y) in zip(weights, sides, strict=True))
    return rounded(sum(terms, Fraction(0)) / size)


def _converted(x: Any, y: Any) -> tuple[Any, Any]:
    """Two integers as they are; else both as binary64."""
    are_whole = isinstance(x, int) and isinstance(y, int)
    return (x, y) if are_whole else (float(x), float(y))


def _root(value: Fraction) -> float:
    """The square root, rounded once: 1200 more bits, and one that says whether others follow."""
    scaled, rest = divmod(value.numerator << 2400, value.denominator)
    root = math.isqrt(scaled)
    is_inexact = rest != 0 or root * root != scaled
    return rounded(Fraction(2 * root + is_inexact, 1 << 1201))


def _top(case: Case, elements: list[Element], names: list[str]) -> list[dict[str, Any]]:
    beta: float = case.settings["betas"][0]
    kept = [e for e in counted(case, elements).kept if not is_nan(loss_of(e, beta))]
    kept.sort(key=lambda e: (-loss_of(e, beta), e.place))
    return [
        {
            "row": e.row.number,
            "column": names[e.column] if case.n_columns > 1 else None,
            "pred": e.pred,
            "target": e.target,
            "loss": loss_of(e, beta),
        }
        for e in kept[: case.settings["top"]]
    ]


def _dtype(case: Case) -> str:
    kinds = [_kind_of(case.pred, "p1"), _kind_of(case.target or case.pred, "t1")]
    return max((kind for kind in kinds if kind[0] == "f"), default="f8")


def _kind_of(one: Input, name: str) -> str:
    return (one.column(name) or one.columns[0]).kind


def rounded_to(value: float, dtype: str) -> float:
    """A number rounded once to a dtype."""
    return rounded(Fraction(value), dtype) if math.isfinite(value) else value


def _losses(case: Case, rows: list[Row], elements: list[Element], dtype: str) -> list[list[float]]:
    (beta,) = case.settings["betas"]
    found: list[list[float]] = [[] for _ in rows]
    by_number = {row.number: losses for row, losses in zip(rows, found, strict=True)}
    for element in elements:
        value = 0.0
        is_out = is_ignored(case, element) or is_omitted(case, element)
        is_by_count = case.settings.get("weight_mean") == "count"
        if element.row.weight != 0 or (is_by_count and is_out):
            value = math.nan if is_out else element.row.weight * loss_of(element, beta)
        by_number[element.row.number].append(rounded_to(value, dtype))
    return found
