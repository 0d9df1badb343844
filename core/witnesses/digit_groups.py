"""Whole numbers in text whose digits are in groups of three: `1.234`, `1,234`, `1 234`, `1'234`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_MARKS = (r"\.", ",", "'", "\u2019", "_", " ", "\u00a0", "\u2009", "\u202f")
"""Between groups, of which the last three are blanks: no-break, thin, and narrow no-break."""

_GROUPED = (
    rf"\A[ \t]*-?[1-9][0-9]{{0,2}}(?:{'|'.join(f'(?:{m}[0-9]{{3}})+' for m in _MARKS)})[ \t]*\z"
)
_BELOW_1000 = r"\A[ \t]*-?(?:0|[1-9][0-9]{0,2})[ \t]*\z"
_WHOLE = r"\A[ \t]*[+-]?[0-9]+(?:\.0*)?[ \t]*\z"
_NO_DIGITS = "[^0-9-]+"


def without_groups(texts: pa.Array) -> pa.Array:
    """Texts with whole numbers in groups of digits in digits alone.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.

    Returns:
        The texts; the same array if none is such a number.
    """
    import pyarrow.compute as pc

    from smoothl1.witnesses.text_bytes import may_be_grouped

    if not may_be_grouped(texts):
        return texts
    is_grouped = pc.match_substring_regex(texts, _GROUPED)
    if not pc.any(is_grouped).as_py():
        return texts
    digits = pc.replace_substring_regex(texts.filter(is_grouped), _NO_DIGITS, "")
    return pc.replace_with_mask(texts, is_grouped, digits)


def groups_beside_whole(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Both sides, in digits alone, if one has numbers in groups where the other has whole numbers.

    Numbers of three places behind a point may be fractions. If all are such numbers, and the other
    side has no fractions, but numbers of a thousand or more, they are in groups.

    Args:
        one: Numbers, or numbers in text as bytes.
        other: The same number of values of the other side.
    """
    for side, grouped, whole in ((0, one, other), (1, other, one)):
        if _are_grouped(grouped) and _are_whole(whole) and _is_large(whole):
            plain = without_groups(grouped)
            return (plain, whole) if side == 0 else (whole, plain)
    return None


def _are_grouped(column: pa.Array) -> bool:
    """Whether all are numbers below 1000, or in groups, and one at least is in groups."""
    import pyarrow.compute as pc
    from pyarrow import types

    if not types.is_binary(column.type):
        return False
    is_grouped = pc.match_substring_regex(column, _GROUPED)
    if not pc.any(is_grouped).as_py():
        return False
    is_small = pc.match_substring_regex(column, _BELOW_1000)
    is_empty = pc.equal(pc.binary_length(column), 0)
    return bool(pc.all(pc.or_(pc.or_(is_grouped, is_small), is_empty)).as_py())


def _are_whole(column: pa.Array) -> bool:
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_integer(column.type):
        return True
    if not types.is_binary(column.type):
        return False
    is_whole = pc.match_substring_regex(column, _WHOLE)
    return bool(pc.all(pc.or_(is_whole, pc.equal(pc.binary_length(column), 0))).as_py())


def _is_large(column: pa.Array) -> bool:
    """Whether a whole number has four digits or more, as all have that are in groups."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = column.cast(pa.string())
    return bool(pc.any(pc.match_substring_regex(texts, "[1-9][0-9]{3}")).as_py())
