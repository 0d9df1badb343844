"""Rows that might be paired wrongly, through the installed console script."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, SettingsError, preview
from smoothl1.cli import eval as evaluate
from smoothl1.cli import inspect
from tests.cli.terminals import on_terminal
from tests.pairing.first_rows import certain_sides, csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.grid
def test_a_pipe_in_doubt_is_settled_like_a_file(run: Run, tmp_path: Path) -> None:
    text = csv(tmp_path / "p.csv", "0").read_text()
    for other in certain_sides(tmp_path):
        done = run("eval", "-", other, "-b", "0", "-r", "sum", input=text)
        assert (done.returncode, done.stdout, done.stderr) == (0, "2.75\n", ""), other


def test_inspect_says_what_files_hold(run: Run, samples: Path) -> None:
    done = run(
        "inspect", samples / "table.parquet", samples / "boxes_preds.npy", samples / "preds.csv"
    )
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"{samples}/table.parquet: parquet, 442 rows, 1 row group",
        "  'id' int64",
        "  'y_hat' float",
        "  'y' float",
        f"{samples}/boxes_preds.npy: npy, 100 rows, <f4, shape of a row (4,)",
        f"{samples}/preds.csv: csv, rows not counted",
        "  'y_hat' number",
    ]


def test_inspect_says_how_files_are_stored(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.asfortranarray(np.zeros((3, 2, 2))))
    table = pa.table({"x": [1.5, None, 2.5, None], "s": ["a", None, "c", "d"], "l": [[1]] * 4})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=3, compression="zstd")
    np.save(tmp_path / "y.npy", np.zeros(3))
    done = run("inspect", "f.npy", "y.npy", "t.parquet")
    assert done.stdout.splitlines() == [
        "f.npy: npy, 3 rows, <f8, shape of a row (2, 2), in Fortran order",
        "y.npy: npy, 3 rows, <f8, each row a number",
        "t.parquet: parquet, 4 rows, 2 row groups, zstd",
        "  'x' double, 2 missing",
        "  's' string, 1 missing",
        "  'l' list<element: int64>",
    ]
    done = run("inspect", "f.npy", "t.parquet", "-f", "csv")
    assert done.stdout.splitlines() == [
        "path,format,rows,row_shape,order,row_groups,compression,column,type,missing",
        'f.npy,npy,3,"(2, 2)",Fortran,,,,<f8,',
        "t.parquet,parquet,4,,,2,zstd,x,double,2",
        "t.parquet,parquet,4,,,2,zstd,s,string,1",
        "t.parquet,parquet,4,,,2,zstd,l,list<element: int64>,",
    ]
    found = json.loads(run("inspect", "t.parquet", "--json").stdout)["inputs"][0]
    assert (found["row_groups"], found["compression"], found["order"]) == (2, "zstd", None)
    assert [column["missing"] for column in found["columns"]] == [2, 1, None]


def test_missing_values_that_a_footer_does_not_count_are_not_told(run: Run, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1.5, None]}), tmp_path / "t.parquet", write_statistics=False)
    done = run("inspect", "t.parquet", "--json")
    assert json.loads(done.stdout)["inputs"][0]["columns"][0]["missing"] is None


def test_inspect_takes_the_options_of_eval_and_gives_its_decisions(
    run: Run, tmp_path: Path, samples: Path
) -> None:
    options = ("--pred", "y_hat", "--target", "y", "-b", "0.5", "-r", "sum", "--fail-above", "1")
    done = run("inspect", samples / "table.csv", *options, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["schema"] == "smoothl1.inspection/1"
    assert [column["name"] for column in found["inputs"][0]["columns"]] == ["id", "y_hat", "y"]
    evaluated = run("eval", samples / "table.csv", *options[:8], "--json")
    assert found["decisions"] == json.loads(evaluated.stdout)["decisions"]
    assert [pair["row"] for pair in found["pairs"]] == [1, 2, 3]
    pred, target = (np.load(samples / f"{name}.npy")[:3].tolist() for name in ("preds", "targets"))
    assert [pair["target"] for pair in found["pairs"]] == [[value] for value in target]
    assert np.allclose([pair["pred"][0] for pair in found["pairs"]], pred)


def test_inspect_knows_every_option_of_eval() -> None:
    known = {name for option in inspect.command.params for name in option.opts}
    assert {name for option in evaluate.command.params for name in option.opts} - known == {
        "pred",
        "target",
    }


def test_inspect_shows_the_rows_that_a_key_matches(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,y\n1,1.0\n2,2.5\n")
    (tmp_path / "t.csv").write_text("id,y\n2,2.25\n1,1.5\n")
    done = run("inspect", "p.csv", "t.csv", "--key", "id")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-3:] == [
        "row\tid (pred)\tid (target)\tpred\ttarget",
        "1\t1\t1\t1.0\t1.5",
        "2\t2\t2\t2.5\t2.25",
    ]
    done = run("inspect", "p.csv", "t.csv", "--pred", "y", "--target", "y")
    assert done.stdout.splitlines()[-2:] == ["1\t1\t2\t1.0\t2.25", "2\t2\t1\t2.5\t1.5"]
    assert "compared in that column as they stream (column 'id' is on both sides)" in done.stdout


def test_inspect_shows_what_files_hold_even_where_eval_refuses(run: Run, tmp_path: Path) -> None:
    csv(tmp_path / "p.csv", "0")
    csv(tmp_path / "t.csv", "0")
    done = run("inspect", "p.csv", "t.csv")
    assert done.returncode == 3
    assert "in doubt: the first row may be a header or data, its cells are '0'" in done.stdout
    assert done.stderr.startswith("smoothl1: error: p.csv: the first row, '0', may be")
    assert done.stderr.count("\n") == 1


def test_inspect_shows_values_that_are_missing_or_not_finite(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y\nnan\n\ninf\n1\n")
    np.save(tmp_path / "t.npy", [1.0, np.nan, -0.0, 1.0])
    done = run("inspect", "p.csv", "t.npy", "--nan", "omit")
    assert done.stdout.splitlines()[-3:] == ["1\tnan\t1.0", "2\tmissing\tnan", "3\tinf\t-0.0"]
    done = run("inspect", "p.csv", "t.npy", "--nan", "omit", "--json")
    pairs = json.loads(done.stdout)["pairs"]
    assert [pair["pred"] for pair in pairs] == [["nan"], [None], ["inf"]]


def test_preview_takes_the_arguments_of_evaluate(samples: Path) -> None:
    table = samples / "table.csv"
    found = preview(table, pred="y_hat", target="y")
    assert found.pairs == preview(table, pred=("y_hat",), target=("y",)).pairs
    assert len(found.pairs) == 3
    with pytest.raises(SettingsError, match="weighted"):
        preview(table, None, EvalSettings(weighted=True), pred="y_hat", target="y")


def test_inspect_aligns_the_pairs_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,p,y\nlong name,1.5,10\nb,20.25,-3\n")
    args = ["inspect", "t.csv", *["--pred", "p", "--target", "y", "--key", "name"]]
    seen = on_terminal(args, tmp_path, COLUMNS="60").splitlines()
    assert seen[-3:] == [
        "row  name (pred)  name (target)   pred  target",
        "  1  long name    long name        1.5    10.0",
        "  2  b            b              20.25    -3.0",
    ]
    seen = on_terminal(args, tmp_path, COLUMNS="30").splitlines()
    heads = ["row", "name (pred)", "name (target)", "pred", "target"]
    cells = zip(heads, ["2", "b", "b", "20.25", "-3.0"], strict=True)
    assert seen[-5:] == [f"{head:<13}  {cell}" for head, cell in cells]
    at = seen.index("decisions") + 1
    assert seen[at : at + 3] == [
        "  header of t.csv: the first",
        "    row is the header (its",
        "    cells are text)",
    ]
    assert max(map(len, seen)) <= 30


def test_inspect_escapes_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p\x1b.csv").write_text("a\tb,\x1b[1m\n1,2\n")
    done = run("inspect", "p\x1b.csv")
    assert (done.returncode, "\x1b" in done.stdout) == (0, False)


def test_inspect_refuses_what_it_cannot_look_at(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [1.0])
    assert run("inspect", "-").returncode == 2
    assert run("inspect", "p.npy", "p.npy", "p.npy", "--pred", "x").returncode == 2
    assert run("inspect", "absent.npy").returncode == 4


@pytest.mark.parametrize("command", ["eval", "compare"])
def test_the_options_that_settle_are_there(run: Run, tmp_path: Path, command: str) -> None:
    for i in range(3):
        table = "id,a,b,t\n" + "".join(f"{(i + k) % 2},{k},1,0\n" for k in range(2))
        (tmp_path / f"run-{i}.csv").write_text(table)
    if command == "eval":
        args = ["run-0.csv", "run-1.csv", "--pred", "a", "--target", "t"]
    else:
        args = [f"run-{i}.csv" for i in range(3)]
        args += ["--pred-a", "a", "--pred-b", "b", "--target", "t"]
    done = run(command, *args)
    assert (done.returncode, "--separate" in done.stderr) == (3, True)
    done = run(command, *args, "--separate")
    assert (done.returncode, "--no-key-check" in done.stderr) == (3, True)
    done = run(command, *args, "--separate", "--no-key-check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_json_of_a_comparison_has_its_decisions(run: Run, samples: Path) -> None:
    args = ("compare", samples / "table.csv", "--pred-a", "y_hat", "--pred-b", "id")
    done = run(*args, "--target", "y", "--json")
    found = json.loads(done.stdout)["decisions"]
    assert [decision["subject"] for decision in found] == ["header", "rows"]


def test_inspect_shows_times_of_every_kind(run: Run, tmp_path: Path) -> None:
    numbers = [7, 1_000_000_007]
    kinds = [
        pa.timestamp("ns"),
        pa.timestamp("ns", "Europe/Berlin"),
        pa.timestamp("s", "+25:99"),
        pa.time64("ns"),
        pa.duration("ns"),
    ]
    odd = pa.array([2**52, 1], pa.int64()).cast(pa.timestamp("s"))
    columns = {f"c{i}": pa.array(numbers, kind) for i, kind in enumerate(kinds)} | {"odd": odd}
    for name in "pt":
        pq.write_table(pa.table({name: [0.1, 0.2], **columns}), tmp_path / f"{name}.parquet")
    asked = ("inspect", "p.parquet", "t.parquet", "--pred", "p", "--target", "t")
    done = run(*asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1970-01-01 00:00:01.000000007" in done.stdout
    done = run(*asked, "--key", "c0", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["pairs"][1]["labels"][0]["pred"].endswith(".000000007")


def test_inspect_shows_the_arrays_of_an_archive(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", preds=np.arange(3.0), targets=np.arange(3.0))
    np.savez(tmp_path / "one.npz", values=np.arange(3.0))
    done = run("inspect", "two.npz", "--pred", "preds", "--target", "targets")
    assert done.returncode == 0
    assert "'preds'" in done.stdout
    assert "'targets'" in done.stdout
    np.savez(tmp_path / "two.npz", preds=np.zeros((3, 4), "f4"), names=["a", "b", "c"])
    done = run("inspect", "two.npz")
    assert done.stdout.splitlines()[1:] == ["  'preds' float32 (3, 4)", "  'names' <U1 (3,)"]
    assert run("inspect", "one.npz", "one.npz").returncode == 0


@pytest.mark.grid
@pytest.mark.parametrize("n", [5_000, pytest.param(20_000, marks=pytest.mark.exhaustive)])
def test_many_columns_in_common_take_no_time_to_find(run: Run, tmp_path: Path, n: int) -> None:
    for side in "pt":
        header = ",".join([side, *(f"c{i}" for i in range(n))])
        rows = [",".join([str(r + 0.5), *("x" * n)]) for r in range(2)]
        (tmp_path / f"{side}.csv").write_text("\n".join([header, *rows, ""]))
    assert run("inspect", "p.csv", "t.csv").returncode == 0  # within a minute


@pytest.mark.parametrize("kind", ["arrow", "arrows"])
def test_names_that_are_no_text_are_refused(run: Run, tmp_path: Path, kind: str) -> None:
    table = pa.table({"p": [1.0, 2.0], "zzzz": ["a", "b"]})
    new = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
    path = tmp_path / f"bad.{kind}"
    with new(path, table.schema) as writer:
        writer.write_table(table)
    path.write_bytes(path.read_bytes().replace(b"zzzz", b"\xe4zzz"))
    for command in (("inspect", path), ("eval", path, path)):
        done = run(*command)
        assert done.returncode == 3
        assert "a name in its schema is not UTF-8 text" in done.stderr


def test_a_note_of_pandas_that_cannot_be_read_is_none(run: Run, tmp_path: Path) -> None:
    table = pa.table({"p": [0.5], "k": ["a"]})
    noted = table.replace_schema_metadata({b"pandas": b"[" * 100_000})
    pq.write_table(noted, tmp_path / "deep.parquet")
    assert run("inspect", "deep.parquet").returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="devices have names on POSIX")
@pytest.mark.parametrize(
    "args", [("merge", "/dev/zero"), ("eval", "p.npy", "p.npy", "--baseline", "/dev/zero")]
)
def test_a_result_is_not_read_from_a_device(
    run: Run, tmp_path: Path, args: tuple[str, ...]
) -> None:
    np.save(tmp_path / "p.npy", [1.0])
    done = run(*args, *(("--max-increase", "1%") if "--baseline" in args else ()))
    assert done.returncode == 3
    assert "not a regular file, and not a pipe [write what you need of it to a file" in done.stderr
