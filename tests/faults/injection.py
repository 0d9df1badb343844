"""System calls that fail, one after the other, until a run meets none: the promise of outputs.

`python -m tests.faults.injection` runs every command with every form of output and every fault; the
tests run some of them. Needs Linux and a C compiler, which builds `_faults.c`. Commands run as
forks of one process, so that thousands of runs take minutes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.injected import CASES, FAULTS, LOOKS, SIGNALS, Case, Fault, write_inputs
from tests.forking import Forks

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).with_name("_faults.c")
"""What the library is built from."""

MOST_RUNS = 500
"""Calls of one kind in a run, at most."""

_BESIDE = ("::error", "smoothl1: gate failed: ")
"""How other lines than the error begin: a gate failed before the system did."""

OLD = b"old"
"""What an output held before."""


class Ran(NamedTuple):
    """How a run ended, and the files that it writes; old ones where it made none."""

    done: subprocess.CompletedProcess[bytes]
    files: dict[str, bytes]


def library(folder: Path) -> Path | None:
    """Build the library to preload.

    Returns:
        The library; None where there is no compiler or another system.

    Raises:
        subprocess.CalledProcessError: The compiler refuses it.
    """
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    built = folder / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(built), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return built


class Injection:
    """A folder of inputs, in which commands run with faults.

    Args:
        folder: An empty folder.
        preloaded: The library.
    """

    def __init__(self, folder: Path, preloaded: Path) -> None:
        self._mark = preloaded.with_name("mark")
        self._folder = folder
        write_inputs(folder)
        self._inputs = self._listed()
        self._forks = Forks(("env", f"LD_PRELOAD={preloaded}"))

    def close(self) -> None:
        self._forks.close()

    def run(self, case: Case, fault: Fault) -> int:
        """Let the first call fail, then the second, until a run meets no fault.

        Returns:
            The number of runs.

        Raises:
            AssertionError: A run broke the promise.
        """
        clean = self._clean(case)
        for n in range(1, MOST_RUNS):
            ran = self._start(case, fault, n)
            try:
                self._check(case, fault, ran, clean)
            except AssertionError as error:
                raise AssertionError(f"{case}: call {n} of {fault}: {error}; {ran.done}") from error
            if not self._mark.exists():
                return n
        raise AssertionError(f"{case}: {fault}: no clean run after {MOST_RUNS}")

    def _clean(self, case: Case) -> Ran:
        """A run without a fault."""
        for name in self._listed() - self._inputs:
            (self._folder / name).unlink()
        clean = self._start(case, None)
        assert clean.done.returncode == case.code, clean
        return clean

    def _listed(self) -> set[str]:
        files = (path for path in self._folder.rglob("*") if not path.is_dir())
        return {str(path.relative_to(self._folder)) for path in files}

    def _start(self, case: Case, fault: Fault | None, n: int = 0) -> Ran:
        self._mark.unlink(missing_ok=True)
        files = [*case.outputs, *(name for _, name in case.appended)]
        for name in files:
            (self._folder / name).write_bytes(OLD)
        for name in case.made:
            (self._folder / name).unlink(missing_ok=True)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._mark.parent)}
        environment |= {name: str(self._folder / path) for name, path in case.appended}
        if fault is not None:
            environment |= {
                "FAULTS_FOLDER": str(self._folder),
                "FAULTS_CALL": fault.call,
                "FAULTS_NUMBER": str(n),
                "FAULTS_ONWARD": str(int(fault.onward)),
                "FAULTS_ERRNO": str(fault.number),
                "FAULTS_MARK": str(self._mark),
            }
        given = b"" if case.given is None else (self._folder / case.given).read_bytes()
        done = self._forks.run([*case.args], self._folder, environment, given, 60)
        written = {name: (self._folder / name).read_bytes() for name in files}
        made = {name: self._folder / name for name in case.made}
        written |= {
            name: path.read_bytes() if path.exists() else OLD for name, path in made.items()
        }
        return Ran(done, written)

    def _check(self, case: Case, fault: Fault, ran: Ran, clean: Ran) -> None:
        """Check what a run left: a whole answer, or an error and nothing else."""
        done = ran.done
        _check_files(case, ran, clean)
        left = sorted(self._listed() - {*self._inputs, *ran.files})
        old = {ran.files[name] == OLD for name in case.outputs if name not in case.reports}
        if done.returncode == -signal.SIGKILL:  # what it leaves says whose it is
            assert all(".smoothl1-" in name for name in left), f"left {left}"
            for name in left:
                (self._folder / name).unlink()
            return
        assert not left, f"left {left}"
        assert len(old) < 2, "some outputs are old and some are new"
        if fault.number < 0 and self._mark.exists():
            assert done.returncode == fault.number, "another end"
            assert clean.done.stdout.startswith(done.stdout), "other bytes on standard output"
            assert clean.done.stderr.startswith(done.stderr), "words"
            return
        if done.returncode == case.code:
            assert done.stdout == clean.done.stdout, "another answer"
            assert OLD not in ran.files.values(), "no answer"
            return
        assert done.returncode == 4, "another exit code"
        assert old <= {True}, "a new output beside an error"
        assert clean.done.stdout.startswith(done.stdout), "other bytes on standard output"
        lines = done.stderr.decode().splitlines()
        errors = [line for line in lines if line.startswith("smoothl1: error: ")]
        assert len(errors) == 1, "not one error"
        others = [line for line in lines if line not in errors]
        assert all(line.startswith(_BESIDE) for line in others), "other lines"


def _check_files(case: Case, ran: Ran, clean: Ran) -> None:
    added = {name for _, name in case.appended}
    for name, data in ran.files.items():
        is_whole = data in (OLD, clean.files[name])
        if name in added:
            is_whole = is_whole or (data.startswith(OLD) and _tells(data, ran.done))
        elif name in case.reports:
            is_whole = is_whole or _is_report(data, ran.done)
        assert is_whole, f"{name} is neither the old nor the new file"


def _is_report(data: bytes, done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether a report for CI holds the error of a run, or is a JUnit file with its own times."""
    if not data.startswith(b"<?xml"):
        return _tells(data, done)
    try:
        ET.fromstring(data)
    except ET.ParseError:
        return False
    return True


def _tells(data: bytes, done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether a text holds the error of a run."""
    lines = [line for line in done.stderr.splitlines() if line.startswith(b"smoothl1: error: ")]
    return any(line.removeprefix(b"smoothl1: error: ").strip() in data for line in lines)


def main() -> None:
    """Run every case with every fault, and say how many runs that were."""
    with tempfile.TemporaryDirectory() as name:
        built = library(Path(name))
        if built is None:
            sys.exit("needs Linux and a C compiler")
        inputs = Path(name).resolve() / "inputs"
        inputs.mkdir()
        injection = Injection(inputs, built)
        n_runs = n_broken = n_faults = 0
        seen: set[object] = set()
        for case in CASES:
            looks = case.args[: case.args.index("-q") if "-q" in case.args else None]
            is_first = (looks, bool(case.outputs)) not in seen
            seen.add((looks, bool(case.outputs)))
            for found in _all_of(injection, case, is_first=is_first):
                n_faults += 1
                if isinstance(found, AssertionError):
                    n_broken += 1
                    sys.stderr.write(f"{found}\n")
                else:
                    n_runs += found
            sys.stderr.write(f"{case}: {n_runs} runs so far\n")
        injection.close()
    what = f"{n_runs} runs of {len(CASES)} command lines with {n_faults} faults"
    sys.stdout.write(f"{what}, {n_broken} broke a promise\n")
    sys.exit(n_broken > 0)


def _all_of(injection: Injection, case: Case, *, is_first: bool) -> Iterator[int | AssertionError]:
    """Run a case with every fault of the calls that it makes.

    Args:
        injection: The folder of inputs.
        case: The case.
        is_first: Whether it is the first that looks at these files.

    Yields:
        A number of runs, or what is wrong.
    """
    unmade = set()
    for fault in (*FAULTS, *SIGNALS):
        if fault.call in unmade or (fault.call in LOOKS and not is_first):
            continue
        try:
            n_runs = injection.run(case, fault)
        except AssertionError as error:
            yield error
        else:
            yield n_runs
            if n_runs == 1:
                unmade.add(fault.call)


if __name__ == "__main__":
    main()
