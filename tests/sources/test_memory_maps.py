"""Files that another program writes through a memory map, which moves no time of them."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution, Progress, StorageError, evaluate
from smoothl1.sources.arrow import opened_parquet
from tests.tables import save_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 40_000
VALUES = np.arange(N) + 0.5
OLD, NEW = 10.5, 19.5
L1 = EvalSettings((0.0,), "sum")

SUFFIXES = (".npy", ".npz", ".csv", ".jsonl", ".parquet", ".arrow", ".arrows")


def save(path: Path) -> tuple[Path, bytes, bytes]:
    """A file of the values, and the bytes of one of them before and after it is written."""
    binary = struct.pack("<d", OLD), struct.pack("<d", NEW)
    if path.suffix in (".csv", ".jsonl"):
        start, end = {".csv": ("", "\n"), ".jsonl": ('{"v": ', "}\n")}[path.suffix]
        head = "v\n" if path.suffix == ".csv" else ""
        path.write_text(head + "".join(f"{start}{x}{end}" for x in VALUES.tolist()))
        return path, f"{OLD}{end}".encode(), f"{NEW}{end}".encode()
    if path.suffix == ".npz":
        np.savez(path, v=VALUES)
    elif path.suffix == ".parquet":
        table = pa.table({"v": VALUES})
        pq.write_table(table, path, 5000, compression="none", use_dictionary=False)
    else:
        save_array(path, VALUES, "v", 5000)
    return path, *binary


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody map a file that is open")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_written_through_a_memory_map_is_refused(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages are dirty before, so that the system moves no time when they are written again."""
    monkeypatch.setattr(opened_parquet, "_SMALL_BYTES", 0)  # as of a large file
    path, old, new = save(tmp_path / f"p{suffix}")
    targets = save_array(tmp_path / "t.npy", VALUES)
    mapped = np.memmap(path, np.uint8, "r+")
    content = mapped.tobytes()
    mapped[:] = mapped.copy()

    def write(_: Progress) -> None:
        place = content.index(old)
        mapped[place : place + len(new)] = np.frombuffer(new, np.uint8)

    def value(progress: Callable[[Progress], object] = lambda _: None) -> tuple[float, ...]:
        return evaluate(path, targets, L1, execution=Execution(1, 1000), progress=progress).values

    with pytest.raises(StorageError, match=rf"p{suffix}: the file changed while being read"):
        value(write)
    mapped[:] = np.frombuffer(content, np.uint8)
    assert value(lambda _: mapped.tobytes()) == (0.0,)  # who only reads changes nothing
