"""System calls that fail, one after the other, until a run meets none: the promise of outputs.

`python -m tests.faults.injection` runs every command with every fault, which takes a while; the
tests run some of them. Needs Linux and a C compiler, which builds `_faults.c`.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from tests.command import SCRIPT

ERRORS = {
    "open": (errno.EACCES, errno.EMFILE, errno.EIO),
    "read": (errno.EIO,),
    "write": (errno.ENOSPC, errno.EIO, errno.EDQUOT),
    "fsync": (errno.EIO,),
    "close": (errno.EIO,),
    "rename": (errno.EACCES,),
}
"""What each call fails with."""

MOST_RUNS = 500
"""Calls of one kind in a run, at most."""


class Case(NamedTuple):
    """A command line, the files that it writes, and which of them tell of errors, too."""

    args: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(self.args)


class Fault(NamedTuple):
    """The calls of one kind that fail.

    Attributes:
        call: The kind of call.
        number: What it fails with; 0: the process is killed.
        onward: Whether all later ones fail, too.
    """

    call: str
    number: int
    onward: bool = False

    def __str__(self) -> str:
        name = errno.errorcode.get(self.number, "SIGKILL")
        return f"{self.call}-{name}{'-onward' if self.onward else ''}"


def _written(*args: str, output: str) -> Case:
    return Case((*args, "-q", "-o", output), (output,))


_PAIR = ("eval", "p.npy", "t.npy")
_ELEMENTS = (*_PAIR, "-r", "none")

CASES = (
    Case((*_PAIR, "-q")),
    Case((*_ELEMENTS, "-q")),
    *(_written(*_PAIR, output=f"o.{form}") for form in ("json", "csv", "md", "parquet", "tsv.gz")),
    *(
        _written(*_ELEMENTS, output=f"o.{form}")
        for form in ("npy", "csv", "csv.gz", "tsv.zst", "parquet", "arrow", "json", "txt")
    ),
    _written("eval", "p.csv", "t.parquet", output="o.json"),
    _written("eval", "p.csv.gz", "t.arrow", "-r", "none", output="o.npy"),
    _written("eval", "shards", "t.npz", "-r", "none", output="o.csv"),
    _written("compare", "p.npy", "p.csv", "t.npy", output="o.json"),
    _written("merge", "a.json", "b.json", output="o.json"),
    _written("report", "p.npy", "t.npy", output="o.html"),
    Case(
        (*_PAIR, "-q", "-o", "o.json", "--junit", "o.xml", "--markdown", "o.md"),
        ("o.json", "o.xml", "o.md"),
        ("o.xml", "o.md"),
    ),
)
"""Every command, every form of output, and inputs of every format."""

FAULTS = tuple(
    Fault(call, number, onward)
    for call, numbers in ERRORS.items()
    for number in (*numbers, 0)
    for onward in (False, True)
    if number or not onward
)


def library(folder: Path) -> Path | None:
    """Build the library to preload; None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    built = folder / "faults.so"
    source = Path(__file__).with_name("_faults.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(built), str(source), "-ldl"]
    return built if subprocess.run(command, check=False).returncode == 0 else None


class Injection:
    """A folder of inputs, in which commands run with faults.

    Args:
        folder: An empty folder.
        preloaded: The library.
    """

    def __init__(self, folder: Path, preloaded: Path) -> None:
        self._mark = preloaded.with_name("mark")
        self._folder = folder
        self._preloaded = preloaded
        _write_inputs(folder)
        self._inputs = sorted(os.listdir(folder))

    def run(self, case: Case, fault: Fault) -> int:
        """Let the first call fail, then the second, until a run meets no fault.

        Returns:
            The number of runs.

        Raises:
            AssertionError: A run broke the promise.
        """
        for name in set(os.listdir(self._folder)) - set(self._inputs):
            (self._folder / name).unlink()
        clean = self._start(case, None)
        assert clean.returncode == 0, clean
        whole = self._outputs(case)
        for n in range(1, MOST_RUNS):
            for name in case.outputs:
                (self._folder / name).write_bytes(b"old")
            done = self._start(case, fault, n)
            try:
                self._check(case, done, clean, whole)
            except AssertionError as error:
                raise AssertionError(f"{case}: call {n} of {fault}: {error}; {done}") from error
            if not self._mark.exists():
                return n
        raise AssertionError(f"{case}: {fault}: no clean run after {MOST_RUNS}")

    def _start(
        self, case: Case, fault: Fault | None, n: int = 0
    ) -> subprocess.CompletedProcess[bytes]:
        self._mark.unlink(missing_ok=True)
        environment = dict(os.environ)
        if fault is not None:
            environment |= {
                "LD_PRELOAD": str(self._preloaded),
                "FAULTS_FOLDER": str(self._folder),
                "FAULTS_CALL": fault.call,
                "FAULTS_NUMBER": str(n),
                "FAULTS_ONWARD": str(int(fault.onward)),
                "FAULTS_ERRNO": str(fault.number),
                "FAULTS_MARK": str(self._mark),
            }
        command = [SCRIPT, *case.args]
        return subprocess.run(
            command, cwd=self._folder, env=environment, capture_output=True, check=False
        )

    def _outputs(self, case: Case) -> dict[str, bytes]:
        return {name: (self._folder / name).read_bytes() for name in case.outputs}

    def _check(
        self,
        case: Case,
        done: subprocess.CompletedProcess[bytes],
        clean: subprocess.CompletedProcess[bytes],
        whole: dict[str, bytes],
    ) -> None:
        """Check what a run left: a whole answer, or an error and nothing else."""
        found = self._outputs(case)
        for name, data in found.items():
            is_whole = data in (b"old", whole[name])
            if name in case.reports:
                is_whole = is_whole or _is_report(data, done)
            assert is_whole, f"{name} is neither the old nor the new file"
        is_killed = done.returncode == -signal.SIGKILL
        left = sorted(set(os.listdir(self._folder)) - {*self._inputs, *case.outputs})
        if is_killed:  # what it leaves says whose it is
            assert all(".smoothl1-" in name for name in left), f"left {left}"
            for name in left:
                (self._folder / name).unlink()
            return
        assert not left, f"left {left}"
        if done.returncode == 0:
            assert done.stdout == clean.stdout, "another answer"
            assert b"old" not in found.values(), "no answer"
            return
        assert done.returncode == 4, "another exit code"
        assert clean.stdout.startswith(done.stdout), "other bytes on standard output"
        lines = done.stderr.decode().splitlines()
        assert len(lines) == 1, "not one line"
        assert lines[0].startswith("smoothl1: error: "), "no error of ours"


def _is_report(data: bytes, done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether a report for CI holds the error of a run, or is a JUnit file with its own times."""
    if data.startswith(b"<?xml"):
        try:
            ET.fromstring(data)
        except ET.ParseError:
            return False
        return True
    error = done.stderr.removeprefix(b"smoothl1: error: ").strip()
    return bool(error) and error in data


def _write_inputs(folder: Path) -> None:
    target = np.linspace(-2.0, 2.0, 60)
    pred = target + np.resize([0.25, -1.5, 0.0, 3.0], 60)
    np.save(folder / "p.npy", pred)
    np.save(folder / "t.npy", target)
    np.savez(folder / "t.npz", target)
    text = "y\n" + "".join(f"{value!r}\n" for value in pred.tolist())
    (folder / "p.csv").write_text(text)
    table = pa.table({"y": target})
    pq.write_table(table, folder / "t.parquet")
    pyarrow.feather.write_feather(table, str(folder / "t.arrow"))
    with pa.CompressedOutputStream(str(folder / "p.csv.gz"), "gzip") as stream:
        stream.write(text.encode())
    (folder / "shards").mkdir()
    for i, part in enumerate(np.split(pred, 3)):
        np.save(folder / "shards" / f"part-{i}.npy", part)
    for i, name in enumerate(("a.json", "b.json")):
        args = [SCRIPT, "eval", f"shards/part-{i}.npy", "shards/part-2.npy", "-q", "-o", name]
        subprocess.run(args, cwd=folder, check=True)


def main() -> None:
    """Run every case with every fault, and say how many runs that were."""
    with tempfile.TemporaryDirectory() as name:
        built = library(Path(name))
        if built is None:
            sys.exit("needs Linux and a C compiler")
        inputs = Path(name) / "inputs"
        inputs.mkdir()
        injection = Injection(inputs.resolve(), built)
        n_runs = n_broken = 0
        for case in CASES:
            for fault in FAULTS:
                try:
                    n_runs += injection.run(case, fault)
                except AssertionError as error:
                    n_broken += 1
                    sys.stderr.write(f"{error}\n")
            sys.stderr.write(f"{case}: {n_runs} runs so far\n")
        n_all = len(CASES) * len(FAULTS)
        sys.stdout.write(f"{n_runs} runs, {n_broken} faults of {n_all} broke a promise\n")
        sys.exit(n_broken > 0)


if __name__ == "__main__":
    main()
