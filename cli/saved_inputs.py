"""Refuses results of smoothl1, and values of options, that are given as predictions or targets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.files.file import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence


def refuse_what_is_none(inputs: Sequence[str]) -> None:
    """Refuse inputs that no options make one, where another input is missing.

    Args:
        inputs: The paths of the inputs.

    Raises:
        DataError: A file is JSON that smoothl1 has written.
        UsageError: One stands behind an option that takes no value, and is no file.
    """
    from smoothl1.cli.flag_values import refuse_among  # late: only for this error

    refuse_among(inputs)
    for path in inputs:
        refuse_saved_result(path)


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
