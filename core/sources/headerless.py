"""Files that are no headerless binary, though `--raw` says so.

Only what is certain is refused: an array may begin with any bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from smoothl1.errors import DataError
from smoothl1.sources.foreign import certain_kind, is_binary, refusal
from smoothl1.sources.foreign_records import kind_of_records

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.sources.npy.raw_layout import RawLayout
    from smoothl1.sources.record_marks import Order

_OPTION = "--format-in raw reads all inputs as headerless"


def check_headerless(file: Input, layout: RawLayout) -> None:
    """Refuse what is certainly no headerless binary.

    Args:
        file: The file; of a stream, the beginning is looked at.
        layout: What `--raw` says.

    Raises:
        DataError: It has a header, or marks around records, or is text.
    """
    kind = kind_of_records(file, layout.code, float_order(layout)) or certain_kind(file.head)
    if kind is not None:
        error = refusal(kind, file.path)
        error.hint = f"{error.hint}; {_OPTION}" if error.hint else _OPTION
        raise error
    if b"\n" in file.head and file.head.isascii() and not is_binary(file.head):
        hint = "leave out --raw, or read all inputs so: --format-in raw"
        raise DataError("not headerless binary: it looks like text", hint=hint)


def float_order(layout: RawLayout) -> Order | None:
    """The byte order of the numbers, if they are floats of 4 or 8 bytes; None if not."""
    if layout.code[1:] not in ("f4", "f8"):
        return None
    return cast("Order", "big" if layout.code[0] == ">" else "little")
