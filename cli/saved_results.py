"""Reads results that eval or merge saved as JSON."""

from __future__ import annotations

import io
import os
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO

from smoothl1.cli.console import is_terminal
from smoothl1.errors import DataError, naming, storage_error
from smoothl1.files.changes import changed
from smoothl1.files.file import STANDARD_INPUT, has_changed, special_file, state_of
from smoothl1.files.opening import is_standard_input, open_input
from smoothl1.files.part_records import SCHEMA as LOSSES_SCHEMA
from smoothl1.files.part_records import check_content, decoded_record
from smoothl1.files.patient import PatientFile
from smoothl1.files.uris import is_uri, resolved

if TYPE_CHECKING:
    from smoothl1.figures.data import FigureData
    from smoothl1.results.result import Result

MAX_BYTES = 1 << 30
"""Most bytes of a result: one of a million groups has fewer. A pipe may never end."""

_STEP_BYTES = 1 << 20

_AGAIN = "run the command again that was to write it"


def read_result(path: str) -> Result:
    """Read a result from a file, a pipe or standard input. Figures in it are checked, too.

    Args:
        path: The path as the user typed it; "-" is standard input.

    Raises:
        DataError: The file is damaged, too large, or is no result.
        StorageError: The file cannot be read.
    """
    return read_report(path, needs_figures=False)[0]


def read_report(path: str, *, needs_figures: bool) -> tuple[Result, FigureData | None]:
    """Read a result, and what the figures of a report are drawn from, if that is there.

    Args:
        path: The path as the user typed it; "-" is standard input.
        needs_figures: Whether a result without figures is refused.

    Raises:
        DataError: The file is damaged, too large, is no result, or has no figures.
        StorageError: The file cannot be read.
    """
    from smoothl1.results.result import Result  # late, like all that takes time
    from smoothl1.results.result_json import FIGURES

    with naming(path):
        document = document_of(path)
        if FIGURES not in document and not needs_figures:
            return Result.from_json(document), None
        from smoothl1.figures.report_json import decode  # late: most results have no figures

        return decode(document)


def document_of(path: str) -> dict[str, Any]:
    """The JSON of a result; of the record of a part's losses, once these are what was written.

    Args:
        path: See `read_result`.

    Raises:
        DataError: The file is too large, or no JSON object; or losses are not what was written.
        StorageError: The file cannot be read.
    """
    from smoothl1.results.json_document import as_object  # late, as above

    document = as_object(_read(path))  # no name for the bytes, so that they are let go
    if document.get("schema") != LOSSES_SCHEMA:
        return document
    if is_standard_input(path):
        what = "a record of losses, which says nothing without the file that it belongs beside"
        raise DataError(what, hint="give the path of the record, or of its folder")
    record = decoded_record(document, path)
    check_content(record, resolved(path))
    return record.result


def _read(path: str) -> bytes:
    path = resolved(path)
    try:
        content = _content_of_object(path) if is_uri(path) else _content(path)
    except OSError as error:
        raise storage_error(error, path) from error
    if not content:
        raise DataError("empty (0 bytes): not written to the end?", hint=_AGAIN)
    return content


def _content(path: str) -> bytes:
    if path == STANDARD_INPUT:
        if is_terminal(0):
            raise DataError("a terminal: nothing is piped in")
        with io.BufferedReader(PatientFile(0, closefd=False)) as file:
            return _all_bytes(file, path)
    mode = os.stat(path).st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise special_file(path=None)
    with open(path, "rb") as file:
        return _all_bytes(file, path)


def _content_of_object(path: str) -> bytes:
    with closing(open_input(path)) as file:
        if (file.size or 0) > MAX_BYTES:
            raise _too_large()
        return file.read(0, file.size or 0)


def _too_large() -> DataError:
    return DataError(f"larger than any result: it has more than {MAX_BYTES:,} bytes")


def _all_bytes(file: BinaryIO, path: str) -> bytes:
    """The content of a file. No more is read of one that is too large than shows that."""
    content = bytearray()
    before = os.fstat(file.fileno())
    if before.st_size <= MAX_BYTES:
        while len(content) <= MAX_BYTES:
            part = file.read(_STEP_BYTES)
            if not part:
                _check_unchanged(path, before, os.fstat(file.fileno()))
                return bytes(content)
            content += part
    raise _too_large()


def _check_unchanged(path: str, before: os.stat_result, now: os.stat_result) -> None:
    """Refuse a file that another program wrote to while it was read."""
    if stat.S_ISREG(before.st_mode) and has_changed(path, state_of(before), state_of(now)):
        raise changed(path)
