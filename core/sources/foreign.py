"""Files that are often given in place of tables and are not read: what they are, by content."""

from __future__ import annotations

import os
import re
import zlib
from itertools import chain, count
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.suffixes import is_called_compressed, unpacked
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.foreign_kinds import (
    A_LINE_EACH,
    JOBLIB,
    JOBLIB_OF_NAMES,
    JOBLIB_OF_PANDAS,
    LZMA,
    PANDAS,
    PICKLE,
    PICKLE_OF_NAMES,
    PICKLE_OF_ROWS,
    ZLIB,
)
from smoothl1.sources.foreign_marks import MARKS, MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.contract import Input
    from smoothl1.sources.foreign_kinds import Kind

_SAFE = r"[\w./+=,@:-]+"
"""Names of files that stand in a command as they are."""

_CONTROL = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1b"))
"""Bytes that text does not have."""

_DICTIONARY = lazy_pattern(rb"(?s)\x80[\x02-\x05](?:\x95.{8})?\}|\(dp|\}q")
"""How a pickle of a dictionary begins, after its protocol and the length of its first frame."""

_ROWS = lazy_pattern(rb"(?s)\x80[\x02-\x05](?:\x95.{8})?\](?:\x94|q.)?\(?\}")
"""How one of a list of dictionaries begins, likewise."""

HEADER_OF_TEXT = (
    "it begins with a header in text, which is no number: save the numbers as .npy, Parquet or CSV"
)

_LINES = lazy_pattern(rb"[\t -~]{2,}\r?\n[\t\n\r -~]*")
"""A line of ASCII, and what of it is behind."""

_FEW_BYTES = 4
"""Different bytes that one number may have, which an array may repeat."""

_MARKS_AT = {offset: tuple(mark for at, mark, _ in MARKS if at == offset) for offset, *_ in MARKS}
"""The marks at each offset: most files are text, which has none of them."""

_SHORT_MARK = 4
"""A mark of so few printable characters may begin a text, too."""


def foreign_kind(head: bytes) -> Kind | None:
    """The kind of a file that is not read, by marks and as text; None if it is none of them.

    Args:
        head: The first bytes of the file.
    """
    for mark, kind in begins_with(head):
        if not (_is_short(mark) and not is_binary(head)):
            return kind
    if head.startswith(b"["):
        from smoothl1.sources.foreign_json import kind_of_array  # late: few texts begin so

        return kind_of_array(head)
    return LZMA if head[:1] == b"]" and _is_lzma(head) else None


def _more_exactly(kind: Kind, head: bytes) -> Kind:
    """The kind of a file by what is in it, if that is a pickle."""
    if kind is ZLIB:
        of_joblib = _of_pickle(inflated(head))
        return kind._replace(remedy=of_joblib.remedy) if "joblib" in of_joblib.what else kind
    return _of_pickle(head) if kind is PICKLE else kind


def inflated(head: bytes) -> bytes:
    """What data begin with that zlib has compressed; nothing if it has not."""
    try:
        return zlib.decompressobj().decompress(head)
    except zlib.error:
        return b""


def _of_pickle(head: bytes) -> Kind:
    """The kind of a pickle, by the modules that it names."""
    if b"joblib" in head:
        if b"pandas" in head:
            return JOBLIB_OF_PANDAS
        return JOBLIB_OF_NAMES if _DICTIONARY.match(head) else JOBLIB
    if b"pandas" in head:
        return PANDAS
    if _ROWS.match(head):
        return PICKLE_OF_ROWS
    return PICKLE_OF_NAMES if _DICTIONARY.match(head) else PICKLE


def begins_with(head: bytes) -> Iterator[tuple[bytes, Kind]]:
    """The marks that the beginning of a file has, and their kinds, in the order tried."""
    if any(head.startswith(marks, offset) for offset, marks in _MARKS_AT.items()):
        for offset, mark, kind in MARKS:
            if head.startswith(mark, offset):
                yield mark, _more_exactly(kind, head)


def kind_of_archive(names: Sequence[str]) -> Kind | None:
    """The kind of a zip archive, by the names of its members; None if it is none that is known."""
    for pattern, kind in MEMBERS:
        if any(re.fullmatch(pattern, name) for name in names):
            return kind
    return None


def refusal(kind: Kind, path: str) -> DataError:
    """The error about a file of such a kind.

    Args:
        kind: What it is.
        path: The path as the user typed it.
    """
    remedy = remedy_of(kind, path)
    return DataError(f"not a file of numbers: it looks like {kind.what}", hint=remedy or None)


def refuse_unknown(file: Input) -> None:
    """Refuse a binary file of a kind that is not known.

    Raises:
        DataError: Always; it does not advise `--raw` where text goes before the numbers.
    """
    head = file.head
    at = f" and has a NUL byte at byte {head.index(0)}" if b"\x00" in head else ""
    what = f"neither text nor a format that is known: it begins with {head[:8]!r}{at}"
    if has_header_of_text(head):
        raise DataError(what, hint=HEADER_OF_TEXT)
    hint = "headerless numbers need --raw DTYPE, text in another encoding --encoding"
    raise DataError(what, hint=hint)


def has_header_of_text(head: bytes, least: int = 12) -> bool:
    """Whether a binary file begins with text of a line or more, as no numbers do by chance.

    Args:
        head: The first bytes of the file.
        least: The least characters; whole numbers of one byte may be as many by chance.
    """
    text = _LINES.match(head)
    return text is not None and len(text[0]) >= least and len({*text[0]}) > _FEW_BYTES


def remedy_of(kind: Kind, path: str, name: str = "NAME") -> str:
    """What to do about a file of such a kind.

    Args:
        kind: What it is.
        path: The path as the user typed it; "FILE" stands for one that a shell would not take.
        name: The name of a part of the file, likewise.
    """
    if not re.fullmatch(_SAFE, path) or path == "-":
        path = "FILE"
    remedy = kind.remedy
    if re.fullmatch(_SAFE, name):
        remedy = remedy.replace("NAME", name)
    if is_called_compressed(path) and remedy.startswith(("convert it", A_LINE_EACH)):
        path = unpacked(path)
        remedy = f"unpack it to {path}, then {remedy}"
    return with_names(remedy, path)


def with_names(remedy: str, path: str) -> str:
    """A command with the file that it reads, and a name for the one that it writes.

    That is never the name of a file that is there: the command would destroy it, and the input
    itself most of all.

    Args:
        remedy: The command, with `{path}` and `{stem}` as in a `Kind`.
        path: What it reads.
    """
    stem = os.path.splitext(path.rstrip("/"))[0]

    def free(found: re.Match[str]) -> str:
        names = (
            f"{stem}{added}{found[1]}"
            for added in chain(("", "_new"), map("_new{}".format, count(2)))
        )
        return next(name for name in names if name != path and not os.path.lexists(name))

    return re.sub(r"\{stem\}((?:\.\w+)?)", free, remedy).replace("{path}", path)


def is_binary(head: bytes) -> bool:
    """Whether the beginning of a file has bytes that text does not have."""
    return len(head.translate(None, _CONTROL)) < len(head)


def _is_short(mark: bytes) -> bool:
    """Whether a mark may begin a text by chance."""
    return 1 < len(mark) <= _SHORT_MARK and mark.isascii() and mark.decode().isprintable()


def _is_lzma(head: bytes) -> bool:
    """Whether a file begins as the older format of xz, with the size of what it holds unknown.

    Source: https://github.com/tukaani-project/xz/blob/master/doc/lzma-file-format.txt
    """
    n_bytes = int.from_bytes(head[1:5], "little")
    is_size = n_bytes in {part << power for power in range(12, 31) for part in (2, 3)}
    return is_size and head[5:13] == b"\xff" * 8
