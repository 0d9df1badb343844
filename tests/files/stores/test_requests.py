"""How many requests are made, of how many bytes, and what comes of those that fail."""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

import smoothl1
from smoothl1.errors import SmoothL1Error, StorageError
from smoothl1.files.opening import open_input
from smoothl1.files.samples import sample_of
from smoothl1.files.stores import arrow_store, requests
from smoothl1.files.stores import object as stored
from smoothl1.files.stores.blocks import BLOCK_BYTES, Blocks
from smoothl1.files.stores.object import open_object, open_pieces
from smoothl1.files.stores.requests import Request
from tests.command import SCRIPT
from tests.files.stores.servers import answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

PAIR = (np.arange(500_000.0), np.arange(500_000.0) + 3)


def json_of(result: smoothl1.Result) -> bytes:
    return json.dumps(result.to_dict()).encode()


def npy_of(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.fixture
def pair(bucket: Bucket) -> tuple[str, str]:
    """Predictions and targets of 4 MB each, whose loss is 2.5."""
    return bucket.put("pred.npy", npy_of(PAIR[0])), bucket.put("target.npy", npy_of(PAIR[1]))


def test_a_pair_of_arrays_takes_few_requests(pair: tuple[str, str], via: Via) -> None:
    proxy = via()
    assert smoothl1.evaluate(*pair).mean == 2.5
    assert len(proxy.lines) <= 10  # for each: is it a folder, open, header, content, still the same


def test_of_a_small_object_one_request_reads_everything(bucket: Bucket, via: Via) -> None:
    uri = bucket.put("x.csv", b"p,t\n1,4\n" * 1)
    proxy = via()
    smoothl1.evaluate(uri, pred=("p",), target=("t",))
    assert [line.split()[0] for line in proxy.lines] == ["HEAD", "HEAD", "GET", "HEAD"]


def test_a_sample_of_an_object_is_that_of_the_file_and_takes_its_pieces_alone(
    bucket: Bucket, via: Via, tmp_path: Path
) -> None:
    content = random.Random(1).randbytes(900_000)
    (tmp_path / "x").write_bytes(content)
    uri = bucket.put("x.bin", content)
    proxy = via()
    assert sample_of(uri, 900_000, 2) == sample_of(str(tmp_path / "x"), 900_000, 2)
    assert [line.split()[0] for line in proxy.lines] == ["HEAD", "GET", "GET"]
    assert proxy.n_bytes < 20_000


def test_of_a_table_only_the_columns_that_are_needed_are_read(bucket: Bucket, via: Via) -> None:
    noise = np.random.default_rng(0).random((8, 100_000))
    names = {f"c{i}": row for i, row in enumerate(noise)}
    file = io.BytesIO()
    pq.write_table(pa.table(names), file, row_group_size=50_000, compression="none")
    uri = bucket.put("x.parquet", file.getvalue())
    proxy = via()
    smoothl1.evaluate(uri, pred=("c1",), target=("c6",))
    assert proxy.n_bytes < len(file.getvalue()) // 3
    assert sum(line.startswith("GET") and "list" not in line for line in proxy.lines) <= 8


def test_a_folder_is_listed_once_and_none_of_its_objects_is_looked_at(
    bucket: Bucket, via: Via
) -> None:
    from smoothl1.files.patterns import find_shards
    from smoothl1.files.tree import tree_of

    for i in range(20):
        bucket.put(f"run/{i}.csv", b"1,2\n")
    proxy = via()
    path = f"{bucket.uri}/run/*.csv"
    assert len(find_shards(path, print, tree_of(path)).paths) == 20
    assert len(proxy.lines) == 1


def test_blocks_are_the_bytes_of_the_object_for_any_reads_of_any_threads() -> None:
    content = random.Random(1).randbytes(3 * BLOCK_BYTES + 12345)
    asked: list[int] = []

    def ask(offset: int, n_bytes: int) -> Request[bytes]:
        asked.append(offset)
        return Request(lambda: content[offset : offset + n_bytes], "s3://x/y")

    ends = Blocks(ask, len(content), 2)
    wrong: list[int] = []

    def read(seed: int) -> None:
        source = random.Random(seed)
        for _ in range(20):
            start = source.randrange(len(content))
            n = source.randint(1, min(len(content) - start, BLOCK_BYTES * 2))
            if ends.read(start, n) != content[start : start + n]:
                wrong.append(seed)

    threads = [threading.Thread(target=read, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sorted(asked) == [i * BLOCK_BYTES for i in range(4)]  # each is asked for once


FAULTS = {
    "503": lambda number, _: number % 3 == 0,
    "short": lambda number, line: line.startswith("GET") and number % 2 == 0,
    "cut": lambda number, line: line.startswith("GET") and number % 2 == 0,
}


@pytest.mark.parametrize("how", FAULTS)
def test_requests_that_fail_now_and_then_are_made_again(
    pair: tuple[str, str], via: Via, how: str
) -> None:
    proxy = via(FAULTS[how], how)
    assert smoothl1.evaluate(*pair).mean == 2.5
    assert len(proxy.lines) > 10


@pytest.mark.parametrize("how", ["cut", answer("200 OK", "")])
@pytest.mark.parametrize("n_answer", range(1, 9))
def test_an_answer_that_breaks_once_is_asked_for_again(
    bucket: Bucket, via: Via, n_answer: int, how: str | bytes
) -> None:
    pair = [bucket.put(f"{x}.npy", npy_of(np.arange(3.0) + (x == "p"))) for x in "pt"]
    proxy = via(lambda n, _: n == n_answer, how)
    assert smoothl1.evaluate(*pair).mean == 0.5
    assert len(proxy.lines) > n_answer


WORDS = {
    "503": "the store is overloaded or broken, also after several tries",
    "cut": "the connection broke, also after several tries",
    "short": "the connection broke, also after several tries",
    "stall": r"the store gave no answer within 0.5 seconds \[--store-timeout SECONDS waits .*\]",
}


@pytest.mark.parametrize("how", WORDS)
def test_requests_that_always_fail_end_in_one_line_that_names_the_object(
    pair: tuple[str, str], via: Via, how: str
) -> None:
    via(lambda _, line: line.startswith("GET"), how)
    if how == "stall":
        requests.limit_requests(0.5)
    begin_s = time.monotonic()
    with pytest.raises(StorageError, match=rf"^{re.escape(pair[0])}: {WORDS[how]}(\n|$)"):
        smoothl1.evaluate(*pair)
    assert how != "stall" or time.monotonic() - begin_s < 5


def test_an_object_whose_size_does_not_arrive_is_not_taken_for_an_empty_one(
    bucket: Bucket, via: Via
) -> None:
    uri, how = bucket.put("x.csv", b"p,t\n1,4\n"), {"pred": "p", "target": "t"}
    via(lambda number, line: line.startswith("HEAD") and number < 4, "size")
    assert smoothl1.evaluate(uri, **how).mean == 2.5
    via(lambda _, line: line.startswith("HEAD"), "size")
    with pytest.raises(StorageError, match="the connection broke, also after several tries"):
        smoothl1.evaluate(uri, **how)


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_an_object_without_bytes_is_told_as_such(
    bucket: Bucket, via: Via, monkeypatch: pytest.MonkeyPatch, is_encrypted: bool
) -> None:
    """The ETag of an encrypted object tells nothing of its bytes."""
    if is_encrypted:
        monkeypatch.setattr(arrow_store, "_ETAG_OF_NOTHING", "another one")
    uri = bucket.put("x.csv", b"")
    proxy = via()
    with pytest.raises(smoothl1.DataError, match=r"empty file \(0 bytes\)"):
        smoothl1.evaluate(uri, pred="p", target="t")
    assert len(proxy.lines) == (5 if is_encrypted else 2)


@pytest.mark.parametrize("mark", arrow_store._MARKS)
def test_an_object_that_ends_as_the_buffer_did_is_read_as_it_is(
    bucket: Bucket, via: Via, mark: bytes
) -> None:
    """Also a single byte, and one that stands where a short answer ends."""
    content = b"\x01\x02\x03" + mark * 5
    uri = bucket.put("x", content)
    via()
    assert open_object(uri).read(0, 8) == content
    via(lambda number, line: line.startswith("GET") and number == 2, "short")
    assert open_object(uri).read(0, 8) == content
    assert open_pieces(uri)(7, 1) == mark
    assert open_pieces(uri)(0, 0) == open_pieces(uri)(8, 0) == b""


class Heads:
    """A file system of S3, of which a HEAD may have no size, and the files that it has open."""

    type_name = "s3"

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.files: list[pa.BufferReader] = []

    def open_input_file(self, path: str) -> Any:
        class File(pa.BufferReader):
            def metadata(self) -> dict[str, bytes]:
                return {"ETag": b"encrypted"}

        self.files.append(File(b"1" * self.sizes[len(self.files)]))
        return self.files[-1]

    def get_file_info(self, _: pa.fs.FileSelector) -> list[pa.fs.FileInfo]:
        return [pa.fs.FileInfo("bucket/x", pa.fs.FileType.File, size=5)]


def test_what_was_opened_by_earlier_tries_is_closed() -> None:
    heads: Any = Heads([0, 0, 5])
    opened = arrow_store.ArrowStore(heads, "bucket", completes=True).open("x")
    assert (opened.state.size, opened.read(0, 5)) == (5, b"11111")
    assert [file.closed for file in heads.files] == [True, True, False]
    heads = Heads([0, 0, 0])
    with pytest.raises(ConnectionError, match="no Content-Length"):
        arrow_store.ArrowStore(heads, "bucket", completes=True).open("x")
    assert [file.closed for file in heads.files] == [True, True, True]


@pytest.mark.parametrize("start", [[SCRIPT], [sys.executable, "-m", "smoothl1.cli"]])
def test_a_server_that_says_nothing_does_not_keep_the_process(
    pair: tuple[str, str], via: Via, start: list[str]
) -> None:
    via(lambda *_: True, "stall")
    environment = {**os.environ, "SMOOTHL1_STORE_TIMEOUT": "0.5"}
    line = [*start, "eval", *pair]
    done = subprocess.run(
        line, capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        f"smoothl1: error: {pair[0]}: the store gave no answer within 0.5 seconds "
        "[--store-timeout SECONDS waits longer]\n"
    )


def test_what_is_not_there_or_not_allowed_is_told_in_few_words(
    bucket: Bucket, via: Via, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("x", b"1")
    for path, what in (
        (f"{bucket.uri}/none.npy", "no such object"),
        ("s3://no-bucket/none.npy", "no such bucket"),
        ("s3://no-bucket/*.npy", "no such bucket"),
        (f"{bucket.uri}/none/", "nothing is in this folder"),
        ("nothing-known://x/y", "no protocol is called nothing-known://"),
        ("hf://datasets/x/y.csv", "the package for hf:// is not installed"),
    ):
        with pytest.raises(smoothl1.SmoothL1Error, match=f": {what}") as refusal:
            smoothl1.evaluate(path, path)
        assert refusal.value.exit_code == 4
    via().close()
    with pytest.raises(StorageError, match="connection refused"):
        smoothl1.evaluate(f"{bucket.uri}/x", "y")


def test_an_object_that_is_replaced_while_it_is_read_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_WHOLE_BYTES", 10)
    uri = bucket.put("x", b"1" * 200_000)
    file = open_input(uri)
    file.read(0, 10)
    file.read(190_000, 10)
    bucket.put("x", b"2" * 200_000)
    bucket.remove("x")
    with pytest.raises(StorageError, match=r"x: the file changed while being read: it is gone \["):
        file.read(100_000, 10)
    bucket.put("x", b"2" * 200_000)
    with pytest.raises(
        StorageError,
        match=r"the file changed while being read \[run again when no program writes to it\]$",
    ):
        file.close()


def test_a_listing_that_stalls_says_how_to_wait_longer(bucket: Bucket, via: Via) -> None:
    bucket.put("run/0.npy", npy_of(np.zeros(3)))
    via(lambda _, line: "list-type" in line, "stall")
    requests.limit_requests(1.0)
    with pytest.raises(
        StorageError, match=r"no answer.* \[--store-timeout SECONDS waits longer\]\n"
    ):
        smoothl1.evaluate(f"{bucket.uri}/run/", "y")


def test_shards_that_are_replaced_between_two_looks_are_refused(bucket: Bucket) -> None:
    from smoothl1.sources.contract import Part
    from tests.sources.files import open_source

    for i in range(3):
        bucket.put(f"run/{i}.npy", npy_of(np.zeros(100)))
    source = open_source(f"{bucket.uri}/run/")
    bucket.put("run/1.npy", npy_of(np.ones(100)))
    with pytest.raises(StorageError, match=r"run/1.npy: the file changed"):
        list(source.blocks(Part(0, None), 10))


def test_secrets_of_a_uri_are_used_and_never_shown(
    bucket: Bucket, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("run/x.csv", b"p,t\n1,4\n")
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    end = f"?endpoint_override=127.0.0.1:{port}&scheme=http&session_token=t0ken"
    uri = f"s3://us%2Fer:pass%2Bword@{bucket.name}/run/"
    for name, target in (("x.csv", "t"), ("*", "t"), ("", "t"), ("x.csv", "u"), ("y", "t")):
        try:
            result = smoothl1.evaluate(f"{uri}{name}{end}", pred=("p",), target=(target,))
            shown = repr(result.to_json())
        except smoothl1.SmoothL1Error as error:
            shown = f"{error}{error.path}"
        assert f"{bucket.uri}/run" in shown
        assert not re.search("t0ken|pass|us.*er:|endpoint", shown)
    with pytest.raises(smoothl1.SettingsError, match="the same bucket with other parameters"):
        smoothl1.evaluate(f"{uri}x.csv?region=there", "y")


class Listings:
    """A file system of S3 that lists so many objects, a number for each time that it is asked."""

    type_name = "s3"

    def __init__(self, *counts: int) -> None:
        self.counts = [*counts]

    def get_file_info(self, selector: pa.fs.FileSelector) -> list[pa.fs.FileInfo]:
        names = (f"{selector.base_dir}/{i:05d}" for i in range(self.counts.pop(0)))
        return [pa.fs.FileInfo(name, pa.fs.FileType.File, size=5) for name in names]


def test_a_folder_of_several_pages_is_listed_until_two_listings_agree() -> None:
    """The S3 client takes a page without content for the end; of one page, nothing is asked."""
    for counts, n_listed in (((998,), 998), ((1000, 2500, 2500), 2500), ((999, 999), 999)):
        listings: Any = Listings(*counts)
        store = arrow_store.ArrowStore(listings, "bucket", completes=True)
        assert len(store.entries("run", recursive=False)) == n_listed
        assert listings.counts == []
    listings = Listings(1000, 2000, 1000, 2000)
    with pytest.raises(ConnectionError, match="listings of a folder differ"):
        arrow_store.ArrowStore(listings, "bucket", completes=True).entries("run", recursive=True)


@pytest.mark.parametrize("form", ["{}/t/g=a/", "{}/t/g=a/*.parquet", "{}/t/g=a/x.parquet"])
def test_an_answer_without_content_hides_no_log_of_a_table(
    bucket: Bucket, via: Via, form: str
) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"p": [1.0], "t": [2.0]}), file)
    bucket.put("t/g=a/x.parquet", file.getvalue())
    bucket.put(f"t/_delta_log/{0:020}.json", b"{}")
    asked: list[str] = []

    def first(_: int, line: str) -> bool:
        is_for_log = "prefix=t%2F_delta_log" in line
        asked.extend([line] * is_for_log)
        return is_for_log and len(asked) == 1

    via(first, answer("200 OK", ""))
    with pytest.raises(smoothl1.DataError, match="belongs to a table of Delta Lake"):
        smoothl1.evaluate(form.format(bucket.uri), pred="p", target="t")
    assert asked


@pytest.mark.parametrize("n_answer", [1, 2, 3])
def test_a_baseline_that_a_store_once_denies_is_not_replaced(
    bucket: Bucket, via: Via, tmp_path: Path, n_answer: int
) -> None:
    baseline = bucket.put("base.json", json_of(smoothl1.evaluate([1.0], [1.0])))
    np.save(tmp_path / "p.npy", np.array([3.0]))
    np.save(tmp_path / "t.npy", np.array([1.0]))
    via(lambda n, _: n == n_answer, refusal("404 Not Found", "NoSuchKey"))
    words = ["eval", "p.npy", "t.npy", "--baseline", baseline, "--max-increase", "0"]
    command = [*words, "--on-missing-baseline", "create"]
    done = subprocess.run(
        [SCRIPT, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "gate failed" in done.stderr


@pytest.mark.parametrize("wrong", [answer("200 OK", ""), refusal("404 Not Found", "NoSuchKey")])
def test_a_wrong_answer_to_a_listing_is_no_empty_folder(
    bucket: Bucket, via: Via, wrong: bytes
) -> None:
    bucket.put("t/1.npy", npy_of(np.arange(3.0)))
    asked: list[str] = []

    def first(_: int, line: str) -> bool:
        asked.extend([line] * ("prefix=t" in line))
        return len(asked) == 1 and "prefix=t" in line

    via(first, wrong)
    assert smoothl1.evaluate(f"{bucket.uri}/t/", f"{bucket.uri}/t/1.npy").mean == 0
    assert asked


@pytest.mark.parametrize("change", [b"p,t\n1,4\n", b"p,t\n1,4\n3,3\n7,7\n9,9\n"])
def test_an_object_that_is_replaced_between_two_requests_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    uri = bucket.put("x.csv", b"p,t\n1,4\n3,3\n7,7\n")
    read = arrow_store.ArrowObject.read

    def replaced(opened: arrow_store.ArrowObject, offset: int, n_bytes: int) -> bytes:
        bucket.put("x.csv", change)
        return read(opened, offset, n_bytes)

    monkeypatch.setattr(arrow_store.ArrowObject, "read", replaced)
    with pytest.raises(SmoothL1Error, match=r"changed while being read|NUL byte"):
        smoothl1.evaluate(uri, pred=("p",), target=("t",))


@pytest.mark.usefixtures("small_requests")
def test_content_that_is_refused_since_its_object_was_replaced_is_told_as_that(
    bucket: Bucket, via: Via
) -> None:
    """A checksum inside the file is wrong for what was read: half of it old, and half new."""
    files = []
    for seed in (1, 2):
        file = io.BytesIO()
        rows = np.random.default_rng(seed).random((2, 20_000))
        np.savez(file, p=rows[0], t=rows[1])
        files.append(file.getvalue())
    for n_before in (4, 8, 12):
        uri = bucket.put("x.npz", files[0])

        def replaced(number: int, _: str, last: int = n_before) -> bool:
            if number == last:
                bucket.put("x.npz", files[1])
            return False

        via(replaced, "503")
        with pytest.raises(StorageError, match=r"x\.npz: the file changed while being read"):
            smoothl1.evaluate(uri, pred="p", target="t")


def test_a_key_that_ends_with_a_slash_is_no_object_for_a_pattern(bucket: Bucket) -> None:
    bucket.put("run/0.npy", npy_of(np.zeros(3)))
    bucket.put("run/sub/", npy_of(np.zeros(3)))
    for pattern in ("run/*", "run/**"):
        with pytest.raises(StorageError, match=r"/run/sub: a folder, and no object \[end a folder"):
            smoothl1.evaluate(f"{bucket.uri}/{pattern}", f"{bucket.uri}/run/0.npy")
    found = smoothl1.evaluate(f"{bucket.uri}/run/*.npy", np.ones(3))
    assert found.n == 3
