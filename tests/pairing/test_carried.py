"""The names of the columns that are written with losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1 import evaluate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_with_a_name_for_each_side_is_shown_with_both(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("user,p\n2,3\n1,5\n")
    (tmp_path / "t.csv").write_text("id,user,t\n1,8,3\n2,7,9\n")
    sides = (tmp_path / "p.csv", tmp_path / "t.csv")
    result = evaluate(*sides, key="user=id", pred="p", target="t", top=1)
    assert result.top[0].labels == (("user=id", "2"),)
    (tmp_path / "t.csv").write_text("user,t\n1,3\n2,9\n")
    result = evaluate(*sides, key="user", pred="p", target="t", top=1)
    assert result.top[0].labels == (("user", "2"),)
