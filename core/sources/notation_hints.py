"""What to write in place of a text that may be a number in another notation."""

from __future__ import annotations

import re

from smoothl1.sources.nested_texts import are_nested_numbers
from smoothl1.sources.notations import is_constructed, may_be_number

_CLOSING = (")", "]", "}")
_DIGITS = r"(?:[0-9][0-9.,]*|[.,][0-9]+)"

_NOTATIONS = (
    (
        re.compile(rf"\((?P<number>{_DIGITS})\)"),
        "a negative number has a minus sign, not brackets: write -{number} if it is one",
    ),
    (
        re.compile(rf"\u2212(?P<number>{_DIGITS}(?:[eE][+-]?[0-9]+)?)"),
        "its minus sign is the character U+2212: write -{number}",
    ),
    (
        re.compile(rf"(?P<number>[+-]?{_DIGITS})[dD](?P<exponent>[+-]?[0-9]+)"),
        "write E for the exponent: {number}E{exponent}",
    ),
    (re.compile(r"0[xX][0-9a-fA-F]+"), "write it in decimal digits"),
    (
        re.compile(r"(?i:t|f|true|false|yes|no)"),
        "write True and False in the whole column, or 1 and 0",
    ),
)
"""Notations, and what to write in place of them."""


def notation_hint(text: str) -> str | None:
    """What to write in place of a cell's text that is no number; None if that is not known.

    Args:
        text: The text, without blanks around it.
    """
    for pattern, hint in _NOTATIONS:
        if found := pattern.fullmatch(text):
            return hint.format(**found.groupdict())
    nested = nested_hint(text)
    if nested is not None or not may_be_number(text):
        return nested
    if text.endswith("%"):
        return "write the number without %, in the unit of the other side"
    return "write the number alone, in plain digits"


def nested_hint(text: str) -> str | None:
    """How to write plain numbers, where a cell's text is one as Python shows it; else None."""
    if text[-1:] not in _CLOSING or not (is_constructed(text) or are_nested_numbers(text)):
        return None
    name = text.partition("(")[0]
    if name.rpartition(".")[2].lower() == "tensor":
        return "it is how Python shows a tensor: write x.item(), or x.tolist() in columns"
    if name[-1:].isalnum():
        return "it is how Python shows the number: write float(x)"
    return "it is a list or an object: write each of its numbers in a column of its own"
