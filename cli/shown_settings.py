"""Settings as TOML, with the place that each comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SOURCE = click.core.ParameterSource


def lines_of(
    ctx: click.Context,
    options: Mapping[str, click.Option],
    args: Sequence[str],
    origins: Mapping[str, str],
) -> Iterator[str]:
    """The settings in force, so that they may be pasted; those that are not set as comments.

    Args:
        ctx: The context of the command, which is not parsed yet.
        options: The options that may be configured, by their keys.
        args: The arguments of the command.
        origins: Where each value comes from that was not typed, by parameter.
    """
    typed = ctx.command.make_parser(ctx).parse_args(list(args))[0]
    for key, option in options.items():
        value, source = option.consume_value(ctx, typed)
        ctx.set_parameter_source(str(option.name), source)
        if source is _SOURCE.DEFAULT:
            value, origin = _default_of(option), "default"
        else:
            value, origin = option.type_cast_value(ctx, value), "command line"
            if source is _SOURCE.DEFAULT_MAP:
                origin = origins[str(option.name)]
        yield f"# {key} is not set" if value is None else f"{key} = {as_toml(value)}  # {origin}"


def _default_of(option: click.Option) -> object:
    """The default of an option; None if it has none, for which Click has a value of its own."""
    is_value = isinstance(option.default, (bool, int, float, str, tuple))
    return option.default if is_value else None


def as_toml(value: object) -> str:
    """The value of an option as TOML."""
    if isinstance(value, tuple):
        return as_toml(value[0]) if len(value) == 1 else f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool)) else repr(value)
