"""Texts of any content within HTML and SVG."""

from __future__ import annotations

import html


def escaped(text: str) -> str:
    """A text for HTML and XML, which have no place for control characters.

    What cannot be printed is shown as Python writes it, as are characters that turn text around.
    """
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )
    return html.escape(shown)
