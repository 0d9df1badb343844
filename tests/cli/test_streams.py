"""Every command on streams that take nothing: the exit code tells what became of its answer."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.forking import forks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")

CLOSED = -1
COLUMNS = "x.parquet --target t --by g"
N_GROUPS = {"small": 3, "large": 700}  # answers of a buffer at most, and of many

COMMANDS = {
    "eval": f"eval --pred p {COLUMNS}",
    "losses": "eval x.parquet --pred p --target t -r none --keep g -f csv",
    "compare": f"compare --pred p --pred q {COLUMNS}",
    "merge": "merge part.json",
    "report": "report x.parquet --pred p --target t",
    "inspect": "inspect x.parquet",
    "completion": "completion bash",
    "help": "eval --help",
    "program": "--help",
    "version": "--version",
}
"""A command line of each command, and what else answers on stdout."""

CASES = [(name, "small") for name in COMMANDS]
CASES += [(name, "large") for name in ("eval", "losses", "compare")]

OUT = ("stdout", "stderr")


class Done(NamedTuple):
    """How a command ended, and what stands in the files of its streams."""

    code: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def full() -> Iterator[int]:
    """A stream that has no room for a byte."""
    number = os.open("/dev/full", os.O_WRONLY)
    yield number
    os.close(number)


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe whose reader has left."""
    reader, number = os.pipe()
    os.close(reader)
    yield number
    os.close(number)


def done_on(folder: Path, line: str, **others: int) -> Done:
    """Run a command whose stdout and stderr are files, but for streams that are given."""
    files = {name: os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for name in OUT}
    streams = {"stdin": os.open(os.devnull, os.O_RDONLY), **files}
    try:
        code = forks().code_on([*{**streams, **others}.values()], line.split(), folder)
    finally:
        for stream in streams.values():
            os.close(stream)
    return Done(code, *((folder / name).read_bytes() for name in OUT))


@pytest.mark.parametrize(("name", "size"), CASES)
def test_every_command_tells_what_became_of_its_answer(
    tmp_path: Path, name: str, size: str, full: int, unread: int
) -> None:
    save_table(tmp_path, N_GROUPS[size])
    line = COMMANDS[name]
    if name == "merge":
        assert done_on(tmp_path, f"{COMMANDS['eval']} --json -o part.json").code == 0
    whole = done_on(tmp_path, line)
    assert whole.code == 0
    assert whole.stdout
    assert (len(whole.stdout) > 1 << 16) == (size == "large")
    refused = b"smoothl1: error: standard output: no space left on device\n"
    assert done_on(tmp_path, line, stdout=full) == (4, b"", refused)
    done = done_on(tmp_path, line, stdout=CLOSED)
    assert done.code == 4
    assert done.stderr.startswith(b"smoothl1: error: standard output: ")
    assert done.stderr.count(b"\n") == 1
    assert done_on(tmp_path, line, stdout=unread) == (-signal.SIGPIPE, b"", b"")
    no_answers = ({"stderr": full}, {"stderr": CLOSED}, {"stdin": CLOSED})
    for others in no_answers if size == "small" else ():
        done = done_on(tmp_path, line, **others)
        assert (done.code, done.stdout) == (0, whole.stdout), others


def test_an_error_that_nobody_can_read_keeps_its_exit_code(
    tmp_path: Path, full: int, unread: int
) -> None:
    save_table(tmp_path, 3)
    for code, line in {
        2: "eval x.parquet --beta -1",
        3: "eval x.parquet --pred g --target t",
        4: "eval nosuch.npy x.parquet",
        1: "eval x.parquet --pred p --target t --fail-above 0",
    }.items():
        for stderr in (full, CLOSED, unread):
            assert done_on(tmp_path, line, stderr=stderr).code == code, (line, stderr)


def save_table(folder: Path, n: int) -> None:
    """Two models of as many groups as rows."""
    t = np.arange(float(n))
    columns = {"p": t * 1.1 + 0.2, "q": t * 1.5, "t": t, "g": [f"{i:0100}" for i in range(n)]}
    pq.write_table(pa.table(columns), folder / "x.parquet")
