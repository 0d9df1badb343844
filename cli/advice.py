"""What is meant by names of commands and options that do not exist."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

import click

from smoothl1.cli import meant as values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_OTHER_COMMANDS = {
    "eval": ("score", "loss", "metric", "metrics", "measure", "test", "run", "mean", "calc"),
    "compare": ("cmp", "comparison", "diff", "vs", "versus", "rank", "ranking", "significance"),
    "merge": ("join", "combine", "concat", "aggregate", "sum", "gather", "collect"),
    "report": ("plot", "show", "view", "html", "figure", "figures", "histogram", "dashboard"),
    "inspect": ("info", "describe", "schema", "head", "cat", "ls", "peek", "columns", "check"),
    "completion": ("complete", "completions", "autocomplete"),
    "help": ("man", "manual", "usage"),
    "--version": ("version",),
}
"""Commands, and the names that other software has for them."""

_OTHER_OPTIONS = {
    "--also": ("--metric", "--metrics", "--loss"),
    "--by": (
        *("--group", "--group-by", "--groupby", "--per", "--per-group", "--stratify"),
        *("--per-class", "--class", "--category"),
    ),
    "--by-column": ("--per-channel", "--per-dimension"),
    "--chunk-size": ("--batch-size", "--chunksize", "--block-size", "--batch", "--chunk"),
    "--delimiter": ("--sep", "--separator", "--delim"),
    "--device cuda": ("--gpu", "--cuda"),
    "--confidence": ("--ci", "--level", "--confidence-level"),
    "--fail-above": (
        *("--threshold", "--max-loss", "--fail-over", "--fail-on", "--limit", "--max"),
    ),
    **{f"-f {name}": (f"--{name}",) for name in ("csv", "tsv", "latex", "parquet", "table")},
    "--fail-if": ("--fail-on", "--fail-when"),
    "--format": ("--fmt", "--output-format", "--type"),
    "--ignore-target": ("--ignore-index", "--ignore-value"),
    "--json": ("--verbose", "--full", "--all"),
    "--key": ("--on", "--id", "--ids", "--index", "--join", "--join-on", "--id-column"),
    "--missing-value": ("--na-values", "--null-value", "--null-values"),
    "--nan": ("--nan-policy",),
    "--nan omit": ("--ignore-nan", "--skip-nan", "--skipna", "--dropna"),
    "--output FILE.html": ("--html", "--html-report", "--report", "--page"),
    "--output": ("--out", "--outfile", "--output-file", "--save", "--file"),
    "--precision": (
        *("--digits", "--decimals", "--decimal-places", "--ndigits", "--round", "--sigfigs"),
        "--significant-digits",
    ),
    "--pred": (
        *("--prediction", "--predictions", "--preds", "--y-pred", "--yhat", "--y-hat", "--model"),
        "--models",
    ),
    "--per-row": ("--per-image", "--per-sample", "--per-example"),
    "--quantile": ("--percentile", "--percentiles"),
    "--quantile 0.5": ("--median",),
    "--quiet": ("--silent",),
    "--reduction": ("--reduce", "--aggregate", "--agg"),
    "--reduction mean": ("--mean", "--average"),
    "--reduction none": ("--none", "--elementwise", "--per-element"),
    "--reduction sum": ("--sum", "--total"),
    "--target": ("--y-true", "--truth", "--label", "--labels", "--y"),
    "--threads": ("--jobs", "--n-jobs", "--workers", "--num-workers", "--cores", "--parallel"),
    "--top": ("--worst", "--worst-rows", "--largest", "--outliers"),
    "--weight": ("--sample-weight", "--weights-column", "--weight-column", "--weights-col"),
    "--unmatched omit": ("--how", "--inner", "--inner-join", "--intersect", "--intersection"),
    "--within": ("--tolerance", "--tol", "--atol"),
    **{f"--also {name}": (f"--{name}",) for name in ("mae", "mse", "rmse", "bias", "huber")},
    "smoothl1 report": (
        *("--histogram", "--hist", "--plot", "--plots", "--figure", "--figures", "--chart"),
    ),
    "smoothl1 --traceback": ("--debug", "--traceback"),
    "smoothl1 --version": ("--version",),
}
"""Options, some with a value, and the names that other software has for them."""

_LETTERS = {
    "-c": "--chunk-size",
    "-j": "--threads",
    "-n": "--top",
    "-p": "--pred",
    "-t": "--target",
    "-v": "--json",
    "-w": "--weight",
}
"""Options, by the letters that other software has for them."""


_OF_NO_OPTION = (
    *("--best", "--compression", "--date", "--lang", "--left", "--min-value", "--outer"),
    *("--paired", "--port", "--pr-comment", "--ray", "--region", "--right", "--row", "--spark"),
    *("--tmp", "--unit", "--units"),
)
"""Words that are no typing errors of the options to which they are alike: they have a meaning of
their own, for which there is no option."""


class _Meant(NamedTuple):
    """What a name that does not exist may mean.

    Attributes:
        names: The names that may be meant.
        command: Another command that has the first of them; None if the command itself has it.
    """

    names: Sequence[str]
    command: str | None = None


def no_such_option(name: str, ctx: click.Context) -> click.NoSuchOption:
    """The error for an option that a command lacks, with the option that is meant.

    Hidden options are not meant: they exist only to be refused.

    Args:
        name: The option as it was typed.
        ctx: The context of the command.
    """
    meant = _meant_option(name, ctx)
    message = f"no such option: {name}"
    if limit := values.limit_of_losses(name, _shown_options(ctx.command, ctx)):
        message += f"; a loss is better if it is smaller, and {limit} refuses larger ones"
    elif meant is not None and meant.command is not None:
        message += f"; {values.elsewhere(meant.names[0], meant.command, ctx.info_name)}"
    elif meant is not None:
        message += f"; did you mean {' or '.join(meant.names)}?"
    return click.NoSuchOption(name, message, ctx=ctx)


def refuse_one_dash(ctx: click.Context, params: Iterable[click.Parameter], args: list[str]) -> None:
    """Refuse a long option after one dash, and "=" after a letter: letters are read otherwise.

    Args:
        ctx: The context of the command.
        params: The parameters of the command.
        args: The arguments of the command.

    Raises:
        NoSuchOption: An argument is `-beta`, say; the error says `--beta`.
        UsageError: An argument is `-o=FILE`, which would be a file `=FILE`, or `-q=1`.
    """
    options = [param for param in params if isinstance(param, click.Option)]
    names = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    takers = {name for option in options if not option.is_flag for name in option.opts}
    is_value = False
    for arg in args:
        if arg == "--":
            return
        name = f"-{arg.partition('=')[0]}"
        is_long = name.startswith("--") and not name.startswith("---") and len(name) > 3
        if is_long and not is_value and (name in names or _of_other_software(name) is not None):
            meant = _meant_option(name, ctx) if name not in names else None
            what = name if meant is None else " or ".join(meant.names)
            message = f"no such option: {name[1:]}; did you mean {what}, with two dashes?"
            raise click.NoSuchOption(name[1:], message, ctx=ctx)
        if not is_value and arg[:2] in names and arg[2:3] == "=":
            raise _value_after_a_letter(arg, ctx, options)
        is_value = not is_value and arg in takers


def _value_after_a_letter(
    arg: str, ctx: click.Context, options: Sequence[click.Option]
) -> click.UsageError:
    """The error for `-o=FILE`, and for `-q=1`."""
    from smoothl1.cli.flag_values import flags_of, takes_none  # late: only for a mistake

    name, value = arg[:2], arg[3:]
    if (flag := flags_of(options).get(name)) is not None:
        return click.BadOptionUsage(name, takes_none(flag, name, value), ctx)
    apart = shlex.join([name, value])
    return click.UsageError(f"{arg}: the value would begin with =; did you mean {apart}?", ctx)


def no_such_command(name: str, names: Sequence[str], ctx: click.Context) -> click.UsageError:
    """The error for what is no command, with what is meant: a command, or eval of a file.

    Args:
        name: What was typed.
        names: The commands.
        ctx: The context of the program.
    """
    meant = _meant_command(name, names)
    advice = f"there are {', '.join(names)}"
    if meant is not None:
        advice = f"did you mean {ctx.command_path if meant in names else 'smoothl1'} {meant}?"
    return click.UsageError(f"no such command: {name!r}; {advice}", ctx)


def _meant_command(name: str, names: Sequence[str]) -> str | None:
    """The command that is meant, as it is typed; None if nothing is alike."""
    if os.path.exists(name) or {*"./\\*?["} & {*name} or name == "-":
        return f"eval {shlex.quote(name)}"
    word = name.lower()
    for ours, others in _OTHER_COMMANDS.items():
        if word in others:
            return ours
    begun = [ours for ours in names if len(word) > 1 and (ours.startswith(word))]
    begun += [ours for ours in names if word.startswith(ours)]
    every = [*names, *(other for some in _OTHER_COMMANDS.values() for other in some)]
    alike = begun or values.alike(word, every)
    found = alike[0] if alike else None
    return next((ours for ours, some in _OTHER_COMMANDS.items() if found in some), found)


def _meant_option(name: str, ctx: click.Context) -> _Meant | None:
    """The options that are meant: of the command, or else of another one."""
    shown = _shown_options(ctx.command, ctx)
    word = name if len(name) == 2 else name.lower().replace("_", "-")
    other = _of_other_software(word, shown)
    for name_of in (word, word.swapcase(), other):
        if name_of == ctx.command_path:
            return None
        if name_of is not None and (name_of in shown or name_of.split()[0] in {"smoothl1", *shown}):
            return _Meant([name_of])
    begun = [ours for ours in shown if len(word) > 4 and ours.startswith(word)]
    is_alike = len(word) > 2 and word not in _OF_NO_OPTION
    own = begun or values.alike(word, shown) if is_alike else []
    wanted = (other or word).split()[0]
    for command, options in _options_of_others(ctx).items():
        if wanted in options:
            return _Meant([other or word], command)
    return _Meant(own[:2]) if own else None


def _of_other_software(name: str, shown: Sequence[str] = ()) -> str | None:
    """Our name for an option of other software, perhaps with a value: one that is shown, if any."""
    found = [ours for ours, others in _OTHER_OPTIONS.items() if name in others]
    found.sort(key=lambda ours: ours.split()[0] not in shown)
    return _LETTERS.get(name) or next(iter(found), None)


def _shown_options(command: click.Command, ctx: click.Context) -> list[str]:
    """The names of the options that the help of a command shows."""
    return [
        name
        for param in command.get_params(ctx)
        if isinstance(param, click.Option) and not param.hidden
        for name in (*param.opts, *param.secondary_opts)
    ]


def _options_of_others(ctx: click.Context) -> Mapping[str, Sequence[str]]:
    """The options of the other commands of the program, by their names."""
    group = ctx.parent.command if ctx.parent is not None else ctx.command
    if not isinstance(group, click.Group):
        return {}
    commands = {name: group.get_command(ctx, name) for name in group.list_commands(ctx)}
    return {
        name: _shown_options(command, ctx)
        for name, command in commands.items()
        if command is not None and command is not ctx.command
    }
