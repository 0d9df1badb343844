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
from smoothl1.files.lakes import METADATA_OF_ICEBERG
from smoothl1.files.opening import file_bytes, open_input
from smoothl1.files.uris import bucket_and_key, is_uri, scheme_of
from smoothl1.sources.lakes.contract import check_regular
from smoothl1.sources.lakes.iceberg_document import needed

_LOCAL = re.compile(r"(?:file:(?://)?)?(/.*)", re.DOTALL)
"""Paths of files as metadata have them: with a scheme or without, and nothing is written as %20."""

_COMPRESSED = ".gz.metadata.json"
"""How metadata are called that are packed."""

_MOST_BYTES = 1 << 26
"""Bytes that a file of Avro may have: a manifest of two million files of data. Writers begin
another one after 8 MiB."""

_MOST_OF_DOCUMENT = 1 << 25
"""Bytes that the document of a table may have, and be unpacked to: some 50,000 snapshots."""

_MOST_UNPACKED = 1 << 28
"""Bytes that any file of Avro may be unpacked to."""

_LEAST_UNPACKED = 1 << 26
"""Bytes that any file may unpack to: those of some hundred thousand files of data."""

_MOST_TIMES = 30
"""How often a file may have its own bytes when it is unpacked, if these are more."""

RESTORE_HINT = "restore the metadata from a copy, or the table to an earlier snapshot"

_OF_S3 = ("s3", "s3a", "s3n")
"""Schemes that mean S3, where metadata name files."""


def most_unpacked(n_bytes: int) -> int:
    """Most bytes that a file of Avro may unpack to.

    Args:
        n_bytes: Its own.
    """
    return min(max(_LEAST_UNPACKED, _MOST_TIMES * n_bytes), _MOST_UNPACKED)


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
    """A file of metadata: the document of the table in JSON, or Avro. It is read at once.

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
        return io.BytesIO(self._content(_MOST_BYTES))

    def document(self) -> bytes:
        """The metadata of a table as JSON, as far as reading its current snapshot needs them.

        Raises:
            DataError: They are packed data that are damaged, no JSON, or too large.
            StorageError: The file cannot be read.
        """
        content = self._content(_MOST_OF_DOCUMENT)
        if self.location.endswith(_COMPRESSED):
            content = self._unpacked(content)
        try:
            return needed(content)
        except ValueError as error:
            what = f"the metadata of a table of Apache Iceberg cannot be read: {error}"
            raise DataError(what, path=self.path, hint=RESTORE_HINT) from error

    def _content(self, most: int) -> bytes:
        check_regular(self.path)
        with closing(open_input(self.path)) as file:
            n_bytes = file.size or 0
            if n_bytes > most:
                what = f"metadata of {n_bytes:,} bytes, more than {most:,}, are not read"
                raise DataError(what, path=self.path, hint="expire snapshots, or rewrite manifests")
            return file.read(0, n_bytes)

    def _unpacked(self, content: bytes) -> bytes:
        """A document that is not too large."""
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(_MOST_OF_DOCUMENT + 1)
        if len(unpacked) > _MOST_OF_DOCUMENT:
            what = f"it unpacks to more than {_MOST_OF_DOCUMENT:,} bytes"
            raise DataError(what, path=self.path, hint=RESTORE_HINT)
        return unpacked


class MetadataFiles(FileIO):
    """The files of metadata of a table.

    Args:
        table: The folder of the table, or one of its metadata files, as a path or a resolved URI.
    """

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def new_input(self, location: str) -> MetadataFile:
        return MetadataFile(location, place_of(location, self._table))

    def new_output(self, location: str) -> NoReturn:
        raise NotImplementedError(location)

    def delete(self, location: object) -> NoReturn:
        raise NotImplementedError(location)
