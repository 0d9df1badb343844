"""What `injection` runs: command lines, their inputs, and the faults of system calls."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import lzma
import signal
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
from scipy.io import netcdf_file

from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

ERRORS = {
    "open": (errno.EACCES, errno.EMFILE),
    "opendir": (errno.EACCES,),
    "stat": (errno.EACCES,),
    "read": (errno.EIO,),
    "write": (errno.ENOSPC, errno.EIO),
    "ftruncate": (errno.EIO,),
    "fsync": (errno.EIO,),
    "close": (errno.EIO,),
    "chmod": (errno.EPERM,),
    "mkdir": (errno.EACCES,),
    "rename": (errno.EACCES,),
    "link": (errno.EPERM,),
}
"""What each call fails with."""

LOOKS = ("opendir", "stat")
"""Calls that are the same whatever form the output has."""


class Case(NamedTuple):
    """A command line and what it writes.

    Attributes:
        args: The arguments.
        outputs: The files that it writes.
        reports: Those of them that tell of errors, too.
        made: Files that it writes, which are not there before.
        appended: Files to which it adds, by the variables of the environment that name them.
        given: The input that standard input is.
        code: Its exit code where nothing fails.
    """

    args: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    appended: tuple[tuple[str, str], ...] = ()
    given: str | None = None
    code: int = 0

    def __str__(self) -> str:
        return " ".join(self.args)


class Fault(NamedTuple):
    """The calls of one kind that fail.

    Attributes:
        call: The kind of call.
        number: What it fails with; 0: the process is killed; below 0: a signal comes before it.
        onward: Whether all later ones fail, too.
    """

    call: str
    number: int
    onward: bool = False

    def __str__(self) -> str:
        name = errno.errorcode.get(self.number) or signal.Signals(-self.number or 9).name
        return f"{self.call}-{name}{'-onward' if self.onward else ''}"


FAULTS = tuple(
    Fault(call, number, onward)
    for call, numbers in ERRORS.items()
    for number in (*numbers, 0)
    for onward in (False, True)
    if not (onward and (number == 0 or call in LOOKS))
    if number or call not in (*LOOKS, "read")
)
"""Every failure, once and for all later calls. A kill matters where something is changed."""

SIGNALS = tuple(Fault(call, -signal.SIGTERM) for call in ERRORS if call not in LOOKS)
"""A signal before each call."""

_PAIR = ("p.npy", "t.npy")
_TABLES = ("json", "csv", "tsv", "md", "tex", "parquet", "arrow")
_FORMS = ("table", "json", "csv", "tsv", "markdown", "latex", "parquet", "arrow")
_SQUEEZED = ("csv.gz", "tsv.zst")
_LOSSES = ("npy", "csv", "parquet", "arrow", "json", "txt", *_SQUEEZED)
_DRAWN = tuple(f"d/{name}.svg" for name in ("betas", "distances", "errors", "pairs", "rows"))
_GITHUB = (("GITHUB_STEP_SUMMARY", "summary.md"), ("GITHUB_OUTPUT", "github.txt"))

_COMMANDS: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("eval", *_PAIR): (_FORMS, (*_TABLES, *_SQUEEZED)),
    ("eval", *_PAIR, "-r", "none"): (("npy", "csv", "parquet", "arrow", "json", "text"), _LOSSES),
    ("eval", *_PAIR, "--per-row"): ((), ("npy", "csv")),
    ("eval", *_PAIR, "--plan", "2"): ((), ()),
    ("compare", "p.npy", "p.csv", "t.npy", "--separate"): (_FORMS, (*_TABLES, "html")),
    ("compare", "p.npy", "p.csv", "p.jsonl", "t.npy", "--separate"): ((), ("json", "md")),
    ("merge", "a.json", "b.json"): (_FORMS, (*_TABLES, *_SQUEEZED)),
    ("merge", "ra.json", "rb.json"): ((), ("html", "json")),
    ("report", *_PAIR): (("json",), ("html", "json")),
    ("inspect", *_PAIR): (("json", "csv"), ("json", "md", "parquet")),
}
"""For each command line the forms that go to standard output, and the suffixes of files."""

_INPUTS = (
    *("t.npz", "t.parquet", "t.arrow", "t.arrows", "t.safetensors", "t.nc", "t.jsonl", "t.csv"),
    *("t.csv.gz", "t.csv.xz", "t.csv.bz2", "t.csv.zip", "t.csv.zst", "t.npy.gz"),
)


def _with_files() -> tuple[Case, ...]:
    """Every command with every form of output, on standard output and in a file."""
    found = []
    for line, (forms, suffixes) in _COMMANDS.items():
        found.append(Case((*line, "-q") if line[0] != "inspect" else line))
        found += [Case((*line, "-q", "-f", form)) for form in forms]
        found += [Case((*line, "-q", "-o", f"o.{one}"), (f"o.{one}",)) for one in suffixes]
    return tuple(found)


CASES = (
    *_with_files(),
    *(Case(("eval", "p.npy", name, "-q")) for name in _INPUTS),
    Case(("eval", "-", "t.npy", "-q", "-o", "o.json"), ("o.json",), given="p.csv"),
    Case(("eval", "p.npy", "-", "-q", "-r", "none"), given="t.npy"),
    Case(("eval", "shards", "t.npz", "-q", "-r", "none", "-o", "o.csv"), ("o.csv",)),
    Case(("eval", "shards/part-*.npy", "t.npy", "-q", "-o", "o.json"), ("o.json",)),
    Case(("eval", "kp.csv", "kt.csv", "-q", "--key", "id", "-o", "o.json"), ("o.json",)),
    Case(("eval", *_PAIR, "-q", "--groups", "g.csv", "--quantile", "0.5", "--top", "2")),
    Case(("eval", *_PAIR, "-q", "--part", "1/2", "-o", "o.json"), ("o.json",)),
    Case(
        ("eval", *_PAIR, "-q", "-r", "none", "--part", "1/2", "-f", "npy", "-o", "d/"),
        ("d/part-00001-of-00002.npy",),
        made=("d/_part-00001-of-00002.json",),
    ),
    Case(("report", *_PAIR, "-q", "-o", "d/"), _DRAWN),
    Case(
        ("compare", "p.npy", "p.csv", "t.npy", "--separate", "-q", "--fail-if", "not-better"),
        code=1,
    ),
    Case(
        ("eval", *_PAIR, "-q", "-o", "o.json", "--junit", "o.xml", "--markdown", "o.md"),
        ("o.json", "o.xml", "o.md"),
        ("o.xml", "o.md"),
    ),
    Case(
        ("eval", *_PAIR, "-q", "--fail-above", "0", "--github", "--junit", "o.xml"),
        ("o.xml",),
        ("o.xml",),
        appended=_GITHUB,
        code=1,
    ),
    Case(
        ("eval", *_PAIR, "-q", "--baseline", "a.json", "--max-increase", "9.0", "--other-data"),
    ),
    Case(("--help",)),
    Case(("eval", "--help")),
    Case(("completion", "bash")),
)
"""Every command, every form of output, and inputs of every format."""


def write_inputs(folder: Path) -> None:
    """Write the inputs of all cases into an empty folder."""
    target = np.linspace(-2.0, 2.0, 12)
    pred = target + np.resize([0.25, -1.5, 0.0, 3.0], 12)
    np.save(folder / "p.npy", pred)
    np.save(folder / "t.npy", target)
    np.savez(folder / "t.npz", target)
    _write_tables(folder, pred, target)
    _write_squeezed(folder)
    (folder / "g.csv").write_text("g\n" + "a\nb\n" * 6)
    (folder / "d").mkdir()
    (folder / "shards").mkdir()
    for i, part in enumerate(np.split(pred, 3)):
        np.save(folder / "shards" / f"part-{i}.npy", part)
    for i, name in enumerate(("a.json", "b.json")):
        sides = (f"shards/part-{i}.npy", "shards/part-2.npy")
        _run(folder, "eval", *sides, "-q", "-o", name)
        _run(folder, "report", *sides, "-q", "--rows-before", str(4 * i), "-o", f"r{name}")


def _run(folder: Path, *args: str) -> None:
    done = forks().run([*args], folder, {}, b"", 60)
    assert done.returncode == 0, done


def _write_tables(folder: Path, pred: np.ndarray, target: np.ndarray) -> None:
    for name, values in (("p", pred), ("t", target)):
        rows = [*zip(values.tolist(), range(12), strict=True)][:: 1 if name == "p" else -1]
        (folder / f"{name}.csv").write_text("y\n" + "".join(f"{y}\n" for y in values.tolist()))
        keyed = "".join(f"{y},{key}\n" for y, key in rows)
        (folder / f"k{name}.csv").write_text(f"y,id\n{keyed}")
    for name, values in (("p.jsonl", pred), ("t.jsonl", target)):
        (folder / name).write_text("".join(f"{json.dumps({'y': y})}\n" for y in values.tolist()))
    table = pa.table({"y": target})
    pq.write_table(table, folder / "t.parquet")
    pyarrow.feather.write_feather(table, str(folder / "t.arrow"))
    with pa.ipc.new_stream(str(folder / "t.arrows"), table.schema) as stream:
        stream.write_table(table)
    header = json.dumps({"y": {"dtype": "F64", "shape": [12], "data_offsets": [0, 96]}}).encode()
    start = len(header).to_bytes(8, "little")
    (folder / "t.safetensors").write_bytes(start + header + target.tobytes())
    with netcdf_file(folder / "t.nc", "w") as file:
        file.createDimension("n", 12)
        file.createVariable("y", "f8", ("n",))[:] = target


def _write_squeezed(folder: Path) -> None:
    text = (folder / "t.csv").read_bytes()
    (folder / "t.csv.gz").write_bytes(gzip.compress(text))
    (folder / "t.csv.xz").write_bytes(lzma.compress(text))
    (folder / "t.csv.bz2").write_bytes(bz2.compress(text))
    (folder / "t.csv.zst").write_bytes(pa.compress(text, "zstd", asbytes=True))
    (folder / "t.npy.gz").write_bytes(gzip.compress((folder / "t.npy").read_bytes()))
    with zipfile.ZipFile(folder / "t.csv.zip", "w") as archive:
        archive.writestr("t.csv", text)
