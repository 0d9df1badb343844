"""Protocols of fsspec, by its file system in memory."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import fsspec
import numpy as np
import pyarrow as pa
import pytest

import smoothl1
from smoothl1.errors import MissingExtraError, SettingsError, StorageError
from smoothl1.files.stores import opening
from tests.files.stores.servers import write
from tests.files.stores.tables import columns as table_columns
from tests.files.stores.tables import in_every_format

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def memory() -> Iterator[Any]:
    """An empty file system in memory."""
    filesystem = fsspec.filesystem("memory")
    opening._store_of.cache_clear()
    yield filesystem
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]


def test_files_patterns_and_folders_are_read(memory: Any) -> None:
    for i in range(3):
        for role, shift in (("pred", 0), ("target", 3)):
            file = io.BytesIO()
            np.save(file, np.arange(100_000.0) + shift)
            memory.pipe_file(f"/run/{role}/{i}.npy", file.getvalue())
    for end in ("0.npy", "*.npy", "", "[01].npy"):
        result = smoothl1.evaluate(f"memory://run/pred/{end}", f"memory://run/target/{end}")
        assert result.mean == 2.5
    assert smoothl1.evaluate("memory://run/**/pred/*", "memory://run/target").n == 300_000


@pytest.mark.usefixtures("small_requests")
def test_whichever_request_fails_the_error_says_so_or_the_number_is_right(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    ask, asked, fails_at = type(memory).cat_file, [0], [0]

    def failing(*given: Any, **how: Any) -> Any:
        asked[0] += 1
        if asked == fails_at:
            raise PermissionError
        return ask(*given, **how)

    def outcome(path: str, n: int) -> Any:
        """The mean, or why it is refused, if the n-th request fails."""
        asked[0], fails_at[0] = 0, n
        try:
            return smoothl1.evaluate(path, **columns).mean
        except StorageError as error:
            return str(error)

    monkeypatch.setattr(type(memory), "cat_file", failing)
    for name, content in in_every_format(pa.table(table_columns())).items():
        path = f"memory://run/{name}"
        memory.pipe_file(f"/run/{name}", content)
        right = outcome(path, 0)
        seen = [outcome(path, n + 1) for n in range(asked[0])]
        refused = [words for words in seen if words != right]
        assert refused, name  # of gzip few: what fails once is read once more
        assert all(words.startswith(f"{path}: access denied") for words in refused), refused


def test_files_are_written_whole_or_not_at_all(memory: Any) -> None:
    write("memory://out/new/x", b"whole")
    with pytest.raises(ZeroDivisionError):
        write("memory://out/new/x", b"half", and_fail=True)
    assert memory.find("/out") == ["/out/new/x"]
    assert memory.cat_file("/out/new/x") == b"whole"


def test_a_write_that_fails_leaves_nothing(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(type(memory), "mv", fail)
    with pytest.raises(StorageError, match=r"^memory://out/x: access denied"):
        write("memory://out/x", b"whole")
    assert memory.find("/") == []


def test_without_fsspec_it_is_told_what_to_install(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    words = (
        r"^memory://x: memory:// is read by fsspec, which is not installed \[pip install fsspec\]"
    )
    with pytest.raises(MissingExtraError, match=words):
        smoothl1.evaluate("memory://x", "memory://x")
    with pytest.raises(MissingExtraError, match="download it first, with curl"):
        smoothl1.evaluate("https://x.org/y.npy", "y.npy")


@pytest.mark.parametrize("scheme", ["zip", "tar", "dir", "cached", "reference"])
def test_protocols_that_need_arguments_are_refused_by_name(scheme: str) -> None:
    words = rf"^{scheme}://b/x\.npy: {scheme}:// needs arguments beside the URI.*\[copy or unpack"
    with pytest.raises(SettingsError, match=words):
        smoothl1.evaluate(f"{scheme}://b/x.npy", "y.npy")


@pytest.mark.parametrize(
    "said",
    [
        "Unable to load libhdfs",
        "Unable to load libhdfs\ndlopen(/opt/libhdfs.so) failed: No such file or directory",
        "Prior attempt to load libhdfs failed",
    ],
)
def test_a_library_that_is_missing_is_no_missing_object(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Whether Hadoop is there or not: the words are those of Arrow without it."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(said)

    opening._store_of.cache_clear()
    monkeypatch.setattr(fsspec.core, "url_to_fs", fail)
    words = r"^hdfs://node/x\.npy: the library libhdfs for hdfs:// is not found \[install Java"
    with pytest.raises(MissingExtraError, match=words):
        smoothl1.evaluate("hdfs://node/x.npy", "y.npy")
