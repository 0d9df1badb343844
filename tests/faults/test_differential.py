"""Random data sets and command lines give what an oracle of their own gives, to the bit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.differential import failures

_N_RUNS = 50
_STRIDE = 1_000_000


def _seed() -> int:
    """A number of this commit, Python and system, so that each looks at other cases."""
    command = ["git", "rev-parse", "HEAD"]
    found = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    of_commit = int(found.stdout[:8], 16) if found.returncode == 0 else 0
    return of_commit + (2 * sys.version_info.minor + (sys.platform == "darwin")) * 4 * _STRIDE


@pytest.mark.parametrize("nth", range(4))
def test_any_data_and_options_give_the_numbers_of_rational_arithmetic_or_are_refused(
    nth: int,
) -> None:
    assert [*failures(_seed() + nth * _STRIDE, _N_RUNS)] == []
