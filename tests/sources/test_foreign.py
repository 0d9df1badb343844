"""Files of other programs are named, and what converts them does so to the bit."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import pickle
import re
import shutil
import sqlite3
import struct
import subprocess
import tarfile
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, orc

from smoothl1 import DataError, ReadOptions
from smoothl1.sources import foreign_json, foreign_kinds
from smoothl1.sources.foreign import foreign_kind, remedy_of
from smoothl1.sources.foreign_kinds import Kind
from smoothl1.sources.foreign_marks import MARKS, MEMBERS
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

VALUES = [0.1, -2.5, 1e300, 5e-324]
ARRAY = np.array(VALUES)


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.path == str(path)
    assert "\n" not in str(caught.value)
    return caught.value.what, caught.value.hint or ""


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("preds.npy"))
    return out.getvalue()


def database(path: Path) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("create table t (y real)")
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_files_of_other_programs_are_named_and_the_way_out_is_said(tmp_path: Path) -> None:
    long = struct.pack("<Q", 16)
    cases = {
        "a PyTorch file.*torch.load": zipped("archive/data.pkl", "archive/data/0"),
        r"a PyTorch file.*torch.load\('x.bin'": pickle.dumps(0x1950A86A20F9469CFC6C, 2),
        "a joblib file.*joblib.load": pickle.dumps("joblib.numpy_pickle", 4),
        "zlib-compressed": zlib.compress(b"1\n2\n"),
        "an Excel workbook": zipped("[Content_Types].xml", "xl/workbook.xml"),
        "an old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8),
        "an OpenDocument": zipped("mimetype", "content.xml"),
        "a SQLite.*read_sql": database(tmp_path / "db"),
        "a DuckDB.*duckdb": bytes(8) + b"DUCK\x40" + bytes(7),
        "a Stata file.*read_stata": b"<stata_dta><header><release>118</release>",
        r"a Stata.*read_stata\b": b"\x73\x02\x01\x00" + bytes(8),
        "a SAS.*read_sas7bdat": bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92",
        "a SAS transport.*read_xport": b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!00000",
        "a SAS transport.*read_xport.*": b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!00",
        "an SPSS.*read_sav": b"$FL2@(#) SPSS DATA FILE",
        "an SPSS portable.*read_por": b"0" * 40 + b"ASCII SPSS PORT FILE" + b" " * 20,
        r"a MATLAB file.*loadmat.*squeeze": struct.pack("<5i", 0, 1, 1, 0, 2) + b"y\0" + bytes(8),
        r"a MATLAB file.*squeeze.*": struct.pack(">5i", 1000, 1, 1, 0, 2) + b"y\0" + bytes(8),
        r"a pickle of pandas.*read_pickle\(": b"\x80\x05\x95.\x08\x8c\x06pandas\x94\x8c\tDataFrame",
        "zlib-compressed data, such as joblib": zlib.compress(bytes(99), 3),
        r"an array of Blosc2.*blosc2.open\(": b"\x9e\xa8b2frame\0\xd2",
        "a FITS file.*getdata": b"SIMPLE  =                    T" + b" " * 50,
        "an NRRD file.*nrrd.read": b"NRRD0004\ntype: double\n\n\0",
        "a NIfTI image.*nibabel": b"\x5c\x01\0\0".ljust(344, b"\0") + b"n+1\0",
        "optical flow.*reshape": b"PIEH" + struct.pack("<2i", 1, 1) + bytes(8),
        "WAV audio.*wavfile.read": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0",
        "a WebP image.*PIL": b"RIFF\x24\0\0\0WEBPVP8L",
        "a Vortex file.*vortex.open": b"VTXF\0\0\0\0",
        "an ARFF file.*loadarff": b"@RELATION r\n@ATTRIBUTE y NUMERIC\n@DATA\n1.5\n",
        r"an R file.*readRDS.*%\.17g": b"X\n\x00\x00\x00\x02\x00\x03\x05\x00",
        r"an R file.*load\(.*%\.17g": b"RDX3\nX\n\x00\x00\x00\x03",
        "an Avro.*read_avro": b"Obj\x01\x04\x14avro.codec",
        "a TFRecord.*TFRecordDataset": long + struct.pack("<I", 0x18FEFB95) + bytes(20),
        "a TIFF": b"II*\x00\x08\x00\x00\x00",
        "a tar archive.*tar -xkf": tarred(),
        "an LMDB database": bytes(16) + b"\xde\xc0\xef\xbe\x01" + bytes(7),
        "records of Fortran.*access='stream'": long[:4] + bytes(range(16)) + long[:4],
        "lzma-compressed.*xz --format=lzma": lzma.compress(b"1\n", lzma.FORMAT_ALONE),
        "a 7z archive": b"7z\xbc\xaf\x27\x1c\x00\x04",
        "a rar archive": b"Rar!\x1a\x07\x01\x00",
        "lz4-compressed": b"\x04\x22\x4d\x18\x64\x40",
        r"snappy-compressed.*stream_decompress": b"\xff\x06\x00\x00sNaPpY",
        "JSON": b'{"y": [1.5]}',
        "a result of smoothl1.*smoothl1 merge x.bin": b'{\n  "schema": "smoothl1.result/1",\n}',
        "JSON that smoothl1 has written": b'{\n  "schema": "smoothl1.comparison/1",\n}',
        "a JSON array": b"[1.5, -2.5]",
        "a JSON array a line": b"[1.5, -2.5]\n\n[0, 2]\n",
        r"JSON.*DataFrame\(\*\*json": b'{"columns":["y"],"index":[0],"data":[[1.5]]}',
        r"JSON.*orient='index'": b'{"0":{"y":1.5},"1":{"y":2.5}}',
        r"JSON.*DataFrame\(json": b'{"y":{"0":1.5,"1":2.5}}',
        "a JSON array of objects.*'x.jsonl'.*'x.bin'": b'[\n {"y": 1.5},\n {"y": 2}\n]',
        r"like annotations of COCO.*\)\['annotations'\]\)": (
            b'{"info": {}, "licenses": [{"id": 1}], "images": ['
            + b'{"id": 2}, ' * 20_000
            + b'{}], "annotations": [{"bbox": [1, 2]}]}'
        ),
        r"an array of objects, 'images' .*\)\['images'\]\)": b'{\n"n": 1, "images": [{"id": 2}]}',
        r"arrays of objects, 'a', 'b' .*\)\['a'\]\)": b'{\n"a": [{"id": 1}], "b": [{"id": 2}]}',
        "HTML or XML.*Parquet or CSV": b'<?xml version="1.0"?><Error><Code>No</Code></Error>',
        "like HTML or XML": b'<table border="1"><tr><td>p</td></tr></table>',
        "a dump of SQL.*sqlite3 -csv": b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
        "like a dump of SQL": b"-- MySQL dump 10.13, for Linux\n",
        "a dump of SQL.*psql --csv": b"--\n-- PostgreSQL database dump\n--\n",
        "an HTML page": b"<!DOCTYPE html>\n<title>Sign in</title>",
        "Git LFS.*git lfs pull": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n",
    }
    for says, data in cases.items():
        path = tmp_path / "x.bin"
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        text = " ".join(refusal(path)).replace(f"{tmp_path}/", "")
        assert re.search(says, text), (says, text)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [ARRAY, VALUES, {"y": VALUES}], ids=["array", "list", "dict"])
def test_pickles_of_every_protocol_are_named_and_never_loaded(
    tmp_path: Path, protocol: int, value: object
) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(value, protocol))
    what, hint = refusal(tmp_path / "x.pkl")
    assert "a Python pickle, which is never loaded" in what
    assert "if you trust it" in hint


def converted(
    path: Path, result: str, monkeypatch: pytest.MonkeyPatch, name: str | None = None
) -> list[float]:
    """What is read after the command of the hint was run."""
    monkeypatch.chdir(path.parent)
    with pytest.raises(DataError) as caught:
        read(path.relative_to(path.parent))
    code = (caught.value.hint or "").partition('python -c "')[2].removesuffix('"')
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code.replace("NAME", "y"), "hint", "exec"), {})
    return read(path.parent / result, *filter(None, (name,))).reshape(-1).tolist()  # type: ignore[no-any-return]


def test_the_commands_of_the_hints_convert_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    savemat = pytest.importorskip("scipy.io").savemat
    table = pa.table({"y": VALUES})
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(ARRAY))
    (tmp_path / "b.json").write_text(json.dumps(VALUES))
    savemat(tmp_path / "c.mat", {"y": ARRAY})
    savemat(tmp_path / "f.mat", {"y": ARRAY}, format="4")
    flow = struct.pack("<2i", 2, 1) + np.arange(4, dtype="<f4").tobytes()
    (tmp_path / "g.flo").write_bytes(b"PIEH" + flow)
    orc.write_table(table, tmp_path / "d.orc")
    (tmp_path / "h.pkl").write_bytes(pickle.dumps({"y": ARRAY}))
    (tmp_path / "i.txt").write_text("".join(f"[{value!r}]\n" for value in VALUES))
    rows = [{"y": value} for value in VALUES]
    (tmp_path / "j.json").write_text(json.dumps({"n": [1, {}], "data": rows}, indent=1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feather.write_feather(table, tmp_path / "e.feather", version=1)
    for name, result in {
        "a.pkl": "a.npy",
        "b.json": "b.npy",
        "c.mat": "c.npy",
        "d.orc": "d.parquet",
        "e.feather": "e.arrow",
        "f.mat": "f.npy",
        "h.pkl": "h.npz",
        "i.txt": "i.npy",
        "j.json": "j.jsonl",
    }.items():
        assert converted(tmp_path / name, result, monkeypatch) == VALUES, name
    found = converted(tmp_path / "g.flo", "g.npy", monkeypatch)
    assert found == [0, 1, 2, 3]


def test_tables_of_pandas_in_json_and_pickles_are_converted_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"y": VALUES, "id": ["01", "1", "b", "c"]})
    for orient in ("split", "index", "dict"):
        text = json.dumps(frame.to_dict(orient))
        (tmp_path / f"{orient}.json").write_text(text)
        found = converted(tmp_path / f"{orient}.json", f"{orient}.parquet", monkeypatch, name="y")
        assert found == VALUES, orient
    names = [f"img_{i}.jpg" for i in range(len(VALUES))]
    rows = {name: {"y": y, "p": 1.5} for name, y in zip(names, VALUES, strict=True)}
    (tmp_path / "rows.json").write_text(json.dumps(rows, indent=1))
    assert converted(tmp_path / "rows.json", "rows.parquet", monkeypatch, name="y") == VALUES
    numbers = dict(zip(names, VALUES, strict=True))
    (tmp_path / "names.json").write_text(json.dumps(numbers, indent=1))
    found = converted(tmp_path / "names.json", "names.parquet", monkeypatch, name="value")
    assert found == VALUES
    frame.to_pickle(tmp_path / "frame.pkl")
    (tmp_path / "rows.pkl").write_bytes(pickle.dumps(json.loads(frame.to_json(orient="records"))))
    frame["y"].to_pickle(tmp_path / "column.pkl")
    for kind in ("frame", "column", "rows"):
        found = converted(tmp_path / f"{kind}.pkl", f"{kind}.parquet", monkeypatch, name="y")
        assert found == VALUES, kind


def test_no_command_writes_to_its_input_or_to_a_file_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    modules = (vars(foreign_kinds), vars(foreign_json))
    of_names = (kind for of in modules for kind in of.values() if isinstance(kind, Kind))
    kinds = {*of_names, *(kind for *_, kind in MARKS), *(kind for _, kind in MEMBERS)}
    n_written = 0
    for kind in kinds:
        for suffix in re.findall(r"\{stem\}((?:\.\w+)?)", kind.remedy):
            there, path = f"x_new{suffix}", f"x{suffix}"
            (tmp_path / there).touch()
            named = re.findall(r"[\w.]+", remedy_of(kind, path))
            assert named.count(path) == kind.remedy.count("{path}"), kind
            assert there not in named, kind
            assert f"x_new2{suffix}" in named, kind
            n_written += 1
    assert n_written > 30


def test_a_name_of_the_new_format_is_not_that_of_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, result in (("a.jsonl", "a_new.jsonl"), ("b.npy", "b_new.npy")):
        values = [{"y": value} for value in VALUES] if path == "a.jsonl" else VALUES
        (tmp_path / path).write_text(json.dumps(values))
        assert converted(tmp_path / path, result, monkeypatch) == VALUES
        assert json.loads((tmp_path / path).read_text()) == values


def test_what_is_packed_is_unpacked_before_it_is_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(ARRAY))
    (tmp_path / "a.pkl.gz").write_bytes(gzip.compress(pickle.dumps(ARRAY)))
    assert f"unpack it to {tmp_path / 'a.pkl'}, then" in refusal(tmp_path / "a.pkl.gz")[1]
    assert converted(tmp_path / "a.pkl.gz", "a.npy", monkeypatch) == VALUES


@pytest.mark.skipif(shutil.which("xz") is None, reason="there is no xz")
def test_lzma_is_unpacked_as_is_advised(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.lzma"
    path.write_bytes(lzma.compress(b"y\n1.5\n", lzma.FORMAT_ALONE))
    command = refusal(path)[1].removeprefix("unpack it: ")
    subprocess.run(command, shell=True, check=True)
    assert read(tmp_path / "x.csv").tolist() == [1.5]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="there is no R")
def test_r_converts_to_the_same_bits(tmp_path: Path) -> None:
    numbers = "c(0.1, -2.5, 1e300, 5e-324)"
    make = f"y <- {numbers}; saveRDS(y, 'a.rds'); save(y, file = 'b.RData')"
    subprocess.run(["Rscript", "-e", make], cwd=tmp_path, check=True)
    for name in ("a.rds", "b.RData"):
        hint = refusal(tmp_path / name)[1].replace(f"{tmp_path}/", "")
        subprocess.run(hint.removeprefix("convert it: "), cwd=tmp_path, check=True, shell=True)
        assert read((tmp_path / name).with_suffix(".csv")).tolist() == VALUES


def test_a_name_that_a_shell_would_change_is_not_put_into_a_command(tmp_path: Path) -> None:
    path = tmp_path / "a$(b) 'c'.pkl"
    path.write_bytes(pickle.dumps(ARRAY))
    assert "open('FILE', 'rb')" in refusal(path)[1]


def test_text_that_begins_like_a_short_mark_is_text(tmp_path: Path) -> None:
    names = ("PARENT", "ORCHIDS", "BZh", "CDF", "FEA1", "cnumb", "x^2", "VTXF", "PIEH", "@relation")
    for name in names:
        path = tmp_path / f"{name}.csv"
        path.write_text(f"{name},y\n1,1.5\n2,2.5\n")
        assert read(path, "y").tolist() == [1.5, 2.5]
    for cell in ("[x]", "[1]"):
        path = tmp_path / f"{cell}.csv"
        path.write_text(f"{cell},y\n1,1.5\n2,2.5\n")
        assert read(path, "y").tolist() == [1.5, 2.5]


def test_arrays_saved_one_after_the_other_are_more_than_one(tmp_path: Path) -> None:
    with (tmp_path / "x.npy").open("wb") as file:
        for _ in range(2):
            np.save(file, ARRAY)
    what, hint = refusal(tmp_path / "x.npy")
    assert what == "more than one array: the next begins at byte 160"
    assert "numpy.concatenate" in hint


def test_no_readable_format_is_foreign() -> None:
    assert foreign_kind(b"y\n1.5\n") is None
    assert foreign_kind(bytes(range(128))) is None
    assert ReadOptions().format is None
