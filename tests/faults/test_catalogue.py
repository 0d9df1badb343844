"""The catalogue of bad inputs is whole, and the tests that it names exist."""

from __future__ import annotations

import ast
from functools import cache

from tests.examples import ROOT
from tests.faults.catalogue import CATALOGUE, N_CASES


@cache
def functions_of(path: str) -> set[str]:
    """The functions of a file of tests, which is read and not imported."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_case_is_there_in_order() -> None:
    numbered = [f"{letter}{i:02}" for letter, n in N_CASES.items() for i in range(1, n + 1)]
    assert list(CATALOGUE) == numbered
    assert len(numbered) == 204


def test_every_case_has_a_test_or_a_reason() -> None:
    assert [name for name, case in CATALOGUE.items() if not (case.tests or case.but)] == []
    assert all(case.what and "\n" not in case.what + case.but for case in CATALOGUE.values())


def test_the_tests_of_the_catalogue_exist() -> None:
    for name, case in CATALOGUE.items():
        assert len(set(case.tests)) == len(case.tests), name
        for test in case.tests:
            path, _, function = test.partition("::")
            assert (ROOT / path).is_file(), f"{name}: {path}"
            assert function.startswith("test_"), f"{name}: {test}"
            assert function in functions_of(path), f"{name}: {test}"
