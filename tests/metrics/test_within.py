"""Counts of pairs within tolerances are exact, for every group, and merge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, Result, SettingsError, evaluate
from tests.oracle import distance
from tests.schema import VALIDATOR
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

SIDES: dict[str, Any] = {"pred": "p", "target": "y"}
TOLERANCES = (0.0, 0.5, 1.5)


def entries(result: Result) -> list[dict[str, Any]]:
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    VALIDATOR.validate(document)
    assert Result.from_json(json.dumps(document)) == result
    found: list[dict[str, Any]] = document["results"]
    return found


@pytest.mark.parametrize("by", [None, "g"])
def test_pairs_within_a_tolerance_are_counted(by: str | None, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pred, target = np.round(rng.normal(size=(2, 200)), 1).astype(np.float32)
    groups = rng.integers(0, 3, 200) * (by is not None)
    path = save(tmp_path / "t.parquet", 40, p=pred, y=target, g=groups)
    settings = EvalSettings((1.0, 2.0), by=by, within=TOLERANCES)
    found = entries(evaluate(path, None, settings, execution=Execution(2, 13), **SIDES))
    codes = sorted(set(groups.tolist())) * 2
    for code, entry in zip(codes, found, strict=True):
        at = groups == code
        pairs = zip(pred[at].tolist(), target[at].tolist(), strict=True)
        distances = [distance(x, y) for x, y in pairs]
        for tolerance in TOLERANCES:
            n = sum(d <= tolerance for d in distances)
            assert entry[f"within_{tolerance}"] == n
            assert entry[f"share_within_{tolerance}"] == n / len(distances)


def test_a_tolerance_is_within_itself_and_nan_within_none(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=["1", "nan", "inf", "3"], y=["0.5", "0", "0", "0"])
    (entry,) = entries(evaluate(path, within=0.5, warn=lambda _: None, **SIDES))
    assert (entry["within_0.5"], entry["share_within_0.5"]) == (1, 0.25)


def test_counts_of_parts_are_added(tmp_path: Path) -> None:
    def of(name: str, groups: str) -> Result:
        path = save(tmp_path / name, p=[1.0] * len(groups), y=[0.0] * len(groups), g=[*groups])
        return evaluate(path, None, EvalSettings(by="g", within=(1.0,)), **SIDES)

    merged = Result.merged([of("a.csv", "caa"), of("b.csv", "bc")])
    assert merged.metric_states == of("c.csv", "caabc").metric_states
    assert [entry["within_1.0"] for entry in entries(merged)] == [2, 1, 2]


@pytest.mark.parametrize(
    ("within", "message"),
    [
        ((-1.0,), "within must be finite and >= 0"),
        ((float("nan"),), "within must be finite"),
        ((1.0, 1), "a tolerance is given twice"),
    ],
)
def test_what_is_no_tolerance_is_refused(within: tuple[float, ...], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EvalSettings(within=within)


@pytest.mark.parametrize(("n", "share"), [(2, 0.5), (3, 1.5), (1, 1.0)])
def test_a_damaged_count_is_refused(n: int, share: float, tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", p=[1.0, 2.0], y=[0.0, 0.0])
    document = evaluate(path, within=1.0, **SIDES).to_json()
    document["results"][0] |= {"within_1.0": n, "share_within_1.0": share}
    with pytest.raises(DataError, match=r"within_1\.0"):
        Result.from_json(json.dumps(document))
