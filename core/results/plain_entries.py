"""A quick reader of the entries that most results have: of finite losses, each a row of its own.

An entry is read here if it is written as smoothl1 writes it, and surely that of some losses. Any
other one is left to `decode_entry` and to the checks of results, which say what is wrong with it.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.numerics.exact_sum import CUBE_EXPONENT, SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.ratio import error_of_ones
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD
from smoothl1.results.columns import COUNTS, as_text
from smoothl1.results.entries_json import plain_example
from smoothl1.results.json_reader import exact_number
from smoothl1.results.moments_json import exact_text
from smoothl1.results.plain_losses import are_surely_possible
from smoothl1.tallies.finite_losses import Losses
from smoothl1.tallies.group import Group

if TYPE_CHECKING:
    from smoothl1.settings import EvalSettings

    Content = dict[str, Any]

_zero_counts = itemgetter(*(name for name in COUNTS if name not in ("count", "quadratic")))
_N_ZERO = len(COUNTS) - 2
_numbers = itemgetter("mean", "sum")
_counts_and_extremes = itemgetter("count", "quadratic", "min", "max")


_exact_moments = itemgetter("cross", "smm", "ssm", "sizes", "mmm")
_rows_and_overflowed = itemgetter("count", "overflowed")


class _Fields(NamedTuple):
    """The fields that plain entries are written with, in order.

    Attributes:
        of_entries: Those of an entry: of several rows, and of one.
        of_exact: Those of its exact state.
        of_rows: Those of the moments of its rows.
    """

    of_entries: tuple[tuple[str, ...], ...]
    of_exact: tuple[str, ...]
    of_rows: tuple[str, ...]


@cache
def _fields() -> _Fields:
    several, one = plain_example(2), plain_example(1)
    exact = several["exact"]
    return _Fields((tuple(several), tuple(one)), tuple(exact), tuple(exact["rows"]))


def may_be_plain(settings: EvalSettings) -> bool:
    """Whether the entries of results with these settings may be read here."""
    are_alone = len(settings.betas) == 1 and not (settings.by_column or settings.has_metrics)
    has_more = settings.weighted or settings.cluster is not None or settings.ignore_target
    return are_alone and not has_more and bool(settings.levels)


def plain_entry(content: Content, beta: float) -> tuple[Group, Losses] | None:
    """The group of an entry and its losses; None if it takes a closer look.

    Args:
        content: The entry, as JSON.
        beta: The beta of the settings.
    """
    if tuple(content) not in _fields().of_entries:
        return None
    group, losses = _group(content["group"]), _losses(content)
    if group is None or losses is None or not _has_beta(content, beta):
        return None
    numbers = _numbers(content)
    if set(map(type, numbers)) != {float} or numbers != _mean_and_sum(losses):
        return None
    if not (_has_error(content, losses) and are_surely_possible(losses, beta)):
        return None
    return group, losses


def _has_beta(content: Content, beta: float) -> bool:
    found = content["beta"]
    return type(found) is float and found == beta


def _group(name: object) -> Group | None:
    """The group of a name, or of the names of several levels, if all are text that can be shown."""
    levels: list[Any] = name if type(name) is list else [name]
    for level in levels:
        if type(level) is not str or not (level.isascii() or as_text(level) == level):
            return None
    if type(name) is str:
        return Group(name)
    return Group(tuple(levels)) if len(levels) > 1 else None


def _losses(content: Content) -> Losses | None:
    """The counts, extremes and sums of an entry; None if they are not those of finite losses."""
    n, n_quadratic, least, most = _counts_and_extremes(content)
    if type(n) is not int or type(n_quadratic) is not int or not 0 <= n_quadratic <= n:
        return None
    if type(least) is not float or type(most) is not float or not 0 <= least <= most < math.inf:
        return None
    zeros = _zero_counts(content)
    are_zero = set(map(type, zeros)) == {int} and zeros == (0,) * _N_ZERO
    if not (are_zero and content["first_nan"] is None and 0 < n <= MOST_ROWS_OF_THIRD):
        return None
    texts = _texts(content["exact"], n)
    if texts is None:
        return None
    sums = tuple(map(exact_number, texts))
    exponents = (UNIT_EXPONENT, SQUARE_EXPONENT, CUBE_EXPONENT)
    for one, least_exponent in zip(sums, exponents, strict=True):
        if one is None or one[1] < least_exponent:
            return None
    losses = Losses(n, n_quadratic, least, most, sums)  # type: ignore[arg-type]  # none is None
    return losses if _are_products(losses) else None


def _texts(exact: object, n: int) -> tuple[str, str, str] | None:
    """The texts of the sums of powers, if the moments are those of n rows of one loss each."""
    fields = _fields()
    if type(exact) is not dict or tuple(exact) != fields.of_exact:
        return None
    total, rows = exact["total"], exact["rows"]
    if type(rows) is not dict or tuple(rows) != fields.of_rows:
        return None
    counts = _rows_and_overflowed(rows)
    if set(map(type, counts)) != {int} or counts != (n, 0):
        return None
    squares, cubes = rows["squares"], rows["sss"]
    if not type(total) is type(squares) is type(cubes) is str:
        return None
    size = _text_of_count(n)
    alike = _exact_moments(rows) == (total, total, squares, size, size)
    return (total, squares, cubes) if alike else None


@lru_cache(maxsize=MOST_ROWS_OF_THIRD)
def _text_of_count(n: int) -> str:
    return exact_text(n, 0)


def _are_products(losses: Losses) -> bool:
    """Whether the sums of powers agree with the inequality of Cauchy and Schwarz."""
    (total, of_total), (squares, of_squares), (cubes, of_cubes) = losses.sums
    return _is_at_least(losses.n * squares, of_squares, total**2, 2 * of_total) and _is_at_least(
        cubes * total, of_cubes + of_total, squares**2, 2 * of_squares
    )


def _is_at_least(one: int, exponent: int, other: int, other_exponent: int) -> bool:
    """Whether an integer times a power of two is at least another one."""
    lower = min(exponent, other_exponent)
    return one << exponent - lower >= other << other_exponent - lower


def _mean_and_sum(losses: Losses) -> tuple[float, float]:
    """Both rounded once. The sum is infinite if it is too large, as that of an entry never is."""
    total, exponent = losses.sums[0]
    try:
        numerator, denominator = total << max(exponent, 0), 1 << max(-exponent, 0)
        return numerator / (losses.n * denominator), numerator / denominator
    except OverflowError:
        return math.inf, math.inf


def _has_error(content: Content, losses: Losses) -> bool:
    """Whether the standard error of an entry is that of its losses."""
    found, n = content["stderr"], losses.n
    if n == 1 or "stderr_text" in content:
        return n == 1 and found is None and content.get("stderr_text") == "nan"
    (total, of_total), (squares, of_squares), _ = losses.sums
    unit = min(of_total, of_squares // 2)
    sums = total << of_total - unit, squares << of_squares - 2 * unit
    return type(found) is float and found == error_of_ones(n, *sums, unit)
