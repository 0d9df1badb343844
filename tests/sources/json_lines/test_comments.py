"""Lines of comments among JSON Lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1 import ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_of_comments_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"p":1,"y":1.5,"t":"#"}\n# by "hand\n  #\n{"p":3,"y":2,"t":"a # b"}\n')
    options = ReadOptions(comment="#")
    assert evaluate(path, pred="p", target="y", options=options).sum == 0.125 + 0.5
