"""A fault in the last row of a file of text that has no line end: the file may be cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, Execution, evaluate

if TYPE_CHECKING:
    from pathlib import Path

CUT = "[the last line has no line end: was the file cut short?]"


@pytest.mark.parametrize("n", [3, 40_000])
@pytest.mark.parametrize(
    ("name", "good", "last"),
    [
        ("x.csv", "a,1.5,2.5\n", "a,1.5"),
        ("x.csv", "a,1.5,2.5\n", "a,1.5,2e"),
        ("x.jsonl", '{"p": 1.5, "y": 2.5}\n', '{"p": 1.5, "y'),
        ("x.jsonl", '{"p": 1.5, "y": 2.5}\n', "{"),
    ],
)
def test_the_last_row_asks_whether_the_file_was_cut(
    tmp_path: Path, name: str, good: str, last: str, n: int
) -> None:
    path = tmp_path / name
    header = "c,p,y\n" if name == "x.csv" else ""
    for text, is_cut in (
        (f"{header}{good * n}{last}", True),
        (f"{header}{good * n}{last}\n", False),
        (f"{header}{good * n}{last}\n{good * n}{last}", False),
    ):
        path.write_text(text)
        with pytest.raises(DataError) as caught:
            evaluate(path, pred="p", target="y", execution=Execution(threads=2))
        assert f"row {n + 1}" in str(caught.value)
        assert (CUT in str(caught.value)) is is_cut, text[-60:]


def test_a_missing_value_at_the_end_is_told_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p,y\n1,2\n3,")
    with pytest.raises(DataError, match=r"row 2, column 'y': the value is missing .*--nan"):
        evaluate(tmp_path / "x.csv", pred="p", target="y")
