"""Every decompressor delivers, refuses and says what Python's gzip does."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import subprocess
import sys
import tracemalloc
import zlib
from functools import cache
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError
from smoothl1.errors import StorageError
from smoothl1.files import gzip_readers
from smoothl1.files.bgzf import BlockError, BlockReader
from smoothl1.files.gzip_readers import FAULTS, Hastened, gzip_reader
from smoothl1.files.opening import decompressed, open_input
from tests.files.decompressors import DECOMPRESSORS, bgzf, block, choose
from tests.sources.files import read
from tests.sources.writers import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smoothl1.files.contract import Input
    from smoothl1.files.stream import Reader

TEXT = b"x\n" + b"".join(b"%d.%d\n" % divmod(i * 7919, 1000) for i in range(15))
ONE = gzip.compress(TEXT)
MANY = ONE + gzip.compress(b"") + ONE + gzip.compress(TEXT, 0)
BLOCKS = bgzf(TEXT * 2, 100)
WITH_NAME = b"\x1f\x8b\x08\x1a" + bytes(6) + b"name\x00comment\x00" + b"\x00\x00" + ONE[10:]


def damaged(data: bytes, first: int = 0, step: int = 1) -> Iterator[bytes]:
    """The data, cut anywhere, with a wrong bit in any byte, and with something behind them.

    Only one in so many places is damaged, from the first on.
    """
    yield from (data[:n] for n in range(1 + first, len(data), step))
    for i in range(first, len(data), step):
        yield data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :]
    tails = [b"\x1f", b"\x1f\x8b", b"j", b"\x00j", bytes(9), bytes(600), data[:17], data[:18], data]
    yield from (data + tail for tail in tails)


LYING = {
    "a block that is longer than it says": block(TEXT, size=60) + BLOCKS,
    "a block that is shorter than it says": block(TEXT, size=5000) + BLOCKS,
    "a block that is smaller than its head": block(TEXT, size=3) + BLOCKS,
    "a block without the length of its text": block(TEXT, n_bytes=0) + BLOCKS,
    "a block with another length of its text": BLOCKS + block(TEXT, n_bytes=len(TEXT) + 1),
    "a block with more text than it says": block(bytes(60_000), n_bytes=100),
    "a block that ends before its size": block(TEXT, size=len(block(TEXT)) + len(ONE)) + ONE,
    "blocks and then members": BLOCKS + MANY,
    "blocks and then zeros": BLOCKS + bytes(100),
    "blocks and then junk": BLOCKS + b"junk",
    "members and then blocks": MANY + BLOCKS,
    "a block as long as can be": block(random.Random(0).randbytes(65_000)) + BLOCKS,
}


def delivered(reader: Reader, n_bytes: int) -> tuple[list[bytes], str]:
    """What a reader delivers, and the words of its fault, if any."""
    pieces: list[bytes] = []
    try:
        while piece := reader.read(n_bytes):
            pieces.append(piece)
    except FAULTS as error:
        return pieces, f"{type(error).__name__}: {error}"
    finally:
        reader.close()
    return pieces, ""


def expected(data: bytes, n_bytes: int) -> tuple[list[bytes], str]:
    return delivered(gzip.GzipFile(fileobj=io.BytesIO(data)), n_bytes)


def opened(path: Path, data: bytes) -> Input:
    path.write_bytes(data)
    return open_input(str(path))


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
@pytest.mark.parametrize("data", [MANY, BLOCKS, WITH_NAME], ids=["members", "blocks", "a name"])
def test_damaged_data_give_the_same_bytes_and_words(
    decompressor: str,
    data: bytes,
    is_whole: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each place is damaged for one decompressor, or for all of them."""
    choose(decompressor, monkeypatch)
    places = (0, 1) if is_whole else (DECOMPRESSORS.index(decompressor), len(DECOMPRESSORS))
    for case in damaged(data, *places):
        file = opened(tmp_path / "x.gz", case)
        assert delivered(gzip_reader(file, 2), 64) == expected(case, 64)
        file.close()


@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
@pytest.mark.parametrize("name", LYING)
@pytest.mark.parametrize("n_threads", [1, 3])
def test_blocks_that_are_not_as_they_say_are_read_as_members(
    decompressor: str, name: str, n_threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(decompressor, monkeypatch)
    file = opened(tmp_path / "x.gz", LYING[name])
    assert delivered(gzip_reader(file, n_threads), 64) == expected(LYING[name], 64)
    file.close()


def test_a_block_of_more_than_64_kib_is_declined(tmp_path: Path) -> None:
    for n_bytes, is_read in ((1 << 16, True), ((1 << 16) + 1, False)):
        file = opened(tmp_path / "x.gz", block(bytes(n_bytes)) + block(b""))
        with contextlib.nullcontext() if is_read else pytest.raises(BlockError):
            assert io.BufferedReader(BlockReader(file, zlib, 1)).read() == bytes(n_bytes)
        file.close()


@pytest.mark.parametrize("inflater", ["zlib", "isal"])
def test_whole_blocks_are_decompressed_without_pythons_gzip(inflater: str, tmp_path: Path) -> None:
    module = zlib if inflater == "zlib" else pytest.importorskip("isal.isal_zlib")
    text = random.Random(1).randbytes(3_000_000)  # more than a batch
    file = opened(tmp_path / "x.gz", bgzf(text))
    for n_threads in (1, 2, 5):
        assert io.BufferedReader(BlockReader(file, module, n_threads)).read() == text
    file.close()
    file = opened(tmp_path / "x.gz", bgzf(text) + b"junk")
    with pytest.raises(BlockError):
        BlockReader(file, module, 2).read()
    file.close()


ZEROS = bytes(1 << 20)


@cache
def of_zeros(kind: str) -> bytes:
    """64 MiB of zeros, or two blocks of 32 MiB that lie about their length."""
    if kind == "member":
        return gzip.compress(ZEROS * 64)
    if kind == "members":
        return gzip.compress(ZEROS) * 64
    return block(ZEROS * 32, n_bytes=65280) * 2 if kind == "blocks" else bgzf(ZEROS * 64)


@pytest.mark.parametrize("kind", ["member", "members", "blocks", "honest blocks"])
@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
def test_data_that_grow_a_thousandfold_take_little_memory(
    decompressor: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(decompressor, monkeypatch)
    file = opened(tmp_path / "x.gz", of_zeros(kind))
    tracemalloc.start()
    file = decompressed(file, 2)
    try:
        for at in range(0, 64, 2):
            assert file.read(at << 20, 2 << 20) == ZEROS * 2
            if kind == "blocks" and at == 30:
                break  # the first block lies about its length, as the next piece tells
        # two threads hold 4 MiB each, up to five results of 2 MiB wait, and the stream looks back
        # at 4 MiB: how many wait is a matter of luck, and the sum of all is below half the content
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
        file.close()


@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
def test_damaged_numbers_are_refused_in_the_same_words(
    decompressor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(2)
    data = gzip.compress(b"x\n" + b"".join(b"%r\n" % rng.random() for _ in range(60_000)))

    def outcome(data: bytes) -> object:
        (tmp_path / "x.csv.gz").write_bytes(data)
        try:
            return read(tmp_path / "x.csv.gz").tobytes()
        except DataError as error:
            return str(error)

    cases = []
    for _ in range(12):
        at = rng.randrange(len(data))
        cases.append(data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :])
    choose("python", monkeypatch)
    said = [outcome(case) for case in cases]
    monkeypatch.undo()
    choose(decompressor, monkeypatch)
    assert [outcome(case) for case in cases] == said


@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
def test_a_file_cut_short_while_it_is_read_is_named_as_that(
    decompressor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(decompressor, monkeypatch)
    for data in (gzip.compress(random.Random(3).randbytes(4 << 20)), bgzf(bytes(1 << 23))):
        file = opened(tmp_path / "x.gz", data)
        reader = gzip_reader(file, 2)
        (tmp_path / "x.gz").write_bytes(data[:600])
        with pytest.raises(StorageError, match="changed while being read: it now ends at byte 600"):
            delivered(reader, 1 << 16)
        with pytest.raises(StorageError):
            file.close()


def test_the_exact_reader_takes_over_where_the_fast_one_declines() -> None:
    class Declining(io.BytesIO):
        def read(self, n_bytes: int | None = -1, /) -> bytes:
            if self.tell() >= 30:
                raise RuntimeError("no more")
            return super().read(n_bytes)

    opened: list[io.BytesIO] = []

    def exact() -> Reader:
        opened.append(io.BytesIO(TEXT))
        return opened[-1]

    fast = Declining(TEXT)
    reader = Hastened(fast, exact)
    assert [reader.read(10) for _ in range(3)] == [TEXT[:10], TEXT[10:20], TEXT[20:30]]
    assert opened == []
    assert reader.read(1000) == TEXT[30:]
    assert fast.closed
    assert reader.read(10) == b""
    reader.close()
    assert [each.closed for each in opened] == [True]


def test_the_fastest_that_is_installed_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("isal")
    file = opened(tmp_path / "x.gz", ONE)
    assert "isal" in type(gzip_readers._fast_reader(file, 1, 1)).__module__
    choose("arrow", monkeypatch)
    assert "pyarrow" in type(gzip_readers._fast_reader(file, 1, 1)).__module__
    choose("python", monkeypatch)
    assert gzip_readers._fast_reader(file, 1, 1) is None
    file.close()


def test_isal_is_optional(tmp_path: Path) -> None:
    (tmp_path / "isal").mkdir()
    (tmp_path / "isal" / "__init__.py").write_text("raise ImportError('as if not installed')")
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(b"p,t\n1,2\n3,3\n"))
    code = "import sys; sys.path.insert(0, sys.argv[1])\n"
    code += (
        "from smoothl1 import evaluate; print(*evaluate(sys.argv[2], pred='p', target='t').values)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, tmp_path / "p.csv.gz"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0.25\n", "")


@pytest.mark.parametrize("decompressor", DECOMPRESSORS)
def test_gzip_inside_other_compression_is_read(
    decompressor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(decompressor, monkeypatch)
    for data in (zstd(bgzf(TEXT)), gzip.compress(bgzf(TEXT)), bgzf(ONE), zstd(ONE)):
        file = decompressed(opened(tmp_path / "x.gz", data), 2)
        assert file.read(0, 1 << 20) == TEXT
        file.close()
