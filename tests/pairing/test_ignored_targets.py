"""Targets that stand for no value are left out, counted, and told apart from other pairs."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from smoothl1 import (
    DataError,
    EvalSettings,
    Execution,
    Ranking,
    ReadOptions,
    Result,
    SettingsError,
    compare,
    evaluate,
)
from smoothl1.running.report import report
from tests import oracle
from tests.inside import called
from tests.schema import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(4)
N = 40
PRED = RNG.normal(size=N)
PLACES = np.zeros(N, bool)
PLACES[[0, 7, 8, 39]] = True


def targets(sentinel: float, dtype: str = "float64") -> Any:
    return np.where(PLACES, sentinel, np.arange(N) % 5).astype(dtype)


def told(settings: EvalSettings, predictions: Any, targets: Any, **how: Any) -> Result:
    return evaluate(predictions, targets, settings, warn=lambda _: None, **how)


@pytest.mark.parametrize(
    ("dtype", "sentinel"),
    [
        *(("float64", -99.9), ("float32", -99.9), ("float16", -99.9), ("int8", -100)),
        *(("uint64", 2.0**63), ("int64", -(2.0**63)), ("bool", 1)),
    ],
)
@pytest.mark.parametrize("by_column", [False, True])
def test_targets_equal_to_the_number_in_their_dtype_are_left_out(
    dtype: str, sentinel: float, by_column: bool
) -> None:
    target = targets(sentinel, dtype)
    if dtype == "bool":
        target = PLACES.copy()
    settings = EvalSettings(ignore_target=(sentinel,), by_column=by_column)
    expected = oracle.tally(PRED[~PLACES], target[~PLACES], 1.0)
    for chunk_rows in (3, 1000):
        found = told(settings, PRED, target, execution=Execution(chunk_rows=chunk_rows))
        (tally,) = found.tallies
        assert (tally.n, tally.n_omitted, tally.n_ignored, tally.n_missing) == (N - 4, 4, 4, 0)
        assert tally.mean == expected.mean


@pytest.mark.parametrize(
    ("dtype", "sentinel"),
    [("int8", -99.9), ("uint8", -1), ("int64", 1e30), ("float16", 1e6), ("float16", 1e-9)],
)
def test_a_number_that_the_dtype_cannot_hold_leaves_nothing_out(
    dtype: str, sentinel: float
) -> None:
    target = np.array([np.inf, 0] if dtype == "float16" else [1, 127], dtype)
    assert told(EvalSettings(ignore_target=(sentinel,)), [0, 0], target).tallies[0].n == 2


@pytest.mark.parametrize("sentinel", [0.0, -0.0, 1.0])
def test_zeros_and_ones_of_floats_can_be_ignored(sentinel: float) -> None:
    target = np.array([sentinel, 0.5, -sentinel, sentinel], np.float32)
    (tally,) = told(EvalSettings(ignore_target=(sentinel,)), [1.0] * 4, target).tallies
    assert tally.n_ignored == (2 if sentinel else 3)  # zero has no sign here


def test_what_a_missing_value_holds_and_weight_0_are_no_ignored_targets() -> None:
    table = pa.table(
        {
            "p": [1.0, None, 3.0, float("nan"), 5.0],
            "y": pa.array([None, 0, 0, 0, 2], pa.int64()),
            "w": [1.0, 1.0, 0.0, 1.0, 1.0],
        }
    )
    settings = EvalSettings(nan="omit", ignore_target=(0.0,))
    tally = told(settings, table, None, pred="p", target="y", weight="w").tallies[0]
    assert (tally.n, tally.n_missing, tally.n_omitted, tally.n_ignored, tally.n_weightless) == (
        *(1, 1, 3, 2),
        1,
    )
    assert tally.mean == 2.5


def test_pairs_of_weight_0_count_for_a_mean_by_count_unless_they_are_left_out() -> None:
    table = pa.table(
        {
            "p": [1.0, 1.0, 1.0, float("nan")],
            "y": [0.0, 0.0, -999.0, 0.0],
            "w": [1.0, 0.0, 0.0, 0.0],
        }
    )
    settings = EvalSettings(nan="omit", ignore_target=(-999.0,), weight_mean="count")
    tally = told(settings, table, None, pred="p", target="y", weight="w").tallies[0]
    assert (tally.n, tally.n_omitted, tally.n_ignored, tally.n_weightless) == (1, 2, 1, 1)
    assert tally.mean == 0.25  # 0.5 and 0, by 2


def test_the_count_stands_in_json_tables_and_the_signature_and_merges() -> None:
    settings = EvalSettings(ignore_target=(-99.5, 3.0))
    whole = told(settings, PRED, targets(-99.5))
    document = json.loads(json.dumps(whole.to_json()))
    Draft202012Validator(SCHEMA).validate(document)
    n_ignored = int((PLACES | (np.arange(N) % 5 == 3)).sum())
    assert document["settings"]["ignore_target"] == [-99.5, 3.0]
    assert document["results"][0]["ignored"] == document["results"][0]["omitted"] == n_ignored
    assert "|nan:propagate|ignore:-99.5,3.0|w:no|" in whole.signature
    assert Result.from_json(document) == whole
    assert whole.to_arrow()["ignored"].to_pylist() == [n_ignored]
    parts = [told(settings, PRED[i : i + 20], targets(-99.5)[i : i + 20]) for i in (0, 20)]
    merged = Result.merged(parts)
    assert merged.tallies[0]._replace(first_nan=None) == whole.tallies[0]
    document["results"][0]["ignored"] = n_ignored + 1
    with pytest.raises(DataError, match="damaged"):
        Result.from_json(document)
    assert "ignored" not in told(EvalSettings(), PRED, PRED).to_json()["results"][0]


def test_models_and_reports_leave_out_the_same_targets() -> None:
    target = targets(-1.0)
    settings = EvalSettings(ignore_target=(-1.0,))
    inputs = (PRED, PRED + 1, PRED + 2)
    expected = [oracle.tally(pred[~PLACES], target[~PLACES], 1.0).mean for pred in inputs]
    for n in (2, 3):
        found: Any = compare(*inputs[:n], target, settings=settings, warn=lambda _: None)
        row: Any = found.to_json()["results"][0]
        if isinstance(found, Ranking):
            means = {model["model"]: model["mean"] for model in row["models"]}
            assert sorted(means.values()) == sorted(expected)
            assert [model["ignored"] for model in row["models"]] == [4] * 3
            assert found.to_arrow()["ignored"].to_pylist() == [4] * 3
        else:
            assert [row["mean_a"], row["mean_b"], row["ignored"]] == [*expected[:2], 4]
            assert found.to_arrow()["ignored"].to_pylist() == [4]
    drawn = report(PRED, target, settings, warn=lambda _: None)
    assert drawn.result.tallies[0].mean == expected[0]


def test_the_command_counts_them_and_refuses_to_leave_out_all(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("p,y\n1,1.5\nnan,-999\n4,-100\n")
    args = ["eval", path, "--pred", "p", "--target", "y"]
    assert called(capfd, *args, "--ignore-target", "-999", "--ignore-target", "-100") == "0.125\n"
    losses = called(capfd, *args, "--ignore-target", "-999,-100", "-r", "none")
    assert losses.split() == ["0.125", "nan", "nan"]
    with pytest.raises(DataError, match=r"no pair is left.*3 with a target to be ignored"):
        called(capfd, *args, "--ignore-target", "-999,-100,1.5")


@pytest.mark.parametrize("nan", [None, "error"])
def test_a_prediction_may_be_missing_where_the_target_is_ignored(
    nan: str | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("p,y\n1,1.5\n,-999\n")
    args = ["eval", path, "--pred", "p", "--target", "y", *(["--nan", nan] if nan else [])]
    assert called(capfd, *args, "--ignore-target", "-999") == "0.125\n"
    with pytest.raises(DataError, match="row 2, column 'p': the value is missing"):
        called(capfd, *args, "--ignore-target", "-100")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "cannot be nan"),
        (float("inf"), "must be finite"),
        (2**53 + 1, "is a binary64"),
        (Decimal("0.1"), "not Decimal"),
        (True, "not bool"),
    ],
)
def test_a_target_to_ignore_is_a_finite_binary64(value: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EvalSettings(ignore_target=(value,))
    with pytest.raises(SettingsError, match="a target to ignore is given twice"):
        EvalSettings(ignore_target=(0.0, -0.0))


def test_numbers_that_narrower_files_round_are_refused_with_what_they_are(tmp_path: Path) -> None:
    pred = np.ones(4)
    (tmp_path / "y").mkdir()
    np.save(tmp_path / "y/0.npy", np.array([-999.9, 2], "float32"))
    np.save(tmp_path / "y/1.npy", np.array([-999.9, 2], "float64"))
    said = r"stored as float32, in which the ignored -999\.9 is (-999.9000244140625) \[--ig.* \1"
    with pytest.raises(DataError, match=said):
        told(EvalSettings(ignore_target=(-999.9,)), pred, tmp_path / "y")
    both = EvalSettings(ignore_target=(-999.9, -999.9000244140625))
    assert told(both, pred, tmp_path / "y").n == 2
    bits = np.array([1.5, -1000, 2, 2], "float32").view("uint32") >> 16  # bfloat16: -999 is -1000
    np.save(tmp_path / "b.npy", bits.astype("uint16").view("V2"))
    options = ReadOptions(dtype="bfloat16")
    with pytest.raises(DataError, match=r"stored as bfloat16, in which the ignored -999 is -1000 "):
        told(EvalSettings(ignore_target=(-999,)), pred, tmp_path / "b.npy", options=options)
    settings = EvalSettings(ignore_target=(-1000,))
    assert told(settings, pred, tmp_path / "b.npy", options=options).n == 3


@pytest.mark.parametrize("stored", ["float16", "float32"])
def test_numbers_that_narrower_columns_round_are_refused_with_what_they_are(stored: str) -> None:
    values = [-999.9, 2.0]
    table = pa.table({"p": [1.0, 1], "a": np.array(values, stored), "b": values, "n": [1, 2]})
    sides: dict[str, Any] = {"pred": ["p", "p"], "target": ["a", "b"]}
    rounded = float(np.dtype(stored).type(-999.9))
    with pytest.raises(DataError, match=f"stored as {stored}, in which the ignored -999.9 is"):
        told(EvalSettings(ignore_target=(-999.9,)), table, None, **sides)
    both = EvalSettings(ignore_target=(-999.9, rounded))
    assert told(both, table, None, **sides).tallies[0].n_ignored == 2
    exact = table.set_column(1, "a", pa.array(np.array([-999, 2], stored)))
    assert told(EvalSettings(ignore_target=(-999.0,)), exact, None, **sides).n == 3
    alone = EvalSettings(ignore_target=(-999.9,))
    assert told(alone, table, None, pred="p", target="a").tallies[0].n_ignored == 1


def test_a_number_that_no_target_has_is_warned_of_but_not_in_a_part() -> None:
    settings = EvalSettings(ignore_target=(-999.0,))
    for part, expected in ((None, 1), ((1, 2), 0)):
        said: list[str] = []
        evaluate(PRED, np.arange(N) % 5, settings, warn=said.append, part=part)
        assert len([text for text in said if "no target is -999" in text]) == expected
