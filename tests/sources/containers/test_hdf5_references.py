"""References of HDF5 that tell a length which no file of that size has, wherever they stand.

HDF5 itself makes room for what they tell, and refuses them then, in words of its own.
"""

from __future__ import annotations

import itertools
import re
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, describe, evaluate
from smoothl1.files.opening import open_input
from smoothl1.sources.containers.hdf5_attributes import Attributes
from smoothl1.sources.containers.hdf5_headers import RawFile, data_in_header
from smoothl1.sources.containers.hdf5_references import check_fill_value
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 300
TEXT = "t" * 1237
CLAIMED = 0x600000


def altered(data: bytes, length: int, base: int = 0) -> bytes:
    """Bytes of a file in which references to data of a length tell another one."""
    found = bytearray(data)
    for match in re.finditer(re.escape(length.to_bytes(4, "little")), data):
        heap = base + int.from_bytes(data[match.end() : match.end() + 8], "little")
        if data[heap : heap + 4] == b"GCOL":
            found[match.start() : match.end()] = CLAIMED.to_bytes(4, "little")
    assert found != data
    return bytes(found)


def write(path: Path, add: Callable[[Any], None], length: int = len(TEXT)) -> None:
    """Write two columns and something more, whose references are damaged."""
    with imported("h5py").File(path, "w") as file:
        file["p"], file["t"] = np.zeros(N), np.ones(N)
        add(file)
    path.write_bytes(altered(path.read_bytes(), length))


def says(path: Path, what: str, item_bytes: int = 1) -> str:
    found = f"{what}: damaged reference: data of {item_bytes * CLAIMED} bytes, in a file of "
    return re.escape(f"{path}: {found}{path.stat().st_size}")


def one_of_texts(file: Any, **settings: Any) -> Any:
    kind = imported("h5py").string_dtype()
    dataset = file.create_dataset("g", (N,), dtype=kind, **settings)
    dataset[:] = np.array(["a", "b"] * (N // 2 - 1) + ["a", TEXT], object)
    return dataset


def compact(file: Any) -> None:
    h5py = imported("h5py")
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_layout(h5py.h5d.COMPACT)
    kind = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
    h5py.h5d.create(file.id, b"g", kind, h5py.h5s.create_simple((N,)), settings)
    file["g"][:] = np.array(["a", TEXT] * (N // 2), object)


COLUMNS: dict[str, Callable[[Any], Any]] = {
    "one piece": one_of_texts,
    "chunks": lambda file: one_of_texts(file, chunks=(70,)),
    "compact": compact,
}


@pytest.mark.parametrize("layout", COLUMNS)
def test_a_text_longer_than_its_file_is_refused_before_it_is_read(
    tmp_path: Path, layout: str
) -> None:
    path = tmp_path / "x.h5"
    write(path, COLUMNS[layout])
    assert len(describe(path).columns) == 3
    assert evaluate(path, pred="p", target="t").mean == 0.5
    with pytest.raises(DataError, match=says(path, "dataset 'g'")):
        evaluate(path, settings=EvalSettings(by="g"), pred="p", target="t")


def test_a_fill_value_longer_than_its_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    write(path, lambda file: one_of_texts(file, fillvalue="f" * 999), 999)
    with pytest.raises(DataError, match=says(path, "dataset 'g'")):
        describe(path)


@pytest.mark.parametrize(
    ("holder", "name"), [("p", "units"), ("p", "_FillValue"), ("/", "Conventions")]
)
def test_an_attribute_longer_than_its_file_is_refused_before_it_is_read(
    tmp_path: Path, holder: str, name: str
) -> None:
    path = tmp_path / "x.h5"
    write(path, lambda file: file[holder].attrs.create(name, TEXT))
    with pytest.raises(DataError, match=says(path, f"attribute '{name}'")):
        evaluate(path, pred="p", target="t")


def test_labels_of_axes_longer_than_their_file_are_refused_before_they_are_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.h5"
    kind = imported("h5py").string_dtype()
    write(path, lambda file: file["p"].attrs.create("DIMENSION_LABELS", [TEXT], dtype=kind))
    with pytest.raises(DataError, match=says(path, "attribute 'DIMENSION_LABELS'")):
        describe(path)


def test_a_list_of_scales_longer_than_its_file_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    def attach(file: Any) -> None:
        file["t"].make_scale("t")
        file["p"].dims[0].attach_scale(file["t"])

    path = tmp_path / "x.h5"
    write(path, attach, length=1)
    with pytest.raises(DataError, match=says(path, "attribute 'DIMENSION_LIST'", item_bytes=8)):
        describe(path)


class Altered:
    """The bytes of a file with damaged references, which HDF5 has read as they were."""

    path = "x.h5"

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, offset: int, n_bytes: int) -> bytes:
        return self.data[offset : offset + n_bytes]


@pytest.mark.parametrize("n", [0, 12, 300, 900])
@pytest.mark.parametrize("userblock", [0, 512])
@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("track_order", [False, True])
def test_attributes_are_looked_at_wherever_hdf5_stores_them(
    tmp_path: Path, n: int, userblock: int, libver: str, track_order: bool
) -> None:
    h5py = imported("h5py")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w", libver=libver, userblock_size=userblock) as file:
        dataset = file.create_dataset("p", data=np.zeros(3), track_order=track_order)
        file["kind"] = h5py.string_dtype()
        for i in range(n):
            dataset.attrs[f"attribute {i}"] = "v" * (i % 50)
        dataset.attrs.create("units", TEXT, dtype=file["kind"])
        dataset.attrs["long_name"] = TEXT
    with closing(open_input(str(path)).seekable()) as opened, h5py.File(path) as file:
        raw = RawFile.of(h5py, opened, file)
        assert Attributes(file["p"], raw)["units"] == TEXT
        lies = altered(path.read_bytes(), len(TEXT), userblock)
        for name in ("units", "long_name"):
            with pytest.raises(DataError, match=f"attribute '{name}': damaged reference"):
                Attributes(file["p"], raw._replace(file=Altered(lies)))[name]


def test_an_attribute_at_no_known_place_is_refused(tmp_path: Path) -> None:
    h5py = imported("h5py")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.attrs["units"] = "m"
    elsewhere = path.read_bytes().replace(b"units", b"UNITS")
    with h5py.File(path) as file:
        raw = RawFile(h5py, Altered(elsewhere), 0, 8, 8)  # type: ignore[arg-type]
        with pytest.raises(DataError, match="'units' is among shared messages") as why:
            Attributes(file, raw)["units"]
    assert "h5repack" in str(why.value.hint)


def test_a_chunk_whose_filters_hide_references_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with imported("h5py").File(path, "w") as file:
        file["p"], file["t"] = np.zeros(N), np.ones(N)
        stored = one_of_texts(file, chunks=(70,), shuffle=True).id
        _, data = stored.read_direct_chunk((0,))  # HDF5 leaves the filter out, and marks that
        stored.write_direct_chunk((0,), data + bytes(16), filter_mask=0)
    with pytest.raises(DataError, match="dataset 'g': its filters do not give the references"):
        evaluate(path, settings=EvalSettings(by="g"), pred="p", target="t")


@pytest.mark.parametrize("n", [0, 300])
@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_damaged_headers_are_looked_at_without_an_error_of_another_kind(
    tmp_path: Path, n: int, libver: str
) -> None:
    """HDF5 has read the headers as they were, so that nothing else refuses them."""
    h5py = imported("h5py")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w", libver=libver) as file:
        dataset = file.create_dataset("p", (3,), h5py.string_dtype(), fillvalue="f")
        for i in range(n):
            dataset.attrs[f"attribute {i}"] = "v"
        dataset.attrs["units"] = "m"
    data = path.read_bytes()
    with h5py.File(path) as file:
        stored = file["p"]
        header = h5py.h5o.get_info(stored.id).addr
        places = [header, *(data.find(sign) for sign in (b"FRHP", b"FHIB") if sign in data)]
        for place, i, byte in itertools.product(places, range(160), (b"\0", b"\x03", b"\xff")):
            damaged = data[: place + i] + byte * 4 + data[place + i + 4 :]
            raw = RawFile(h5py, Altered(damaged), 0, 8, 8)  # type: ignore[arg-type]
            with suppress(DataError):
                Attributes(stored, raw)["units"]
            with suppress(DataError):
                check_fill_value(raw, stored.id, "p")
            assert len(data_in_header(raw, stored.id)) <= len(data)
