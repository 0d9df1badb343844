"""Periods of pandas, such as months: integers in Arrow, whose metadata say what they count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DtypeError
from smoothl1.sources.arrow.registered import METADATA, NAME
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_EXTENSION = "pandas.period"
_OTHER = "\0"
"""What periods count that is no known unit."""


class _Unit(NamedTuple):
    """A unit of NumPy in which periods count from 1970, and that of their texts."""

    counted: str
    shown: str


_UNITS = {
    **dict.fromkeys(("Y-DEC", "A-DEC"), _Unit("Y", "Y")),
    "Q-DEC": _Unit("M", "M"),
    **dict.fromkeys(("M", "ME"), _Unit("M", "M")),
    "D": _Unit("D", "D"),
    **dict.fromkeys(("h", "H"), _Unit("h", "m")),
    **dict.fromkeys(("min", "T"), _Unit("m", "m")),
    **dict.fromkeys(("s", "S"), _Unit("s", "s")),
    **dict.fromkeys(("ms", "L"), _Unit("ms", "ms")),
    **dict.fromkeys(("us", "U"), _Unit("us", "us")),
    **dict.fromkeys(("ns", "N"), _Unit("ns", "ns")),
}
_QUARTERS = "Q-DEC"


def frequency_of(field: pa.Field) -> str | None:
    """What a column of periods counts, as pandas calls it; None if it holds no periods."""
    kind = field.type
    if isinstance(kind, pa.BaseExtensionType):
        is_period = kind.extension_name == _EXTENSION
        return str(getattr(kind, "freq", _OTHER)) if is_period else None
    metadata = field.metadata if types.is_int64(kind) else None
    if not metadata or metadata.get(NAME) != _EXTENSION.encode():
        return None
    import json  # late: few columns are periods

    try:
        found: Any = json.loads(metadata.get(METADATA, b""))
    except ValueError:
        return _OTHER
    return str(found.get("freq", _OTHER)) if isinstance(found, dict) else _OTHER


def are_texts(frequency: str) -> bool:
    """Whether the texts of periods are known here; weeks and years that begin later are not."""
    return frequency in _UNITS


def periods_among(schema: pa.Schema, positions: Iterable[int]) -> dict[int, str]:
    """What the periods among some columns count, by position, where their texts are known."""
    found = {i: frequency_of(schema.field(i)) for i in positions}
    return {i: known for i, known in found.items() if known is not None and are_texts(known)}


def refuse_periods(schema: pa.Schema, positions: Iterable[int]) -> None:
    """Refuse periods where numbers are wanted: they are dates, whose integers count from 1970.

    Args:
        schema: Names and types of all columns.
        positions: The columns that are read as numbers.
    """
    for i in positions:
        if frequency_of(schema.field(i)) is not None:
            raise DtypeError(f"column {shown(schema.field(i).name)} holds periods, not numbers")


def texts_of_periods(column: pa.Array, frequency: str) -> pa.Array:
    """Periods as the texts that pandas writes: `2024-01`, `2024Q1`.

    Args:
        column: Their integers.
        frequency: What they count: one that `are_texts` knows.
    """
    unit, is_missing = _UNITS[frequency], column.is_null().to_numpy(zero_copy_only=False)
    counts: NDArray[np.int64] = column.fill_null(0).to_numpy()
    if frequency == _QUARTERS:
        years, quarters = np.divmod(counts, 4)
        texts = [
            f"{y + 1970}Q{q + 1}" for y, q in zip(years.tolist(), quarters.tolist(), strict=True)
        ]
        return pa.array(texts, pa.string(), mask=is_missing)
    shown = counts.astype(f"M8[{unit.counted}]").astype(f"M8[{unit.shown}]").astype(np.str_)
    return pa.array(
        [text.replace("T", " ") for text in shown.tolist()], pa.string(), mask=is_missing
    )
