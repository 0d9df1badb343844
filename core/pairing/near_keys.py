"""Keys that are nearly the same: equal but for what people do not see, or do not mean."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from smoothl1.labels.exponents import in_digits
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown
from smoothl1.sources.names import composed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Key = tuple[str, ...]

_ZEROS = lazy_pattern(r"(?<![0-9])0+(?=[0-9])")


def _without_zeros(text: str) -> str:
    return _ZEROS.sub("", text)


_FOLDS: dict[str, Callable[[str], str]] = {
    "Unicode form": composed,
    "surrounding blanks": str.strip,
    "case": str.casefold,
    "scientific notation": in_digits,
    "leading zeros": _without_zeros,
}
"""What makes texts equal that differ in something, by the name of that."""


def by_folded(keys: Iterable[Key]) -> dict[Key, Key]:
    """Keys by what is left of them without differences that do not count: the first of each."""
    found: dict[Key, Key] = {}
    for key in keys:
        found.setdefault(_folded(key), key)
    return found


def nearest(key: Key, known: Mapping[Key, Key]) -> str:
    """Say in what a key differs from another one that is nearly the same.

    Args:
        key: The text of each key column.
        known: What `by_folded` gives of other keys.

    Returns:
        A clause such as "'007' and '7' differ in leading zeros"; empty if there is no such key.
    """
    other = known.get(_folded(key))
    if other is None or other == key:
        return ""
    one, two = (", ".join(map(shown, some)) for some in (key, other))
    reasons = [name for name in _FOLDS if _folded(key, name) != _folded(other, name)]
    named = " and ".join(
        f"{name} ({_form(key)}, {_form(other)})" if name == "Unicode form" else name
        for name in reasons
    )
    return f"{one} and {two} differ in {named}"


def _folded(key: Key, but: str = "") -> Key:
    """A key with all differences removed that do not count, or all but one of them."""
    folds = [fold for name, fold in _FOLDS.items() if name != but]
    found = []
    for text in key:
        for fold in folds:
            text = fold(text)  # noqa: PLW2901 - each fold takes what the one before gave
        found.append(text)
    return tuple(found)


def _form(key: Key) -> str:
    """The name of the Unicode form of a key."""
    text = "".join(key)
    forms = (form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, text))
    return next(forms, "mixed")
