"""Arrays that hold no numbers: what they hold, and what to save in place of them."""

from __future__ import annotations

from smoothl1.errors import DtypeError, excerpt

_KINDS = {
    "O": "Python objects, which are never loaded",
    "c": "complex numbers",
    "S": "byte strings",
    "a": "byte strings",
    "U": "text",
    "V": "raw or structured data",
    "M": "dates",
    "m": "time spans",
    "f": "floats of an unsupported width",
}
"""What elements are, by the letter of their dtype."""

OF_OBJECTS = (
    "if you trust it, load it with allow_pickle=True, and save numpy.array(array.tolist()); of a "
    "dictionary, numpy.savez(file, **array.item())"
)
"""What to do about objects that a pickle holds."""

_REMEDIES = {
    "c": "save the part that is meant: array.real, array.imag or abs(array)",
    "S": "if it is text of numbers, save array.astype(float)",
    "a": "if it is text of numbers, save array.astype(float)",
    "U": "if it is text of numbers, save array.astype(float)",
    "m": "save it in a unit: array / numpy.timedelta64(1, 's')",
    "f": "save array.astype(float), which rounds",
}
_OF_FIELDS = (
    "save its fields apart: numpy.savez(file, **{name: array[name] for name in array.dtype.names})"
)


MOST_CHARACTERS = 9999
"""Most characters, or bytes, of each text of an array whose texts have one width. A row of more may
take any memory, however small a compressed array is."""


class WideTextError(DtypeError):
    """The texts of an array have one width, which is larger than what is read."""

    def __init__(self, descr: str, n_characters: int) -> None:
        unit = "bytes" if _letter(descr) == "S" else "characters"
        super().__init__(
            f"dtype {excerpt(descr)} has {n_characters:,} {unit} for each text, and at most "
            f"{MOST_CHARACTERS:,} are read",
            hint="if its texts are shorter, save numpy.array(array.tolist()), as wide as they are",
        )


def kind_of(descr: str) -> str:
    """What elements of a dtype are that is none of numbers, text or dates."""
    return _KINDS.get(_letter(descr), "unknown")


def no_numbers(
    descr: object, found: str | None = None, remedy: str | None = None, *, has_fields: bool = False
) -> DtypeError:
    """The error about an array that holds no numbers.

    Args:
        descr: Its dtype as the header has it.
        found: What it holds; unset, this follows from the dtype.
        remedy: What to save in its place; unset, this follows from the dtype, too.
        has_fields: Whether its elements have fields, if the dtype does not show them.
    """
    is_of_fields = has_fields or isinstance(descr, list)
    hint = _OF_FIELDS if is_of_fields else _REMEDIES.get(_letter(str(descr)))
    return DtypeError(
        f"dtype {excerpt(descr)} holds {found or kind_of(str(descr))}; accepted are bool, int8 to "
        "int64, uint8 to uint64 and float16 to float64",
        hint=remedy or hint,
    )


def _letter(descr: str) -> str:
    return descr.lstrip("<>=|")[:1]
