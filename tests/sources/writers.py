"""A writer of numbers for every kind of file that a source reads."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import netcdf_file

from tests.sources.files import header, npy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Writer = Callable[[Path, Matrix], "Written"]


class Written(NamedTuple):
    """A file that holds a table of numbers, and the columns that its field is made of."""

    path: Path
    columns: tuple[str, ...] = ()


def names_of(table: Matrix) -> tuple[str, ...]:
    return tuple(f"c{i}" for i in range(table.shape[1]))


def save_npy(path: Path, array: NDArray[Any]) -> Written:
    with path.open("wb") as file:
        np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return Written(path)


def squeezed(table: Matrix) -> NDArray[Any]:
    """A column is stored as one dimension, as tables deliver it."""
    return table[:, 0] if table.shape[1] == 1 else table


def write_npy(path: Path, table: Matrix) -> Written:
    return save_npy(path, squeezed(table))


def write_npy_fortran(path: Path, table: Matrix) -> Written:
    array = squeezed(table)
    text = header(fortran="True", shape=repr(array.shape))
    path.write_bytes(npy(text, array.astype("<f8").tobytes(order="F")))
    return Written(path)


def write_npy_big_endian(path: Path, table: Matrix) -> Written:
    return save_npy(path, squeezed(table).astype(">f8"))


def csv_text(table: Matrix, end: str, quote: str = "", header: bool = True) -> str:
    rows = [",".join(f"{quote}{value!r}{quote}" for value in row) for row in table.tolist()]
    return "".join(line + end for line in [",".join(names_of(table))] * header + rows)


def write_csv(path: Path, table: Matrix) -> Written:
    path.write_bytes(csv_text(table, "\n").encode())
    return Written(path, names_of(table))


def write_csv_crlf_bom_quoted(path: Path, table: Matrix) -> Written:
    path.write_bytes(b"\xef\xbb\xbf" + csv_text(table, "\r\n", '"').encode())
    return Written(path, names_of(table))


def write_csv_cr_without_header(path: Path, table: Matrix) -> Written:
    path.write_bytes(csv_text(table, "\r", header=False).encode())
    return Written(path, tuple(f"@{i + 1}" for i in range(table.shape[1])))


def write_csv_among_text(path: Path, table: Matrix) -> Written:
    """Other columns hold delimiters, quotes and line ends."""
    names = names_of(table)
    rows = [
        f'"a,""b""\n{i}",' + ",".join(map(repr, row)) + ',"\r\n,",\xe9\n'
        for i, row in enumerate(table.tolist())
    ]
    path.write_text(f"text,{','.join(names)},more,x\n" + "".join(rows), "utf-8", newline="")
    return Written(path, names)


def save_parquet(path: Path, table: Matrix, **options: Any) -> Written:
    names = names_of(table)
    columns = {name: pa.array(table[:, i]) for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, **options)
    return Written(path, names)


def write_parquet(path: Path, table: Matrix) -> Written:
    return save_parquet(path, table)


def write_parquet_in_groups_of_three(path: Path, table: Matrix) -> Written:
    return save_parquet(path, table, row_group_size=3, compression="zstd", use_dictionary=True)


def write_parquet_among_nested(path: Path, table: Matrix) -> Written:
    """Nested columns in front are stored as several, so positions differ from those of names."""
    names, n = names_of(table), len(table)
    deep = pa.array([{"a": [1.5], "b": {"c0": 7.0, "d": "x"}}] * n)
    columns = {"deep": deep, "c.0": pa.array([9.0] * n), "": pa.array(["x"] * n)}
    columns |= {name: pa.array(table[:, i]) for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, row_group_size=4, data_page_version="2.0")
    return Written(path, names)


def arrow_table(table: Matrix) -> pa.Table:
    names = names_of(table)
    text = pa.array([f"row {i}" for i in range(len(table))])
    columns = {"text": text, **{name: pa.array(table[:, i]) for i, name in enumerate(names)}}
    return pa.table(columns)


def write_arrow(path: Path, table: Matrix) -> Written:
    contents = arrow_table(table)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(path, contents.schema, options=options) as writer:
        writer.write_table(contents, max_chunksize=5)
    return Written(path, names_of(table))


def write_arrow_stream(path: Path, table: Matrix) -> Written:
    contents = arrow_table(table)
    with pa.ipc.new_stream(path, contents.schema) as writer:
        writer.write_table(contents, max_chunksize=5)
    return Written(path, names_of(table))


def write_arrow_dictionaries(path: Path, table: Matrix) -> Written:
    names = names_of(table)
    columns = {name: pa.array(table[:, i]).dictionary_encode() for i, name in enumerate(names)}
    contents = pa.table(columns)
    with pa.ipc.new_stream(path, contents.schema) as writer:
        writer.write_table(contents)
    return Written(path, names)


def write_arrow_lists(path: Path, table: Matrix) -> Written:
    """Each row is a list, which says itself how long it is."""
    contents = pa.table({"text": ["x"] * len(table), "rows": pa.array(table.tolist())})
    with pa.ipc.new_stream(path, contents.schema) as writer:
        writer.write_table(contents, max_chunksize=2)
    return Written(path, ("rows",))


def compressed(write: Writer, compress: Callable[[bytes], bytes]) -> Writer:
    """The same file, compressed in two members or frames."""

    def write_compressed(path: Path, table: Matrix) -> Written:
        written = write(path, table)
        data = path.read_bytes()
        half = len(data) // 2
        path.write_bytes(compress(data[:half]) + compress(data[half:]))
        return written

    return write_compressed


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1)


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)  # type: ignore[no-any-return]


def skippable(n_bytes: int, number: int = 0) -> bytes:
    """A frame of RFC 8878, section 3.1.2: a magic number of 16, a length and any bytes."""
    return struct.pack("<II", 0x184D2A50 + number, n_bytes) + b"!" * n_bytes


def pzstd(data: bytes) -> bytes:
    """Frames of zstd, each behind a frame that is skipped, as pzstd writes them."""
    cuts = range(0, len(data), 64)
    return b"".join(skippable(4) + zstd(data[start : start + 64]) for start in cuts)


def sharded(write: Writer) -> Writer:
    """The same rows, cut into files of two rows, in a folder."""

    def write_shards(path: Path, table: Matrix) -> Written:
        path.mkdir()
        columns: tuple[str, ...] = ()
        for start in range(0, len(table), 2):
            columns = write(path / f"shard-{start:04}", table[start : start + 2]).columns
        return Written(path, columns)

    return write_shards


def write_npz(path: Path, table: Matrix) -> Written:
    with path.open("wb") as file:
        np.savez(file, other=np.arange(3), array=squeezed(table))
    return Written(path, ("array",))


def write_npz_deflated_fortran(path: Path, table: Matrix) -> Written:
    with path.open("wb") as file:
        np.savez_compressed(file, array=np.asfortranarray(squeezed(table)))
    return Written(path, ("array",))


def write_safetensors(path: Path, table: Matrix) -> Written:
    array = squeezed(table)
    place = [3, 3 + array.nbytes]
    entries = {"array": {"dtype": "F64", "shape": array.shape, "data_offsets": place}}
    entries["other"] = {"dtype": "U8", "shape": (3,), "data_offsets": [0, 3]}
    text = json.dumps(entries).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"abc" + array.tobytes())
    return Written(path, ("array",))


def write_netcdf_records(path: Path, table: Matrix) -> Written:
    """Rows of another variable are between those of the array."""
    with netcdf_file(path, "w", mmap=False) as file:
        for name, length in (("row", None), ("column", table.shape[1])):
            file.createDimension(name, length)
        axes = ("row", "column")[: 1 + (table.shape[1] > 1)]
        file.createVariable("array", ">f8", axes)[:] = squeezed(table)
        file.createVariable("other", "i1", ("row",))[:] = np.arange(len(table)) % 99
    return Written(path, ("array",))


def write_zarr(path: Path, table: Matrix) -> Written:
    """Chunks that end beyond the table, some of the columns in each."""
    n = max(3, len(table) // 50)
    array = squeezed(table)
    chunks = (n, 2)[: array.ndim]
    known = {"zarr_format": 2, "order": "C", "filters": None, "compressor": {"id": "zlib"}}
    known |= {"shape": array.shape, "chunks": chunks, "dtype": "<f8", "fill_value": 7.0}
    (path / "array").mkdir(parents=True)
    (path / ".zgroup").write_text('{"zarr_format": 2}')
    (path / "array" / ".zarray").write_text(json.dumps(known))
    padded = np.zeros([-(-length // k) * k for length, k in zip(array.shape, chunks, strict=True)])
    padded[tuple(map(slice, array.shape))] = array
    for index in np.ndindex(*(length // k for length, k in zip(padded.shape, chunks, strict=True))):
        place = tuple(slice(i * k, (i + 1) * k) for i, k in zip(index, chunks, strict=True))
        data = zlib.compress(padded[place].tobytes())
        (path / "array" / ".".join(map(str, index))).write_bytes(data)
    return Written(path, ("array",))


def write_zarr_zip(path: Path, table: Matrix) -> Written:
    folder = path.with_name(f"{path.name}.folder")
    written = write_zarr(folder, table)
    with zipfile.ZipFile(path, "w") as archive:
        for found in sorted(folder.rglob("*")):
            archive.write(found, found.relative_to(folder))
    return Written(path, written.columns)


def write_json_lines(path: Path, table: Matrix) -> Written:
    """Numbers as Python writes them, beside text, objects, and names that are absent at times."""
    names = names_of(table)
    rows = [dict(zip(names, row, strict=True)) for row in table.tolist()]
    others = [{}, {"text": 'a,"b"\n', "nested": {"c0": [9]}}] * len(rows)
    lines = [json.dumps(other | row) + "\n" for other, row in zip(others, rows, strict=False)]
    path.write_text("".join(lines), "utf-8", newline="")
    return Written(path, names)


def write_plain_json_lines(path: Path, table: Matrix) -> Written:
    """All lines alike, the last one without its end."""
    names = names_of(table)
    rows = ({"id": "x", **dict(zip(names, row, strict=True))} for row in table.tolist())
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8", newline="")
    return Written(path, names)


WRITERS: dict[str, tuple[str, Writer]] = {
    "npy": ("npy", write_npy),
    "npy, Fortran order": ("npy", write_npy_fortran),
    "npy, big endian": ("npy", write_npy_big_endian),
    "npz": ("npz", write_npz),
    "npz, deflated, Fortran order": ("npz", write_npz_deflated_fortran),
    "safetensors": ("safetensors", write_safetensors),
    "netcdf records": ("netcdf", write_netcdf_records),
    "zarr": ("zarr", write_zarr),
    "zarr.zip": ("zarr", write_zarr_zip),
    "csv": ("csv", write_csv),
    "csv, CRLF, BOM, quoted": ("csv", write_csv_crlf_bom_quoted),
    "csv, CR, no header": ("csv", write_csv_cr_without_header),
    "csv among text": ("csv", write_csv_among_text),
    "json lines": ("jsonl", write_json_lines),
    "json lines, plain": ("jsonl", write_plain_json_lines),
    "parquet": ("parquet", write_parquet),
    "parquet in small groups": ("parquet", write_parquet_in_groups_of_three),
    "parquet among nested": ("parquet", write_parquet_among_nested),
    "arrow": ("arrow", write_arrow),
    "arrow stream": ("arrow_stream", write_arrow_stream),
    "arrow dictionaries": ("arrow_stream", write_arrow_dictionaries),
    "arrow lists": ("arrow_stream", write_arrow_lists),
    "npy.gz": ("npy", compressed(write_npy, gzipped)),
    "npy.zst, Fortran order": ("npy", compressed(write_npy_fortran, zstd)),
    "csv.gz": ("csv", compressed(write_csv, gzipped)),
    "csv.zst": ("csv", compressed(write_csv_among_text, zstd)),
    "csv.xz": ("csv", compressed(write_csv, partial(lzma.compress, preset=0))),
    "npy.bz2": ("npy", compressed(write_npy, bz2.compress)),
    "parquet.gz": ("parquet", compressed(write_parquet, gzipped)),
    "arrow.zst": ("arrow", compressed(write_arrow, zstd)),
    "arrow stream.gz.zst": (
        "arrow_stream",
        compressed(compressed(write_arrow_stream, gzipped), zstd),
    ),
    "npy shards": ("npy", sharded(write_npy)),
    "csv.gz shards": ("csv", sharded(compressed(write_csv, gzipped))),
    "parquet shards": ("parquet", sharded(write_parquet)),
    "arrow shards": ("arrow", sharded(write_arrow)),
}

SINGLE_FILES = [name for name in WRITERS if "shards" not in name and name != "zarr"]
