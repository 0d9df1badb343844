"""`smoothl1 eval --part` and `--plan`, and `smoothl1 merge` of parts."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.cli.part_data import SIDES, TABLE, write_data
from tests.cli.terminals import on_terminal
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> None:
    write_data(tmp_path)


def write_parts(run: Run, folder: Path, *args: str, of: int = 3) -> None:
    for i in range(1, of + 1):
        done = run("eval", *args, "--part", f"{i}/{of}", "--json", "-o", f"part-{i}.json")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("of", [3, 11])
def test_the_json_of_all_parts_merged_is_that_of_one_run(run: Run, tmp_path: Path, of: int) -> None:
    args = (*TABLE, "-b", "0", "-b", "1", "--by", "g", "--also", "mae,bias", "--top", "4")
    write_parts(run, tmp_path, *args, of=of)  # row groups are eight
    merged = run("merge", "part-*.json", "--json")
    assert (merged.returncode, merged.stderr) == (0, "")
    assert merged.stdout == run("eval", *args, "--json").stdout


def test_gates_are_applied_to_the_whole(run: Run, tmp_path: Path) -> None:
    write_parts(run, tmp_path, *SIDES, "-b", "0")
    done = run("merge", "part-3.json", "part-1.json", "part-2.json", "--fail-above", "14")
    assert (done.returncode, done.stdout) == (1, "14.5\n")
    (tmp_path / "whole.json").write_text(run("eval", *SIDES, "-b", "0", "--json").stdout)
    gate = ("--baseline", "whole.json", "--max-increase", "0")
    assert run("merge", "part-*.json", *gate).returncode == 0
    gate = ("--baseline", "part-1.json", "--max-increase", "0")
    done = run("eval", *SIDES, "-b", "0", *gate)
    said = "part-1.json: part 1 of 3, not a whole [merge all parts first]"
    assert (done.returncode, done.stderr) == (3, f"smoothl1: error: {said}\n")


def test_parts_that_do_not_make_a_whole_are_refused_by_their_names(
    run: Run, tmp_path: Path
) -> None:
    write_parts(run, tmp_path, *SIDES)
    copy = tmp_path / "copy.json"
    copy.write_text((tmp_path / "part-2.json").read_text())
    np.save(tmp_path / "t2.npy", np.zeros(30))
    for name, args in (
        ("other", ("p.npy", "t2.npy", "--part", "3/3")),
        ("beta", (*SIDES, "-b", "2", "--part", "3/3")),
        ("whole", SIDES),
    ):
        (tmp_path / f"{name}.json").write_text(run("eval", *args, "--json").stdout)
    one, two = "part-1.json", "part-2.json"
    for names, said in (
        ((one, two), "part 3 of 3 is missing"),
        ((two,), "parts 1,3 of 3 are missing"),
        (("part-*.json", "copy.json"), "part-2.json and copy.json are both part 2 of 3"),
        ((one, two, "other.json"), "part-1.json is part 1 of 3, and other.json is part 3 of 3 of"),
        ((one, two, "beta.json"), "part-1.json and beta.json: results of different settings"),
        (("part-*.json", "whole.json"), "part-1.json is part 1 of 3, and whole.json is no part"),
    ):
        done = run("merge", *names, "--json", "-o", "merged.json")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert done.stderr.startswith(f"smoothl1: error: {said}")
        assert not (tmp_path / "merged.json").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--part", "0/3"), "there is no part 0 of 3"),
        (("--part", "3"), "'3' is no part: write i/n, such as 3/16"),
        (("--part", "1_0/20"), "'1_0/20' is no part"),
        (("--part", "1/200000"), "n is at most 100000"),
        (("--part", "1/3", "--plan", "3"), "leave out one"),
        (("--part", "1/3", "--fail-above", "9"), "--fail-above is about the whole, not a part"),
        (("--part", "1/3", "--junit", "x.xml"), "--junit is about the whole, not a part"),
        (("--plan", "0"), "0 is not in the range"),
    ],
)
def test_a_wrong_command_line_is_refused(run: Run, args: tuple[str, ...], said: str) -> None:
    done = run("eval", *SIDES, *args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_parts_without_rows_are_warned_of(run: Run, samples: Path) -> None:
    inputs = [samples / f"{name}.parquet" for name in ("preds", "targets")]  # of one row group
    done = run("eval", *inputs, "--plan", "2")
    assert "of 2 parts, 1 has rows: rows are cut only where files, and row groups" in done.stderr
    done = run("eval", *inputs, "--part", "1/2")
    assert "part 1 of 2 has no rows (--plan 2 shows which parts have)" in done.stderr
    assert "has no rows" not in run("eval", *inputs, "--part", "2/2").stderr
    assert run("eval", *inputs, "--plan", "1").stderr == ""


@pytest.mark.parametrize("option", ["--part=1/2", "--plan=2"])
def test_pipes_and_what_is_counted_as_it_is_read_are_refused(
    run: Run, tmp_path: Path, option: str
) -> None:
    (tmp_path / "t.csv").write_text("y\n" + "0\n" * 30)
    done = run("eval", "p.npy", "t.csv", option)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "t.csv: rows of csv are counted only as they are read" in done.stderr
    done = run("eval", "p.npy", "-", option, input=(tmp_path / "t.npy").read_bytes(), text=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"smoothl1: error: -: a pipe cannot be cut into parts")


def test_a_number_of_a_part_comes_with_a_warning(run: Run) -> None:
    done = run("eval", *SIDES, "-b", "0", "--part", "2/3")
    assert (done.returncode, done.stdout) == (0, "14.5\n")
    said = "this is part 2 of 3 alone (--json writes what merge joins)"
    assert done.stderr == f"smoothl1: warning: {said}\n"
    assert run("eval", *SIDES, "--part", "31/31", "-f", "csv", "-q").stderr == ""


def test_an_empty_part_is_a_result_of_nothing(run: Run) -> None:
    done = run("eval", *SIDES, "--part", "1/31", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = json.loads(done.stdout)["results"]
    assert (entry["count"], entry["mean"], entry["sum"]) == (0, None, 0.0)
    assert run("eval", *TABLE, "--by", "g", "--part", "1/31").stdout == ""


def test_parts_of_an_empty_table_merge_into_no_groups(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "e.parquet", 4, g=np.array([], str), p=np.zeros(0), y=np.zeros(0))
    args = (
        "eval",
        "e.parquet",
        "--pred",
        "p",
        "--target",
        "y",
        "--by",
        "g",
        "--allow-empty",
        "--json",
    )
    for i in (1, 2):
        assert run(*args, "--part", f"{i}/2", "-o", f"part-{i}.json").returncode == 0
    done = run("merge", "part-1.json", "part-2.json", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["results"] == json.loads(run(*args).stdout)["results"] == []


def test_the_losses_of_parts_follow_one_another(run: Run) -> None:
    args = ("eval", *SIDES, "-r", "none", "--per-row")
    found = [run(*args, "--part", f"{i}/4") for i in range(1, 5)]
    assert "".join(done.stdout for done in found) == run(*args).stdout
    assert all(done.stderr == "" for done in found)


PLAN = """\
part\tfirst_row\trows\tbytes\tfiles
1\t1\t8\t{}\t1
2\t9\t12\t{}\t1
3\t21\t10\t{}\t1
"""


def test_a_plan_is_a_table_in_every_form(run: Run, tmp_path: Path) -> None:
    size = (tmp_path / "x.parquet").stat().st_size
    ends = [0, size * 8 // 30, size * 20 // 30, size]
    n_bytes = [stop - start for start, stop in pairwise(ends)]
    expected = PLAN.format(*n_bytes)
    args = ("eval", *TABLE, "--by", "g", "--fail-above", "0", "--plan", "3")
    done = run(*args)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")
    assert run(*args, "-f", "csv").stdout == expected.replace("\t", ",")
    document = json.loads(run(*args, "--json").stdout)
    assert (document["schema"], document["rows"]) == ("smoothl1.plan/1", 30)
    assert document["parts"][1] == {
        "part": 2,
        "first_row": 9,
        "rows": 12,
        "bytes": n_bytes[1],
        "files": ["x.parquet"],
    }
    part = json.loads(run("eval", *TABLE, "--by", "g", "--part", "2/3", "--json").stdout)["part"]
    assert part["plan"] == document["plan"]


@pytest.mark.parametrize(
    "more",
    [
        ("-r", "none", "-f", "npy", "-o", "new/"),
        ("-r", "none", "-o", "new.npy"),
        ("--per-row", "-f", "parquet", "-o", "new.parquet", "--json"),
        ("--json", "-o", "new/"),
    ],
)
def test_a_plan_of_what_goes_to_files_is_shown(
    run: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    done = run("eval", *SIDES, "--plan", "2", *more)
    assert (done.returncode, done.stderr) == (0, "")
    if "--json" in more:
        assert [part["rows"] for part in json.loads(done.stdout)["parts"]] == [15, 15]
    else:
        assert done.stdout.splitlines()[1:] == ["1\t1\t15\t368\t2", "2\t16\t15\t368\t2"]
    assert not list(tmp_path.glob("new*"))


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ((), "2 of 30 losses are NaN"),
        (("--nan", "omit"), "2 of 30 pairs were left out: NaN or missing"),
        (("--nan", "propagate"), ""),
    ],
)
def test_merging_parts_warns_of_nan_as_one_run_does(
    run: Run, tmp_path: Path, policy: tuple[str, ...], said: str
) -> None:
    np.save(tmp_path / "p.npy", np.where(np.arange(30) % 20 == 5, np.nan, 1.0))
    args = ("eval", *SIDES, *policy)
    for i in (1, 2):
        run(*args, "--part", f"{i}/2", "--json", "-o", "parts/")
    done = run("merge", "parts")
    assert (done.returncode, done.stderr) == (0, said and f"smoothl1: warning: {said}\n")
    assert run(*args).stderr.startswith(done.stderr[:-1])
    assert said or run("eval", *SIDES).stderr  # which warns, if it is not asked for


def test_records_of_losses_show_digests(run: Run) -> None:
    args = ("eval", *SIDES, "--digest", "-r", "none", "-f", "npy")
    assert run(*args, "--part", "1/1", "-o", "losses/").stderr == ""
    assert len(json.loads(run("merge", "losses", "--json").stdout)["digests"]) == 2
    assert "digest" in run(*args, "-o", "losses.npy").stderr  # nothing shows these


def test_a_plan_on_a_terminal_is_aligned_or_a_line_for_each_cell(tmp_path: Path) -> None:
    args = ["eval", *SIDES, "--plan", "2"]
    aligned = "part  first_row  rows  bytes  files\n   1          1    15    368      2\n"
    assert on_terminal(args, tmp_path, COLUMNS="40").startswith(aligned)
    listed = (
        "part       1\nfirst_row  1\nrows       15\nbytes      368\nfiles      2\n\npart       2\n"
    )
    assert on_terminal(args, tmp_path, COLUMNS="20").startswith(listed)


def test_inspect_accepts_the_options_of_parts(run: Run) -> None:
    assert run("inspect", *SIDES, "--part", "2/3").returncode == 0


def write_parts_of_two_models(run: Run, folder: Path, others: np.ndarray, *more: str) -> None:
    """Results and losses of the first part of one model and of the second part of another."""
    values = np.random.default_rng(1).normal(size=50_000)
    np.save(folder / "zeros.npy", np.zeros(50_000))
    for i, (model, array) in enumerate((("a", values), ("b", others)), 1):
        (folder / model).mkdir(exist_ok=True)
        np.save(folder / model / "p.npy", array)
        args = (f"{model}/p.npy", "zeros.npy", *more, "--part", f"{i}/2")
        assert run("eval", *args, "--json", "-o", f"{i}.json").returncode == 0
        done = run("eval", *args, "-r", "none", "-f", "npy", "-o", f"of-{i}/")
        assert done.returncode == 0
    (folder / "losses").mkdir()
    for path in (*folder.glob("of-1/*part-00001*"), *folder.glob("of-2/*part-00002*")):
        shutil.copy(path, folder / "losses")  # as two processes write that begin at one time


def test_parts_of_two_models_whose_files_have_one_name_and_size_are_refused(
    run: Run, tmp_path: Path
) -> None:
    write_parts_of_two_models(run, tmp_path, np.random.default_rng(2).normal(size=50_000))
    for args, said in (
        (("merge", "1.json", "2.json"), "2.json is part 2 of 2 of another plan: files"),
        (("merge", "losses"), "are parts of two runs"),
        (("eval", "losses", "zeros.npy"), "are parts of two runs"),
    ):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert said in done.stderr


def test_models_that_differ_in_one_row_are_warned_of_and_told_apart_by_digests(
    run: Run, tmp_path: Path
) -> None:
    values = np.random.default_rng(1).normal(size=50_000)
    values[1000] += 1  # at none of the places of a sample
    write_parts_of_two_models(run, tmp_path, values)
    done = run("merge", "1.json", "2.json")
    said = "these parts have other paths, a/p.npy and b/p.npy: the same files?"
    assert (done.returncode, said in done.stderr) == (0, True)
    shutil.rmtree(tmp_path / "losses")
    write_parts_of_two_models(run, tmp_path / ".", values, "--digest", "-q")
    said = "parts of one run have read different files: a/p.npy has the SHA-256 "
    for args in (
        ("merge", "1.json", "2.json"),
        ("merge", "losses"),
        ("eval", "losses", "zeros.npy"),
    ):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert said in done.stderr
