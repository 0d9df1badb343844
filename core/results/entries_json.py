"""The entries of a result, one for each beta and group, to JSON and back.

Exact sums are written as hexadecimal numbers without a fraction, times a power of two: `0x5p-3` is
0.625. Numbers that follow from them (means, sums, standard errors) are written for the reader, and
compared with them when the document is read back.
"""

from __future__ import annotations

import math
from itertools import product, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from smoothl1.numerics.row_moments import Moments, sizes_of_ones
from smoothl1.results.columns import COUNTS, as_text, counts_of, n_clusters
from smoothl1.results.json_fields import number
from smoothl1.results.moments_json import decode_moments, encode_moments, exact_text
from smoothl1.tallies.group import Group
from smoothl1.tallies.many import passing
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.results.json_reader import Reader
    from smoothl1.results.result import Result

_NUMBERS = {
    "mean": ("nan", "inf"),
    "sum": ("nan", "inf"),
    "stderr": ("nan", "inf"),
    "min": ("inf",),
    "max": ("inf", "-inf"),
}
"""Fields of an entry that may not be finite, and their texts then."""

_TEXTS = tuple(f"{name}_text" for name in _NUMBERS)

_ENTRY = ("beta", *Group._fields, *COUNTS, *_NUMBERS, *_TEXTS, "first_nan", "exact")
"""All fields of an entry."""

_EARLIER = "an older smoothl1, with other standard errors, may have written it: evaluate again"


def encoded_entries(result: Result) -> Iterator[dict[str, Any]]:
    """The entries of a result as JSON, with the numbers of metrics, made as they are asked for."""
    settings, cases = result.settings, product(result.settings.betas, result.groups)
    counts = counts_of(settings)
    of_tally = counts, attrgetter(*counts.values())
    are_clustered = settings.cluster is not None
    numbers: Iterable[dict[str, Any]] = repeat({}, len(result.tallies))
    if result.metric_states:
        from smoothl1.results import metrics_json  # late: most runs have none

        numbers = metrics_json.numbers_of(result)
    for (beta, group), tally, more in zip(cases, passing(result.tallies), numbers, strict=True):
        entry = _encode_entry(beta, group, tally, *of_tally, are_clustered=are_clustered)
        yield entry | more


def _encode_entry(
    beta: float,
    group: Group,
    tally: Tally,
    counts: Iterable[str],
    counted: Callable[[Tally], tuple[int, ...]],
    *,
    are_clustered: bool,
) -> dict[str, Any]:
    """An entry as JSON; `counts` names its counts, and `counted` takes them from a tally."""
    exact: dict[str, Any] = {"total": exact_text(tally.total.units)}
    if tally.weight is not None:
        exact["weight"] = exact_text(tally.weight.units)
    if tally.moments is not None and not are_clustered:  # else they follow from the clusters
        exact["rows"] = encode_moments(tally.moments)
    return {
        "beta": beta,
        **group.fields(),
        **number("mean", tally.mean),
        **number("sum", tally.sum),
        **number("stderr", tally.standard_error),
        **dict(zip(counts, counted(tally), strict=True)),
        **number("min", tally.min),
        **number("max", tally.max),
        "first_nan": tally.first_nan,
        **({"clusters": n_clusters(tally)} if are_clustered else {}),
        "exact": exact,
    }


def plain_example(n_rows: int) -> dict[str, Any]:
    """An entry of losses of 0, each a row of its own: all such entries have its fields, in order.

    Args:
        n_rows: The number of these rows: a single one has no standard error.
    """
    moments = Moments(n_rows, sizes=sizes_of_ones(n_rows))
    tally = Tally(n_rows, min=0.0, max=0.0, moments=moments)
    counted = attrgetter(*COUNTS.values())
    return _encode_entry(1.0, Group("a"), tally, COUNTS, counted, are_clustered=False)


def decode_entry(
    reader: Reader, more: Sequence[str], moments: Moments | None
) -> tuple[float, Group, Tally]:
    """The beta, the group and the tally of an entry.

    Args:
        reader: The entry.
        more: The names of the fields that metrics and clusters add.
        moments: The moments that follow from clusters, if there are any.

    Raises:
        DataError: The entry is damaged.
    """
    reader.only(*_ENTRY, *more)
    exact = reader.inner("exact")
    exact.only("total", "weight", *(["rows"] if moments is None else []))
    has_rows = "rows" in exact.content
    n, n_nan, n_inf, n_quadratic, n_missing, n_omitted, n_weightless = map(reader.count, COUNTS)
    tally = Tally(
        n,
        n_nan,
        n_inf,
        n_quadratic,
        exact.exact("total"),
        reader.number("min", *_NUMBERS["min"]),
        reader.number("max", *_NUMBERS["max"]),
        reader.nullable_count("first_nan"),
        n_missing,
        n_omitted,
        n_weightless,
        exact.exact("weight") if "weight" in exact.content else None,
        decode_moments(exact.inner("rows")) if has_rows else moments,
        reader.count("ignored") if "ignored" in more else 0,
    )
    if "clusters" in more and reader.count("clusters") != n_clusters(tally):
        raise reader.damaged("clusters", f"is not {n_clusters(tally)}, as there are")
    _check_numbers(reader, tally, has_rows=has_rows)
    levels = reader.names("group") if "group" in reader.content else None
    group = Group(levels, reader.optional("column", str))
    if not all(level.isascii() or as_text(level) == level for level in group.levels):
        raise reader.damaged("group", "has half of a pair of surrogates, as no label has")
    return reader.get("beta", float), group, tally


def _check_numbers(reader: Reader, tally: Tally, *, has_rows: bool) -> None:
    """Check that the numbers of an entry are those of its exact state.

    Args:
        reader: The entry.
        tally: Its exact state.
        has_rows: Whether the moments of rows are part of the entry.

    Raises:
        DataError: A number is another one.
    """
    try:
        numbers = {"mean": tally.mean, "sum": tally.sum, "stderr": tally.standard_error}
    except (ArithmeticError, ValueError) as error:
        raise reader.damaged("exact", f"gives no number: {error}") from error
    for name, expected in numbers.items():
        found = reader.number(name, *_NUMBERS[name])
        if found != expected and not (math.isnan(found) and math.isnan(expected)):
            are_finite = math.isfinite(found) and math.isfinite(expected)
            are_of_rows = name == "stderr" and has_rows
            is_earlier = are_of_rows and are_finite and _may_be_earlier(tally)
            hint = _EARLIER if is_earlier else None
            raise reader.damaged(name, f"is {found}, but {expected} by its exact state", hint)


def _may_be_earlier(tally: Tally) -> bool:
    """Whether the first definition of standard errors would give another one than today's.

    That is so if rows differ in size. That definition had no third moments, either.
    """
    moments = tally.moments
    if moments is None:
        return False
    return moments.third is None or moments.n * moments.sizes != tally.size.units**2
