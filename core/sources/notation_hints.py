"""What to write in place of a text that may be a number in another notation.

No hint may lead to a wrong number: one that drops a sign, takes a bound for a value that was
measured, or leaves a unit out that the other side does not have.
"""

from __future__ import annotations

import re
import shlex

from smoothl1.sources.nested_texts import are_nested_numbers
from smoothl1.sources.notations import is_constructed, is_unit, may_be_number

_CLOSING = (")", "]", "}")
_DIGITS = r"(?:[0-9](?:[0-9.,]*[0-9.])?|[.,][0-9]+)"
_FIGURE = rf"{_DIGITS}(?:[eE][+-]?[0-9]+)?"
_CURRENCY = "[$\u00a3\u00a5\u20ac%A-Z \u00a0]{0,4}"
_NO_ALNUM = "[^0-9A-Za-z]"

_BOUND = re.compile(rf"[\"'`=(\[]*(?:[<>\u2264-\u2267\u2a7d\u2a7e]|&[lg]t;).*[^>]|{_FIGURE} ?\+")
"""A measurement of which only a limit is known; statistics call it censored."""

_BOUND_HINT = (
    "a bound is no value: --missing-value {text} --nan omit-target leaves out pairs whose target "
    "it is, --nan omit those whose prediction it is, too"
)

_NOT_MEASURED = re.compile(r"(?i:b(?:dl|ql|lq|lod|loq)|l?lo[dq]|mdl|nd|not detected|non-?detects?)")
"""Words of laboratories for what is below the limit of their instruments."""

_NOT_MEASURED_HINT = (
    "--missing-value {text} --nan omit-target if it says that this was not measured"
)

_MARKED = re.compile(rf"({_NO_ALNUM}*?)[ +-]?{_FIGURE} ?(\D*)")
"""A number, with what stands before it and after it."""

_FOOTNOTE = re.compile(r"[*\u2020\u2021\u00a7^]+")

_MARKED_HINT = (
    "write the number alone, in plain digits, if {mark!r} is a unit or a footnote; "
    f"{_NOT_MEASURED_HINT}"
)

_NO_UNIT = " +-\u2212\u2013\u00b1=~\u2248\u2243()[]{}'\"`\u2018\u2019\u201c\u201d*,._;"
"""Characters that are beside a number, or within it, but are no unit."""

_NOTATIONS = (
    (
        re.compile(rf"{_CURRENCY}\({_CURRENCY}(?P<number>{_DIGITS}){_CURRENCY}\){_CURRENCY}"),
        "a negative number has a minus sign, not brackets: write -{number} if it is one",
    ),
    (
        re.compile(rf"\u2212(?P<number>{_FIGURE})"),
        "its minus sign is the character U+2212: write -{number}",
    ),
    (
        re.compile(rf"\u2013(?P<number>{_FIGURE})"),
        "its dash is the character U+2013: write -{number} if it is a minus sign",
    ),
    (
        re.compile(rf"(?P<number>{_FIGURE}) ?-"),
        "a negative number has its minus sign in front: write -{number} if it is one",
    ),
    (
        re.compile(rf"(?P<number>[+-]?{_DIGITS})[dD](?P<exponent>[+-]?[0-9]+)"),
        "write E for the exponent: {number}E{exponent}",
    ),
    (re.compile(r"(?P<sign>[+-]?)(?:1[.,]#INF[0-9]*|\u221e)"), "write {sign}inf"),
    (re.compile(r"0[xX][0-9a-fA-F]+"), "write it in decimal digits"),
    (
        re.compile(r"(?i:t|f|true|false|yes|no)"),
        "write True and False in the whole column, or 1 and 0",
    ),
    (re.compile(rf"(?:\u00b1|\+/?-) ?{_FIGURE}.*"), "write the number with its one sign"),
    (_BOUND, _BOUND_HINT),
    (_NOT_MEASURED, _NOT_MEASURED_HINT),
)
"""Notations, and what to write in place of them."""


def notation_hint(text: str) -> str | None:
    """What to write in place of a cell's text that is no number; None if that is not known.

    Args:
        text: The text, without blanks around it.
    """
    for pattern, hint in _NOTATIONS:
        if found := pattern.fullmatch(text):
            return hint.format(text=shlex.quote(text), **found.groupdict())
    nested = nested_hint(text)
    if nested is not None or not may_be_number(text):
        return nested
    if (mark := _mark_of(text)) is not None:
        return _MARKED_HINT.format(text=shlex.quote(text), mark=mark)
    alone = "without %" if text.endswith("%") else "alone, in plain digits"
    unit = ", in the unit of the other side" if _has_unit(text) else ""
    return f"write the number {alone}{unit}"


def _mark_of(text: str) -> str | None:
    """The mark beside a number that is no known unit: a footnote, or what a laboratory says."""
    if (found := _MARKED.fullmatch(text)) is None:
        return None
    mark = (found[1] + found[2]).strip()
    is_word = mark.isalpha() and not is_unit(mark)
    return mark if is_word or _FOOTNOTE.fullmatch(mark) else None


def _has_unit(text: str) -> bool:
    """Whether a number has more beside it than signs, brackets and quotes: a unit or a currency."""
    beside = re.sub(_FIGURE, "", text)
    return any(c.isprintable() and not (c.isnumeric() or c in _NO_UNIT) for c in beside)


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
