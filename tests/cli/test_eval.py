"""What `smoothl1 eval` prints and writes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

import smoothl1

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

MEAN_AT_HALF = 0.3694987305987734  # sample_data/expected.json


def save_pair(folder: Path, pred: object, target: object) -> None:
    np.save(folder / "p.npy", np.asarray(pred))
    np.save(folder / "t.npy", np.asarray(target))


def test_prints_the_mean_alone_in_the_shortest_digits(run: Run, samples: Path) -> None:
    done = run("eval", samples / "preds.npy", samples / "targets.npy", "--beta", "0.5")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{MEAN_AT_HALF!r}\n", "")


@pytest.mark.parametrize("pred", ["preds.npy", "preds.csv", "preds.parquet"])
@pytest.mark.parametrize("target", ["targets.npy", "targets.csv", "targets.parquet"])
def test_formats_may_differ_between_the_sides(
    run: Run, samples: Path, pred: str, target: str
) -> None:
    done = run("eval", samples / pred, samples / target, "-b", "0.5")
    assert done.stdout == f"{MEAN_AT_HALF!r}\n"


@pytest.mark.parametrize("table", ["table.csv", "table.parquet"])
def test_one_table_may_hold_both_columns(run: Run, samples: Path, table: str) -> None:
    by_name = run("eval", samples / table, "--pred", "y_hat", "--target", "y", "-b", "0.5")
    by_position = run("eval", samples / table, "--pred", "@2", "--target", "@3", "-b", "0.5")
    assert by_name.stdout == by_position.stdout == f"{MEAN_AT_HALF!r}\n"


def test_several_columns_are_a_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c,d\n1,2,1,4\n0,0,3,0\n")
    done = run(
        "eval",
        "t.csv",
        *["--pred", "a", "--pred", "b", "--target", "c", "--target", "d", "-r", "none", "-b", "0"],
    )
    assert done.stdout == "0.0\t2.0\n3.0\t0.0\n"


def test_sum_is_the_exact_sum(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, [1e16, 1.0, 1.0], [0.0, 0.0, 0.0])
    assert (
        run("eval", "p.npy", "t.npy", "-r", "sum", "-b", "0").stdout == "1.0000000000000002e+16\n"
    )


def test_several_betas_are_lines_of_name_and_value(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, [2.0], [0.0])
    done = run("eval", "p.npy", "t.npy", "-b", "0", "-b", "1", "-b", "8")
    assert done.stdout == "0.0\t2.0\n1.0\t1.5\n8.0\t0.25\n"


def test_precision_shortens(run: Run, samples: Path) -> None:
    done = run("eval", samples / "preds.npy", samples / "targets.npy", "--precision", "4")
    assert done.stdout == "0.2411\n"


def test_json_is_one_object_with_all_that_was_learned(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, np.float32([[0, 3], [1, 1]]), np.float32([[0, 0], [1, 1.5]]))
    result = json.loads(run("eval", "p.npy", "t.npy", "--json").stdout)
    assert result["schema"] == "smoothl1.result/1"
    assert result["signature"] == (
        f"smoothl1|beta:1.0|red:mean|nan:propagate|w:no|n:4|version:{smoothl1.__version__}"
    )
    assert result["inputs"]["pred"] == {
        "path": "p.npy",
        "format": "npy",
        "shape": [2, 2],
        "dtype": "<f4",
        "columns": [],
    }
    (entry,) = result["results"]
    assert entry["mean"] == 2.625 / 4
    assert entry["sum"] == 2.625
    assert entry["exact"]["total"] == "0x15p-3"
    assert (entry["count"], entry["quadratic"], entry["min"], entry["max"]) == (4, 3, 0.0, 2.5)


def test_json_has_no_nan_and_no_inf(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, [np.nan, np.inf], [0.0, 0.0])
    (entry,) = json.loads(run("eval", "p.npy", "t.npy", "--json").stdout)["results"]
    assert (entry["mean"], entry["mean_text"]) == (None, "nan")
    assert (entry["max"], entry["max_text"]) == (None, "inf")
    assert (entry["nan"], entry["inf"]) == (1, 1)


def test_nan_warns_once_with_count_and_first_row(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, [[0, 1], [2, np.nan], [np.nan, 3]], np.zeros((3, 2)))
    done = run("eval", "p.npy", "t.npy", "-b", "1", "-b", "2")
    assert done.stdout == "1.0\tnan\n2.0\tnan\n"
    said = "smoothl1: warning: 2 of 6 losses are NaN, the first in row 2, where p.npy has NaN\n"
    assert done.stderr == said
    assert run("eval", "p.npy", "t.npy", "-q").stderr == ""


def test_none_prints_a_loss_a_line(run: Run, tmp_path: Path) -> None:
    save_pair(
        tmp_path, np.float32([0.1, 0.4, 0.3, 0.5, 0.9]), np.float32([0.3, 0.9, 2.5, 0.4, 0.3])
    )
    lines = run("eval", "p.npy", "t.npy", "-r", "none").stdout.split()
    assert np.allclose(np.float64(lines), [0.02, 0.125, 1.7, 0.005, 0.18], rtol=1e-6)


def test_none_writes_an_array_of_the_inputs_shape_and_dtype(run: Run, tmp_path: Path) -> None:
    pred = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    save_pair(tmp_path, pred, np.zeros_like(pred))
    assert run("eval", "p.npy", "t.npy", "-r", "none", "-o", "out.npy").returncode == 0
    losses = np.load(tmp_path / "out.npy")
    assert losses.dtype == np.float32
    np.testing.assert_array_equal(losses, np.maximum(pred - 0.5, 0))


@pytest.mark.parametrize("suffix", ["npy", "csv", "parquet", "txt"])
def test_the_suffix_chooses_the_format(
    run: Run, samples: Path, tmp_path: Path, suffix: str
) -> None:
    done = run(
        "eval", samples / "preds.csv", samples / "targets.npy", "-r", "none", "-o", f"o.{suffix}"
    )
    assert (done.returncode, done.stdout) == (0, "")
    out = tmp_path / f"o.{suffix}"
    np.testing.assert_array_equal(
        read_losses(out), smoothl1.smooth_l1_loss(*float64_samples(samples), reduction="none")
    )


def read_losses(path: Path) -> np.ndarray:
    """Per-element losses, by the libraries that users read them with."""
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".csv":
        return arrow_csv.read_csv(path)["loss"].to_numpy()
    if path.suffix == ".parquet":
        return pq.read_table(path, page_checksum_verification=True)["loss"].to_numpy()
    return np.float64(path.read_text().split())


def float64_samples(samples: Path) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.load(samples / f"{side}.npy").astype(float) for side in ("preds", "targets"))  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["npy", "parquet"])
def test_binary_losses_go_down_a_pipe(run: Run, samples: Path, tmp_path: Path, name: str) -> None:
    args = ["eval", samples / "preds.csv", samples / "targets.csv", "-r", "none", "-f", name]
    done = run(*args, text=False)
    (tmp_path / "piped").write_bytes(done.stdout)  # type: ignore[arg-type]
    zeros = np.zeros(442)
    np.save(tmp_path / "zeros.npy", zeros)
    again = run("eval", "piped", "zeros.npy", "-b", "0")
    direct = run("eval", samples / "preds.csv", samples / "targets.csv")
    assert again.stdout == direct.stdout


def test_losses_too_large_for_their_dtype_are_inf_with_a_warning(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, np.float16([65504, 1]), np.float16([-65504, 0]))
    done = run("eval", "p.npy", "t.npy", "-r", "none")
    assert done.stdout == "inf\n0.5\n"
    assert "1 loss is too large for float16 and was written as inf" in done.stderr
    assert run("eval", "p.npy", "t.npy", "-r", "sum").stdout == "131008.0\n"


def test_json_goes_beside_the_losses_of_elements(run: Run, samples: Path, tmp_path: Path) -> None:
    args = ["eval", samples / "preds.npy", samples / "targets.npy", "-b", "0.5", "-r", "none"]
    done = run(*args, "-o", "o.npy", "--json")
    assert json.loads(done.stdout)["results"][0]["mean"] == MEAN_AT_HALF
    assert np.load(tmp_path / "o.npy").shape == (442,)


def test_an_input_without_rows_is_refused_unless_allowed(run: Run, tmp_path: Path) -> None:
    save_pair(tmp_path, np.zeros((0, 3)), np.zeros((0, 3)))
    assert run("eval", "p.npy", "t.npy").returncode == 3
    assert run("eval", "p.npy", "t.npy", "--allow-empty").stdout == "nan\n"
    assert run("eval", "p.npy", "t.npy", "--allow-empty", "-r", "sum").stdout == "0.0\n"


def test_flatten_pairs_different_shapes_in_element_order(run: Run, tmp_path: Path) -> None:
    save_pair(
        tmp_path, [[1.0, 2.0], [3.0, 4.0]], np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]).ravel()
    )
    refused = run("eval", "p.npy", "t.npy")
    assert refused.returncode == 3
    assert "--flatten" in refused.stderr
    assert run("eval", "p.npy", "t.npy", "--flatten").stdout == "0.0\n"


def test_the_same_file_may_be_both_sides(run: Run, samples: Path) -> None:
    assert run("eval", samples / "preds.csv", samples / "preds.csv").stdout == "0.0\n"


def test_digests_are_in_json_and_their_absence_elsewhere_is_said(run: Run, samples: Path) -> None:
    paths = [samples / "preds.csv", samples / "targets.npy"]
    wanted = [
        {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in paths
    ]
    for command in (["eval", *paths], ["compare", paths[0], *paths], ["report", *paths]):
        done = run(*command, "--digest", "--json")
        assert json.loads(done.stdout)["digests"] == wanted
        assert "digests" not in done.stderr
        assert "digests stand in JSON alone: --json shows them" in run(*command, "--digest").stderr
        assert "digests" not in run(*command, "--digest", "-o", "x.json").stderr
    assert "digests" not in run("eval", *paths, "--digest", "-f", "json").stderr
    assert run("inspect", paths[0], "--digest").returncode == 0  # as all options of eval


def test_module_runs_as_the_script_does(samples: Path) -> None:
    args = [
        "-m",
        "smoothl1.cli",
        "eval",
        samples / "preds.npy",
        samples / "targets.npy",
        "-b",
        "0.5",
    ]
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, check=True)
    assert done.stdout == f"{MEAN_AT_HALF!r}\n"


def test_version_and_help(run: Run) -> None:
    assert run("--version").stdout == f"smoothl1 {smoothl1.__version__}\n"
    for flag in ("-h", "--help"):
        done = run("eval", flag)
        assert done.returncode == 0
        assert "smoothl1 eval preds.npy targets.npy --beta 0.5" in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["eval", "my p.npy"], "--target COL; smoothl1 inspect 'my p.npy' lists them]"),
        (["eval", "-"], "both columns: --pred COL --target COL]"),
        (["eval", "p.npy", "--pred", "a"], "TARGET is missing"),
        (["eval", "p.npy", "t.npy", "-b", "-1"], "beta must be finite and >= 0, not -1.0"),
        (["eval", "p.npy", "t.npy", "-b", "nan"], "not nan"),
        (["eval", "p.npy", "t.npy", "-b", "inf"], "not inf"),
        (["eval", "p.npy", "t.npy", "-b", "abc"], "'abc' is no number"),
        (["eval", "p.npy", "t.npy", "-b", ""], "'' is no number"),
        (["eval", "p.npy", "t.npy", "-b", "1", "-b", "1.0"], "a beta is given twice"),
        (["eval", "p.npy", "t.npy", "-r", "none", "-b", "1", "-b", "2"], "takes one beta"),
        (["eval", "p.npy", "t.npy", "-r", "median"], "'median' is not one of"),
        (["eval", "p.npy", "t.npy", "--delta", "2"], "Huber's delta is --beta"),
        (["eval", "p.npy", "t.npy", "--threads", "0"], "--threads"),
        (["eval", "p.npy", "t.npy", "--chunk-size", "0"], "--chunk-size"),
        (["eval", "p.npy", "t.npy", "-r", "none", "-o", "out.xyz"], "names no format"),
        (["eval", "p.npy", "t.npy", "-r", "none", "--json"], "give -o FILE"),
        (["eval", "p.npy", "t.npy", "-f", "npy"], "--reduction none"),
        (["eval", "p.npy", "t.npy", "-o", "out.npy"], "--reduction none"),
        (["eval", "p.npy", "t.npy", "--threads", "9" * 20], "--threads"),
        (["eval", "p.npy", "t.npy", "--nosuch"], "--nosuch"),
        (["eval", "a", "b", "c"], "unexpected extra argument"),
        (["evaluate", "a", "b"], "evaluate"),
    ],
)
def test_a_wrong_command_line_exits_2_and_touches_nothing(
    run: Run, tmp_path: Path, args: list[str], said: str
) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("smoothl1: error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bare_command_shows_help(run: Run) -> None:
    for args in ([], ["eval"]):
        done = run(*args)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Usage: smoothl1" in done.stderr
