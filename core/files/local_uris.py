"""URIs of files of this machine: `file:///run/a%20b.npy`, as RFC 8089 has them."""

from __future__ import annotations

import errno
import os
import re

from smoothl1.errors import SettingsError, storage_error

_ADDRESS = re.compile(r"(?:[0-9]+\.){3}[0-9]+|\[.*\]|.*:[0-9]*")
"""Hosts that are addresses, or have a port: none is meant as the first folder of a path."""

_ENCODED = re.compile(r"%(?:2A|3F|5B)", re.IGNORECASE)
"""The encoded characters that would begin a pattern."""

_WILD = frozenset("*?[")
_SET = r"\[!?\]?[^\]/]*?(?:\]|%5D)"
"""The characters between brackets of a pattern, any of which may stand at one place."""

_SET_OR_ENCODED = re.compile(rf"({_SET})|{_ENCODED.pattern}", re.IGNORECASE)
_ENDS_SET = re.compile(r"%(?:21|2D|2F|5D)", re.IGNORECASE)
"""Encoded characters that, once decoded, would be no characters of a set, but its syntax."""


def path_of(uri: str, query: str, *, may_be_pattern: bool) -> str:
    """The path of a URI of a local file, in which `%20` is a space, and `%2A` a star that is meant.

    Bytes that are no UTF-8 are those of the name, as `os.fsdecode` gives them.

    Args:
        uri: The URI, without a user and parameters.
        query: The parameters.
        may_be_pattern: Whether a star and the like in it may stand for names.

    Returns:
        The path; of a pattern, one in which what was encoded stands for itself: `[*]`.

    Raises:
        SettingsError: It has parameters, which mean nothing here; or a host, such as what should
            be the first folder of a path; or a NUL character; or an encoded character between
            brackets would be their syntax.
        StorageError: Nothing but encoded characters would make it a pattern, and there is no such
            file.
    """
    scheme, _, rest = uri.partition("://")
    host, _, key = rest.partition("/")
    if host.lower() not in ("", "localhost"):  # RFC 3986, 3.2.2: hosts have no case
        _refuse_host(uri, scheme, host, key)
    if query:
        what = f"{scheme}:// has no parameters, such as {query}"
        raise SettingsError(what, path=uri, hint="a question mark of the name itself is %3F")
    path = f"/{_decoded(key)}"
    if "\0" in path:
        what = "%00 is a NUL character, which no name of a file can hold"
        raise SettingsError(what, path=uri, hint="leave it out")
    if not may_be_pattern or os.path.lexists(path):
        return path
    if _ENCODED.search(key) and not _WILD.intersection(key):
        raise storage_error(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)), path)
    return f"/{_decoded(_SET_OR_ENCODED.sub(lambda found: _escaped(found, uri), key))}"


def _refuse_host(uri: str, scheme: str, host: str, key: str) -> None:
    what = f"what follows {scheme}:// is a host, and paths begin with three slashes"
    hint = f"{scheme}:///{host}/{key} if it is an absolute path, else the path alone"
    if _ADDRESS.fullmatch(host):
        hint = f"{scheme}:///{key} if it is of this machine"
    raise SettingsError(what, path=uri, hint=hint)


def _escaped(found: re.Match[str], uri: str) -> str:
    """An encoded star and the like as a set of itself; a set as it is, where they stand already."""
    if found[1] is None:
        return f"[{found[0]}]"
    if encoded := _ENDS_SET.search(found[1]):
        what = f"{encoded[0]} stands between the brackets of a pattern"
        raise SettingsError(what, path=uri, hint="a ? in place of the brackets is any character")
    return found[1]


def _decoded(key: str) -> str:
    from urllib.parse import unquote_to_bytes  # late: most paths are no URIs

    return os.fsdecode(unquote_to_bytes(os.fsencode(key)))
