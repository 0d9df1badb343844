"""The outputs of parts in one folder: a file for each, whose name says which of how many it is.

Every part is written by a process of its own, and none is the last. So each leaves a record beside
its losses. A reader sees by the names whether all are there, and by the records whether they belong
together. Results need none: they are records themselves.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.cli import console
from smoothl1.cli.folders import made_folder
from smoothl1.cli.forms import is_folder
from smoothl1.cli.reporting import destination
from smoothl1.errors import DataError, SettingsError, storage_error
from smoothl1.files.atomic import atomic_file
from smoothl1.files.opening import file_bytes
from smoothl1.files.part_records import RECORD, SAMPLE_PLACES, PartRecord, read_record, record_name
from smoothl1.files.samples import sample_of, sample_of_open
from smoothl1.files.tree import NOT_THERE, tree_of
from smoothl1.files.uris import is_uri, resolved
from smoothl1.sinks.formats import suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from smoothl1.cli.arguments import Output, Parts
    from smoothl1.files.atomic import OutputFiles
    from smoothl1.results.part import PartOfPlan
    from smoothl1.results.result import Result

_STEP_BYTES = 1 << 20

_HIDDEN = (".", "_")
_EMPTY = "name an empty folder"


def in_folder(output: Output, parts: Parts) -> Output:
    """The output of a part; if it is a folder, the file in it that takes this part.

    Args:
        output: The output, with its form.
        parts: The part that is evaluated.

    Raises:
        SettingsError: No part is evaluated, or the folder holds something else.
        StorageError: The folder cannot be read.
    """
    folder = output.path
    if folder is None or not is_folder(folder):
        return output
    if parts.part is None:
        what = "a folder takes the outputs of parts, each in a file"
        raise SettingsError(what, path=folder, hint="add --part I/N, or name a file")
    if output.format is None and not output.as_json:
        hint = "add --json, which merge joins, or name a file"
        raise SettingsError("a folder takes the results of parts as JSON", path=folder, hint=hint)
    index, of = parts.part
    end = f"-of-{of:05}{suffix_of(output.format or 'json')}"
    _refuse_others(output, folder, re.compile(rf"part-[0-9]{{5,}}{re.escape(end)}"))
    return output._replace(path=os.path.join(folder, f"part-{index:05}{end}"), folder=folder)


class PartInFolder:
    """The file of a part in a folder of all parts; if it has losses, with the record beside it.

    Args:
        file: The file, open for writing and reading bytes.
        output: The output, which is in a folder.
    """

    def __init__(self, file: BinaryIO, output: Output) -> None:
        self.file = file
        self._output = output
        self._folder = resolved(os.path.join(output.folder or "", ""))
        self._name = os.path.basename(output.path or "")
        self._n_rows = 0
        self._part: PartOfPlan | None = None
        self._record: PartRecord | None = None
        self._identity: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        """What the file holds: the format of losses, and whether they are those of rows."""
        if self._output.format is None:
            return "results"
        return f"{self._output.format} of {'rows' if self._output.per_row else 'elements'}"

    def begin(self, part: PartOfPlan, n_rows: int) -> None:
        """Refuse a part that does not belong to those that are in the folder, before any work.

        Args:
            part: The part, and its plan.
            n_rows: The number of rows that will be written.

        Raises:
            SettingsError: The folder holds parts of another run, or other files of the same name.
            DataError: A record in the folder is damaged.
            StorageError: It cannot be read.
        """
        self._part, self._n_rows = part, n_rows
        self._refuse_other_parts(part)

    def end(self, result: Result) -> None:
        """Take the result, once all losses are written, and before the file gets its name.

        Args:
            result: The result of the part.

        Raises:
            SmoothL1Error: See `begin`: another run may have written meanwhile.
        """
        if result.part is None:
            return
        self._part = result.part
        self._refuse_other_parts(result.part)
        if self._output.format is not None:
            n_bytes, digest = _size_and_digest(self.file)
            sample = sample_of_open(self.file, n_bytes, SAMPLE_PLACES)
            about = (result.part.plan, self.kind, self._n_rows, n_bytes, digest, sample)
            self._record = PartRecord(self._name, *about, result.to_json())
        if not is_uri(self._folder):
            status = os.fstat(self.file.fileno())
            self._identity = status.st_dev, status.st_ino

    def finish(self) -> None:
        """Write the record, once the file has its name, and see whether another run came between.

        Of two runs that write losses at the same time, or results into a local folder, one at least
        sees what the other has written.

        Raises:
            SettingsError: Another run has written into the folder.
            StorageError: The record cannot be written.
        """
        if self._record is not None:
            path = os.path.join(self._output.folder or "", record_name(self._name))
            with atomic_file(path) as file:
                file.write(console.as_json(self._record.document()))
        if self._part is not None:
            self._refuse_other_parts(self._part, is_written=True)
        if not self._is_own():
            raise self._other_run(self._name)

    def _is_own(self) -> bool:
        """Whether the file of this name, and the record, are those that were written here."""
        path = os.path.join(self._folder, self._name)
        if self._identity is not None and self._identity != _identity_of(path):
            return False
        if self._record is None:
            return True
        tree = tree_of(self._folder)
        if read_record(self._folder, record_name(self._name), tree) != self._record:
            return False
        if self._identity is not None:
            return True
        return sample_of(path, file_bytes(path) or 0, SAMPLE_PLACES) == self._record.sample

    def _refuse_other_parts(self, part: PartOfPlan, *, is_written: bool = False) -> None:
        """Refuse a folder that holds a part of another run; its own file, until that is written."""
        names = _names(self._folder, self._output.folder or "")
        if self._output.format is None:
            results = [name for name in names if name[:1] not in _HIDDEN]
            for name in _own_and_another(results, self._name, is_written=is_written):
                plan = _plan_of_result(os.path.join(self._folder, name))
                if plan != part.plan and not (plan is None and name == self._name):
                    raise self._other_run(name)
            return
        tree = tree_of(self._folder)
        own = record_name(self._name)
        records = [name for name in names if RECORD.fullmatch(name)]
        for name in _own_and_another(records, own, is_written=is_written):
            with suppress(DataError) if name == own else nullcontext():  # it is written again
                other = read_record(self._folder, name, tree)
                if (other.plan, other.kind) != (part.plan, self.kind):
                    raise self._other_run(other.file)
        if self._output.format == "json" and not records:  # results have these names, too
            for name in sorted(name for name in names if name[:1] not in _HIDDEN)[:1]:
                if tree.beginning(os.path.join(self._folder, name), 1) == b"{":
                    what = f"the folder holds {name}, a result, and these are losses"
                    raise SettingsError(what, path=self._output.folder, hint=_EMPTY)

    def _other_run(self, name: str) -> SettingsError:
        what = f"the folder holds {name}, a part of another run: the settings, the options or the "
        what += "files of the inputs differ"
        return SettingsError(what, path=self._output.folder, hint=_EMPTY)


class Opened(NamedTuple):
    """An output that is open.

    Attributes:
        file: The file.
        part: The file of a part in a folder; None for every other output.
    """

    file: BinaryIO
    part: PartInFolder | None = None


@contextmanager
def opened(output: Output, files: OutputFiles) -> Iterator[Opened]:
    """Open an output before any work; if it is in a folder of parts, with a record of losses.

    A local folder is made if it is missing, and goes again if an error comes.

    Args:
        output: The output; see `in_folder`.
        files: The files that appear with it. In a folder it appears first: its record follows.

    Raises:
        StorageError: The output cannot be created or written.
    """
    if output.folder is None:
        with destination(output, files) as file:
            yield Opened(file)
        return
    folder = resolved(output.folder)
    with nullcontext() if is_uri(folder) else made_folder(folder):
        with destination(output) as file:
            part = PartInFolder(file, output)
            yield Opened(file, part)
        part.finish()


def _own_and_another(names: Sequence[str], own: str, *, is_written: bool) -> list[str]:
    """The file that this run would replace, if it is there, and one of the others."""
    others = [name for name in names if name != own]
    return [own] * (own in names and not is_written) + sorted(others)[:1]


def _plan_of_result(path: str) -> str | None:
    """The plan of the part that a result is of; "" if it is no such; None if it is cut short."""
    from smoothl1.cli.saved_results import document_of  # late: most outputs are in no folder

    with suppress(DataError):
        part = document_of(path).get("part")
        return str(part.get("plan", "")) if isinstance(part, dict) else ""
    return None if tree_of(path).beginning(path, 1) == b"{" else ""


def _identity_of(path: str) -> tuple[int, int] | None:
    """What the system knows a local file by."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _size_and_digest(file: BinaryIO) -> tuple[int, str]:
    """The number of bytes of a file, and their SHA-256 in hexadecimal digits."""
    from hashlib import sha256  # late: most outputs are in no folder

    digest, n_bytes = sha256(), 0
    file.seek(0)
    while data := file.read(_STEP_BYTES):
        digest.update(data)
        n_bytes += len(data)
    return n_bytes, digest.hexdigest()


def _names(folder: str, typed: str) -> list[str]:
    """The names in a folder; none if it is not there."""
    try:
        return tree_of(folder).names(folder)
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise storage_error(error, typed) from error
        return []


def _no_files(folder: str) -> set[str]:
    """The names in a local folder of what is no regular file: a pipe may never end."""
    with suppress(OSError), os.scandir(folder) as entries:  # a fault is told by `_names`
        return {entry.name for entry in entries if not entry.is_file()}
    return set()


def _refuse_others(output: Output, folder: str, is_part: re.Pattern[str]) -> None:
    """Refuse a folder with other files than such parts; what begins with a point is hidden."""
    special = _no_files(resolved(folder))
    others = [
        name
        for name in _names(resolved(folder), folder)
        if not (name.startswith(".") or (is_part.fullmatch(name) and name not in special))
        and not (output.format is not None and RECORD.fullmatch(name))
    ]
    if others:
        what = f"the folder holds {min(others)}, which is no part of these"
        raise SettingsError(what, path=folder, hint=_EMPTY)
