"""Histograms of errors and pairs, to JSON and back: only bins and cells that hold any."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.figures.density import SIDE, Density
from smoothl1.figures.error_histogram import ErrorHistogram
from smoothl1.numerics.histograms import INFINITE, N_UPPER, NAN, NEGATIVE

if TYPE_CHECKING:
    from smoothl1.results.distance_facts import DistanceFacts
    from smoothl1.results.json_reader import Reader
    from smoothl1.tallies.tally import Tally

_BIN_BITS = 48
"""Bits of a number that do not say in which bin it is."""


def encode_errors(errors: ErrorHistogram) -> dict[str, Any]:
    """A histogram of errors as an object of the document."""
    bins = errors.counts.nonzero()[0]
    return {"bins": bins.tolist(), "counts": errors.counts[bins].tolist(), "zero": errors.n_zero}


def decode_errors(reader: Reader, whole: Tally) -> ErrorHistogram:
    """The histogram of errors in an object of the document.

    Args:
        reader: The object.
        whole: The tally of all pairs.

    Raises:
        DataError: It is damaged, or contradicts the tally.
    """
    reader.only("bins", "counts", "zero")
    columns = reader.columns("bins", "counts")
    bins, counts = columns["bins"], columns["counts"]
    if any(one >= other for one, other in pairwise(bins)) or not all(map(_is_bin, bins)):
        raise reader.damaged("bins", "are not ascending bins of numbers")
    if sum(counts) != whole.n or not all(counts):
        raise reader.damaged("counts", f"are not those of {whole.n} pairs")
    found = ErrorHistogram()
    found.counts[bins] = counts
    found.n_zero = reader.count("zero")
    if found.n_zero > found.counts[0]:
        raise reader.damaged("zero", "is larger than its bin")
    n_infinite, are_weighted = found.n_infinite, whole.weight is not None
    if found.n_nan != whole.n_nan or not (
        n_infinite == whole.n_inf or (are_weighted and n_infinite < whole.n_inf)
    ):
        raise reader.damaged("counts", "contradict the losses that are not finite")
    return found


def may_be_below(errors: ErrorHistogram, beta: float, n_below: int) -> bool:
    """Whether so many magnitudes of a histogram may be smaller than a number."""
    bin_of_beta = int(np.float64(beta).view(np.uint64)) >> _BIN_BITS
    magnitudes = errors.counts[:INFINITE] + errors.counts[NEGATIVE : NEGATIVE + INFINITE]
    n_least = int(magnitudes[:bin_of_beta].sum())
    return n_least <= n_below <= n_least + int(magnitudes[bin_of_beta])


def note_distances(errors: ErrorHistogram, facts: DistanceFacts) -> None:
    """Note how many magnitudes of a histogram are in each bin, and so at most how large.

    Args:
        errors: The errors of all pairs.
        facts: What is known of their distances, which is added to.
    """
    magnitudes = errors.counts[:INFINITE] + errors.counts[NEGATIVE : NEGATIVE + INFINITE]
    bins = magnitudes.nonzero()[0]
    ends = (bins.astype(np.uint64) + np.uint64(1) << np.uint64(_BIN_BITS)).view(np.float64)
    starts = (bins.astype(np.uint64) << np.uint64(_BIN_BITS)).view(np.float64)
    n = 0
    for start, end, count in zip(starts, ends, magnitudes[bins].tolist(), strict=True):
        facts.note_count_below(float(start), n)
        n += count
        facts.note_count_below(float(end), n)


def encode_density(density: Density) -> dict[str, Any]:
    """Counts of pairs as an object of the document."""
    rows, columns = density.counts.nonzero()
    is_empty = density.exponent is None
    return {
        "low": None if is_empty else density.low,
        "high": None if is_empty else density.high,
        "rows": rows.tolist(),
        "columns": columns.tolist(),
        "counts": density.counts[rows, columns].tolist(),
        "not_finite": density.n_outside,
    }


def decode_density(reader: Reader, whole: Tally, errors: ErrorHistogram) -> Density:
    """The counts of pairs in an object of the document.

    Args:
        reader: The object.
        whole: The tally of all pairs.
        errors: The errors of all pairs.

    Raises:
        DataError: It is damaged, or contradicts the tally or the errors.
    """
    reader.only("low", "high", "rows", "columns", "counts", "not_finite")
    columns = reader.columns("rows", "columns", "counts")
    places = list(zip(columns["rows"], columns["columns"], strict=True))
    if any(max(place) >= SIDE for place in places) or any(
        one >= other for one, other in pairwise(places)
    ):
        raise reader.damaged("rows", "and columns are not those of cells, in order")
    density = _without_counts(reader, is_empty=not places)
    n_finite, n_outside = sum(columns["counts"]), density.n_outside
    if not all(columns["counts"]) or not 0 <= whole.n - n_finite - n_outside <= whole.n_missing:
        raise reader.damaged("counts", f"are not those of {whole.n} pairs")
    if n_finite < whole.n - errors.n_nan - errors.n_infinite or (
        n_outside > errors.n_nan + errors.n_infinite
    ):
        raise reader.damaged("counts", "contradict the errors that are not finite")
    for place, count in zip(places, columns["counts"], strict=True):
        density.counts[place] = count
    if places and not all(_holds_any(density, edge) for edge in (density.low, density.high)):
        raise reader.damaged("low", "and high are in no cell that holds a pair")
    return density


def _without_counts(reader: Reader, *, is_empty: bool) -> Density:
    n_outside = reader.count("not_finite")
    if is_empty:
        if (reader.nullable("low", float), reader.nullable("high", float)) != (None, None):
            raise reader.damaged("low", "and high are there, but no cell holds a pair")
        return Density.of(np.inf, -np.inf, n_outside)
    low, high = reader.signed_number("low"), reader.signed_number("high")
    if low > high:
        raise reader.damaged("low", "is above high")
    return Density.of(low, high, n_outside)


def _holds_any(density: Density, edge: float) -> bool:
    """Whether a pair is in the row or column of cells of a number."""
    place = density.cell_of(edge)
    return bool(density.counts[place].any() or density.counts[:, place].any())


def _is_bin(number: int) -> bool:
    """Whether numbers can be in a bin: NaN has only one."""
    return number < N_UPPER and (number % NEGATIVE <= INFINITE or number == NAN)
