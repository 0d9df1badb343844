"""The errors of stores in few words: libraries give whole paragraphs, with names of operations."""

from __future__ import annotations

import errno
import re
from typing import NamedTuple

from smoothl1.errors import SmoothL1Error, StorageError
from smoothl1.files.uris import hiding_secrets


class _Fault(NamedTuple):
    """What a store says, as a pattern, what it means, and what to do about it."""

    said: re.Pattern[str]
    what: str
    hint: str | None = None
    errno: int | None = None


def _fault(said: str, what: str, hint: str | None = None, number: int | None = None) -> _Fault:
    return _Fault(re.compile(said, re.IGNORECASE), what, hint, number)


NO_BUCKET = "no such bucket"

WAIT = "--store-timeout SECONDS waits longer"
"""What to do where a store gave no answer in time."""

_CREDENTIALS = "check the credentials, those of the environment or of the profile"
_ENDPOINT = "check the endpoint and the network"

_FAULTS = (
    _fault(
        "NO_SUCH_BUCKET|NoSuchBucket|ContainerNotFound|bucket does not exist",
        NO_BUCKET,
    ),
    _fault(
        "INVALID_ACCESS_KEY_ID|SIGNATURE_DOES_NOT_MATCH|InvalidAccessKey|SignatureDoesNotMatch"
        "|UNRECOGNIZED_CLIENT|AuthenticationFailed|AuthenticationException|UNAUTHENTICATED"
        "|INVALID_CLIENT_TOKEN_ID|status 401|HTTP 401|NoCredentials|CredentialsError"
        "|EXPIRED_TOKEN|ExpiredToken",
        "the store does not accept the credentials",
        _CREDENTIALS,
        errno.EACCES,
    ),
    _fault(
        "ACCESS_DENIED|AccessDenied|PERMISSION_DENIED|Forbidden|AuthorizationFailure|status 403"
        "|HTTP 403|Permission denied",
        "access denied",
        _CREDENTIALS,
        errno.EACCES,
    ),
    _fault("curlCode: 6|resolve host|Name or service not known", "no such server", _ENDPOINT),
    _fault(
        "curlCode: 7|connect to server|Connection refused|Connect call failed",
        "connection refused",
        _ENDPOINT,
        errno.ECONNREFUSED,
    ),
    _fault(
        "curlCode: 28|timed? ?out|Deadline exceeded",
        "the store gave no answer: timed out",
        WAIT,
        errno.ETIMEDOUT,
    ),
    _fault("curlCode: (?:35|51|58|60)|certificate|SSL", "no trusted connection (TLS)", _ENDPOINT),
    _fault(
        "status 50[0234]|SLOW_DOWN|SlowDown|SERVICE_UNAVAILABLE|INTERNAL_FAILURE|UNAVAILABLE"
        "|REQUEST_LIMIT_EXCEEDED|throttl",
        "the store is overloaded or broken, also after several tries",
    ),
    _fault(
        "curlCode: (?:18|52|55|56)|partial file|Connection (?:reset|broken|aborted|closed)"
        "|NETWORK_CONNECTION|transfer",
        "the connection broke, also after several tries",
    ),
    _fault(
        "No such file or directory|NO_SUCH_KEY|NoSuchKey",  # of Google Cloud, and of S3
        "no such object",
        None,
        errno.ENOENT,
    ),
    _fault(
        "REQUEST_TIME_TOO_SKEWED|RequestTimeTooSkewed|REQUEST_EXPIRED",
        "the store's clock and that of this machine differ",
        "set the clock",
    ),
    _fault("status 30[17]|PermanentRedirect", "the bucket is in another region", "?region=NAME"),
)


def store_error(error: BaseException, uri: str) -> BaseException:
    """The error to raise in place of one of a library that asks a store.

    Args:
        error: What the library raised.
        uri: What was asked for.
    """
    if isinstance(error, SmoothL1Error | MemoryError) or not isinstance(error, Exception):
        return error
    words = " ".join(str(error).split())
    for fault in _FAULTS:
        if fault.said.search(words):
            return _refusal(uri, fault.what, fault.hint, fault.errno)
    if isinstance(error, FileNotFoundError):
        return _refusal(uri, "no such object", None, errno.ENOENT)
    if isinstance(error, PermissionError):
        return _refusal(uri, "access denied", _CREDENTIALS, errno.EACCES)
    shown = hiding_secrets(words)[:200] or type(error).__name__
    return _refusal(uri, f"the store refused: {shown}", None, getattr(error, "errno", None))


def _refusal(uri: str, what: str, hint: str | None, number: int | None) -> StorageError:
    refusal = StorageError(what, path=uri, hint=hint)
    refusal.errno = number
    return refusal
