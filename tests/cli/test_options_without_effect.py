"""Options for formats that no input has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_options_of_text_are_warned_of_where_no_input_is_text(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.arange(3.0))
    (tmp_path / "t.csv").write_text("1.5\n2.5\n3.5\n")
    options = ("--comment", "%", "--no-header", "--missing-value", "x")
    done = run("eval", "p.npy", "p.npy", *options)
    names = [line.split(" has no effect")[0] for line in done.stderr.splitlines()[:3]]
    said = "smoothl1: warning: "
    assert names == [f"{said}--no-header", f"{said}--comment", f"{said}--missing-value"]
    assert done.returncode == 0
    done = run("eval", "p.npy", "t.csv", *options)
    assert (done.returncode, "has no effect" in done.stderr) == (0, False)
    (tmp_path / "x.jsonl").write_text('{"p": 1.5, "t": 2}\n')
    sides = ("x.jsonl", "--pred", "p", "--target", "t")
    for option in (("--skip-rows", "1"), ("--no-header",), ("--delimiter", ";")):
        done = run("eval", *sides, *option)
        assert f"{option[0]} has no effect: it is for csv, and no input is" in done.stderr
    assert run("eval", *sides, "--comment", "#", "--encoding", "latin-1").stderr == ""
    done = run("compare", "t.csv", "t.csv", "t.csv", "--no-header", "--dtype", "bfloat16")
    assert "warning: --dtype has no effect: it is for npy and npz, and no input is" in done.stderr


def test_settings_of_a_project_are_not_warned_of(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.arange(3.0))
    np.save(tmp_path / "t.npy", np.arange(3.0) + 1)
    (tmp_path / "pyproject.toml").write_text('[tool.smoothl1]\ncomment = "%"\n')
    assert run("eval", "p.npy", "t.npy").stderr == ""


def test_metrics_that_nothing_shows_beside_losses_are_warned_of(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [1.0, 2.0])
    np.save(tmp_path / "t.npy", [1.5, 3.0])
    said = "losses have no lines of metrics beside them: --json with -o FILE shows"
    given = ("eval", "p.npy", "t.npy", "-o", "l.csv")
    for option in (("--also", "mae"), ("--within", "1"), ("--quantile", "0.5")):
        for losses in (("-r", "none"), ("--per-row",)):
            done = run(*given, *losses, *option)
            assert (done.returncode, said in done.stderr) == (0, True)
            assert said not in run(*given, *losses, *option, "--json").stderr
    assert run(*given, "-r", "none").stderr == ""
    assert run(*given, "--also", "mae").stderr == ""
