"""The options that say how inputs are read."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli.parsing import WholeNumber
from smoothl1.sources import formats as sources
from smoothl1.sources.contract import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Callable

header = click.option(
    "--header/--no-header",
    default=None,
    help="Whether the first row of CSV input is a header (default: a row of text is, a row of "
    "numbers is not, and one that may be either is refused).",
)
delimiter = click.option(
    "--delimiter",
    default=",",
    show_default=True,
    metavar="CHAR",
    help=r"Cell separator of CSV input; \t is a tab.",
)
decimal = click.option(
    "--decimal",
    default=".",
    show_default=True,
    metavar="CHAR",
    help="Decimal mark of CSV input: a point or a comma.",
)
encoding = click.option(
    "--encoding",
    default="utf-8",
    show_default=True,
    metavar="NAME",
    help="Text encoding of CSV input.",
)
skip_rows = click.option(
    "--skip-rows",
    type=WholeNumber(0, 100_000),
    default=0,
    metavar="N",
    help="Lines to skip before the header or first row of CSV input.",
)
format_in = click.option(
    "--format-in",
    type=click.Choice(sources.formats()),
    help="Format of the inputs (default: detected from their content).",
)
flatten = click.option(
    "--flatten", is_flag=True, help="Pair inputs of different shapes element by element."
)
allow_empty = click.option(
    "--allow-empty", is_flag=True, help="Accept inputs without rows: their sum is 0, the mean nan."
)
separate = click.option(
    "--separate",
    is_flag=True,
    help="Inputs whose names differ in a number alone are sides, not parts of one set.",
)
key_check = click.option(
    "--key-check/--no-key-check",
    default=True,
    help="Whether columns that inputs have in common, and numbers in the names of their files, "
    "must agree where rows are paired by position.  [default: key-check]",
)
_READING = (
    header,
    delimiter,
    decimal,
    encoding,
    skip_rows,
    format_in,
    flatten,
    allow_empty,
    separate,
    key_check,
)


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how inputs are read."""
    return reduce(lambda decorated, option: option(decorated), reversed(_READING), function)


def read_options(given: dict[str, Any]) -> ReadOptions:
    """What the options of `reading` and `nan` say."""
    return ReadOptions(
        format=given["format_in"],
        header=given["header"],
        delimiter=given["delimiter"].replace("\\t", "\t"),
        decimal=given["decimal"],
        encoding=given["encoding"],
        skip_rows=given["skip_rows"],
        flatten=given["flatten"],
        allow_empty=given["allow_empty"],
        separate=given["separate"],
        key_check=given["key_check"],
        allow_missing=given["nan"] == "propagate",
    )
