"""Pipes, standard input and compression: the same bytes in other wrappings."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import subprocess
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, SettingsError, compare, evaluate
from smoothl1.errors import SmoothL1Error
from smoothl1.files.opening import refuse_one_pipe_twice
from smoothl1.files.stream import InputStream
from smoothl1.read_options import ReadOptions
from smoothl1.running.evaluate import LossOutput
from smoothl1.settings import Execution
from tests.files.decompressors import DECOMPRESSORS, choose
from tests.forking import forks
from tests.pipes import fed
from tests.sources.files import bits, read
from tests.sources.writers import SINGLE_FILES, WRITERS, pzstd, zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TABLE = np.array([[1.5], [-2.25], [1e-310], [4.0], [5.5]])
COMPRESSIONS = {
    "gzip": gzip.compress,
    "zstd": zstd,
    "pzstd": pzstd,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}


@pytest.fixture(params=DECOMPRESSORS)
def decompressor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each decompressor of gzip in turn."""
    choose(request.param, monkeypatch)


@pytest.fixture(params=[*DECOMPRESSORS, "zstd"])
def compression(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each compression, gzip with each of its decompressors."""
    if request.param == "zstd":
        return "zstd"
    choose(request.param, monkeypatch)
    return "gzip"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("name", SINGLE_FILES)
def test_a_pipe_delivers_what_the_file_does(name: str, tmp_path: Path) -> None:
    written = WRITERS[name][1](tmp_path / "file", TABLE)
    with fed(tmp_path / "pipe", written.path.read_bytes()):
        found = read(tmp_path / "pipe", *written.columns, n_rows=2)
    assert bits(found) == bits(TABLE.ravel())


@pytest.mark.parametrize("name", SINGLE_FILES)
def test_standard_input_delivers_what_the_file_does(name: str, tmp_path: Path) -> None:
    written = WRITERS[name][1](tmp_path / "file", TABLE)
    shape = (len(TABLE), 1) if name.endswith("lists") else len(TABLE)
    np.save(tmp_path / "zeros.npy", np.zeros(shape))
    columns = [word for column in written.columns for word in ("--pred", column)]
    done = subprocess.run(
        [forks().script, "eval", "-", tmp_path / "zeros.npy", "-b", "0", "-r", "sum", *columns],
        input=written.path.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"13.25\n", b"")


@pytest.mark.parametrize("name", SINGLE_FILES)
def test_a_pipe_that_ends_early_is_never_read_as_whole(name: str, tmp_path: Path) -> None:
    written = WRITERS[name][1](tmp_path / "file", TABLE)
    data = written.path.read_bytes()
    for n_bytes in {1, len(data) // 2, len(data) - 9} - {0}:
        (tmp_path / "pipe").unlink(missing_ok=True)
        heard: list[str] = []
        with fed(tmp_path / "pipe", data[:n_bytes]), contextlib.suppress(SmoothL1Error):
            found = read(tmp_path / "pipe", *written.columns, warnings=heard)
            assert len(found) < len(TABLE) or heard  # a CSV may end anywhere; then it says so


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-", "-"),
        ("-", "/dev/stdin"),
        ("/dev/stdin", "-"),
        ("/dev/fd/0", "/dev/stdin"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdin", "/proc/PID/fd/0"),
    ],
)
def test_standard_input_cannot_be_both_sides(one: str, other: str) -> None:
    with pytest.raises(SettingsError, match="only one of the inputs"):
        evaluate(one, other.replace("PID", str(os.getpid())))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_that_is_standard_input_is_no_second_input(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    before = os.dup(0)
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        os.dup2(pipe, 0)
        with pytest.raises(SettingsError, match="only one of the inputs"):
            evaluate("-", tmp_path / "pipe")
    finally:
        os.dup2(before, 0)
        os.close(pipe)
        os.close(before)


@pytest.fixture
def ended() -> Iterator[int]:
    """A pipe whose writer has gone: what reads it ends at once."""
    reader, writer = os.pipe()
    os.close(writer)
    yield reader
    os.close(reader)


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="no names of open files")
def test_one_pipe_is_one_input_by_whatever_names(ended: int, tmp_path: Path) -> None:
    """Two pipes are two inputs, and are read."""
    one, link, file = f"/dev/fd/{ended}", tmp_path / "link", tmp_path / "t.npy"
    link.symlink_to(f"/proc/{os.getpid()}/fd/{ended}")
    np.save(file, [1.0])
    for args, beside in (
        ((one, one), {}),
        ((one, link), {}),
        ((file, one), {"weights": f"/proc/self/fd/{ended}"}),
        ((one, file), {"groups": one}),
        ((file, file), {"weights": one, "clusters": link}),
    ):
        with pytest.raises(SettingsError, match="pipe can be only one of the inputs"):
            evaluate(*args, **beside)
        with pytest.raises(SettingsError, match="pipe can be only one of the inputs"):
            compare(file, *args, **beside)
    with fed(tmp_path / "p", file.read_bytes()), fed(tmp_path / "q", file.read_bytes()):
        assert evaluate(tmp_path / "p", tmp_path / "q").tallies[0].n == 1


@pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="standard input has no name")
def test_a_file_is_one_input_if_it_is_standard_input_and_several_by_its_name(
    tmp_path: Path,
) -> None:
    name = str(tmp_path / "-")  # no standard input where a folder is before it
    np.save(tmp_path / "x.npy", [1.0])
    os.rename(tmp_path / "x.npy", name)
    kept, file = os.dup(0), os.open(name, os.O_RDONLY)
    os.dup2(file, 0)
    try:
        for paths in (("-", "/dev/stdin"), ("/dev/stdin", name, "/dev/fd/0")):
            with pytest.raises(SettingsError, match="standard input can be only one of the inputs"):
                refuse_one_pipe_twice(paths)
        refuse_one_pipe_twice([name, name, "-"])
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(file)


@pytest.mark.parametrize("name", ["npy", "csv", "parquet", "arrow", "arrow stream"])
def test_a_compressed_file_that_is_cut_anywhere_is_refused(
    name: str, compression: str, tmp_path: Path
) -> None:
    written = WRITERS[name][1](tmp_path / "file", TABLE)
    data = COMPRESSIONS[compression](written.path.read_bytes())
    at_edges = {*range(40), *range(len(data) - 40, len(data))}
    for n_bytes in sorted(at_edges & {*range(len(data))} | {*range(0, len(data), 7)}):
        written.path.write_bytes(data[:n_bytes])
        with pytest.raises(DataError):
            read(written.path, *written.columns)


def test_bytes_behind_compressed_data_are_refused(compression: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(COMPRESSIONS[compression](b"x\n1\n") + b"junk")
    with pytest.raises(DataError, match=f"damaged {compression.removeprefix('p')} data"):
        read(tmp_path / "x.csv")


@pytest.mark.parametrize("codec", ["xz", "bzip2"])
def test_xz_and_bzip2_that_are_cut_or_followed_by_junk_are_refused(
    codec: str, tmp_path: Path
) -> None:
    one, other = (COMPRESSIONS[codec](text) for text in (b"x\n1\n", b"2\n"))
    (tmp_path / "x.csv").write_bytes(one + other)
    assert read(tmp_path / "x.csv").tolist() == [1.0, 2.0]
    for data in [(one + other)[:n] for n in range(len(one + other))] + [one + b"junk"]:
        (tmp_path / "x.csv").write_bytes(data)
        if data != one:
            with pytest.raises(DataError):
                read(tmp_path / "x.csv")


def test_zeros_may_stand_behind_xz_in_fours_and_between_streams(tmp_path: Path) -> None:
    one, other = lzma.compress(b"x\n1\n"), lzma.compress(b"2\n")
    (tmp_path / "x.csv").write_bytes(one + bytes(8) + other + bytes(4))
    assert read(tmp_path / "x.csv").tolist() == [1.0, 2.0]
    (tmp_path / "x.csv").write_bytes(one + bytes(6))
    with pytest.raises(DataError, match="damaged xz data"):
        read(tmp_path / "x.csv")


def test_xz_that_needs_much_memory_is_refused_at_once(tmp_path: Path) -> None:
    data = lzma.compress(b"x\n1\n", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}])
    # The size of the dictionary is a byte of the block's header (section 5.3.1), then a checksum.
    at = data.index(b"\x21\x01") + 2
    block = bytearray(data[12 : 12 + 4 * (data[12] + 1) - 4])
    block[at - 12] = 39  # 3 GiB
    changed = data[:12] + block + zlib.crc32(block).to_bytes(4, "little")
    (tmp_path / "x.csv").write_bytes(changed + data[len(changed) :])
    with pytest.raises(DataError, match="need over 128 MiB of memory"):
        read(tmp_path / "x.csv")


@pytest.mark.parametrize("others", [[], ["__MACOSX/._x.csv"], ["folder/"]])
def test_the_only_file_of_a_zip_archive_is_read_as_that_file(
    tmp_path: Path, others: list[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "x.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in others:
            archive.writestr(name, "" if name.endswith("/") else "note")
        archive.writestr("x.csv", "x\n1.5\n2.5\n")
    assert read(tmp_path / "x.csv.zip").tolist() == [1.5, 2.5]
    data = bytearray((tmp_path / "x.csv.zip").read_bytes())
    data[data.rindex(b"x.csv", 0, data.index(b"PK\x01\x02")) + 6] ^= 1
    (tmp_path / "x.csv.zip").write_bytes(data)
    with pytest.raises(DataError, match="damaged zip data"):
        read(tmp_path / "x.csv.zip")


def test_of_several_files_in_a_zip_archive_none_is_chosen(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("p.csv", "x\n1.5\n")
        archive.writestr("t.csv", "x\n2.5\n")
    with pytest.raises(DataError, match=r"it holds 'p.csv' .*unzip -p FILE NAME"):
        read(tmp_path / "x.zip")


@pytest.mark.usefixtures("decompressor")
def test_a_wrong_checksum_or_length_is_refused_even_if_all_rows_came_out(tmp_path: Path) -> None:
    for at, says in ((-8, "damaged gzip data: CRC check failed"), (-4, "damaged gzip data: ")):
        data = bytearray(gzip.compress(b"x\n1\n2\n"))
        data[at] ^= 1
        (tmp_path / "x.csv.gz").write_bytes(data)
        with pytest.raises(DataError, match=says):
            read(tmp_path / "x.csv.gz")


@pytest.mark.usefixtures("decompressor")
def test_zeros_behind_gzip_data_are_padding(tmp_path: Path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"x\n1\n") + bytes(512))
    assert read(tmp_path / "x.csv.gz").tolist() == [1.0]


@pytest.mark.usefixtures("decompressor")
@pytest.mark.parametrize("flags", [4 | 8 | 16, 4 | 8 | 16 | 0x20])
def test_what_a_gzip_member_says_of_itself_changes_no_number(tmp_path: Path, flags: int) -> None:
    """RFC 1952: an extra field, a name, a comment; and a bit that once meant encryption."""
    deflated = gzip.compress(b"x\n1\n2\n", mtime=0)[10:]
    fields = b"\x04\x00AB\x00\x00" + b"name\x00" + b"comment\x00"
    member = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + deflated
    (tmp_path / "x.csv.gz").write_bytes(member + gzip.compress(b"3\n"))
    assert read(tmp_path / "x.csv.gz").tolist() == [1.0, 2.0, 3.0]


@pytest.mark.usefixtures("decompressor")
def test_compressed_nothing_is_empty(tmp_path: Path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(DataError, match="empty gzip data"):
        read(tmp_path / "x.csv.gz")


@pytest.mark.usefixtures("decompressor")
def test_data_compressed_over_and_over_are_refused(tmp_path: Path) -> None:
    data = b"x\n1\n"
    for _ in range(5):
        data = gzip.compress(data)
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(DataError, match="compressed more than"):
        read(tmp_path / "x")


@pytest.mark.usefixtures("decompressor")
def test_bytes_behind_a_streamed_array_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(3.0))
    (tmp_path / "x.npy.gz").write_bytes(gzip.compress((tmp_path / "x.npy").read_bytes() + b"!"))
    with pytest.raises(DataError, match="bytes after the end of the array"):
        read(tmp_path / "x.npy.gz")


def test_a_stream_without_its_end_mark_is_refused(tmp_path: Path) -> None:
    written = WRITERS["arrow stream"][1](tmp_path / "file", TABLE)
    data = written.path.read_bytes()
    written.path.write_bytes(data[:-8])
    with pytest.raises(DataError, match="no end-of-stream mark"):
        read(written.path, *written.columns)
    written.path.write_bytes(data + b"\x00")
    with pytest.raises(DataError, match="bytes after the end of the stream"):
        read(written.path, *written.columns)


def test_missing_values_and_other_types_of_arrow_are_refused_by_name(tmp_path: Path) -> None:
    table = pa.table({"x": [1.0, None], "t": ["a", "b"]})
    with pa.ipc.new_stream(tmp_path / "x.arrows", table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(DataError, match="row 2, column 'x': the value is missing"):
        read(tmp_path / "x.arrows", "x")
    with pytest.raises(DataError, match="column 't' is string, not a number"):
        read(tmp_path / "x.arrows", "t")


class Counting:
    """A reader of many bytes that notes how many it has given."""

    def __init__(self, n_bytes: int) -> None:
        self.left = n_bytes

    def read(self, n_bytes: int, /) -> bytes:
        n_given = min(n_bytes, self.left)
        self.left -= n_given
        return bytes(n_given)

    def close(self) -> None:
        pass


def test_a_long_stream_is_read_in_little_memory() -> None:
    stream = InputStream("x", Counting(1 << 28))
    largest = 0
    for offset in range(0, 1 << 28, 1 << 20):
        assert len(stream.read(offset, 1 << 20)) == 1 << 20
        largest = max(largest, len(stream._window))
    assert stream.read(1 << 28, 1) == b""
    assert largest < 8 << 20


ENCODED = "p,t\n1.5,2\n-3,4\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"])
def test_other_encodings_are_read_if_named(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(ENCODED.encode(encoding))
    options = ReadOptions(encoding=encoding)
    assert read(tmp_path / "x.csv", "p", options=options).tolist() == [1.5, -3.0]


def test_bytes_that_are_no_text_of_the_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(ENCODED.encode("utf-16")[:-1])
    with pytest.raises(DataError, match="damaged utf-16 text"):
        read(tmp_path / "x.csv", "p", options=ReadOptions(encoding="utf-16"))


@pytest.mark.parametrize("encoding", ["nosuch", "base64", "", "\0"])
def test_an_unknown_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ENCODED)
    with pytest.raises(SettingsError, match="no text encoding is called"):
        read(tmp_path / "x.csv", "p", options=ReadOptions(encoding=encoding))


DECIMAL = ReadOptions(delimiter=";", decimal=",")


def test_a_decimal_comma_is_read_if_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p;t\n1,5;-,5e3\n-inf;7,\n0,1;1\n")
    assert read(tmp_path / "x.csv", "p", options=DECIMAL).tolist() == [1.5, -np.inf, 0.1]
    assert read(tmp_path / "x.csv", "t", options=DECIMAL).tolist() == [-500.0, 7.0, 1.0]


def test_a_number_with_the_other_decimal_mark_is_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p;t\n1,5;2\n")
    with pytest.raises(DataError, match=r"row 1, column 'p': '1,5' .*--decimal ','"):
        read(tmp_path / "x.csv", "p", options=ReadOptions(delimiter=";"))
    (tmp_path / "x.csv").write_text("p;t\n1.5;2\n")
    with pytest.raises(DataError, match=r"row 1, column 'p': '1.5' .*--decimal '\.'"):
        read(tmp_path / "x.csv", "p", options=DECIMAL)


@pytest.mark.parametrize("options", [ReadOptions(decimal=","), ReadOptions(decimal="x")])
def test_a_decimal_mark_must_be_one_and_another_than_the_delimiter(
    options: ReadOptions, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text(ENCODED)
    with pytest.raises(SettingsError, match="decimal mark"):
        read(tmp_path / "x.csv", "p", options=options)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_before_the_table_are_skipped_if_told(end: str, tmp_path: Path) -> None:
    lines = ["# made by hand", "", "p,t", "1.5,2", "-3,4", ""]
    (tmp_path / "x.csv").write_bytes(end.join(lines).encode())
    options = ReadOptions(skip_rows=2)
    assert read(tmp_path / "x.csv", "p", options=options).tolist() == [1.5, -3.0]


def test_more_lines_to_skip_than_there_are_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ENCODED)
    with pytest.raises(DataError, match="fewer lines"):
        read(tmp_path / "x.csv", options=ReadOptions(skip_rows=9))


def every_cut(n_rows: int) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(1, n_rows) for j in range(i + 1, n_rows))


def save_shards(folder: Path, values: np.ndarray, cuts: tuple[int, ...], suffix: str) -> None:
    folder.mkdir()
    for i, part in enumerate(np.split(values, cuts)):
        if suffix == "npy":
            np.save(folder / f"{i}.npy", part)
        else:
            rows = "".join(f"{value!r}\n" for value in part.tolist())
            (folder / f"{i}.csv").write_text("x\n" + rows)


@pytest.mark.parametrize("suffixes", [("npy", "npy"), ("npy", "csv"), ("csv", "csv")])
def test_shards_may_be_cut_anywhere_on_each_side(suffixes: tuple[str, str], tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    pred, target = np.exp(generator.uniform(-40, 40, (2, 6)))
    np.save(tmp_path / "p.npy", pred)
    np.save(tmp_path / "t.npy", target)
    whole = evaluate(tmp_path / "p.npy", tmp_path / "t.npy").tallies
    for i, cuts in enumerate(every_cut(6)):
        save_shards(tmp_path / f"p{i}", pred, cuts, suffixes[0])
        save_shards(tmp_path / f"t{i}", target, cuts[::-1][:1], suffixes[1])
        assert evaluate(tmp_path / f"p{i}", tmp_path / f"t{i}").tallies == whole


@pytest.mark.parametrize("suffix", ["npy", "csv"])
@pytest.mark.parametrize("chunk_rows", [None, 1, 4, 7, 100])
@pytest.mark.parametrize("threads", [1, 3])
def test_losses_of_shards_are_those_of_the_whole(
    suffix: str, chunk_rows: int | None, threads: int, tmp_path: Path
) -> None:
    pred, target = np.exp(np.random.default_rng(1).uniform(-40, 40, (2, 23)))
    save_shards(tmp_path / "p", pred, (4, 5, 11), suffix)
    save_shards(tmp_path / "t", target, (6, 20), "npy")
    out = io.BytesIO()
    result = evaluate(
        tmp_path / "p",
        tmp_path / "t",
        EvalSettings((0.0,), reduction="none"),
        losses_to=LossOutput(out, "npy"),
        execution=Execution(threads, chunk_rows),
    )
    out.seek(0)
    assert np.load(out).tolist() == np.abs(pred - target).tolist()
    assert result.tallies[0].n == 23


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("pattern", ["s", "s/*"])
def test_a_pipe_among_shards_is_refused_instead_of_waited_for(pattern: str, tmp_path: Path) -> None:
    save_shards(tmp_path / "s", np.arange(3.0), (1,), "npy")
    os.mkfifo(tmp_path / "s" / "x.npy")
    with pytest.raises(DataError, match=r"x\.npy, which is not a regular file"):
        read(tmp_path / pattern)


def test_an_unfinished_file_is_refused_unless_its_name_is_asked_for(tmp_path: Path) -> None:
    save_shards(tmp_path / "s", np.arange(3.0), (1,), "csv")
    (tmp_path / "s" / "2.csv.part").write_text("x\n5.0\n")
    for pattern in ("s", "s/*"):
        with pytest.raises(DataError, match="looks unfinished"):
            read(tmp_path / pattern)
    assert read(tmp_path / "s" / "*.part").tolist() == [5.0]


def test_a_pattern_stands_for_the_files_that_match_in_order(tmp_path: Path) -> None:
    save_shards(tmp_path / "s", np.arange(6.0), (2, 4), "npy")
    assert read(tmp_path / "s" / "[12].npy").tolist() == [2.0, 3.0, 4.0, 5.0]
    with pytest.raises(SettingsError, match="no file matches"):
        read(tmp_path / "s" / "*.csv")


def test_a_name_with_the_characters_of_a_pattern_is_a_name_first(tmp_path: Path) -> None:
    np.save(tmp_path / "a[1].npy", np.arange(2.0))
    assert read(tmp_path / "a[1].npy").tolist() == [0.0, 1.0]


def test_hidden_files_in_a_folder_are_named(tmp_path: Path) -> None:
    save_shards(tmp_path / "s", np.arange(3.0), (1,), "npy")
    (tmp_path / "s" / "_SUCCESS").touch()
    (tmp_path / "s" / ".0.npy.crc").touch()
    (tmp_path / "s" / ".1.npy").touch()
    heard: list[str] = []
    assert read(tmp_path / "s", warnings=heard).tolist() == [0.0, 1.0, 2.0]
    assert heard == [f"{tmp_path / 's'}: hidden files were left out: .1.npy"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: (folder / "2.npy.tmp").touch(), "looks unfinished, 2.npy.tmp"),
        (lambda folder: (folder / "more").mkdir(), "holds a folder, more"),
        (lambda folder: (folder / "2.csv").write_text("x\n1\n"), "shards must agree"),
        (
            lambda folder: np.save(folder / "2.npy", np.float32([[1]])),
            r"2.npy: float32 in rows of shape .1,. here, but float64 in .*0.npy; shards",
        ),
        (lambda folder: np.save(folder / "2.npy", np.zeros((1, 2))), "shards must agree"),
    ],
)
def test_a_folder_with_anything_else_is_refused(
    make: Callable[[Path], object], says: str, tmp_path: Path
) -> None:
    save_shards(tmp_path / "s", np.arange(3.0), (1,), "npy")
    make(tmp_path / "s")
    with pytest.raises(DataError, match=says):
        read(tmp_path / "s")


def test_a_shard_with_a_fault_is_named(tmp_path: Path) -> None:
    save_shards(tmp_path / "s", np.arange(4.0), (2,), "csv")
    (tmp_path / "s" / "1.csv").write_text("x\n2.0\noops\n")
    with pytest.raises(DataError) as caught:
        read(tmp_path / "s")
    assert caught.value.path == str(tmp_path / "s" / "1.csv")
    assert caught.value.what == "row 2, column 'x': 'oops' is not a number"


@pytest.mark.parametrize("suffix", ["csv", "npy"])
def test_a_shard_without_rows_counts_for_none(tmp_path: Path, suffix: str) -> None:
    save_shards(tmp_path / "s", np.arange(4.0), (2, 2), suffix)
    assert read(tmp_path / "s").tolist() == [0.0, 1.0, 2.0, 3.0]
    for i in (0, 2):
        (tmp_path / "s" / f"{i}.{suffix}").unlink()
    with pytest.raises(DataError, match=r"no rows|nothing to evaluate"):
        evaluate(tmp_path / "s", np.zeros(0))


def test_spooled_data_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = WRITERS["parquet"][1](tmp_path / "file", TABLE)
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    with io.BytesIO(written.path.read_bytes()) as reader:
        copy = InputStream("x", reader).seekable()
        assert copy.read(0, 4) == b"PAR1"
        assert list(spool.iterdir()) == []
        copy.close()


def _wrapped(kind: str, text: bytes, part: float) -> bytes:
    """Text in gzip, cut after a part; with a bad byte there; in zip, with a wrong checksum."""
    if kind == "ascii":
        at = int(len(text) * part)
        return text[:at] + b"\xff" + text[at + 1 :]
    if kind == "gzip":
        data = gzip.compress(text, 1)
        return data[: int(len(data) * part)]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x.csv", text)
    damaged = bytearray(whole.getvalue())
    damaged[damaged.rindex(b"PK\x01\x02") + 16] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize("kind", ["gzip", "ascii", "zip"])
@pytest.mark.parametrize(
    ("row", "options"),
    [
        ("{0} {1}\n", ReadOptions(comment="#")),
        ("{0}  {1}\n", ReadOptions(delimiter="whitespace")),
        ('{{"a": {0}, "b": {1}}}\n', ReadOptions()),
        ("{0},{1}\n", ReadOptions()),
    ],
)
def test_damage_anywhere_is_refused_however_the_text_is_converted(
    row: str, options: ReadOptions, kind: str, tmp_path: Path
) -> None:
    names = "" if row.startswith("{{") else row.format("a", "b")
    text = (names + "".join(row.format(i / 7, i % 1000 / 3) for i in range(40_000))).encode()
    at_header = ((1 << 20) + 3) / len(text)  # between a megabyte and that below the header
    options = options._replace(encoding="ascii" if kind == "ascii" else "utf-8")
    for part in (at_header, 0.6):
        (tmp_path / "x.data").write_bytes(_wrapped(kind, text, part))
        with pytest.raises(DataError, match=r"damaged (gzip data|ascii text|zip data)"):
            read(tmp_path / "x.data", "a", options=options)


def test_names_of_zips_that_are_not_what_they_say_are_refused_and_so_are_cuts(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\xe9.csv", "x\n1\n")
    data = path.read_bytes()
    places = [data.index("\xe9".encode()), data.rindex("\xe9".encode())]
    for place in places:
        path.write_bytes(data[:place] + b"\xff" + data[place + 1 :])
        with pytest.raises(DataError, match="a name is marked as UTF-8, and is not"):
            read(path)
    for length in (5, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(DataError, match=r"its end, .* is not there: cut short"):
            read(path)


def test_zips_one_behind_the_other_and_bytes_behind_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.csv", "x\n1\n")
    data = path.read_bytes()
    path.write_bytes(data + data)
    with pytest.raises(DataError, match="several files, one behind the other"):
        read(path)
    path.write_bytes(data + b"junk")
    with pytest.raises(DataError, match="bytes after the end of the zip archive"):
        read(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_in_damaged_zips_are_damage_too(method: int, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("x.csv", "x\n" + "1.5\n2.25\n" * 999)
    data = bytearray(path.read_bytes())
    begin = 30 + len("x.csv") + (20 if method == zipfile.ZIP_BZIP2 else 40)
    data[begin : begin + 9] = b"\xff" * 9
    path.write_bytes(data)
    with pytest.raises(DataError, match="damaged zip data"):
        read(path)


@pytest.mark.parametrize("n_behind", [4, 6])
def test_much_padding_of_xz_is_passed_over(n_behind: int, tmp_path: Path) -> None:
    one, other = lzma.compress(b"x\n1\n"), lzma.compress(b"2\n")
    (tmp_path / "x.csv").write_bytes(one + bytes(1 << 20) + other + bytes((1 << 20) + n_behind))
    if n_behind % 4:
        with pytest.raises(DataError, match="damaged xz data"):
            read(tmp_path / "x.csv")
    else:
        assert read(tmp_path / "x.csv").tolist() == [1.0, 2.0]
