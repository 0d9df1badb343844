"""Lists, records and arrays of numbers that are text: [1.5, nan], {'score': 0.5}, array([1.])."""

from __future__ import annotations

import re

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.ids import is_id

_QUOTED = r"'[^']*'|\"[^\"]*\""
_KEY = lazy_pattern(rf"(?<=[{{,])\s*({_QUOTED}|[\w.-]+)\s*:\s*")
_STRING = lazy_pattern(_QUOTED)
_STRING_IN_CALL = lazy_pattern(rf"\(({_QUOTED})\)")
_ARGUMENT = lazy_pattern(r",\s*(?:dtype|device|grad_fn|requires_grad|shape)=[^,()]*(?:\([^()]*\))?")
_ID_OF = "\0"
"""What stands for the key of an id, and is no number."""

_OF_ID = lazy_pattern(rf"{_ID_OF}[^,}}]*")
_MODULE = lazy_pattern(r"\b(?:np|numpy|jnp)\.[a-z]+[0-9]*\b")
_NUMBER_WORD = lazy_pattern(r"\b(?:nan|inf|infinity)\b", re.IGNORECASE)
_WORD = lazy_pattern(
    r"\b(?:none|null|true|false|tensor|array|decimal|fraction|list|tuple|set)\b", re.IGNORECASE
)
_MARKS = lazy_pattern(r"[eE+.,\s()\[\]{}-]*")
_CLOSING = (")", "]", "}")
_BEGINNING = lazy_pattern(
    r"[\[({]|(?:(?:np|numpy|jnp)\.\w+|tensor|array|decimal|fraction|list|tuple|set)\(",
    re.IGNORECASE,
)


def are_nested_numbers(text: str) -> bool:
    """Whether a text is a list, a record or an array with numbers in it, besides ids and strings.

    Args:
        text: The text, without blanks around it.
    """
    if not (text.endswith(_CLOSING) and _BEGINNING.match(text)):
        return False
    text = _STRING_IN_CALL.sub(lambda match: f"({match[1][1:-1]})", text)
    if "{" in text:
        text = _OF_ID.sub("", _KEY.sub(_without_key, text))
    text = _STRING.sub("", _ARGUMENT.sub("", text))
    text = _WORD.sub("", _NUMBER_WORD.sub("0", _MODULE.sub("", text)))
    rest = re.sub("[0-9]+", "", text)
    return rest != text and _MARKS.fullmatch(rest) is not None


def _without_key(match: re.Match[str]) -> str:
    return _ID_OF if is_id(match[1].strip("'\"")) else ""
