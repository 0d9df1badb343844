"""Headerless binary: the numbers of `tofile`, and no others."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, ReadOptions, SettingsError, evaluate
from smoothl1.sources.npy.raw_layout import parsed
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

TABLE = np.array([[1.5, 2.25, 3.0], [0.0, 7.5, 100.0]])
NAMES = [
    "f2",
    "float16",
    "single",
    "<f4",
    ">f4",
    "=f4",
    "float64",
    ">f8",
    "i1",
    ">i2",
    "int64",
    "uint8",
    "uint64",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", ["", ",2,3", ",-1,3", ",2,-1", ",6"])
def test_every_dtype_and_shape_is_that_of_numpy(tmp_path: Path, name: str, shape: str) -> None:
    array = TABLE.astype(name)
    array.tofile(tmp_path / "x.bin")
    found = read(tmp_path / "x.bin", options=ReadOptions(raw=name + shape))
    assert found.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    assert found.tolist() == array.reshape(-1).tolist()


def test_booleans_are_0_or_1(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01\x01")
    assert read(tmp_path / "x.bin", options=ReadOptions(raw="bool")).tolist() == [0, 1, 1]
    (tmp_path / "y.bin").write_bytes(b"\x00\x01\x02")
    with pytest.raises(DataError, match="element 3 is a boolean with byte value 2"):
        read(tmp_path / "y.bin", options=ReadOptions(raw="?"))


def test_a_size_that_does_not_fit_is_refused_with_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(bytes(50))
    for raw, says in {
        "float32": "has 50 bytes, but --raw float32,-1 is a multiple of 4 bytes",
        "<f4,-1,17": "is a multiple of 68 bytes",
        "int16,24": "has 50 bytes, but --raw int16,24 is 48 bytes",
        "int16,26": "is 52 bytes",
        "int16,0,-1": "is a multiple of 0 bytes",
    }.items():
        with pytest.raises(DataError, match=says):
            read(path, options=ReadOptions(raw=raw))


def test_what_is_no_layout_is_refused() -> None:
    dtypes = ["", "float128", "c8", "S4", "O", "f4;3"]
    lengths = ["", "-1,-1", "-2", "1.5", "x", "99999999999,99999999999", ",".join("1" * 65)]
    for text in (*dtypes, *(f"f4,{length}" for length in lengths)):
        with pytest.raises(SettingsError, match=r"^raw (takes|has)"):
            parsed(text)


def test_a_loss_is_that_of_npy_from_a_file_gzip_and_shards(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pred, target = rng.normal(size=(2, 5000, 3)).astype(np.float32)
    np.save(tmp_path / "p.npy", pred)
    np.save(tmp_path / "t.npy", target)
    pred.tofile(tmp_path / "p.bin")
    (tmp_path / "p.bin.gz").write_bytes(gzip.compress(pred.tobytes(), 1))
    (tmp_path / "shards").mkdir()
    for i in range(3):
        pred[i * 2000 : (i + 1) * 2000].tofile(tmp_path / "shards" / f"{i}.bin")
    expected = evaluate(tmp_path / "p.npy", tmp_path / "t.npy")
    for name in ("p.bin", "p.bin.gz", "shards"):
        for rows in (None, 7):
            result = evaluate(
                tmp_path / name,
                tmp_path / "t.npy",
                options=ReadOptions(raw="float32,-1,3"),
                execution=Execution(2, rows),
            )
            assert result.tallies == expected.tallies, (name, rows)
            (of_pred, of_target) = [d for d in result.decisions if d.subject == "raw"]
            assert of_pred.choice.startswith("headerless <f4")
            assert of_target.choice == "not raw"
    result = evaluate(
        tmp_path / "p.bin.gz", tmp_path / "t.npy", options=ReadOptions(raw="<f4,5000,3")
    )
    assert result.tallies == expected.tallies


def test_what_has_a_format_or_is_text_is_not_taken_as_headerless(tmp_path: Path) -> None:
    options = ReadOptions(raw="uint8")
    np.save(tmp_path / "a.npy", TABLE)
    assert read(tmp_path / "a.npy", options=options).tolist() == TABLE.reshape(-1).tolist()
    with pa.OSFile(str(tmp_path / "b"), "wb") as file:
        table = pa.table({"y": [1.5, 2.5]})
        with pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
    assert read(tmp_path / "b", options=options).tolist() == [1.5, 2.5]
    (tmp_path / "c.csv").write_text("y\n1.5\n")
    with pytest.raises(DataError, match=r"it looks like text .*--format-in raw"):
        read(tmp_path / "c.csv", options=options)
    text = options._replace(format="raw")
    assert read(tmp_path / "c.csv", options=text).tolist() == list(b"y\n1.5\n")
    (tmp_path / "d").write_bytes(b"SQLite format 3\x00" + bytes(8))
    with pytest.raises(DataError):
        read(tmp_path / "d", options=options)


@pytest.mark.parametrize("classes", [[10], [10, 48], [10, 32, 65]])
def test_a_map_whose_class_is_the_byte_of_a_line_end_is_no_text(
    tmp_path: Path, classes: list[int]
) -> None:
    rows = np.repeat(np.array(classes * 8, np.uint8), 64)
    rows.tofile(tmp_path / "x.bin")
    assert read(tmp_path / "x.bin", options=ReadOptions(raw="uint8")).tolist() == rows.tolist()
    (tmp_path / "x.bin").write_bytes(b"0\n1\n\n\n" * 100)
    with pytest.raises(DataError, match="it looks like text"):
        read(tmp_path / "x.bin", options=ReadOptions(raw="uint8"))


def test_numbers_that_begin_like_a_mark_are_numbers(tmp_path: Path) -> None:
    for first in ([-1, 8, 3], [-1, -1], [0x02000280, 7], [0x46464952], [0x3C, 0]):
        array = np.array([*first, 12], np.int32)
        array.tofile(tmp_path / "x")
        found = read(tmp_path / "x", options=ReadOptions(raw="int32"))
        assert found.tolist() == array.tolist()


def test_without_the_option_it_is_named(tmp_path: Path) -> None:
    for array in (TABLE, np.array([1.1, 2.2, -3.3])):
        array.tofile(tmp_path / "x.bin")
        with pytest.raises(DataError, match="headerless numbers need --raw DTYPE"):
            read(tmp_path / "x.bin")
    with pytest.raises(SettingsError, match="--raw DTYPE, such as float32"):
        read(tmp_path / "x.bin", options=ReadOptions(format="raw"))


def test_raw_that_begins_like_compressed_data_is_unpacked_by_its_suffix_alone(
    tmp_path: Path,
) -> None:
    values = np.frombuffer(gzip.compress(bytes(range(64))), np.uint8)
    options = ReadOptions(raw="uint8", format="raw")
    (tmp_path / "x.bin").write_bytes(values.tobytes())
    (tmp_path / "x.bin.gz").write_bytes(values.tobytes())
    assert read(tmp_path / "x.bin", options=options).tolist() == values.tolist()
    assert read(tmp_path / "x.bin.gz", options=options).tolist() == list(range(64))
    found = read(tmp_path / "x.bin", options=options._replace(format=None))
    assert found.tolist() == list(range(64))
