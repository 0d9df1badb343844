"""Words in the order of the alphabet on both sides, which say nothing where all are others."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate

TWO_LETTERS = ["AT", "BE", "CH", "DE", "ES", "FR", "GB", "HR", "IT", "JP"]
THREE_LETTERS = ["AUT", "BEL", "CHE", "DEU", "ESP", "FRA", "GBR", "HRV", "ITA", "JPN"]


def said(one: list[str], other: list[str]) -> list[str]:
    found: list[str] = []
    p = pa.table({"country": one, "p": [0.5] * len(one)})
    t = pa.table({"country": other, "t": [1.5] * len(one)})
    evaluate(p, t, pred="p", target="t", warn=found.append)
    return found


def test_labels_of_two_vocabularies_are_only_warned_of_in_order() -> None:
    (warning,) = said(TWO_LETTERS, THREE_LETTERS)
    assert "column 'country' differs" in warning
    (warning,) = said(TWO_LETTERS[::-1], THREE_LETTERS[::-1])
    assert "column 'country' differs" in warning


def test_labels_of_one_vocabulary_are_refused_in_other_rows() -> None:
    for names in (TWO_LETTERS, THREE_LETTERS):
        with pytest.raises(DataError, match="rises on both sides, with other values"):
            said(names[:-1], names[1:])
