"""Annotations, summaries and outputs of GitHub Actions."""

from __future__ import annotations

import math
import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

import smoothl1
from smoothl1 import EvalSettings, ExactSum, Result, StorageError, Tally
from smoothl1.cli.views import Report
from smoothl1.cli.views.github import workflow_commands, write_outputs, write_summary
from smoothl1.results.gates import Verdict
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.group import Group
from tests.command import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SIDE = InputSummary(("a.npy",), "npy", (2,), "<f8")
FAILED = Verdict(
    passed=False,
    beta=1.0,
    group=Group(),
    gate="fail-above 0.5",
    value=0.7,
    limit=0.5,
    message="the mean is 0.7",
)


def result_of(*losses: float, settings: EvalSettings, groups: tuple[Group, ...]) -> Result:
    tallies = tuple(Tally(n=1, total=ExactSum.of([loss])) for loss in losses)
    return Result(settings, (SIDE, SIDE), tallies, groups)


ONE = result_of(0.1, settings=EvalSettings(), groups=(Group(),))


def outputs_of(text: str) -> dict[str, str]:
    """Read as the runner reads: a name and an end mark, then lines up to that mark."""
    found = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, mark = line.partition("<<")
            values = []
            while (value := next(lines)) != mark:
                values.append(value)
            found[name] = "\n".join(values)
    return found


def test_a_failed_gate_is_an_error_and_a_passed_one_is_silent() -> None:
    assert workflow_commands([FAILED._replace(passed=True), FAILED]) == [
        "::error title=smoothl1 fail-above 0.5::the mean is 0.7"
    ]
    assert workflow_commands([]) == []


def test_messages_and_titles_are_escaped_as_the_runner_reads_them() -> None:
    verdict = FAILED._replace(gate="a: 5%, b\r", message="100% of x:\r\n1, 2::3")
    assert workflow_commands([verdict]) == [
        "::error title=smoothl1 a%3A 5%25%2C b%0D::100%25 of x:%0D%0A1, 2::3"
    ]


def test_other_control_characters_are_shown() -> None:
    assert workflow_commands([FAILED._replace(message="\x1b[31m")])[0].endswith("::\\x1b[31m")


def test_ten_failures_are_shown_and_the_rest_is_counted_apart_from_errors() -> None:
    verdicts = [FAILED._replace(message=str(i)) for i in range(12)]
    lines = workflow_commands([*verdicts, FAILED._replace(passed=True)])
    assert [line.rpartition("::")[2] for line in lines[:10]] == list("0123456789")
    assert lines[10:] == ["::notice title=smoothl1::2 more of 13 gates failed"]
    assert len(workflow_commands(verdicts[:10])) == 10


def test_a_summary_is_added_to_the_file_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "summary"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    write_summary("| ± |\n")
    write_summary("again\n")
    assert file.read_bytes() == "before\n| ± |\n\nagain\n\n".encode()


def test_outputs_are_value_passed_count_and_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    write_outputs(Report(ONE))
    signature = f"smoothl1|beta:1.0|red:mean|nan:propagate|w:no|n:1|version:{smoothl1.__version__}"
    assert file.read_text() == (
        "value<<END\n0.1\nEND\n"
        "passed<<END\ntrue\nEND\n"
        "count<<END\n1\nEND\n"
        f"signature<<END\n{signature}\nEND\n"
    )
    write_outputs(Report(ONE, (FAILED,)))
    assert outputs_of(file.read_text())["passed"] == "false"


def test_several_results_are_lines_of_names_and_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    groups = (Group("north\n", "x"), Group("south", "x"))
    settings = EvalSettings((0.5, 1.0), by="r", by_column=True)
    result = result_of(1.5, 2.5, 3.5, 4.5, settings=settings, groups=groups)
    write_outputs(Report(result))
    assert outputs_of((tmp_path / "output").read_text())["value"] == (
        "0.5\tnorth\\n\tx\t1.5\n0.5\tsouth\tx\t2.5\n1.0\tnorth\\n\tx\t3.5\n1.0\tsouth\tx\t4.5"
    )


def test_no_text_ends_an_output_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    settings = EvalSettings(by="END\npassed=true\nEND_")
    result = result_of(math.pi, settings=settings, groups=(Group("END"),))
    write_outputs(Report(result, (FAILED,)))
    outputs = outputs_of((tmp_path / "output").read_text())
    assert outputs == {
        "value": "END\t3.141592653589793",
        "passed": "false",
        "count": "1",
        "signature": result.signature,
    }


@pytest.mark.parametrize("value", [None, ""])
def test_elsewhere_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    write_summary("text")
    write_outputs(Report(ONE))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "nowhere" / "summary")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", path)
    with pytest.raises(StorageError) as caught:
        write_summary("text")
    assert str(caught.value) == f"{path}: no such file or directory"


def test_an_error_is_an_annotation_too(run: Run, tmp_path: Path) -> None:
    """Without it, CI shows that the step failed and not why."""
    (tmp_path / "bad.json").write_text("{")
    for args, code in (
        (("eval", "none.npy", "none.npy", "--github"), 4),
        (("merge", "bad.json", "--github"), 3),
        (("eval", "a", "b", "--github", "--max-increase", "2.0"), 2),
    ):
        done = run(*args)
        assert done.returncode == code
        line, annotation = done.stderr.splitlines()
        assert line.startswith("smoothl1: error: ")
        assert annotation == f"::error title=smoothl1::{line.removeprefix('smoothl1: error: ')}"
        without = run(*(arg for arg in args if arg != "--github"))
        assert without.stderr.splitlines() == [line]


def test_the_value_has_the_precision_that_is_printed(
    run: Run, samples: Path, tmp_path: Path
) -> None:
    sides = (samples / "preds.npy", samples / "targets.npy")
    env = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": ""}
    done = run("eval", *sides, "--github", "--precision", "4", env=env)
    assert done.stdout == "0.2411\n"
    assert outputs_of((tmp_path / "output").read_text())["value"] == "0.2411"


@pytest.mark.skipif(os.name != "posix", reason="POSIX limits")
@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
@pytest.mark.parametrize("room", [0, 1, 20, 60])
def test_half_an_output_is_taken_back(tmp_path: Path, variable: str, room: int) -> None:
    """The outputs and the summary have more bytes than the file may grow."""
    np.save(tmp_path / "p.npy", [2.0])
    step = tmp_path / "step"
    step.write_text("x" * (1023 - room) + "\n")
    before = step.read_bytes()
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 1; {SCRIPT} eval p.npy p.npy --github"],
        cwd=tmp_path,
        env={**os.environ, "GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "", variable: str(step)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.startswith(f"smoothl1: error: {step}: file too large\n")
    assert step.read_bytes() == before
