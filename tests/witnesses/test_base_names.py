"""Names of files that one input has with their folders, and the other without."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

N = 12
Y = [8.0 * i for i in range(N)]
FILES = [f"img{i * 7 % 13}.png" for i in range(N)]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("more", [{}, {"model": ["a"] * N}], ids=["alone", "beside another"])
@pytest.mark.parametrize(
    ("mine", "other"), [("/d/{}", "{}"), ("a\\b\\{}", "{}"), ("a/{}", "b/c/{}")]
)
def test_the_same_files_in_another_order_are_refused(
    tmp_path: Path, suffix: str, more: dict[str, Any], mine: str, other: str
) -> None:
    p = save(tmp_path / f"p{suffix}", 5, path=[mine.format(x) for x in FILES], **more, pred=Y)
    files = [other.format(x) for x in FILES[::-1]]
    t = save(tmp_path / f"t{suffix}", 5, filename=files, y=Y[::-1])
    with pytest.raises(DataError, match=r"differs from 'filename' of .* another order"):
        evaluate(p, t, **COLUMNS)


def test_one_name_with_other_folders_in_another_order_is_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", 5, path=[f"/a/{x}" for x in FILES], pred=Y)
    t = save(tmp_path / "t.csv", 5, path=[f"/b/{x}" for x in FILES[::-1]], y=Y[::-1])
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t, **COLUMNS)


@pytest.mark.parametrize(
    "other",
    [FILES, [f"m/{x}" for x in FILES], [f"x{x}" for x in FILES[::-1]]],
    ids=["the same files", "in another folder", "other files"],
)
def test_files_in_the_same_order_are_paired(tmp_path: Path, other: list[str]) -> None:
    p = save(tmp_path / "p.csv", 5, path=[f"/data/{x}" for x in FILES], pred=Y)
    t = save(tmp_path / "t.csv", 5, filename=other, y=Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, **COLUMNS).mean == 0
