"""A result in which a number was changed by hand is refused, unless other data would give it."""

from __future__ import annotations

import copy
import json
import random
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, Result, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PRED = np.array([0.5, 1.5, 3.0, -2.0, 7.25, 4.0, 0.25, 0.1])
TARGET = np.array([0.5, 1.0, 1.0, 2.0, 7.0, -4.0, 1.0, 0.3])
GROUPS = ["a", "b", "a", "b", "a", "b", "a", "a"]
WEIGHTS = np.array([1.0, 2.0, 0.5, 1.0, 3.0, 1.0, 0.25, 2.0])
SPECIAL = np.array([np.nan, np.inf, 1.0, 2.5])

MORE: dict[str, Any] = {
    "also": ("mae", "mse", "rmse", "bias", "max"),
    "within": (0.5, 1.0),
    "quantiles": (0.5, 0.9),
    "top": 3,
}
GIVEN: dict[str, Any] = {"statistics": True, "warn": lambda message: None}


PLAIN: dict[str, tuple[EvalSettings, dict[str, Any]]] = {
    "one beta": (EvalSettings(), GIVEN),
    "betas": (EvalSettings((0.5, 1.0), **MORE), GIVEN),
    "weights": (EvalSettings(**MORE), {"weights": WEIGHTS, **GIVEN}),
    "counted": (EvalSettings(weight_mean="count", top=3), {"weights": WEIGHTS}),
    "groups": (EvalSettings((0.0, 1.0), **MORE), {"groups": GROUPS, **GIVEN}),
    "clusters": (EvalSettings(), {"clusters": GROUPS}),
}


def result_of(case: str) -> Result:
    if case in PLAIN:
        settings, given = PLAIN[case]
        return evaluate(PRED, TARGET, settings, **given)
    if case == "rows":
        return evaluate(PRED.reshape(4, 2), TARGET.reshape(4, 2), **GIVEN)
    return evaluate(SPECIAL, np.zeros(4), EvalSettings(nan=case, **MORE), **GIVEN)


SUM = "rounded, it gives the mean and the sum that are shown"
OTHER = "other data have the same figures beside it"
ROWS = f"of rows of several elements, or with weights: {OTHER}"
NOT_SHOWN = "a loss is not finite, and so is each figure that would follow"
PLACE = "where a pair stands, and how large both sides are, is in no other figure"

ROUNDED = {"exact.total": SUM, "exact.rows.squares": SUM, "exact.rows.cross": SUM}
SUMS = {f"distances.{name}": SUM for name in ("total", "squares", "differences")}
THIRD = {f"exact.rows.{name}": ROWS for name in ("sss", "ssm", "smm", "mmm")}
OF_ROWS = {"exact.rows.count": ROWS, **THIRD}
INFINITE = {f"exact.rows.{name}": NOT_SHOWN for name in ("squares", "cross", "sizes", "overflowed")}
OF_TOP = {"top.row": PLACE, "top.pred": PLACE, "top.target": PLACE}

UNSEEN: dict[str, dict[str, str]] = {
    "one beta": {
        **dict.fromkeys(("max", "quadratic", "exact.rows.sss"), OTHER),
        "exact.total": SUM,
    },
    "betas": {"distances.differences": SUM, **OF_TOP},
    "rows": {"max": OTHER, "quadratic": OTHER, **ROUNDED, "exact.rows.sss": ROWS},
    "weights": {"quantiles.values": OTHER, **ROUNDED, **OF_ROWS, **SUMS, **OF_TOP},
    "counted": {"exact.total": SUM, "quadratic": OTHER, **OF_TOP},
    "groups": {"distances.differences": SUM, **OF_TOP},
    "clusters": {"max": OTHER, "quadratic": OTHER},
    "propagate": {
        "missing": OTHER,
        "first_nan": PLACE,
        "exact.total": NOT_SHOWN,
        "distances.above": NOT_SHOWN,
        **OF_ROWS | INFINITE | SUMS | OF_TOP,
    },
    "omit": {"missing": OTHER, **OF_ROWS, **INFINITE, **SUMS, **OF_TOP},
}
"""What may change in a result so that it is one of other data, or of none that is shown."""


@pytest.mark.parametrize("case", UNSEEN)
def test_a_changed_number_is_refused_unless_other_data_give_it(case: str) -> None:
    document = json.loads(json.dumps(result_of(case).to_json()))
    assert Result.from_json(document) == result_of(case)
    seen, unseen = set(), set()
    for place, number in numbers_in(document):
        name = ".".join(key for key in place if isinstance(key, str)).removeprefix("results.")
        for other in others(number):
            changed = copy.deepcopy(document)
            inner = changed
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = other
            try:
                Result.from_json(changed)
            except DataError:
                seen.add(name)
            else:
                unseen.add(name)
    assert unseen <= {*UNSEEN[case]}, "these are not known to be in results of other data"
    assert {"count", "min", "inputs.pred.shape"} <= seen - unseen
    assert "quadratic" in seen
    assert "max" in seen or document["results"][0]["max"] is None


def numbers_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The numbers and exact sums of a document, settings left out."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, dict | list) and key != "settings":
            yield from numbers_in(inner, (*place, key))
        is_number = isinstance(inner, int | float) and not isinstance(inner, bool)
        if is_number or (isinstance(inner, str) and re.match("-?0x", inner)):
            yield (*place, key), inner


def others(number: Any) -> list[Any]:
    """Other numbers, near and far."""
    if isinstance(number, str):
        mantissa, exponent = number.split("p")
        near = int(mantissa, 16) * 2 + 1  # the next one is even
        return [f"{near:#x}p{int(exponent) - 1}", f"{mantissa}p{int(exponent) + 1}"]
    if isinstance(number, int):
        return [number + 1, max(0, number - 1) if number else 7, 2 * number + 3]
    return [number + 1.0, number / 2 if number else 0.25, number * 3 + 0.1]


IMPOSSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("one beta", {"max": 7.25, "quadratic": 8}),
    ("one beta", {"max": 1e308}),
    ("one beta", {"min": 0.25}),
    ("one beta", {"quadratic": 0}),
    ("betas", {"within_0.5": 5, "share_within_0.5": 5 / 8}),
    ("weights", {"max": 5.5, "max_error": 6.0}),
    ("weights", {"quantile_0.5": 0.25}),
    ("weights", {"min": 0.5, "quadratic": 0}),
    ("counted", {"max": 1.0}),
]


@pytest.mark.parametrize(("case", "changes"), IMPOSSIBLE)
def test_figures_that_no_data_have_together_are_refused(case: str, changes: dict[str, Any]) -> None:
    document = json.loads(json.dumps(result_of(case).to_json()))
    document["results"][0].update(changes)
    with pytest.raises(DataError, match="damaged: "):
        Result.from_json(document)


def random_side(rng: np.random.Generator, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    if kind == "special":
        values = [0.0, 1.0, -1.0, 0.5, np.nan, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308]
        return rng.choice(
            values, size=shape, p=[0.2, 0.2, 0.2, 0.1, 0.03, 0.02, 0.02, 0.1, 0.06, 0.07]
        )
    if kind == "tiny":
        return rng.integers(0, 9, shape) * 5e-324
    if kind == "any magnitude":
        return rng.normal(size=shape) * 10.0 ** rng.integers(-300, 307, shape)
    if kind == "int64":
        return rng.integers(-(2**63), 2**63 - 1, shape)
    if kind == "equal":
        return rng.integers(0, 3, shape) * 0.1
    return rng.normal(size=shape).astype(kind)


def random_result(seed: int) -> Result:
    rng, some = np.random.default_rng(seed), random.Random(seed)
    n, width = some.choice([0, 1, 2, 3, 8, 60]), some.choice([1, 1, 3])
    kind = some.choice(["special", "tiny", "any magnitude", "int64", "equal", "f2", "f4", "f8"])
    shape = (n, width) if width > 1 else (n,)
    settings: dict[str, Any] = {"nan": some.choice(["propagate", "omit", "omit-target"])}
    given = dict(GIVEN, statistics=some.random() < 0.6)
    choices: dict[str, Any] = {
        "also": MORE["also"],
        "within": (0.0, 0.5, 1e308),
        "quantiles": (0.0, 0.5, 1.0),
        "top": some.choice([1, 5, 1000]),
        "by_column": width > 1,
    }
    settings |= {name: value for name, value in choices.items() if some.random() < 0.5}
    if some.random() < 0.4:
        few = [rng.random(n), rng.integers(0, 3, n), rng.choice([1e-300, 1e300, 1.0, 5e-324], n)]
        given["weights"] = np.append(some.choice(few), 1.0)[1:].astype(float) if n else np.zeros(0)
        settings["weight_mean"] = some.choice(["sum", "sum", "count"])
    if some.random() < 0.5:
        given["groups"] = rng.integers(0, some.choice([1, 3, 20]), n).astype(str)
    if some.random() < 0.3:
        given["clusters"] = rng.integers(0, max(1, n // 2), n).astype(str)
    betas = some.sample([0.0, 1.0, 0.1, 5e-324, 3e-323, 1e-160, 1e308], some.choice([1, 1, 3]))
    return evaluate(
        random_side(rng, kind, shape),
        random_side(rng, kind, shape),
        EvalSettings(tuple(betas), **settings),
        options=ReadOptions(allow_missing=True, allow_empty=True),
        **given,
    )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("first", [0, 40])
def test_no_result_of_random_data_and_settings_is_refused(first: int) -> None:
    for seed in range(first, first + 40):
        result = random_result(seed)
        assert Result.from_json(json.dumps(result.to_json())) == result, seed
        twice = result if result.settings.quantiles else Result.merged([result, result])
        assert Result.from_json(json.dumps(twice.to_json())) == twice, seed


def test_a_weight_beyond_the_range_of_losses_damages_no_result() -> None:
    """The loss of a pair closer than beta may become infinite by its weight."""
    pred, weights = np.array([5e299, 1.0]), np.array([1e100, 1.0])
    result = evaluate(pred, np.zeros(2), EvalSettings((1e300,)), weights=weights, **GIVEN)
    assert result.tallies[0].n_quadratic == 2
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize("name", ["count", "ssm", "smm", "mmm"])
def test_whole_rows_have_the_moments_of_their_length(name: str) -> None:
    document = result_of("rows").to_json()
    rows = document["results"][0]["exact"]["rows"]
    moments = {key: _value(text) for key, text in rows.items() if isinstance(text, str)}
    assert moments["ssm"] == 2 * moments["squares"]
    assert moments["smm"] == 2 * moments["cross"]
    assert moments["mmm"] == 2 * moments["sizes"] == 4 * 2**3
    if name == "count":
        rows[name] += 1
    else:  # by 1/64, to the side that the laws of sums of products leave
        mantissa, exponent = rows[name].split("p")
        factor = 63 if name == "smm" else 65
        rows[name] = f"{int(mantissa, 16) * factor:#x}p{int(exponent) - 6}"
    with pytest.raises(DataError, match=r"^damaged: results\[0\]"):
        Result.from_json(document)


def _value(text: str) -> Fraction:
    mantissa, exponent = text.split("p")
    return int(mantissa, 16) * Fraction(2) ** int(exponent)


def test_a_worst_row_beyond_the_predictions_is_refused() -> None:
    document = evaluate(PRED, TARGET, top=2).to_json()
    document["top"][1]["row"] = len(PRED)
    Result.from_json(document)
    document["top"][1]["row"] += 1
    with pytest.raises(DataError, match=r"row is 9, but the predictions have 8"):
        Result.from_json(document)
