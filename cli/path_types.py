"""Paths and URIs on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import os


class PathOrUri(click.Path):
    """A path, or the URI of an object in a store, without secrets from here on."""

    may_be_pattern = True

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        path = super().convert(value, param, ctx)
        if not (isinstance(path, str) and "://" in path):
            return path
        from smoothl1.files.uris import resolved  # late: most paths are no URIs

        return resolved(path, may_be_pattern=self.may_be_pattern)


class OneFile(PathOrUri):
    """The path of one file, such as an output: a star in it is a star."""

    may_be_pattern = False


class NamedFile(OneFile):
    """The path of a file; "-" is refused, since the standard streams have other uses."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        if value == "-":
            self.fail("a standard stream cannot be used here: name a file", param, ctx)
        return super().convert(value, param, ctx)


def unless_stdout(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The path of an output; None if it is "-", which means stdout."""
    return None if value == "-" else value
