"""Whole numbers in scientific notation, as R writes 100000: `1e+05`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    import pyarrow as pa

_OF_R = r"\A-?[1-9](?:\.[0-9]*[1-9])?e\+[0-9]{2}\z"
"""The form that R writes. Without the plus it may be a code: `1e5` is hexadecimal, too."""

_ANY = lazy_pattern(r"(-?)([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")

_MOST_PLACES = 14
"""Largest exponent: R rounds numbers to 15 digits, which holds whole numbers of as many."""


def in_digits(text: str) -> str:
    """A whole number in scientific notation in digits alone; any other text as it is."""
    found = _ANY.fullmatch(text)
    if found is None:
        return text
    sign, first, fraction, exponent = found.groups(default="")
    n_places = int(exponent)
    if not len(fraction) <= n_places <= _MOST_PLACES:
        return text
    return f"{sign}{first}{fraction.ljust(n_places, '0')}"


def without_exponents(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts, with whole numbers that are written as R does it in digits alone."""
    import pyarrow as pa
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    is_of_r = pc.match_substring_regex(texts, _OF_R)
    if not pc.any(is_of_r).as_py():
        return texts
    if isinstance(texts, pa.ChunkedArray):
        texts, is_of_r = texts.combine_chunks(), is_of_r.combine_chunks()
    found = texts.filter(is_of_r).cast(pa.string()).to_pylist()
    digits = pa.array(map(in_digits, found), pa.string()).cast(texts.type)
    return pc.replace_with_mask(texts, is_of_r, digits)
