"""The options that say how inputs are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from smoothl1.checks import NARROW
from smoothl1.cli.arguments import applied, collected, unused
from smoothl1.cli.choices import OneOf
from smoothl1.cli.origins import reasons_of
from smoothl1.cli.parsing import Number, WholeNumber, seconds
from smoothl1.read_options import ReadOptions
from smoothl1.sources import detection

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    class _Given(TypedDict, total=False):
        """Options of reading that are taken as they are."""

        header: bool | None
        decimal: str
        encoding: str
        missing_values: tuple[str, ...]
        skip_rows: int
        raw: str | None
        dtype: str | None
        flatten: bool
        allow_empty: bool
        separate: bool
        key_check: bool
        checksums: tuple[tuple[str, str], ...]
        digests: bool


_COMMAND_LINE = click.core.ParameterSource.COMMANDLINE
_FOR = {
    **dict.fromkeys(("header", "delimiter", "skip_rows"), ("csv",)),
    **dict.fromkeys(("decimal", "encoding", "comment", "missing_values"), ("csv", "jsonl")),
    "dtype": ("npy", "npz"),
}
"""The formats that options are for, by the names of their parameters."""

_WITH_REASONS = (
    *("header", "comment", "skip_rows", "delimiter", "decimal", "encoding", "missing_values"),
)
"""Options of which decisions say whether they were typed or configured."""

_header = click.option(
    "--header/--no-header",
    default=None,
    help="Whether the first row of CSV input is a header (default: a row of text is, a row of "
    "numbers is not, and one that may be either is refused).",
)
_delimiter = click.option(
    "--delimiter",
    default="auto",
    show_default=True,
    metavar="CHAR",
    help=r"Cell separator of all CSV inputs: a character (\t is a tab), or whitespace for runs of "
    "blanks and tabs. auto is whitespace where only it can separate numbers, else a comma.",
)
_decimal = click.option(
    "--decimal",
    default="auto",
    show_default=True,
    metavar="CHAR",
    help="Decimal mark of all CSV inputs: a point or a comma. auto is a point, but none that may "
    "part thousands.",
)
_encoding = click.option(
    "--encoding",
    default="utf-8",
    show_default=True,
    metavar="NAME",
    help="Text encoding of CSV input.",
)
_comment = click.option(
    "--comment",
    metavar="CHAR",
    help="Leave out the lines of all CSV inputs that begin with this character.",
)
_missing_values = click.option(
    "--missing-value",
    "missing_values",
    multiple=True,
    metavar="TEXT",
    help="Cell that stands for a missing value in columns of numbers of all inputs in CSV or "
    "JSON Lines, besides empty cells, NA, N/A, null and NULL; -999 is -999.0, too. Repeatable.",
)
_skip_rows = click.option(
    "--skip-rows",
    type=WholeNumber(0, 100_000),
    default=0,
    metavar="N",
    help="Lines to skip before the header or first row of all CSV inputs.",
)
_format_in = click.option(
    "--format-in",
    type=OneOf(detection.formats()),
    help="Format of the inputs (default: detected from their content).",
)
_raw = click.option(
    "--raw",
    metavar="DTYPE[,SHAPE]",
    callback=lambda _ctx, _param, value: _checked_raw(value),
    help="Read inputs that have no known format as headerless binary: float32, '>f4', "
    "float32,-1,17.",
)
_dtype = click.option(
    "--dtype",
    type=OneOf(NARROW),
    help="What items of 1 or 2 bytes in .npy and .npz are, if the file does not say it.",
)
_flatten = click.option(
    "--flatten", is_flag=True, help="Pair inputs of different shapes element by element."
)
_allow_empty = click.option(
    "--allow-empty", is_flag=True, help="Accept inputs without rows: their sum is 0, the mean nan."
)
_separate = click.option(
    "--separate",
    is_flag=True,
    help="Inputs whose names differ in a number alone are sides, not parts of one set.",
)
_key_check = click.option(
    "--key-check/--no-key-check",
    default=True,
    help="Whether columns that inputs have in common, and numbers in the names of their files, "
    "must agree where rows are paired by position.  [default: key-check]",
)
_checksums = click.option(
    "--checksum",
    "checksums",
    multiple=True,
    metavar="FILE=sha256:HEX",
    callback=lambda _ctx, _param, values: tuple(map(_checksum, values)),
    help="Refuse FILE, an input or one of the files in a folder, if its bytes have another SHA-256 "
    "than sha256sum printed. Repeatable.",
)
_store_timeout = click.option(
    "--store-timeout",
    type=Number(),
    metavar="SECONDS",
    callback=seconds,
    help="Time that each request to a store such as s3:// may take, retries included (default: "
    "60).",
)


_digests = click.option(
    "--digest",
    "digests",
    is_flag=True,
    help="Put the SHA-256 of each file that is read into the JSON, as sha256sum prints it.",
)
NOT_SEEN = "digests stand in JSON alone: --json shows them"
"""The warning where digests are wanted, and there is no JSON."""


def _checksum(text: str) -> tuple[str, str]:
    """A path, and the SHA-256 of its bytes."""
    path, _, digits = text.rpartition("=sha256:")
    if not path or re.fullmatch("[0-9a-fA-F]{64}", digits) is None:
        what = f"{text!r} is not FILE=sha256:HEX with 64 hexadecimal digits, as sha256sum prints"
        raise click.BadParameter(what)
    return path, digits


def _checked_raw(text: str | None) -> str | None:
    """The text, if it is a dtype and a shape."""
    if text is not None:
        from smoothl1.sources.npy.raw_layout import parsed  # late: most runs have none

        parsed(text)
    return text


def read_options(given: dict[str, Any]) -> ReadOptions:
    """The options of a command line that is not complete, as far as they tell how to read a file.

    Args:
        given: The parameters of the command, of which some may be missing or None.
    """
    of_text = ("header", "delimiter", "decimal", "encoding", "comment", "skip_rows")
    names = (*of_text, "format_in", "raw", "dtype")
    found = {name: given[name] for name in names if given.get(name) is not None}
    return _read_options(
        delimiter=found.pop("delimiter", "auto"), format_in=found.pop("format_in", None), **found
    )


def _read_options(
    delimiter: str, format_in: str | None, comment: str | None = None, **given: Unpack[_Given]
) -> ReadOptions:
    """The options; whoever asks for NaN to propagate accepts missing values, too."""
    context = click.get_current_context()
    nan = context.params.get("nan")
    typed = (name for name in _FOR if context.get_parameter_source(name) is _COMMAND_LINE)
    return ReadOptions(
        format=format_in,
        delimiter=delimiter.replace("\\t", "\t"),
        comment=comment or "",
        allow_missing=nan == "propagate",
        given=tuple((_option_of(context, name), _FOR[name]) for name in typed),
        origins=tuple(reasons_of(context, _WITH_REASONS)),
        **given,
    )


def _option_of(context: click.Context, name: str) -> str:
    """An option as it is typed."""
    param = next(param for param in context.command.params if param.name == name)
    is_off = context.params.get(name) is False
    return param.secondary_opts[0] if is_off else param.opts[0]


def _limit_requests(timeout_s: float | None) -> None:
    """Let each request to a store take so long."""
    if timeout_s is not None:
        from smoothl1.files.stores import requests  # late: most runs make none

        requests.limit_requests(timeout_s)


store_timeout = applied(_limit_requests, _store_timeout)
"""How long inputs and outputs in stores may take."""

_options = (
    *(_header, _delimiter, _decimal, _encoding, _comment, _missing_values, _skip_rows),
    *(_format_in, _raw, _dtype),
    *(_flatten, _allow_empty, _separate, _key_check, _checksums),
)

options = collected("reading", _read_options, *_options)
"""All options of reading as one value."""

options_of_result = collected("reading", _read_options, *_options, _digests)
digests_without_effect = unused(_digests)
"""The same, and what the JSON of a result says of its files."""
