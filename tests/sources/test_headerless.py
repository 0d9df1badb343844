"""Files with a header are refused with `--raw`, too; and arrays are read that begin as they do."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import orc

from smoothl1 import DataError, ReadOptions
from tests.sources.files import read
from tests.sources.hints import run_line

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
IMAGE = RNG.normal(size=(4, 6)).astype("<f4")
COLOURS = RNG.integers(0, 256, (4, 6, 3)).astype("u1")
COLOURS[0, 0] = 0
DEEP = RNG.integers(0, 1024, (4, 6)).astype(">u2")
TENSOR = b"\x08\x18\x10\x01\x42\x01y\x4a\x60" + IMAGE.tobytes()


def orc_file() -> bytes:
    out = io.BytesIO()
    orc.write_table(pa.table({"y": [1.5]}), out)
    return out.getvalue()


CONVERTED = {
    "p.pfm": (b"Pf\n6 4\n-1.0\n" + IMAGE[::-1].tobytes(), "a PFM image", IMAGE),
    "b.pfm": (b"Pf\n6 4\n1.0\n" + IMAGE[::-1].astype(">f4").tobytes(), "a PFM image", IMAGE),
    "c.pfm": (
        b"PF\n2 4\n-1\n" + IMAGE.reshape(4, 2, 3)[::-1].tobytes(),
        "a PFM image",
        IMAGE.reshape(4, 2, 3),
    ),
    "p.pgm": (b"P5\n# 12\n6 4\n255\n" + COLOURS[..., 0].tobytes(), "a PNM image", COLOURS[..., 0]),
    "d.pgm": (b"P5\n6 4\n1023\n" + DEEP.tobytes(), "a PNM image", DEEP),
    "p.ppm": (b"P6 6 4 255\n" + COLOURS.tobytes(), "a PNM image", COLOURS),
    "p.flo": (
        b"PIEH" + struct.pack("<2i", 3, 4) + IMAGE.tobytes(),
        "optical flow",
        IMAGE.reshape(4, 3, 2),
    ),
    "p.dpt": (
        b"PIEH" + struct.pack("<2i", 6, 4) + IMAGE.tobytes(),
        "or depth",
        IMAGE.reshape(4, 6, 1),
    ),
    "i.idx": (
        b"\0\0\x08\x03" + struct.pack(">3i", 4, 6, 3) + COLOURS.tobytes(),
        "an IDX file",
        COLOURS,
    ),
    "f.idx": (
        b"\0\0\x0d\x02" + struct.pack(">2i", 4, 6) + IMAGE.astype(">f4").tobytes(),
        "an IDX file",
        IMAGE,
    ),
    "depth_map.bin": (b"6&4&1&" + IMAGE.tobytes(), "a map of depths or normals of COLMAP", IMAGE),
}


def error_of(path: Path, raw: str | None) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, options=ReadOptions(raw=raw))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("name", CONVERTED)
def test_images_and_arrays_of_other_programs_are_named_and_converted(
    tmp_path: Path, name: str
) -> None:
    data, what, array = CONVERTED[name]
    path = tmp_path / name
    path.write_bytes(data)
    for raw in (None, "<f4", "u1", "int16"):
        error = error_of(path, raw)
        assert what in error.what
        assert ("--format-in raw" in str(error)) == (raw is not None)
    run_line(error.hint, path)
    found = np.load(path.with_suffix(".npy"))
    assert found.shape == array.shape
    assert found.tolist() == array.tolist()
    as_they_stand = ReadOptions(raw="u1", format="raw")
    assert read(path, options=as_they_stand).tolist() == list(data)


@pytest.mark.parametrize("raw", [None, "u1"])
@pytest.mark.parametrize(
    ("name", "begin", "array"),
    [
        ("t.pgm", b"P2\n# 1\n6 4\n255\n", COLOURS[..., 0]),
        ("t.pnm", b"P2\n6\n4\n1023\n", DEEP),
        ("T.PPM", b"P3 6 4 # 1\n255\n", COLOURS),
    ],
)
def test_images_in_text_are_named_and_converted(
    tmp_path: Path, name: str, begin: bytes, array: NDArray[np.generic], raw: str | None
) -> None:
    path = tmp_path / name
    path.write_bytes(begin + "\n".join(map(str, array.reshape(-1).tolist())).encode())
    error = error_of(path, raw)
    assert "a PNM image in text" in error.what
    run_line(error.hint, path)
    found = np.load(path.with_suffix(".npy"))
    assert (found.shape, found.tolist()) == (array.shape, array.tolist())


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("t.pbm", b"P1\n6 1\n100110\n", "a PBM image"),
        ("ascii.pgm", b"P5\n3 2\n99\nABCDEF", "a PNM image (.pgm, .ppm)"),
        ("ascii.pbm", b"P4\n8 1\nA", "a PBM image"),
    ],
)
def test_images_whose_bytes_are_all_text_are_named(
    tmp_path: Path, name: str, data: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert f"looks like {what}" in error_of(tmp_path / name, None).what


@pytest.mark.parametrize("name", ["t.csv", "pgm", "t.pgm.csv"])
def test_a_column_with_the_name_of_a_format_of_images_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("P2\n3\n2\n255\n1\n")
    assert read(tmp_path / name).tolist() == [3, 2, 255, 1]


def test_the_rows_of_an_image_in_text_are_a_table_behind_its_header(tmp_path: Path) -> None:
    (tmp_path / "t.pgm").write_text("P2\n2 2\n255\n1 2\n3 4\n")
    options = ReadOptions(skip_rows=3, header=False, delimiter="whitespace")
    assert read(tmp_path / "t.pgm", "@1", options=options).tolist() == [1, 3]


NAMED = {
    "a NIfTI image": b"\x5c\x01\0\0".ljust(344, b"\0") + b"n+1\0" + bytes(4),
    "an OpenEXR image": b"v/1\x01\x02\0\0\0channels\0",
    "a tensor of ONNX": TENSOR,
    "a PBM image": b"P4\n8 1\n\0",
    "a PAM image": b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n\0\0",
    "a BMP image": b"BM" + bytes([70, 0, 0, 0]) + bytes(4) + b"\x36\0\0\0\x28\0\0\0" + bytes(52),
    "a DICOM image": bytes(128) + b"DICM\x02\0\0\0",
    "an MRC map": bytes(208) + b"MAP \x44\x44\0\0",
    "an HDF4 file": b"\x0e\x03\x13\x01" + bytes(8),
    "a CDF file of NASA": b"\xcd\xf3\0\x01\0\0\xff\xff",
    "a GRIB file": b"GRIB\0\0\0\x02" + bytes(8),
    "a GGUF file": b"GGUF\x03\0\0\0" + bytes(8),
    "FLAC audio": b"fLaC\0\0\0\x22" + bytes(8),
    "AIFF audio": b"FORM\0\0\0\x22AIFFCOMM",
    "WAV audio": b"RIFF\x24\0\0\0WAVEJUNK\0\0\0\0",
    "a PNG image": b"\x89PNG\r\n\x1a\n" + bytes(8),
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01" + bytes(4),
    "a TIFF image": b"II*\0\x08\0\0\0" + bytes(8),
    "a Python pickle": pickle.dumps(IMAGE),
    "a Python pickle, ": pickle.dumps({"y": [1.5]}, 2),
    "zlib-compressed data": zlib.compress(IMAGE.tobytes()),
    "an ORC file": orc_file(),
    "a MATLAB file": struct.pack("<5i", 0, 1, 1, 0, 2) + b"y\0" + bytes(8),
    "a Stata file": b"\x72\x02\x01\0" + bytes(87) + b"29 Nov 2024 12:00\0" + bytes(3),
    "UTF-16 text": "y\n1.5\n2.5\n".encode("utf-16"),
    "a JSON array": b"[1.5, -2.5, 3.25, 4.75, 6e-1]",
    "HTML or XML": b"<?xml version='1.0'?><a>1</a>",
}


@pytest.mark.parametrize("name", NAMED)
def test_what_is_refused_without_raw_is_refused_with_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(NAMED[name])
    for raw in (None, "u1", "float16", "<f4"):
        assert f"looks like {name}".rstrip(", ") in error_of(path, raw).what
    as_they_stand = ReadOptions(raw="u1", format="raw")
    assert read(path, options=as_they_stand).tolist() == list(NAMED[name])


HEADERS = {
    "PLY": b"ply\nformat binary_little_endian 1.0\nelement vertex 2\nend_header\n",
    "PCD": b"# .PCD v0.7\nVERSION 0.7\nFIELDS z\nDATA binary\n",
    "VTK": b"# vtk DataFile Version 3.0\nx\nBINARY\n",
    "MetaImage": b"ObjectType = Image\nNDims = 2\nElementDataFile = LOCAL\n",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_of_text_before_numbers_is_no_number_and_raw_is_not_advised(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(HEADERS[name] + bytes(4) + IMAGE.tobytes())
    says = "it begins with a header in text, which is no number"
    message = str(error_of(path, None))
    assert says in message
    assert "--raw" not in message
    assert f"{says}: save" in str(error_of(path, "u1"))


ARRAYS = {
    "an integer of pickles": np.array([0x0280, 7, 46], "<i4"),
    "an integer of Stata": np.array([0x00010172, 7, 46], "<i4"),
    "a byte order mark": np.array([0xFEFF, 700, 46], "<u2"),
    "a byte order mark of UTF-32": np.array([0xFEFF, 7, 46], "<u4"),
    "zlib": np.array([0x0178, 7, 46, 12, 9], "<i2"),
    "IDX of another size": np.array([0x0108_0000, 0x0500_0000, 3], "<u4"),
    "a number of two bytes and a line end": np.full(99, np.frombuffer(b"12\n\xc4", "<f4")[0]),
    "a letter and <": np.frombuffer(b"<a123456" * 9, "u1"),
    "brackets": np.full(99, np.frombuffer(b"[1[2", "<f4")[0]),
    "MATLAB 4": np.array([0, 1, 5, 0, 2, 121, 3, 9], "<i4"),
    "ONNX": np.array([8, 1, 16, 1, 74, 9, 1, 2], "u1"),
    "bytes like letters": np.frombuffer(b"SSQS\x0aSRSAZQSSB\0\0\x01" * 9, "u1"),
    "netpbm": np.array([80, 53, 10, 1, 2, 3, 10], "u1"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_begin_as_other_files_do_are_read(tmp_path: Path, name: str) -> None:
    array = ARRAYS[name]
    (tmp_path / "x.bin").write_bytes(array.tobytes())
    found = read(tmp_path / "x.bin", options=ReadOptions(raw=array.dtype.str))
    assert found.tolist() == array.tolist()


def saved(module: str, path: Path) -> NDArray[np.generic]:
    """An array that a package has saved, in a format that is not read."""
    package = pytest.importorskip(module)
    if module == "nibabel":
        package.save(package.Nifti1Image(IMAGE, np.eye(4)), path)
    elif module == "onnx.numpy_helper":
        path.write_bytes(package.from_array(IMAGE, "y").SerializeToString())
    else:
        header = {"compression": package.ZIP_COMPRESSION, "type": package.scanlineimage}
        package.File(header, {"Y": IMAGE.astype("f4")}).write(str(path))
    return IMAGE


@pytest.mark.parametrize(
    ("module", "name", "what"),
    [
        ("nibabel", "x.nii", "a NIfTI image"),
        ("onnx.numpy_helper", "x.pb", "a tensor of ONNX"),
        ("OpenEXR", "x.exr", "an OpenEXR image"),
    ],
)
def test_files_of_packages_are_converted_by_them(
    tmp_path: Path, module: str, name: str, what: str
) -> None:
    array = saved(module, tmp_path / name)
    error = error_of(tmp_path / name, None)
    assert what in error.what
    run_line(error.hint, tmp_path / name)
    (result,) = (path for path in tmp_path.iterdir() if path.name != name)
    assert read(result).reshape(-1).tolist() == array.reshape(-1).tolist()
