from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import SCRIPT

SAMPLES = Path(__file__).parents[2] / "sample_data"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the installed console script in an empty folder."""

    def run(*args: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        keywords = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
        environment = {**os.environ, **options.pop("env", {})}  # type: ignore[dict-item]
        return subprocess.run(
            [SCRIPT, *map(str, args)],
            **{**keywords, **options},  # type: ignore[call-overload]
            env=environment,
            check=False,
        )

    return run


@pytest.fixture
def samples() -> Path:
    return SAMPLES
