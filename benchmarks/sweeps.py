"""Damage small files of every format in every place, and count what is noticed.

Each file is cut after every byte, and each of its bytes has one bit flipped, three bits in turn.
What is left is evaluated: it is refused, or it gives the number of the whole file, or another one.
Prints a table: how many there are, and how many give another number, with a warning or in silence.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import struct
import subprocess
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1 import Execution, SmoothL1Error, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BITS = (0x01, 0x10, 0x80)
"""What each byte is changed by."""

PRED = np.array([0.5, -1.25, 3.75, 2.0, 1e-3, 7.0, 0.1, 12.625])
TARGET = np.array([0.25, -1.5, 1.0, 2.0, 0.5, -3.0, 0.3, 12.5])

TABLE = pa.table({"p": PRED, "t": TARGET})


class Format(NamedTuple):
    """A way to store both columns.

    Attributes:
        write: Writes them to a path.
        suffix: Of the name.
        has_columns: Whether they are columns of the file; else it holds the predictions alone.
    """

    write: Callable[[Path], object]
    suffix: str
    has_columns: bool = True


def write_csv(path: Path) -> None:
    """Write both columns as CSV."""
    rows = zip(PRED.tolist(), TARGET.tolist(), strict=True)
    path.write_text("p,t\n" + "".join(f"{p!r},{t!r}\n" for p, t in rows))


def write_json_lines(path: Path) -> None:
    """Write an object for each row."""
    path.write_text("".join(json.dumps(row) + "\n" for row in TABLE.to_pylist()))


def write_parquet(path: Path, *, checked: bool) -> None:
    """Write uncompressed Parquet, with checksums of its pages or without."""
    options = {"compression": "none", "use_dictionary": False, "store_schema": False}
    pq.write_table(TABLE, path, write_page_checksum=checked, **options)


def write_arrow(path: Path, new: Callable[..., pa.RecordBatchFileWriter]) -> None:
    """Write an Arrow file or stream."""
    with new(path, TABLE.schema) as writer:
        writer.write_table(TABLE)


def write_npz(path: Path) -> None:
    """Write both columns as arrays of an archive."""
    with path.open("wb") as file:
        np.savez(file, p=PRED, t=TARGET)


def write_safetensors(path: Path) -> None:
    """Write both columns as tensors, as the library of this format does."""
    size = PRED.nbytes
    places = {"p": [0, size], "t": [size, 2 * size]}
    text = json.dumps(
        {
            name: {"dtype": "F64", "shape": list(PRED.shape), "data_offsets": place}
            for name, place in places.items()
        }
    ).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + PRED.tobytes() + TARGET.tobytes())


def write_zarr(path: Path) -> None:
    """Write both columns as arrays of a Zarr store in a zip archive, in two chunks each."""
    known = {"zarr_format": 2, "shape": [8], "chunks": [4], "dtype": "<f8", "fill_value": 0}
    known |= {"compressor": None, "filters": None, "order": "C"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(".zgroup"), json.dumps({"zarr_format": 2}))
        for name, column in {"p": PRED, "t": TARGET}.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/.zarray"), json.dumps(known))
            for i, chunk in enumerate((column[:4], column[4:])):
                archive.writestr(zipfile.ZipInfo(f"{name}/{i}"), chunk.tobytes())


def compressed(compress: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A writer of the CSV inside other data."""

    def write(path: Path) -> None:
        write_csv(path)
        path.write_bytes(compress(path.read_bytes()))

    return write


def zstd(data: bytes) -> bytes:
    """Compress as the program `zstd` does, with a checksum, which pyarrow leaves out."""
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


FORMATS = {
    ".npy": Format(lambda path: np.save(path, PRED), ".npy", has_columns=False),
    ".npz": Format(write_npz, ".npz"),
    "CSV": Format(write_csv, ".csv"),
    "CSV in gzip": Format(compressed(lambda data: gzip.compress(data, mtime=0)), ".csv.gz"),
    "CSV in zstd with a checksum": Format(compressed(zstd), ".csv.zst"),
    "CSV in zstd without": Format(
        compressed(lambda data: pa.compress(data, "zstd", asbytes=True)), ".csv.zst"
    ),
    "CSV in xz": Format(compressed(lzma.compress), ".csv.xz"),
    "CSV in bzip2": Format(compressed(bz2.compress), ".csv.bz2"),
    "JSON Lines": Format(write_json_lines, ".jsonl"),
    "Parquet with checksums": Format(lambda path: write_parquet(path, checked=True), ".parquet"),
    "Parquet without": Format(lambda path: write_parquet(path, checked=False), ".parquet"),
    "Arrow file": Format(lambda path: write_arrow(path, pa.ipc.new_file), ".arrow"),
    "Arrow stream": Format(lambda path: write_arrow(path, pa.ipc.new_stream), ".arrows"),
    "safetensors": Format(write_safetensors, ".safetensors"),
    "Zarr in a zip archive": Format(write_zarr, ".zarr.zip"),
}


class Sweep(NamedTuple):
    """What became of damaged copies of a file.

    Attributes:
        n: How many there were.
        n_warned: Those that gave another number, with a warning.
        n_silent: Those that gave another number without one.
    """

    n: int
    n_warned: int
    n_silent: int


def cuts(data: bytes) -> Iterator[bytes]:
    """Every beginning of the data but the whole."""
    return (data[:n_bytes] for n_bytes in range(len(data)))


def flips(data: bytes) -> Iterator[bytes]:
    """The data with one bit changed."""
    for place in range(len(data)):
        for bit in BITS:
            yield data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def outcome(folder: Path, how: Format) -> tuple[object, bool]:
    """What a file evaluates to, and whether there was a warning; None where it is refused."""
    path, heard = folder / f"x{how.suffix}", list[str]()
    try:
        if how.has_columns:
            result = evaluate(path, pred="p", target="t", execution=Execution(1), warn=heard.append)
        else:
            target = folder / "target.npy"
            result = evaluate(path, target, execution=Execution(1), warn=heard.append)
    except (SmoothL1Error, MemoryError):
        return None, False
    return (result.values, result.tallies[0].n), bool(heard)


def sweep(folder: Path, how: Format, whole: object, damaged: Iterator[bytes]) -> Sweep:
    """Evaluate each damaged copy of a file.

    Args:
        folder: Where the file is written.
        how: How the file is stored.
        whole: What the file evaluates to without damage.
        damaged: The contents of the copies.
    """
    path, found = folder / f"x{how.suffix}", Counter[str]()
    for data in damaged:
        path.unlink(missing_ok=True)  # a new file is written faster than an old one is replaced
        path.write_bytes(data)
        number, warned = outcome(folder, how)
        found["all"] += 1
        if number not in (None, whole):
            found["warned" if warned else "silent"] += 1
    return Sweep(found["all"], found["warned"], found["silent"])


def sweeps(how: Format) -> tuple[Sweep, Sweep]:
    """Both sweeps over a file: cuts, and flipped bits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "target.npy", TARGET)
        path = folder / f"x{how.suffix}"
        how.write(path)
        data = path.read_bytes()
        whole, _ = outcome(folder, how)
        if whole is None:
            raise SystemExit(f"{how.suffix}: the undamaged file is refused")
        return sweep(folder, how, whole, cuts(data)), sweep(folder, how, whole, flips(data))


HEAD = """\
| format | cuts | with a warning | in silence | flips | with a warning | in silence |
|---|---|---|---|---|---|---|"""


def main() -> None:
    """Sweep over the formats that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "formats", nargs="*", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}; unset: all"
    )
    names = parser.parse_args().formats or list(FORMATS)
    if unknown := set(names) - set(FORMATS):
        parser.error(f"no such format: {', '.join(sorted(unknown))}")
    print(HEAD, flush=True)
    for name in names:
        cells = [f"{count:,}" for one in sweeps(FORMATS[name]) for count in one]
        print(f"| {' | '.join([name, *cells])} |", flush=True)


if __name__ == "__main__":
    main()
