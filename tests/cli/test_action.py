"""The composite action, run step by step as it stands in `action.yml`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import smoothl1
from smoothl1.errors import SettingsError
from tests.command import heeding
from tests.examples import ROOT
from tests.forking import forks
from tests.github_runner import Job, Outcome, load

if os.name != "posix":
    pytest.skip("the action's shell is a POSIX one", allow_module_level=True)

from smoothl1.cli.action import command_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Action = Callable[..., Outcome]

ACTION = load((ROOT / "action.yml").read_text())
STEPS = {step.get("name", step.get("id")): step for step in ACTION["runs"]["steps"]}
INSTALL = "Install smoothl1"
"""Needs the network. `.ci/run` runs this step as well; here smoothl1 is there already."""

MEAN = "1.5"
"""Of the losses 1 and 2 at beta 0."""

HEAD = ["eval", "--github"]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A workspace with predictions 1 and 2, targets 0, and modules that nobody wants."""
    (tmp_path / "work").mkdir()
    (tmp_path / "temp").mkdir()
    work = tmp_path / "work"
    np.save(work / "p.npy", [1.0, 2.0])
    np.save(work / "t.npy", [0.0, 0.0])
    (work / "run.csv").write_text("p,y,sex\n1,0,a\n2,0,b\n")
    for name in ("click.py", "shlex.py", "smoothl1.py", "pip.py"):
        (work / name).write_text("raise SystemExit('a file of the workspace was imported')\n")
    return Job(work, tmp_path / "temp", left_out=(INSTALL,), python=forks().python)


@pytest.fixture
def in_new_processes(job: Job) -> None:
    """Start Python itself: where it matters what that imports, and how it ends."""
    job.python = Path(sys.executable)


@pytest.fixture
def action(job: Job) -> Action:
    """Run the action with inputs."""

    def run(**inputs: Any) -> Outcome:
        return job.run_action(ROOT, {"pred": "p.npy", "target": "t.npy", "args": "-b 0", **inputs})

    return run


@contextmanager
def writing(pipe: Path, process: subprocess.Popen[str]) -> Iterator[None]:
    """Hold a pipe open from when the process begins to read it."""
    while True:
        try:
            end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:  # nobody reads it yet
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
    yield
    os.close(end)


def errors(done: Outcome) -> list[str]:
    """The lines of stderr; a traceback would be among them."""
    return done.stderr.splitlines()


@pytest.mark.usefixtures("in_new_processes")
def test_it_sets_its_outputs_and_a_summary(action: Action, job: Job) -> None:
    done = action()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{MEAN}\n", "")
    assert done.outputs == {
        "value": MEAN,
        "passed": "true",
        "count": "2",
        "signature": "smoothl1|beta:0.0|red:mean|nan:propagate|w:no|n:2"
        f"|version:{smoothl1.__version__}",
    }
    assert MEAN in job.summary


def test_a_gate_that_fails_is_exit_code_1_and_sets_the_outputs_too(
    action: Action, job: Job
) -> None:
    done = action(args="-b 0 --fail-above 1.4")
    assert (done.returncode, done.stdout) == (1, f"{MEAN}\n")
    assert (done.outputs["value"], done.outputs["passed"]) == (MEAN, "false")
    assert any(line.startswith("::error title=smoothl1 fail-above 1.4::") for line in errors(done))
    assert MEAN in job.summary


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--by 'sex", 'args: no closing quotation in "--by \'sex" '),
        ("--by sex\\", "args: no escaped character in '--by sex"),
        ("--by '\n", 'args: no closing quotation in "--by \'\\n" '),
    ],
)
def test_args_that_no_shell_could_read_are_one_line_and_an_annotation(
    action: Action, args: str, said: str
) -> None:
    done = action(args=args)
    line, annotation = errors(done)
    assert (done.returncode, done.stdout) == (2, "")
    assert line.startswith(f"smoothl1: error: {said}")
    assert annotation.startswith(f"::error title=smoothl1::{said}")
    assert set(done.outputs.values()) == {""}


@pytest.mark.parametrize(
    "args", ["--nosuch", "--beta", "-b 0 -o", "-b 0 more.npy", "-b 0 -- --flatten"]
)
def test_wrong_options_are_exit_code_2(action: Action, job: Job, args: str) -> None:
    before = sorted(os.listdir(job.workspace))
    done = action(args=args)
    assert (done.returncode, done.stdout) == (2, "")
    assert errors(done)[0].startswith("smoothl1: error: ")
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(job.workspace)) == before


@pytest.mark.usefixtures("in_new_processes")
def test_a_missing_file_is_exit_code_4(action: Action) -> None:
    done = action(target="nosuch.npy")
    assert (done.returncode, done.stdout, done.outputs["passed"]) == (4, "", "")
    assert errors(done)[0] == "smoothl1: error: nosuch.npy: no such file or directory"


@pytest.mark.parametrize("version", ["9.9.9", "0.1", "v0.1.0", "0.1.0\n::error::"])
def test_another_version_is_refused(action: Action, version: str) -> None:
    done = action(version=version)
    assert (done.returncode, done.stdout) == (2, "")
    line, annotation = errors(done)
    assert line.startswith(f"smoothl1: error: version: this action has {smoothl1.__version__}, not")
    assert annotation.startswith("::error title=smoothl1::version: this action has")


@pytest.mark.usefixtures("in_new_processes")
def test_modules_that_the_workflow_has_on_its_path_are_not_imported(
    action: Action, job: Job
) -> None:
    job.env["PYTHONPATH"] = str(job.workspace)
    assert action().returncode == 0


def test_the_version_that_it_has_is_accepted(action: Action) -> None:
    assert action(version=smoothl1.__version__).outputs["value"] == MEAN


def test_without_a_target_both_columns_come_from_one_table(action: Action) -> None:
    done = action(pred="run.csv", target="", args="-b 0 --pred p --target y --by sex")
    assert (done.returncode, done.outputs["value"]) == (0, "a\t1.0\nb\t2.0")


@pytest.mark.parametrize("target", ["t.npy", ""])
def test_without_predictions_no_other_file_takes_their_place(action: Action, target: str) -> None:
    done = action(pred="", target=target, args="--pred p --target y")
    assert (done.returncode, done.stdout) == (2, "")
    assert errors(done)[0].startswith("smoothl1: error: pred: it is empty")


@pytest.mark.parametrize(
    "name",
    ["a b.npy", "-b.npy", "--json", "$(touch x).npy", "`touch x`.npy", "'\".npy", "ü.npy", "a\nb"],
)
def test_a_path_is_never_an_option_or_a_command(action: Action, job: Job, name: str) -> None:
    (job.workspace / "p.npy").rename(job.workspace / name)
    done = action(pred=name)
    assert (done.returncode, done.outputs["value"]) == (0, MEAN)
    assert not (job.workspace / "x").exists()


@pytest.mark.parametrize("pattern", ["shard-*.npy", "-?.npy"])
def test_a_pattern_is_expanded_by_smoothl1_alone(action: Action, job: Job, pattern: str) -> None:
    for i, value in enumerate([1.0, 2.0]):
        np.save(job.workspace / pattern.replace("*", str(i)).replace("?", str(i)), [value])
    assert action(pred=pattern).outputs["value"] == MEAN


@pytest.mark.parametrize(
    "args", ["-b 0 --json", "--json\n-b 0\n", "  -b '0'  --json ", "--github -b 0 --json"]
)
def test_options_are_split_as_a_shell_splits_them(action: Action, args: str) -> None:
    done = action(args=args)
    assert (done.returncode, done.outputs["value"]) == (0, MEAN)
    assert '"mean": 1.5' in done.stdout


def test_what_stands_in_args_is_never_run(action: Action, job: Job) -> None:
    done = action(args="-b 0 --fail-above $(touch x)")
    assert done.returncode == 2
    assert not (job.workspace / "x").exists()


@pytest.mark.usefixtures("in_new_processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_step_ends_it_by_that_signal(job: Job, number: signal.Signals) -> None:
    os.mkfifo(job.workspace / "pipe")
    inputs = {"pred": "pipe", "target": "t.npy", "args": "", "version": ""}
    context: dict[str, Any] = {
        **job.context,
        "inputs": inputs,
        "steps": {"python": job.run([STEPS["python"]]).outputs["python"]},
    }
    with heeding(number):
        process = job.start(STEPS["Evaluate"], context)
    with process, writing(job.workspace / "pipe", process):
        for _ in range(1000):  # one that comes just before a read is noticed only after it
            process.send_signal(number)
            time.sleep(0.05)
            if process.poll() is not None:
                break
        process.kill()  # nothing, unless that failed
        _, stderr = process.communicate()
    assert (process.returncode, stderr) == (-number, "")


@pytest.mark.usefixtures("in_new_processes")
def test_an_installation_that_fails_is_exit_code_4(job: Job) -> None:
    job.left_out = ()
    job.env["PYTHONPATH"] = str(job.workspace)
    job.env["PIP_NO_INDEX"] = "1"
    job.env["PIP_CONFIG_FILE"] = os.devnull
    job.env["PIP_FIND_LINKS"] = ""
    done = job.run_action(ROOT, {"pred": "p.npy", "target": "t.npy"})
    assert done.returncode == 4
    assert errors(done)[-1].startswith("::error title=smoothl1::it could not be installed")
    assert "a file of the workspace was imported" not in done.stderr


def test_only_the_evaluation_reads_inputs_and_no_script_has_them_in_its_text() -> None:
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        assert (step is STEPS["Evaluate"]) == ("inputs." in str(step))


def test_files_come_before_options() -> None:
    inputs = {"INPUT_PRED": "p", "INPUT_TARGET": "t", "INPUT_ARGS": "--key 'a b' -b 1"}
    assert command_line(inputs) == [*HEAD, "p", "t", "--key", "a b", "-b", "1"]
    assert command_line({"INPUT_PRED": "-"}) == [*HEAD, "-"]
    assert command_line({"INPUT_PRED": "-x", "INPUT_TARGET": "--"}) == [*HEAD, "./-x", "./--"]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("-b 1 \\\n--key id \\\n", ["-b", "1", "--key", "id"]),
        ("--ke\\\ny id", ["--key", "id"]),
        ('--key "a\\\nb"', ["--key", "ab"]),
        ("--key 'a\\\nb'", ["--key", "a\\\nb"]),
        ("--key \"it's\" \\\n--by 'x'", ["--key", "it's", "--by", "x"]),
        ("--key a\\\\\n-b 1", ["--key", "a\\", "-b", "1"]),
        ("--key a\\ b\\'c", ["--key", "a b'c"]),
    ],
)
def test_lines_are_joined_as_a_shell_joins_them(args: str, expected: list[str]) -> None:
    assert command_line({"INPUT_PRED": "p", "INPUT_ARGS": args}) == [*HEAD, "p", *expected]
    in_a_shell = ["bash", "-c", f"a=( {args} ); printf '%s\\0' \"${{a[@]}}\""]
    done = subprocess.run(in_a_shell, capture_output=True, text=True, check=True)
    assert done.stdout.split("\0")[:-1] == expected


def test_a_backslash_at_the_very_end_is_refused() -> None:
    with pytest.raises(SettingsError, match="args: no escaped character"):
        command_line({"INPUT_PRED": "p", "INPUT_ARGS": "-b 1 \\"})


@pytest.mark.parametrize("args", ["-h", "--help", "-b 0 -h", "-qh", "-hq", "--json --help -b 0"])
def test_a_page_of_help_is_no_evaluation(action: Action, args: str) -> None:
    done = action(args=args)
    assert (done.returncode, done.stdout) == (2, "")
    line, annotation = errors(done)
    assert line.startswith("smoothl1: error: args: -")
    assert line.endswith(" shows help, and nothing is evaluated")
    assert annotation.startswith("::error title=smoothl1::args: -")


def test_an_environment_without_inputs_is_refused() -> None:
    with pytest.raises(SettingsError, match="pred: it is empty"):
        command_line({})
