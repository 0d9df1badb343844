"""Texts whose letters and accents are one character on one side, and two on the other."""

from __future__ import annotations

import itertools
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.column_texts import as_bytes
from smoothl1.witnesses.text_bytes import may_be_decomposed
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CITIES = ["Zürich", "Ätna", "Öhr", "Übel", "Älg", "Öst", "Ärger", "Ün", "Ägypten", "Öland"]
Y = np.random.default_rng(3).normal(size=len(CITIES))
SUFFIXES = (".csv", ".parquet", ".arrow")


def decomposed(texts: Sequence[str]) -> list[str]:
    """The texts with letters and their accents apart."""
    return [unicodedata.normalize("NFD", text) for text in texts]


def save_sides(folder: Path, suffixes: Sequence[str], names: Sequence[str]) -> tuple[Path, Path]:
    """Save predictions in the order of decomposed names, and targets in another one."""
    order = sorted(range(len(CITIES)), key=lambda i: decomposed(CITIES)[i])
    p = save_table(
        folder / f"p{suffixes[0]}",
        {names[0]: [decomposed(CITIES)[i] for i in order], "p": (Y[order] + 0.1).tolist()},
    )
    t = save_table(folder / f"t{suffixes[1]}", {names[1]: CITIES, "y": Y.tolist()})
    return p, t


@pytest.mark.parametrize("names", [("city", "city"), ("ort", "station"), ("größe", "gro\u0308ße")])
@pytest.mark.parametrize("suffixes", [*itertools.product(SUFFIXES, SUFFIXES)])
def test_the_same_texts_in_another_form_and_order_are_refused(
    tmp_path: Path, suffixes: Sequence[str], names: Sequence[str]
) -> None:
    p, t = save_sides(tmp_path, suffixes, names)
    with pytest.raises(DataError, match="holds the same values in another order"):
        evaluate(p, t, pred="p", target="y")


def test_one_of_many_columns_in_another_form_and_order_is_refused(tmp_path: Path) -> None:
    order = np.argsort(decomposed(CITIES))
    feature = [f"x{i % 3}" for i in range(len(CITIES))]
    for suffix in (".csv", ".parquet"):
        forms = [decomposed(CITIES)[i] for i in order]
        columns = {"ort": forms, "a": feature, "p": Y[order].tolist()}
        p = save_table(tmp_path / f"p{suffix}", columns)
        t = save_table(tmp_path / f"t{suffix}", {"city": CITIES, "b": feature, "y": Y.tolist()})
        with pytest.raises(DataError, match="the same values in another order"):
            evaluate(p, t, pred="p", target="y")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_texts_in_another_form_agree(tmp_path: Path, suffix: str) -> None:
    p = save_table(tmp_path / f"p{suffix}", {"city": decomposed(CITIES), "p": Y.tolist()})
    t = save_table(tmp_path / f"t{suffix}", {"city": CITIES, "y": Y.tolist()})
    found = evaluate(p, t, pred="p", target="y")
    assert found.mean == 0
    assert any("agrees in every row" in decision.reason for decision in found.decisions)


@pytest.mark.parametrize("is_apart", [False, True])
def test_files_named_in_another_form_than_a_column_are_compared(
    tmp_path: Path, *, is_apart: bool
) -> None:
    files, texts = (CITIES, decomposed(CITIES)) if is_apart else (decomposed(CITIES), CITIES)
    (tmp_path / "p").mkdir()
    for name in files:
        np.save(tmp_path / "p" / f"{name}.npy", np.zeros(2))
    columns = {"city": [text for text in texts for _ in range(2)], "y": [0.5] * 20}
    t = save_table(tmp_path / "t.csv", columns)
    with pytest.raises(DataError, match="the name of a file differs from column 'city'"):
        evaluate(tmp_path / "p", t, target="y")
    order = sorted(range(len(files)), key=lambda i: files[i])
    columns["city"] = [texts[i] for i in order for _ in range(2)]
    t = save_table(tmp_path / "t.csv", columns)
    assert evaluate(tmp_path / "p", t, target="y").n == 20


@pytest.mark.parametrize("text", ["Zürich", "Huế", "서울", "がぎぐ", "パリ", "й", "آب"])
def test_letters_and_accents_become_one_character(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    found = as_bytes(pa.array(["a", apart, None, text]))
    assert found.to_pylist() == [b"a", text.encode(), None, text.encode()]
    assert as_bytes(found).to_pylist() == found.to_pylist()


def test_other_texts_stay_as_they_are() -> None:
    odd = pa.array([b"\xcc", "Zu\u0308rich".encode()], pa.binary())
    assert as_bytes(odd) is odd
    for texts in (["Zurich"], ["Zürich", "東京"], [None], []):
        column = pa.array(texts, pa.string()).cast(pa.binary())
        assert not may_be_decomposed(column)
        assert as_bytes(column) is column
