"""Columns of one name are told apart wherever columns are named: in results, gates and losses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from smoothl1 import EvalSettings, Result, compare, evaluate
from smoothl1.running.evaluate import LossOutput
from tests.forking import forks
from tests.schema import SCHEMA
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["x", "y", "x", "y"]
COLUMNS = [[1.0, 2.0], [1.0, 1.0], [3.0, 4.0], [1.0, 1.0]]
PAIRS: dict[str, Any] = {"pred": ("@1", "@3"), "target": ("@2", "@4")}
# At beta 1: losses 0 and 0.5 of the first pair of columns, 1.5 and 2.5 of the second.

FORMATS = ("csv", "parquet", "arrow")


def write_named(path: Path, names: list[str] = NAMES, columns: list[list[float]] = COLUMNS) -> Path:
    return save_table(path, pa.Table.from_arrays([pa.array(column) for column in columns], names))


def means(result: Result) -> dict[str | None, float]:
    return {group.column: tally.mean for _, group, tally in result.entries}


@pytest.mark.parametrize("suffix", FORMATS)
def test_columns_of_one_name_have_results_of_their_own(suffix: str, tmp_path: Path) -> None:
    path = write_named(tmp_path / f"t.{suffix}")
    result = evaluate(path, None, EvalSettings(by_column=True), **PAIRS)
    assert means(result) == {"x@1": 0.25, "x@3": 2.0}
    document = json.loads(json.dumps(result.to_json()))
    Draft202012Validator(SCHEMA).validate(document)
    assert Result.from_json(document) == result
    assert Result.merged([result, result]).n == 8
    assert document["inputs"]["pred"]["columns"] == ["x@1", "x@3"]
    assert document["inputs"]["target"]["columns"] == ["y@2", "y@4"]


@pytest.mark.parametrize(
    ("names", "chosen", "expected"),
    [
        (["x", "y", "x", "z"], ("@1", "@3"), ["x@1", "x@3"]),
        (["x", "y", "x", "x@1"], ("@1", "@3", "x@1"), ["x@1@1", "x@3", "x@1"]),
        (["", "y", "", "z"], ("@1", "@3"), ["@1", "@3"]),
        (["x", "y", "x", "z"], ("@1", "z"), ["x", "z"]),
        (["a", "b", "c", "d"], ("a", "c"), ["a", "c"]),
    ],
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_only_columns_that_need_it_get_another_name(
    names: list[str], chosen: tuple[str, ...], expected: list[str], suffix: str, tmp_path: Path
) -> None:
    path = write_named(tmp_path / f"t.{suffix}", names)
    settings = EvalSettings(by_column=True)
    target = ("@2",) * len(chosen)
    result = evaluate(path, None, settings, pred=chosen, target=target)
    assert list(means(result)) == expected


def test_a_prediction_against_several_targets_is_named_by_these(tmp_path: Path) -> None:
    path = write_named(tmp_path / "t.csv", ["x", "y", "z", "y"])
    settings = EvalSettings(by_column=True)
    result = evaluate(path, None, settings, pred=("x", "x"), target=("z", "@2"))
    assert means(result) == {"z": 1.5, "y": 0.25}


def test_the_same_pair_twice_is_numbered(tmp_path: Path) -> None:
    path = write_named(tmp_path / "t.csv", ["x", "y", "z", "w"])
    settings = EvalSettings(by_column=True)
    twice = {"pred": ("x", "x"), "target": ("y", "y")}
    result = evaluate(path, None, settings, **twice)
    assert means(result) == {"1": 0.25, "2": 0.25}
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_comparison_tells_them_apart(suffix: str, tmp_path: Path) -> None:
    path = write_named(tmp_path / f"t.{suffix}")
    found = compare(
        path,
        settings=EvalSettings(by_column=True),
        pred_a=("@1", "@3"),
        pred_b=("@2", "@4"),
        target=("@2", "@4"),
        warn=lambda _: None,
    )
    estimates = {group.column: d.estimate.value for _, group, d in found.entries}
    assert estimates == {"x@1": -0.25, "x@3": -2.0}


def test_losses_have_columns_of_different_names(tmp_path: Path) -> None:
    path = write_named(tmp_path / "t.csv")
    out = io.BytesIO()
    settings = EvalSettings(reduction="none")
    evaluate(path, None, settings, **PAIRS, losses_to=LossOutput(out, "csv"))
    rows = list(csv.reader(io.StringIO(out.getvalue().decode())))
    assert rows == [["loss_x@1", "loss_x@3"], ["0.0", "1.5"], ["0.5", "2.5"]]


@pytest.mark.grid
def test_merge_and_a_baseline_read_what_was_written(tmp_path: Path) -> None:
    path, saved = write_named(tmp_path / "t.csv"), tmp_path / "r.json"
    columns = [*("--pred", "@1", "--pred", "@3"), *("--target", "@2", "--target", "@4")]
    command = ["eval", str(path), *columns, "--by-column"]
    assert run_command(*command, "--json", "-o", str(saved)) == (0, "")
    assert run_command("merge", str(saved)) == (0, "x@1\t0.25\nx@3\t2.0\n")
    gate = ("--baseline", str(saved), "--max-increase", "0")
    assert run_command(*command, *gate) == (0, "x@1\t0.25\nx@3\t2.0\n")


def run_command(*arguments: str) -> tuple[int, str]:
    """Exit code and stdout of the installed command."""
    done = subprocess.run([forks().script, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout
