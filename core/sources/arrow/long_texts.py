"""Long texts that are only compared: each is replaced by its beginning and its digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.sources.arrow.text_lengths import LONG_BYTES, SHORTEST_REPLACED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BEGINNING_BYTES = 128
"""So much of a text is kept, so that most keep their order."""

_BLANKS = b" \t"

_DIGEST_BYTES = 32
"""Bytes of a digest of BLAKE2b (RFC 7693): so many that no two texts with the same can be found."""

_DOTS = "... "
_REPLACED = rf"\.\.\. [0-9a-f]{{{2 * _DIGEST_BYTES}}}[ \t]*\z"
"""How that ends. A short key that ends so is replaced, too, so that none is the same."""


def is_text_or_bytes(kind: pa.DataType) -> bool:
    """Whether values are text or bytes of any length."""
    return bool(
        types.is_string(kind)
        or types.is_binary(kind)
        or types.is_large_string(kind)
        or types.is_large_binary(kind)
    )


def shortened(column: pa.Array, *, are_keys: bool = False) -> pa.Array:
    """A column whose long texts are replaced, so that equal texts stay equal.

    Short columns, and columns without long texts, are returned as they are.

    Args:
        column: Texts or bytes; values of another type are returned as they are.
        are_keys: Whether texts must differ that are the same but for blanks at their ends, and no
            short text may be the same as what replaces a long one. Such a column is shortened once.
    """
    if not is_text_or_bytes(column.type):
        return column
    sizes = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    is_long = sizes > LONG_BYTES
    if are_keys:
        may_be_alike = (sizes >= SHORTEST_REPLACED) & ~is_long
        if may_be_alike.any():
            is_long[may_be_alike] = _are_alike(column.filter(pa.array(may_be_alike)))
    if not is_long.any():
        return column
    long = column.filter(pa.array(is_long)).dictionary_encode()
    short = [_short(text, are_keys=are_keys) for text in long.dictionary]
    texts = pa.array(short, pa.binary()).cast(column.type)
    return pc.replace_with_mask(column, pa.array(is_long), texts.take(long.indices))


def _are_alike(column: pa.Array) -> NDArray[np.bool_]:
    """Which texts end as what replaces a long one does."""
    may_be = pc.fill_null(pc.match_substring(column, _DOTS), pa.scalar(value=False))
    alike: NDArray[np.bool_] = may_be.to_numpy(zero_copy_only=False).copy()
    if alike.any():
        alike[alike] = pc.match_substring_regex(column.filter(may_be), _REPLACED)
    return alike


def _short(text: pa.Scalar, *, are_keys: bool) -> bytes:
    from hashlib import blake2b  # late: long texts are seldom

    whole: bytes = text.as_buffer().to_pybytes()
    plain, before, after = whole.strip(_BLANKS), b"", b""
    if are_keys:
        before = whole[: len(whole) - len(whole.lstrip(_BLANKS))]
        after = whole[len(whole.rstrip(_BLANKS)) :]
    if len(before) + len(after) > _BEGINNING_BYTES:
        plain, before, after = whole, b"", b""
    beginning = plain[:_BEGINNING_BYTES].decode(errors="ignore").encode()
    digest = blake2b(plain, digest_size=_DIGEST_BYTES).hexdigest().encode()
    return before + beginning + _DOTS.encode() + digest + after
