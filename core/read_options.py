"""How inputs are read whose content does not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import NARROW, check_known
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

AUTO, WHITESPACE = "auto", "whitespace"
"""Delimiters that are no characters; the first stands for a decimal mark, too."""


class ReadOptions(NamedTuple):
    """How to read inputs whose content does not say it.

    Attributes:
        format: Name of the format to read as, instead of detecting it from the content.
        header: Whether a CSV's first row names the columns; unset, this is decided from its cells.
        delimiter: The separator of the cells of a CSV: one character; "whitespace" for runs of
            blanks and tabs; or "auto": these if they certainly separate numbers, else a comma.
        decimal: The decimal mark of the numbers of a CSV: a point or a comma; or "auto": a point,
            but none that may part thousands.
        encoding: The text encoding of a CSV, by a name that Python knows.
        comment: The character with which lines begin that do not belong to a CSV; or "".
        missing_values: Cells of a CSV that stand for a missing value, besides the usual ones, in
            columns that are read as numbers: their text, without blanks around it.
        skip_rows: Number of lines at the beginning of a CSV that do not belong to the table.
        flatten: Whether shapes may differ as long as both sides have the same number of elements,
            which are then paired in C order.
        allow_empty: Whether inputs without a single element are accepted.
        separate: Whether inputs whose names differ in a number alone are sides, not parts of one
            set.
        key_check: Whether columns that two inputs have in common, and numbers in the names of their
            files, are compared if rows are paired by position.
        allow_missing: Whether values may be missing (an empty cell, a null), which is not NaN.
        raw: The dtype, and perhaps the shape, of inputs that are headerless binary, such as
            "float32,-1,17"; unset, no input is.
        dtype: The format of items in `.npy` of which only the size is known: "bfloat16", or one of
            those of 8 bits, such as "float8_e4m3fn".
        given: Options that were typed, and the formats that each is for: if no input has one of
            these, a warning says that the option has no effect.
        checksums: Paths of files, and the SHA-256 of the bytes of each in hexadecimal digits. A
            file that has another one is refused.
        digests: Whether the result has the SHA-256 of the bytes of each file.
        origins: Names of these options that were configured, not typed, and what to say of each,
            such as "header = true in pyproject.toml".
    """

    format: str | None = None
    header: bool | None = None
    delimiter: str = "auto"
    decimal: str = "auto"
    encoding: str = "utf-8"
    comment: str = ""
    missing_values: tuple[str, ...] = ()
    skip_rows: int = 0
    flatten: bool = False
    allow_empty: bool = False
    separate: bool = False
    key_check: bool = True
    allow_missing: bool = False
    raw: str | None = None
    dtype: str | None = None
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()
    checksums: tuple[tuple[str, str], ...] = ()
    digests: bool = False
    origins: tuple[tuple[str, str], ...] = ()

    def reason(self, name: str, typed: str) -> str:
        """Why an option has its value: what was typed, or where it was configured.

        Args:
            name: The name of the option here.
            typed: The option as it is typed.
        """
        return dict(self.origins).get(name, typed)

    def without_effect(self, formats: Collection[str]) -> Iterator[str]:
        """A sentence about each option that was typed, and is for formats that no input has.

        Args:
            formats: The names of the formats of the inputs.
        """
        for option, of_option in self.given:
            if not {*formats} & {*of_option}:
                for_them = " and ".join(of_option)
                yield f"{option} has no effect: it is for {for_them}, and no input is one of these"


def check_read_options(options: ReadOptions) -> None:
    """Refuse values that no input can be read with, whatever its format is.

    Raises:
        SettingsError: There is such a value.
    """
    if options.delimiter not in (AUTO, WHITESPACE):
        _check_mark("delimiter", options.delimiter)
    if options.comment:
        _check_mark("mark of comments", options.comment)
    if options.comment and options.comment in "0123456789+-.":
        raise SettingsError(
            f"{options.comment!r} is no mark of comments: numbers begin with it, and their rows "
            "would be left out"
        )
    if options.decimal not in (AUTO, ".", ","):
        raise SettingsError("the decimal mark must be a point or a comma")
    if options.dtype is not None:
        check_known("dtype", options.dtype, NARROW)
    for text in options.missing_values:
        _check_missing_value(text)


def _check_mark(name: str, mark: str) -> None:
    if len(mark) != 1 or not mark.isascii() or mark in '"\r\n':
        raise SettingsError(
            f"the {name} must be one ASCII character, and no quote or line end",
            hint=r"'\t' is a tab, whitespace runs of blanks" if name == "delimiter" else None,
        )


def _check_missing_value(text: str) -> None:
    """Refuse what no cell can be: Python holds bytes that are no text as halves of pairs."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SettingsError(
            f"a text for missing values is not UTF-8: {text!r}",
            hint="write it in UTF-8, in which cells of any --encoding are compared",
        ) from error
