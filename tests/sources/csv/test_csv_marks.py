"""Byte order marks within a CSV: refused where they begin a row, wherever the file is cut."""

from __future__ import annotations

import gzip
import subprocess
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, EvalSettings, Execution, evaluate
from smoothl1.sources.csv import first_lines as csv
from smoothl1.sources.csv import quotes
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

MARK = b"\xef\xbb\xbf"
SIZES = [*range(1, 24), 1 << 20]
SWEEPS = [(1, SIZES), (2, SIZES[::5])]
"""Threads, and sizes of chunks: a chunk is the same in each thread."""

assert csv.RowChunks is quotes.RowChunks  # imported before a test sets another chunk size


def groups_of(path: Path, threads: int = 1) -> dict[str | None, int]:
    """The elements in each group."""
    result = evaluate(
        path,
        None,
        EvalSettings(by="g"),
        pred=("p",),
        target=("y",),
        execution=Execution(threads),
        warn=lambda message: None,
    )
    return {group.group: tally.n for _, group, tally in result.entries}


@pytest.mark.parametrize(("threads", "sizes"), SWEEPS)
@pytest.mark.parametrize(
    "rows",
    [
        b"a,1,0\nz,1,0\n" + MARK + b"z,5,0",
        b"a,1,0\nz,1,0\n" + MARK + b"z,5,0\n",
        b"a,1,0\r\n" + MARK + b"z,1,0\r\nz,5,0\r\n",
        b"a,1,0\r" + MARK + b"z,1,0\rz,5,0\r",
        b'"a\n""b",1,0\n' + MARK + b"z,1,0\nz,5,0\n",
        MARK + b"z,1,0\nz,5,0\n",
        b"a,1,0\n" + MARK + b"\n",
        b"a,1,0\n" + MARK + MARK + b"z,1,0",
        b"a,1,0\n" + MARK,
    ],
)
def test_a_mark_that_begins_a_row_is_refused_with_its_byte(
    rows: bytes,
    threads: int,
    sizes: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "t.csv"
    data = b"g,p,y\n" + rows
    for begin in (b"", MARK):
        path.write_bytes(begin + data)
        for size in sizes:
            monkeypatch.setattr(quotes, "CHUNK_BYTES", size)
            with pytest.raises(DataError) as caught:
                groups_of(path, threads)
            at = len(begin) + data.index(MARK)
            assert caught.value.what == f"a misplaced byte order mark at byte {at}"


@pytest.mark.parametrize(("threads", "sizes"), SWEEPS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'g,p,y\nz,1,0\n"' + MARK + b'z",1,0', {"z": 1, "\ufeffz": 1}),
        (b"p,g,y\n1,z,0\n1," + MARK + b"z,0\n", {"z": 1, "\ufeffz": 1}),
        (b'p,g,y\n1,z,0\n1,"a\n' + MARK + b'z",0', {"z": 1, "a\n\ufeffz": 1}),
        (b"g,p,y\nz" + MARK + b",1,0\nz,1,0", {"z": 1, "z\ufeff": 1}),
        (MARK + b"g,p,y\nz,1,0\nz,1,0", {"z": 2}),
    ],
)
def test_a_mark_within_a_row_is_text_like_any_other(
    text: bytes,
    expected: dict[str, int],
    threads: int,
    sizes: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text)
    for size in sizes:
        monkeypatch.setattr(quotes, "CHUNK_BYTES", size)
        assert groups_of(path, threads) == expected


@pytest.mark.parametrize("compressed", [False, True])
def test_a_mark_that_begins_a_row_is_refused_in_a_pipe(compressed: bool) -> None:
    data = b"g,p,y\na,1,0\nz,1,0\n" + MARK + b"z,5,0"
    done = subprocess.run(
        [forks().script, "eval", "-", "--pred", "p", "--target", "y", "--by", "g"],
        input=gzip.compress(data) if compressed else data,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"smoothl1: error: -: a misplaced byte order mark at byte 18\n"
