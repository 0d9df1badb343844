"""Fuzzing guided by coverage: whatever bytes a reader is given, it reads or refuses them.

    pip install '.[fuzz]'
    python -m tests.faults.fuzz csv -max_total_time=600

Atheris runs the reader, looks which branches of smoothl1 are taken, and varies those bytes that
took new ones. It ends at the first fault, and writes the bytes to a file `crash-...`; options
behind the reader are those of libFuzzer. Without Atheris, `--runs N --seed S` damages the
specimens, as the tests do for a moment; that is guided by nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.specimens import Specimen

READERS = {
    "npy": ("npy", "npy, Fortran order", "npy, big endian"),
    "csv": ("csv", "csv, CRLF, BOM, quoted", "csv, CR, no header", "csv among text"),
    "jsonl": ("json lines", "json lines, plain"),
    "npz": ("npz", "npz, deflated, Fortran order"),
    "parquet": ("parquet", "parquet in small groups", "parquet among nested"),
    "arrow": ("arrow",),
    "arrow_stream": ("arrow stream", "arrow dictionaries", "arrow lists"),
    "safetensors": ("safetensors",),
    "netcdf": ("netcdf records",),
    "any": ("npy.gz", "npy.zst, Fortran order", "npy.bz2", "npy", "csv in zip", "csv.xz"),
    "result": ("result", "result of metrics"),
}
"""The readers, and the specimens to begin with. "any" finds the format by itself."""


class _FaultError(AssertionError):
    """What a reader did that none may do."""


def specimen(name: str) -> Specimen:
    """A specimen by its name."""
    from tests.faults.specimens import SPECIMENS

    with tempfile.TemporaryDirectory() as folder:
        return SPECIMENS[name](Path(folder))


@cache
def columns_of(reader: str) -> tuple[str, ...]:
    """Names of columns that its first specimen has; none for arrays."""
    command = specimen(READERS[reader][0]).commands[0]
    return tuple(one for name, one in pairwise(command) if name == "--pred")


def try_file(reader: str, path: Path) -> None:
    """Read a file; what comes of it is not judged here."""
    from smoothl1 import ReadOptions, Result, describe, evaluate

    if reader == "result":
        Result.from_json(path.read_bytes())
        return
    options = ReadOptions(format=None if reader == "any" else reader)
    columns = columns_of(reader)
    describe(path, options, warn=str)
    if len(columns) > 1:
        pred, target = columns[:2]
        evaluate(path, pred=pred, target=target, options=options, warn=str)
    else:
        evaluate(path, path, pred=columns, target=columns, options=options, warn=str)


def judge(reader: str, data: bytes, path: Path) -> None:
    """Read bytes as a file, and judge what comes of it.

    Raises:
        Exception: A fault of the reader: it ended in another way than by an answer or a refusal in
            one line.
    """
    from smoothl1 import SmoothL1Error
    from smoothl1.cli.console import printable

    path.write_bytes(data)
    try:
        try_file(reader, path)
    except SmoothL1Error as error:
        if not str(error).strip() or len(printable(str(error)).splitlines()) != 1:
            raise _FaultError(f"not one line: {error!s:.200}") from error


def variants(reader: str, n_runs: int, seed: int) -> Iterator[bytes]:
    """Damaged specimens of a reader, by a seed."""
    from tests.faults.damage import damaged

    rng = random.Random(f"{reader} {seed}")
    specimens = [specimen(name) for name in READERS[reader]]
    for _ in range(n_runs):
        one = rng.choice(specimens)
        yield one.pack(damaged(one.inner, rng))


def _guided(reader: str, options: list[str], folder: Path) -> None:
    """Let Atheris find the bytes."""
    import atheris

    with atheris.instrument_imports(include=["smoothl1"]):
        _import_all()
    corpus = folder / "corpus"
    corpus.mkdir()
    for name in READERS[reader]:
        (corpus / name.replace(" ", "-")).write_bytes(specimen(name).data)
    path = folder / "x"
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: judge(reader, data, path))
    atheris.Fuzz()


def _import_all() -> None:
    """Import what reads, while Atheris looks on."""
    import importlib
    import pkgutil

    import smoothl1

    for module in pkgutil.walk_packages(smoothl1.__path__, "smoothl1."):
        name = module.name.removeprefix("smoothl1.")
        if name.partition(".")[0] in ("files", "sources", "pairing", "results", "running"):
            importlib.import_module(module.name)


class _Given(NamedTuple):
    """The command line."""

    reader: str
    runs: int | None
    seed: int
    options: list[str]


def _given() -> _Given:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("reader", choices=[*READERS])
    parser.add_argument("--runs", type=int, help="damage so many specimens, without Atheris")
    parser.add_argument("--seed", type=int, default=0)
    known, options = parser.parse_known_args()
    return _Given(known.reader, known.runs, known.seed, options)


def main() -> None:
    """Look for bytes that a reader neither reads nor refuses."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = _given()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        if given.runs is None:
            _guided(given.reader, given.options, folder)
            return
        for data in variants(given.reader, given.runs, given.seed):
            judge(given.reader, data, folder / "x")
    print(f"{given.runs:,} runs, no fault")  # noqa: T201


if __name__ == "__main__":
    main()
