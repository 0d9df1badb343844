"""Headers that claim far more than there is are refused soon, and without the memory they claim."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from contextlib import chdir
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.bounded import broken_by, outcome_of
from tests.faults.specimens import SPECIMENS
from tests.sources.files import header, npy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_SECONDS, MOST_BYTES = 2.0, 100 << 20

HUGE = 1 << 62


def array(shape: str) -> bytes:
    return npy(header(shape=shape), b"\0" * 64)


def claims_of_zip(size: int) -> bytes:
    """An archive whose directory and member claim another size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", array("(8,)"))
    data = bytearray(file.getvalue())
    data[22:26] = struct.pack("<I", size)
    place = data.index(b"PK\1\2") + 24
    data[place : place + 4] = struct.pack("<I", size)
    return bytes(data)


def many_members(n: int) -> bytes:
    """An archive of so many members without a byte."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i in range(n):
            archive.writestr(f"a{i}.npy", b"")
    return file.getvalue()


def claims_of_stream(n_bytes: int) -> bytes:
    """A stream of Arrow whose first message claims so many bytes."""
    return b"\xff\xff\xff\xff" + struct.pack("<i", n_bytes) + b"\0" * 64


def claims_of_footer(n_bytes: int) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"x": [0.5]}), file)
    return file.getvalue()[:-8] + struct.pack("<i", n_bytes) + b"PAR1"


def claims_of_tensors(shape: list[int], n_bytes: int) -> bytes:
    entry = {"dtype": "F64", "shape": shape, "data_offsets": [0, n_bytes]}
    text = json.dumps({"x": entry}).encode()
    return struct.pack("<Q", len(text)) + text + b"\0" * 64


def claims_of_netcdf(length: int) -> bytes:
    with io.BytesIO() as file:
        file.write(b"CDF\x02" + struct.pack(">I", 0))
        file.write(struct.pack(">II", 10, 1) + struct.pack(">I", 1) + b"x\0\0\0")
        file.write(struct.pack(">I", length) + b"\0" * 8 + struct.pack(">II", 11, length))
        return file.getvalue() + b"\0" * 64


def nested(depth: int) -> bytes:
    return b'{"p": ' + b"[" * depth + b"]" * depth + b', "t": 1}\n'


FILES: dict[str, Callable[[], bytes]] = {
    "more-elements-than-bytes.npy": lambda: array("(10000000000,)"),
    "a-product-that-wraps.npy": lambda: array("(4294967296, 4294967296)"),
    "the-largest-length.npy": lambda: array("(9223372036854775807,)"),
    "a-digit-too-many.npy": lambda: array("(" + "9" * 5000 + ",)"),
    "many-axes.npy": lambda: array("(" + "1," * 5000 + ")"),
    "a-header-of-4-GiB.npy": lambda: b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 64,
    "deep-brackets.npy": lambda: npy("(" * 60_000, b""),
    "a-member-of-4-GiB.npz": lambda: claims_of_zip(0xFFFFFFFE),
    "many-members.npz": lambda: many_members(8000),
    "a-message-of-2-GiB.arrows": lambda: claims_of_stream((1 << 31) - 8),
    "a-negative-message.arrows": lambda: claims_of_stream(-8),
    "a-footer-of-2-GiB.parquet": lambda: claims_of_footer((1 << 31) - 1),
    "a-footer-below-nothing.parquet": lambda: claims_of_footer(-1),
    "a-header-of-exbibytes.safetensors": lambda: struct.pack("<Q", HUGE) + b'{"' + b" " * 64,
    "a-tensor-of-exbibytes.safetensors": lambda: claims_of_tensors([HUGE // 8], HUGE),
    "a-tensor-that-wraps.safetensors": lambda: claims_of_tensors([1 << 32, 1 << 32], 0),
    "a-long-dimension.nc": lambda: claims_of_netcdf(0x7FFFFFFF),
    "deep.jsonl": lambda: nested(200_000),
    "a-line-without-end.csv.gz": lambda: gzip.compress(b"1" * (120 << 20), 1),
    "a-quote-without-end.csv.gz": lambda: gzip.compress(b'x\n"' + b"1\n" * (60 << 20), 1),
    "zeros.npy.gz": lambda: gzip.compress(array("(10000000000,)") + b"\0" * (120 << 20), 1),
    "deep-result.json": lambda: b'{"schema": ' + b"[" * 200_000,
    "digits-result.json": lambda: b'{"schema": ' + b"9" * 2_000_000 + b"}",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_claims_too_much_is_refused_soon(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    np.save(tmp_path / "t.npy", np.zeros(8))
    command = ["merge", name] if name.endswith(".json") else ["eval", name, "t.npy"]
    with chdir(tmp_path):
        outcome_of(["eval", "t.npy", "t.npy"])  # what is imported late counts for no file
        outcome = outcome_of(command)
        looked_at = outcome_of(["inspect", name])
    for found in (outcome, looked_at):
        assert broken_by(found, most_seconds=MOST_SECONDS, most_bytes=MOST_BYTES) == ""
    assert outcome.code == 3


@pytest.mark.parametrize("name", ["arrow", "parquet", "safetensors", "netcdf records", "npz"])
def test_a_long_integer_at_any_place_is_no_reason_to_take_memory(tmp_path: Path, name: str) -> None:
    (tmp_path / "specimen").mkdir()
    specimen = SPECIMENS[name](tmp_path / "specimen")
    path = tmp_path / f"x{specimen.suffix}"
    n = len(specimen.data)
    for place in range(0, n, max(1, n // 40)):
        data = specimen.data[:place] + struct.pack("<q", HUGE) + specimen.data[place + 8 :]
        path.write_bytes(data)
        found = outcome_of(["inspect", str(path)])
        assert broken_by(found, most_seconds=MOST_SECONDS, most_bytes=MOST_BYTES) == "", place
