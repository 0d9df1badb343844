"""Reads TOML that anybody may have written, in a time that its size bounds."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from smoothl1.errors import SettingsError

MOST_BYTES = 1 << 20
"""Most bytes that are parsed, a second or so: files of large projects have a tenth of them."""

_MOST_PARTS = 100
_PART = rb"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rb"(?<![\w-])(?:%b){%d}" % (_PART, _MOST_PARTS))
"""A key of so many parts that tomllib, whose time grows with their square, takes long for it."""


_TABLE = re.compile(rb"""(?<![\w-])tool["']?[ \t]*(?:\.[ \t]*["']?smoothl1|\]|=)""")
"""How a table of this program begins: `[tool.smoothl1]`, `[tool]` or `tool = {`."""


def may_have_table(data: bytes) -> bool:
    """Whether a pyproject.toml that has the name of this program may have a table of it.

    In one that is too large to be parsed, the name alone may be that of a dependency.

    Args:
        data: The bytes of the file.
    """
    return len(data) <= MOST_BYTES or _TABLE.search(data) is not None


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
    if _LONG_KEY.search(data):
        parts = f"a key of more than {_MOST_PARTS} parts"
        raise SettingsError(f"it has {parts}, so {what} is not read", path=path)
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        said = str(error)[:100]
        raise SettingsError(f"not TOML, so {what} cannot be read: {said}", path=path) from error
