"""Names as words of a command line: whatever a file calls a column, a shell runs nothing of it."""

from __future__ import annotations

import re
import shlex

_PLAIN = frozenset("@%+=:,./-_")
"""Signs that bash takes as they are, beside letters and digits."""

_PLAIN_FOR_POWERSHELL = frozenset("%+=:,./-_")

_ACTIVE = re.compile(r"""[\\"$`!]+""")
"""What bash does not take as it is between double quotes."""

_QUOTES_OF_POWERSHELL = re.compile("['\u2018\u2019\u201a\u201b]")
"""What PowerShell takes as a single quote. Two of them are one that belongs to the text."""


def quote_left_open(line: str) -> str:
    """The quote that a command line of bash opens and does not close; empty if there is none."""
    for quote in ("", "'", '"'):
        try:
            shlex.split(line + quote)
        except ValueError:
            continue
        return quote
    return ""


def bash_word(name: str, opened: str) -> str:
    """What bash has to insert for a name.

    It has no backslashes but those of the name, which the scripts of earlier versions would remove.
    A quote that is open is there twice, and closed: readline puts the first in the place of that
    which was typed, and adds none behind the last.

    Args:
        name: The name, without control characters.
        opened: The quote behind which it is inserted, `'` or `"`; empty if there is none.
    """
    if opened == '"':
        inner = _ACTIVE.sub(lambda match: f"\"'{match[0]}'\"", name)
        return f'"{inner}"'
    if not opened and all(sign.isalnum() or sign in _PLAIN for sign in name):
        return name
    inner = name.replace("'", "'\"'\"'")
    return f"'{inner}'"


def powershell_word(name: str) -> str:
    """What PowerShell has to insert for a name without control characters."""
    if all(sign.isalnum() or sign in _PLAIN_FOR_POWERSHELL for sign in name):
        return name
    return f"'{_QUOTES_OF_POWERSHELL.sub(lambda match: match[0] * 2, name)}'"
