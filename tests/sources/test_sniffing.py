"""Inputs are told apart by content, and what cannot be read is called by its name."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, ReadOptions, SettingsError, StorageError
from smoothl1.files.file import InputFile
from tests.sources.files import npy, open_source, read

if TYPE_CHECKING:
    from pathlib import Path

VALUES = [1.5, -2.5, 4.0]


def npy_bytes() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array(VALUES), allow_pickle=False)
    return out.getvalue()


def parquet_bytes() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"y": VALUES}), out)
    return out.getvalue()


CONTENT = {"npy": npy_bytes(), "csv": b"y\n1.5\n-2.5\n4\n", "parquet": parquet_bytes()}

NAMES = ["file", "FILE.NPY", "x.npy", "x.Parquet", "x.pq", "x.csv", "x.tsv", "x.dat", "x.csv.gz.gz"]


@pytest.mark.parametrize("format", list(CONTENT))
@pytest.mark.parametrize("name", NAMES)
def test_content_decides_and_a_name_that_disagrees_is_warned_about(
    tmp_path: Path, format: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENT[format])
    suffix = path.suffix.lower()
    named = {".npy": "npy", ".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv"}
    heard: list[str] = []
    if format == "csv" and named.get(suffix, "csv") != "csv":
        with pytest.raises(DataError, match=r"looks like text \[if it is CSV, give it a name"):
            read(path, warnings=heard)
        renamed = path.with_suffix(".csv")
        renamed.write_bytes(CONTENT[format])
        assert read(renamed).tolist() == VALUES
        assert read(path, options=ReadOptions(format="csv")).tolist() == VALUES
        return
    assert read(path, warnings=heard).tolist() == VALUES
    if suffix == ".gz":
        assert heard.pop(0).endswith("named .gz, but the content is not compressed: read as it is")
    expected = f"{path}: named as {named.get(suffix)}, but the content is {format}"
    if named.get(suffix) in (None, format):
        assert heard == []
    else:
        assert [text.startswith(expected) for text in heard] == [True]


@pytest.mark.parametrize("format", list(CONTENT))
@pytest.mark.parametrize("forced", list(CONTENT))
def test_a_format_that_is_given_is_believed(tmp_path: Path, format: str, forced: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(CONTENT[format])
    options = ReadOptions(format=forced)
    if format == forced:
        assert read(path, options=options).tolist() == VALUES
    else:
        with pytest.raises(DataError, match=str(path)):
            read(path, options=options)


def test_a_format_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(CONTENT["csv"])
    with pytest.raises(SettingsError, match="xlsx"):
        open_source(str(path), options=ReadOptions(format="xlsx"))


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sheet1.xml", "<sheet/>")
    return out.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"

FOREIGN = {
    "Git LFS": LFS,
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "GIF": b"GIF89a\x01\x00",
    "PDF": b"%PDF-1.7\n",
    "MATLAB": b"MATLAB 5.0 MAT-file, Platform",
    "Excel": zipped(),
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00",
    "UTF-16": "1\n2\n".encode("utf-16-le").join([b"\xff\xfe", b""]),
    "UTF-32": b"\x00\x00\xfe\xff\x00\x00\x001",
    "encrypted": b"PARE" + b"\x00" * 40 + b"PARE",
    "HTML": b"<!DOCTYPE html><html><h1>404</h1></html>\n",
    "JSON": b'{"y": [1, 2]}\n',
}


@pytest.mark.parametrize("what", list(FOREIGN))
@pytest.mark.parametrize("name", ["x", "x.npy", "x.csv", "x.parquet"])
def test_what_is_no_file_of_numbers_is_called_what_it_is(
    tmp_path: Path, what: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[what])
    with pytest.raises(DataError, match=f"looks like .*{what}") as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "pickled data" not in message
    assert "allow_pickle" not in message


def test_other_binary_content_is_placed_by_its_nul_byte(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"something else 3\x00" + b"\x10" * 80)
    with pytest.raises(DataError, match="NUL byte at byte 16"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-16le", "utf-16be", "utf-32le", "utf-32be"])
def test_wide_text_without_a_mark_is_read_with_the_encoding_that_is_advised(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("größe,y\n1,1.5\n2,-2.5\n".encode(encoding))
    with pytest.raises(DataError) as caught:
        read(path, "y")
    advised = (caught.value.hint or "").removeprefix("--encoding ").removesuffix(" reads CSV")
    assert advised == encoding
    assert read(path, "y", options=ReadOptions(encoding=advised)).tolist() == [1.5, -2.5]


def test_small_integers_are_not_called_wide_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(np.arange(1, 9, dtype="<i2").tobytes())
    with pytest.raises(DataError, match="headerless numbers need --raw DTYPE"):
        read(tmp_path / "x")


@pytest.mark.parametrize(
    ("format", "n_bytes"), [("npy", k) for k in range(1, 6)] + [("parquet", 3)]
)
def test_a_file_cut_within_its_mark_is_not_called_text(
    tmp_path: Path, format: str, n_bytes: int
) -> None:
    for name in ("x", f"x.{format}"):
        path = tmp_path / name
        path.write_bytes(CONTENT[format][:n_bytes])
        with pytest.raises(DataError) as caught:
            read(path)
        assert "text" not in str(caught.value)


# --- what cannot be opened


def refusal(path: Path | str) -> tuple[type[Exception], str]:
    with pytest.raises((DataError, StorageError)) as caught:
        open_source(str(path))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.count(str(path)) == 1
    return caught.type, message.removeprefix(f"{path}: ")


def test_a_missing_file_is_the_system_s_business(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x.npy") == (StorageError, "no such file or directory")


def test_a_folder_is_a_folder_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.npy").mkdir()
    assert refusal(tmp_path / "x.npy") == (DataError, "a folder without files")


def test_broken_links_and_impossible_names_are_the_system_s_business(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_bytes(b"1\n")
    nowhere = f"a link to {tmp_path}/nowhere, which is not there"
    assert refusal(tmp_path / "dangling") == (StorageError, nowhere)
    for name, number in {
        "loop": errno.ELOOP,
        "x" * 300: errno.ENAMETOOLONG,
        "file/x.npy": errno.ENOTDIR,
    }.items():
        kind, words = refusal(f"{tmp_path}/{name}")
        assert kind is StorageError
        assert words.lower() == os.strerror(number).lower()


def test_a_nul_in_the_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="null"):
        open_source(f"{tmp_path}/x\x00.npy")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_the_system_s_business(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy_bytes())
    path.chmod(0)
    assert refusal(path) == (StorageError, "permission denied")


def test_what_holds_nothing_is_empty() -> None:
    assert refusal("/dev/null") == (DataError, "empty file (0 bytes)")


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="no files of the system")
@pytest.mark.parametrize("path", ["/proc/self/maps", "/proc/self/mem"])
def test_files_of_the_system_without_a_size_are_not_called_empty(path: str) -> None:
    said = "has content, but a size of 0 bytes, as files of /proc have [copy it, and give the copy]"
    assert refusal(path) == (DataError, said)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/urandom"])
def test_endless_devices_are_refused_before_they_are_opened(path: str) -> None:
    kind, words = refusal(path)
    assert (kind, words.startswith("not a regular file")) == (DataError, True)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")
def test_a_device_that_takes_the_place_of_a_file_is_not_to_be_copied() -> None:
    for name, words in (("/dev/zero", "not a regular file"), ("/dev/null", "empty file")):
        with pytest.raises(DataError, match=f"^x: {words}") as caught:
            InputFile("x", io.FileIO(name))
        assert "copy" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals")
def test_a_terminal_is_no_input() -> None:
    leader, follower = os.openpty()
    try:
        kind, words = refusal(os.ttyname(follower))
    finally:
        os.close(leader)
        os.close(follower)
    hint = "write what you need of it to a file, and name that"
    assert (kind, words) == (DataError, f"not a regular file, and not a pipe [{hint}]")


def test_a_link_is_read_through_and_named_as_typed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}"))
    (tmp_path / "link").symlink_to("x")
    assert read(tmp_path / "link").tolist() == [0.0, 1.0, 2.0]
    source = open_source(str(tmp_path / "link"))
    source.close()
    assert source.path == str(tmp_path / "link")


@pytest.mark.parametrize(
    "name", ["a b", "-x", " ", "\n", "\x1b[31m", "\udcff", "\U0001f600", "ä" * 127]
)
@pytest.mark.parametrize("format", list(CONTENT))
def test_any_name_that_a_file_can_have_is_read(tmp_path: Path, format: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENT[format])
    assert read(path).tolist() == VALUES


@pytest.mark.parametrize("name", ["MATLAB_pred", "A"])
def test_a_csv_may_begin_like_a_file_of_another_program(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.csv").write_text(f"{name}\n2\n3\n")
    assert read(tmp_path / "x.csv", name).tolist() == [2.0, 3.0]


def test_a_zip_of_arrays_is_not_said_to_be_plain(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", a=np.ones(2), b=np.ones(2))
    (tmp_path / "x.npz").rename(tmp_path / "x.zip")
    heard: list[str] = []
    assert read(tmp_path / "x.zip", "a", warnings=heard).tolist() == [1.0, 1.0]
    assert heard == []
