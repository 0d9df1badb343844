"""The functions that a run enters are counted once each, in the order of their first calls."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCRIPT = ROOT / "benchmarks" / "calls.py"


def test_the_functions_of_the_second_run_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("calls", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.chdir(tmp_path)
    script.make_files(tmp_path)
    found = script.calls(script.CASES["npy"])
    steps = [
        ("cli.eval", "command"),
        ("running.evaluate", "evaluate_job"),
        ("files.file", "InputFile.read_into"),
        ("tallies.tally", "Tally.mean"),
    ]
    assert [function for function in found if function in steps] == steps
    assert [found[function] for function in steps] == [1, 1, 2, 1]
    assert not any(name.endswith(">") for _, name in found)
