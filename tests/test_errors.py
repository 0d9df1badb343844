"""Which errors of libraries tell of the system, and not of what was read."""

from __future__ import annotations

import errno
import os
import traceback
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, SmoothL1Error, StorageError, compare, describe, evaluate, report
from smoothl1.cli.faults import explained
from smoothl1.errors import lack_of, system_error
from smoothl1.sources.arrow import file as arrow_file
from smoothl1.sources.arrow import row_groups
from tests.few_files import with_few_files
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGAIN = os.strerror(errno.EAGAIN)

ERRORS: list[tuple[Exception, str | None]] = [
    (OSError(f"Failed to launch worker thread: {AGAIN}"), "threads"),  # Arrow
    (pa.ArrowException(f"Unknown error: Failed to launch worker thread: {AGAIN}"), "threads"),
    (RuntimeError("can't start new thread"), "threads"),  # Python
    (RuntimeError(AGAIN), "threads"),  # std::thread
    (pa.ArrowMemoryError("malloc of size 64 failed"), "memory"),
    (MemoryError("std::bad_alloc"), "memory"),
    (RuntimeError("std::bad_alloc"), "memory"),
    (OSError("ZSTD decompression failed: Allocation error : not enough memory"), "memory"),
    (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), "memory"),
    (OSError(f"Memory map failed: {os.strerror(errno.ENOMEM)}"), "memory"),
    (RuntimeError("LZ4F_decompress failed with code: ERROR_allocation_failed"), "memory"),
    (ImportError("libarrow.so: failed to map segment from shared object"), "memory"),
    (FileNotFoundError(errno.ENOENT, "No such file", "/x/out of memory.csv"), None),
    (BlockingIOError(errno.EAGAIN, AGAIN, "/x/cannot allocate.csv"), None),
    (OSError(errno.EAGAIN, f"Failed to launch worker thread: {AGAIN}"), "threads"),
    (OSError(errno.EAGAIN, AGAIN), None),  # an output that takes nothing now
    (OSError("Couldn't deserialize thrift: TProtocolException: Invalid data"), None),
    (OSError("Corrupt snappy compressed data."), None),
    (OSError("ZSTD decompression failed: Frame requires too much memory for decoding"), None),
    (OSError("Can't read data (memory allocation failed for raw data chunk)"), None),  # HDF5
    (pa.ArrowInvalid("No match for FieldRef 'out of memory'"), None),
    (pa.ArrowNotImplementedError("Unsupported cast from out of memory"), None),
    (DataError("column 'out of memory' is not there"), None),
    (ImportError("No module named 'h5py'"), None),
]


@pytest.mark.parametrize(("error", "lack"), ERRORS, ids=lambda of: str(of)[:40])
def test_words_of_libraries_tell_what_the_system_lacks(error: Exception, lack: str | None) -> None:
    assert lack_of(error) == lack
    found = system_error(error, "x")
    if lack == "memory":
        assert isinstance(found, MemoryError)
        assert explained(error)[0].startswith("out of memory")
    elif lack == "threads":
        assert isinstance(found, StorageError)
        assert explained(error)[0] == str(found)
    elif isinstance(found, StorageError):
        assert found.path == (getattr(error, "filename", None) or "x")
    assert lack is None or explained(error)[1] == explained(found or error)[1] == 4


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (ERRORS[1][0], StorageError, "the system starts no more threads [fewer --threads]"),
        (OSError(errno.EMFILE, "any"), StorageError, f": {os.strerror(errno.EMFILE).lower()}"),
        (ERRORS[7][0], MemoryError, "not enough memory"),
        (pa.ArrowMemoryError("malloc of size 3 failed"), MemoryError, "malloc of size 3 failed"),
        (pa.ArrowMemoryError(f"malloc of size {1 << 60} failed"), DataError, "broken "),
        (OSError("Corrupt snappy compressed data."), DataError, "broken "),
    ],
    ids=lambda of: str(of)[:30],
)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_system_that_refuses_is_no_broken_file(
    suffix: str,
    error: Exception,
    kind: type[Exception],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = save(tmp_path / f"x.{suffix}", p=[1.0], t=[2.0])

    def refused(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(row_groups, "opened_parquet", refused)
    monkeypatch.setattr(arrow_file, "arrow_file", refused)
    with pytest.raises(kind) as caught:
        evaluate(path, pred=("p",), target=("t",))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: evaluate([1.0], [2.0], pred="q"),
        lambda: evaluate("no such file", [2.0]),
        lambda: evaluate([1.0], [2.0], nan="none"),
        lambda: compare([1.0], [2.0], [3.0, 4.0]),
        lambda: report([1.0], [2.0], key="k"),
        lambda: describe("no such file"),
    ],
)
def test_callers_see_their_own_line_before_the_message_and_none_of_ours(
    call: Callable[[], object],
) -> None:
    with pytest.raises(SmoothL1Error) as caught:
        call()
    error = caught.value
    lines = traceback.format_exception(error)
    assert sum(line.startswith("  File") for line in lines) <= 3  # two of these are of this test
    assert not any("During handling" in line for line in lines)
    notes = [f"{note}\n" for note in getattr(error, "__notes__", ())]
    said = f"{type(error).__module__}.{type(error).__name__}: {error}\n"
    assert lines[-1 - len(notes) :] == [said, *notes]


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_an_error_is_seen_also_where_no_file_can_be_opened() -> None:
    """The import of what looks for names of columns failed, and hid it."""
    before = """
from smoothl1.callers import for_callers
from smoothl1.errors import StorageError
@for_callers
def fail():
    raise StorageError("the reason")
"""
    then = """
try:
    fail()
except Exception as error:
    print(error)
"""
    assert with_few_files(0, before, then) == "the reason\n"
