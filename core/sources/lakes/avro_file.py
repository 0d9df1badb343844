"""Avro files of a table of Apache Iceberg: manifests, and lists of them.

pyiceberg says what the values mean, but trusts the lengths in a file, and unpacks blocks of any
size. Where `checked_avro` is in force, it reads by a `CheckedAvroFile`, which does neither.

Source: https://avro.apache.org/docs/1.12.0/specification/#object-container-files.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pyiceberg.manifest
from pyiceberg.avro.file import MAGIC, SYNC_SIZE, AvroFile, Block
from pyiceberg.avro.reader import FixedReader, ListReader, MapReader, StructReader
from pyiceberg.avro.resolver import resolve_reader

from smoothl1.errors import DataError, system_error
from smoothl1.sources.lakes.avro_blocks import unpacked
from smoothl1.sources.lakes.avro_unused import without_unused
from smoothl1.sources.lakes.avro_values import CheckedDecoder
from smoothl1.sources.lakes.contract import EXPORT_HINT, words_of
from smoothl1.sources.lakes.iceberg_files import RESTORE_HINT, MetadataFile, most_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyiceberg.typedef import StructProtocol

_EMPTY = ("NoneReader", "UnknownReader", "DefaultReader")
"""Readers that decode no bytes."""

_HINT = f"{RESTORE_HINT}; if other programs read it, {EXPORT_HINT}"

_CODEC = "avro.codec"
"""Where the header names the codec of the blocks. Without, they are not packed."""

_FEW_RECORDS = 20_000
"""Records that any file may have: they take a second."""

_LEAST_FOR_RECORD = 8
"""Bytes for each record beyond, on average, when they are packed: each has the name of another
file, and its size."""

_FEW_VALUES = 1 << 23
"""Values of any file that may be decoded one by one: that takes a few seconds."""

_MOST_FOR_BYTE = 16
"""How many more for each byte of a file. A record has some thirty of them."""

D = TypeVar("D", bound="StructProtocol")


class CheckedAvroFile(AvroFile[D]):
    """An Avro file as pyiceberg reads it, of which every length is checked.

    Its errors are `DataError` and name the file, as far as its content is their cause.
    """

    decoder: CheckedDecoder
    read_schema: Any

    def __enter__(self) -> CheckedAvroFile[D]:
        with self.input_file.open() as file:
            content = file.read()
        self._n_allowed = most_unpacked(len(content))
        self._n_records_allowed = max(_FEW_RECORDS, len(content) // _LEAST_FOR_RECORD)
        self._values = CheckedDecoder(b"", max(_FEW_VALUES, len(content) * _MOST_FOR_BYTE))
        self.decoder = CheckedDecoder(content, len(content))
        with self._naming_the_file():
            if not content.startswith(MAGIC):
                raise ValueError("it is no file of Avro")
            self.header = self._read_header()
            self.schema = self.header.get_schema()
            self.read_schema = self.read_schema or self.schema
            self.reader = resolve_reader(
                self.schema, self.read_schema, self.read_types, self.read_enums
            )
            _refuse_endless(self.reader)
            if isinstance(self.input_file, MetadataFile):  # else another thread reads it
                self.reader = without_unused(self.reader, self.header.meta)
        return self

    def __next__(self) -> D:
        with self._naming_the_file():
            while self.block is None or not self.block.has_next():
                if self._values.n_left:
                    raise ValueError("a block has more bytes than its values")
                if not self.decoder.n_left:
                    break
                self._read_block()
            else:
                found: D = next(self.block)
                return found
        raise StopIteration

    def _read_block(self) -> int:
        n_records, packed = self.decoder.read_int(), self.decoder.read_bytes()
        if self.decoder.read(SYNC_SIZE) != self.header.sync:
            raise ValueError("a block does not end where it should")
        content = unpacked(packed, self.header.meta.get(_CODEC, "null"), self._n_allowed)
        if not 0 <= n_records <= len(content):
            raise ValueError(f"a block of {n_records:,} records in {len(content):,} bytes")
        self._n_allowed -= len(content)
        self._n_records_allowed -= n_records
        if self._n_records_allowed < 0:
            raise ValueError("more records than any writer writes into so few bytes")
        self._values = CheckedDecoder(content, self._values.n_allowed)
        self.block = Block(self.reader, n_records, self._values)
        return n_records

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # pyiceberg raises errors of several libraries
            source = self.input_file
            path = source.path if isinstance(source, MetadataFile) else source.location
            what = f"the metadata of a table of Apache Iceberg cannot be read: {words_of(error)}"
            refusal = DataError(what, path=path, hint=_HINT)
            raise system_error(error, path) or refusal from error


def _refuse_endless(reader: Any) -> None:
    """Refuse lists of values that have no bytes, of which a file could claim any number."""
    if isinstance(reader, ListReader | MapReader):
        items = (reader.element,) if isinstance(reader, ListReader) else (reader.key, reader.value)
        if not any(map(_n_least, items)):
            raise ValueError("a list of values without bytes")
    for inner in _inner(reader):
        _refuse_endless(inner)


def _n_least(reader: Any) -> int:
    """Fewest bytes of a value, 1 for all that have some."""
    if isinstance(reader, StructReader):
        return max(map(_n_least, _inner(reader)), default=0)
    if isinstance(reader, FixedReader):
        return min(1, len(reader))
    return int(type(reader).__name__ not in _EMPTY)


def _inner(reader: Any) -> list[Any]:
    """The readers of the values of which a value consists."""
    if isinstance(reader, StructReader):
        return [inner for _, inner in reader.field_readers]
    names = ("element", "key", "value", "option")
    return [getattr(reader, name) for name in names if hasattr(reader, name)]


_manifests: Any = pyiceberg.manifest
"""Where pyiceberg keeps the class by which it opens manifests, and lists of them."""

_lock = threading.Lock()
_n_readers = 0


@contextmanager
def checked_avro() -> Iterator[None]:
    """Let pyiceberg read manifests, and lists of them, by a `CheckedAvroFile`.

    What other threads read by pyiceberg meanwhile is checked, too, and as right as before.
    """
    global _n_readers  # noqa: PLW0603  pyiceberg has no other place for it
    with _lock:
        _n_readers += 1
        _manifests.AvroFile = CheckedAvroFile
    try:
        yield
    finally:
        with _lock:
            _n_readers -= 1
            if _n_readers == 0:
                _manifests.AvroFile = AvroFile
