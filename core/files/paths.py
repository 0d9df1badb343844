"""Paths without links or relative parts, also where the working folder was removed."""

from __future__ import annotations

import os

from smoothl1.errors import storage_error
from smoothl1.files.uris import is_uri


def real_path(path: str) -> str:
    """The absolute path without links; a URI as it is.

    Raises:
        StorageError: The path is relative, and the working folder was removed.
    """
    if is_uri(path):
        return path
    try:
        return os.path.realpath(path)
    except OSError as error:
        raise storage_error(error, path) from error


def absolute(path: str) -> str:
    """The absolute path; the path as it is if it is a URI or the working folder was removed."""
    if is_uri(path):
        return path
    try:
        return os.path.abspath(path)
    except OSError:
        return path
