"""Texts of any length in HDF5 and Zarr: however long, they are read in bounded memory."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from smoothl1.errors import DataError
from smoothl1.files.opening import open_input
from smoothl1.read_options import ReadOptions
from smoothl1.sources import text_batches
from smoothl1.sources.containers import text_slices
from smoothl1.sources.containers.hdf5_headers import RawFile
from smoothl1.sources.containers.hdf5_texts import texts_of
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES
from smoothl1.sources.containers.text_slices import TextReader, column_of_texts, text_blocks
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block

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


def lengths_of(texts: NDArray[Any]) -> NDArray[np.int64]:
    return np.array([len(text) for text in texts], np.int64)


@pytest.mark.parametrize("kind", LENGTHS)
@pytest.mark.parametrize("n_rows", [1, 50, 1 << 20])
def test_blocks_have_bounded_texts(kind: str, n_rows: int) -> None:
    texts = np.array([chr(97 + i % 26) * n for i, n in enumerate(LENGTHS[kind])], object)

    class Reader:
        def texts(self, start: int, stop: int) -> NDArray[Any]:
            assert stop - start == 1 or sum(map(len, texts[start:stop])) <= MOST
            return texts[start:stop]

        def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
            return lengths_of(texts[start:stop])

    for first in (0, 3):
        blocks = text_blocks(Reader(), Part(first, len(texts)), n_rows)
        found = [block.fields[0].values for block in blocks]
        assert [text for block in found for text in block] == texts[first:].tolist()
        assert all(len(block) <= n_rows for block in found)


def test_texts_that_are_only_compared_are_shortened() -> None:
    texts = np.array(["x" * 3000, "y", "x" * 3000], object)
    column, fault = column_of_texts(texts, shorten=True)
    assert (len(column), fault) == (3, "")
    assert column.nbytes < 1000
    assert column[0] == column[2] != column[1]
    assert column_of_texts(texts, shorten=False)[0].to_pylist() == texts.tolist()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[Any]]:
    """The texts that are held together, of each read."""
    found: list[NDArray[Any]] = []

    class Noting:
        def __init__(self, reader: TextReader) -> None:
            self.reader, self.text_bytes = reader, reader.text_bytes

        def texts(self, start: int, stop: int) -> NDArray[Any]:
            found.append(texts := self.reader.texts(start, stop))
            return texts

    def noting(reader: TextReader, part: Part, n_rows: int) -> Generator[Block]:
        return text_blocks(Noting(reader), part, n_rows)

    monkeypatch.setattr(text_slices, "text_blocks", noting)
    return found


def labels_in(path: Path, n: int) -> list[str]:
    with closing(open_table(str(path), ReadOptions(), lambda _: None)) as table:
        source = table.select(Wanted((("p",),), ("g",)))
        blocks = [block.labels[0].to_pylist() for block in source.blocks(Part(0, n), n)]
    return [label for block in blocks for label in block]


def share_one_text(path: Path, n: int, text: str, first: int = 0) -> None:
    """Write a dataset of HDF5 whose rows refer to one text, which h5py does not write itself.

    Rows before the first of these have a short text.
    """
    h5py = imported("h5py")
    with h5py.File(path, "w", userblock_size=512) as file:
        file["p"], file["t"] = np.zeros(n), np.ones(n)
        dataset = file.create_dataset("g", shape=(n,), dtype=h5py.string_dtype())
        dataset[:] = np.array(["a"] * (n - 1) + [text], object)
        file.flush()
        place = dataset.id.get_offset()
    data = bytearray(path.read_bytes())
    last = data[place + 16 * (n - 1) : place + 16 * n]
    data[place + 16 * first : place + 16 * n] = bytes(last) * (n - first)
    path.write_bytes(data)


@pytest.mark.parametrize("first", [0, 64])
def test_rows_of_hdf5_that_share_one_text_are_read_a_few_at_a_time(
    tmp_path: Path, reads: list[NDArray[Any]], first: int
) -> None:
    path, text = tmp_path / "x.h5", "long " * 200
    share_one_text(path, 300, text, first)
    assert labels_in(path, 300) == ["a"] * first + [text] * (300 - first)
    assert max(sum(map(len, texts)) for texts in reads) <= MOST
    found = evaluate(path, settings=EvalSettings(by="g"), pred="p", target="t")
    groups = {entry[1].group: entry[2].n for entry in found.entries}
    assert groups == {name: n for name, n in (("a", first), (text, 300 - first)) if n}


LAYOUTS: dict[str, dict[str, Any]] = {
    "one piece": {},
    "chunks": {"chunks": (7,)},
    "gzip": {"chunks": (7,), "compression": "gzip", "shuffle": True},
    "lzf": {"chunks": (100,), "compression": "lzf", "maxshape": (None,)},
    "one column": {"chunks": (7, 3), "shape": (100, 1), "maxshape": (None, None)},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fill", [None, "not written"])
def test_lengths_of_texts_in_hdf5_are_known_before_they_are_read(
    tmp_path: Path, layout: str, fill: str | None
) -> None:
    h5py = imported("h5py")
    settings = {"shape": (100,), **LAYOUTS[layout], "dtype": h5py.string_dtype()}
    texts = np.array(["", "é", "word", "x" * 5000] * 25, object)
    path = tmp_path / "x.h5"
    with h5py.File(path, "w", userblock_size=512) as file:
        dataset = file.create_dataset("g", fillvalue=fill, **settings)
        dataset[:60] = texts[:60].reshape(-1, *dataset.shape[1:])
    wanted = [len(text.encode()) for text in [*texts[:60], *[fill or ""] * 40]]
    with closing(open_input(str(path)).seekable()) as opened, h5py.File(path) as file:
        for start, stop in ((0, 100), (3, 64), (59, 60)):
            with texts_of(RawFile.of(h5py, opened, file), file["g"], "it")() as reader:
                assert reader.text_bytes(start, stop).tolist() == wanted[start:stop]


def test_texts_of_hdf5_in_a_compact_dataset_are_read_a_few_at_a_time(
    tmp_path: Path, reads: list[NDArray[Any]]
) -> None:
    h5py = imported("h5py")
    texts = ["a", "", "word " * 200] * 10
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["p"] = np.zeros(30)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        kind = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
        h5py.h5d.create(file.id, b"g", kind, h5py.h5s.create_simple((30,)), plist)
        file["g"][:] = texts
    assert labels_in(tmp_path / "x.h5", 30) == texts
    assert max(sum(map(len, texts)) for texts in reads) <= MOST


def test_a_chunk_of_too_many_texts_in_hdf5_is_refused(tmp_path: Path) -> None:
    h5py, n = imported("h5py"), 4_200_000
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["p"] = np.zeros(2)
        kind = h5py.string_dtype()
        file.create_dataset("g", (2,), kind, chunks=(n,), maxshape=(None,), compression="gzip")
        file["g"][:] = ["a", "b"]
    with pytest.raises(DataError, match="dataset 'g' is stored in pieces of 67200000 bytes") as why:
        labels_in(tmp_path / "x.h5", 2)
    assert why.value.hint == "save it in smaller chunks"


@pytest.mark.parametrize(("dtype", "is_kept"), [("text", True), ("f8", False)])
def test_hdf5_itself_keeps_chunks_of_texts_only(
    tmp_path: Path,
    dtype: str,
    is_kept: bool,
) -> None:
    """Of numbers it would keep one beside the one that is read."""
    h5py = imported("h5py")
    kind = h5py.string_dtype() if dtype == "text" else dtype
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["p"] = np.zeros(2)
        file.create_dataset("a/é", (2,), kind, chunks=(2,))[:] = ["1", "2"]
    with closing(open_table(str(tmp_path / "x.h5"), ReadOptions(), pytest.fail)) as table:
        wanted = Wanted((("p",),), ("a/é",)) if is_kept else Wanted((("a/é",),))
        array: Any = table.select(wanted).members[-1]
        slices = array.source.slices if is_kept else array.slices
        n_bytes = slices.id.get_access_plist().get_chunk_cache()[1]
        assert (n_bytes == MAX_CHUNK_BYTES) == is_kept


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("shape", [(100,), (100, 1)])
def test_texts_of_a_zarr_chunk_are_made_a_few_at_a_time(
    tmp_path: Path,
    reads: list[NDArray[Any]],
    monkeypatch: pytest.MonkeyPatch,
    version: int,
    shape: tuple[int, ...],
) -> None:
    monkeypatch.setattr(text_slices, "_MOST_ROWS", 9)
    texts = np.array(["", "é", "word", "x" * 3000] * 25, object)
    group = imported("zarr").open_group(tmp_path / "x.zarr", mode="w", zarr_format=version)
    group.create_array("p", shape=(100,), dtype="f8")[...] = 0.0
    chunks = (40, *(2 for _ in shape[1:]))
    array = group.create_array("g", shape=shape, chunks=chunks, dtype=str, fill_value="none")
    array[:80] = texts[:80].reshape(-1, *shape[1:])
    assert labels_in(tmp_path / "x.zarr", 100) == [*texts[:80], *["none"] * 20]
    assert max(map(len, reads)) <= 9
    assert max(sum(map(len, texts)) for texts in reads) <= MOST
