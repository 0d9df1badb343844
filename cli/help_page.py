"""The page of `--help`: options under headings, in the order in which users need them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, cast

from smoothl1.cli.narrow_help import formatter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

HEADINGS = {
    "Inputs": (
        "--format-in",
        "--raw",
        "--dtype",
        "--flatten",
        "--allow-empty",
        "--separate",
        "--key-check",
        "--checksum",
        "--digest",
        "--expect",
        "--rows-before",
    ),
    "Columns": (
        *("--pred", "--pred-a", "--pred-b", "--target", "--key", "--unmatched", "--duplicates"),
        *("--weight", "--weights", "--weight-mean"),
        *("--by", "--groups", "--by-column", "--cluster", "--clusters"),
    ),
    "Loss": ("--beta", "--reduction", "--also", "--within", "--quantile"),
    "Missing values": ("--nan", "--ignore-target"),
    "Output": (
        *(
            "--output",
            "--format",
            "--columns",
            "--json",
            "--top",
            "--per-row",
            "--keep",
            "--precision",
        ),
    ),
    "Gates": (
        *("--fail-above", "--fail-if", "--margin", "--baseline", "--max-increase"),
        *("--on-missing-baseline", "--on-missing-group", "--other-data", "--confidence"),
    ),
    "CI reports": ("--github", "--junit", "--markdown"),
    "CSV": (
        *("--header", "--delimiter", "--decimal", "--encoding", "--comment", "--missing-value"),
        "--skip-rows",
    ),
    "Running": (
        *("--part", "--plan", "--threads", "--chunk-size", "--device", "--store-timeout"),
        *("--engine", "--workers", "--scheduler", "--engine-timeout"),
        *("--quiet", "--progress", "--show-config", "--help"),
    ),
}
"""The options of all commands under each heading."""


_N_EXAMPLES = 2
"""Examples of a command that are shown to who gives it nothing."""


_OF_DATA = frozenset(("Inputs", "Columns", "Missing values", "CSV", "Running"))
"""Headings of options that choose data and run, which mean the same in all commands."""


def write_options(
    params: list[click.Parameter],
    ctx: click.Context,
    formatter: click.HelpFormatter,
    explained_by: str | None = None,
) -> None:
    """Write the options of a command under their headings; those without a heading come last.

    Args:
        params: The parameters of the command.
        ctx: The context of its invocation.
        formatter: The formatter that collects the page.
        explained_by: The command whose help explains the options that choose data: where both have
            the same, their names alone are written.
    """
    explained = _records_of(explained_by, ctx) if explained_by else {}
    for heading, options in under_headings(params):
        records = [param.get_help_record(ctx) for param in options]
        lines = [record for record in records if record is not None]
        known = explained if heading in _OF_DATA else {}
        names = [known[record] for record in lines if record in known]
        if lines:
            with formatter.section(heading):
                if own := [record for record in lines if record not in known]:
                    formatter.write_dl(own)
                if names:
                    formatter.write_text(f"\b\n{_folded(', '.join(names), formatter)}")


def _folded(names: str, formatter: click.HelpFormatter) -> str:
    """A list of options, none of which is broken at its hyphens."""
    width = max(1, formatter.width - formatter.current_indent)
    return textwrap.fill(names, width, break_on_hyphens=False, break_long_words=False)


def _records_of(name: str, ctx: click.Context) -> dict[tuple[str, str], str]:
    """The long names of the options of a command, by what its page says of them."""
    from smoothl1.cli.main import main  # late: it imports the commands

    command = main.get_command(ctx, name)
    params = [] if command is None else command.params
    records = ((param.get_help_record(ctx), param) for param in params)
    return {record: param.opts[-1] for record, param in records if record is not None}


def short_page(ctx: click.Context) -> str:
    """What a command says that is given nothing: how it is called, with two examples.

    A group of commands has no examples of its own and shows its page, which is short.

    Args:
        ctx: The context of the invocation.
    """
    lines = (ctx.command.epilog or "").splitlines()
    examples = [line for line in lines if line.strip().startswith(f"{ctx.command_path} ")]
    if len(examples) < _N_EXAMPLES:
        return ctx.get_help()
    more = f"{ctx.command_path} --help says more."
    formatter = formatter_of(ctx)
    ctx.command.format_usage(ctx, formatter)
    formatter.write("\n")
    formatter.write_text("\n".join(["\b", *examples[:_N_EXAMPLES]]))
    formatter.write("\n")
    formatter.write_text(more)
    return formatter.getvalue().rstrip("\n")


def under_headings(params: list[click.Parameter]) -> Iterator[tuple[str, list[click.Option]]]:
    """The options among some parameters, under their headings."""
    options = [param for param in params if param.param_type_name == "option"]
    rest = {name: cast("click.Option", option) for option in options for name in option.opts}
    for heading, names in (*HEADINGS.items(), ("Options", tuple(rest))):
        found = [rest[name] for name in names if name in rest]
        for param in found:
            for name in param.opts:
                rest.pop(name, None)
        yield heading, list(dict.fromkeys(found))
