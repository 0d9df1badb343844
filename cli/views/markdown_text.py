"""Texts within Markdown, as GitHub and GitLab render it: code, names of inputs, tables of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.console import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.results.input_summary import InputSummary

_MOST_CHARACTERS = 80
"""Most characters of a name or path; a longer one loses its middle."""

_MOST_NAMES = 3


def table_lines(
    heads: Sequence[str], rows: Sequence[Sequence[str]], are_text: Sequence[bool]
) -> list[str]:
    """A table, line by line: text to the left, numbers to the right.

    Args:
        heads: The heads of the columns, as Markdown.
        rows: The cells of each row, as Markdown.
        are_text: Whether each column is text.
    """
    rules = [":---" if is_text else "---:" for is_text in are_text]
    return [f"| {' | '.join(line)} |" for line in (heads, rules, *rows)]


def as_sentence(text: str) -> str:
    """A clause with a capital letter and a full stop; one that begins with code has no capital."""
    return f"{text[0].upper()}{text[1:]}."


def as_code(text: str, *, whole: bool = False) -> str:
    """Any text as code that shows exactly that text, also in a table.

    The code is in backticks if possible. A backtick or a pipe cannot be written safely between them
    in every table. Text with one is written as HTML, with all special characters escaped.

    Args:
        text: The text. It is shown with control characters escaped, and without its middle if it is
            long.
        whole: Whether the middle is shown even of a long text.
    """
    text = printable(text)
    if len(text) > _MOST_CHARACTERS and not whole:
        half = _MOST_CHARACTERS // 2
        text = f"{text[:half]}…{text[-half:]}"
    if text.strip() == text and text and not set(text) & set("`|"):
        return f"`{text}`"
    escaped = "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text)
    return f"<code>{escaped}</code>"


def sides_of(
    inputs: Sequence[InputSummary], shown: Callable[[str], str] = as_code
) -> tuple[list[str], str]:
    """What a sentence calls the inputs: their files, or their columns in one table.

    Args:
        inputs: The inputs of a result.
        shown: Shows a name or a path; as code, unless the sentence is no Markdown.

    Returns:
        The names of the inputs, and the table in which they are, if there is one.
    """
    if all(side.columns and side.paths == inputs[0].paths for side in inputs):
        columns = [_listed(side.columns, shown) for side in inputs]
        return columns, f" in {_listed(inputs[0].paths, shown)}"
    return [_listed(side.paths, shown) for side in inputs], ""


def paths_of(side: InputSummary) -> str:
    """The files of one side, of which at most three are named."""
    return _listed(side.paths, as_code)


def _listed(names: Sequence[str], shown: Callable[[str], str]) -> str:
    first = [shown(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "")
