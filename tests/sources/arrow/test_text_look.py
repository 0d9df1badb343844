"""Texts of Parquet: as many rows are read at a time as their texts allow."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, evaluate
from smoothl1.read_options import ReadOptions
from smoothl1.sources.arrow import row_groups, text_look
from smoothl1.sources.arrow.columns import ChosenColumns
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from smoothl1.sources.text_batches import MOST_TEXT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

N = 3000
LONG = "x" * 20_000
REPEATED = [f"{LONG}{i % 3}" for i in range(N)]
THEN_REPEATED = ["a"] * 16 + [LONG] * (N - 16)
DELTA = {"use_dictionary": False, "column_encoding": {"g": "DELTA_BYTE_ARRAY"}}
SHORT_FIRST = [str(i) if i < 100 else f"{i}{LONG}" for i in range(N)]


def save(path: Path, texts: Any, **options: Any) -> Path:
    table = pa.table({"p": np.zeros(N), "t": np.ones(N), "g": texts})
    pq.write_table(table, path, compression="zstd", **options)
    return path


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[pa.RecordBatch]:
    """The batches as pyarrow reads them."""
    found: list[pa.RecordBatch] = []
    of_batch = ChosenColumns.blocks

    def noted(self: Any, batch: pa.RecordBatch, first_row: int) -> Iterator[Any]:
        found.append(batch)
        return of_batch(self, batch, first_row)

    monkeypatch.setattr(ChosenColumns, "blocks", noted)
    return found


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (REPEATED, {}),
        (REPEATED, {"store_schema": False}),
        (REPEATED, {"use_dictionary": False}),
        (SHORT_FIRST, {"use_dictionary": False}),
        (SHORT_FIRST, {"dictionary_pagesize_limit": 1 << 16}),
        (REPEATED, DELTA),
        (THEN_REPEATED, DELTA),
    ],
)
@pytest.mark.parametrize("is_carried", [True, False])
def test_batches_of_labels_are_bounded_however_texts_are_stored(
    tmp_path: Path,
    batches: list[pa.RecordBatch],
    texts: list[str],
    options: dict[str, Any],
    *,
    is_carried: bool,
) -> None:
    path = save(tmp_path / "x.parquet", texts, **options)
    table = open_table(str(path), ReadOptions(), lambda _: None)
    source = table.select(Wanted((("p",),), ("g",), carried=(0,) if is_carried else ()))
    found = [block.labels[0] for block in source.blocks(Part(0, N), 1 << 20)]
    table.close()
    assert [text for label in found for text in label.to_pylist()] == texts
    assert max(batch.nbytes for batch in batches) <= 1.2 * MOST_TEXT_BYTES
    for label in found:  # a dictionary holds each text once
        values = label.dictionary if pa.types.is_dictionary(label.type) else label
        assert sum(map(len, values.to_pylist())) <= MOST_TEXT_BYTES


@pytest.mark.parametrize("kind", [pa.large_string(), pa.large_binary(), pa.binary()], ids=str)
def test_long_texts_of_each_type_are_delivered_as_texts(tmp_path: Path, kind: pa.DataType) -> None:
    path = save(tmp_path / "x.parquet", pa.array(REPEATED).cast(kind))
    table = open_table(str(path), ReadOptions(), lambda _: None)
    source = table.select(Wanted((("p",),), ("g",)))
    for block in source.blocks(Part(0, N), 1 << 20):
        (labels,) = block.labels  # a dictionary where they are stored once
        values = labels.dictionary if pa.types.is_dictionary(labels.type) else labels
        assert pa.types.is_string(values.type) or values.type == source.labels[0].type
        assert set(labels.to_pylist()) == set(REPEATED)
    table.close()


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_groups_are_read_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    options = {"use_dictionary": False, "column_encoding": {"g": encoding}}
    path = save(tmp_path / "x.parquet", ["a", "b", "b"] * (N // 3), **options)
    found = evaluate(path, settings=EvalSettings(by="g"), pred="p", target="t")
    assert [(entry[1].group, entry[2].n) for entry in found.entries] == [("a", 1000), ("b", 2000)]


def batches_of(path: Path, n: int) -> None:
    """Read all rows of texts that are kept."""
    table = open_table(str(path), ReadOptions(), lambda _: None)
    source = table.select(Wanted((("p",),), ("g",), carried=(0,)))
    assert sum(block.n_rows for block in source.blocks(Part(0, n), 1 << 20)) == n
    table.close()


def save_rows(path: Path, texts: list[str], **options: Any) -> Path:
    numbers = np.zeros(len(texts))
    pq.write_table(pa.table({"p": numbers, "t": numbers, "g": texts}), path, **options)
    return path


def test_texts_that_share_bytes_and_are_long_after_many_rows_are_bounded(
    tmp_path: Path, batches: list[pa.RecordBatch]
) -> None:
    texts = ["a"] * 22_000 + [LONG] * 6000
    batches_of(save_rows(tmp_path / "x.parquet", texts, **DELTA), len(texts))
    assert max(batch.nbytes for batch in batches) <= 4.2 * MOST_TEXT_BYTES


def test_short_texts_that_are_decoded_a_few_at_a_time_are_joined(
    tmp_path: Path, batches: list[pa.RecordBatch]
) -> None:
    texts = [str(i) for i in range(20_000)]
    batches_of(save_rows(tmp_path / "x.parquet", texts, **DELTA), len(texts))
    assert len(batches) == 1


@pytest.mark.parametrize("n", [1, 64, 100])
def test_batches_that_grew_are_as_long_as_was_asked(tmp_path: Path, n: int) -> None:
    """Those of the other side are: no batch is cut, as long as texts are short."""
    path = save_rows(tmp_path / "x.parquet", [str(i) for i in range(1000)])
    with closing(open_table(str(path), ReadOptions(), lambda _: None)) as table:
        source = table.select(Wanted((("p",),), ("g",)))
        lengths = [block.n_rows for block in source.blocks(Part(0, None), n)]
    assert lengths == [n] * (1000 // n) + [1000 % n] * (1000 % n > 0)


def varint(n: int, width: int = 1) -> bytes:
    """A number as Thrift stores it (zigzag), in at least so many bytes."""
    n, data = 2 * n, []
    while n > 127 or len(data) < width - 1:
        data.append(n & 127 | 128)
        n >>= 7
    return bytes([*data, n])


def test_a_footer_that_claims_few_bytes_is_not_believed(
    tmp_path: Path, batches: list[pa.RecordBatch]
) -> None:
    options = {"use_dictionary": False, "data_page_size": 1 << 19, "write_batch_size": 1}
    path = save(tmp_path / "x.parquet", THEN_REPEATED, write_statistics=False, **options)
    metadata = pq.read_metadata(path).row_group(0)
    data = path.read_bytes()
    for n_bytes in (metadata.column(2).total_uncompressed_size, metadata.total_byte_size):
        claim = varint(n_bytes)
        assert claim in data
        data = data.replace(claim, varint(5000, len(claim)))
    path.write_bytes(data)
    assert pq.read_metadata(path).row_group(0).column(2).total_uncompressed_size == 5000
    batches_of(path, N)
    assert max(batch.nbytes for batch in batches) <= 1.2 * MOST_TEXT_BYTES


def test_pages_that_fill_with_long_texts_late_bound_the_rows_that_are_decoded(
    tmp_path: Path, batches: list[pa.RecordBatch]
) -> None:
    texts = ["a"] * 22_000 + [f"{i}{LONG}" for i in range(6000)]
    options = {"use_dictionary": False, "data_page_size": 1 << 16, "compression": "zstd"}
    batches_of(save_rows(tmp_path / "x.parquet", texts, **options), len(texts))
    assert max(batch.nbytes for batch in batches) <= 1.2 * MOST_TEXT_BYTES


@pytest.fixture
def dictionaries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The columns that are read as dictionaries, once for each reader."""
    found: list[str] = []
    opened_parquet = row_groups.opened_parquet

    def noting(file: Any, metadata: Any = None, names: Sequence[str] = (), **how: Any) -> Any:
        found.extend(names)
        return opened_parquet(file, metadata, names, **how)

    for module in (row_groups, text_look):
        monkeypatch.setattr(module, "opened_parquet", noting)
    return found


@pytest.mark.parametrize(
    ("texts", "options", "n_readers"),
    [
        (REPEATED, {}, 2),
        (SHORT_FIRST, {}, 0),  # a page of 20 MB, which pyarrow ends after 1,024 rows
        (SHORT_FIRST, {"dictionary_pagesize_limit": 1 << 16, "write_batch_size": 1}, 0),
        (SHORT_FIRST, {"use_dictionary": False}, 0),
    ],
)
def test_no_dictionary_is_made_of_more_texts_than_have_room(
    tmp_path: Path,
    dictionaries: list[str],
    texts: list[str],
    options: dict[str, Any],
    n_readers: int,
) -> None:
    """pyarrow would hold each of them several times, also those stored behind its dictionary."""
    path = save(tmp_path / "x.parquet", texts, **options)
    with closing(open_table(str(path), ReadOptions(), lambda _: None)) as table:
        source = table.select(Wanted((("p",),), ("g",), ("g",)))
        found = [block.labels[0] for block in source.blocks(Part(0, N), 1 << 20)]
    assert [text for labels in found for text in labels.to_pylist()] == texts
    assert dictionaries == ["g"] * n_readers
