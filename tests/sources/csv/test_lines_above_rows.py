"""Lines that programs write above the names, or between the names and the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("pred", "hint"), [("pred", "--skip-rows 1 "), ("p", None)])
def test_a_name_in_the_row_below_a_title_is_found(
    tmp_path: Path, pred: str, hint: str | None
) -> None:
    path = tmp_path / "q.csv"
    path.write_text("Report,,\npred,y,z\n1,2,1\n3,4,1\n")
    with pytest.raises(DataError, match="no column") as refused:
        evaluate(path, path, pred=pred, target="y")
    found = refused.value.hint
    assert found is None if hint is None else hint in (found or "")


@pytest.mark.parametrize(("cell", "hint"), [("----", "sed 2d"), ("-", "--missing-value - ")])
def test_a_line_of_hyphens_below_the_names_is_no_missing_value(
    tmp_path: Path, cell: str, hint: str
) -> None:
    path = tmp_path / "q.csv"
    path.write_text(f"y,pred\n1,{cell}\n1,1.5\n2,2.5\n")
    with pytest.raises(DataError, match="is not a number") as refused:
        evaluate(path, path, pred="pred", target="y")
    assert hint in (refused.value.hint or "")
