"""Where the values of options come from that were configured, not typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.cli.configuration import ORIGINS, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def reasons_of(ctx: click.Context, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What to say of the parameters that were configured and not typed, with the name of each.

    Args:
        ctx: The context of the command, whose parameters are parsed.
        names: The names of the parameters that are asked for.
    """
    origins = ctx.meta.get(ORIGINS, {})
    for key, option in options_of(ctx.command).items() if origins else ():
        name = str(option.name)
        is_default = ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT_MAP
        if name in names and name in origins and is_default:
            from smoothl1.cli.shown_settings import as_toml  # late: few values are configured

            yield name, f"{key} = {as_toml(ctx.params[name])} in {origins[name]}"
