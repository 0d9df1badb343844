"""Pages as the site shows them, made of Markdown that is written to be read in the repository.

The site has pages from outside of this folder, too. Links to these, and theirs, are moved.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import click

from smoothl1.cli.help_page import under_headings
from smoothl1.cli.main import main

ROOT = Path(__file__).parents[1]

OUTSIDE = {
    "README.md": "docs/site/readme.md",
    "CHANGELOG.md": "docs/site/changelog.md",
    "CONTRIBUTING.md": "docs/site/contributing.md",
    "SECURITY.md": "docs/site/security.md",
    "benchmarks/RESULTS.md": "docs/site/measurements.md",
    "sample_data/README.md": "docs/site/sample_data.md",
}
"""Pages outside of this folder, and the files that stand for them here."""

_LINK = re.compile(r"(?<=\]\()(?!\w+:)[^)\s#]+")
"""The target of a link within the repository, without its fragment."""


def on_site(docname: str, text: str) -> str:
    """The Markdown of a page as the site shows it.

    Args:
        docname: Path of the page from this folder, without suffix.
        text: What its file says.
    """
    file = f"docs/{docname}.md"
    origin = next((outside for outside, inside in OUTSIDE.items() if inside == file), file)
    if origin != file:
        text = (ROOT / origin).read_text(encoding="utf-8")
    text = with_moved_links(text, origin, file)
    if docname == "index":
        return text + contents(text)
    return text + commands() if docname == "site/commands" else text


def with_moved_links(text: str, origin: str, file: str) -> str:
    """Markdown whose links lead to the pages of the site.

    Args:
        text: The Markdown.
        origin: Path of the file that it was written for, from the root of the repository.
        file: Path of the file that it is shown in place of.
    """

    def moved(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), match[0]))
        return posixpath.relpath(OUTSIDE.get(target, target), posixpath.dirname(file))

    return _LINK.sub(moved, text)


def contents(text: str) -> str:
    """Tables of contents of a page: the pages that its lists begin with, below their headings.

    Source: https://www.sphinx-doc.org/en/master/usage/restructuredtext/directives.html#table-of-contents
    """
    tables = []
    for section in text.split("\n## ")[1:]:
        links = re.findall(r"(?m)^- \[(.+?)\]\((.+?)\.md\)", section)
        entries = [f"{title} <{page}>" for title, page in links]
        caption = section.partition("\n")[0]
        tables += ["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```"]
    return "\n".join([*tables, ""])


def commands() -> str:
    """The reference of the commands in Markdown: usage, help, and options below their headings."""
    context = click.Context(main, info_name="smoothl1", **main.context_settings)
    lines = _command(main, context)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None:
            lines += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n".join(lines)


def _command(command: click.Command, ctx: click.Context) -> list[str]:
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    lines = ["", f"## {ctx.command_path}", "", "```text", usage, "```", ""]
    lines += [*_paragraphs(command.help or ""), *_paragraphs(command.epilog or "")]
    for heading, options in under_headings(command.get_params(ctx)):
        records = [option.get_help_record(ctx) for option in options]
        terms = [line for record in records if record is not None for line in _term(*record)]
        lines += ["", f"### {heading}", "", *terms] if terms else []
    return lines


def _term(names: str, text: str) -> list[str]:
    return [f"`{names}`", f": {escaped(text)}", ""]


def _paragraphs(text: str) -> list[str]:
    r"""Paragraphs of help; one that begins with "\b" keeps its lines, as it does for Click."""
    lines: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if not paragraph.lstrip().startswith("\b"):
            lines += [escaped(" ".join(paragraph.split())), ""]
            continue
        kept = [line.strip() for line in paragraph.replace("\b", "").splitlines() if line.strip()]
        if kept[0] == "Examples:":
            lines += [kept.pop(0), ""]
        lines += ["```text", *kept, "```", ""]
    return lines


def escaped(text: str, marks: str = r"\*_<>[]") -> str:
    r"""Text in which characters stand for themselves, but for those in code.

    Args:
        text: The text; code is between backticks.
        marks: The characters that get a backslash.
    """
    one = re.compile(rf"(`[^`]*`)|([{re.escape(marks)}])")
    return one.sub(lambda match: match[1] or "\\" + match[2], text)
