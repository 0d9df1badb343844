"""Records with marks are no arrays, however short they are; and arrays are no records."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, ReadOptions
from tests.sources.files import read
from tests.sources.hints import run_line

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RNG = np.random.default_rng(0)


def of_fortran(rows: NDArray[np.generic], width: int = 4, order: str = "<") -> bytes:
    """A record a row, as Fortran writes them."""
    out = b""
    for row in rows:
        payload = row.tobytes()
        mark = struct.pack(f"{order}{'i' if width == 4 else 'q'}", len(payload))
        out += mark + payload + mark
    return out


def error_of(path: Path, raw: str | None) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, options=ReadOptions(raw=raw))
    return caught.value


@pytest.mark.parametrize(("width", "order"), [(4, "<"), (4, ">"), (8, "<"), (8, ">")])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("n_items", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize("n_records", [1, 2, 2000])
def test_records_of_fortran_of_any_length_are_no_floats(
    tmp_path: Path, dtype: str, n_items: int, n_records: int, width: int, order: str
) -> None:
    rows = RNG.normal(size=(n_records, n_items)).astype(order + dtype)
    path = tmp_path / "x.bin"
    path.write_bytes(of_fortran(rows, width, order))
    error = error_of(path, order + dtype)
    assert f"two copies of its size, {rows[0].nbytes} bytes" in error.what
    assert "; --format-in raw reads all inputs as headerless" in (error.hint or "")
    run_line(error.hint, path)
    assert read(tmp_path / "x.npy").reshape(-1).tolist() == rows.reshape(-1).tolist()
    as_they_stand = ReadOptions(raw=f"{order}i4", format="raw")
    assert rows[0].nbytes in read(path, options=as_they_stand)[:2]


def test_records_of_several_sizes_are_refused_and_not_made_an_array(tmp_path: Path) -> None:
    records = [of_fortran(RNG.normal(size=(1, n)).astype("f4")) for n in (1, 3, 3)]
    for n_last in (0, 4):  # the last one may be cut
        path = tmp_path / f"{n_last}.bin"
        path.write_bytes(b"".join(records) + records[0][:n_last])
        error = error_of(path, "<f4")
        assert "records of Fortran" in error.what
        assert (error.hint or "").startswith("write them with access='stream'")


def test_a_record_that_goes_on_in_another_has_negative_sizes(tmp_path: Path) -> None:
    values = RNG.normal(size=6)
    first, rest = values[:4].tobytes(), values[4:].tobytes()
    marks = [struct.pack("<i", n) for n in (-32, 32, 16, -16)]
    (tmp_path / "x.bin").write_bytes(marks[0] + first + marks[1] + marks[2] + rest + marks[3])
    assert "records of Fortran" in error_of(tmp_path / "x.bin", "<f8").what


def test_records_in_a_compressed_file_are_seen_too(tmp_path: Path) -> None:
    data = of_fortran(RNG.normal(size=(50, 1)).astype("f4"))
    (tmp_path / "x.bin.gz").write_bytes(gzip.compress(data))
    assert "records of Fortran" in error_of(tmp_path / "x.bin.gz", "<f4").what


def test_many_records_of_integers_are_seen_and_few_may_be_an_array(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    rows = np.arange(100, 1300, dtype="<i4").reshape(-1, 2)
    path.write_bytes(of_fortran(rows))
    error = error_of(path, "int32")
    assert "records of Fortran" in error.what
    run_line(error.hint, path)
    assert read(tmp_path / "x.npy").reshape(-1).tolist() == rows.reshape(-1).tolist()
    (tmp_path / "y.bin").write_bytes(of_fortran(rows[:2]))
    assert read(tmp_path / "y.bin", options=ReadOptions(raw="int32"))[0] == 8


@pytest.mark.parametrize("unit", ["<f4", "<i4", "u1"])
def test_vectors_behind_their_lengths_are_named_and_converted(tmp_path: Path, unit: str) -> None:
    rows = RNG.integers(1, 200, (40, 32)).astype(unit)
    path = tmp_path / "x.vecs"
    path.write_bytes(b"".join(struct.pack("<i", 32) + row.tobytes() for row in rows))
    name = {"<f4": "fvecs", "<i4": "ivecs", "u1": "bvecs"}[unit]
    for raw in (None, unit) if unit != "<i4" else (None,):
        error = error_of(path, raw)
        assert f"vectors of {name}, each behind its length, 32" in error.what
    run_line(error.hint, path)
    assert read(tmp_path / "x.npy").reshape(-1).tolist() == rows.reshape(-1).tolist()


@pytest.mark.parametrize(("dtype", "of_column"), [("i4", 23), ("u4", 92), ("i8", 47), ("i2", 11)])
def test_a_table_of_whole_numbers_may_have_a_constant_column(
    tmp_path: Path, dtype: str, of_column: int
) -> None:
    rows = RNG.integers(0, 60, (200, 24)).astype(dtype)
    rows[:, 0] = of_column
    rows.tofile(tmp_path / "x.bin")
    options = ReadOptions(raw=f"{dtype},-1,24")
    assert read(tmp_path / "x.bin", options=options).tolist() == rows.reshape(-1).tolist()


@pytest.mark.parametrize("n_rows", [1, 2, 200])
@pytest.mark.parametrize("n_items", [1, 4, 10, 300])
@pytest.mark.parametrize("name", ["x.fvecs", "x.ivecs", "x.bvecs", "X.IVECS"])
def test_short_vectors_are_told_by_the_suffix_and_converted(
    tmp_path: Path, name: str, n_items: int, n_rows: int
) -> None:
    dtype = {"f": "<f4", "i": "<i4", "b": "u1"}[name[2].lower()]
    rows = RNG.integers(0, 200, (n_rows, n_items)).astype(dtype)
    if dtype != "u1":
        rows[:, -1] = -1  # where there are fewer neighbours
    path = tmp_path / name
    path.write_bytes(b"".join(struct.pack("<i", n_items) + row.tobytes() for row in rows))
    n_numbers = path.stat().st_size // 4
    for raw in (None, "<i4", "<f4", "u1"):
        what = f"vectors of {name[2:].lower()}, each behind its length, {n_items}"
        assert what in error_of(path, raw).what
    error = error_of(path, "u1")
    assert "; --format-in raw reads all inputs as headerless" in (error.hint or "")
    run_line(error.hint, path)
    assert np.load(path.with_suffix(".npy")).tolist() == rows.tolist()
    as_they_stand = ReadOptions(raw="<i4", format="raw")
    if path.stat().st_size % 4 == 0:
        assert len(read(path, options=as_they_stand)) == n_numbers


def test_the_suffix_tells_vectors_below_that_of_compression_and_in_a_stream(tmp_path: Path) -> None:
    rows = np.c_[np.full(200, 10), RNG.integers(0, 99, (200, 10))].astype("<i4")
    path = tmp_path / "x.ivecs.gz"
    path.write_bytes(gzip.compress(rows.tobytes()))
    for raw in ("<i4", "<i4,200,11", "<i4,2200"):
        assert "vectors of ivecs, each behind its length, 10" in error_of(path, raw).what


@pytest.mark.parametrize("n_last", [1, 4, 8])
def test_vectors_of_which_the_last_is_cut_have_no_line(tmp_path: Path, n_last: int) -> None:
    rows = np.full((20, 3), 2, "<i4")
    path = tmp_path / "x.ivecs"
    path.write_bytes(rows.tobytes() + rows[0].tobytes()[:n_last])
    error = error_of(path, "<i4")
    assert "vectors of ivecs" in error.what
    assert (error.hint or "").startswith("its vectors have several lengths, or the last one is cut")


@pytest.mark.parametrize("begin", [0, -3, 7, 10**6])
def test_numbers_that_are_no_lengths_are_read_whatever_the_suffix(
    tmp_path: Path, begin: int
) -> None:
    array = np.arange(begin, begin + 300, dtype="<i4")
    for name in ("x.fvecs", "x.ivecs", "x.bvecs"):
        (tmp_path / name).write_bytes(array.tobytes())
        found = read(tmp_path / name, options=ReadOptions(raw="<i4"))
        assert found.tolist() == array.tolist()


def labels(dtype: str, value: float) -> NDArray[np.generic]:
    """An array in which nearly every value is the same."""
    array = np.full(9000, value, dtype)
    array[np.random.default_rng(1).integers(1, 9000, 90)] = 3
    return array


ARRAYS = {
    **{f"all are {n}": np.full(720, n, "<i4") for n in (1, 2, 4, 8, 12, 64)},
    **{f"nearly all are {n}": labels("<i4", n) for n in (2, 4, 8, 64)},
    **{f"all bytes are {n}": np.full(720, n, "u1") for n in (1, 4, 8)},
    **{f"all of 8 bytes are {n}": np.full(720, n, "<i8") for n in (1, 4, 8)},
    **{f"all floats are {n}": np.full(720, n, "<f4") for n in (0.0, 1.0, 2.0, 512.0)},
    **{f"all doubles are {n}": np.full(720, n, "<f8") for n in (0.0, 1.0, 2.0, 512.0)},
    **{f"nearly all floats are {n}": labels("<f4", n) for n in (0.0, 2.0, 512.0)},
    "the sum of a size and floats": np.array([32.0, 0.5, -1, 3, 32], "<f8"),
    "sizes as floats": np.tile(np.array([4, 1, 4], "<f4"), 99),
    "labels of ten classes": RNG.integers(0, 10, 9000).astype("<i4"),
    "a column of ones": np.c_[np.ones(300, "<i4"), np.arange(300, dtype="<i4")],
    "a column of twos": np.c_[np.full(300, 2, "<i4"), RNG.integers(0, 99, (300, 2), "<i4")],
    **{f"ages, {i}": np.random.default_rng(i).integers(18, 90, 9000, "<i4") for i in range(5)},
    **{f"pixels, {i}": np.random.default_rng(i).integers(0, 256, 9000, "<i4") for i in range(5)},
    **{f"runs of {n}": np.repeat(np.arange(n, n + 90, dtype="<i4"), 64) for n in (18, 64)},
    **{f"water is {n}": np.repeat(np.array([n, 10], "<i4"), 1 << 16) for n in (8, 20, 80, 100)},
    **{f"water of 8 bytes is {n}": np.repeat(np.array([n, 10]), 1 << 16) for n in (8, 40, 80)},
    "halves": RNG.normal(size=900).astype("<f2"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_read_that_have_numbers_where_marks_would_be(tmp_path: Path, name: str) -> None:
    array = ARRAYS[name]
    (tmp_path / "x.bin").write_bytes(array.tobytes())
    found = read(tmp_path / "x.bin", options=ReadOptions(raw=array.dtype.str))
    assert found.tolist() == array.reshape(-1).tolist()
