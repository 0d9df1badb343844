"""What is meant by a value after an option that takes none, such as the name of a file."""

from __future__ import annotations

import os
from itertools import pairwise, takewhile
from shlex import quote
from typing import TYPE_CHECKING

import click

from smoothl1.cli.configuration import ARGUMENTS
from smoothl1.cli.meant import MAY_BE_A_VALUE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_ON = ("true", "yes", "on", "1")
_OFF = ("false", "no", "off", "0")
_OF_SWITCHES = (*_ON, *_OFF, "none")
"""Words that other software takes after a switch. To pandas, `header=0` is a header."""

_OTHER_WAYS = {
    "--by-column": "--by {} names a column of groups",
    "--digest": "--checksum FILE=sha256:HEX holds a file against one",
    "--github": "--markdown {} writes a table into a file",
    "--json": "-o {} names the file",
    "--key-check": "--key {} names a column",
    "--no-key-check": "--key {} names a column",
    "--other-data": "--baseline {} names the earlier result",
    "--per-row": "-o {} names the file",
    "--separate": "--delimiter {} separates cells",
}
"""Options that take no value, and where a value goes that may be meant."""

_ENDS_OF_FILES = {
    "--github": (".md", ".txt"),
    "--json": (".json", ".json.gz", ".json.zst"),
    "--other-data": (".json",),
}
"""How the files end that are named after an option which takes no value."""


def behind(
    args: Sequence[str],
    words: Collection[str],
    command: click.Command,
    *,
    are_certain: bool = False,
) -> str | None:
    """What is said of a value behind an option that takes none; None if there is no such value.

    Args:
        args: The arguments of the command.
        words: Those that are files to the command, one of which may be a value.
        command: The command.
        are_certain: Whether only what is written like a value of that option counts as one, and not
            every word that names no file, where such a value has another option.
    """
    flags = flags_of(command.params)
    for name, word in pairwise(takewhile(lambda arg: arg != "--", args)):
        if name not in flags or word not in words:
            continue
        may_be = name in _OTHER_WAYS and not (are_certain or _may_be_input(word))
        if may_be or _is_written_like_one(name, word):
            return takes_none(flags[name], name, word)
    return None


def refuse_among(inputs: Sequence[str]) -> None:
    """Refuse a value behind an option that takes none, where inputs are too few even with it.

    Args:
        inputs: The inputs of the running command.

    Raises:
        UsageError: One of them is such a value, and no file.
    """
    ctx = click.get_current_context()
    words = [word for word in inputs if not os.path.exists(word)]
    if said := behind(ctx.meta[ARGUMENTS], words, ctx.command):
        raise click.UsageError(said, ctx)


def flags_of(params: Sequence[click.Parameter]) -> dict[str, click.Option]:
    """The options that take no value, by each of their names."""
    return {
        name: param
        for param in params
        if isinstance(param, click.Option) and param.is_flag
        for name in (*param.opts, *param.secondary_opts)
    }


def attached(
    error: click.BadOptionUsage, args: Sequence[str], ctx: click.Context
) -> click.BadOptionUsage:
    """The error for `--json=FILE`. Other errors about the use of an option are returned as given.

    Args:
        error: The error of Click.
        args: The arguments of the command.
        ctx: The context of the command.
    """
    name = error.option_name
    values = [arg.partition("=")[2] for arg in args if arg.startswith(f"{name}=")]
    flag = flags_of(ctx.command.get_params(ctx)).get(name)
    if flag is None or not values:
        return error
    return click.BadOptionUsage(name, takes_none(flag, name, values[0]), ctx)


def takes_none(flag: click.Option, name: str, value: str) -> str:
    """What is said of an option that takes no value.

    Args:
        flag: The option.
        name: The one of its names that was typed.
        value: The value that stands behind it.
    """
    opposites = flag.secondary_opts if name in flag.opts else flag.opts
    word = value.lower()
    said = f"{name} takes no value"
    if word in _ON:
        return f"{said}: it is on where it stands"
    if word in _OFF and not opposites:
        return f"{said}: leave it out"
    if opposites and (word in _OF_SWITCHES or name not in _OTHER_WAYS):
        return f"{said}; its opposite is {opposites[-1]}"
    way = _OTHER_WAYS.get(name) if value else None
    return said if way is None else f"{said}: {way.format(quote(value))}"


def _is_written_like_one(name: str, word: str) -> bool:
    """Whether a word is one that follows a switch, or ends like the files of that option."""
    return word.lower() in _OF_SWITCHES or word.lower().endswith(_ENDS_OF_FILES.get(name, ()))


def _may_be_input(word: str) -> bool:
    return MAY_BE_A_VALUE.fullmatch(word) is None or os.path.exists(word)
