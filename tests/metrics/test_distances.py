"""Metrics beside the loss are exact, rounded once, and the same however the data are cut."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, Result, SettingsError, compare, evaluate
from smoothl1.settings import ALSO
from tests.oracle import distance, loss, rounded
from tests.schema import VALIDATOR
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIELDS = {"max": "max_error"}


def root(value: Fraction) -> float:
    """The square root of a rational, rounded once: the nearer of the two neighbours of a guess."""
    guess = math.sqrt(value)
    near = [guess, math.nextafter(guess, 0.0), math.nextafter(guess, math.inf)]
    return min(near, key=lambda x: abs(Fraction(x) ** 2 - value))  # no tie: never half a unit


def expected(
    pairs: Sequence[tuple[Any, Any]], beta: float, weights: Sequence[float] | None
) -> dict[str, float]:
    """The metrics of finite pairs, by rationals."""
    terms = [loss(x, y, beta) for x, y in pairs]
    if weights is not None:
        terms = [term * weight for term, weight in zip(terms, weights, strict=True)]
    w = [Fraction(x) for x in weights] if weights is not None else [Fraction(1)] * len(pairs)
    d = [Fraction(distance(x, y)) for x, y in pairs]
    size = sum(w)
    square = sum(a * b * b for a, b in zip(w, d, strict=True)) / size
    signed = sum(a * (Fraction(x) - Fraction(y)) for a, (x, y) in zip(w, pairs, strict=True))
    return {
        "mae": rounded(sum(a * b for a, b in zip(w, d, strict=True)) / size),
        "mse": rounded(square),
        "rmse": root(square),
        "bias": rounded(signed / size),
        "huber": rounded(Fraction(beta) * sum(map(Fraction, terms)) / size),
        "max_error": float(max(d)),
    }


def entries(result: Result) -> list[dict[str, Any]]:
    """The entries of the JSON, which keeps to the schema and reads back to the same result."""
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    VALIDATOR.validate(document)
    assert Result.from_json(json.dumps(document)) == result
    found: list[dict[str, Any]] = document["results"]
    return found


def metrics_of(entry: dict[str, Any]) -> dict[str, float]:
    names = [FIELDS.get(name, name) for name in ALSO]
    return {n: float(entry[f"{n}_text"]) if entry[n] is None else entry[n] for n in names}


def data(n: int, dtype: str) -> tuple[Any, Any]:
    rng = np.random.default_rng(5)
    if dtype == "wide":
        scale = np.exp2(rng.integers(-500, 400, n))
        return rng.normal(size=n) * scale, rng.normal(size=n) * scale
    if dtype == "int64":
        low, high = -(2**63), 2**63
        return rng.integers(low, high, n), rng.integers(low, high, n)
    return rng.normal(size=n).astype(dtype), rng.normal(size=n).astype(dtype)


@pytest.fixture(params=["cpu", "native"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", request.param)


@pytest.mark.parametrize("dtype", ["float32", "float16", "wide", "int64"])
@pytest.mark.parametrize("kind", ["plain", "weights", "groups"])
@pytest.mark.usefixtures("backend")
def test_each_metric_is_an_exact_quotient_rounded_once(
    kind: str, dtype: str, tmp_path: Path
) -> None:
    n, beta = 300, 0.3
    pred, target = data(n, dtype)
    rng = np.random.default_rng(6)
    weights = rng.uniform(0.1, 3, n) if kind == "weights" else None
    groups = rng.integers(0, 3, n) if kind == "groups" else np.zeros(n, int)
    columns = {"p": pred, "y": target, "g": groups} | ({} if weights is None else {"w": weights})
    path = save(tmp_path / "t.parquet", 50, **columns)
    result = evaluate(
        path,
        settings=EvalSettings((beta,), by="g" if kind == "groups" else None, also=ALSO),
        pred="p",
        target="y",
        weight=None if weights is None else "w",
        execution=Execution(2, 17),
    )
    found = entries(result)
    assert len(found) == len(set(groups.tolist()))
    for code, entry in enumerate(found):
        at = groups == code
        pairs = list(zip(pred[at].tolist(), target[at].tolist(), strict=True))
        some = None if weights is None else weights[at].tolist()
        assert metrics_of(entry) == expected(pairs, beta, some)


def test_mae_is_the_loss_at_beta_0(tmp_path: Path) -> None:
    pred, target = data(1000, "float32")
    path = save(tmp_path / "t.parquet", p=pred, y=target)
    settings = EvalSettings((0.0, 1.0), also=("mae",))
    for entry in entries(evaluate(path, settings=settings, pred="p", target="y")):
        assert entry["mae"] == evaluate(path, pred="p", target="y", betas=0).mean


@pytest.mark.parametrize("by", [None, "g"])
def test_merged_parts_have_the_bits_of_the_whole(by: str | None, tmp_path: Path) -> None:
    pred, target = data(100, "wide")
    groups = np.arange(100) % 7
    settings = EvalSettings((0.5, 2.0), by=by, also=ALSO)

    def of(name: str, rows: slice) -> Result:
        path = save(tmp_path / name, p=pred[rows], y=target[rows], g=groups[rows])
        return evaluate(path, settings=settings, pred="p", target="y")

    parts = [
        of(f"{i}.parquet", rows) for i, rows in enumerate((slice(3), slice(3, 60), slice(60, 100)))
    ]
    whole = of("all.parquet", slice(None))
    for some in (parts, parts[::-1], [Result.merged(parts[:2]), parts[2]]):
        merged = Result.merged(some)
        assert merged.metric_states == whole.metric_states
        assert list(map(metrics_of, entries(merged))) == list(map(metrics_of, entries(whole)))


def test_results_of_other_metrics_are_not_merged(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0], y=[2.0])
    one, other = (evaluate(path, pred="p", target="y", also=x) for x in ("mae", ("mae", "mse")))
    with pytest.raises(DataError, match="also is 'mae' and 'mae', 'mse'"):
        Result.merged([one, other])


NAN, INF = math.nan, math.inf
CASES: dict[str, tuple[list[float], list[float], list[float]]] = {
    # predictions, targets, then mae, mse, rmse, bias, huber, max_error
    "nan": ([NAN, 1.0], [0.0, 0.0], [NAN] * 6),
    "nan beside inf": ([NAN, INF], [0.0, 0.0], [NAN] * 6),
    "above": ([INF, 1.0], [0.0, 0.0], [INF] * 6),
    "below": ([1.0, 2.0], [INF, 0.0], [INF, INF, INF, -INF, INF, INF]),
    "both": ([INF, 1.0], [0.0, INF], [INF, INF, INF, NAN, INF, INF]),
    "overflow": ([1e308, 0.0], [-1e308, 0.0], [INF, INF, INF, 1e308, INF, INF]),
    "square": ([1e200], [0.0], [1e200, INF, 1e200, 1e200, 1e200, 1e200]),
    "tiny": ([5e-324], [0.0], [5e-324, 0.0, 5e-324, 5e-324, 0.0, 5e-324]),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("by", [None, "g"])
@pytest.mark.usefixtures("backend")
def test_nan_and_infinity_follow_the_rules_of_the_loss(
    by: str | None, case: str, tmp_path: Path
) -> None:
    pred, target, wanted = CASES[case]
    path = save(tmp_path / "t.parquet", p=pred, y=target, g=["a"] * len(pred))
    result = evaluate(
        *(path, None, EvalSettings(by=by, also=ALSO)), pred="p", target="y", warn=lambda _: None
    )
    (entry,) = entries(result)
    found = list(metrics_of(entry).values())
    assert str(found) == str(wanted)  # as text, in which NaN equals itself


def test_pairs_left_out_are_in_no_metric(tmp_path: Path) -> None:
    path = save(tmp_path / "t.parquet", p=[1.0, None, NAN, 3.0], y=[0.0, 0.0, 0.0, 1.0])
    settings = EvalSettings(nan="omit", also=ALSO)
    result = evaluate(path, None, settings, pred="p", target="y", warn=lambda _: None)
    assert list(metrics_of(entries(result)[0]).values()) == [1.5, 2.5, 2.5**0.5, 1.5, 1.0, 2.0]


def test_a_single_name_and_names_in_a_list_are_settings() -> None:
    assert EvalSettings().replaced({"also": "mae"}).also == ("mae",)
    assert EvalSettings().replaced({"also": ["mae", "max"]}).also == ("mae", "max")


@pytest.mark.parametrize(
    ("also", "message"),
    [(("mad",), "also takes mae, .* not 'mad'"), (("mae", "mae"), "a metric is given twice")],
)
def test_other_names_are_refused(also: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EvalSettings(also=also)


def test_a_comparison_forms_no_metrics(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0], q=[2.0], y=[2.0])
    with pytest.raises(SettingsError, match="no metrics"):
        compare(path, pred_a="p", pred_b="q", target="y", also="mae")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mae": 0.5}, "mae is 0.5, but 1.0 by its exact state"),
        ({"max_error": None, "max_error_text": "inf"}, "max_error is inf, but 1.0"),
    ],
)
def test_a_number_that_is_not_that_of_its_state_is_refused(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "t.csv", p=[1.0], y=[2.0])
    document = evaluate(path, pred="p", target="y", also=("mae", "max")).to_json()
    document["results"][0] |= change
    with pytest.raises(DataError, match=message):
        Result.from_json(json.dumps(document))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ([], "distances does not have an item for each group"),
        ([{"infinite": 1, "above": 0, "below": 0, "total": "0x1p0"}], "mae is 1.0, but inf"),
        ([{"infinite": 0, "above": 0, "below": 0, "total": "-0x1p0"}], "no exact sum"),
    ],
)
def test_a_damaged_state_is_refused(change: list[Any], message: str, tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0], y=[2.0])
    document = evaluate(path, pred="p", target="y", also=("mae",)).to_json()
    document["distances"] = change
    with pytest.raises(DataError, match=message):
        Result.from_json(json.dumps(document))
