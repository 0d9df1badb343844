"""The compiled parts under AddressSanitizer and UndefinedBehaviorSanitizer, with random inputs.

`python -m tests.faults.sanitized --runs 2000 --seed 0` builds the package apart from the installed
one, and runs with it random data sets against the oracle (`differential`) and damaged files
(`mutants`). Needs gcc, pip, and Linux. A read outside of a buffer, an overflow of an integer, and a
wrong shift end it with the sanitizer's report.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.examples import ROOT

FLAGS = "-g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
_LIBRARIES = ("libasan.so", "libubsan.so")
_OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=0",  # Python itself leaves memory to the end of the process
    "UBSAN_OPTIONS": "print_stacktrace=1",
}

_SOURCES = ("core", "cli", "setup.py", "pyproject.toml", "README.md", "LICENSE")


def build(folder: Path) -> None:
    """Install the package with sanitizers into a folder, built from a copy of its sources."""
    sources = folder / "sources"
    sources.mkdir()
    for name in _SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("*.so", "__pycache__")
            shutil.copytree(ROOT / name, sources / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, sources)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-warn-conflicts"]
    environment = {**os.environ, "CFLAGS": FLAGS, "LDFLAGS": FLAGS}
    target = ["--target", str(folder / "package"), str(sources)]
    subprocess.run([*command, *target], env=environment, check=True)


def _run(seed: int, n_runs: int) -> None:
    """Run both in a process that the sanitizers were loaded into."""
    from smoothl1.backends import _native
    from smoothl1.sinks import _lines
    from smoothl1.sources.csv import _numbers
    from tests.faults.differential import failures
    from tests.faults.mutants import found_in

    for module in (_native, _lines, _numbers):
        assert "__asan_init" in Path(str(module.__file__)).read_bytes().decode("latin-1")
    wrong = [*failures(seed, n_runs)]
    wrong += [found.wrong for one in range(seed, seed + n_runs) if (found := found_in(one)).wrong]
    print(*wrong, f"{n_runs:,} runs each, {len(wrong)} failed", sep="\n")  # noqa: T201
    sys.exit(bool(wrong))


def _library(name: str) -> str:
    command = ["gcc", f"-print-file-name={name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Build, and run in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--is-built", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.is_built:
        _run(given.seed, given.runs)
    with tempfile.TemporaryDirectory(prefix="sanitized-") as name:
        build(Path(name))
        more = {
            **_OPTIONS,
            "LD_PRELOAD": ":".join(map(_library, _LIBRARIES)),
            "PYTHONPATH": str(Path(name) / "package"),  # before what is installed
        }
        command = [sys.executable, "-m", "tests.faults.sanitized", "--is-built"]
        command += ["--runs", str(given.runs), "--seed", str(given.seed)]
        sys.exit(subprocess.run(command, env={**os.environ, **more}, check=False).returncode)


if __name__ == "__main__":
    main()
