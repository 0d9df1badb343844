"""The counts of instructions: what moves is seen, and other versions are not compared."""

from __future__ import annotations

import importlib.util
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = ROOT / "benchmarks" / "instructions.py"

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind")


@pytest.fixture
def script() -> Any:
    spec = importlib.util.spec_from_file_location("instructions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_valgrind
@pytest.mark.parametrize(("count", "is_near"), [(1029, True), (1031, False), (969, False)])
def test_a_count_that_moves_by_three_percent_is_seen(
    script: Any, count: int, is_near: bool
) -> None:
    recorded = {**script.versions(), "counts": {"npy": 1000}}
    assert script.compare({"npy": count}, recorded) == is_near


@needs_valgrind
def test_counts_of_other_versions_are_not_compared(
    script: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = {**script.versions(), "numpy": "1.0", "counts": {"npy": 1000}}
    assert script.compare({"npy": 9000}, recorded)
    assert "versions differ: numpy 1.0 there" in capsys.readouterr().out


def test_every_case_is_recorded(script: Any) -> None:
    recorded = script.json.loads(script.RECORD.read_text())
    assert recorded["counts"].keys() == script.CASES.keys()


@pytest.mark.grid
@needs_valgrind
def test_a_run_is_counted(script: Any, tmp_path: Path) -> None:
    assert script.instructions(script.CASES["version"], tmp_path) > 10**7
