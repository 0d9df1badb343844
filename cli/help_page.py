"""The page of `--help`: options under headings, in the order in which users need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

HEADINGS = {
    "Inputs": (
        "--format-in",
        "--raw",
        "--flatten",
        "--allow-empty",
        "--separate",
        "--key-check",
        "--expect",
        "--rows-before",
    ),
    "Columns": (
        *("--pred", "--pred-a", "--pred-b", "--target", "--key", "--weight", "--weights"),
        *("--by", "--groups", "--by-column", "--cluster", "--clusters"),
    ),
    "Loss": ("--beta", "--reduction", "--also", "--within", "--quantile"),
    "Missing values": ("--nan",),
    "Output": (*("--output", "--format", "--json", "--top", "--per-row", "--keep", "--precision"),),
    "Gates": (
        *("--fail-above", "--fail-if", "--margin", "--baseline", "--max-increase"),
        *("--on-missing-baseline", "--other-data", "--confidence"),
    ),
    "CI reports": ("--github", "--junit", "--markdown"),
    "CSV": ("--header", "--delimiter", "--decimal", "--encoding", "--missing-value", "--skip-rows"),
    "Running": (
        *("--part", "--plan", "--threads", "--chunk-size", "--device", "--store-timeout"),
        *("--engine", "--workers", "--scheduler", "--engine-timeout"),
        *("--quiet", "--progress", "--show-config", "--help"),
    ),
}
"""The options of all commands under each heading."""


def write_options(
    params: list[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write the options of a command under their headings; those without a heading come last.

    Args:
        params: The parameters of the command.
        ctx: The context of its invocation.
        formatter: The formatter that collects the page.
    """
    for heading, options in under_headings(params):
        records = [param.get_help_record(ctx) for param in options]
        lines = [record for record in records if record is not None]
        if lines:
            with formatter.section(heading):
                formatter.write_dl(lines)


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
