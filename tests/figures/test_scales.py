from __future__ import annotations

import math

import pytest

from smoothl1.figures.contract import Axis
from smoothl1.figures.scales import place, ticks, widened
from smoothl1.number_texts import short


@pytest.mark.parametrize(
    ("axis", "value", "wanted"),
    [
        (Axis("", 0.0, 10.0), 2.5, 0.25),
        (Axis("", -1e308, 1.7e308), 0.35e308, 0.5),
        (Axis("", 0.01, 100.0, is_log=True), 1.0, 0.5),
        (Axis("", 0.0, 1.0), -5.0, 0.0),
        (Axis("", 0.0, 1.0), math.inf, 1.0),
        (Axis("", 0.0, 1.0), math.nan, 0.0),
    ],
)
def test_a_number_has_a_place_on_its_axis(axis: Axis, value: float, wanted: float) -> None:
    assert place(axis, value) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("axis", "wanted"),
    [
        (Axis("", 0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (Axis("", -3.0, 7.0), ["-2", "0", "2", "4", "6"]),
        (Axis("", 0.02, 300.0, is_log=True), ["0.1", "1", "10", "100"]),
        (
            Axis("", 1e-9, 1e9, is_log=True),
            [
                "1e-09",
                "1e-06",
                "0.001",
                "1",
                "1,000",
                "1,000,000",
                "1e+09",
            ],
        ),
        (Axis("", 1e16, 1e16 + 2), ["1e+16", "1e+16"]),
    ],
)
def test_an_axis_has_round_numbers(axis: Axis, wanted: list[str]) -> None:
    assert [text for _, text in ticks(axis)] == wanted


@pytest.mark.parametrize("low", [0.0, -2.5, 1e-300, 1e300, 5e-324])
def test_an_axis_is_never_of_no_width(low: float) -> None:
    first, last = widened(low, low)
    assert first < last
    assert all(
        0 <= place(Axis("", first, last), value) <= 1 for value, _ in ticks(Axis("", first, last))
    )


def test_numbers_have_the_minus_sign_of_programs() -> None:
    assert float(short(-0.123456)) == -0.1235
