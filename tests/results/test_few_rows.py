"""Samples that are too small are named: all of them, but not a line for each of hundreds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, Result, compare, evaluate
from smoothl1.results.few_rows import FEWEST_ROWS
from smoothl1.results.gates import Limits, small_samples
from smoothl1.results.increase import parse_increase

if TYPE_CHECKING:
    from pathlib import Path


def of_weights(folder: Path, weights: list[float], **layout: bool) -> Result:
    losses = np.random.default_rng(0).lognormal(0, 1, (len(weights), 2))
    np.save(folder / "p.npy", losses)
    np.save(folder / "t.npy", np.zeros_like(losses))
    np.save(folder / "w.npy", np.array(weights))
    return evaluate(
        folder / "p.npy",
        folder / "t.npy",
        EvalSettings((0.0, 1.0), **layout),
        weights=folder / "w.npy",
        statistics=True,
    )


def test_few_clusters_are_named_as_such(tmp_path: Path) -> None:
    losses = np.arange(60.0)
    labels = np.arange(60) % 7
    result = evaluate(losses, np.zeros(60), clusters=labels)
    (sentence,) = small_samples(result, AT_95)
    assert sentence.startswith("the result has 6.98 effective clusters, fewer than 30: ")
    compared = compare(losses, losses + 1, np.zeros(60), clusters=labels)
    assert "has 6.98 effective clusters" in compared.small_samples()[0]
    many = evaluate(losses, np.zeros(60), groups=labels, clusters=np.arange(60))
    assert small_samples(many, AT_95)[-1] == (
        "the result has 2 more groups of fewer than 30 effective clusters"
    )


AT_95 = Limits(fail_above=1.0, confidence=0.95)


@pytest.mark.parametrize(
    ("weights", "is_few"),
    [
        ([1.0] * FEWEST_ROWS, False),
        ([1.0] * (FEWEST_ROWS - 1), True),
        ([3.0] * FEWEST_ROWS, False),
        ([1.0] * 99 + [100.0], True),
        ([0.0] * 50 + [1.0] * 29, True),
    ],
)
def test_rows_count_as_much_as_their_weights_let_them(
    tmp_path: Path, weights: list[float], is_few: bool
) -> None:
    result = of_weights(tmp_path, weights)
    assert len(small_samples(result, AT_95)) == is_few
    assert small_samples(result, Limits(fail_above=1.0)) == []


def test_the_sentence_says_how_many_they_are(tmp_path: Path) -> None:
    """(99 + 100)**2 / (99 + 100**2) is 3.92."""
    (sentence,) = small_samples(of_weights(tmp_path, [1.0] * 99 + [100.0]), AT_95)
    assert sentence.startswith("the result has 3.92 effective rows, fewer than 30: ")


@pytest.mark.parametrize(
    ("small", "said"),
    [
        (0.0, "1 effective row, "),
        (1e-6, "1 effective row, "),
        (1.0, "2 effective rows, "),
        (0.5, "1.8 effective rows, "),
    ],
)
def test_the_number_and_its_noun_agree(tmp_path: Path, small: float, said: str) -> None:
    """Of weights 1 and w the effective rows are (1 + w)**2 / (1 + w**2)."""
    (sentence,) = small_samples(of_weights(tmp_path, [1.0, small]), AT_95)
    assert sentence.startswith(f"the result has {said}fewer than 30: ")


@pytest.mark.parametrize("odd", [1.2, 1.18, 1.0001])
def test_what_is_too_few_is_not_rounded_to_what_is_enough(tmp_path: Path, odd: float) -> None:
    """(29 + w)**2 / (29 + w**2) lies between 29.95 and 30 for these weights."""
    rows = Fraction(29 + Fraction(odd)) ** 2 / (29 + Fraction(odd) ** 2)
    assert Fraction(2995, 100) < rows < 30
    (sentence,) = small_samples(of_weights(tmp_path, [1.0] * 29 + [odd]), AT_95)
    assert sentence.startswith("the result has 29.9 effective rows, fewer than 30: ")


def test_the_baseline_is_looked_at_too(tmp_path: Path) -> None:
    few, many = (of_weights(tmp_path, [1.0] * n) for n in (7, 70))
    limits = Limits(increases=(parse_increase("5%"),), confidence=0.9)
    assert small_samples(many, limits, many) == []
    (sentence,) = small_samples(many, limits, few)
    assert sentence.startswith("the baseline has 7 effective rows")
    assert len(small_samples(few, limits, few)) == 2


def test_columns_are_named(tmp_path: Path) -> None:
    said = small_samples(of_weights(tmp_path, [1.0] * 7, by_column=True), AT_95)
    assert [sentence.partition(" has ")[0] for sentence in said] == [
        "the result of column '1'",
        "the result of column '2'",
    ]


def test_of_many_groups_five_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    lines = [f"{i + j},0,1,g{i:03}\n" for i in range(200) for j in range(3)]
    (tmp_path / "t.csv").write_text("a,b,y,g\n" + "".join(lines))
    found = compare(
        tmp_path / "t.csv",
        settings=EvalSettings(by="g"),
        pred_a=("a",),
        pred_b=("b",),
        target=("y",),
    )
    said = found.small_samples()
    assert len(said) == 6
    assert said[0].startswith("the comparison of group 'g000' has 3 effective rows")
    assert said[5] == "the comparison has 195 more groups of fewer than 30 effective rows"


def test_what_has_no_moments_is_not_small(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.ones(3))
    np.save(tmp_path / "t.npy", np.zeros(3))
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy")
    assert small_samples(result, AT_95) == []
