"""Pages of Parquet that claim more bytes than the file has are refused before they are read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.files.opening import open_input
from smoothl1.sources.arrow import opened_parquet, pages, whole

if TYPE_CHECKING:
    from pathlib import Path

N_PAGES, ROWS_PER_PAGE = 4, 1500
PAGE_BYTES = 8 * ROWS_PER_PAGE


@pytest.fixture(autouse=True)
def no_file_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_parquet, "_SMALL_BYTES", 0)
    monkeypatch.setattr(whole, "_BYTES_PER_FOOTER", 0)


def size(n_bytes: int) -> bytes:
    """A size in the header of a page: an integer of three bytes, with the mark of its kind."""
    number = 2 * n_bytes
    return bytes([0x15, number & 127 | 128, number >> 7 & 127 | 128, number >> 14])


def test_every_page_that_claims_more_than_the_file_has_is_refused(tmp_path: Path) -> None:
    values = np.random.default_rng(7).normal(size=(2, N_PAGES * ROWS_PER_PAGE))
    schema = pa.schema([pa.field(name, pa.float64(), nullable=False) for name in "pt"])
    table = pa.table([*values], schema)
    how: dict[str, Any] = {"use_dictionary": False, "compression": "none"}
    how |= {"data_page_size": PAGE_BYTES, "write_batch_size": ROWS_PER_PAGE}
    path = tmp_path / "d.parquet"
    pq.write_table(table, path, row_group_size=2 * ROWS_PER_PAGE, **how)
    whole_file = path.read_bytes()
    evaluate(path, pred="p", target="t")
    sizes = 2 * size(PAGE_BYTES)
    assert whole_file.count(sizes) == 2 * N_PAGES
    at = 0
    for i in range(2 * N_PAGES):
        at = whole_file.index(sizes, at + 1)
        lie = size(PAGE_BYTES) + size(len(whole_file))
        path.write_bytes(whole_file[:at] + lie + whole_file[at + len(lie) :])
        group = i * 2 // (2 * N_PAGES) + 1
        with pytest.raises(DataError, match=f"group {group}: a page claims {len(whole_file)} "):
            evaluate(path, pred="p", target="t")


def test_a_column_that_begins_before_the_file_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    table = pa.table({"p": np.arange(2000.0), "t": np.zeros(2000)})
    pq.write_table(table, path, use_dictionary=False, compression="none")
    whole_file = path.read_bytes()
    at = whole_file.rindex(b"\x26" + size(offset_of_last(path))[1:])
    path.write_bytes(whole_file[: at + 1] + bytes([whole_file[at + 1] ^ 1]) + whole_file[at + 2 :])
    assert offset_of_last(path) < 0
    with pytest.raises(DataError, match=r"d\.parquet"):
        evaluate(path, pred="p", target="t")


def offset_of_last(path: Path) -> int:
    """The first byte of the pages of the last column."""
    offset: int = pq.read_metadata(path).row_group(0).column(1).data_page_offset
    return offset


@pytest.mark.parametrize(
    "how",
    [
        {"use_dictionary": False, "compression": "snappy"},
        {"use_dictionary": True, "compression": "zstd", "data_page_version": "2.0"},
        {"use_dictionary": True, "write_statistics": False, "write_page_checksum": True},
    ],
)
def test_pages_of_every_kind_are_looked_at_to_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]
) -> None:
    n_rows = 5000
    ids = [f"{i % 700:01000}" for i in range(n_rows)]  # long in statistics, too
    lists = [[0.5] * (i % 3) for i in range(n_rows)]
    missing = [None if i % 7 == 0 else 0.25 for i in range(n_rows)]
    table = pa.table({"i": ids, "l": lists, "m": missing, "x": np.arange(n_rows) + 0.5})
    path = tmp_path / "d.parquet"
    pq.write_table(table, path, row_group_size=3000, data_page_size=9000, **how)
    seen: list[Any] = []
    page_at = pages._page

    def noted(*args: Any) -> Any:
        seen.append(page_at(*args))
        return seen[-1]

    monkeypatch.setattr(pages, "_page", noted)
    metadata = pq.read_metadata(path)
    with closing(open_input(str(path), 1)) as file:
        ranges = pages.page_ranges(file.seekable(), range(4))
        for group, of_group in enumerate(ranges):
            for leaf, found in enumerate(of_group):
                chunk = metadata.row_group(group).column(leaf)
                seen.clear()
                pages.check_pages(file.seekable(), [found], "")
                assert None not in seen
                n_bytes = sum(page.n_header + page.n_stored for page in seen)
                assert n_bytes == chunk.total_compressed_size
                assert sum(page.n_values for page in seen) == chunk.num_values
                pages.check_claims(file.seekable(), chunk)
    assert len(ranges) == 2
