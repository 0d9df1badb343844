"""The outputs of parts in one folder: a file for each, whose name says which of how many it is.

Every part is written by a process of its own, and none is the last. So each leaves a record beside
its losses. A reader sees by the names whether all are there, and by the records whether they belong
together. Results need none: they are records themselves.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.cli import console
from smoothl1.cli.folders import made_folder
from smoothl1.cli.forms import is_folder
from smoothl1.cli.reporting import destination
from smoothl1.errors import SettingsError, storage_error
from smoothl1.files.atomic import atomic_file
from smoothl1.files.part_records import RECORD, PartRecord, read_record, record_name
from smoothl1.files.tree import NOT_THERE, tree_of
from smoothl1.files.uris import is_uri, resolved
from smoothl1.sinks.formats import suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from smoothl1.cli.arguments import Output, Parts
    from smoothl1.results.part import PartOfPlan
    from smoothl1.results.result import Result

_STEP_BYTES = 1 << 20


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


class LossesOfPart:
    """The file of the losses of a part, and the record that it leaves.

    Args:
        file: The file, open for writing and reading bytes.
        output: The output, which is in a folder.
    """

    def __init__(self, file: BinaryIO, output: Output) -> None:
        self.file = file
        self._output = output
        self._folder = resolved(os.path.join(output.folder or "", ""))
        self._name = os.path.basename(output.path or "")
        self._begun: tuple[PartOfPlan, int] | None = None
        self._record: PartRecord | None = None

    @property
    def kind(self) -> str:
        """The format of the losses, and whether they are those of rows."""
        return f"{self._output.format} of {'rows' if self._output.per_row else 'elements'}"

    def begin(self, part: PartOfPlan, n_rows: int) -> None:
        """Refuse a part that does not belong to those that are in the folder, before any work.

        Args:
            part: The part, and its plan.
            n_rows: The number of rows that will be written.

        Raises:
            SettingsError: The folder holds parts of another run.
            DataError: A record in the folder is damaged.
            StorageError: It cannot be read.
        """
        self._begun = part, n_rows
        tree = tree_of(self._folder)
        names = [x for x in _names(self._folder, self._output.folder or "") if RECORD.fullmatch(x)]
        if not names:
            return
        other = read_record(self._folder, min(names), tree)
        if (other.plan, other.kind) != (part.plan, self.kind):
            what = f"the folder holds {other.file}, a part of another run: the settings, the "
            what += "options or the files of the inputs differ"
            hint = "name an empty folder"
            raise SettingsError(what, path=self._output.folder, hint=hint)

    def end(self, result: Result) -> None:
        """Take the result, once all losses are written.

        Args:
            result: The result of the part.
        """
        if self._begun is not None:
            part, n_rows = self._begun
            n_bytes, digest = _size_and_digest(self.file)
            numbers = (n_rows, n_bytes, digest)
            self._record = PartRecord(self._name, part.plan, self.kind, *numbers, result.to_json())

    def write_record(self) -> None:
        """Write the record, once the file has its name.

        Raises:
            StorageError: It cannot be written.
        """
        if self._record is not None:
            path = os.path.join(self._output.folder or "", record_name(self._name))
            with atomic_file(path) as file:
                file.write(console.as_json(self._record.document()))


class Opened(NamedTuple):
    """An output that is open.

    Attributes:
        file: The file.
        losses: The losses of a part in a folder; None for every other output.
    """

    file: BinaryIO
    losses: LossesOfPart | None = None


@contextmanager
def opened(output: Output) -> Iterator[Opened]:
    """Open an output before any work; if it is in a folder of parts, with a record of losses.

    A local folder is made if it is missing, and goes again if an error comes.

    Args:
        output: The output; see `in_folder`.

    Raises:
        StorageError: The output cannot be created or written.
    """
    if output.folder is None:
        with destination(output) as file:
            yield Opened(file)
        return
    folder = resolved(output.folder)
    with nullcontext() if is_uri(folder) else made_folder(folder):
        with destination(output) as file:
            losses = LossesOfPart(file, output) if output.format is not None else None
            yield Opened(file, losses)
        if losses is not None:
            losses.write_record()


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


def _refuse_others(output: Output, folder: str, is_part: re.Pattern[str]) -> None:
    """Refuse a folder with other files than such parts; what begins with a point is hidden."""
    others = [
        name
        for name in _names(resolved(folder), folder)
        if not (name.startswith(".") or is_part.fullmatch(name))
        and not (output.format is not None and RECORD.fullmatch(name))
    ]
    if others:
        what = f"the folder holds {min(others)}, which is no part of these"
        raise SettingsError(what, path=folder, hint="name an empty folder")
