"""Datasets of Lance, whose manifests say which rows count, are named and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError
from smoothl1.files.patterns import find_shards

if TYPE_CHECKING:
    from pathlib import Path


def test_a_dataset_of_lance_is_named_and_folders_of_such_names_are_not(tmp_path: Path) -> None:
    for name in ("_versions", "data"):
        (tmp_path / name).mkdir()
    np.save(tmp_path / "data" / "x.npy", np.zeros(3))
    (tmp_path / "_versions" / "notes.txt").write_text("")
    pattern = str(tmp_path / "data" / "*.npy")
    assert len(find_shards(pattern, print).paths) == 1
    (tmp_path / "_versions" / "1.manifest").write_bytes(b"x")
    with pytest.raises(DataError, match=r"a table of Lance .* \[export the table to plain Parquet"):
        find_shards(str(tmp_path), print)
