"""Texts of any length in HDF5 and Zarr: however long, they are read in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from smoothl1.read_options import ReadOptions
from smoothl1.sources import text_batches
from smoothl1.sources.containers.text_slices import column_of_texts, text_blocks
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST = 4096
LENGTHS = {
    "short": [3] * 5000,
    "long": [500] * 900,
    "mixed": [3, 3000, 0, 5000, 7, 7, 9000] * 99,
    "long at the end": [1] * 3000 + [4096] * 40,
    "none": [],
}


@pytest.fixture(autouse=True)
def few_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_batches, "MOST_TEXT_BYTES", MOST)


@pytest.mark.parametrize("kind", LENGTHS)
@pytest.mark.parametrize("n_read", [1, 7, 1000])
@pytest.mark.parametrize("n_rows", [1, 50, 1 << 20])
def test_blocks_have_bounded_texts_and_whole_pieces_are_read(
    kind: str, n_read: int, n_rows: int
) -> None:
    texts = np.array([chr(97 + i % 26) * n for i, n in enumerate(LENGTHS[kind])], object)
    reads = []

    def read(start: int, stop: int) -> NDArray[Any]:
        reads.append((start, stop))
        return texts[start:stop]

    for first in (0, 3):
        blocks = text_blocks(read, Part(first, len(texts)), n_read, n_rows)
        found = [block.fields[0].values for block in blocks]
        assert [text for block in found for text in block] == texts[first:].tolist()
        assert all(len(block) <= n_rows for block in found)
        assert all(sum(map(len, block)) <= MOST or len(block) == 1 for block in found)
    assert all(stop % n_read == 0 or stop == len(texts) for _, stop in reads)


def test_few_long_texts_are_read_at_a_time() -> None:
    n_chars = []

    def read(start: int, stop: int) -> NDArray[Any]:
        n_chars.append(500 * (stop - start))
        return np.array([b"x" * 500] * (stop - start), object)

    n = sum(block.n_rows for block in text_blocks(read, Part(0, 900), 1, 1 << 20))
    assert n == 900
    assert max(n_chars[1:]) <= MOST


def test_texts_that_are_only_compared_are_shortened() -> None:
    texts = np.array(["x" * 3000, "y", "x" * 3000], object)
    column, fault = column_of_texts(texts, shorten=True)
    assert (len(column), fault) == (3, "")
    assert column.nbytes < 1000
    assert column[0] == column[2] != column[1]
    assert column_of_texts(texts, shorten=False)[0].to_pylist() == texts.tolist()


def share_one_text(path: Path, n: int, text: str) -> None:
    """Write a dataset of HDF5 whose rows refer to one text, which h5py does not write itself."""
    h5py = imported("h5py")
    with h5py.File(path, "w") as file:
        file["p"], file["t"] = np.zeros(n), np.ones(n)
        dataset = file.create_dataset("g", shape=(n,), dtype=h5py.string_dtype())
        dataset[:] = np.array([text] + ["a"] * (n - 1), object)
        file.flush()
        place = dataset.id.get_offset()
    data = bytearray(path.read_bytes())
    data[place : place + 16 * n] = bytes(data[place : place + 16]) * n
    path.write_bytes(data)


def test_rows_of_hdf5_that_share_one_text_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    path, text = tmp_path / "x.h5", "long " * 200
    share_one_text(path, 300, text)
    table = open_table(str(path), ReadOptions(), lambda _: None)
    source = table.select(Wanted((("p",),), ("g",)))
    blocks = [block.labels[0].to_pylist() for block in source.blocks(Part(0, 300), 300)]
    table.close()
    assert [label for block in blocks for label in block] == [text] * 300
    assert max(map(len, blocks)) == MOST // len(text)
    found = evaluate(path, settings=EvalSettings(by="g"), pred="p", target="t")
    assert [(entry[1].group, entry[2].n) for entry in found.entries] == [(text, 300)]
