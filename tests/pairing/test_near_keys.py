"""In what keys differ that are nearly the same."""

from __future__ import annotations

import unicodedata

import pytest

from smoothl1.pairing.near_keys import by_folded, nearest

COMPOSED = unicodedata.normalize("NFC", "Zoë né")
DECOMPOSED = unicodedata.normalize("NFD", "Zoë né")
MIXED = COMPOSED[:3] + DECOMPOSED[4:]


@pytest.mark.parametrize(
    ("key", "other", "words"),
    [
        (COMPOSED, DECOMPOSED, "Unicode form (NFC, NFD)"),
        (DECOMPOSED, COMPOSED, "Unicode form (NFD, NFC)"),
        (MIXED, COMPOSED, "Unicode form (mixed, NFC)"),
        (COMPOSED, DECOMPOSED.upper(), "Unicode form (NFC, NFD) and case"),
    ],
)
def test_a_difference_of_unicode_forms_names_both(key: str, other: str, words: str) -> None:
    assert nearest((key, "1"), by_folded([(other, "1")])).endswith(f" differ in {words}")


def test_keys_that_are_the_same_or_others_are_not_near() -> None:
    known = by_folded([(COMPOSED,), ("Zoe ne",)])
    assert nearest((COMPOSED,), known) == ""
    assert nearest(("Zoe",), known) == ""
