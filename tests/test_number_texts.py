"""Numbers as people read them: as they were typed, and without powers of ten below a million."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import compare, evaluate, report
from smoothl1.number_texts import as_typed, short


@pytest.mark.parametrize(
    ("number", "text"),
    [(5.0, "5"), (0.5, "0.5"), (0.1234567, "0.1234567"), (1e-5, "1e-05"), (1e16, "1e+16")],
)
def test_a_number_that_was_chosen_is_as_typed(number: float, text: str) -> None:
    assert as_typed(number) == text


@given(st.floats(allow_nan=False))
def test_a_number_that_was_chosen_reads_back(number: float) -> None:
    assert float(as_typed(number)) == number


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (1234.5, 3, "1230"),
        (-98765.4, 3, "-98800"),
        (999_499.0, 3, "999000"),
        (999_999.0, 3, "1e+06"),
        (1.5e6, 3, "1.5e+06"),
        (0.00012345, 3, "0.000123"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (math.nan, 3, "nan"),
        (-math.inf, 3, "-inf"),
    ],
)
def test_numbers_below_a_million_are_written_out(number: float, digits: int, text: str) -> None:
    assert short(number, digits) == text


def test_zeros_and_a_plus_are_shown_where_they_are_asked_for() -> None:
    assert short(0.25, 4, is_padded=True) == "0.2500"
    assert short(12345.6, 3, is_signed=True) == "+12300"
    assert short(-0.5, 3, is_signed=True) == "-0.5"


BETAS = (5.0, 0.1234567)
TARGET = np.zeros(4)
MODELS = [
    np.array([40_001.0, 5, 6, 8]),
    np.array([20_003.0, 7, 9, 2]),
    np.array([9_002.0, 1, 1, 4]),
]


@pytest.mark.parametrize("n_models", [1, 2, 3])
def test_a_notebook_shows_betas_as_they_were_typed(n_models: int) -> None:
    run = evaluate if n_models == 1 else compare
    table = run(*MODELS[:n_models], TARGET, betas=BETAS)._repr_html_()
    assert "<td>5</td>" in table
    assert "<td>0.1234567</td>" in table


def test_a_page_shows_the_beta_as_it_was_typed() -> None:
    texts = [figure.sentence for figure in report(MODELS[0], TARGET, betas=0.1234567).figures]
    assert "at beta 0.1234567 is" in texts[0]


def test_sentences_have_no_powers_of_ten_for_moderate_numbers() -> None:
    losses = [1e3 * np.array([1.0, 1.2, 0.9, 1.1, 1.3]) * n for n in (10, 20, 30)]
    for n_models in (2, 3):
        told = compare(*losses[:n_models], np.zeros(5), betas=0).verdict()
        assert "interval" in told
        assert "e+" not in told
