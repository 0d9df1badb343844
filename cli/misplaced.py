"""What is meant by a command line with too few files, or too many of them."""

from __future__ import annotations

import os
import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from smoothl1.cli import flag_values
from smoothl1.cli import meant as values

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF_COLUMNS = ("--pred", "--target", "--pred-a", "--pred-b")
"""Options that name columns, and may be taken for those of files."""

_MOST_NAMES = 3
"""Most superfluous arguments that an error names: an unquoted pattern may expand to thousands."""

_DIGITS = re.compile("[0-9]+")


def missing(error: click.MissingParameter, args: Sequence[str]) -> click.UsageError:
    """The error for an argument that is missing, perhaps because an option has the file.

    Args:
        error: The error of Click.
        args: The arguments of the command.
    """
    named = (value for option, value in pairwise(args) if option in _OF_COLUMNS)
    files = [value for value in named if os.path.exists(value)]
    if not files or error.ctx is None:
        said = f"{error.format_message()} {values.for_standard_input()}"
        return click.UsageError(said.rstrip(), error.ctx)
    meant = shlex.join([*error.ctx.command_path.split(), *files])
    message = f"{error.format_message().rstrip('.')}: {args[args.index(files[0]) - 1]} names a "
    return click.UsageError(f"{message}column; did you mean {meant}?", error.ctx)


def too_many(rest: Sequence[str], args: Sequence[str], ctx: click.Context) -> click.UsageError:
    """The error for arguments that a command does not take.

    Args:
        rest: The arguments that are too many.
        args: All arguments of the command.
        ctx: The context of the command, which has the values of the others.
    """
    names = ", ".join(map(shlex.quote, rest[:_MOST_NAMES])) + ", ..." * (len(rest) > _MOST_NAMES)
    message = f"unexpected extra argument{'s' * (len(rest) > 1)}: {names}"
    named = _columns_in_place_of_files(rest, ctx)
    use = flag_values.behind(args, [*rest, *_missing_inputs(ctx)], ctx.command)
    use = use or values.other_use(rest[0], args, values.repeatable_options(ctx.command))
    if use is not None:
        message += f"; {use}"
    elif named:
        message += f"; did you mean {named}?"
    elif "target" in ctx.params:
        sides = (str(ctx.params["pred"]), str(ctx.params["target"]), *rest)
        page = " -o FILE.html" if ctx.info_name == "report" else ""
        message += f"; several models are for smoothl1 compare PRED_A PRED_B TARGET{page}"
        shapes = [_DIGITS.sub("0", side) for side in sides]
        if len(sides) > _MOST_NAMES or len(set(shapes)) < len(shapes):
            message += ", and a pattern for several files must be quoted, such as 'preds-*.npy'"
    return click.UsageError(message, ctx)


def _missing_inputs(ctx: click.Context) -> list[str]:
    """The files that a command was given and that do not exist: one may be the value of a flag."""
    given = [ctx.params.get(name) for name in ("pred", "target")]
    return [path for path in given if isinstance(path, str) and not os.path.exists(path)]


def _columns_in_place_of_files(rest: Sequence[str], ctx: click.Context) -> str | None:
    """The command that takes what follows a file for the names of its columns.

    None unless there is one file, and two names that are no files.
    """
    pred, target = ctx.params.get("pred"), ctx.params.get("target")
    if len(rest) != 1 or not (isinstance(pred, str) and isinstance(target, str)):
        return None
    names = (target, rest[0])
    if not os.path.isfile(pred) or any(map(values.is_like_a_path, names)):
        return None
    words = (*ctx.command_path.split(), pred, "--pred", names[0], "--target", names[1])
    return shlex.join(words)
