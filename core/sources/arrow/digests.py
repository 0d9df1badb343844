"""Digests of single values, which are equal only if the values and their types are."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa


def digest_of(value: pa.Scalar) -> str:
    """SHA-256 of a value and its type, in hexadecimal digits."""
    batch = pa.record_batch([pa.array([value], value.type)], ["value"])
    return sha256(bytes(batch.schema.serialize()) + bytes(batch.serialize())).hexdigest()
