"""Random data sets and command lines give what an oracle of their own gives, to the bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.differential import failures

_N_TESTS, _N_RUNS = 5, 100
_STRIDE = 1_000_000


def _seed() -> int:
    """A number of this commit, Python and system, so that each looks at other cases.

    A copy of the tree knows its commit by the variable TESTED_COMMIT, or has the number 0.
    """
    commit = os.environ.get("TESTED_COMMIT", "")
    if not commit:
        command = ["git", "rev-parse", "HEAD"]
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
        commit = found.stdout if found.returncode == 0 else "0"
    machine = 2 * sys.version_info.minor + (sys.platform == "darwin")
    return int(commit[:8], 16) + machine * _N_TESTS * _STRIDE


@pytest.mark.parametrize("nth", range(_N_TESTS))
def test_any_data_and_options_give_the_numbers_of_rational_arithmetic_or_are_refused(
    nth: int,
) -> None:
    assert [*failures(_seed() + nth * _STRIDE, _N_RUNS)] == []
