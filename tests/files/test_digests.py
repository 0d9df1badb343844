"""Results say of which bytes they are: the SHA-256 of each file, in whatever way it is read."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smoothl1 import ReadOptions, Result, compare, evaluate
from smoothl1.errors import DataError, SettingsError, SmoothL1Error, StorageError
from smoothl1.files.digests import Digest, HashedInput
from smoothl1.files.opening import open_input
from tests.sources.writers import SINGLE_FILES, WRITERS

WANTED = ReadOptions(digests=True)
TABLE = np.random.default_rng(3).normal(size=(400, 2))


def digest(path: str | Path) -> Digest:
    return Digest(str(path), hashlib.sha256(Path(path).read_bytes()).hexdigest())


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Arrays, a CSV, and a folder of arrays with one that is empty."""
    monkeypatch.chdir(tmp_path)
    np.save("t.npy", TABLE)
    np.save("u.npy", TABLE - 1)
    np.save("w.npy", np.ones(len(TABLE)))
    Path("p.csv").write_text("a,b\n" + "".join(f"{a!r},{b!r}\n" for a, b in TABLE.tolist()))
    Path("run").mkdir()
    for i, start in enumerate(range(0, 400, 100)):
        np.save(f"run/p-{i}.npy", TABLE[start : start + 100])
    np.save("run/p-4.npy", TABLE[:0])
    return tmp_path


@pytest.mark.sampled
@pytest.mark.parametrize("name", SINGLE_FILES)
def test_a_file_of_any_format_is_hashed_as_it_is_stored(tmp_path: Path, name: str) -> None:
    written = WRITERS[name][1](tmp_path / "x", TABLE)
    columns = {"pred": written.columns, "target": written.columns}
    result = evaluate(written.path, written.path, options=WANTED, warn=lambda _: None, **columns)
    assert result.digests == (digest(written.path),)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", ["p.csv", "t.npy"])
def test_a_pipe_is_hashed_as_it_is_read(name: str) -> None:
    read, write = os.pipe()

    def feed() -> None:
        with os.fdopen(write, "wb") as pipe:
            pipe.write(Path(name).read_bytes())

    thread = threading.Thread(target=feed)
    thread.start()
    path = f"/dev/fd/{read}"
    result = evaluate(path, "t.npy", pred=("a", "b") if "csv" in name else (), options=WANTED)
    thread.join()
    os.close(read)
    assert result.digests == (Digest(path, digest(name).sha256), digest("t.npy"))


def test_bytes_that_are_read_in_order_are_read_once(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = HashedInput(open_input("p.csv"))
    size, step = file.size, 7
    for start in range(0, size, step):
        file.read(start, step)
        file.read(0, step)  # what was read before is not hashed again
    monkeypatch.setattr(type(file._inner), "read", lambda *_: b"")
    assert file.digest() == digest("p.csv")
    file.close()


@pytest.mark.usefixtures("files")
def test_bytes_that_are_skipped_are_hashed_too() -> None:
    with open("p.csv", "rb") as given:
        file = HashedInput(open_input(f"/dev/fd/{given.fileno()}"))
        whole = Path("p.csv").read_bytes()
        buffer = bytearray(9)
        assert file.read(100, 10) == whole[100:110]
        file.read_into(memoryview(buffer), 500)
        assert (bytes(buffer), file.digest().sha256) == (whole[500:509], digest("p.csv").sha256)
        file.close()


@pytest.mark.usefixtures("files")
def test_all_inputs_and_the_files_of_a_folder_are_hashed_once_each() -> None:
    found = evaluate("run", "t.npy", weights="w.npy", options=WANTED)
    run = [digest(f"run/p-{i}.npy") for i in range(5)]
    assert found.digests == (*run, digest("t.npy"), digest("w.npy"))
    assert evaluate("run", "t.npy").digests == ()
    in_memory = evaluate(TABLE, "t.npy", options=WANTED)
    assert in_memory.digests == (digest("t.npy"),)
    of_two = compare("u.npy", "run", "t.npy", options=WANTED)
    assert of_two.digests == (digest("u.npy"), *run, digest("t.npy"))
    assert of_two.to_json()["digests"][0] == digest("u.npy").document()


def test_a_folder_that_is_one_input_is_refused_by_name(tmp_path: Path) -> None:
    store = WRITERS["zarr"][1](tmp_path / "x", TABLE).path
    with pytest.raises(SettingsError, match=r"^.*/x: is a folder .* no digest \[leave out --dig"):
        evaluate(store, store, options=WANTED)


@pytest.mark.usefixtures("files")
def test_workers_form_no_digests_and_the_result_has_them() -> None:
    with ThreadPoolExecutor(2) as executor:
        found = evaluate("run", "t.npy", options=WANTED, executor=executor)
    assert found.digests == evaluate("run", "t.npy", options=WANTED).digests


@pytest.mark.usefixtures("files")
def test_parts_have_the_digests_of_their_files_and_all_together_those_of_the_run() -> None:
    whole = evaluate("run", "t.npy", options=WANTED, statistics=True)
    parts = [
        evaluate("run", "t.npy", options=WANTED, part=(i, 3), statistics=True) for i in (1, 2, 3)
    ]
    assert {one.path for one in parts[1].digests} == {"run/p-1.npy", "run/p-2.npy", "t.npy"}
    merged = Result.merged([Result.from_json(part.to_json()) for part in parts])
    assert merged.digests == tuple(sorted(whole.digests))
    elsewhere = [one._replace(path=f"mnt/{one.path}") for one in parts[2].digests]
    assert Result.merged([*parts[:2], replace(parts[2], digests=tuple(elsewhere))]).n == 800
    others = [one._replace(sha256="0" * 64) if one.input == 2 else one for one in elsewhere]
    said = r"^parts of one run have read different files: t\.npy has .*, and mnt/t\.npy has 000"
    with pytest.raises(DataError, match=said):
        Result.merged([*parts[:2], replace(parts[2], digests=tuple(others))])


@pytest.mark.usefixtures("files")
def test_merged_results_have_all_digests_each_once() -> None:
    results = [evaluate(name, "t.npy", options=WANTED) for name in ("run", "u.npy", "run")]
    paths = [one.path for one in Result.merged(results).digests]
    assert paths == [*(f"run/p-{i}.npy" for i in range(5)), "t.npy", "u.npy"]


@pytest.mark.usefixtures("files")
def test_a_file_of_a_folder_that_changes_before_it_is_hashed_is_refused() -> None:
    def change(_: object) -> None:
        os.utime("run/p-1.npy", ns=(0, 0))

    with pytest.raises(StorageError, match=r"^run/p-1\.npy: the file changed"):
        evaluate("run", "t.npy", options=WANTED, progress=change)


@pytest.mark.parametrize("sha256", ["", "0" * 63, "A" * 64, "0" * 64 + "\n", 7])
def test_a_digest_that_is_none_is_refused(files: Path, sha256: object) -> None:
    document = evaluate("t.npy", "t.npy", options=WANTED, warn=lambda _: None).to_json()
    document["digests"][0]["sha256"] = sha256
    with pytest.raises(SmoothL1Error, match=r"^damaged: digests"):
        Result.from_json(document)
