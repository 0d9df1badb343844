"""Passes over fields of manifests that nobody asks for: statistics of each column of each file.

They are most of a manifest, and nothing is chosen by them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyiceberg.avro.reader import MapReader, OptionReader, Reader, StructReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smoothl1.sources.lakes.avro_values import CheckedDecoder

_COUNTS = {108, 109, 110, 137}
"""The numbers of fields that have bytes, values, missing values and NaN of each column."""

_BOUNDS = {125, 128}
"""Those of the least and greatest value of each column; of a file of deletes, they name a file."""

_OF_DELETES = "deletes"


def without_unused(reader: Any, meta: Mapping[str, str]) -> Any:
    """A reader of the same records, in which fields that are not used are None.

    Args:
        reader: The reader of a manifest, or of a list of them, as pyiceberg makes it.
        meta: What the header of the file tells.
    """
    return _without(reader, _COUNTS if meta.get("content") == _OF_DELETES else _COUNTS | _BOUNDS)


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
    is_of_integers = isinstance(reader, MapReader) and reader._is_int_int  # noqa: SLF001
    return _IntegersReader(reader.key, reader.value) if is_of_integers else reader


class _IntegersReader(MapReader):  # type: ignore[misc, unused-ignore]
    """Passes over integers by integers."""

    def skip(self, decoder: CheckedDecoder) -> None:  # type: ignore[override, unused-ignore]
        while n_pairs := decoder.read_int():
            if n_pairs < 0:  # the bytes of the pairs follow
                decoder.skip_int()
            decoder.skip_ints(2 * abs(n_pairs))
