"""Reads TOML that anybody may have written, in a time that its size bounds."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from smoothl1.errors import SettingsError

MOST_BYTES = 1 << 20
"""Most bytes that are parsed, a second or so: files of large projects have a tenth of them."""

_UTF_16_BYTES = 3
"""A text of which more than one in so many bytes is NUL is of UTF-16 or UTF-32: half of the bytes
or more, where it is of ASCII."""

_MOST_PARTS = 100
_PART = rb"""(?:[\w-]++|"(?:[^"\\\n]|\\[^\n]?)*+"?|'[^'\n]*+'?)"""
_MORE_PARTS = rb"(?:[ \t]*+\.[ \t]*+%b)" % _PART
_TOKEN = re.compile(
    rb"""\#[^\n]*+
    |"{3}(?:[^"\\]|\\[\s\S]?|"{1,2}(?!"))*+(?:"{3,5}|\Z)
    |'{3}(?:[^']|'{1,2}(?!'))*+(?:'{3,5}|\Z)
    |(?P<long>%b%b{%d})
    |%b%b*+"""
    % (_PART, _MORE_PARTS, _MOST_PARTS, _PART, _MORE_PARTS),
    re.VERBOSE,
)
"""A comment, a text of several lines, or a key, which may be a value: each ends where TOML ends it.

One that has no end ends with its line, or with the file if it may have several lines. So every
quote begins or ends a token, and none is searched for an end twice: the time is linear.
"""


def _has_long_key(data: bytes) -> bool:
    """Whether a key has so many parts that tomllib takes long: its time grows with their square."""
    return any(token.lastgroup == "long" for token in _TOKEN.finditer(data))


_TABLE = re.compile(rb"""(?<![\w-])tool["']?[ \t]*(?:\.[ \t]*["']?(?i:smoothl1)|\]|=)""")
"""How a table of this program begins: `[tool.smoothl1]`, `[tool]` or `tool = {`."""


_ESCAPE = re.compile(rb"\\(?:x|u00|U000000)([0-7][0-9A-Fa-f])")
"""An escape of TOML that stands for a character of ASCII."""


def as_plain_text(data: bytes) -> bytes:
    """TOML with its characters of ASCII as they are, whether escaped or of UTF-16 or UTF-32.

    Args:
        data: The bytes of the file.
    """
    plain = data.replace(b"\0", b"")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), plain)


def may_have_table(data: bytes) -> bool:
    """Whether a pyproject.toml that has the name of this program may have a table of it.

    In one that is too large to be parsed, the name alone may be that of a dependency.

    Args:
        data: The bytes of the file.
    """
    return len(data) <= MOST_BYTES or _TABLE.search(as_plain_text(data)) is not None


def parsed(data: bytes, path: str, what: str) -> dict[str, Any]:
    """The content of a file of TOML.

    Args:
        data: The bytes of the file.
        path: Its path, for messages.
        what: What cannot be read if it is damaged, for messages.

    Raises:
        SettingsError: It is no TOML, too large, or has a key of too many parts.
    """
    if len(data) > MOST_BYTES:
        raise SettingsError(f"larger than {MOST_BYTES >> 20} MiB, so {what} is not read", path=path)
    if _has_long_key(data):
        parts = f"a key of more than {_MOST_PARTS} parts"
        raise SettingsError(f"it has {parts}, so {what} is not read", path=path)
    try:
        return tomllib.loads(_decoded(data))
    except (ValueError, RecursionError) as error:
        said, hint = _fault(error)
        why = f"not TOML, so {what} cannot be read: {said}"
        raise SettingsError(why, path=path, hint=hint) from error


class _FaultError(ValueError):
    """A fault of the text of a file, with what to do about it."""


def _decoded(data: bytes) -> str:
    """The text of a file.

    A mark of UTF-8 is no part of the text: editors write it, and tomllib refuses it.

    Raises:
        _FaultError: It is not UTF-8, or has a NUL.
    """
    n_nuls = data.count(b"\0")
    if n_nuls > len(data) // _UTF_16_BYTES:
        raise _FaultError("it is not UTF-8, but UTF-16 or UTF-32", "save it as UTF-8")
    if n_nuls:
        raise _FaultError(f"its byte {data.index(0) + 1} is a NUL", "remove the NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"it is not UTF-8, from its byte {error.start + 1} on"
        raise _FaultError(what, "save it as UTF-8") from error


def _fault(error: ValueError | RecursionError) -> tuple[str, str | None]:
    """What is wrong with a file, and what to do about it: in no words of Python's own."""
    if isinstance(error, _FaultError):
        what, hint = error.args
        return what, hint
    if isinstance(error, tomllib.TOMLDecodeError):
        return str(error)[:100], None
    if isinstance(error, RecursionError):
        return "it is nested too deeply", None
    return "a whole number in it has too many digits", "write it with a point, or as a text"
