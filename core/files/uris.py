"""URIs of files and of objects in stores: `s3://bucket/run/preds.npy`.

A path is a URI if `://` follows a scheme. The key of an object is what stands behind the bucket,
taken as it is: no `%20` is a space, since keys may hold these characters themselves. Parameters are
`name=value` behind a `?` at the end; any other `?` is that of a pattern.

Users, passwords and parameters are taken off where a URI comes in, and kept here. So names of
objects are made like paths, and no message and no result shows a secret.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from smoothl1.errors import SettingsError
from smoothl1.lazy_patterns import lazy_pattern

_SCHEME = lazy_pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_QUERY = lazy_pattern(r"\?([A-Za-z_][\w.-]*=[^?&]*(?:&[A-Za-z_][\w.-]*=[^?&]*)*)\Z")
_SECRET = lazy_pattern(r"key|secret|token|sig|password|passwd|credential|auth", re.IGNORECASE)
"""What is in the names of parameters that hold secrets."""

_CHAINED = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*(?::.*)?::[A-Za-z][A-Za-z0-9+.-]*://", re.DOTALL)
"""How URLs of fsspec begin that say what is inside what: `zip://a.npy::s3://bucket/b.zip`."""

_IN_TEXT = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"\]]+")

_CONTAINERS = ("abfs", "abfss")
"""Schemes that name a container, which is no secret, where others have a user."""

_WEB = ("http", "https")
"""Schemes in which parameters are a part of the name of one object, not of all of a bucket."""

_LOCAL = ("file", "local")
"""Schemes of files of this machine."""

_WILD = frozenset("*?[")


class Given(NamedTuple):
    """What stands in a URI beside the name of an object.

    Attributes:
        authority: The bucket, with the user or the container before it.
        query: The parameters, as they are written.
    """

    authority: str
    query: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters, decoded."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {name: _decoded(value) for name, _, value in pairs}

    @property
    def user(self) -> tuple[str, str]:
        """The name and the password of the user, decoded; "" if they are not given."""
        name, _, password = self.authority.rpartition("@")[0].partition(":")
        return _decoded(name), _decoded(password)

    @property
    def where(self) -> dict[str, str]:
        """The parameters that are no secrets: they say which object is meant."""
        return {name: x for name, x in self.parameters.items() if not _SECRET.search(name)}


_given: dict[str, Given] = {}
"""What was given with each bucket, by its URI; of a web page, by that of the page."""


def is_uri(path: str) -> bool:
    """Whether a path is a URI."""
    return _SCHEME.match(path) is not None


def scheme_of(uri: str) -> str:
    """The protocol of a URI, in lower case."""
    return uri.partition("://")[0].lower()


def bucket_and_key(uri: str) -> tuple[str, str]:
    """The bucket (or server) of a resolved URI, and the key of an object, or where keys begin."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def resolved(path: str, *, may_be_pattern: bool = True) -> str:
    """A path as everything else takes it.

    A URI of a local file is its path. Any other URI is left with the bucket and the key. The rest
    is kept for `given_with`.

    Args:
        path: The path as the user typed it.
        may_be_pattern: Whether a star and the like in it may stand for names. It is so of what is
            read, but of no output.

    Raises:
        SettingsError: Other parameters were given with the same bucket: they may lead elsewhere. Or
            one is given twice. Or the bucket is a pattern, or there is none. Or a key of S3 has a
            part that is lost. Or it is a chain of URLs.
    """
    name, given = _split(path) if is_uri(path) else (path, Given(""))
    if _CHAINED.match(name):
        hint = "give the file behind the last :: if it is read as it is, or unpack it first"
        raise SettingsError("chained URLs (::) are not read", path=name, hint=hint)
    if not is_uri(path):
        return path
    scheme = scheme_of(path)
    if scheme not in _WEB:
        _check_given(name, given)
    bucket, key = bucket_and_key(name)
    if scheme in _LOCAL:
        from smoothl1.files.local_uris import path_of  # late: most paths are no URIs

        return path_of(name, given.query, may_be_pattern=may_be_pattern)
    if not (bucket or key):
        raise SettingsError("names no bucket", path=name, hint=f"{scheme}://BUCKET/KEY")
    if _WILD.intersection(bucket):
        hint = "write the bucket, and a pattern behind it"
        raise SettingsError("a bucket has no pattern", path=name, hint=hint)
    if scheme == "s3":
        _refuse_parts(name, key)
    if given.query or given.authority != bucket:
        place = _place_of(name)
        known = _given.setdefault(place, given)
        if known.where != given.where:
            what = "the same bucket with other parameters, which may be another place"
            raise SettingsError(what, path=name, hint="give both with the same parameters")
        _given[place] = given
    return name


def _check_given(uri: str, given: Given) -> None:
    """Refuse a parameter that is given twice, or is no text: another would count, in silence."""
    names = [pair.partition("=")[0] for pair in given.query.split("&")]
    repeated = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if repeated is not None:
        what = f"the parameter {repeated} is given twice"
        raise SettingsError(what, path=uri, hint="leave one of them out")
    told = [("the user", given.user[0]), ("the password", given.user[1])]
    told += [(f"the parameter {name}", text) for name, text in given.parameters.items()]
    strange = next((what for what, text in told if not _is_text(text)), None)
    if strange is not None:
        what = f"{strange} is no UTF-8, as its %XX should be"
        raise SettingsError(what, path=uri, hint="a percent sign itself is %25")


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_parts(uri: str, key: str) -> None:
    """Refuse parts of a key that pyarrow refuses, or leaves out, and so reads another object."""
    for part in key.removesuffix("/").split("/") if key else ():
        if part in ("", ".", ".."):
            shown = f"a part {part}" if part else "an empty part (//)"
            what = f"the key has {shown}, and cannot be asked for"
            raise SettingsError(what, path=uri, hint="copy the object to a key without")


def given_with(uri: str) -> Given:
    """What was given with the bucket of a resolved URI: a user, a password, parameters."""
    return _given.get(_place_of(uri)) or Given(bucket_and_key(uri)[0])


def forget(uri: str) -> None:
    """Forget what was given with the bucket of a resolved URI: its store does not take it."""
    _given.pop(_place_of(uri), None)


def hiding_secrets(text: str) -> str:
    """A text in which all URIs are left with the bucket and the key."""
    if "://" not in text:
        return text
    return _IN_TEXT.sub(lambda found: _split(found[0])[0], text)


def _decoded(text: str) -> str:
    """Text in which `%20` is a space; bytes that are no UTF-8 are lone surrogates."""
    from urllib.parse import unquote  # late: most paths are no URIs

    return unquote(text, errors="surrogateescape")


def _place_of(uri: str) -> str:
    scheme = scheme_of(uri)
    return uri if scheme in _WEB else f"{scheme}://{bucket_and_key(uri)[0]}"


def _split(path: str) -> tuple[str, Given]:
    """The name of an object, and what else a URI says."""
    scheme = scheme_of(path)
    rest, query = path.partition("://")[2], ""
    if scheme in _WEB:
        rest, _, query = rest.partition("?")
    elif found := _QUERY.search(rest):
        rest, query = rest[: found.start()], found[1]
    authority, slash, key = rest.partition("/")
    user, _, bucket = authority.rpartition("@")
    if scheme in _CONTAINERS and user:
        bucket = f"{user.partition(':')[0]}@{bucket}".removeprefix("@")
    return f"{scheme}://{bucket}{slash}{key}", Given(authority, query)
