"""Folders of parts: `smoothl1 eval --part I/N -o FOLDER/`, and those who read them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from smoothl1 import SettingsError, evaluate
from smoothl1.cli import part_files
from smoothl1.cli.arguments import Output, Parts
from smoothl1.files import part_records
from smoothl1.files.atomic import OutputFiles
from smoothl1.running.evaluate import LossOutput
from tests.cli.part_data import SIDES, TABLE, write_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> None:
    write_data(tmp_path)


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
        (("--part", "1/2"), "losses/: a folder names no format"),
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
    assert "one/: the folder holds part-00002-of-00002.npy, a part of another run" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "one").iterdir()} == before
    for path in (tmp_path / "two").glob("*part-00002*"):  # two processes may write at a time
        shutil.copy(path, tmp_path / "one")
    before = {path: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    for beta, other in (("1", 2), ("2", 1)):  # that of part 1, and that of part 2
        for part in ("1/2", "2/2"):
            done = run("eval", *SIDES, *args[:4], "-b", beta, "-o", "one/", "--part", part)
            assert f"one/: the folder holds part-0000{other}-of-00002.npy, a part" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "one").iterdir()} == before
    said = "part-00001-of-00002.npy and part-00002-of-00002.npy are parts of two runs"
    for args in (("eval", "one", "t.npy"), ("eval", "one/part-*", "t.npy"), ("merge", "one")):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert f": {said}: " in done.stderr


_NPY = "part-00002-of-00002.npy"
_JSON = "_part-00002-of-00002.json"


def in_record(old: str, new: str) -> Callable[[Path], object]:
    """A change of the text of a record."""

    def change(folder: Path) -> None:
        text = (folder / _JSON).read_text()
        assert old in text
        (folder / _JSON).write_text(text.replace(old, new))

    return change


def in_file(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A change of the bytes of a file of losses."""
    return lambda folder: (folder / _NPY).write_bytes(change((folder / _NPY).read_bytes()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (in_file(lambda content: content[:-8]), f"{_NPY} has 240 bytes, and 248 were written"),
        (
            in_file(lambda content: content[:-1] + b"\1"),
            f"{_NPY} has other bytes than were written",
        ),
        (in_record('"rows": 15', '"rows": "15"'), f"{_JSON}: a list of files that is damaged"),
        (in_record('"rows": 15', '"rows": -15'), f"{_JSON}: a list of files that is damaged"),
        (in_record('002.npy"', r'002.\u0000"'), f"{_JSON}: a list of files that is damaged"),
        (in_record('002.npy"', '002.csv"'), f"the record beside {_NPY} is that of part-00002-of-0"),
        (in_record('"rows": 15', '"rows": 16'), f"{_NPY} has 16 rows, and its result 15 elements"),
        (lambda folder: (folder / _JSON).unlink(), f"{_NPY} has no record beside it"),
        (lambda folder: (folder / _NPY).unlink(), f"{_JSON} is there, and the file that it is ab"),
        (
            lambda folder: shutil.copy(folder / _JSON, folder / "_part-00003-of-00003.json"),
            "_part-00003-of-00003.json is there, and the file that it is about is m",
        ),
    ],
)
def test_losses_that_are_not_what_was_written_are_refused(
    run: Run, tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    write_losses(run, "x")
    change(tmp_path / "x")
    for args in (("merge", "x"), ("eval", "x", "t.npy")):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), args
        assert said in done.stderr


def test_a_record_asks_for_no_memory(run: Run, tmp_path: Path) -> None:
    write_losses(run, "x")
    in_record('"rows": 15', '"rows": 1000000000000000')(tmp_path / "x")
    in_record('"shape": [', '"shape": [1, "x", ')(tmp_path / "x")
    assert run("eval", "x", "t.npy").returncode == 0  # the losses are what was written
    done = run("merge", "x")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert f'{_JSON}: damaged: inputs.pred.shape[1] is "x", not a whole number' in done.stderr


def test_a_change_between_the_places_of_a_sample_is_seen_where_all_is_read(
    run: Run, tmp_path: Path
) -> None:
    np.save(tmp_path / "p.npy", np.arange(6000.0))
    np.save(tmp_path / "t.npy", np.zeros(6000))
    write_losses(run, "x")
    part = tmp_path / "x" / "part-00002-of-00002.npy"
    content = bytearray(part.read_bytes())
    assert len(content) > 5000 + 4096 * part_records.SAMPLE_PLACES
    content[5000] ^= 1
    part.write_bytes(content)
    assert run("eval", "x", "t.npy").returncode == 0
    done = run("merge", "x")
    assert (done.returncode, done.stdout) == (3, "")
    assert "part-00002-of-00002.npy has the SHA-256 " in done.stderr


def test_results_of_parts_go_to_a_folder_which_merge_joins(run: Run, tmp_path: Path) -> None:
    for i in (2, 1, 3):
        assert run("eval", *SIDES, "--part", f"{i}/3", "--json", "-o", "new/parts/").stderr == ""
    names = sorted(path.name for path in (tmp_path / "new" / "parts").iterdir())
    assert names == [f"part-0000{i}-of-00003.json" for i in (1, 2, 3)]
    assert run("merge", "new/parts").stdout == run("eval", *SIDES).stdout
    done = run("eval", *SIDES, "--part", "1/3", "-o", "new/parts/")
    assert (done.returncode, done.stdout) == (2, "")
    assert "[add --json, which merge joins, or name a file]" in done.stderr


def test_a_record_is_read_beside_its_losses_alone(run: Run, tmp_path: Path) -> None:
    write_losses(run, tmp_path / "losses")
    record = tmp_path / "losses" / "_part-00001-of-00002.json"
    done = run("merge", "-", input=record.read_text())
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("smoothl1: error: -: a record of losses, which")
    assert done.stderr.endswith("[give the path of the record, or of its folder]\n")
    other = tmp_path / "losses" / "_part-00002-of-00002.json"
    assert run("merge", record, other).returncode == 0


@pytest.mark.parametrize("part", ["1/3", "2/3"])
def test_a_pipe_in_a_folder_of_parts_is_not_read(run: Run, tmp_path: Path, part: str) -> None:
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "part-00001-of-00003.json")
    for more in (("--json",), ("-r", "none", "-f", "json")):
        done = run("eval", *TABLE, "--part", part, *more, "-o", "out/")
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        said = "out/: the folder holds part-00001-of-00003.json, which is no part of these"
        assert done.stderr.startswith(f"smoothl1: error: {said}")
    assert len([*(tmp_path / "out").iterdir()]) == 1


def test_losses_of_parts_without_rows_are_merged_in_every_format(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", [3.0])
    np.save(tmp_path / "zero.npy", [0.0])
    for kind, n_bytes in (("text", {0}), ("csv", {5})):
        args = ("eval", "one.npy", "zero.npy", "-r", "none", "-f", kind, "-o", f"{kind}/")
        for part in (1, 2, 3):
            assert run(*args, "--part", f"{part}/3").returncode == 0
        sizes = [path.stat().st_size for path in sorted((tmp_path / kind).glob("part-*"))]
        assert {*sizes[:2]} == n_bytes
        done = run("merge", f"{kind}/")
        assert (done.returncode, done.stdout, done.stderr) == (0, "2.5\n", "")


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
    for path in before:  # each part can be written once more, also where it was cut short
        path.write_bytes(before[path][:-9])
    assert run("eval", *SIDES, *part, "--json", "-o", "results/").returncode == 0
    assert run("eval", *SIDES, *part, "-r", "none", "-f", "json", "-o", "losses/").returncode == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_of_two_runs_that_write_at_one_time_the_later_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(index: int, beta: float) -> Iterator[None]:
        """A run, which stops before its file gets its name."""
        of = Parts((index, 2), None)
        output = part_files.in_folder(Output(f"{tmp_path}/at/", as_json=False, format="npy"), of)
        with part_files.opened(output, OutputFiles()) as (file, in_folder):
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

    def other_file(file: str) -> str:
        """The name of a record, before which another run replaces the file that is there."""
        if (tmp_path / "at" / file).exists():
            kept = tmp_path / f"{len(os.listdir(tmp_path))}"  # no later file gets its inode
            os.rename(tmp_path / "at" / file, kept)
            shutil.copy(kept, tmp_path / "at" / file)
        return record_name(file)

    record_name = part_files.record_name
    shutil.rmtree(tmp_path / "at")
    with monkeypatch.context() as patched:
        patched.setattr(part_files, "record_name", other_file)
        with pytest.raises(SettingsError, match=said):
            list(write(1, 1.0))

    def other_record(path: str) -> int:
        """See which file has a name, after another run has replaced its record."""
        record = tmp_path / "at" / record_name(os.path.basename(path))
        record.write_text(record.read_text().replace('"rows": 15', '"rows": 14'))
        return identity_of(path)

    identity_of = part_files._identity_of
    shutil.rmtree(tmp_path / "at")
    with monkeypatch.context() as patched:
        patched.setattr(part_files, "_identity_of", other_record)
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


def test_a_whole_has_digests_only_if_all_of_its_parts_have_them(run: Run) -> None:
    for i, digest in ((1, ("--digest",)), (2, ())):
        run("eval", *SIDES, "--part", f"{i}/2", "--json", "-o", "some/", *digest)
        run("eval", *SIDES, "--part", f"{i}/2", "--json", "-o", "all/", "--digest")
    done = run("merge", "some", "--json")
    assert json.loads(done.stdout).get("digests", []) == []
    assert "no digests of files, since some/part-00002-of-00002.json has none" in done.stderr
    done = run("merge", "all", "--json")
    assert [len(json.loads(done.stdout)["digests"]), done.stderr] == [2, ""]


@pytest.mark.parametrize("form", [("--json",), ("-r", "none", "-f", "npy")])
def test_parts_that_are_missing_are_named_as_they_would_be_written(
    run: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    """Also if neither the first nor the last part is there, whose numbers would tell."""
    for part, of, missing in ((1, 2, 2), (2, 3, 1)):
        folder = f"of-{of}"
        done = run("eval", "p.npy", "t.npy", f"--part={part}/{of}", *form, "-o", f"{folder}/")
        assert done.returncode == 0
        [name] = [path.name for path in (tmp_path / folder).iterdir() if path.name[0] != "_"]
        name = name.replace(f"{part:05}-", f"{missing:05}-")
        done = run("eval", folder, "t.npy")
        assert (done.returncode, done.stderr.count("\n")) == (3, 1)
        assert f"by their names: {folder}/{name} is missing" in done.stderr, done.stderr


@pytest.mark.parametrize("form", [("--json",), ("-r", "none", "-f", "npy")])
def test_parts_that_are_missing_are_named_as_arrays_of_jobs_take_them(
    run: Run, form: tuple[str, ...]
) -> None:
    for part in (2, 5):
        run("eval", *SIDES, f"--part={part}/8", *form, "-o", "parts/")
    for path in ("parts", "parts/", "parts/*", "parts/part-*", "parts/part-0000[1-8]*"):
        done = run("merge", path)
        said = "parts 1,3-4,6-8 of 8 are missing [evaluate what is missing, and merge all parts]"
        assert (done.returncode, done.stderr) == (3, f"smoothl1: error: {said}\n")


def test_results_that_are_no_parts_are_missed_by_their_names(run: Run, tmp_path: Path) -> None:
    """Those that `eval` wrote of files, one by one."""
    (tmp_path / "parts").mkdir()
    for i in (1, 3):
        run("eval", *SIDES, "--json", "-o", f"parts/part-{i:05}-of-00003.json")
    for path in ("parts", "parts/*"):
        done = run("merge", path)
        said = f"smoothl1: error: {path}: 2 of 3 parts are there, by their names: parts/part-00002-"
        assert (done.returncode, done.stderr[: len(said)]) == (3, said)
