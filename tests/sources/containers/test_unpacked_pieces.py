"""The memory of unpacked pieces: each is unpacked once for all its readers, and then let go."""

from __future__ import annotations

from contextlib import closing, nullcontext
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1.read_options import ReadOptions
from smoothl1.sources.containers.slices import SlicedArray
from smoothl1.sources.containers.unpacked_pieces import UnpackedPieces
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


class Noted:
    """Unpacks pieces of 10 bytes, and notes which."""

    def __init__(self) -> None:
        self.unpacked: list[int] = []

    def of(self, number: int) -> Callable[[], bytes]:
        def unpack() -> bytes:
            self.unpacked.append(number)
            return bytes([number]) * 10

        return unpack


def pieces_of(most_bytes: int) -> UnpackedPieces[bytes]:
    return UnpackedPieces(most_bytes, len)


def test_a_piece_is_unpacked_once_until_its_last_row_is_read() -> None:
    pieces, noted = pieces_of(10), Noted()
    for _ in range(3):
        with pieces.reader() as reader:
            assert reader.piece(7, noted.of(7)) == b"\7" * 10
    with pieces.reader() as reader:
        reader.piece(7, noted.of(7), to_end=True)
    assert noted.unpacked == [7]
    with pieces.reader() as reader:
        reader.piece(7, noted.of(7))
    assert noted.unpacked == [7, 7]


def test_a_piece_stays_for_one_reader_when_another_has_read_its_last_row() -> None:
    pieces, noted = pieces_of(10), Noted()
    with pieces.reader() as slow:
        slow.piece(0, noted.of(0))
        with pieces.reader() as fast:
            fast.piece(0, noted.of(0), to_end=True)
            fast.piece(1, noted.of(1))
        with pieces.reader() as third:
            third.piece(0, noted.of(0))
    assert noted.unpacked == [0, 1]


def test_the_pieces_that_were_read_first_make_room_for_others() -> None:
    pieces, noted = pieces_of(25), Noted()
    for number in (0, 1, 0, 2, 0, 1):
        with pieces.reader() as reader:
            reader.piece(number, noted.of(number))
    assert noted.unpacked == [0, 1, 2, 1]


def test_no_two_pieces_are_held_where_one_takes_all_the_room() -> None:
    held: set[int] = set()

    class Piece:
        def __init__(self, number: int) -> None:
            assert not held
            held.add(number)
            self.number = number

        def __del__(self) -> None:
            held.discard(self.number)

    pieces: UnpackedPieces[Piece] = UnpackedPieces(10, lambda _: 10)
    for number in range(3):
        with pieces.reader() as reader:
            reader.piece(number, lambda number=number: Piece(number))  # type: ignore[misc]
    assert held == {2}


def test_a_reader_waits_for_the_one_that_unpacks_what_it_wants() -> None:
    pieces, both, found = pieces_of(10), Barrier(2), []

    def read() -> None:
        with pieces.reader() as reader:
            both.wait()
            found.append(reader.piece(0, lambda: bytes(10) + bytes([len(found)])))
            both.wait()

    threads = [Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] is found[1]


def test_a_piece_that_cannot_be_unpacked_is_tried_again() -> None:
    pieces, noted = pieces_of(10), Noted()

    def broken() -> bytes:
        raise ValueError("damaged")

    with pieces.reader() as reader:
        for _ in range(2):
            with pytest.raises(ValueError, match="damaged"):
                reader.piece(0, broken)
        assert reader.piece(0, noted.of(0)) == bytes(10)


class Counted:
    """An array in chunks of eight rows that counts what is read of it."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values, self.shape, self.dtype = values, values.shape, values.dtype
        self.chunks = (8, *values.shape[1:])
        self.read: list[tuple[int, int]] = []

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        self.read.append((rows.start, rows.stop))
        return self.values[rows]


def sliced(slices: Counted) -> SlicedArray:
    return SlicedArray.of("x", "zarr", slices, "array x", lambda _: nullcontext())


def rows_in(array: SlicedArray, start: int, stop: int, n_rows: int = 3) -> list[float]:
    found = [block.fields[0].values for block in array.blocks(Part(start, stop), n_rows)]
    assert all(len(values) <= n_rows * array.fields[0].row_elements for values in found)
    return list(np.concatenate(found).tolist())


@pytest.mark.parametrize("width", [1, 3])
def test_a_piece_of_numbers_that_several_parts_share_is_read_once(width: int) -> None:
    values = np.arange(20.0 * width).reshape(20, *([width] if width > 1 else []))
    slices = Counted(values)
    array = sliced(slices)
    for start, stop in ((0, 3), (3, 6), (6, 8), (8, 16), (16, 18), (18, 20)):
        assert rows_in(array, start, stop) == values[start:stop].reshape(-1).tolist()
    assert slices.read == [(0, 8), (8, 16), (16, 20)]


def test_whole_pieces_are_read_together() -> None:
    slices = Counted(np.arange(40.0))
    assert rows_in(sliced(slices), 0, 40, n_rows=20) == slices.values.tolist()
    assert slices.read == [(0, 16), (16, 32), (32, 40)]


def test_parts_that_take_turns_in_two_pieces_get_rows_of_their_own() -> None:
    slices = Counted(np.arange(16.0))
    array = sliced(slices)
    one, other = array.blocks(Part(0, 7), 2), array.blocks(Part(9, 16), 2)
    pairs = [
        (a.fields[0].values[0], b.fields[0].values[0]) for a, b in zip(one, other, strict=True)
    ]
    assert pairs == [(0, 9), (2, 11), (4, 13), (6, 15)]
    assert slices.read == [(0, 8), (8, 16)]


def texts_of_zarr(path: Path) -> list[str]:
    texts = [f"text {i}" for i in range(90)]
    group = imported("zarr").open_group(path, mode="w", zarr_format=2)
    group.create_array("p", shape=(90,), dtype="f8")[...] = 1.0
    group.create_array("g", shape=(90,), chunks=(40,), dtype=str)[:] = np.array(texts, object)
    return texts


def texts_of_hdf5(path: Path) -> list[str]:
    h5py, texts = imported("h5py"), [f"text {i}" for i in range(90)]
    with h5py.File(path, "w") as file:
        file["p"] = np.zeros(90)
        file.create_dataset("g", data=texts, chunks=(40,), compression="gzip")
    return texts


UNPACKS = {
    "zarr": ("smoothl1.sources.containers.zarr.texts.TextsInChunks.chunk", texts_of_zarr),
    "h5": ("smoothl1.sources.containers.hdf5_texts._InChunks.lengths", texts_of_hdf5),
}


@pytest.mark.parametrize("kind", UNPACKS)
def test_texts_of_parts_that_take_turns_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    where, write = UNPACKS[kind]
    path = tmp_path / f"x.{kind}"
    texts = write(path)
    owner: Any = pytest.importorskip(where.rpartition(".")[0].rpartition(".")[0])
    owner = getattr(owner, where.split(".")[-2])
    unpacked, unpack = [], getattr(owner, where.split(".")[-1])

    def noting(self: Any, i: int) -> Any:
        unpacked.append(i)
        return unpack(self, i)

    monkeypatch.setattr(where, noting)
    with closing(open_table(str(path), ReadOptions(), pytest.fail)) as table:
        source = table.select(Wanted((("p",),), ("g",)))
        parts = [source.blocks(Part(start, start + 30), 5) for start in (0, 30, 60)]
        found: list[list[str]] = [[], [], []]
        for _ in range(6):
            for texts_of_part, blocks in zip(found, parts, strict=True):
                texts_of_part.extend(next(blocks).labels[0].to_pylist())
        assert sorted(unpacked) == [0, 1, 2]
        for blocks in parts:
            assert next(blocks, None) is None
    assert [text for part in found for text in part] == texts


@pytest.mark.parametrize("kind", ["zarr", "h5"])
def test_an_array_that_is_read_as_numbers_and_as_labels_is_unpacked_once(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"x.{kind}"
    if kind == "h5":
        with imported("h5py").File(path, "w") as file:
            file.create_dataset("p", data=np.zeros(9), chunks=(4,), compression="gzip")
    else:
        group = imported("zarr").open_group(path, mode="w", zarr_format=2)
        group.create_array("p", shape=(9,), chunks=(4,), dtype="f8")[...] = 1.0
    with closing(open_table(str(path), ReadOptions(), pytest.fail)) as table:
        source: Any = table.select(Wanted((("p",),), shared=("p",)))
        numbers, labels = source.members
        assert labels.source.pieces is numbers.pieces


@pytest.mark.parametrize("code", ["<f8", ">f8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_in_one_chunk_of_zarr_are_no_copy_where_they_need_none(
    tmp_path: Path, code: str, order: str
) -> None:
    table = (np.arange(30).reshape(10, 3) % 2).astype(code)
    path = tmp_path / "x.zarr"
    group = imported("zarr").open_group(path, mode="w", zarr_format=2)
    group.create_array("p", shape=(10, 3), chunks=(8, 3), dtype=code, order=order)[...] = table
    with closing(open_table(str(path), ReadOptions(), pytest.fail)) as opened:
        array: Any = opened.select(Wanted((("p",),))).members[0]
        found = array.slices[2:7]
    assert found.tolist() == table[2:7].tolist()
    assert found.flags.c_contiguous
    assert found.flags.writeable == (order == "F")  # those are of a buffer of their own
