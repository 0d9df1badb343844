"""Losses at other betas and along the rows, to JSON and back."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from smoothl1.figures.histograms_json import may_be_below
from smoothl1.figures.stretches import Stretch, block_rows_of
from smoothl1.figures.sweep import Sweep
from smoothl1.number_texts import as_typed
from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.results.consistency import counts_are_possible
from smoothl1.results.moments_json import exact_text
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.figures.error_histogram import ErrorHistogram
    from smoothl1.results.json_reader import Reader

_MOST_ROWS = 1 << 63


def encode_sweep(sweep: Sweep) -> dict[str, Any]:
    """Losses at other betas as an object of the document."""
    tallies = sweep.tallies
    return {
        "beta": list(sweep.betas),
        "total": [exact_text(tally.total.units) for tally in tallies],
        "inf": [tally.n_inf for tally in tallies],
        "quadratic": [tally.n_quadratic for tally in tallies],
    }


def decode_sweep(reader: Reader, whole: Tally, beta: float, errors: ErrorHistogram) -> Sweep:
    """The losses at other betas in an object of the document.

    Args:
        reader: The object.
        whole: The tally of all pairs at `beta`.
        beta: The transition point of the report.
        errors: The errors of all pairs.

    Raises:
        DataError: It is damaged, or contradicts the tally or the errors.
    """
    reader.only("beta", "total", "inf", "quadratic")
    sweep = Sweep.around(beta)
    if tuple(reader.list_of("beta", float)) != sweep.betas:
        raise reader.damaged("beta", f"are not the betas around {as_typed(beta)}")
    totals, columns = reader.exacts("total"), reader.columns("inf", "quadratic")
    if not len(totals) == len(columns["inf"]) == len(sweep.betas):
        raise reader.damaged("total", "does not have an item for each beta")
    cases = list(zip(sweep.betas, columns["inf"], totals, columns["quadratic"], strict=True))
    for one, other in pairwise(cases):
        if (one[1], one[2].units) < (other[1], other[2].units):
            raise reader.damaged("total", "rises with beta")
    of_all = Tally(n=whole.n, n_nan=whole.n_nan, weight=whole.weight, moments=None)
    sweep.tallies = [
        of_all._replace(n_inf=n_inf, n_quadratic=n_quadratic, total=total)
        for _, n_inf, total, n_quadratic in cases
    ]
    for at, tally in zip(sweep.betas, sweep.tallies, strict=True):
        if not counts_are_possible(tally):
            raise reader.damaged("quadratic", "is of more pairs than there are")
        if whole.weight is None and tally.n_inf != whole.n_inf:  # a weight may take one to infinity
            raise reader.damaged("inf", "is not that of the result")
        if not may_be_below(errors, at, tally.n_quadratic):
            raise reader.damaged("quadratic", "contradicts the errors")
        if at == beta and _counts(tally) != _counts(whole):
            raise reader.damaged("total", f"at beta {as_typed(beta)} is not that of the result")
    return sweep


def _counts(tally: Tally) -> tuple[object, ...]:
    return tally.n_inf, tally.total, tally.n_quadratic


def encode_stretch(stretch: Stretch) -> dict[str, Any]:
    """Losses along the rows as an object of the document."""
    numbers = sorted(stretch.tallies)
    tallies = [stretch.tallies[number] for number in numbers]
    are_weighted = any(tally.weight is not None for tally in tallies)
    weights = [exact_text((tally.weight or ExactSum()).units) for tally in tallies]
    return {
        "rows_before": stretch.rows_before,
        "rows": stretch.n_rows,
        "block_rows": stretch.block_rows,
        "blocks": numbers,
        "counts": [tally.n for tally in tallies],
        "nan": [tally.n_nan for tally in tallies],
        "inf": [tally.n_inf for tally in tallies],
        "total": [exact_text(tally.total.units) for tally in tallies],
        **({"weight": weights} if are_weighted else {}),
    }


def decode_stretches(
    readers: Sequence[Reader], place: Reader, whole: Tally, shape: tuple[int, ...] | None
) -> tuple[Stretch, ...]:
    """The losses along the rows in objects of the document.

    Args:
        readers: The objects.
        place: The object that they are in.
        whole: The tally of all pairs.
        shape: The shape of the inputs; None if it is not known.

    Raises:
        DataError: They are damaged, or contradict the tally.
    """
    stretches = tuple(_decode_stretch(reader, whole.weight is not None) for reader in readers)
    together = Tally(moments=None)
    for tally in (tally for stretch in stretches for tally in stretch.tallies.values()):
        together = together.merge(tally)
    found, expected = map(_sums, (together, whole))
    if found != expected:
        raise place.damaged("along_rows", "does not have the sums of the result")
    if not _have_rows_of(stretches, shape, whole.n_seen):
        raise place.damaged("along_rows", "does not have the rows of the inputs")
    return stretches


def _have_rows_of(
    stretches: Iterable[Stretch], shape: tuple[int, ...] | None, n_elements: int
) -> bool:
    """Whether there are the rows of inputs of a shape, and in each block at most their elements."""
    n_rows = sum(stretch.n_rows for stretch in stretches)
    if shape is None:
        return n_rows <= n_elements
    length = math.prod(shape[1:])
    return n_rows == (shape[0] if shape else 1) and not any(
        tally.n > stretch.rows_in(number) * length
        for stretch in stretches
        for number, tally in stretch.tallies.items()
    )


def _sums(tally: Tally) -> tuple[object, ...]:
    weight = 0 if tally.weight is None else tally.weight.units
    return (tally.n, tally.n_nan, tally.n_inf, tally.total, weight)


def _decode_stretch(reader: Reader, are_weighted: bool) -> Stretch:
    lists = ("blocks", "counts", "nan", "inf")
    weight = ("weight",) if are_weighted else ()
    reader.only("rows_before", "rows", "block_rows", "total", *lists, *weight)
    before, n_rows = reader.nullable_count("rows_before"), reader.count("rows")
    if n_rows == 0 or (before or 0) + n_rows >= _MOST_ROWS:
        raise reader.damaged("rows", f"is {n_rows}")
    block_rows = block_rows_of(n_rows)
    if reader.count("block_rows") != block_rows:
        raise reader.damaged("block_rows", f"is not {block_rows}, as for {n_rows} rows")
    columns, totals = reader.columns(*lists), reader.exacts("total")
    weights = reader.exacts("weight") if are_weighted else [None] * len(totals)
    numbers = columns["blocks"]
    first, last = ((before or 0) // block_rows, ((before or 0) + n_rows - 1) // block_rows)
    if not len(numbers) == len(totals) == len(weights):
        raise reader.damaged("total", "is not as long as blocks")
    if not _are_ascending(numbers, first, last):
        raise reader.damaged("blocks", "are not ascending blocks of these rows")
    counts = zip(columns["counts"], columns["nan"], columns["inf"], strict=True)
    tallies = {}
    for number, (n, n_nan, n_inf), total, of in zip(numbers, counts, totals, weights, strict=True):
        if n == 0 or n_nan + n_inf > n:
            raise reader.damaged("counts", "contradict each other")
        tallies[number] = Tally(n=n, n_nan=n_nan, n_inf=n_inf, total=total, weight=of, moments=None)
    return Stretch(before, n_rows, block_rows, tallies)


def _are_ascending(numbers: Iterable[int], first: int, last: int) -> bool:
    ordered = [first - 1, *numbers, last + 1]
    return all(one < other for one, other in pairwise(ordered))
