"""`smoothl1 eval --part` and `--plan`, and `smoothl1 merge` of parts."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from smoothl1 import SettingsError, evaluate
from smoothl1.cli import part_files
from smoothl1.cli.arguments import Output, Parts
from smoothl1.running.evaluate import LossOutput
from tests.cli.terminals import on_terminal
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Run

SIDES = ("p.npy", "t.npy")
TABLE = ("x.parquet", "--pred", "y_hat", "--target", "y")


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> None:
    """Losses 0 to 29 at beta 0, as arrays and as a table in row groups of four."""
    losses = np.arange(30.0)
    np.save(tmp_path / "p.npy", losses)
    np.save(tmp_path / "t.npy", np.zeros(30))
    groups = np.array(["b", "a", "c"])[np.arange(30) % 3]
    save(tmp_path / "x.parquet", 4, y_hat=losses, y=np.zeros(30), g=groups)


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
        (("--part", "1/3", "--flatten"), "--flatten pairs elements"),
        (("--plan", "0"), "0 is not in the range"),
    ],
)
def test_a_wrong_command_line_is_refused(run: Run, args: tuple[str, ...], said: str) -> None:
    done = run("eval", *SIDES, *args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


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


def test_the_losses_of_parts_make_a_folder_that_is_refused_until_it_is_whole(
    run: Run, tmp_path: Path
) -> None:
    args = ("eval", *TABLE, "-b", "0", "-r", "none", "-f", "parquet", "-o", "losses/")
    for part in ("3/3", "1/3", "1/3"):  # the order is any, and one is written again
        done = run(*args, "--part", part)
        assert (done.returncode, done.stdout) == (0, "")
    of_losses = ("eval", "losses", "--pred", "loss", "--target", "loss", "-b", "0")
    done = run(*of_losses)
    assert done.returncode == 3
    assert "part-00002-of-00003.parquet" in done.stderr or "2 of 3" in done.stderr
    run(*args, "--part", "2/3")
    names = sorted(path.name for path in (tmp_path / "losses").iterdir())
    parts = [f"part-0000{i}-of-00003" for i in (1, 2, 3)]
    assert names == [f"_{x}.json" for x in parts] + [f"{x}.parquet" for x in parts]
    for name in parts:
        record = json.loads((tmp_path / f"losses/_{name}.json").read_bytes())
        content = (tmp_path / "losses" / record["file"]).read_bytes()
        assert record["sha256"] == hashlib.sha256(content).hexdigest()
        assert record["rows"] == pq.read_metadata(tmp_path / f"losses/{name}.parquet").num_rows
    assert run("merge", "losses").stdout == "14.5\n"
    found = run("eval", "losses", "t.npy", "--pred", "loss", "-b", "0")
    assert (found.returncode, found.stdout) == (0, "14.5\n")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("-f", "npy"), "losses/: a folder takes the outputs of parts, each in a file"),
        (("--part", "1/2"), "losses/: the suffix names no format"),
        (("-f", "csv", "--part", "1/2"), "losses/: the folder holds a.txt, which is no part"),
    ],
)
def test_a_folder_that_cannot_take_losses_is_refused_before_any_work(
    run: Run, tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "a.txt").touch()
    done = run("eval", *SIDES, "-r", "none", "-o", "losses/", *more)
    assert (done.returncode, done.stderr.startswith(f"smoothl1: error: {words}")) == (2, True)
    assert [path.name for path in (tmp_path / "losses").iterdir()] == ["a.txt"]


def write_losses(run: Run, folder: str, *more: str, of: int = 2) -> None:
    for i in range(1, of + 1):
        args = ("-r", "none", "-f", "npy", "-o", f"{folder}/", "--part", f"{i}/{of}")
        assert run("eval", *SIDES, *args, *more).returncode == 0


def test_losses_of_two_runs_are_refused_where_they_meet(run: Run, tmp_path: Path) -> None:
    write_losses(run, "one", "-b", "1")
    write_losses(run, "two", "-b", "2")
    args = ("-r", "none", "-f", "npy", "-b", "2", "-o", "one/", "--part", "2/2")
    before = {path: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    done = run("eval", *SIDES, *args)  # of these settings, the folder holds none
    assert (done.returncode, done.stdout) == (2, "")
    assert "one/: the folder holds part-00001-of-00002.npy, a part of another run" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "one").iterdir()} == before
    for path in (tmp_path / "two").glob("*part-00002*"):  # two processes may write at a time
        shutil.copy(path, tmp_path / "one")
    said = "part-00001-of-00002.npy and part-00002-of-00002.npy are parts of two runs"
    for args in (("eval", "one", "t.npy"), ("eval", "one/part-*", "t.npy"), ("merge", "one")):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert f": {said}: " in done.stderr


def test_losses_that_are_not_what_was_written_are_refused(run: Run, tmp_path: Path) -> None:
    write_losses(run, "whole")
    part = tmp_path / "x" / "part-00002-of-00002.npy"
    record = tmp_path / "x" / "_part-00002-of-00002.json"

    def cut() -> None:
        part.write_bytes(part.read_bytes()[:-8])

    def flip() -> None:
        part.write_bytes(part.read_bytes()[:-1] + b"\1")

    def damage() -> None:
        record.write_text(record.read_text().replace('"rows": 15', '"rows": "15"'))

    def rename() -> None:
        record.write_text(record.read_text().replace('002.npy"', r'002.\u0000"'))

    def count() -> None:
        record.write_text(record.read_text().replace('"rows": 15', '"rows": 16'))

    def stray() -> None:
        shutil.copy(record, record.with_name("_part-00003-of-00003.json"))

    for change, said, is_seen_by_eval in (
        (cut, "part-00002-of-00002.npy has 240 bytes, and 248 were written", True),
        (flip, "part-00002-of-00002.npy has the SHA-256 ", False),  # only all bytes tell
        (damage, "_part-00002-of-00002.json: a list of files that is damaged", True),
        (rename, "_part-00002-of-00002.json: a list of files that is damaged", True),
        (record.unlink, "part-00002-of-00002.npy has no record beside it", True),
        (count, "part-00002-of-00002.npy has 16 rows, and its result 15 elements", True),
        (stray, "_part-00003-of-00003.json is there, and the file that it is about is m", True),
        (part.unlink, "_part-00002-of-00002.json is there, and the file that it is about", True),
    ):
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
        shutil.copytree(tmp_path / "whole", tmp_path / "x")
        change()
        commands = [("merge", "x"), *([("eval", "x", "t.npy")] if is_seen_by_eval else [])]
        for args in commands:
            done = run(*args)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), args
            assert said in done.stderr


def test_results_of_parts_go_to_a_folder_which_merge_joins(run: Run, tmp_path: Path) -> None:
    for i in (2, 1, 3):
        assert run("eval", *SIDES, "--part", f"{i}/3", "--json", "-o", "new/parts/").stderr == ""
    names = sorted(path.name for path in (tmp_path / "new" / "parts").iterdir())
    assert names == [f"part-0000{i}-of-00003.json" for i in (1, 2, 3)]
    assert run("merge", "new/parts").stdout == run("eval", *SIDES).stdout
    done = run("eval", *SIDES, "--part", "1/3", "-o", "new/parts/")
    assert (done.returncode, done.stdout) == (2, "")
    assert "[add --json, which merge joins, or name a file]" in done.stderr


def test_results_and_losses_of_one_name_replace_no_others(run: Run, tmp_path: Path) -> None:
    part = ("--part", "1/2")
    assert run("eval", *SIDES, *part, "--json", "-o", "results/").returncode == 0
    assert run("eval", *SIDES, *part, "-r", "none", "-f", "json", "-o", "losses/").returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    of_results = "results/: the folder holds part-00001-of-00002.json, "
    for args, said in (
        (("-r", "none", "-f", "json", "-o", "results/"), f"{of_results}a result, and these are"),
        (("-b", "2", "--json", "-o", "results/"), f"{of_results}a part of another run: the s"),
        (("--json", "-o", "losses/"), "losses/: the folder holds _part-00001-of-00002.json"),
    ):
        for index in (1, 2):
            done = run("eval", *SIDES, "--part", f"{index}/2", *args)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
            assert done.stderr.startswith(f"smoothl1: error: {said}")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    assert run("eval", *SIDES, *part, "--json", "-o", "results/").returncode == 0  # once more
    assert run("eval", *SIDES, *part, "-r", "none", "-f", "json", "-o", "losses/").returncode == 0


def test_of_two_runs_that_write_at_one_time_the_later_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(index: int, beta: float) -> Iterator[None]:
        """A run, which stops before its file gets its name."""
        of = Parts((index, 2), None)
        output = part_files.in_folder(Output(f"{tmp_path}/at/", as_json=False, format="npy"), of)
        with part_files.opened(output) as (file, in_folder):
            assert in_folder is not None
            sides = [tmp_path / name for name in SIDES]
            losses = LossOutput(file, "npy", begin=in_folder.begin)
            in_folder.end(
                evaluate(*sides, reduction="none", betas=beta, losses_to=losses, part=of.part)
            )
            yield

    said = r"at/: the folder holds part-00001-of-00002\.npy, a part of another run"
    first, second = write(1, 1.0), write(2, 2.0)
    next(first)
    next(second)
    assert not list(first)
    with pytest.raises(SettingsError, match=said):
        list(second)

    def replaced(file: str) -> str:
        """The name of a record, before which another run replaces the file."""
        shutil.copy(tmp_path / "at" / file, tmp_path / "new")
        os.replace(tmp_path / "new", tmp_path / "at" / file)
        return record_name(file)

    shutil.rmtree(tmp_path / "at")
    record_name = part_files.record_name
    monkeypatch.setattr(part_files, "record_name", replaced)
    with pytest.raises(SettingsError, match=said):
        list(write(1, 1.0))


@pytest.mark.parametrize("form", [("-r", "none", "-f", "csv"), ("--json",)])
def test_a_run_that_fails_removes_the_folders_that_it_made(
    run: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    (tmp_path / "kept").mkdir()
    for folder in ("new/x/", "kept/"):
        done = run("eval", "p.npy", "none.npy", "--part", "1/2", *form, "-o", folder)
        assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert not (tmp_path / "new").exists()
    assert not list((tmp_path / "kept").iterdir())


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
