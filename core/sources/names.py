"""Names of columns that are not UTF-8: their bytes, as Python keeps them, and what may be meant."""

from __future__ import annotations

from smoothl1.lazy_patterns import lazy_pattern

ENCODING_HINT = "--encoding cp1252 if all inputs have that encoding, else convert this one to UTF-8"
MISREAD_HINT = "--encoding applies to all CSV inputs: convert one to the encoding of the other"

_BYTE = lazy_pattern("[\\udc80-\\udcff]")
_ESCAPED = lazy_pattern(r"\\udc([89a-f][0-9a-f])")


def is_text(name: str) -> bool:
    """Whether a name is text, and has no bytes that are not UTF-8."""
    return name.isascii() or _BYTE.search(name) is None


def as_text(name: str) -> str:
    """A name, read as cp1252, the usual encoding of spreadsheets, if it is not UTF-8."""
    if is_text(name):
        return name
    return name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def quoted(name: str) -> str:
    r"""A name in quotes, its bytes that are no text as \\xfc."""
    found = repr(name)
    return found if is_text(name) else _ESCAPED.sub(r"\\x\1", found)


def composed(text: str) -> str:
    """A text in which a letter and its accent are one character, as most software writes it."""
    if text.isascii():
        return text
    from unicodedata import normalize  # late: most text is plain

    return normalize("NFC", text)
