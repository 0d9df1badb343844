"""The tests that reach a line, from what coverage measured with `dynamic_context = test_function`.

That setting stands in a file that `coverage run --rcfile` names.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

_IS_TEST = re.compile(r"tests\.(?:\w+\.)*test_\w+\.test_\w+\Z")

_N_FIRST = 20
"""Tests of a line that run before the others."""

Reached = dict[str, dict[int, list[str]]]


def reached_by(data: Path) -> Reached:
    """The tests that reach each line of each file, as `module.function`.

    Args:
        data: The file that coverage wrote, combined if there were several.
    """
    from coverage import CoverageData  # late: not among the packages of the tests

    measured = CoverageData(str(data))
    measured.read()
    found: Reached = {}
    for file in map(Path, measured.measured_files()):
        if file.is_relative_to(ROOT):
            lines = measured.contexts_by_lineno(str(file)).items()
            found[str(file.relative_to(ROOT))] = {
                line: [name for name in names if _IS_TEST.match(name)] for line, names in lines
            }
    return found


def tests_that_reach(path: str, line: int, reached: Reached) -> list[list[str]]:
    """The tests that reach a line, as arguments of pytest: a few that are likely to notice first.

    These are some of the file's name, then any.
    """
    nearest = f".test_{Path(path).stem}."
    found = sorted(reached.get(path, {}).get(line, []))
    random.Random(line).shuffle(found)
    parts = [name.rpartition(".") for name in sorted(found, key=lambda name: nearest not in name)]
    tests = [f"{module.replace('.', '/')}.py::{name}" for module, _, name in parts]
    return [some for some in (tests[:_N_FIRST], tests[_N_FIRST:]) if some]
