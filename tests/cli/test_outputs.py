"""Where results go: what the names of outputs ask for, and that each has a file of its own."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import evaluate
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

EVAL = ("eval", "p.npy", "t.npy")
COMPARE = ("compare", "p.npy", "q.npy", "t.npy")
MERGE = ("merge", "part.json")
BASELINE = ("--baseline", "x", "--max-increase", "0")

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX devices and links")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """The mean loss at beta 1 is 1.5."""
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "q.npy", [2.5])
    np.save(tmp_path / "t.npy", [0.0])
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", statistics=True)
    (tmp_path / "part.json").write_text(json.dumps(result.to_json()))


def assert_refused(run: Run, tmp_path: Path, args: tuple[str, ...], said: str, **more: Any) -> None:
    """One line that says it, exit code 2, and all files as before."""
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = run(*args, **more)
    assert (done.returncode, done.stdout) == (2, "")
    line, *annotations = done.stderr.splitlines()
    assert line.startswith("smoothl1: error: ")
    assert said in line
    assert len(annotations) == ("--github" in args)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("command", [EVAL, COMPARE, MERGE], ids=lambda c: str(c[0]))
@pytest.mark.parametrize("name", ["x.json", "X.JSON", "./x.json"])
def test_a_name_that_ends_in_json_means_json(
    run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    done = run(*command, "-o", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    written = (tmp_path / name).read_bytes()
    run(*command, "--json", "-o", "again.json")
    assert written == (tmp_path / "again.json").read_bytes()
    assert json.loads(written)["schema"].startswith("smoothl1.")


def test_a_json_of_elements_is_an_array(run: Run, tmp_path: Path) -> None:
    assert run(*EVAL, "-r", "none", "-o", "x.json").returncode == 0
    assert json.loads((tmp_path / "x.json").read_text()) == [1.5]


@pytest.mark.parametrize("command", [EVAL, COMPARE, MERGE], ids=lambda c: str(c[0]))
@pytest.mark.parametrize(
    "name", ["x.npy", "x.NPZ", "x.jsonl", "x.yml", "x.xls", "x.xlsx", "x.ods", "x.zip", "x.xz"]
)
def test_a_name_that_promises_another_format_is_refused(
    run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    said = f"{name}: {os.path.splitext(name)[1].lower()} is another format than "
    assert_refused(run, tmp_path, (*command, "-o", name), said + "text")
    assert_refused(run, tmp_path, (*command, "--json", "-o", name), said + "JSON")


def test_a_typing_error_leads_to_a_form_that_is_written(run: Run, tmp_path: Path) -> None:
    for name, said in (
        ("x.cvs", "did you mean .csv?"),
        ("x.xlxs", ".xlxs names no form [name it .csv, .txt or .json]"),
        ("x.jsonll", "names no form [name it .csv, .txt or .json]"),
    ):
        assert_refused(run, tmp_path, (*EVAL, "-o", name), said)
    for name, said in (
        ("x.cvs", "[did you mean .csv? Or -f text|"),
        ("x.mdd", "the suffix names no format [-f text|"),
        ("x.xls", "losses are not written as .xls [name it .txt, .csv, .tsv, .json, .npy, .parq"),
        ("x.csv.bz2", "losses are not written as .bz2 [name it .txt, .csv"),
        ("x.md.gz", "losses are not written as .md [name it .txt, .csv"),
    ):
        assert_refused(run, tmp_path, (*EVAL, "-r", "none", "-o", name), said)


@pytest.mark.parametrize("command", [EVAL, COMPARE, MERGE], ids=lambda c: str(c[0]))
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--json", "-o", "x.csv"), "x.csv: .csv is another format than JSON"),
        (("-f", "csv", "-o", "x.tsv.gz"), "x.tsv.gz: .tsv is another format than -f csv"),
        (("-f", "csv", "--json"), "--json and -f csv ask for two forms"),
        (("-o", "x.parquet.gz"), "x.parquet.gz: parquet is not written inside gzip"),
        (("-f", "arrow", "-o", "x.zst"), "x.zst: arrow is not written inside zstd"),
    ],
)
def test_two_forms_of_one_output_are_refused(
    run: Run, tmp_path: Path, command: tuple[str, ...], more: tuple[str, ...], said: str
) -> None:
    assert_refused(run, tmp_path, (*command, *more), said)


def test_an_evaluation_has_no_page(run: Run, tmp_path: Path) -> None:
    said = "x.html: .html is a page, and no table [smoothl1 report draws a page"
    assert_refused(run, tmp_path, (*EVAL, "-o", "x.html"), said)


@pytest.mark.parametrize("name", ["x.csv", "x.md.gz", "x.parquet", "x.json.gz"])
def test_a_description_of_files_is_a_table_too(run: Run, tmp_path: Path, name: str) -> None:
    done = run("inspect", "p.npy", "-o", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / name).stat().st_size > 0
    said = "x.npy: .npy is another format than text"
    assert_refused(run, tmp_path, ("inspect", "p.npy", "-o", "x.npy"), said)


@pytest.mark.parametrize("form", [("--json", "-o", "x.json"), ("-o", "x.txt")])
def test_a_description_that_ends_with_an_error_leaves_the_old_file(
    run: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    (tmp_path / form[-1]).write_text("OLD")
    np.save(tmp_path / "short.npy", np.arange(3.0))
    np.save(tmp_path / "long.npy", np.arange(4.0))
    done = run("inspect", "short.npy", "long.npy", *form)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert (tmp_path / form[-1]).read_text() == "OLD"
    shown = run("inspect", "short.npy", "long.npy")
    assert (shown.returncode, "short.npy" in shown.stdout) == (3, True)


@pytest.mark.parametrize("form", ["npy", "text"])
def test_a_form_of_elements_is_none_of_means(run: Run, tmp_path: Path, form: str) -> None:
    said = f"-f {form} is for losses of single elements [add --reduction none]"
    assert_refused(run, tmp_path, (*EVAL, "-f", form), said)
    for command in (COMPARE, MERGE):
        assert_refused(run, tmp_path, (*command, "-f", form), "'-f'")


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_a_form_of_means_is_none_of_elements(run: Run, tmp_path: Path, form: str) -> None:
    args = (*EVAL, "-r", "none", "-f", form)
    assert_refused(run, tmp_path, args, f"-f {form} is for means and sums")


@pytest.mark.parametrize(
    ("format_out", "name"),
    [
        ("npy", "x.csv"),
        ("csv", "x.npy"),
        ("text", "x.json"),
        ("csv", "x.xlsx"),
        ("csv", "x.md"),
        ("text", "x.tsv"),
        ("tsv", "x.csv.gz"),
    ],
)
def test_losses_of_elements_are_not_named_as_another_format(
    run: Run, tmp_path: Path, format_out: str, name: str
) -> None:
    args = (*EVAL, "-r", "none", "-f", format_out, "-o", name)
    assert_refused(run, tmp_path, args, f"is another format than -f {format_out}")
    for other in ("x", "x.txt", "x.dat"):
        assert run(*args[:-1], other).returncode == 0


@pytest.mark.parametrize("name", ["x", "x.txt", "x.out", "v0.2"])
def test_any_other_name_holds_the_text(run: Run, tmp_path: Path, name: str) -> None:
    for command in (EVAL, MERGE):
        assert run(*command, "-o", name).returncode == 0
        assert (tmp_path / name).read_text() == "1.5\n"


@pytest.mark.parametrize("command", [EVAL, COMPARE, MERGE], ids=lambda c: str(c[0]))
@pytest.mark.parametrize("json_as", [("--json",), ("-o", "x.json"), ("-f", "json")])
def test_a_precision_that_would_be_ignored_is_refused(
    run: Run, tmp_path: Path, command: tuple[str, ...], json_as: tuple[str, ...]
) -> None:
    args = (*command, "--precision", "3", *json_as)
    assert_refused(run, tmp_path, args, "nothing is rounded in JSON")


def test_a_precision_of_metrics_is_refused(run: Run, tmp_path: Path) -> None:
    args = (*EVAL, "--precision", "3", "-f", "metrics")
    said = "nothing is rounded in JSON or metrics [leave it out, or -f tsv --precision 3]"
    assert_refused(run, tmp_path, args, said)


def test_losses_of_elements_have_no_precision(run: Run, tmp_path: Path) -> None:
    args = (*EVAL, "-r", "none", "--precision", "3")
    assert_refused(run, tmp_path, args, "--precision is for mean and sum")


@pytest.mark.parametrize(
    "args",
    [
        ("--markdown", "-"),
        ("--junit", "-", "-o", "x"),
        ("--baseline", "-", "--max-increase", "0"),
        ("--baseline", "-", "--max-increase", "0", "--on-missing-baseline", "create"),
    ],
)
@pytest.mark.parametrize("command", [EVAL, MERGE], ids=["eval", "merge"])
def test_no_standard_stream_stands_for_a_file_of_ci(
    run: Run, tmp_path: Path, command: tuple[str, ...], args: tuple[str, ...]
) -> None:
    assert_refused(run, tmp_path, (*command, *args), f"'{args[0]}'")
    assert not (tmp_path / "-").exists()


@pytest.mark.grid
def test_a_dash_is_standard_output_for_each_command(run: Run, tmp_path: Path) -> None:
    for command in (EVAL, COMPARE, MERGE):
        assert run(*command, "-o", "-").stdout == run(*command).stdout != ""
    assert run(*EVAL, "-r", "none", "-o", "-").stdout == "1.5\n"
    assert not (tmp_path / "-").exists()


SAME = [
    (("--json", "-o", "x", "--markdown", "x"), "--output and --markdown"),
    (("-o", "x", "--junit", "./x"), "--output and --junit"),
    (("--junit", "x", "--markdown", "folder/../x"), "--junit and --markdown"),
    (("-o", "link", "--junit", "x"), "--output and --junit"),
    (("-o", "dangling", "--markdown", "nowhere"), "--output and --markdown"),
    (("-o", "there", "--markdown", "hard"), "--output and --markdown"),
    (("-o", "folder/x", "--junit", "alias/x"), "--output and --junit"),
    (("-o", "x", *BASELINE, "--on-missing-baseline", "create"), "--output and --baseline"),
    (("--markdown", "x", *BASELINE, "--on-missing-baseline", "pass"), "--baseline and --markdown"),
]


@posix
@pytest.mark.parametrize("command", [EVAL, MERGE], ids=["eval", "merge"])
@pytest.mark.parametrize(("args", "names"), SAME)
def test_two_outputs_that_are_one_file_are_refused(
    run: Run, tmp_path: Path, command: tuple[str, ...], args: tuple[str, ...], names: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "alias").symlink_to("folder")
    (tmp_path / "link").symlink_to("x")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "there").write_text("before")
    (tmp_path / "hard").hardlink_to(tmp_path / "there")
    assert_refused(run, tmp_path, (*command, *args), f"{names} are the same file")


@posix
@pytest.mark.parametrize(
    ("args", "name"),
    [
        (("eval", "pipe", "t.npy", "-o", "pipe"), "--output"),
        (("eval", "p.npy", "t.npy", "--weights", "link", "--junit", "pipe"), "--junit"),
        (("eval", "p.npy", "pipe", "--baseline", "link", "--max-increase", "0"), "--baseline"),
        (("merge", "pipe", "--baseline", "pipe", "--max-increase", "0"), "--baseline"),
        (("compare", "p.npy", "link", "t.npy", "-o", "pipe"), "--output"),
        (("report", "p.npy", "t.npy", "--groups", "pipe", "-o", "link.html"), "--output"),
        (("inspect", "p.npy", "t.npy", "--clusters", "pipe", "-o", "link"), "--output"),
    ],
)
def test_a_pipe_is_not_read_and_written(
    run: Run, tmp_path: Path, args: tuple[str, ...], name: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for link in ("link", "link.html"):
        (tmp_path / link).symlink_to("pipe")
    assert_refused(run, tmp_path, args, f": {name} and an input are the same pipe", timeout=20)


REPLACED = [
    (("eval", "p.npy", "t.npy"), "p.npy"),
    (("eval", "p.npy", "t.npy"), "./t.npy"),
    (("eval", "p.npy", "t.npy"), "link"),
    (("eval", "p.npy", "t.npy"), "hard"),
    (("eval", "p.npy", "t.npy", "--weights", "q.npy"), "q.npy"),
    (("eval", "shards", "t.npy"), "shards/p-1.npy"),
    (("eval", "[p].npy", "t.npy"), "p.npy"),
    (("merge", "part.json"), "part.json"),
    (("merge", "part.jso?"), "part.json"),
]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("eval", "gone.npy", "t.npy"), 4, "gone.npy: no such file"),
        (("eval", "p.npy", "bad.npy"), 3, "bad.npy"),
        (("merge", "gone.json"), 4, "gone.json"),
    ],
)
def test_the_report_of_an_earlier_run_does_not_outlive_an_error(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    reports = ("--junit", "j.xml", "--markdown", "m.md")
    (tmp_path / "bad.npy").write_bytes(b"\x93NUMPY")
    assert run("eval", "p.npy", "t.npy", *reports).returncode == 0
    done = run(*args, *reports)
    assert done.returncode == code
    for name in ("j.xml", "m.md"):
        assert said in (tmp_path / name).read_text()
    assert 'errors="1"' in (tmp_path / "j.xml").read_text()


@posix
@pytest.mark.parametrize("option", ["--junit", "--markdown"])
@pytest.mark.parametrize(("command", "name"), REPLACED)
def test_a_report_does_not_replace_an_input(
    run: Run, tmp_path: Path, command: tuple[str, ...], name: str, option: str
) -> None:
    (tmp_path / "link").symlink_to("p.npy")
    (tmp_path / "hard").hardlink_to(tmp_path / "p.npy")
    (tmp_path / "shards").mkdir()
    shard = tmp_path / "shards" / "p-1.npy"
    shard.write_bytes((tmp_path / "p.npy").read_bytes())
    said = f"{name}: {option} would replace an input [name another file]"
    assert_refused(run, tmp_path, (*command, option, name), said)
    assert shard.read_bytes() == (tmp_path / "p.npy").read_bytes()


@posix
def test_a_report_does_not_replace_what_is_on_standard_input(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "p.npy").open("rb") as stdin:
        args = ("eval", "-", "t.npy", "--junit", "p.npy")
        assert_refused(run, tmp_path, args, "--junit would replace an input", stdin=stdin)


def test_a_report_beside_shards_is_no_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "p-1.npy").write_bytes((tmp_path / "p.npy").read_bytes())
    assert run("eval", "shards", "t.npy", "--markdown", "shards.md").returncode == 0


def test_the_output_may_be_an_input(run: Run, tmp_path: Path) -> None:
    assert run(*MERGE, "--json", "-o", "part.json").returncode == 0
    assert run(*EVAL, "-r", "none", "-o", "p.npy").returncode == 0
    assert np.load(tmp_path / "p.npy").tolist() == [1.5]


def test_losses_of_elements_have_a_file_of_their_own(run: Run, tmp_path: Path) -> None:
    args = (*EVAL, "-r", "none", "-o", "x.csv", "--junit", "x.csv")
    assert_refused(run, tmp_path, args, "x.csv: --output and --junit are the same file")


def test_a_baseline_is_not_overwritten_by_what_it_judges(run: Run, tmp_path: Path) -> None:
    gate = ("--baseline", "part.json", "--max-increase", "5%")
    for output in ("-o", "--markdown", "--junit"):
        args = (*EVAL, *gate, output, "part.json")
        assert_refused(run, tmp_path, args, "--baseline")


@pytest.mark.parametrize("variable", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
def test_a_file_of_the_runner_is_not_replaced(run: Run, tmp_path: Path, variable: str) -> None:
    (tmp_path / "step").write_text("before\n")
    env = {"GITHUB_STEP_SUMMARY": "", "GITHUB_OUTPUT": "", variable: str(tmp_path / "step")}
    args = (*EVAL, "--github", "--markdown", "step")
    assert_refused(run, tmp_path, args, f"--markdown and {variable} are the same", env=env)
    assert run(*EVAL, "--markdown", "step", env=env).returncode == 0


def test_the_files_of_the_runner_are_two(run: Run, tmp_path: Path) -> None:
    env = dict.fromkeys(("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"), str(tmp_path / "step"))
    args = (*EVAL, "--github")
    assert_refused(run, tmp_path, args, "GITHUB_STEP_SUMMARY and GITHUB_OUTPUT are the", env=env)


def redirected(tmp_path: Path, mode: str, *args: str, env: dict[str, str] | None = None) -> int:
    """Run with standard output in the file out; the exit code."""
    with (tmp_path / "out").open(mode) as out:
        done = subprocess.run(
            [forks().script, *args],
            cwd=tmp_path,
            stdout=out,
            stderr=subprocess.DEVNULL,
            check=False,
            env={**os.environ, **(env or {})},
        )
    return done.returncode


@posix
def test_standard_output_in_a_file_is_an_output_too(tmp_path: Path) -> None:
    for path in ("out", "/dev/stdout"):
        assert redirected(tmp_path, "w", *EVAL, "--markdown", path) == 2
    assert redirected(tmp_path, "w", *EVAL, "-r", "none", "-o", "out", "--json") == 2
    assert redirected(tmp_path, "w", *EVAL, "-o", "/dev/stdout") == 0
    assert (tmp_path / "out").read_text() == "1.5\n"


@posix
def test_what_is_added_to_the_summary_of_the_step_may_be_on_standard_output(
    tmp_path: Path,
) -> None:
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "out"), "GITHUB_OUTPUT": ""}
    assert redirected(tmp_path, "a", *EVAL, "--github", env=env) == 0
    text = (tmp_path / "out").read_text()
    assert text.startswith("1.5\n**Smooth L1 loss**")


@posix
def test_devices_and_pipes_may_be_shared(run: Run) -> None:
    done = run(*EVAL, "-o", "/dev/null", "--markdown", "/dev/null", "--junit", "/dev/null")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run(*EVAL, "--markdown", "/dev/stdout")
    assert done.returncode == 0
    assert "**Smooth L1 loss**" in done.stdout
