"""The outputs of a report: text, a page, a folder of drawings, or JSON; open before the work."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smoothl1.cli import console, forms
from smoothl1.cli.folders import made_folder
from smoothl1.cli.reporting import destination
from smoothl1.errors import SettingsError
from smoothl1.files.atomic import OutputFiles, check_creatable
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from smoothl1.cli.arguments import Output
    from smoothl1.figures.report import Report

    Write = Callable[[Report], None]


@contextmanager
def report_destination(output: Output, files: OutputFiles | None = None) -> Iterator[Write]:
    """Open the output of a report; it appears when the context ends well.

    Args:
        output: The output, with its form.
        files: The files that appear with it, if there may be others. A folder appears at once.

    Yields:
        A function that writes a report to it.

    Raises:
        SettingsError: The output is a folder in a store.
        StorageError: The output cannot be created.
    """
    if output.path is not None and not output.as_json and forms.is_folder(output.path):
        if is_uri(output.path):
            raise SettingsError(
                "drawings go to a local folder",
                path=output.path,
                hint="name a page, .html, or a local folder",
            )
        with _folder(output.path) as write:
            yield write
        return
    with destination(output, files) as file:
        yield lambda report: _write(file, report, output)


@contextmanager
def _folder(folder: str) -> Iterator[Write]:
    """Make a folder that can take all drawings; one that is new goes again if an error comes."""
    from smoothl1.figures.report import NAMES  # late, since it imports NumPy

    with made_folder(folder):
        for name in sorted(NAMES):
            check_creatable(_drawing(folder, name))
        yield lambda report: _write_drawings(report, folder)


def _write_drawings(report: Report, folder: str) -> None:
    """Write each drawing as a file of its own, all or none; those of an earlier report go."""
    from smoothl1.figures.report import NAMES

    drawings = report.svgs()
    with OutputFiles() as files:
        for name, drawing in drawings.items():
            with files.opened(_drawing(folder, name)) as file:
                file.write(drawing.encode())
        for name in sorted(NAMES - drawings.keys()):
            files.remove(_drawing(folder, name))


def _drawing(folder: str, name: str) -> str:
    return os.path.join(folder, f"{name}.svg")


def _write(file: BinaryIO, report: Report, output: Output) -> None:
    if output.as_json:
        file.write(console.as_json(report.streamed()))
    elif output.path is None:
        file.write(_text(report))
    else:
        file.write(report.to_html().encode())


def _text(report: Report) -> bytes:
    """The report as text that stdout can show."""
    from smoothl1.cli.views.report import report_text

    width = console.width_of_stdout() if console.is_terminal(1) else 80
    text = report_text(report, width, is_ascii=not _takes_blocks())
    return text.encode()


def _takes_blocks() -> bool:
    """Whether stdout can show characters beyond ASCII."""
    try:
        "\N{FULL BLOCK}\N{LEFT ONE EIGHTH BLOCK}".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return not console.is_dumb()
