"""Passes over fields of manifests that nobody asks for: statistics of each column of each file.

They are most of a manifest, and nothing is chosen by them here. So are the places where a file may
be cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyiceberg.avro.reader import (
    BinaryReader,
    IntegerReader,
    ListReader,
    MapReader,
    OptionReader,
    Reader,
    StructReader,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from smoothl1.sources.lakes.avro_values import CheckedDecoder

_COUNTS = {108, 109, 110, 137}
"""The numbers of fields that have bytes, values, missing values and NaN of each column."""

_OFFSETS = {132}
"""The number of the field that has the places where a file may be cut."""

_BOUNDS = {125, 128}
"""Those of the least and greatest value of each column; of a file of deletes, they name a file."""

_OF_DELETES = "deletes"


def without_unused(reader: Any, meta: Mapping[str, str]) -> Any:
    """A reader of the same records, in which fields that are not used are None.

    Args:
        reader: The reader of a manifest, or of a list of them, as pyiceberg makes it.
        meta: What the header of the file tells.
    """
    numbers = _COUNTS | _OFFSETS
    return _without(reader, numbers if meta.get("content") == _OF_DELETES else numbers | _BOUNDS)


def _without(reader: Any, numbers: set[int]) -> Any:
    if not isinstance(reader, StructReader):
        return reader
    fields, make = reader.struct.fields, reader.create_struct
    inner: list[tuple[int | None, Reader]] = []
    for place, one in reader.field_readers:
        if place is not None and fields[place].field_id in numbers:
            inner.append((None, _passed(one)))
        else:
            inner.append((place, _without(one, numbers)))
    blank = [None] * len(fields)
    return StructReader(tuple(inner), lambda *_: make(*blank), reader.struct)


def _passed(reader: Any) -> Any:
    """A reader that passes over the same values, several at a time if they are integers."""
    if isinstance(reader, OptionReader):
        return OptionReader(_passed(reader.option))
    if isinstance(reader, ListReader) and isinstance(reader.element, IntegerReader):
        return _ListOfIntegers(reader.element)
    if isinstance(reader, MapReader) and isinstance(reader.key, IntegerReader):
        if isinstance(reader.value, IntegerReader):
            return _IntegersByNumber(reader.key, reader.value)
        if isinstance(reader.value, BinaryReader):
            return _BytesByNumber(reader.key, reader.value)
    return reader


class _ListOfIntegers(ListReader):  # type: ignore[misc, unused-ignore]
    """Passes over integers."""

    def skip(self, decoder: CheckedDecoder) -> None:  # type: ignore[override, unused-ignore]
        for n_items in _blocks(decoder):
            decoder.skip_ints(n_items)


class _IntegersByNumber(MapReader):  # type: ignore[misc, unused-ignore]
    """Passes over integers by integers."""

    def skip(self, decoder: CheckedDecoder) -> None:  # type: ignore[override, unused-ignore]
        for n_items in _blocks(decoder):
            decoder.skip_ints(2 * n_items)


class _BytesByNumber(MapReader):  # type: ignore[misc, unused-ignore]
    """Passes over bytes by integers."""

    def skip(self, decoder: CheckedDecoder) -> None:  # type: ignore[override, unused-ignore]
        for n_items in _blocks(decoder):
            decoder.skip_pairs(n_items)


def _blocks(decoder: CheckedDecoder) -> Iterator[int]:
    """The number of items of each block of a list or a map."""
    while n_items := decoder.read_int():
        if n_items < 0:  # the bytes of the items follow
            decoder.skip_int()
        yield abs(n_items)
