"""Damaged files of every format through the command: an answer or one line, soon and in few bytes.

`python -m tests.faults.mutants --runs 50000 --seed 0` runs many; the tests run a few. Each seed is
one file, damaged in one to three places, and one command line. A case that fails is one line, with
the command that runs it again. `--keep FOLDER` keeps its files.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from contextlib import chdir, suppress
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from tests.faults.bounded import MOST_SECONDS, broken_by, outcome_of
from tests.faults.damage import damaged
from tests.faults.specimens import SPECIMENS, Specimen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

_MOST_WAITING_S = 20 * MOST_SECONDS
"""A process that says nothing for so long is stopped; the machine may be busy with others."""


class Found(NamedTuple):
    """What a case came to.

    Attributes:
        wrong: What is wrong; "" if nothing is.
        code: The exit code; below 0 if the process ended.
        seconds: How long processors worked for it.
        n_bytes: How much more memory it held than before.
    """

    wrong: str
    code: int
    seconds: float = 0.0
    n_bytes: int = 0


@cache
def _specimen(name: str) -> Specimen:
    with tempfile.TemporaryDirectory() as folder:
        return SPECIMENS[name](Path(folder))


def case_of(seed: int, folder: Path) -> list[str]:
    """Write the files of a seed into an empty folder; gives the command line."""
    rng = random.Random(seed)
    specimen = _specimen(rng.choice([*SPECIMENS]))
    suffix = specimen.suffix if rng.random() < 0.8 else ""
    (folder / f"whole{specimen.suffix}").write_bytes(specimen.data)
    content = damaged(specimen.inner, rng)
    (folder / f"damaged{suffix}").write_bytes(specimen.pack(content))
    names = {"DAMAGED": f"damaged{suffix}", "WHOLE": f"whole{specimen.suffix}"}
    return [names.get(word, word) for word in rng.choice(specimen.commands)]


def found_in(seed: int, keep: Path | None = None) -> Found:
    """Run the case of a seed in this process."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        args = case_of(seed, folder)
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
        with chdir(folder):
            outcome = outcome_of(args)
    wrong = broken_by(outcome, ("damaged", "whole"))
    line = wrong and _line(seed, args, wrong)
    return Found(line, outcome.code, outcome.seconds, outcome.n_bytes)


def _line(seed: int, args: list[str], wrong: str) -> str:
    again = f"python -m tests.faults.mutants --runs 1 --seed {seed}"
    return f"{again}: {wrong[:300]}: smoothl1 {' '.join(args)}"


def all_found(seed: int, n_runs: int) -> Iterator[Found]:
    """Run the cases of consecutive seeds in a process of their own, which may end at any time."""
    stop = seed + n_runs
    while seed < stop:
        here, there = Pipe()
        process = os.fork()
        if process == 0:
            here.close()
            _work(seed, stop, there)
        there.close()
        with here, suppress(EOFError):
            while seed < stop and here.poll(_MOST_WAITING_S):
                yield Found(*here.recv())
                seed += 1
        os.kill(process, signal.SIGKILL)  # it has not been waited for, so the number is its own
        _, status = os.waitpid(process, 0)
        if seed < stop:
            wrong = f"the process ended by {os.waitstatus_to_exitcode(status)}, or took too long"
            with tempfile.TemporaryDirectory() as folder:
                yield Found(_line(seed, case_of(seed, Path(folder)), wrong), -1)
            seed += 1


def _work(seed: int, stop: int, answers: Connection) -> NoReturn:
    try:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        gc.freeze()
        for one in range(seed, stop):
            answers.send(tuple(found_in(one)))
    finally:
        os._exit(0)


def main() -> None:
    """Run many cases; the exit code is 1 if any fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    codes, slowest, largest, n_failed = Counter[int](), 0.0, 0, 0
    for seed in range(given.seed, given.seed + given.runs) if given.keep else ():
        found_in(seed, given.keep)
    for found in all_found(given.seed, given.runs):
        codes[found.code] += 1
        slowest, largest = max(slowest, found.seconds), max(largest, found.n_bytes)
        if found.wrong:
            n_failed += 1
            print(found.wrong, flush=True)  # noqa: T201
    ends = ", ".join(f"{n:,} ended with {code}" for code, n in sorted(codes.items()))
    print(f"{given.runs:,} runs: {ends}")  # noqa: T201
    print(f"at most {slowest:.1f} s and {largest >> 20} MiB; {n_failed} failed")  # noqa: T201
    sys.exit(n_failed > 0)


if __name__ == "__main__":
    main()
