"""Objects are written whole or not at all."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smoothl1
from smoothl1.cli import part_files
from smoothl1.cli.main import main
from smoothl1.errors import DataError, SettingsError, StorageError
from smoothl1.files.atomic import atomic_file
from smoothl1.files.stores import arrow_store, requests
from tests.command import SCRIPT
from tests.examples import blocks_of, shell
from tests.files.stores.servers import Bucket, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.files.stores.conftest import Via

LONG = bytes(range(256)) * 45_000  # of two parts


def test_what_is_written_is_read_back(bucket: Bucket) -> None:
    for key, content in (("a b/%20.bin", LONG), ("short", b"x"), ("empty", b"")):
        with atomic_file(f"{bucket.uri}/{key}") as file:
            file.write(content[:10])
            file.write(content[10:])
        assert bucket.get(key) == content
    assert sorted(bucket.keys()) == ["a b/%20.bin", "empty", "short"]


def test_an_error_leaves_the_store_as_it_was(bucket: Bucket) -> None:
    bucket.put("old", b"old")
    for key in ("old", "new"):
        with pytest.raises(ZeroDivisionError):
            write(f"{bucket.uri}/{key}", LONG, and_fail=True)
    assert (bucket.keys(), bucket.get("old")) == (["old"], b"old")


def test_a_wrong_bucket_or_name_is_told_before_the_work(bucket: Bucket) -> None:
    for path, what in (
        ("s3://no-bucket/x", "no such bucket"),
        (f"{bucket.uri}/", "names no object, but a folder"),
        (bucket.uri, "names no object, but a folder"),
    ):
        with pytest.raises(StorageError, match=what), atomic_file(path):
            pytest.fail("opened")


def test_uploads_that_fail_now_and_then_are_whole(bucket: Bucket, via: Via) -> None:
    proxy = via(lambda number, _: number % 3 == 0, "503")
    with atomic_file(f"{bucket.uri}/x") as file:
        file.write(LONG)
    assert bucket.get("x") == LONG
    assert any("uploadId" in line for line in proxy.lines)


def test_an_object_that_another_one_replaces_at_once_is_told_by_its_size(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = arrow_store.ArrowStore.upload

    def overtaken(store: arrow_store.ArrowStore, key: str, file: BinaryIO) -> Iterator[None]:
        yield from upload(store, key, file)
        bucket.put(key, b"other")

    monkeypatch.setattr(arrow_store.ArrowStore, "upload", overtaken)
    with pytest.raises(StorageError, match=r"/x: the store holds 5 bytes of it, not 4$"):
        write(f"{bucket.uri}/x", b"1234")
    write(f"{bucket.uri}/x", b"12345")


@pytest.mark.parametrize("how", ["503", "drop", "stall"])
def test_uploads_that_fail_leave_nothing_or_what_was_there(
    bucket: Bucket, via: Via, how: str
) -> None:
    bucket.put("old", b"old")
    via(lambda _, line: line.startswith("PUT") and "partNumber=2" in line, how)
    if how == "stall":
        requests.limit_requests(1)
    with pytest.raises(StorageError, match=r"^s3://.*/old: the (store|connection)"):
        write(f"{bucket.uri}/old", LONG)
    assert (bucket.keys(), bucket.get("old")) == (["old"], b"old")


def test_every_output_of_a_command_may_be_an_object_and_replace_its_input(
    bucket: Bucket, tmp_path: Path
) -> None:
    pred, target = np.arange(9.0), np.arange(9.0) + 3
    inputs = []
    for name, array in (("pred", pred), ("target", target)):
        file = io.BytesIO()
        np.save(file, array)
        inputs.append(bucket.put(f"{name}.npy", file.getvalue()))

    def run(*args: str) -> str:
        done = subprocess.run(
            [SCRIPT, *args], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    out = bucket.uri
    run("eval", *inputs, "-r", "none", "-o", f"{out}/losses.parquet")
    assert pq.read_table(io.BytesIO(bucket.get("losses.parquet")))["loss"].to_pylist() == [2.5] * 9
    reports = [f"--{name}={out}/{name}" for name in ("junit", "markdown")]
    run("eval", *inputs, "--json", "-o", f"{out}/result.json", "--fail-above", "3", *reports)
    saved = smoothl1.Result.from_json(bucket.get("result.json"))
    assert saved.inputs[0].paths[0] == inputs[0]
    assert bucket.get("junit").startswith(b"<?xml")
    assert b"2.5" in bucket.get("markdown")
    gate = [f"--baseline={out}/result.json", "--max-increase", "0"]
    assert run("merge", f"{out}/result.json", *gate) == "2.5\n"
    run("report", *inputs, "-o", f"{out}/page.html")
    assert bucket.get("page.html").startswith(b"<!DOCTYPE html>")
    run("eval", *inputs, "-r", "none", "-o", inputs[0])
    assert np.array_equal(np.load(io.BytesIO(bucket.get("pred.npy"))), np.full(9, 2.5))
    assert not list(tmp_path.iterdir())


def test_losses_of_parts_in_a_store_are_read_if_they_belong_together(
    bucket: Bucket, capfd: pytest.CaptureFixture[str]
) -> None:
    sides = []
    for name, shift in (("pred", 0), ("target", 3)):
        file = io.BytesIO()
        np.save(file, np.arange(9.0) + shift)
        sides.append(bucket.put(f"{name}.npy", file.getvalue()))

    def run(*args: str) -> str:
        main([*args], standalone_mode=False)
        return capfd.readouterr().out

    folder = f"{bucket.uri}/losses/"
    write = ("eval", *sides, "-r", "none", "-f", "npy", "-o", folder, "--part")
    assert run(*write, "2/2") == ""
    with pytest.raises(DataError, match=r"^part 1 of 2 is missing \[evaluate what is missing, and"):
        run("merge", folder)
    assert run(*write, "1/2") == ""
    found = [np.load(io.BytesIO(bucket.get(f"losses/part-0000{i}-of-00002.npy"))) for i in (1, 2)]
    assert np.array_equal(np.concatenate(found), np.full(9, 2.5))
    assert run("merge", folder) == "2.5\n"
    assert float(run("eval", folder, sides[0])) > 0
    with pytest.raises(SettingsError, match=r"the folder holds part-00002-of-00002\.npy"):
        run(*write, "2/2", "-b", "2")
    bucket.put("losses/part-00002-of-00002.npy", b"x")
    for args in (("merge", folder), ("eval", folder, sides[0])):
        with pytest.raises(DataError, match=r"part-00002-of-00002\.npy has 1 bytes, and \d+ were"):
            run(*args)


def test_a_run_that_another_one_overtakes_in_a_store_says_so(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(file: str) -> str:
        """The name of a record, before which another run replaces the file that is there."""
        keys = bucket.keys()
        if f"losses/{file}" in keys:
            content = bucket.get(f"losses/{file}")
            bucket.put(f"losses/{file}", content[:-8] + np.float64(7.0).tobytes())
        return record_name(file)

    file = io.BytesIO()
    np.save(file, np.arange(9.0))
    sides = [bucket.put(f"{name}.npy", file.getvalue()) for name in ("pred", "target")]
    folder = f"{bucket.uri}/losses/"
    write = ["eval", *sides, "-r", "none", "-f", "npy", "-o", folder, "--part", "1/1"]
    record_name = part_files.record_name
    with monkeypatch.context() as patched:
        patched.setattr(part_files, "record_name", overtaken)
        with pytest.raises(SettingsError, match="a part of another run"):
            main(write, standalone_mode=False)
    with pytest.raises(DataError, match=r"part-00001-of-00001\.npy has other bytes than were writ"):
        main(["eval", folder, sides[0]], standalone_mode=False)


@pytest.mark.usefixtures("bucket")
def test_the_commands_of_the_page_run(port: int, tmp_path: Path) -> None:
    named = Bucket(port, "bucket")
    for name, column, values in (("preds-1", "p", [1.0, 2.0]), ("targets/1", "t", [4.0, 5.0])):
        file = io.BytesIO()
        pq.write_table(pa.table({"id": [1, 2], column: values}), file)
        named.put(f"run/{name}.parquet", file.getvalue())
    np.save(tmp_path / "targets.npy", np.zeros(2))
    named.put("preds.npy", (tmp_path / "targets.npy").read_bytes())
    [commands] = [x for x in blocks_of("docs/stores.md") if x.name == "Objects in stores 2"]
    done = shell(tmp_path, commands.text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2.5\n", "")
    assert pq.read_table(io.BytesIO(named.get("losses.parquet")))["loss"].to_pylist() == [0, 0]
