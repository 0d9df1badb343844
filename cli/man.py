"""Manual pages, written from the commands: `python -m smoothl1.cli.man FOLDER`.

The pages are in the language man(7), which mandoc and groff read.

Source: https://mandoc.bsd.lv/man/man.7.html
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

import smoothl1
from smoothl1.cli.configuration import options_of
from smoothl1.cli.console import printable
from smoothl1.cli.faults import USAGE
from smoothl1.cli.help_page import under_headings
from smoothl1.cli.main import main as program
from smoothl1.cli.variables import variable_of
from smoothl1.errors import StorageError, storage_error
from smoothl1.files.atomic import OutputFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_CODES = {
    "0": "The result was computed and written completely.",
    "1": "A gate failed. Nothing else has this code.",
    "2": "The command line, or a setting, is wrong. Nothing was read or written.",
    "3": "An input's content cannot be trusted or understood.",
    "4": "The system refused: open, read, write, space, memory.",
    "70": "A bug.",
    "128 + N": "Ended by signal N, such as 130 for SIGINT, 141 for SIGPIPE and 143 for SIGTERM.",
}
ENVIRONMENT = {
    "SMOOTHL1_BACKEND": "What computes the numbers: cpu or native. No bit depends on it.",
    "NO_COLOR, FORCE_COLOR, TERM": "Whether a terminal shows colours, as for other programs. "
    "TERM=dumb: no line of progress, either.",
}
FILES = {
    "pyproject.toml": "Its table [tool.smoothl1] has settings for all commands, which the "
    "environment and the command line replace. The nearest file counts, from the current folder "
    "upwards. The option --show-config of a command lists its settings."
}

_CHOICES = re.compile(r"\[([^]|]+(?:\|[^]|]+)+)\]")
"""The values of an option that takes one of several names."""

_MOST_OF_HEADING = 60
"""Characters of a heading that a terminal of 80 columns shows in one line."""


def pages() -> dict[str, str]:
    """The pages of the program and of each command, by the names of their files."""
    context = click.Context(program, info_name="smoothl1")
    found = {"smoothl1.1": _page(program, context)}
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if command is not None:
            inner = click.Context(command, info_name=name, parent=context)
            found[f"smoothl1-{name}.1"] = _page(command, inner)
    return found


def _page(command: click.Command, ctx: click.Context) -> str:
    name = ctx.command_path.replace(" ", "-")
    summary = command.get_short_help_str(200).rstrip(".")
    lines = [
        f'.TH "{name.upper()}" "1" "{_date()}" "smoothl1 {smoothl1.__version__}" "User commands"',
        *_section("NAME", [rf"{_text(name)} \- {_text(summary)}"]),
        *_section("SYNOPSIS", [_synopsis(command, ctx)]),
        *_section("DESCRIPTION", _paragraphs(command.help or "")),
        *_commands(command, ctx),
        *_options(command, ctx),
        *_section("EXIT STATUS", _terms(EXIT_CODES)),
        *_section("ENVIRONMENT", _terms(_environment(command))),
        *_section("FILES", _terms(_of_program(command, FILES))),
        *_section("EXAMPLES", _paragraphs((command.epilog or "").replace("Examples:\n", ""))),
        *_section("SEE ALSO", [_others(name, ctx)]),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return [f".SH {title}", *lines] if lines else []


def _synopsis(command: click.Command, ctx: click.Context) -> str:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    return rf"\fB{_text(ctx.command_path)}\fR {_text(pieces)}"


def _paragraphs(text: str) -> list[str]:
    r"""Paragraphs of help; one that begins with "\b" keeps its lines, as it does for Click."""
    lines: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if paragraph.lstrip().startswith("\b"):
            kept = [_text(line.strip()) for line in paragraph.replace("\b", "").splitlines()]
            lines += [".PP", ".nf", *filter(None, kept), ".fi"]
        else:
            lines += [".PP", _text(" ".join(paragraph.split()))]
    return [line for line in lines[1:] if line] if text.strip() else []


def _commands(command: click.Command, ctx: click.Context) -> list[str]:
    if not isinstance(command, click.Group):
        return []
    found = {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
    terms = {name: one.get_short_help_str(200) for name, one in found.items() if one is not None}
    return _section("COMMANDS", _terms(terms))


def _options(command: click.Command, ctx: click.Context) -> list[str]:
    """The options under the headings of `--help`."""
    lines: list[str] = []
    for heading, options in under_headings(command.get_params(ctx)):
        records = [option.get_help_record(ctx) for option in options]
        shown = [record for record in records if record is not None]
        if shown and not isinstance(command, click.Group):  # which has few
            lines += [f".SS {heading}"]
        for names, text in map(_with_short_heading, shown):
            lines += [".TP", " ".join(map(_word, names.split(" "))), _text(text)]
    return _section("OPTIONS", lines)


def _with_short_heading(record: tuple[str, str]) -> tuple[str, str]:
    """The heading of an option and its text, which has the values that the heading has no room for.

    No formatter folds a heading.
    """
    names, text = record
    found = _CHOICES.search(names)
    if found is None or len(names) <= _MOST_OF_HEADING:
        return record
    values = found[1].split("|")
    listed = f"{', '.join(values[:-1])} or {values[-1]}"
    return names.replace(found[0], "NAME"), f"{text} NAME is {listed}."


def _word(word: str) -> str:
    """A word of an option: its name in bold, what it takes in italics."""
    font = "B" if word.startswith("-") or word == "/" else "I"
    return rf"\f{font}{_text(word)}\fR"


def _environment(command: click.Command) -> dict[str, str]:
    variables = {
        variable_of(key): f"The same as --{key}, which replaces it." for key in options_of(command)
    }
    return variables or _of_program(command, ENVIRONMENT)


def _of_program(command: click.Command, terms: dict[str, str]) -> dict[str, str]:
    """What stands on the page of the program alone."""
    return terms if isinstance(command, click.Group) else {}


def _others(name: str, ctx: click.Context) -> str:
    names = ["smoothl1", *(f"smoothl1-{of}" for of in program.list_commands(ctx.find_root()))]
    return ",\n".join(rf"\fB{_text(other)}\fR(1)" for other in names if other != name)


def _terms(texts: dict[str, str]) -> list[str]:
    return [
        line
        for term, text in texts.items()
        for line in (".TP", rf"\fB{_text(term)}\fR", _text(text))
    ]


def _text(text: str) -> str:
    """Text that has no meaning to a formatter, in ASCII."""
    plain = (
        text.replace("\\", r"\e").replace("-", r"\-").replace("`", r"\(ga").replace("'", r"\(aq")
    )
    escaped = "".join(c if c.isascii() else rf"\[u{ord(c):04X}]" for c in plain)
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _date() -> str:
    """The day of the build, or the one that whoever builds asks for, so that pages are the same.

    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def write(folder: Path) -> list[Path]:
    """Write all pages into a folder, which is made if it is not there; all or none.

    Raises:
        StorageError: The system refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, str(folder)) from error
    found = {folder / name: text for name, text in pages().items()}
    with OutputFiles() as files:
        for path, text in found.items():
            with files.opened(str(path)) as file:
                file.write(text.encode("ascii"))
    return list(found)


def _main(args: Sequence[str]) -> int:
    """Write the pages for a command line; gives the exit code."""
    if len(args) != 1:
        sys.stderr.write("usage: python -m smoothl1.cli.man FOLDER\n")
        return USAGE
    try:
        write(Path(args[0]))
    except StorageError as error:
        sys.stderr.write(f"smoothl1: error: {printable(str(error))}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
