"""Quantiles are those of all distances sorted, in constant memory, and merge exactly or refuse."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, Result, SettingsError, evaluate
from smoothl1.metrics import bracket, held, quantile_search
from smoothl1.metrics.quantile_search import SearchAccumulator
from smoothl1.numerics.ranks import rank_of
from smoothl1.running import one_pass
from tests.pipes import fed
from tests.schema import VALIDATOR
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SIDES: dict[str, Any] = {"pred": "p", "target": "y"}
QUANTILES = (0.0, 0.1, 0.5, 0.999, 1.0)
N = 3000


def expected(distances: list[float], q: float) -> float:
    """The smallest distance with at least q * n at or below it, q being a decimal number."""
    needed = Fraction(str(q)) * len(distances)
    ordered = sorted(distances)
    return next(d for i, d in enumerate(ordered, 1) if i >= needed)


def entries(result: Result) -> list[dict[str, Any]]:
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    VALIDATOR.validate(document)
    assert Result.from_json(json.dumps(document)) == result
    found: list[dict[str, Any]] = document["results"]
    return found


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


DATA: dict[str, Callable[[], NDArray[np.float64]]] = {
    "alike": lambda: np.abs(rng().normal(size=N)),
    "drifting": lambda: np.exp2(np.arange(N) / 10.0),
    "of few values": lambda: rng().integers(0, 3, N).astype(float),
    "equal": lambda: np.full(N, 0.25),
    "wide": lambda: np.exp2(rng().uniform(-1074, 1023, N)),
    "close": lambda: 1.0 + np.ldexp(rng().integers(0, 1 << 20, N).astype(float), -50),
    "infinite": lambda: np.where(np.arange(N) % 3 == 0, np.inf, np.arange(N)),
}


@pytest.fixture(params=["as they are", "small"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of memory, also so small that few rows exceed them."""
    if request.param == "small":
        monkeypatch.setattr(held, "MOST_HELD", 50)
        monkeypatch.setattr(bracket, "MOST_VALUES", 64)
        monkeypatch.setattr(bracket, "_SAMPLE", 32)
        monkeypatch.setattr(quantile_search, "MOST_COLLECTED", 40)
        monkeypatch.setattr(one_pass, "PART_ELEMENTS", 400)


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("by", [None, "g"])
@pytest.mark.usefixtures("limits")
def test_quantiles_are_those_of_all_distances_sorted(
    by: str | None, kind: str, tmp_path: Path
) -> None:
    distances = DATA[kind]()
    groups = np.random.default_rng(5).integers(0, 3, N) * (by is not None)
    path = save(tmp_path / "t.parquet", 500, p=distances, y=np.zeros(N), g=groups)
    settings = EvalSettings(by=by, quantiles=QUANTILES)
    found = entries(evaluate(path, None, settings, execution=Execution(2, 101), **SIDES))
    for code, entry in zip(sorted(set(groups.tolist())), found, strict=True):
        some = distances[groups == code].tolist()
        for q in QUANTILES:
            value = math.inf if entry[f"quantile_{q}"] is None else entry[f"quantile_{q}"]
            assert value == expected(some, q)


def test_one_pass_is_enough_for_rows_that_are_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: SearchAccumulator, _: object) -> None:
        raise AssertionError("a further pass")

    monkeypatch.setattr(SearchAccumulator, "__init__", refuse)
    monkeypatch.setattr(bracket, "MOST_VALUES", 4000)
    distances = np.abs(rng().normal(size=50_000))
    np.save(tmp_path / "p.npy", distances)
    np.save(tmp_path / "y.npy", np.zeros(distances.size))
    result = evaluate(
        *(tmp_path / "p.npy", tmp_path / "y.npy"),
        quantiles=QUANTILES,
        execution=Execution(2, 5000),
    )
    (entry,) = entries(result)
    for q in QUANTILES:
        assert entry[f"quantile_{q}"] == expected(distances.tolist(), q)


def test_a_quantile_is_numpys_inverted_cdf() -> None:
    values = list(range(1, 11))
    for q in (0.0, 0.05, 0.1, 0.25, 0.3, 0.7, 0.95, 1.0):
        assert values[rank_of(q, 10) - 1] == np.quantile(values, q, method="inverted_cdf")
    assert rank_of(0.1, 10) == 1  # though the binary64 0.1 is more than a tenth


def test_a_pipe_is_read_as_often_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bracket, "MOST_VALUES", 1000)
    n = 1 << 20  # more than is kept of the beginning of a pipe
    np.save(tmp_path / "p.npy", np.arange(n, dtype=float))
    np.save(tmp_path / "y.npy", np.zeros(n, np.int8))
    with fed(tmp_path / "pipe", (tmp_path / "p.npy").read_bytes()):
        result = evaluate(tmp_path / "pipe", tmp_path / "y.npy", quantiles=0.75)
    assert entries(result)[0]["quantile_0.75"] == 0.75 * n - 1


@pytest.mark.parametrize("by", [None, "g"])
@pytest.mark.usefixtures("limits")
def test_a_quantile_with_nan_is_nan_in_its_group(by: str | None, tmp_path: Path) -> None:
    pred = [math.nan, *range(1, 200)]
    path = save(tmp_path / "t.parquet", p=pred, y=[0.0] * 200, g=["a"] * 100 + ["b"] * 100)
    settings = EvalSettings(by=by, quantiles=(0.5,))
    first, *others = entries(evaluate(path, None, settings, warn=lambda _: None, **SIDES))
    assert (first["quantile_0.5"], first["quantile_0.5_text"]) == (None, "nan")
    assert [entry["quantile_0.5"] for entry in others] == [149.0] * (by is not None)


def test_a_missing_prediction_makes_a_quantile_nan_and_omitted_pairs_do_not(
    tmp_path: Path,
) -> None:
    path = save(tmp_path / "t.parquet", p=[1.0, None, 3.0], y=[0.0, 0.0, 0.0])
    for nan, text in (("omit-target", "nan"), ("omit", None)):
        settings = EvalSettings(nan=nan, quantiles=(0.5,))
        (entry,) = entries(evaluate(path, None, settings, warn=lambda _: None, **SIDES))
        assert entry.get("quantile_0.5_text") == text
        assert entry["quantile_0.5"] == (None if text else 1.0)


def part(path: Path, distances: list[float], groups: str) -> Result:
    save(path, p=distances, y=[0.0] * len(distances), g=[*groups])
    return evaluate(path, None, EvalSettings(by="g", quantiles=(0.5,)), **SIDES)


def test_few_distances_merge_to_the_bits_of_the_whole(tmp_path: Path) -> None:
    one = part(tmp_path / "a.parquet", [5.0, 1.0, math.inf, 1.0], "baba")
    other = part(tmp_path / "b.parquet", [3.0, 2.0, 4.0], "acb")
    whole = part(tmp_path / "c.parquet", [5.0, 1.0, math.inf, 1.0, 3.0, 2.0, 4.0], "babaacb")
    for merged in (Result.merged([one, other]), Result.merged([other, one])):
        assert merged.metric_states == whole.metric_states
        assert [entry["quantile_0.5"] for entry in entries(merged)] == [1.0, 5.0, 2.0]


def test_many_distances_are_merged_only_where_groups_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_HELD", 2)
    a, b = (part(tmp_path / f"{g}.parquet", [1.0, 2.0, 3.0], g * 3) for g in "ab")
    assert [entry["quantile_0.5"] for entry in entries(Result.merged([a, b]))] == [2.0, 2.0]
    with pytest.raises(DataError, match="do not tell that of the whole"):
        Result.merged([a, a])


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_what_is_no_quantile_is_refused(q: float) -> None:
    with pytest.raises(SettingsError, match="quantile must be"):
        EvalSettings(quantiles=(q,))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"values": [1.0], "counts": [1], "infinite": 0}, "contradict the counts"),
        ({"values": [2.0, 1.0], "counts": [1, 1], "infinite": 0}, "ascending"),
        ({"values": [1.0, 3.0], "counts": [1, 1], "infinite": 0}, "quantile_1.0 is 2.0, but 3.0"),
        ({"values": [1.0, 2.0], "counts": [2, 0], "infinite": 0}, "not counts"),
        ({"values": [1.0, 2.0], "counts": [1, 1]}, "infinite"),
    ],
)
def test_a_damaged_state_is_refused(state: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0, 2.0], y=[0.0, 0.0])
    document = evaluate(path, quantiles=1.0, **SIDES).to_json()
    document["quantiles"] = [state]
    with pytest.raises(DataError, match=message):
        Result.from_json(json.dumps(document))


def test_quantiles_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0, 2.0], y=[0.0, 0.0])
    document = evaluate(path, quantiles=(0.9, 0.1), **SIDES).to_json()
    document["quantiles"] = [{}]
    assert Result.from_json(json.dumps(document)).metric_states
    document["results"][0]["quantile_0.1"] = 3.0
    with pytest.raises(DataError, match="contradict each other"):
        Result.from_json(json.dumps(document))
