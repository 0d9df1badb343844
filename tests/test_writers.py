"""The table of writers, as far as the packages are here that write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.writers import CASES, loss_of, outcome_of, pair

PAGE = Path(__file__).parents[1] / "docs" / "writers.md"
OF_TESTS = ("numpy", "ml-dtypes", "pyarrow", "scipy", "R", "Python")


def test_files_of_other_software_are_read_right_or_refused() -> None:
    outcomes = {case: outcome_of(case) for case in CASES if case.package in OF_TESTS}
    assert len(outcomes) > 12
    wrong = {case.how: found.words for case, found in outcomes.items() if not found.is_right}
    assert wrong == {}


@pytest.mark.parametrize("factor", [1.0, 1 + 2**-40])
def test_a_wrong_number_would_be_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    pred, target = pair()
    monkeypatch.setattr("tests.writers.loss_of", lambda *_: loss_of(pred * factor, target))
    assert outcome_of(CASES[0]).is_right == (factor == 1)


def test_the_page_has_the_table_of_the_script() -> None:
    rows = re.findall(
        r"^\| (\S+)[^|]* \| ([^|]+) \| (read|refused)", PAGE.read_text(), re.MULTILINE
    )
    assert rows == [
        (case.package, case.how, "refused" if case.refused else "read") for case in CASES
    ]
