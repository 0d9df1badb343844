"""What `smoothl1 compare` prints and writes of two models."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

HEAD = "mean_a\tmean_b\tdifference\tlow\thigh\tt\tp_value\ta_better\tb_better\tties\n"
A, B = [1.0, 2.0, 4.0, 3.0], [1.0, 3.0, 2.0, 2.0]
SIDES = ("--pred-a", "a", "--pred-b", "b", "--target", "y")
FILES = ("compare", "a.npy", "b.npy", "y.npy", "-b", "0")
ONE_TABLE = ("compare", "t.csv", *SIDES, "-b", "0")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name, side in (("a", A), ("b", B), ("y", [0.0] * 4)):
        np.save(tmp_path / f"{name}.npy", side)
    rows = zip(A, B, "vuvu", "4312", strict=True)
    lines = [f"{a},{b},0,{g},{k}\n" for a, b, g, k in rows]
    (tmp_path / "t.csv").write_text("a,b,y,g,id\n" + "".join(lines))


def rows_of(text: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def check(row: dict[str, Any], a: list[float], b: list[float], confidence: float) -> None:
    wanted = stats.ttest_rel(b, a)
    low, high = wanted.confidence_interval(confidence)
    found = [float(row[name]) for name in ("t", "p_value", "low", "high")]
    assert found == pytest.approx([wanted.statistic, wanted.pvalue, low, high], rel=1e-9)
    assert float(row["difference"]) == math.fsum([*b, *(-x for x in a)]) / len(a)


def test_a_table_of_a_header_and_a_line_is_printed(run: Run) -> None:
    done = run(*FILES)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("beta\t" + HEAD + "0.0\t2.5\t2.0\t-0.5\t")
    assert done.stdout.endswith("\t1\t2\t1\n")
    (row,) = rows_of(done.stdout)
    check(row, A, B, 0.95)


def test_each_beta_and_group_is_a_line(run: Run) -> None:
    done = run(*ONE_TABLE, "-b", "2", "--by", "g", "--confidence", "0.8")
    assert done.stdout.startswith("beta\tg\t" + HEAD)
    rows = rows_of(done.stdout)
    assert [(row["beta"], row["g"]) for row in rows] == [
        *(("0.0", "u"), ("0.0", "v"), ("2.0", "u"), ("2.0", "v")),
    ]
    check(rows[0], A[1::2], B[1::2], 0.8)
    check(rows[1], A[::2], B[::2], 0.8)


def test_json_is_the_same_from_files_and_from_one_table(run: Run, tmp_path: Path) -> None:
    documents = []
    for args in (FILES, ONE_TABLE):
        done = run(*args, "--json", "--confidence", "0.9", "-o", "out.json", "-q")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        documents.append(json.loads((tmp_path / "out.json").read_text()))
    assert documents[0]["results"] == documents[1]["results"]
    (entry,) = documents[0]["results"]
    check(entry, A, B, 0.9)
    assert documents[0]["schema"] == "smoothl1.comparison/1"
    assert documents[0]["confidence"] == 0.9
    assert (entry["a_better"], entry["b_better"], entry["ties"]) == (1, 2, 1)


def test_rows_are_matched_by_their_key(run: Run, tmp_path: Path) -> None:
    for name, side in (("a", A), ("b", B), ("y", [0.0] * 4)):
        order = {"a": (0, 1, 2, 3), "b": (3, 1, 0, 2), "y": (2, 3, 1, 0)}[name]
        lines = "".join(f"{i},{side[i]}\n" for i in order)
        (tmp_path / f"{name}.csv").write_text(f"id,{name}\n{lines}")
    done = run("compare", "a.csv", "b.csv", "y.csv", *SIDES, "-b", "0", "--key", "id")
    assert (done.returncode, done.stderr) == (0, "")
    check(rows_of(done.stdout)[0], A, B, 0.95)


def test_a_model_against_itself_is_not_worse_and_not_better(run: Run) -> None:
    args = ("compare", "a.npy", "a.npy", "y.npy", "-b", "0", "--fail-if")
    done = run(*args, "worse", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert rows_of(done.stdout)[0]["t"] == "nan"
    assert done.stdout.endswith("\t0.0\t0.0\t0.0\tnan\tnan\t0\t0\t4\n")
    done = run(*args, "not-better")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(": B is not better")


def test_what_is_not_a_number_passes_no_gate(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "b.npy", [1.0, np.nan, 2.0, 2.0])
    for condition in ("worse", "not-better"):
        done = run(*FILES, "--fail-if", condition, "-q")
        assert done.returncode == 1
        assert rows_of(done.stdout)[0]["difference"] == "nan"
    done = run(*FILES)
    assert done.returncode == 0
    assert done.stderr.count("warning") == 1
    assert "1 of 4 losses is NaN, the first in row 2" in done.stderr


def test_confidence_decides_what_is_worse(run: Run) -> None:
    """B and A the other way round: 0.5 worse, with a p-value of 0.5."""
    args = ("compare", "b.npy", "a.npy", "y.npy", "-b", "0", "--fail-if", "worse")
    p_value = stats.ttest_rel(A, B).pvalue
    assert run(*args, "--confidence", str(1 - p_value - 1e-6)).returncode == 1
    assert run(*args, "--confidence", str(1 - p_value + 1e-6)).returncode == 0


def test_each_group_must_pass(run: Run, tmp_path: Path) -> None:
    lines = [
        f"{x},{x + d + x / 10},0,{g}\n" for g, d in (("u", -9), ("v", 9)) for x in (10, 20, 30)
    ]
    (tmp_path / "t.csv").write_text("a,b,y,g\n" + "".join(lines))
    done = run(*ONE_TABLE, "--by", "g", "--fail-if", "worse", "-q")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "of group 'v'" in done.stderr
    assert len(rows_of(done.stdout)) == 2


@pytest.mark.parametrize("exponent", [-1000, -600, -535, 520, 1000])
def test_the_unit_of_the_weights_changes_no_byte(run: Run, tmp_path: Path, exponent: int) -> None:
    weight = np.array([0.5, 1.0, 2.0, 0.75])
    done = []
    for unit in (0, exponent):
        np.save(tmp_path / "w.npy", np.ldexp(weight, unit))
        done.append(run(*FILES, "--weights", "w.npy", "--fail-if", "worse", "-q"))
    assert (done[0].returncode, done[0].stderr) == (0, "")
    assert (done[1].returncode, done[1].stdout) == (0, done[0].stdout)


def compared(run: Run, path: Path, rows: list[tuple[float, float, float]], *args: str) -> Any:
    """Losses of A and B and a weight for each row, at beta 0."""
    lines = "".join(f"{a!r},{b!r},0,{w!r}\n" for a, b, w in rows)
    (path / "z.csv").write_text(f"a,b,y,w\n{lines}")
    return run("compare", "z.csv", *SIDES, "-b", "0", "--weight", "w", *args)


def test_an_interval_without_bounds_holds_0_and_is_not_taken_for_nan(
    run: Run, tmp_path: Path
) -> None:
    """A row of nearly all the weight leaves hardly a degree of freedom."""
    rows = [(3.0, 0.0, 1000.0), (3.0, 1.0, 1.0)]
    done = compared(run, tmp_path, rows, "--fail-if", "worse", "-q")
    assert (rows_of(done.stdout)[0]["low"], rows_of(done.stdout)[0]["high"]) == ("-inf", "inf")
    assert (done.returncode, done.stderr) == (0, "")
    done = compared(run, tmp_path, rows, "--fail-if", "not-better", "-q")
    assert done.returncode == 1
    assert done.stderr.endswith(", its interval -inf to inf: b is not better\n")


@pytest.mark.parametrize("unit", [2.0**exponent for exponent in (-900, 0, 800, 1021)])
@pytest.mark.parametrize(
    ("differences", "is_worse"),
    [([1.0, -1.0, 0.5, -0.5], False), ([1.0, 1.25, 0.75, 1.0], True), ([3.0, -1.0], False)],
)
def test_no_unit_of_the_data_changes_whether_b_is_worse(
    run: Run, tmp_path: Path, unit: float, differences: list[float], is_worse: bool
) -> None:
    """At the largest unit the bounds are beyond binary64, though no loss is."""
    rows = [(2 * unit, (2 + d) * unit, 1.0) for d in differences]
    done = compared(run, tmp_path, rows, "--fail-if", "worse", "-q")
    assert (done.returncode, "b is worse" in done.stderr) == (int(is_worse), is_worse)
    rows = [(b, a, w) for a, b, w in rows]
    done = compared(run, tmp_path, rows, "--fail-if", "not-better", "-q")
    assert (done.returncode, "b is not better" in done.stderr) == (int(not is_worse), not is_worse)


def test_a_saved_result_in_place_of_a_model_is_named_as_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{\n  "schema": "smoothl1.result/1"\n}\n')
    (tmp_path / "t.csv").write_text("p,y\n1,2\n")
    for inputs in (["r.json", "t.csv"], ["t.csv", "r.json"]):
        done = run("compare", *inputs)
        assert done.returncode == 3
        assert "r.json: not a file of numbers: it looks like a result of smoothl1" in done.stderr
    assert run("compare", "t.csv", "t.csv").returncode == 2
