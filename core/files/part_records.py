"""Records beside the losses of parts: each says which file it is about, and of which plan.

Parts are written by processes that know nothing of each other. The names of their files say which
of how many they are. The records say that all are of the same settings and the same inputs, and
that each file is the one that was written.
"""

from __future__ import annotations

import math
import operator
import os
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.engines.threads import mapped
from smoothl1.errors import DataError, counted, naming
from smoothl1.files.checksums import sha256_of
from smoothl1.files.lists import damaged_list, read_list
from smoothl1.files.opening import file_bytes, open_input
from smoothl1.files.samples import sample_of
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.files.tree import Tree

SCHEMA = "smoothl1.losses/1"

_SCHEMAS, _SCHEMA_WITHIN = b'"smoothl1.', 64
"""How the schema of each JSON of smoothl1 begins, and bytes within which it stands."""

RECORD = lazy_pattern(r"_part-[0-9]{5,}-of-[0-9]{5,}\.json")
"""Names of records. What begins so is hidden, for other programs too."""

_FILE = lazy_pattern(r"part-[0-9]{5,}-of-[0-9]{5,}(\.[a-z0-9]+)+")
"""Names of the files that they are about."""

_AGAIN = "evaluate the parts again, with the same options, into an empty folder"

SAMPLE_PLACES = 4
"""Places of a file of losses that its record has a digest of: see `files.samples`."""

_AT_ONCE = 16
"""Records of a store that are read at a time."""


class PartRecord(NamedTuple):
    """What is known of a file of losses.

    Attributes:
        file: Its name in the folder.
        plan: SHA-256 of all that the parts have in common: see `results.part.PartOfPlan`.
        kind: The format, and whether losses are those of rows.
        rows: Its number of rows.
        bytes: Its size.
        sha256: SHA-256 of its bytes.
        sample: SHA-256 of those at `SAMPLE_PLACES` places, which a reader compares.
        result: The result of the part, as JSON.
    """

    file: str
    plan: str
    kind: str
    rows: int
    bytes: int
    sha256: str
    sample: str
    result: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The record as JSON."""
        return {"schema": SCHEMA, **self._asdict()}


def record_name(file: str) -> str:
    """The name of the record of a file, `part-00001-of-00003.npy`."""
    return f"_{file.partition('.')[0]}.json"


def is_part(path: str, tree: Tree = LOCAL) -> bool:
    """Whether `eval --part` wrote a file: losses beside a record, or a result.

    Args:
        path: The file.
        tree: The tree that it is in.
    """
    folder, name = os.path.split(path)
    if _FILE.fullmatch(name) is None:
        return False
    try:
        is_recorded = bool(tree.which(folder, [record_name(name)]))
        return is_recorded or _SCHEMAS in tree.beginning(path, _SCHEMA_WITHIN)
    except OSError:
        return False


def decoded_record(document: Any, path: str) -> PartRecord:
    """A record from its JSON.

    Args:
        document: The JSON document.
        path: Where it was read.

    Raises:
        DataError: It is damaged, or of another version.
    """
    kinds = (str, str, str, int, int, str, str, dict)
    names = PartRecord._fields
    is_whole = isinstance(document, dict) and document.keys() == {"schema", *names}
    if not is_whole or document["schema"] != SCHEMA:
        raise damaged_list(path, _AGAIN)
    values = [document[name] for name in names]
    are_kinds = all(type(x) is kind for x, kind in zip(values, kinds, strict=True))
    if not are_kinds or _FILE.fullmatch(document["file"]) is None:
        raise damaged_list(path, _AGAIN)
    if document["rows"] < 0 or document["bytes"] < 0:
        raise damaged_list(path, _AGAIN)
    return PartRecord(*values)


def read_record(folder: str, name: str, tree: Tree = LOCAL) -> PartRecord:
    """Read a record.

    Args:
        folder: The folder.
        name: Its name there.
        tree: The tree that the folder is in.

    Raises:
        DataError: It is damaged, or about the file of another record.
        StorageError: It cannot be read.
    """
    path = os.path.join(folder, name)
    record = decoded_record(read_list(path, _AGAIN, tree), path)
    if record_name(record.file) != name:
        raise DataError(f"a record of another file, {record.file}", path=path, hint=_AGAIN)
    return record


def check_records(
    folder: str, everything: Sequence[str], names: Sequence[str], path: str, tree: Tree = LOCAL
) -> None:
    """Refuse files of parts that do not belong together, or are not what was written.

    Args:
        folder: The folder.
        everything: The names of all files in it.
        names: Those that are to be read.
        path: The input, as the user typed it.
        tree: The tree that the folder is in.

    Raises:
        DataError: Two files are of two plans, or of inputs of other digests; a file has no record,
            while others have, or a record no file; a file has another size than its record says, or
            other bytes at a few places; or a record is damaged.
        StorageError: A record or a file cannot be read.
    """
    known = {name for name in everything if RECORD.fullmatch(name)}
    if not known:
        return
    if strays := known.difference(map(record_name, everything)):
        what = f"{min(strays)} is there, and the file that it is about is missing"
        hint = "evaluate that part again, or remove the record if it is of another run"
        raise DataError(what, path=path, hint=hint)
    bare = [name for name in names if record_name(name) not in known]
    recorded = [name for name in names if record_name(name) in known]
    if recorded and bare:
        what = f"{bare[0]} has no record beside it, as {recorded[0]} has: not of these parts, or "
        raise DataError(f"{what}not written to the end", path=path, hint=_AGAIN)
    from smoothl1.files.digests import KnownDigests, digests_in  # late: most folders have none

    first: PartRecord | None = None
    digests = KnownDigests()
    for record, found in _with_files(folder, recorded, tree):
        first = first or record
        _check_alike(first, record, path)
        with naming(path):
            digests.add(digests_in(record.result))
        _check_file(record, found, path)
        _check_result(record, path)


def records_of(paths: Sequence[str]) -> list[str]:
    """The paths of the records beside files of losses; none if these are not such files.

    Args:
        paths: Files that go together: see `check_records`. Either all have records, or none.
    """
    folder, name = os.path.split(paths[0])
    if not RECORD.fullmatch(record_name(name)):
        return []
    if not tree_of(folder).which(folder, [record_name(name)]):
        return []
    return [os.path.join(os.path.dirname(x), record_name(os.path.basename(x))) for x in paths]


def check_content(record: PartRecord, path: str) -> None:
    """Refuse a file that is not the one that was written: all of it is read.

    Args:
        record: The record of the file.
        path: The path of the record.

    Raises:
        DataError: The bytes are others.
        StorageError: There is no such file, or it cannot be read.
    """
    file_path = os.path.join(os.path.dirname(path), record.file)
    n_bytes = file_bytes(file_path)
    if n_bytes != record.bytes:
        raise _other_size(record, n_bytes, path)
    if n_bytes:
        with closing(open_input(file_path)) as file:
            found = sha256_of(file)
        if found != record.sha256:
            what = f"{record.file} has the SHA-256 {found}, and {record.sha256} was written"
            raise DataError(what, path=path, hint=_AGAIN)


class _Found(NamedTuple):
    """What is seen of a file without reading all of it.

    Attributes:
        name: Its name in the folder.
        n_bytes: Its size; None if a server does not say it.
        sample: SHA-256 of its bytes at a few places.
    """

    name: str
    n_bytes: int | None
    sample: str


def _with_files(
    folder: str, names: Sequence[str], tree: Tree
) -> Iterable[tuple[PartRecord, _Found]]:
    """The records of files, and what is seen of these."""

    def read(name: str) -> tuple[PartRecord, _Found]:
        path = os.path.join(folder, name)
        n_bytes = file_bytes(path)
        sample = "" if n_bytes is None else sample_of(path, n_bytes, SAMPLE_PLACES)
        return read_record(folder, record_name(name), tree), _Found(name, n_bytes, sample)

    n_at_once = 1 if tree is LOCAL else _AT_ONCE
    with closing(mapped(read, names, n_at_once, is_awaited=False)) as records:
        yield from records


def _check_file(record: PartRecord, found: _Found, path: str) -> None:
    """Refuse a file that is not the one of its record, as far as that is seen."""
    if found.name != record.file:
        what = f"the record beside {found.name} is that of {record.file}"
        raise DataError(what, path=path, hint=_AGAIN)
    if found.n_bytes != record.bytes:
        raise _other_size(record, found.n_bytes, path)
    if found.sample != record.sample:
        what = f"{found.name} has other bytes than were written: another run may have replaced it"
        raise DataError(what, path=path, hint=_AGAIN)


def _check_result(record: PartRecord, path: str) -> None:
    """Refuse a record whose result is of another plan, or of another number of rows.

    Its losses are those of all elements, whether they count or are left out. What is not understood
    here is refused where all of the result is read.
    """
    result = record.result
    try:
        width = math.prod(map(operator.index, result["inputs"]["pred"]["shape"][1:]))
        first = [one for one in result["results"] if one["beta"] == result["settings"]["betas"][0]]
        n = sum(one[name] for one in first for name in ("count", "omitted", "zero_weight"))
        plan = result["part"]["plan"]
    except (KeyError, IndexError, TypeError):
        return
    if plan != record.plan or (first and n != record.rows * width):
        rows, elements = counted(record.rows, "row"), counted(n, "element")
        what = f"the record of {record.file} has {rows}, and its result {elements}"
        what = what if plan == record.plan else f"the record of {record.file} names two plans"
        raise DataError(what, path=path, hint=_AGAIN)


def _other_size(record: PartRecord, n_bytes: int | None, path: str) -> DataError:
    what = f"{record.file} has {n_bytes} bytes, and {record.bytes} were written"
    return DataError(what, path=path, hint=_AGAIN)


def _check_alike(one: PartRecord, other: PartRecord, path: str) -> None:
    if one.plan != other.plan or one.kind != other.kind:
        why = "the settings, the options or the files of the inputs differ"
        what = f"{one.file} and {other.file} are parts of two runs: {why}"
        raise DataError(what, path=path, hint=_AGAIN)
