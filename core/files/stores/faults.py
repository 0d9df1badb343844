"""The errors of stores in few words: libraries give whole paragraphs, with names of operations."""

from __future__ import annotations

import errno
import re
from typing import NamedTuple

from smoothl1.errors import SmoothL1Error, StorageError
from smoothl1.files.stores.open_files import n_more_files
from smoothl1.files.uris import hiding_secrets


class _Fault(NamedTuple):
    """What a store says, as a pattern, what it means, and what to do about it."""

    said: re.Pattern[str]
    what: str
    hint: str | None = None
    errno: int | None = None
    is_of_connection: bool = False


def _fault(said: str, what: str, hint: str | None = None, number: int | None = None) -> _Fault:
    return _Fault(re.compile(said, re.IGNORECASE), what, hint, number)


def _of_connection(fault: _Fault) -> _Fault:
    """A fault for which a process that may open few more files can be the reason, too."""
    return fault._replace(is_of_connection=True)


NO_BUCKET = "no such bucket"

ANOTHER_REGION = "the bucket is in another region"

WAIT = "--store-timeout SECONDS waits longer"
"""What to do where a store gave no answer in time."""

_CREDENTIALS = "check the credentials, those of the environment or of the profile"
_ENDPOINT = "check the endpoint and the network"

_MORE_FILES = "allow this process more files (ulimit -n)"

_FEW_FILES = 32
"""So many files two folders of small objects have open at once: 16 requests, and what libraries
hold. Libraries call it a refused or a broken connection that there is no descriptor for another."""

_FAULTS = (
    _fault("Too many open files", "too many open files", _MORE_FILES, errno.EMFILE),
    _fault(
        "NO_SUCH_BUCKET|NoSuchBucket|ContainerNotFound|bucket does not exist",
        NO_BUCKET,
    ),
    _fault(
        "EXPIRED_TOKEN|ExpiredToken|ExpiredAuthenticationToken|TokenRefreshRequired",
        "the credentials have expired",
        "renew them, and run again",
        errno.EACCES,
    ),
    _fault(
        "INVALID_OBJECT_STATE|InvalidObjectState|object's storage class",
        "the object is in an archive, from which nothing is read",
        "restore it first",
    ),
    _fault(
        "REQUEST_TIME_TOO_SKEWED|RequestTimeTooSkewed|REQUEST_EXPIRED",
        "the store's clock and that of this machine differ",
        "set the clock",
    ),
    _fault(
        "INVALID_ACCESS_KEY_ID|SIGNATURE_DOES_NOT_MATCH|InvalidAccessKey|SignatureDoesNotMatch"
        "|UNRECOGNIZED_CLIENT|AuthenticationFailed|AuthenticationException|UNAUTHENTICATED"
        "|INVALID_CLIENT_TOKEN_ID|status 401|HTTP 401|NoCredentials|CredentialsError",
        "the store does not accept the credentials",
        _CREDENTIALS,
        errno.EACCES,
    ),
    _fault(
        "Failed to get token from",
        "no credentials of Azure are found, or none that are accepted",
        "set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in with az login",
        errno.EACCES,
    ),
    _fault(
        "ACCESS_DENIED|AccessDenied|PERMISSION_DENIED|Forbidden|AuthorizationFailure|status 403"
        "|HTTP 403|Permission denied",
        "access denied",
        _CREDENTIALS,
        errno.EACCES,
    ),
    _of_connection(
        _fault(r"curlCode: 6\b|resolve host|Name or service not known", "no such server", _ENDPOINT)
    ),
    _of_connection(
        _fault(
            r"curlCode: 7\b|connect to server|Connection refused|Connect call failed",
            "connection refused",
            _ENDPOINT,
            errno.ECONNREFUSED,
        )
    ),
    _fault(
        r"curlCode: 28\b|timed? ?out|Deadline exceeded",
        "the store gave no answer: timed out",
        WAIT,
        errno.ETIMEDOUT,
    ),
    _of_connection(
        _fault(
            r"curlCode: (?:35|51|58|60|77)\b|certificate|\bSSL",
            "no trusted connection (TLS)",
            _ENDPOINT,
        )
    ),
    _fault(
        "Failed to flush response stream",  # the words of the store were lost
        "the store does not send the content of this object, also after several tries",
        "see whether it is archived, or encrypted by a key that may not be used",
    ),
    _fault(
        "status 50[0234]|SLOW_DOWN|SlowDown|SERVICE_UNAVAILABLE|INTERNAL_FAILURE|UNAVAILABLE"
        "|REQUEST_LIMIT_EXCEEDED|throttl",
        "the store is overloaded or broken, also after several tries",
    ),
    _of_connection(
        _fault(
            r"curlCode: (?:18|52|55|56)\b|partial file|Connection (?:reset|broken|aborted|closed)"
            "|NETWORK_CONNECTION|transfer",
            "the connection broke, also after several tries",
        )
    ),
    _fault(
        "No such file or directory|NO_SUCH_KEY|NoSuchKey",  # of Google Cloud, and of S3
        "no such object",
        None,
        errno.ENOENT,
    ),
    _fault(
        "XML_ERROR",
        "the answer was cut or is none of S3, also after several tries",
        _ENDPOINT,
    ),
    _fault(
        "status 30[17]|PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed"
        "|while the bucket is located in|incorrectly configured region",
        ANOTHER_REGION,
    ),
)

_REGION = re.compile(r"(?:located in|expecting) '([a-z0-9-]{1,40})'")
"""How pyarrow, from a header, and S3 itself name the region of a bucket."""

_CHANCE = re.compile(r"'[^']*'|\((?:request|host) id:[^)]*\)|(?=\S*\d)[\w+/=-]{16,}", re.IGNORECASE)
"""Names in quotes, and the ids of requests: they may hold the words of any fault by chance."""


def store_error(error: BaseException, uri: str) -> BaseException:
    """The error to raise in place of one of a library that asks a store.

    Args:
        error: What the library raised.
        uri: What was asked for.
    """
    if isinstance(error, SmoothL1Error | MemoryError) or not isinstance(error, Exception):
        return error
    words = " ".join(str(error).split())
    said = _without_names(words, uri)
    fault = next((fault for fault in _FAULTS if fault.said.search(said)), None)
    if fault is not None:
        return _error_of(fault, words, uri)
    if isinstance(error, FileNotFoundError):
        return _refusal(uri, "no such object", None, errno.ENOENT)
    if isinstance(error, PermissionError):
        return _refusal(uri, "access denied", _CREDENTIALS, errno.EACCES)
    shown = hiding_secrets(words)[:200] or type(error).__name__
    return _refusal(uri, f"the store refused: {shown}", None, getattr(error, "errno", None))


def _error_of(fault: _Fault, words: str, uri: str) -> StorageError:
    """The error to raise for a fault, of which the words may tell more."""
    if fault.what == ANOTHER_REGION:
        return _another_region(uri, words)
    if fault.is_of_connection and (n_more := n_more_files()) < _FEW_FILES:
        return _few_files(uri, n_more, fault)
    return _refusal(uri, fault.what, fault.hint, fault.errno)


def _without_names(words: str, uri: str) -> str:
    """What a library said, without the names of what was asked for and without ids."""
    path = uri.partition("://")[2].partition("?")[0]
    for name in (path, path.partition("/")[2]):
        if name.strip("/"):
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", words)
    return _CHANCE.sub(" ", words)


def _another_region(uri: str, words: str) -> StorageError:
    """The error where a bucket is in another region, which the store may have named."""
    found = _REGION.search(words)
    what = f"{ANOTHER_REGION}, {found[1]}" if found else ANOTHER_REGION
    name = found[1] if found else "NAME"
    return _refusal(uri, what, f"?region={name} at the end of the URI, or AWS_REGION={name}", None)


def _few_files(uri: str, n_more: int, fault: _Fault) -> StorageError:
    """The error where a connection failed for which there may have been no file descriptor."""
    what = f"the connection failed, and this process may open few more files: {n_more}"
    hint = f"{_MORE_FILES}, or {fault.hint or _ENDPOINT}"
    return _refusal(uri, what, hint, fault.errno if n_more else errno.EMFILE)


def _refusal(uri: str, what: str, hint: str | None, number: int | None) -> StorageError:
    refusal = StorageError(what, path=uri, hint=hint)
    refusal.errno = number
    return refusal
