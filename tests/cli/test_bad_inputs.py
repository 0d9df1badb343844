"""A bad input ends in its exit code and one line that names file and place, and in no more."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.forking import forks
from tests.sources.files import header, npy, parquet

if TYPE_CHECKING:
    from collections.abc import Callable

USAGE, DATA, IO = 2, 3, 4

GOOD = npy(header())
TABLE = b"p,t\n1,2\n3,4\n"


def array(values: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray(values, **options), allow_pickle=True)
    return out.getvalue()


def table(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("arr_0.npy", GOOD)
    return out.getvalue()


def with_wrong_checksum() -> bytes:
    options = {"use_dictionary": False, "compression": "none", "write_page_checksum": True}
    data = table({"p": np.arange(100.0), "t": np.arange(100.0)}, **options)
    return data.replace(struct.pack("<2d", 7.0, 8.0), struct.pack("<2d", 7.0, 9.0), 1)


class Case(NamedTuple):
    """A command line over files, and what must be said about the first of them.

    Attributes:
        file: Its content, or what makes it.
        says: What the message holds: the place, and what is wrong there.
        name: Of the file.
        code: The exit code.
        args: After the file; unset, it is evaluated against `good.npy`.
    """

    file: bytes | Callable[[str], object]
    says: str
    name: str = "bad"
    code: int = DATA
    args: tuple[str, ...] = ("good.npy",)


COLUMNS = ("--pred", "p", "--target", "t")

CASES = {
    # the file itself
    "missing": Case(lambda _: None, "no such file", code=IO),
    "empty": Case(b"", "empty file (0 bytes)"),
    "a folder": Case(os.mkdir, "a folder without files", "bad.npy"),
    "a dangling link": Case(
        lambda path: os.symlink("nowhere", path), "a link to nowhere, which is not there", code=IO
    ),
    "nothing at all": Case(lambda path: os.symlink("/dev/null", path), "empty file"),
    "an endless device": Case(lambda path: os.symlink("/dev/zero", path), "not a regular file"),
    "control characters in its name": Case(b"x\ny\n", "'y' is not a number", "b\x1b[31m\n\ta\x7fd"),
    "a name that is no text": Case(b"x\ny\n", "'y' is not a number", "b\udcffad"),
    # not what it is taken for
    "text named npy": Case(b"1\n2\n3\n", "looks like text", "bad.npy"),
    "a Git LFS pointer named npy": Case(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "Git LFS pointer",
        "bad.npy",
    ),
    "a picture named parquet": Case(b"\x89PNG\r\n\x1a\n\x00\x00", "PNG image", "bad.parquet"),
    "an error page named csv": Case(b"<html><h1>404</h1></html>", "HTML", "bad.csv"),
    "an archive of arrays, cut": Case(archive()[:-9], "broken zip archive", "bad.npz"),
    "gzip": Case(b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip", "bad.csv.gz"),
    "zstd": Case(b"\x28\xb5\x2f\xfd\x00\x00", "zstd", "bad.csv.zst"),
    "an Arrow file": Case(b"ARROW1\x00\x00", "Arrow IPC file", "bad.arrow"),
    "a pickle": Case(b"\x80\x04\x95\x00", "pickle", "bad.npy"),
    "UTF-16": Case(b"\xff\xfe1\x00\n\x00", "UTF-16"),
    # .npy
    "npy cut in the mark": Case(GOOD[:4], "cut short"),
    "npy cut in the header": Case(GOOD[:40], "header"),
    "npy cut in the data": Case(GOOD[:-8], "has 16 bytes of data, the header says 24"),
    "npy with bytes behind": Case(GOOD + b"\n", "1 bytes after the end"),
    "objects": Case(array([{}, 1, "x"], dtype=object), "Python objects, which are never loaded"),
    "complex numbers": Case(array([1j, 2j, 3j]), "complex"),
    "a structured array": Case(array([(1, 2)], dtype="i4,i4"), "structured"),
    "dates": Case(array(["2024-01-01"], dtype="M8[D]"), "dates"),
    "a hostile header": Case(npy(header("0x" + "f" * 8000)), "npy header"),
    "keys of two kinds": Case(npy(header()[:-2] + "1: 2}"), "npy header"),
    "an unknown version": Case(npy(header(), version=(9, 9)), "version 9.9"),
    "a huge shape": Case(npy(header(shape="(10**9,)")), "npy header"),
    "a shape beyond the file": Case(npy(header(shape="(10000000000,)")), "80000000000"),
    "a shape that wraps": Case(npy(header(shape="(4294967296, 4294967296)")), "larger than any"),
    "nothing, but huge": Case(
        npy(header(shape="(4611686018427387904, 0)"), b""), "nothing to evaluate", args=("bad",)
    ),
    "a boolean of 2": Case(npy(header("'|b1'"), b"\x00\x01\x02"), "element 3"),
    # CSV
    "a row too short": Case(TABLE + b"5\n", "row 3 has 1 cell, expected 2", args=COLUMNS),
    "a row too long": Case(TABLE + b"5,6,7\n", "row 3 has 3 cells, expected 2", args=COLUMNS),
    "text in a number column": Case(TABLE + b"5,six\n", "row 3, column 't': 'six'", args=COLUMNS),
    "an empty cell": Case(TABLE + b"5,\n", "row 3, column 't': the value is missing", args=COLUMNS),
    "a blank line": Case(b"x\n1\n\n3\n", "row 2, column 'x': the value is missing"),
    "only a header": Case(b"p,t\n", "no rows", args=COLUMNS),
    "an unknown column": Case(TABLE, "no column 'q'", args=("--pred", "q", "--target", "t")),
    "a doubled column": Case(b"p,t,p\n1,2,3\n", "'p' is there 2 times", args=COLUMNS),
    "several columns": Case(TABLE, "several numeric columns", args=("good.npy",)),
    "a misplaced quote": Case(TABLE + b'"1"2,3\n', "quote at byte 14", args=COLUMNS),
    "an open quote": Case(TABLE + b'"1,3\n', "quote opened at byte 12", args=COLUMNS),
    "a NUL byte": Case(TABLE + b"1,\x003\n", "NUL byte at byte 14", args=COLUMNS),
    "overflow": Case(TABLE + b"1e400,3\n", "row 3, column 'p': '1e400'", args=COLUMNS),
    "an inexact integer": Case(
        TABLE + b"9007199254740993,3\n", "row 3, column 'p': the integer", args=COLUMNS
    ),
    "underscores": Case(TABLE + b"1_000,3\n", "row 3, column 'p': '1_000'", args=COLUMNS),
    "full-width digits": Case(
        TABLE + "\uff11,3\n".encode(), "row 3, column 'p': '\uff11'", args=COLUMNS
    ),
    "an escape in a cell": Case(
        TABLE + b"\x1b[2J,3\n", "row 3, column 'p': '\\x1b[2J'", args=COLUMNS
    ),
    "bytes that are no text": Case(TABLE + b"\xff,\xfe,\xfd\n", "row 3 has 3 cells", args=COLUMNS),
    # Parquet
    "Parquet cut in the footer": Case(table({"p": [1.0]})[:-20], "footer", args=COLUMNS),
    "Parquet without its end": Case(b"PAR1", "footer", args=COLUMNS),
    "a wrong page checksum": Case(with_wrong_checksum(), "row group 1", args=COLUMNS),
    "a null": Case(
        table({"p": [1, None], "t": [1, 2]}),
        "row 2, column 'p': the value is missing",
        args=COLUMNS,
    ),
    "a list column": Case(table({"p": [[1.0]], "t": [1]}), "shape (1, 1), but", args=COLUMNS),
    "lists of text": Case(table({"p": [["1"]], "t": [1]}), "column 'p' is list", args=COLUMNS),
    "ragged lists": Case(
        table({"p": [[1.0], [1.0, 2.0]], "t": [[1.0], [2.0]]}),
        "row 2, column 'p': a list of length 2 among lists of length 1",
        args=COLUMNS,
    ),
    "a text column": Case(table({"p": ["1"], "t": [1]}), "column 'p' is string", args=COLUMNS),
    "a column of times": Case(
        table({"p": pa.array([1], pa.timestamp("ns")), "t": [1]}),
        "column 'p' is times",
        args=COLUMNS,
    ),
    "a row group of another length": Case(
        parquet({b"p": [1.0, 2.0], b"t": [1.0, 2.0]}, group_rows=1), "row group 1", args=COLUMNS
    ),
    # two files
    "other rows": Case(array([1.0, 2.0]), "2 rows, but good.npy has 3"),
    "another shape": Case(array([[1.0], [2.0], [3.0]]), "shape (3, 1), but good.npy has (3,)"),
    "other rows in a CSV": Case(b"1\n2\n3\n4\n", "4 rows, but good.npy has 3"),
}


def lines_of(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return done.stderr.decode().splitlines()


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    command = [forks().script, "eval", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("case", list(CASES.values()), ids=list(CASES))
def test_a_bad_input_is_refused_in_one_line_that_names_file_and_place(
    tmp_path: Path, case: Case
) -> None:
    (tmp_path / "good.npy").write_bytes(GOOD)
    path = str(tmp_path / case.name)
    if isinstance(case.file, bytes):
        Path(path).write_bytes(case.file)
    else:
        case.file(path)
    before = sorted(os.listdir(tmp_path))
    done = run(tmp_path, case.name, *case.args)
    (line,) = lines_of(done)
    shown = case.name.translate({27: "\\x1b", 10: "\\n", 9: "\\t", 127: "\\x7f", 0xDCFF: "\\udcff"})
    assert line.startswith(f"smoothl1: error: {shown}: ")
    assert case.says in line
    assert line.isprintable()
    assert len(line) < 600
    assert (done.returncode, done.stdout) == (case.code, b"")
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("beta", ["-1", "nan", "inf", "-inf", "abc", "", "1e999"])
def test_a_beta_that_is_none_is_refused_before_any_file_is_opened(
    tmp_path: Path, beta: str
) -> None:
    done = run(tmp_path, "missing", "missing", f"--beta={beta}")
    (line,) = lines_of(done)
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert line.startswith("smoothl1: error: ")
    assert "beta" in line


def test_no_output_is_left_where_an_input_is_bad(tmp_path: Path) -> None:
    (tmp_path / "old.npy").write_bytes(GOOD)
    (tmp_path / "bad.csv").write_bytes(b"p,t\n" + b"1,2\n" * 600_000 + b"1,x\n")
    before = sorted(os.listdir(tmp_path))
    for output in ("new.npy", "old.npy"):
        done = run(tmp_path, "bad.csv", *COLUMNS, "-r", "none", "-o", output)
        assert lines_of(done) == [
            "smoothl1: error: bad.csv: row 600001, column 't': 'x' is not a number"
        ]
        assert (done.returncode, done.stdout) == (DATA, b"")
        assert sorted(os.listdir(tmp_path)) == before
        assert (tmp_path / "old.npy").read_bytes() == GOOD


def test_a_warning_never_stands_beside_an_error(tmp_path: Path) -> None:
    (tmp_path / "named.npy").write_bytes(parquet({b"p": [1.0], b"t": [2.0]}, group_rows=2))
    done = run(tmp_path, "named.npy", *COLUMNS)
    (line,) = lines_of(done)
    assert line.startswith("smoothl1: error: named.npy: row group 1")
