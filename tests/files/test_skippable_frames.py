"""Frames that decompressors skip, in front of zstd data and between them: pzstd writes some."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError
from tests.pipes import fed
from tests.sources.files import bits, read
from tests.sources.writers import WRITERS, skippable, zstd

if TYPE_CHECKING:
    from pathlib import Path

TABLE = np.array([[1.5], [-2.25], [1e-310], [4.0], [5.5]])

FRONTS = {
    "none": b"",
    "of no bytes": skippable(0),
    "several": b"".join(skippable(4, number) for number in range(16)),
    "many": skippable(0) * 10_000,
    "large": skippable(3 << 20),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("name", ["npy", "csv", "parquet", "arrow"])
def test_frames_that_are_skipped_change_nothing(name: str, front: str, tmp_path: Path) -> None:
    written = WRITERS[name][1](tmp_path / "file", TABLE)
    plain = written.path.read_bytes()
    data = FRONTS[front] + zstd(plain[:20]) + skippable(7, 15) + zstd(plain[20:]) + skippable(3)
    for packed in (data, gzip.compress(data), skippable(4) + zstd(data)):
        written.path.write_bytes(packed)
        assert bits(read(written.path, *written.columns)) == bits(TABLE[:, 0])
        pipe = tmp_path / "pipe"
        with fed(pipe, packed):
            assert bits(read(pipe, *written.columns)) == bits(TABLE[:, 0])
        pipe.unlink()


NOT_ZSTD = {
    "text": b"x\n1\n",
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(8),
    "gzip": gzip.compress(b"x\n1\n"),
    "a cut magic number": b"\x28\xb5",
}


@pytest.mark.parametrize("rest", NOT_ZSTD)
def test_frames_that_are_skipped_have_zstd_data_behind_them(rest: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv.zst").write_bytes(skippable(4) + skippable(0, 3) + NOT_ZSTD[rest])
    with pytest.raises(DataError, match="skippable frames of zstd or lz4, and no zstd data behind"):
        read(tmp_path / "x.csv.zst")


def test_frames_that_are_skipped_are_no_data(tmp_path: Path) -> None:
    (tmp_path / "x.csv.zst").write_bytes(skippable(4))
    with pytest.raises(DataError, match="empty zstd data"):
        read(tmp_path / "x.csv.zst")
    (tmp_path / "x.csv.zst").write_bytes(skippable(4)[:-1])
    with pytest.raises(DataError, match="damaged zstd data"):
        read(tmp_path / "x.csv.zst")


def test_frames_that_are_skipped_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "x.csv.zst").write_bytes(skippable(4 << 20) + zstd(b"x\n1\n"))
    with pytest.raises(DataError, match="more than 4 MiB of skippable frames"):
        read(tmp_path / "x.csv.zst")


@pytest.mark.skipif(shutil.which("pzstd") is None, reason="no pzstd")
def test_what_pzstd_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x\n1.5\n2.5\n")
    subprocess.run(["pzstd", "-q", path], check=True)
    assert read(f"{path}.zst").tolist() == [1.5, 2.5]
