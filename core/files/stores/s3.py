"""Buckets of S3: what a URI and the environment say about them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pyarrow import fs as arrow_fs

from smoothl1.errors import SettingsError
from smoothl1.files.stores.retries import retry_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.uris import Given

_IS_TRUE = {"true": True, "1": True, "false": False, "0": False}


def _text(value: str) -> str:
    return value


def _truth(value: str) -> bool:
    return _IS_TRUE[value.lower()]


_OF_S3: dict[str, Callable[[str], Any]] = {
    "region": _text,
    "scheme": _text,
    "endpoint_override": _text,
    "access_key": _text,
    "secret_key": _text,
    "session_token": _text,
    "anonymous": _truth,
    "tls_ca_file_path": _text,
    "force_virtual_addressing": _truth,
}
"""The parameters of a URI of S3, by the names of pyarrow, and how their values are read."""


def options_of_s3(bucket: str, given: Given) -> dict[str, Any]:
    """The options of pyarrow's file system for a bucket of S3.

    Args:
        bucket: The bucket.
        given: What was given with it.

    Raises:
        SettingsError: A parameter is not known, or has no value that it can have.
    """
    options: dict[str, Any] = {
        "background_writes": False,
        **retry_options(),
        **_of_environment(),
    }
    name, password = given.user
    if name:
        options |= {"access_key": name, "secret_key": password}
    for parameter, value in given.parameters.items():
        if parameter not in _OF_S3:
            raise SettingsError(
                f"no parameter of s3:// is called {parameter}",
                hint=f"there are {', '.join(_OF_S3)}",
            )
        try:
            options[parameter] = _OF_S3[parameter](value)
        except KeyError:
            raise SettingsError(f"{parameter} is neither true nor false") from None
    if not {"region", "endpoint_override"} & options.keys() and "AWS_REGION" not in os.environ:
        options |= _region_of(bucket)
    return options


def _of_environment() -> dict[str, str]:
    """The endpoint that the environment names, which pyarrow does not look for by itself."""
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if not named:
        return {}
    parts = urlsplit(named if "://" in named else f"https://{named}")
    return {"scheme": parts.scheme, "endpoint_override": parts.netloc + parts.path.rstrip("/")}


def _region_of(bucket: str) -> dict[str, str]:
    """The region of a bucket of AWS, which the store tells to anybody."""
    try:
        return {"region": arrow_fs.resolve_s3_region(bucket)}
    except OSError:
        return {}  # the first request fails, and says why
