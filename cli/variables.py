"""Environment variables that are called like settings or options, and are no settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PREFIX = "SMOOTHL1_"


def variable_of(key: str) -> str:
    """The environment variable of a setting; the same for every command."""
    return f"{_PREFIX}{key.upper().replace('-', '_')}"


def check_variables(ctx: click.Context, args: Sequence[str], keys: Iterable[str]) -> None:
    """Check that no variable is called like a setting or an option, and is no setting.

    Upper and lower case are one here, as a name in lower case may be meant for a setting, too.
    A variable of any other name may belong to somebody's scripts. So may that of an option which
    the command line gives, and that of `--version`, which computes nothing.

    Args:
        ctx: The context of the command, which is not parsed yet.
        args: Its arguments.
        keys: The keys of all settings.

    Raises:
        SettingsError: A variable is called like an option of the command that is not typed, or
            nearly like a setting.
    """
    known = {variable_of(key) for key in keys}
    ours = [name for name in os.environ if name.upper().startswith(_PREFIX)]
    others = [name for name in ours if name not in known]
    if not others:
        return
    options = _options_by_variable(ctx.command)
    for variable in others:
        called = variable.upper()
        if called not in options or called in known:
            _refuse_misspelt(variable, known)
        elif os.environ[variable] and not _is_typed(ctx, args, options[called][0]):
            hint = f"type {options[called][1]} with the command, or unset the variable"
            raise SettingsError(f"the variable {variable} is no setting", hint=hint)


def _options_by_variable(command: click.Command) -> dict[str, tuple[click.Option, str]]:
    """The options of a command with a name of theirs, by the variable that is called so."""
    shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {
        variable_of(name[2:]): (option, name)
        for option in shown
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("--") and not option.is_eager
    }


def _is_typed(ctx: click.Context, args: Sequence[str], option: click.Option) -> bool:
    """Whether the arguments give an option; or are wrong, which is told when they are parsed."""
    try:
        return option.name in ctx.command.make_parser(ctx).parse_args(list(args))[0]
    except click.UsageError:
        return True


def _refuse_misspelt(variable: str, known: Iterable[str]) -> None:
    """Refuse a variable whose name is nearly that of a setting."""
    from difflib import get_close_matches  # late: hardly ever needed

    close = get_close_matches(variable.upper(), known, 1, 0.85)
    if close and os.environ[variable]:
        raise SettingsError(
            f"the variable {variable} is no setting", hint=f"did you mean {close[0]}?"
        )
