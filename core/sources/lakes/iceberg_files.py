"""How pyiceberg reads the metadata of a table: as any other input, here or in the table's bucket.

So it has the credentials, the limit of time and the errors of other inputs, and never asks for
anything that is elsewhere, whatever the metadata name.
"""

from __future__ import annotations

import gzip
import io
import os
import re
from contextlib import closing
from typing import Any, NoReturn

from pyiceberg.io import FileIO, InputFile

from smoothl1.errors import DataError
from smoothl1.files.dense_json import DenseError, check_density
from smoothl1.files.lakes import METADATA_OF_ICEBERG
from smoothl1.files.opening import file_bytes, open_input
from smoothl1.files.uris import bucket_and_key, is_uri, scheme_of
from smoothl1.sources.lakes.contract import check_regular

_LOCAL = re.compile(r"(?:file:(?://)?)?(/.*)", re.DOTALL)
"""Paths of files as metadata have them: with a scheme or without, and nothing is written as %20."""

_JSON, _COMPRESSED = ".metadata.json", ".gz.metadata.json"
"""How metadata are called, and those that pyiceberg unpacks."""

_MOST_BYTES = 1 << 28
"""Bytes that any file may have, and be unpacked to: some 300,000 snapshots, or a million files."""

_SMALL = 1 << 16
"""Characters of metadata that may be anything."""

_LEAST_FOR_VALUE = 8
"""Characters for each value, on average: `{"id":1,"name":"c1","required":false,"type":"int"},` has
12 for each. pyiceberg holds an error for each value that is none of its kind, until all are read.
"""

_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""A text of JSON."""

_LEAST_UNPACKED = 1 << 26
"""Bytes that any file may unpack to: those of some hundred thousand files of data."""

_MOST_TIMES = 30
"""How often a file may have its own bytes when it is unpacked, if these are more."""

_PIECE_BYTES = 1 << 20
"""Bytes that are unpacked at a time."""

RESTORE_HINT = "restore the metadata from a copy, or the table to an earlier snapshot"

_OF_S3 = ("s3", "s3a", "s3n")
"""Schemes that mean S3, where metadata name files."""


def most_unpacked(n_bytes: int) -> int:
    """Most bytes that a file of metadata may unpack to.

    Args:
        n_bytes: Its own.
    """
    return min(max(_LEAST_UNPACKED, _MOST_TIMES * n_bytes), _MOST_BYTES)


def place_of(location: str, table: str) -> str:
    """Where a file of a table is.

    Args:
        location: What the metadata name.
        table: The folder of the table, or one of its metadata files.

    Raises:
        DataError: It is not where the table is: here, or in one bucket.
    """
    if not is_uri(table):
        local = _LOCAL.fullmatch(location)
        if local is not None:
            return local[1]
    elif scheme_of(location) in _OF_S3 and bucket_and_key(location)[0] == bucket_and_key(table)[0]:
        return f"s3://{location.partition('://')[2]}"
    raise _elsewhere(location, table)


def refuse_copy(metadata: str, manifests: str | None, location: str, table: str) -> None:
    """Refuse the metadata of a copy, whose files would be those of the table that was copied.

    Args:
        metadata: The metadata file, as an absolute path without links or a resolved URI.
        manifests: The list of manifests that it names, which is written beside it; None for a table
            without a snapshot.
        location: The place of the table that it names.
        table: The folder of the table, or one of its metadata files.

    Raises:
        DataError: The metadata name another place than that where they are.
    """
    beside = [os.path.dirname(place_of(manifests, table))] if manifests else []
    known = (*beside, os.path.join(place_of(location, table), METADATA_OF_ICEBERG))
    if not any(_is_same(os.path.dirname(metadata), folder) for folder in known):
        raise _elsewhere(location, table)


def _is_same(folder: str, other: str) -> bool:
    """Whether two paths lead to one folder, through links or not."""
    if is_uri(folder):
        return folder == other
    try:
        return os.path.samefile(folder, other)
    except OSError:
        return False


def _elsewhere(location: str, table: str) -> DataError:
    return DataError(
        f"a table of Apache Iceberg that is not read as it is: its files are elsewhere, {location}",
        path=table,
        hint="give the table at the place for which it was written",
    )


class MetadataFile(InputFile):
    """A file of metadata: JSON or Avro, read at once.

    Args:
        location: What the metadata name.
        path: Where that is.
    """

    def __init__(self, location: str, path: str) -> None:
        super().__init__(location)
        self.path = path

    def __len__(self) -> int:
        return file_bytes(self.path) or 0

    def exists(self) -> bool:
        return True  # whoever opens it says why it is not there

    def open(self, seekable: bool = True) -> Any:
        check_regular(self.path)
        with closing(open_input(self.path)) as file:
            n_bytes = file.size or 0
            if n_bytes > _MOST_BYTES:
                what = f"metadata of {n_bytes:,} bytes, more than {_MOST_BYTES:,}, are not read"
                raise DataError(what, path=self.path, hint="expire snapshots, or rewrite manifests")
            content = file.read(0, n_bytes)
        if self.location.endswith(_COMPRESSED):
            self._check_dense(self._unpacked(content))
        elif self.location.endswith(_JSON):
            self._check_dense(content)
        return io.BytesIO(content)

    def _unpacked(self, content: bytes) -> bytes:
        """What pyiceberg will unpack at once, if it is not too much."""
        unpacked = bytearray()
        with gzip.open(io.BytesIO(content)) as file:
            while piece := file.read(_PIECE_BYTES):
                unpacked += piece
                if len(unpacked) > most_unpacked(len(content)):
                    what = f"it unpacks to more than {most_unpacked(len(content)):,} bytes"
                    raise DataError(what, path=self.path, hint=RESTORE_HINT)
        return bytes(unpacked)

    def _check_dense(self, content: bytes) -> None:
        """Refuse metadata that would take far more memory than their text."""
        fewest = len(content) // _LEAST_FOR_VALUE
        if len(content) > _SMALL and _has_more_values(content, fewest):
            what = "it has too many values for its length"
            raise DataError(what, path=self.path, hint=RESTORE_HINT)
        try:
            check_density(content.decode(errors="replace"))
        except DenseError as error:
            raise DataError(str(error), path=self.path, hint=RESTORE_HINT) from error


def _has_more_values(content: bytes, fewest: int) -> bool:
    """Whether JSON has more values than some, by the commas that stand between them."""
    if content.count(b",") <= fewest:
        return False
    in_texts = sum(match[0].count(b",") for match in _TEXT.finditer(content))
    return content.count(b",") - in_texts > fewest


class MetadataFiles(FileIO):
    """The files of metadata of a table.

    Args:
        table: The folder of the table, or one of its metadata files, as a path or a resolved URI.
    """

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def new_input(self, location: str) -> InputFile:
        return MetadataFile(location, place_of(location, self._table))

    def new_output(self, location: str) -> NoReturn:
        raise NotImplementedError(location)

    def delete(self, location: object) -> NoReturn:
        raise NotImplementedError(location)
