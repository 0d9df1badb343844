"""Standard streams that another program has set not to wait, and descriptors that add to a file."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.command import SCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes of Linux are looked into")

EVAL = (SCRIPT, "eval", "-", "--pred", "p", "--target", "t", "-q")
ROWS = "".join(f"{i},{i + 2}\n" for i in range(4))


def unread(pipe: int) -> int:
    """The number of bytes in a pipe."""
    import fcntl
    import struct
    import termios

    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so, or the process has ended."""
    while not is_so() and process.poll() is None:
        pass


@pytest.mark.parametrize(
    "pieces",
    [
        (f"p,t\n{ROWS}", "9,19\n" * 4),
        ('{"p": 1, "t": 3}\n' * 4, '{"p": 1, "t": 11}\n' * 4),
        (gzip.compress(f"p,t\n{ROWS}".encode()), gzip.compress(b"9,19\n" * 4)),
    ],
    ids=["csv", "jsonl", "gzip"],
)
def test_a_pause_of_standard_input_is_not_its_end(pieces: tuple[str | bytes, ...]) -> None:
    here, there = os.pipe()
    os.set_blocking(here, False)
    process = subprocess.Popen(EVAL, stdin=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for piece in pieces:
        os.write(there, piece if isinstance(piece, bytes) else piece.encode())
        wait_for(lambda: unread(here) == 0, process)
    os.close(there)
    out, err = process.communicate()
    os.close(here)
    assert (process.returncode, out, err) == (0, b"5.5\n", b"")


def test_a_result_comes_through_a_pipe_that_does_not_wait(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.arange(2.0))
    saved = tmp_path / "r.json"
    args = ("eval", "p.npy", "p.npy", "--json", "-o", "r.json", "-q")
    subprocess.run([SCRIPT, *args], cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
    here, there = os.pipe()
    os.set_blocking(here, False)
    process = subprocess.Popen([SCRIPT, "merge", "-"], stdin=here, stdout=subprocess.PIPE)
    content = saved.read_bytes()
    for piece in (content[:100], content[100:]):
        os.write(there, piece)
        wait_for(lambda: unread(here) == 0, process)
    os.close(there)
    assert process.communicate()[0] == b"0.0\n"
    os.close(here)


@pytest.mark.parametrize("output", [(), ("-o", "/dev/stdout")])
def test_a_slow_reader_of_standard_output_is_waited_for(
    tmp_path: Path, output: tuple[str, ...]
) -> None:
    np.save(tmp_path / "p.npy", np.zeros(40_000))
    here, there = os.pipe()
    os.set_blocking(there, False)
    args = [SCRIPT, "eval", "p.npy", "p.npy", "-r", "none", "-f", "text", "-q", *output]
    process = subprocess.Popen(args, cwd=tmp_path, stdout=there, stderr=subprocess.PIPE)
    wait_for(lambda: unread(here) >= 1 << 16, process)
    os.close(there)
    with open(here, "rb") as reader:
        found = reader.read()
    assert process.communicate()[1] == b""
    assert (process.returncode, found.count(b"\n")) == (0, 40_000)


@pytest.mark.parametrize("place", ["/dev/stdout >>", "/dev/fd/3 3>>"])
def test_a_descriptor_that_adds_to_a_file_keeps_all_that_it_has(tmp_path: Path, place: str) -> None:
    np.save(tmp_path / "two.npy", np.arange(2.0))
    np.save(tmp_path / "none.npy", np.zeros(0))
    (tmp_path / "log").write_text("old\n")
    for name in ("two", "none", "two"):
        line = f"eval {name}.npy {name}.npy --allow-empty -r none -f text -o {place} log"
        subprocess.run(["bash", "-c", f"{SCRIPT} {line}"], cwd=tmp_path, check=True)
    assert (tmp_path / "log").read_text() == "old\n" + "0.0\n" * 4


@pytest.mark.parametrize(
    "name", ["link", "folder/stdout", "//dev/stdout", "/dev/./stdout", "/proc/thread-self/fd/1"]
)
def test_other_names_of_standard_output_are_standard_output(tmp_path: Path, name: str) -> None:
    """The file that it is redirected to is not replaced: what comes later would be lost."""
    np.save(tmp_path / "two.npy", np.arange(2.0))
    (tmp_path / "link").symlink_to("/dev/stdout")
    (tmp_path / "folder").symlink_to("/dev")
    evaluated = f"{SCRIPT} eval two.npy two.npy -o {name} -q"
    script = f"{{ echo before; {evaluated}; echo after; }} > log"
    subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True)
    assert (tmp_path / "log").read_text() == "before\n0.0\nafter\n"
