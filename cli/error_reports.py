"""Reports for CI of errors that left no result: they replace the reports of earlier runs."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from smoothl1.cli.faults import explained
from smoothl1.files.atomic import atomic_file

if TYPE_CHECKING:
    from smoothl1.cli.arguments import CiReports


def report_error(reports: CiReports, error: Exception) -> None:
    """Write an error into every report that the user asked for, whether or not others fail.

    Args:
        reports: The reports.
        error: The error that ended the run. Another, about a report, is not told.
    """
    message, _ = explained(error, click.get_current_context().command)
    if reports.junit is not None:
        from smoothl1.cli.views.junit import junit_error

        _replace(reports.junit, junit_error(type(error).__name__, message))
    if reports.markdown is not None:
        from smoothl1.cli.views.markdown import markdown_error

        _replace(reports.markdown, markdown_error(message).encode())


def _replace(path: str, content: bytes) -> None:
    with suppress(OSError), atomic_file(path) as file:
        file.write(content)


def is_free(path: str) -> bool:
    """Whether a report may be written although an input cannot be listed, and may have the file.

    It may where there is no file, an empty one, or an earlier report.
    """
    from smoothl1.cli.views.markdown import BEGINNING

    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return True
        with open(path, "rb") as file:
            head = file.read(len(BEGINNING))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return not head or head.startswith((b"<?xml", BEGINNING.encode()))
