"""Groups and clusters of a set of files that may be one are told, if no file has both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import ReadOptions, compare, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

SAID = "the {} {} may be one, and no file has both: they stay two"


def save_files(folder: Path, files: list[list[str]], suffix: str = "csv") -> Path:
    """Files of users, whose predictions are right."""
    folder.mkdir()
    for i, users in enumerate(files):
        ones = [1.0] * len(users)
        columns = {"k": [10 * i + j for j in range(len(users))], "s": ["a"] * len(users)}
        table = {**columns, "user": users, "p": ones, "y": ones}
        save_table(folder / f"part-{i}.{suffix}", table)
    return folder


def told(path: Path, **how: Any) -> list[str]:
    heard: list[str] = []
    evaluate(path, pred="p", target="y", warn=heard.append, **how)
    return heard


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_groups_and_clusters_that_files_write_differently_are_told(
    tmp_path: Path, suffix: str
) -> None:
    path = save_files(tmp_path / "d", [["7", "8", "7"], ["07", "08"]], suffix)
    for by in ("user", ["s", "user"]):
        (message,) = told(path, by=by, options=ReadOptions(digests=True))
        assert message.startswith(SAID.format("groups", "'07' and '7'"))
    (message,) = told(path, cluster="user")
    assert message.startswith(SAID.format("clusters", "'07' and '7'"))
    assert len(told(path, cluster="user", by="s")) == 1
    heard: list[str] = []
    compare(path, path, path, pred="p", target="y", by="user", warn=heard.append)
    assert sum("the groups '07' and '7' may be one" in text for text in heard) == 1


def test_what_pandas_writes_for_each_file_is_told(tmp_path: Path) -> None:
    path = save_files(tmp_path / "d", [["7.0", "x"], ["7", "x"]])
    assert SAID.format("groups", "'7' and '7.0'") in told(path, by="user")[0]
    days = save_files(tmp_path / "e", [["2024-01-07 00:00:00"], ["2024-01-07"]])
    assert (
        SAID.format("groups", "'2024-01-07' and '2024-01-07 00:00:00'") in told(days, by="user")[0]
    )


def test_labels_beside_rows_that_are_left_out_are_told(tmp_path: Path) -> None:
    path = save_files(tmp_path / "d", [["7", "8"], ["07", "8"]])
    targets = save_table(tmp_path / "y.csv", {"k": [11, 10, 0], "y": [1.0] * 3})
    heard: list[str] = []
    evaluate(path, targets, pred="p", key="k", unmatched="omit", by="user", warn=heard.append)
    assert any("'07' and '7' may be one" in text for text in heard)


@pytest.mark.parametrize(
    "files",
    [
        [["7", "8"], ["07", "8", "7"]],  # a file tells them apart
        [["1.1", "1.2"], ["1.10"]],  # versions
        [["7", "8"], ["7", "9"]],
        [["A"], ["a"]],
        [["7", "07"]],
    ],
)
def test_labels_that_are_others_are_not_told(tmp_path: Path, files: list[list[str]]) -> None:
    path = save_files(tmp_path / "d", files)
    assert told(path, by="user") == told(path, cluster="user") == []
