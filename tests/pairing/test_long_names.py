"""Names of columns with more digits than Python reads as one integer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import evaluate

if TYPE_CHECKING:
    from pathlib import Path

DIGITS = "1" * 5000


@pytest.mark.parametrize(
    "names",
    [
        (f"t_2{DIGITS}h", f"t_{DIGITS}h"),
        (f"t_1.2.{DIGITS}", f"t_1.1.{DIGITS}"),
        (f"t{DIGITS}", f"t1{DIGITS}"),
        (f"t1{DIGITS}", f"t{DIGITS}"),
    ],
)
def test_numbers_of_very_many_digits_have_no_order(tmp_path: Path, names: tuple[str, str]) -> None:
    (tmp_path / "p.csv").write_text("p,q\n1,1\n2,2\n")
    (tmp_path / "t.csv").write_text(f"{','.join(names)}\n1,2\n2,3\n")
    found = evaluate(tmp_path / "p.csv", tmp_path / "t.csv", pred=("p", "q"), target="t*")
    assert found.mean == 0.25
