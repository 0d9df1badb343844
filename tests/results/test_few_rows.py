"""Samples that are too small are named: all of them, but not a line for each of hundreds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, Result, compare, evaluate
from smoothl1.results.few_rows import FEWEST_LARGE_ROWS, FEWEST_ROWS, sample_of_losses
from smoothl1.results.gates import Limits, small_samples
from smoothl1.results.increase import parse_increase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


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


def with_outliers(n: int, n_large: int) -> NDArray[np.float64]:
    """Losses near 0.1, and some of 20."""
    return np.r_[np.linspace(0.099, 0.101, n - n_large), np.full(n_large, 20.0)]


@pytest.mark.parametrize("n", [200, 5_000, 50_000])
@pytest.mark.parametrize(("n_large", "told"), [(0, None), (1, "1 row"), (2, "2 rows"), (3, None)])
def test_a_spread_from_fewer_than_3_rows_is_named(n: int, n_large: int, told: str | None) -> None:
    """Beyond the rows that have third moments, only a single largest loss can be told."""
    losses = with_outliers(n, n_large)
    for order in (losses, losses[::-1].copy()):
        result = evaluate(order, np.zeros(n), EvalSettings((0.0,)), statistics=True)
        said = small_samples(result, AT_95)
        if told is None or (n > 4096 and n_large > 1):
            assert said == []
        else:
            (sentence,) = said
            assert sentence == (
                f"the result has nearly all of its spread from about {told}, fewer than 3: "
                "as a sample may lack such rows by chance, "
                "an interval at 95% may hold the true value in less than 90%"
            )
        assert small_samples(result, Limits(fail_above=1.0)) == []


@pytest.mark.parametrize("n", [100, 1_000, 10_000])
def test_ordinary_losses_have_no_such_warning(n: int) -> None:
    rng = np.random.default_rng(n)
    for losses in (rng.exponential(1, n), rng.normal(5, 1, n), rng.random(n), np.ones(n)):
        result = evaluate(losses, np.zeros(n), statistics=True)
        assert small_samples(result, AT_95) == []


def test_groups_of_a_few_dozen_rows_are_as_skewed_as_they_may_be() -> None:
    """Of 600 groups of 40 rows with normal errors, some look like fewer than three large rows."""
    errors = np.random.default_rng(1).normal(size=600 * 40)
    labels = np.arange(errors.size) % 600
    settings = EvalSettings((9.0,))
    result = evaluate(errors, np.zeros(errors.size), settings, groups=labels, statistics=True)
    samples = [sample_of_losses(group, tally) for _, group, tally in result.entries]
    assert sum(sample.n_large < FEWEST_LARGE_ROWS for sample in samples) > 5
    assert small_samples(result, AT_95) == []


def test_a_few_clusters_or_differences_with_the_spread_are_named() -> None:
    losses = with_outliers(400, 1)
    clusters = np.arange(400) // 2
    clustered = evaluate(losses, np.zeros(400), clusters=clusters)
    assert (
        "from about 1 cluster, fewer than 3: as a sample may lack such clusters by"
        in (small_samples(clustered, AT_95)[0])
    )
    models = [losses, np.full(400, 0.1), np.full(400, 0.2)]
    for compared in (compare(*models[:2], np.zeros(400)), compare(*models, np.zeros(400))):
        (sentence,) = compared.small_samples()
        assert sentence.startswith("the comparison has nearly all of its spread from about 1 row,")


def test_the_beta_with_the_fewest_large_losses_counts() -> None:
    """Of distances of 50, 60 and 160 several are large; of their squares, one."""
    errors = np.r_[np.linspace(0, 1, 192), np.full(4, 50.0), np.full(3, 60.0), 160.0]
    counts = []
    for betas in ((0.0,), (1e3,), (0.0, 1e3), (1e3, 0.0)):
        result = evaluate(errors, np.zeros(200), EvalSettings(betas), statistics=True)
        counts.append(len(small_samples(result, AT_95)))
    assert counts == [0, 1, 1, 1]


def test_of_many_groups_with_few_large_losses_five_are_named() -> None:
    losses = np.tile(with_outliers(40, 1), 7)
    groups = np.arange(280) // 40
    result = evaluate(losses, np.zeros(280), groups=groups, statistics=True)
    said = small_samples(result, AT_95)
    assert len(said) == 6
    assert said[0].startswith("the result of group '0' has nearly all of its spread from about 1")
    assert said[5] == "the result has 2 more groups whose spread is from fewer than 3 rows"


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
