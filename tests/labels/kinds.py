"""Columns of every type that a key or a group may have, and the formats that hold them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMATS = ("csv", "parquet", "arrow", "arrows", "csv.gz")
TYPED = ("parquet", "arrow", "arrows")

DAY = dt.date(2024, 2, 29)
VALUES = {
    "text": pa.array(["b", "a", "ä 日本", "x,y", 'say "no"', "two\nlines", "NA", "1"]),
    "large text": pa.array(["b", "a", "c", "c", "d"], pa.large_string()),
    "bool": pa.array([True, False, False, True, True]),
    "int8": pa.array([-128, 127, 0, 5, -1], pa.int8()),
    "uint64": pa.array([2**64 - 1, 2**63, 0, 7, 2**53 + 1], pa.uint64()),
    "int64": pa.array([-(2**63), 2**63 - 1, 0, 2**53 + 1, 1], pa.int64()),
    "date": pa.array([DAY, dt.date(1, 1, 1), dt.date(9999, 12, 31), DAY]),
    "time": pa.array([dt.time(23, 59, 59, 999_999), dt.time(0), dt.time(12)]),
    "timestamp": pa.array([dt.datetime(2024, 2, 29, 1, 2, 3), dt.datetime(1969, 12, 31)]),  # noqa: DTZ001
    "duration": pa.array([dt.timedelta(days=1), dt.timedelta(0), dt.timedelta(-1)]),
    "dictionary": pa.array(["b", "a", "b", "b", "c", "a"]).dictionary_encode(),
    "dictionary of numbers": pa.array([300, -1, 300, 7]).dictionary_encode(),
}


def save(path: Path, columns: Mapping[str, Any]) -> Path:
    """Write a table of which every three rows are a group."""
    return save_table(path, columns, 3)
