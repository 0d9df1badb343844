"""The exact moments of rows, to JSON and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.numerics.exact_sum import CUBE_EXPONENT, SQUARE_EXPONENT, UNIT_EXPONENT
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD, Moments, ThirdMoments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.results.json_reader import Reader

_SECOND = ("squares", "cross", "sizes")

_WITH_SIZES = ThirdMoments._fields[1:]
"""The third moments that are a second moment, times a size."""


def encode_moments(moments: Moments) -> dict[str, Any]:
    """Moments as an object of the document."""
    sums = moments.squares, moments.cross, moments.sizes
    squares, cross, sizes = texts = [exact_text(units, SQUARE_EXPONENT) for units in sums]
    document = {"count": moments.n, "squares": squares, "cross": cross, "sizes": sizes}
    if moments.third is not None:
        sss, *others = moments.third
        document["sss"] = exact_text(sss, CUBE_EXPONENT)
        for name, units, less, text in zip(_WITH_SIZES, others, sums, texts, strict=True):
            is_same = units == less << -UNIT_EXPONENT  # of rows of size 1
            document[name] = text if is_same else exact_text(units, CUBE_EXPONENT)
    document["overflowed"] = moments.n_overflowed
    return document


def exact_text(units: int, unit_exponent: int = UNIT_EXPONENT) -> str:
    """An exact sum as text: a whole number in hexadecimal, times a power of two.

    Args:
        units: The sum as a whole number of 2**unit_exponent.
        unit_exponent: The exponent of the unit.
    """
    zeros = (units & -units).bit_length() - 1 if units else -unit_exponent
    return f"{units >> zeros:#x}p{zeros + unit_exponent}"


def decode_moments(reader: Reader) -> Moments:
    """The moments in an object of the document.

    Raises:
        DataError: The object is damaged.
    """
    n = reader.count("count")
    names = ThirdMoments._fields if n <= MOST_ROWS_OF_THIRD else ()
    reader.only("count", "squares", "cross", "sizes", "overflowed", *names)
    second = {name: reader.units(name, SQUARE_EXPONENT) for name in _SECOND}
    third = None
    if any(name in reader.content for name in names):
        sss = reader.units("sss", CUBE_EXPONENT)
        third = ThirdMoments(sss, *_third_with_sizes(reader, second))
    return Moments(n, **second, n_overflowed=reader.count("overflowed"), third=third)


def _third_with_sizes(reader: Reader, second: dict[str, int]) -> Iterator[int]:
    """The other third moments; those of rows of size 1 have the texts of the second ones."""
    content = reader.content
    for name, (less, units) in zip(_WITH_SIZES, second.items(), strict=True):
        is_same = content.get(name) == content[less]
        yield units << -UNIT_EXPONENT if is_same else reader.units(name, CUBE_EXPONENT)
