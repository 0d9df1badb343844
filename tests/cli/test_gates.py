"""What gates say on the command line, and what they do where there is nothing to judge."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, evaluate
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TABLE = ("--target", "y", "--by", "g", "--allow-empty")
EVAL = ("eval", "empty.csv", "--pred", "a", *TABLE)
COMPARE = ("compare", "empty.csv", "--pred-a", "a", "--pred-b", "b", *TABLE)
MERGE = ("merge", "empty.json")
NOTHING = "smoothl1: gate failed: there are no groups, so there is nothing to judge\n"
HEAD = "mean_a\tmean_b\tdifference\tlow\thigh\tt\tp_value\ta_better\tb_better\tties\n"


@pytest.fixture(autouse=True)
def _files(run: Run, tmp_path: Path) -> None:
    """A table without rows, and arrays whose losses at beta 0 are 1, 2 and 3."""
    (tmp_path / "empty.csv").write_text("a,b,y,g\n")
    assert run(*EVAL, "-o", "empty.json").returncode == 0
    np.save(tmp_path / "p.npy", [1.0, 2.0, 3.0])
    np.save(tmp_path / "t.npy", np.zeros(3))
    for name, n in (("all", 3), ("some", 2)):
        np.save(tmp_path / "q.npy", np.arange(1.0, n + 1))
        np.save(tmp_path / "u.npy", np.zeros(n))
        sides = (tmp_path / "q.npy", tmp_path / "u.npy")
        result = evaluate(*sides, EvalSettings((0.0,)), statistics=True)
        (tmp_path / f"{name}.json").write_text(json.dumps(result.to_json()))


@pytest.mark.parametrize("command", [EVAL, MERGE], ids=["eval", "merge"])
@pytest.mark.parametrize(
    "gate",
    [
        ("--fail-above", "1"),
        ("--baseline", "empty.json", "--max-increase", "5%"),
        ("--baseline", "none", "--max-increase", "5%", "--on-missing-baseline", "pass"),
        ("--baseline", "none", "--max-increase", "5%", "--on-missing-baseline", "create"),
    ],
)
@pytest.mark.parametrize("files", [(), ("--junit", "j.xml", "--markdown", "m.md", "--github")])
def test_a_gate_over_no_groups_fails_and_says_so(
    run: Run,
    tmp_path: Path,
    command: tuple[str, ...],
    gate: tuple[str, ...],
    files: tuple[str, ...],
) -> None:
    done = run(*command, *gate, *files, env={"GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": ""})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(NOTHING)
    assert not (tmp_path / "none").exists()
    if files:
        assert 'failures="1"' in (tmp_path / "j.xml").read_text()
        assert "❌" in (tmp_path / "m.md").read_text()
        assert done.stderr.count("::error") == 1


def test_a_missing_baseline_of_no_groups_fails_too(run: Run) -> None:
    done = run(*EVAL, "--baseline", "none", "--max-increase", "5%")
    assert (done.returncode, done.stdout) == (1, "")
    said = "there is no baseline none [--on-missing-baseline create makes it]"
    assert done.stderr == f"smoothl1: gate failed: {said}\n"


def test_groups_that_only_one_side_has_pass_where_that_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    """A window of the last weeks always has one week more, and one less."""
    for name, weeks in (("old.csv", "123"), ("new.csv", "234")):
        rows = "".join(f"w{week},{week},0\n" for week in weeks)
        (tmp_path / name).write_text(f"week,p,t\n{rows}")
    table = ("--pred", "p", "--target", "t", "--by", "week")
    assert run("eval", "old.csv", *table, "-o", "old.json").returncode == 0
    assert run("eval", "new.csv", *table, "-o", "new.json").returncode == 0
    gate = ("--baseline", "old.json", "--max-increase", "1%", "--fail-above", "9")
    for command in (("eval", "new.csv", *table), ("merge", "new.json")):
        done = run(*command, *gate)
        assert (done.returncode, done.stderr.count("[--on-missing-group pass")) == (1, 2)
        assert run(*command, *gate, "--on-missing-group", "fail").stderr == done.stderr
        done = run(*command, *gate, "--on-missing-group", "pass")
        assert done.returncode == 0
        assert done.stderr == (
            "smoothl1: warning: 2 groups that only the result or its baseline has, such as 'w4', "
            "are not compared (--on-missing-group pass)\n"
        )


def test_without_gates_no_groups_are_no_lines(run: Run) -> None:
    for command in (EVAL, MERGE):
        done = run(*command)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_sum_of_no_elements_passes_no_gate(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.zeros(0))
    np.save(tmp_path / "t.npy", np.zeros(0))
    done = run("eval", "p.npy", "t.npy", "--allow-empty", "-r", "sum", "--fail-above", "1")
    assert (done.returncode, done.stdout) == (1, "0.0\n")
    assert done.stderr == (
        "smoothl1: gate failed: the sum, 0.0, is of no elements: there is nothing to judge\n"
    )


def test_a_comparison_of_no_groups_is_a_header(run: Run) -> None:
    done = run(*COMPARE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "beta\tg\t" + HEAD, "")
    assert json.loads(run(*COMPARE, "--json").stdout)["results"] == []


@pytest.mark.parametrize("condition", ["worse", "not-better"])
def test_a_comparison_of_nothing_passes_no_condition(
    run: Run, tmp_path: Path, condition: str
) -> None:
    done = run(*COMPARE, "--fail-if", condition)
    assert (done.returncode, done.stdout) == (1, "beta\tg\t" + HEAD)
    assert done.stderr == (
        "smoothl1: gate failed: there are no groups, so there is nothing to compare\n"
    )
    np.save(tmp_path / "p.npy", np.zeros(0))
    done = run("compare", *["p.npy"] * 3, "--allow-empty", "--fail-if", condition)
    assert done.returncode == 1
    assert done.stderr.endswith("is nan, of no elements: there is nothing to compare\n")


@pytest.mark.parametrize("condition", ["worse", "not-better"])
def test_what_is_not_known_is_not_told_as_worse(run: Run, tmp_path: Path, condition: str) -> None:
    np.save(tmp_path / "one.npy", [1.0])
    done = run("compare", *["one.npy"] * 3, "--fail-if", condition)
    assert done.returncode == 1
    said = "better" if condition == "not-better" else "no worse"
    assert done.stderr.endswith(f"its interval nan to nan: B is not known to be {said}\n")


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (("--fail-above", "1.5"), "the mean, 2.0, is above --fail-above 1.5"),
        (
            ("--baseline", "some.json", "--max-increase", "5%", "--other-data"),
            "the mean is 2.0, its baseline 1.5: +33.3%, more than --max-increase 5%",
        ),
        (
            ("--baseline", "some.json", "--max-increase", "0.25", "--other-data"),
            "the mean is 2.0, its baseline 1.5: +0.5, more than --max-increase 0.25",
        ),
    ],
)
def test_a_failed_gate_says_value_and_limit(run: Run, gate: tuple[str, ...], said: str) -> None:
    for command in (("eval", "p.npy", "t.npy", "-b", "0"), ("merge", "all.json")):
        done = run(*command, *gate)
        assert (done.returncode, done.stdout) == (1, "2.0\n")
        assert done.stderr == f"smoothl1: gate failed: {said}\n"


def test_a_baseline_over_other_data_is_refused(run: Run) -> None:
    gate = ("--baseline", "some.json", "--max-increase", "500%")
    for command in (("eval", "p.npy", "t.npy", "-b", "0"), ("merge", "all.json")):
        done = run(*command, *gate)
        assert done.returncode == 3
        assert done.stderr == (
            "smoothl1: error: some.json: over 2 elements, the result over 3 "
            "[--other-data compares with a baseline over other data]\n"
        )
        assert run(*command, *gate, "--other-data").returncode == 0


def test_a_part_that_is_missing_is_not_within_the_baseline_of_the_whole(run: Run) -> None:
    done = run("merge", "some.json", "--baseline", "all.json", "--max-increase", "5%")
    assert done.returncode == 3
    assert "all.json: over 3 elements, the result over 2" in done.stderr


@pytest.mark.parametrize("policy", ["pass", "create"])
def test_a_baseline_below_a_file_is_not_missing(run: Run, policy: str) -> None:
    path = "all.json/base.json"
    args = ("--baseline", path, "--max-increase", "5%", "--on-missing-baseline", policy)
    done = run("eval", "p.npy", "t.npy", *args)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == f"smoothl1: error: {path}: {os.strerror(errno.ENOTDIR).lower()}\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal")
def test_the_summary_shows_the_baseline_and_the_change(tmp_path: Path) -> None:
    done = on_terminal(
        tmp_path,
        *("eval", "p.npy", "t.npy", "-b", "0", "--other-data"),
        *("--baseline", "some.json", "--max-increase", "50%"),
    )
    lines = done.splitlines()
    place = next(i for i, line in enumerate(lines) if "baseline" in line.split())
    head, line = lines[place : place + 2]
    shown = dict(zip(head.split(), line.split(), strict=False))
    assert (shown["mean"], shown["baseline"], shown["change"]) == ("2", "1.5", "+33.3%")


def on_terminal(folder: Path, *args: str) -> str:
    """What a command says on a terminal of 120 columns."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": "120", "TERM": "dumb"}
    done = subprocess.run(
        [forks().script, *args],
        cwd=folder,
        stderr=theirs,
        stdout=subprocess.PIPE,
        check=False,
        env=env,
    )
    os.close(theirs)
    assert done.returncode == 0
    said = b""
    while True:
        try:
            some = os.read(ours, 1 << 16)
        except OSError:  # nobody can write any more
            some = b""
        if not some:
            os.close(ours)
            return said.decode()
        said += some


@pytest.mark.parametrize("limit", ["mae=0.5", "rmse = 0.5", "mae:0.5"])
def test_a_limit_of_another_metric_is_answered_with_what_there_is(run: Run, limit: str) -> None:
    done = run("eval", "p.npy", "t.npy", "--also", "mae,rmse", "--fail-above", limit)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{limit!r}: the gate is on the loss alone; " in done.stderr
    told = "--beta 0 --fail-above 0.5 is that of mae" if "mae" in limit else "-f metrics or --json"
    assert told in done.stderr


def test_the_same_table_of_another_format_passes_the_gates_of_its_groups(
    run: Run, tmp_path: Path
) -> None:
    """The baseline stands in the report beside each group; merge says that they may be one."""
    losses, flags = [1.0, 2.0, 3.0], [True, False, False]
    table = pa.table({"a": losses, "y": [0.0] * 3, "g": flags})
    pq.write_table(table, tmp_path / "t.parquet")
    rows = [f"{loss},0,{flag}\n" for loss, flag in zip(losses, flags, strict=True)]
    (tmp_path / "t.csv").write_text("a,y,g\n" + "".join(rows))
    asked = ("--pred", "a", "--target", "y", "--by", "g", "-b", "0")
    for name in ("csv", "parquet"):
        assert run("eval", f"t.{name}", *asked, "-o", f"{name}.json").returncode == 0
    gate = ("--baseline", "csv.json", "--max-increase", "0", "--markdown", "m.md")
    done = run("eval", "t.parquet", *asked, *gate)
    assert (done.returncode, done.stdout, done.stderr) == (0, "false\t2.5\ntrue\t1.0\n", "")
    lines = (tmp_path / "m.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if "| `true`" in line]
    assert [[row[1], *row[3:5]] for row in cells] == [["`true`", "1", "0 (0%)"]]
    merged = run("merge", "csv.json", "parquet.json")
    assert "the groups 'False' and 'false' may be one, and no result has both" in merged.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal")
def test_a_new_group_is_called_new_and_moves_no_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("g,p,t\na,1,0\nb,2,0\nc,3,0\n")
    (tmp_path / "old.csv").write_text("g,p,t\nb,2,0\nc,3,0\n")
    table = ("--pred", "p", "--target", "t", "--by", "g", "-b", "0")
    assert run("eval", "old.csv", *table, "-o", "old.json").returncode == 0
    gate = ("--baseline", "old.json", "--max-increase", "0", "--on-missing-group", "pass")
    seen = on_terminal(tmp_path, "eval", "m.csv", *table, *gate)
    lines = [line.split() for line in seen.splitlines()]
    place = next(i for i, line in enumerate(lines) if "change" in line)
    head, new, same = lines[place : place + 3]
    assert head[:6] == ["g", "mean", "baseline", "change", "std.", "error"]
    assert new[:3] == ["a", "1", "new"]
    assert same[:4] == ["b", "2", "2", "0"]
    assert lines[place + 4][:4] == ["all", "2", "other", "groups"]


def test_reports_name_the_baseline_and_the_confidence_of_a_run(run: Run, tmp_path: Path) -> None:
    assert run("eval", "p.npy", "t.npy", "--json", "-o", "b_main.json").returncode == 0
    gates = ("--baseline", "b_main.json", "--max-increase", "10%", "--confidence", "0.9")
    reports = ("--markdown", "m.md", "--junit", "j.xml")
    assert run("eval", "p.npy", "t.npy", *gates, *reports).returncode == 0
    markdown = (tmp_path / "m.md").read_text()
    assert "compared with the baseline `b_main.json`" in markdown
    assert "above its limit at 0.9 confidence" in markdown
    assert '<property name="baseline" value="b_main.json"' in (tmp_path / "j.xml").read_text()


def test_a_loss_above_its_limit_that_chance_allows_says_why_it_passes(
    run: Run, tmp_path: Path
) -> None:
    """The confidence may stand in a file that was written for another command."""
    (tmp_path / "pyproject.toml").write_text("[tool.smoothl1]\nbeta = 0\nconfidence = 0.95\n")
    gate = ("eval", "p.npy", "t.npy", "--fail-above", "1.5")
    done = run(*gate)
    assert (done.returncode, done.stdout) == (0, "2.0\n")
    said = "gate passed: the mean, 2.0, is above --fail-above 1.5, but not beyond chance: at 0.95 "
    assert done.stderr.splitlines()[-1].startswith(f"smoothl1: {said}confidence it is at least 0.0")
    assert "gate passed" not in run(*gate, "-q").stderr
    assert "gate passed" not in run(*gate[:-1], "2.5").stderr
    several = run(*gate, "--beta", "0,0.5")
    assert several.stderr.count("gate passed") == 1
    assert several.stderr.endswith(" (and 1 more passed so)\n")
