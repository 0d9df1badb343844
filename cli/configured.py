"""Refusals of values that were configured, not typed: they name the file or the variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from smoothl1.cli.configuration import ORIGINS, is_typed, options_of
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def built_of_settings(build: Callable[..., T], given: dict[str, Any]) -> T:
    """What options make together. A refusal names where a value comes from that was not typed.

    Args:
        build: Makes and checks it.
        given: The values of the options, by their names.

    Raises:
        SettingsError: It is refused. A configured value is named if it goes without this value.
    """
    try:
        return build(**given)
    except SettingsError as error:
        raise _with_origin(error, build, given) from error


def _with_origin(
    error: SettingsError, build: Callable[..., object], given: dict[str, Any]
) -> SettingsError:
    """The error with the key and the place of the configured value that is to blame, if any is."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or error.path is not None:
        return error
    for key, option in options_of(ctx.command).items():
        name, origin = str(option.name), ctx.meta[ORIGINS].get(option.name)
        if name not in given or origin is None or is_typed(name):
            continue
        try:
            build(**given | {name: option.process_value(ctx, option.default)})
        except SettingsError:
            continue  # it is refused without this value, too
        said = error.what if error.what.startswith(key) else f"{key}: {error.what}"
        return SettingsError(said, path=origin, hint=error.hint)
    return error
