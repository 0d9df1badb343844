"""Refuses results of smoothl1 that are given as predictions or targets."""

from __future__ import annotations

import os

from smoothl1.files.file import HEAD_BYTES


def refuse_saved_result(path: str) -> None:
    """Refuse JSON that smoothl1 has written, which no options make an input.

    Args:
        path: The path of an input that lacks another one.

    Raises:
        DataError: The file is such JSON.
    """
    if not os.path.isfile(path):
        return
    from smoothl1.sources.foreign import refusal  # late: only for this error
    from smoothl1.sources.foreign_json import OWN_JSON, OWN_RESULT, kind_of_json

    try:
        with open(path, "rb") as file:
            kind = kind_of_json(file.read(HEAD_BYTES).splitlines())
    except OSError:
        return
    if kind in (OWN_RESULT, OWN_JSON):
        error = refusal(kind, path)
        error.path = path
        raise error
