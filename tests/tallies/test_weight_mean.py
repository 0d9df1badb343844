"""Weighted means that are divided by the number of elements, as Keras and mmdetection do."""

from __future__ import annotations

import io
import json
import math
from fractions import Fraction
from statistics import stdev
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, Result, compare, evaluate
from smoothl1.errors import SettingsError
from smoothl1.running.evaluate import LossOutput
from tests import oracle

BETA = 0.5
PRED = [0.5, 2.0, 1e16, -3.5, 0.25, 7.0, math.nan, 1.0]
TARGET = [0.25, 0.1, 1.0, -3.25, 5.0, 7.5, 1.0, 4.0]
WEIGHT = [2.0, 0.1, 3.0, 0.0, 0.5, 1.0, 0.0, 0.3]
GROUP = ["a", "b", "a", "a", "b", "b", "a", "b"]
TERMS = [
    Fraction(w * oracle.loss(x, y, BETA)) if w else Fraction(0)
    for x, y, w in zip(PRED, TARGET, WEIGHT, strict=True)
]
DATA = pa.table({"x": PRED, "y": TARGET, "w": WEIGHT, "g": GROUP})
HOW: dict[str, Any] = {"pred": "x", "target": "y", "weight": "w", "betas": BETA}


def run(**more: Any) -> Result:
    return evaluate(DATA, **{**HOW, "statistics": True, "weight_mean": "count", **more})


@pytest.mark.parametrize("execution", [Execution(1, 1), Execution(2, 3), Execution()])
def test_the_mean_is_the_exact_sum_by_all_elements_and_its_error_that_of_plain_terms(
    execution: Execution,
) -> None:
    (tally,) = run(execution=execution).tallies
    assert (tally.sum, tally.mean) == (float(sum(TERMS)), float(sum(TERMS) / 8))
    assert (tally.n, tally.n_weightless) == (6, 2)
    wanted = stdev(map(float, TERMS)) / math.sqrt(8)
    assert tally.standard_error == pytest.approx(wanted, rel=1e-14)


def test_groups_and_clusters_divide_by_their_elements() -> None:
    for more in ({}, {"cluster": "c"}):
        data = DATA.append_column("c", pa.array(range(8)))  # each row is a cluster of its own
        result = evaluate(
            data, **HOW, by="g", statistics=True, weight_mean="count", also="mae", **more
        )
        for group, tally in zip(result.groups, result.tallies, strict=True):
            terms = [t for t, g in zip(TERMS, GROUP, strict=True) if g == group.group]
            assert tally.mean == float(sum(terms) / 4)
            wanted = stdev(map(float, terms)) / 2
            assert tally.standard_error == pytest.approx(wanted, rel=1e-14)
        read = Result.from_json(json.dumps(result.to_json()))
        assert (read, read.values) == (result, result.values)


def test_rows_of_several_elements_have_their_number_of_elements_as_size() -> None:
    x, y = (np.array(side).reshape(4, 2) for side in (PRED, TARGET))
    weights = np.array(WEIGHT).reshape(4, 2)
    out = io.BytesIO()
    how: dict[str, Any] = {"betas": BETA, "weights": weights, "weight_mean": "count"}
    result = evaluate(
        x,
        y,
        **how,
        statistics=True,
        reduction="none",
        losses_to=LossOutput(out, "text", per_row=True),
    )
    rows = [sum(TERMS[i : i + 2]) / 2 for i in range(0, 8, 2)]
    assert out.getvalue().decode().split() == [repr(float(row)) for row in rows]
    wanted = stdev(map(float, rows)) / 2
    assert result.tallies[0].standard_error == pytest.approx(wanted, rel=1e-14)


def test_a_comparison_divides_both_models_and_their_difference() -> None:
    other = [value + 0.5 for value in PRED]
    data = DATA.append_column("z", pa.array(other))
    found = compare(
        data, pred_a="x", pred_b="z", target="y", weight="w", betas=BETA, weight_mean="count"
    ).differences[0]
    others = [
        Fraction(w * oracle.loss(z, y, BETA)) if w else Fraction(0)
        for z, y, w in zip(other, TARGET, WEIGHT, strict=True)
    ]
    differences = [b - a for a, b in zip(TERMS, others, strict=True)]
    assert found.a.mean == float(sum(TERMS) / 8)
    assert found.estimate.value == float(sum(differences) / 8)
    wanted = stdev(map(float, differences)) / math.sqrt(8)
    assert found.estimate.standard_error == pytest.approx(wanted, rel=1e-12)


def test_it_is_in_the_signature_merges_with_its_like_and_needs_weights() -> None:
    result = run()
    assert "|w:count|" in result.signature
    whole = Result.merged([result, result])
    assert (whole.mean, whole.tallies[0].n) == (result.mean, 12)
    with pytest.raises(DataError, match="different settings: weight mean is 'count' and 'sum'"):
        Result.merged([result, run(weight_mean="sum")])
    with pytest.raises(SettingsError, match="by count is asked for, and there are no weights"):
        run(weight=None)
    document = result.to_json()
    document["results"][0]["exact"]["weight"] = "0x9p0"
    with pytest.raises(DataError, match="damaged"):
        Result.from_json(json.dumps(document))
