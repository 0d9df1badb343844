"""Arrays of containers in slices: a piece that is unpacked as a whole is held once."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1.read_options import ReadOptions
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES, SlicedArray
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Counted:
    """An array in chunks of eight rows that counts what is read of it."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values, self.shape, self.dtype = values, values.shape, values.dtype
        self.chunks = (8, *values.shape[1:])
        self.read: list[tuple[int, int]] = []

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        self.read.append((rows.start, rows.stop))
        return self.values[rows]


def rows_in(array: SlicedArray, start: int, stop: int, n_rows: int = 3) -> list[float]:
    found = [block.fields[0].values for block in array.blocks(Part(start, stop), n_rows)]
    assert all(len(values) <= n_rows * array.fields[0].row_elements for values in found)
    return np.concatenate(found).tolist()


@pytest.mark.parametrize("width", [1, 3])
def test_a_piece_that_several_parts_share_is_read_once(width: int) -> None:
    values = np.arange(20.0 * width).reshape(20, *([width] if width > 1 else []))
    slices = Counted(values)
    array = SlicedArray.of("x", "zarr", slices, "array x", lambda _: nullcontext())
    for start, stop in ((6, 8), (0, 3), (3, 6), (8, 16), (18, 20), (16, 18)):
        assert rows_in(array, start, stop) == values[start:stop].reshape(-1).tolist()
    assert slices.read == [(0, 8), (8, 16), (16, 20)]


def test_a_piece_is_let_go_with_the_last_of_its_rows() -> None:
    slices = Counted(np.arange(8.0))
    array = SlicedArray.of("x", "zarr", slices, "array x", lambda _: nullcontext())
    for _ in range(2):
        rows_in(array, 4, 8)
        rows_in(array, 0, 4)
    assert slices.read == [(0, 8)] * 2


def test_parts_that_take_turns_in_two_pieces_get_the_rows_of_their_own() -> None:
    slices = Counted(np.arange(16.0))
    array = SlicedArray.of("x", "zarr", slices, "array x", lambda _: nullcontext())
    one, other = array.blocks(Part(0, 7), 2), array.blocks(Part(9, 16), 2)
    pairs = [
        (a.fields[0].values[0], b.fields[0].values[0]) for a, b in zip(one, other, strict=True)
    ]
    assert pairs == [(0, 9), (2, 11), (4, 13), (6, 15)]


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


def test_hdf5_keeps_no_large_chunk_of_numbers_beside_what_is_read(tmp_path: Path) -> None:
    with imported("h5py").File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("p", data=np.zeros(2), chunks=(2,))
    with closing(open_table(str(tmp_path / "x.h5"), ReadOptions(), pytest.fail)) as opened:
        array: Any = opened.select(Wanted((("p",),))).members[0]
        access = array.slices.id.get_access_plist()
        assert access.get_chunk_cache()[1] < MAX_CHUNK_BYTES
