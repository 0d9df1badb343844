"""The store of a URI, opened once in a process, and what each of its objects is called there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import SettingsError, SmoothL1Error
from smoothl1.files.stores.requests import asked
from smoothl1.files.uris import bucket_and_key, forget, given_with, scheme_of

if TYPE_CHECKING:
    from smoothl1.files.stores.contract import Store
    from smoothl1.files.uris import Given

_OF_ARROW = ("s3", "gs", "gcs", "abfs", "abfss")


class Place(NamedTuple):
    """Where an object is: the store of its bucket, and its key."""

    store: Store
    key: str


def place_of(uri: str) -> Place:
    """Where an object or a folder is.

    Args:
        uri: A resolved URI.

    Raises:
        SettingsError: A parameter of the URI is not known.
        MissingExtraError: The package that speaks to the store is not installed.
        StorageError: The store cannot be reached.
    """
    bucket, key = bucket_and_key(uri)
    beginning = f"{scheme_of(uri)}://{bucket}"

    def opened() -> Store:
        return _store_of(beginning, given_with(uri))

    try:
        return Place(asked(opened, uri), key)
    except SmoothL1Error as error:
        error.path = uri
        if isinstance(error, SettingsError):
            forget(uri)  # or Python could not give it right after that
        raise


@cache
def _store_of(beginning: str, given: Given) -> Store:
    if scheme_of(beginning) in _OF_ARROW:
        from smoothl1.files.stores.arrow_store import open_arrow_store  # late: each has a library

        return open_arrow_store(beginning, given)
    from smoothl1.files.stores.fsspec_store import open_fsspec_store

    return open_fsspec_store(beginning, given)
