from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.forking import forks, matters_at_start

SAMPLES = Path(__file__).parents[2] / "sample_data"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty folder, in a fork; in a new process if a variable needs that."""

    def run(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[Any]:
        done = started(*args, **options)
        if args[:1] == ("compare",) and "--json" in args:
            _check_comparison(done.stdout)
        return done

    def started(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[Any]:
        line = [str(arg) for arg in args]
        environment = {**os.environ, **options.pop("env", {})}
        if not options.keys() <= {"input", "text", "cwd", "timeout"} or matters_at_start(
            environment
        ):
            keywords = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
            return subprocess.run(
                [forks().script, *line], **{**keywords, **options}, env=environment, check=False
            )
        given, is_text = options.get("input"), options.get("text", True)
        done = forks().run(
            line,
            options.get("cwd", tmp_path),
            environment,
            given.encode() if isinstance(given, str) else given,
            options.get("timeout", 60),
        )
        if not is_text:
            return done
        texts = (part.decode().replace("\r\n", "\n") for part in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)

    return run


def _check_comparison(stdout: str | bytes) -> None:
    """Hold what `compare --json` wrote against its schema."""
    if stdout[:1] in ("{", b"{"):
        from tests.schema import COMPARISONS  # late: few tests compare

        COMPARISONS.validate(json.loads(stdout))


@pytest.fixture
def samples() -> Path:
    return SAMPLES
