"""Outputs of one run: all of them are new, or all of them are as before."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1.cli import outputs
from smoothl1.cli.arguments import Output
from smoothl1.sources import in_place
from tests.command import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and /proc of Linux")

EVAL = ("eval", "p.npy", "t.npy")
CREATE = ("--baseline", "base.json", "--max-increase", "5%", "--on-missing-baseline", "create")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.arange(100.0))
    np.save(tmp_path / "q.npy", np.ones(100))
    np.save(tmp_path / "t.npy", np.zeros(100))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "p.npy").read_bytes()[:500])
    (tmp_path / "out.json").write_text("old")


@pytest.mark.parametrize(
    "command",
    [
        (*EVAL, "--json", "-o", "out.json"),
        (*EVAL, *CREATE),
        ("compare", "p.npy", "q.npy", "t.npy", "--json", "-o", "out.json"),
        ("merge", "part.json", "--json", "-o", "out.json"),
    ],
)
@pytest.mark.parametrize("report", ["--junit", "--markdown"])
def test_a_report_that_cannot_be_written_leaves_the_other_outputs_as_they_were(
    run: Run, tmp_path: Path, command: tuple[str, ...], report: str
) -> None:
    run(*EVAL, "--json", "-o", "part.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = run(*command, report, "/dev/full")
    assert (done.returncode, done.stderr) == (
        4,
        "smoothl1: error: /dev/full: no space left on device\n",
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_losses_stay_as_they_were_if_the_result_cannot_be_printed(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    command = [SCRIPT, *EVAL, "-r", "none", "-o", "out.csv", "--json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert (tmp_path / "out.csv").read_text() == "old"


def test_all_drawings_are_new_or_all_are_as_before(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    assert run("report", "p.npy", "t.npy", "-o", "f/").returncode == 0
    n_kib = max(path.stat().st_size for path in folder.iterdir()) >> 10  # too few for the largest
    names = os.listdir(folder)
    for name in names:
        (folder / name).write_text("old")
    command = ["bash", "-c", f"ulimit -f {n_kib}; exec {SCRIPT} report p.npy t.npy -o f/"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.endswith(".svg: file too large\n")
    assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(names, "old")


@pytest.mark.parametrize("place", ["/proc/self/cwd", "/proc/{pid}/root{cwd}"])
def test_a_file_that_is_named_through_a_process_is_replaced_like_any_other(
    run: Run, tmp_path: Path, place: str
) -> None:
    at = place.format(pid=os.getpid(), cwd=tmp_path)
    assert run("eval", "cut.npy", "t.npy", "-o", f"{at}/out.json").returncode == 3
    assert (tmp_path / "out.json").read_text() == "old"
    assert run(*EVAL, "-o", f"{at}/out.json").returncode == 0
    assert '"smoothl1.result/' in (tmp_path / "out.json").read_text()
    assert sorted(os.listdir(tmp_path)) == ["cut.npy", "out.json", "p.npy", "q.npy", "t.npy"]


def test_a_descriptor_of_a_file_is_not_emptied_before_something_is_written(tmp_path: Path) -> None:
    def shell(line: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-c", line.replace("smoothl1", SCRIPT)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert shell("exec 3<>out.json; smoothl1 eval cut.npy t.npy -o /dev/fd/3").returncode == 3
    assert (tmp_path / "out.json").read_text() == "old"
    (tmp_path / "out.json").write_text("old and longer than the number that is written")
    assert shell("exec 3<>out.json; smoothl1 eval p.npy t.npy -o /dev/fd/3").returncode == 0
    assert (tmp_path / "out.json").read_text() == "49.005\n"
    assert shell("smoothl1 eval p.npy t.npy -o /dev/stdout >> out.json").returncode == 0
    assert (tmp_path / "out.json").read_text() == "49.005\n49.005\n"
    read = "exec 3<>p.npy; smoothl1 eval p.npy t.npy -r none -f npy -o /dev/fd/3"
    before = (tmp_path / "p.npy").read_bytes()
    done = shell(read)
    assert done.returncode == 2
    assert "/dev/fd/3: is written in place, and is an input [name the file itself" in done.stderr
    assert (tmp_path / "p.npy").read_bytes() == before
    for line in (
        "eval p.npy t.npy -r none -f npy >> p.npy",
        "eval p.npy t.npy --json 1<> p.npy",
        "compare p.npy q.npy t.npy --separate >> p.npy",
        "report p.npy t.npy >> p.npy",
        "inspect p.npy >> p.npy",
    ):
        done = shell(f"smoothl1 {line}")
        assert done.returncode == 2, line
        assert "standard output: is written in place, and is an input" in done.stderr
        assert (tmp_path / "p.npy").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["log.txt", "shards/log.npy", "shards/deep/log.npy", "shards/link"]
)
def test_a_folder_is_listed_only_where_an_output_written_in_place_is_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "shards/deep").mkdir(parents=True)
    for path in ("shards/a.npy", "shards/deep/b.npy"):
        np.save(tmp_path / path, np.zeros(3))
    (tmp_path / "log.txt").write_text("1.5")
    if name.endswith("link"):
        (tmp_path / name).symlink_to("../log.txt")
    elif name != "log.txt":
        (tmp_path / name).hardlink_to(tmp_path / "log.txt")
    listed: list[object] = []

    def identities(inputs: list[str]) -> set[object]:
        listed.extend(inputs)
        return set()

    monkeypatch.setattr(in_place, "identities", identities)
    with (tmp_path / "log.txt").open("r+b") as log:
        output = Output(f"/dev/fd/{log.fileno()}", as_json=False)
        outputs.check_in_place(output, [str(tmp_path / "shards")])
    assert listed == ([] if name == "log.txt" else [str(tmp_path / "shards")])
