"""Pages of help that fit the terminal: Click never folds the names of options and values."""

from __future__ import annotations

import os
import shutil
import textwrap
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

_USUAL_WIDTH = 80
"""Width of a terminal on which the pages of Click have room."""


def formatter_of(ctx: click.Context) -> click.HelpFormatter:
    """The formatter of a page for the terminal that there is.

    Args:
        ctx: The context of the command.
    """
    width = _width()
    if width < _USUAL_WIDTH:
        return NarrowFormatter(width=width)
    usual = ctx.make_formatter()
    return _FoldingFormatter(width=usual.width)


def _width() -> int:
    """Characters in a line of the terminal that stdout is, or that stderr is: errors have pages."""
    width = shutil.get_terminal_size((0, 0)).columns
    if not width:
        with suppress(OSError):
            width = os.get_terminal_size(2).columns
    return width or _USUAL_WIDTH


class _FoldingFormatter(click.HelpFormatter):
    """Writes a page of two columns, and folds lists of names that are longer than a line."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        folded = [(self._folded(term), text) for term, text in rows]
        super().write_dl(folded, col_max, col_spacing)

    def _folded(self, term: str) -> str:
        if len(term) + self.current_indent <= self.width:
            return term
        margin = " " * (2 * self.current_indent + 2)
        room = self.width - self.current_indent - len(margin)
        lines = textwrap.wrap(term.replace("|", "| "), room, break_on_hyphens=False)
        return f"\n{margin}".join(line.replace("| ", "|") for line in lines)


class NarrowFormatter(click.HelpFormatter):
    """Writes a page of any width. No word is cut, except lists of names between their names.

    The text about an option stands below it. Examples are folded as shells read them.
    """

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self._write_lines(f"{prefix or 'Usage: '}{prog} {args}", "  ")

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            lines = paragraph.split("\n")
            if lines[0].strip() != "\b":
                self._write_lines(" ".join(lines))
                continue
            for line in lines[1:]:
                if not line.startswith(" "):
                    self._write_lines(line)
                    continue
                with self.indentation():
                    self._write_lines(line.strip(), "    ", " \\")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        for term, text in rows:
            self._write_lines(term, "  ")
            with self.indentation():
                self._write_lines(text)

    def _write_lines(self, text: str, further: str = "", end: str = "") -> None:
        """Write folded text.

        Args:
            text: Words between blanks.
            further: The indentation of all lines but the first.
            end: What stands at the end of all lines but the last.
        """
        margin = " " * self.current_indent
        room = max(1, self.width - len(margin) - len(further) - len(end))
        words = (w.replace("|", "| ") if len(w) > room else w for w in text.split())
        lines = textwrap.wrap(
            " ".join(words),
            max(1, self.width - len(end)),
            initial_indent=margin,
            subsequent_indent=margin + further,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.write(f"{end}\n".join(lines) + "\n")
