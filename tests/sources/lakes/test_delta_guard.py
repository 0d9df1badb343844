"""Logs of Delta Lake with files that deltalake would wait for, or take all memory for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, StorageError, evaluate
from smoothl1.sources.arrow import pages
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_delta import added, logged

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs("deltalake")

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """The checkpoint of a table, which is beside its log."""
    from deltalake import DeltaTable, write_deltalake

    path = str(tmp_path / "t")
    for i in range(3):
        write_deltalake(path, pa.table({"p": [float(i)], "t": [0.0]}), mode="append")
    DeltaTable(path).create_checkpoint()
    (found,) = Path(path, "_delta_log").glob("*.checkpoint.parquet")
    return found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
@pytest.mark.parametrize("name", ["_last_checkpoint", f"{2:020}.crc", f"{3:020}.json"])
def test_a_pipe_or_a_folder_in_place_of_a_file_of_a_log_is_refused(
    checkpoint: Path, name: str, make: Callable[[Path], None]
) -> None:
    """deltalake would wait for a writer without end, or read an older version."""
    (checkpoint.parent / name).unlink(missing_ok=True)
    make(checkpoint.parent / name)
    said = f"{name}: a file of the log of a table of Delta Lake that is no regular file"
    with pytest.raises(DataError, match=said):
        evaluate(checkpoint.parent.parent, None, L1, **COLUMNS)


def test_a_checkpoint_whose_pages_are_not_as_its_footer_says_is_refused(checkpoint: Path) -> None:
    """deltalake takes the memory that they claim, up to gigabytes, and ends the process without."""
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0
    whole = checkpoint.read_bytes()
    group = pq.read_metadata(checkpoint).row_group(0)
    last = max(group.column(i).data_page_offset for i in range(group.num_columns))
    for begin in range(4, last, 97):  # so that pages are not where the footer says
        checkpoint.write_bytes(whole[:begin] + b"\xac" * 8 + whole[begin:])
        with pytest.raises(DataError, match=r"checkpoint\.parquet: .*(not as the footer|damaged)"):
            evaluate(checkpoint.parent.parent, None, L1, **COLUMNS)
    checkpoint.write_bytes(whole)
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0


def written(number: int) -> bytes:
    """A number of a footer: seven bits a byte, the lowest first, of which one is the sign."""
    rest, found = 2 * number, b""
    while rest > 127:
        rest, found = rest >> 7, found + bytes([rest & 127 | 128])
    return found + bytes([rest])


FACTS = ["dictionary_page_offset", "data_page_offset", "total_compressed_size", "num_values"]


@pytest.mark.parametrize("fact", FACTS)
def test_a_checkpoint_with_a_negative_place_or_length_is_refused(
    checkpoint: Path, fact: str
) -> None:
    def told() -> int | None:
        with suppress(OSError):  # no footer, as another byte was taken
            group = pq.read_metadata(checkpoint).row_group(0)
            found: int | None = getattr(group.column(group.num_columns - 1), fact)
            return found
        return None

    whole = checkpoint.read_bytes()
    at, number = len(whole), told()
    if not number:
        pytest.skip("this version of deltalake does not write it")
    while told() != -number - 1:  # the same bytes may stand for something else
        at = whole.rindex(written(number), 0, at)
        checkpoint.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(DataError, match=r"checkpoint\.parquet: .*negative place or length"):
        evaluate(checkpoint.parent.parent, None, L1, **COLUMNS)


@pytest.mark.parametrize(
    "name",
    [
        "../s.parquet",
        "%2E%2E/s.parquet",
        "a/../../s.parquet",
        "/s.parquet",
        "%2Fs.parquet",
        "file:s",
    ],
)
def test_a_path_that_leads_out_of_the_table_is_refused(tmp_path: Path, name: str) -> None:
    logged(tmp_path / "t", added(path=name))
    (tmp_path / "t/x.parquet").rename(tmp_path / "s.parquet")
    with pytest.raises(DataError, match="a file is outside of its folder"):
        evaluate(tmp_path / "t", None, L1, **COLUMNS)


@pytest.mark.parametrize("name", ["x\0.parquet", "x%00.parquet"])
def test_a_path_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    logged(tmp_path / "t", added(path=name))
    with pytest.raises(DataError, match="no file can be called 'x"):
        evaluate(tmp_path / "t", None, L1, **COLUMNS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_in_place_of_a_data_file_is_refused(tmp_path: Path) -> None:
    logged(tmp_path / "t", added(path="x.parquet"))
    (tmp_path / "t/x.parquet").unlink()
    os.mkfifo(tmp_path / "t/x.parquet")
    with pytest.raises(DataError, match=r"x\.parquet: a file of a table that is no regular file"):
        evaluate(tmp_path / "t", None, L1, **COLUMNS)


def test_links_to_files_of_a_log_are_files(checkpoint: Path) -> None:
    """As DVC and git-annex make them."""
    for file in list(checkpoint.parent.iterdir()):
        other = checkpoint.parent.parent.parent / file.name
        file.rename(other)
        file.symlink_to(other)
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0


@pytest.mark.parametrize(
    "words",
    [
        "Unable to open file: Too many open files (os error 24)",
        'Failed to create a runtime for IO.: Os { code: 24, kind: Uncategorized, message: "" }',
    ],
)
def test_a_system_that_gives_no_more_files_is_no_damaged_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    import deltalake

    def refuse(*_: object, **__: object) -> None:
        raise OSError(f"Kernel error: Generic LocalFileSystem error: {words}")

    monkeypatch.setattr(deltalake, "DeltaTable", refuse)
    logged(tmp_path / "t")
    with pytest.raises(StorageError, match=r"t: too many open files"):
        evaluate(tmp_path / "t", None, L1, **COLUMNS)


def test_files_that_deltalake_does_not_read_may_be_anything_and_go(checkpoint: Path) -> None:
    """Writers make temporary files in the log, and editors make links that lead nowhere."""
    log = checkpoint.parent
    (log / ".#x").symlink_to("nobody@nowhere.1")
    (log / f"{3:020}.json.tmp").symlink_to("nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo(log / "_commit.json.tmp")
    assert evaluate(log.parent, None, L1, **COLUMNS).sum == 3.0


def test_a_checkpoint_whose_pages_have_long_headers_is_read(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older versions of deltalake store the whole schema as the least and the greatest text."""
    monkeypatch.setattr(pages, "_HEADER_BYTES", (4, 8))
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0


def test_parts_of_checkpoints_that_nobody_reads_may_be_damaged(checkpoint: Path) -> None:
    """A writer that died leaves parts of one, or sidecars that no checkpoint names."""
    log = checkpoint.parent
    (log / f"{2:020}.checkpoint.{1:010}.{2:010}.parquet").write_bytes(b"PAR1")
    (log / "_sidecars").mkdir()
    (log / "_sidecars/a.parquet").write_bytes(b"PAR1")
    assert evaluate(log.parent, None, L1, **COLUMNS).sum == 3.0
