"""HDF5 and netCDF 4, as h5py and xarray write them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, MissingExtraError, evaluate
from smoothl1.sources.formats import open_table
from tests.sources.containers.packages import imported
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

CODES = ["<f2", "<f4", ">f4", "<f8", ">f8", "i1", "<i2", ">i4", "<i8", "u1", "<u2", "<u8", "?"]


@pytest.fixture(scope="module")
def h5py() -> Any:
    return imported("h5py")


def test_every_dtype_and_layout_is_read_in_blocks(tmp_path: Path, h5py: Any) -> None:
    table = np.arange(60).reshape(20, 3)
    layouts: dict[str, dict[str, Any]] = {
        "contiguous": {},
        "chunked": {"chunks": (7, 2)},
        "packed": {"chunks": (6, 3), "compression": "gzip", "shuffle": True, "fletcher32": True},
    }
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        for layout, options in layouts.items():
            for code in CODES if not options else CODES[:4]:
                file.create_dataset(f"{layout}/{code}", data=table.astype(code), **options)
    for i, layout in enumerate(layouts):
        for code in CODES if i == 0 else CODES[i:4]:
            found = read(path, f"{layout}/{code}", n_rows=(4, 1, 1000)[i])
            assert found.tolist() == table.astype(code).reshape(-1).tolist()


def test_a_loss_is_that_of_the_arrays_at_any_chunk_size(tmp_path: Path, h5py: Any) -> None:
    pred, target = np.random.default_rng(0).normal(size=(2, 3000, 2)).astype(np.float32)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("p", data=pred, chunks=(101, 1), compression="gzip")
        file["t"] = target
    expected = evaluate(pred, target)
    for rows in (None, 7, 500):
        run = Execution(2, rows)
        found = evaluate(tmp_path / "x.h5", pred="p", target="t", execution=run)
        assert found.tallies == expected.tallies


def test_damaged_data_are_told_with_their_file_and_short_memory_as_such(
    tmp_path: Path, h5py: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "good.h5", tmp_path / "bad.h5"
    for path in (good, bad):
        with h5py.File(path, "w") as file:
            file.create_dataset("p", data=np.arange(1e3), compression="gzip", fletcher32=True)
            at = file["p"].id.get_chunk_info(0).byte_offset + 300
    content = bytearray(bad.read_bytes())
    content[at] ^= 4
    bad.write_bytes(content)
    for sides in ((bad, good), (good, bad)):
        with pytest.raises(DataError, match=r"dataset 'p': .* failure") as caught:
            evaluate(*sides, pred="p", target="p")
        assert caught.value.path == str(bad)
    monkeypatch.setattr("smoothl1.sources.containers.hdf5_faults.MAX_CHUNK_BYTES", 1 << 60)
    with pytest.raises(MemoryError):
        evaluate(bad, good, pred="p", target="p")


def test_what_stands_in_other_files_or_is_no_number_is_refused(tmp_path: Path, h5py: Any) -> None:
    path, other = tmp_path / "x.h5", tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["y"] = [1.5, 2.5]
    with h5py.File(path, "w") as file:
        file["external"] = h5py.ExternalLink(str(other), "y")
        layout = h5py.VirtualLayout((2,), "f8")
        layout[:] = h5py.VirtualSource(str(other), "y", (2,))
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("raw", (2,), "f8", external=[(str(tmp_path / "data"), 0, 16)])
        file["text"] = ["a", "b"]
        file["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
        file["complex"] = np.zeros(2, complex)
        file["empty"] = h5py.Empty("f4")
        kind = h5py.enum_dtype({"a": 0, "b": 1})
        file.create_dataset("enum", (2,), kind)
    for name, says in {
        "external": "is a link to another file, which is not followed",
        "virtual": "is made of parts of other files",
        "raw": "is made of parts of other files",
        "text": "dataset 'text' holds text, not numbers",
        "compound": "raw or structured data",
        "complex": "complex numbers",
        "empty": "holds nothing",
        "enum": "names of an enumeration",
        "none": "no column 'none'",
    }.items():
        with pytest.raises(DataError, match=says):
            read(path, name)


def test_the_only_array_of_numbers_needs_no_name(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["run/y"] = [1.5, 2.5]
        file["names"] = ["a", "b"]
        file["n"] = [1, 2]
        file["n"].make_scale("n")
        length = file.create_dataset("length", (3,), "f4", chunks=(3,))
        length.make_scale("This is a netCDF dimension but not a netCDF variable.         3")
    assert read(tmp_path / "x.h5").tolist() == [1.5, 2.5]


def test_a_filter_that_is_missing_is_named(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((2,))
        plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, ())  # zstd
        space = h5py.h5s.create_simple((2,))
        h5py.h5d.create(file.id, b"y", h5py.h5t.NATIVE_FLOAT, space, plist)
    with pytest.raises(MissingExtraError, match=r"filter .*32015.*, which h5py has not"):
        read(tmp_path / "x.h5")


def test_every_cut_is_refused(tmp_path: Path, h5py: Any) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["y"] = np.arange(100.0)
    data = path.read_bytes()
    for length in range(8, len(data), 97):
        path.unlink()
        path.write_bytes(data[:length])
        with pytest.raises(DataError, match="damaged HDF5 file"):
            read(path)


def test_flipped_bytes_end_in_numbers_or_in_one_line(tmp_path: Path, h5py: Any) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["y"] = np.arange(9.0)
    data = path.read_bytes()
    for position in range(8, 800, 3):
        path.unlink()
        path.write_bytes(data[:position] + b"\xff" + data[position + 1 :])
        try:
            assert read(path).size < 1000
        except DataError:
            continue


def test_a_name_that_is_not_utf_8_is_told_in_words(tmp_path: Path, h5py: Any) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["pq"] = [1.5, 2.5]
    path.write_bytes(path.read_bytes().replace(b"pq\0", b"p\xff\0"))
    with pytest.raises(DataError, match="damaged HDF5 file: a name in it is not UTF-8"):
        read(path)


def test_pieces_and_rows_that_are_too_large_are_refused_unread(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("piece", (1 << 30,), "f4", chunks=(1 << 25,), compression="gzip")
        file.create_dataset("row", (2, 1 << 25), "f4", chunks=(1, 1 << 10), compression="gzip")
    with pytest.raises(DataError, match="stored in pieces of 134217728 bytes, at most 67108864"):
        read(tmp_path / "x.h5", "piece")
    with pytest.raises(DataError, match="each row has 33554432 elements, at most 16777216"):
        read(tmp_path / "x.h5", "row")


def test_missing_values_are_those_of_the_attributes(tmp_path: Path, h5py: Any) -> None:
    values = np.array([1.5, np.nan, 2.5, -1.0])
    with h5py.File(tmp_path / "x.nc", "w") as file:
        file["y"] = values
        file["y"].attrs["_FillValue"] = np.array([-1.0])
        file["packed"] = values
        file["packed"].attrs["add_offset"] = 2.0
        file["unwritten"] = [1.5, 9.9692099683868690e36]
        file["unwritten"].attrs["_Netcdf4Dimid"] = 0
    settings = EvalSettings((0.0,), nan="omit")
    result = evaluate(np.zeros(4), tmp_path / "x.nc", settings, target="y", warn=[].append)
    assert result.tallies[0].sum == 4.0
    for name, says in {
        "y": r"row 4: the value is missing \(-1.0\)",
        "packed": "attribute add_offset, which readers apply in different ways",
        "unwritten": "row 2: 9.96.* is what netCDF writes where nothing was written",
    }.items():
        with pytest.raises(DataError, match=says):
            read(tmp_path / "x.nc", name)


def test_the_file_of_the_library_is_closed_with_the_table_and_after_an_error(
    tmp_path: Path, h5py: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    open_file = h5py.File
    monkeypatch.setattr(
        h5py, "File", lambda *given, **how: opened.append(open_file(*given, **how)) or opened[-1]
    )
    for name, arrays in {"x.h5": {"y": [1.5]}, "empty.h5": {}}.items():
        with open_file(tmp_path / name, "w") as file:
            for array, values in arrays.items():
                file[array] = values
    open_table(str(tmp_path / "x.h5")).close()  # no array was read
    with pytest.raises(DataError, match="without datasets"):
        open_table(str(tmp_path / "empty.h5"))
    assert [bool(file) for file in opened] == [False, False]


def test_without_h5py_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "x.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(MissingExtraError, match=r"pip install 'smoothl1\[h5py\]'"):
        read(tmp_path / "x.h5")


def test_attributes_that_are_no_names_of_axes_are_not_read_as_such(
    tmp_path: Path, h5py: Any
) -> None:
    for name, value in (("DIMENSION_LABELS", np.array([b"time"])), ("DIMENSION_LIST", "x")):
        with h5py.File(tmp_path / "p.h5", "w") as file:
            file["p"] = np.arange(16.0)
            file["p"].attrs[name] = value
        assert evaluate(tmp_path / "p.h5", np.zeros(16), betas=0.0).mean == 7.5


def test_chunks_that_were_never_written_are_said(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        known = {"shape": (10, 3), "chunks": (4, 2), "dtype": "f8", "fillvalue": 2.5}
        file.create_dataset("a", **known)[:4] = 1
        file.create_dataset("whole", **known)[:] = 1
        file.create_dataset("b", shape=(5,), dtype="i4")
        file["c"] = np.ones(5)
        file.create_dataset("empty", shape=(0,), maxshape=(None,), dtype="f8")
    said = {
        "a": "4 of 6 chunks are not stored: their values are the fill value, 2.5",
        "b": "1 of 1 chunks is not stored: its values are the fill value, 0",
    }
    for name in ("a", "b", "c", "whole", "empty"):
        heard: list[str] = []
        read(tmp_path / "x.h5", name, warnings=heard)
        words = [f"{tmp_path / 'x.h5'}: dataset '{name}': {said[name]}"] if name in said else []
        assert heard == words


@pytest.mark.parametrize("chunks", [(1000,), None])
def test_an_array_of_which_nothing_is_stored_is_refused_if_it_claims_much(
    chunks: tuple[int] | None, tmp_path: Path, h5py: Any
) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for name in ("p", "t"):
            file.create_dataset(name, shape=(1 << 50,), chunks=chunks, dtype="f8")
    n = 1125899906843 if chunks else 1
    with pytest.raises(DataError, match=f"dataset 'p': {n} of {n} chunks? (is|are) not stored: "):
        evaluate(tmp_path / "x.h5", pred="p", target="t")


def test_a_sparse_array_is_read_and_one_with_nearly_no_chunk_is_not(
    tmp_path: Path, h5py: Any
) -> None:
    n_rows = 150_000
    for name, step in (("sparse", 1000), ("lie", n_rows)):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            data = file.create_dataset("p", shape=(n_rows,), chunks=(1,), dtype="f4")
            for row in range(0, n_rows, step):
                data[row] = 2
    with pytest.warns(UserWarning, match="149850 of 150000 chunks are not stored: their values"):
        assert evaluate(tmp_path / "sparse.h5", np.zeros(n_rows), betas=0.0).sum == 300
    with pytest.raises(DataError, match="149999 of 150000 chunks are not stored: begun"):
        evaluate(tmp_path / "lie.h5", np.zeros(n_rows))


def test_hdf5_behind_a_user_block_is_known(tmp_path: Path, h5py: Any) -> None:
    for size in (512, 4096):
        path = tmp_path / f"{size}.bin"
        with h5py.File(path, "w", userblock_size=size) as file:
            file["y"] = np.arange(9.0)
        with path.open("r+b") as raw:
            raw.write(b"notes of the user")
        assert read(path, "y").tolist() == np.arange(9.0).tolist()
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file")
    with pytest.raises(DataError, match="a MATLAB file of version"):
        read(path, "y")
    (tmp_path / "x").write_bytes(bytes(512) + b"\x89HDF\r\n\x1a")
    with pytest.raises(DataError, match="neither text nor a format that is known"):
        read(tmp_path / "x")


def test_tables_of_pandas_are_named_with_what_converts_them(tmp_path: Path, h5py: Any) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        for name, kind in (("run/table", b"frame"), ("series", b"series"), ("other", b"")):
            file[f"{name}/values"] = [1.5, 2.5]
            file[name].attrs["pandas_type"] = np.bytes_(kind)
    warnings: list[str] = []
    found = evaluate(path, pred="run/table/values", target="series/values", warn=warnings.append)
    assert found.mean == 0
    assert len([text for text in warnings if "pandas" in text]) == 1
    assert f"read_hdf('{path}', 'run/table'))" in warnings[0]
    with pytest.raises(DataError, match="no column 'y_hat'") as raised:
        evaluate(path, pred="y_hat", target="y", warn=warnings.append)
    assert raised.value.hint is not None
    assert raised.value.hint in warnings[0]
    with h5py.File(path, "a") as file:
        del file["run"]
    warnings.clear()
    evaluate(path, pred="other/values", target="series/values", warn=warnings.append)
    assert not any("pandas" in text for text in warnings)


@pytest.mark.parametrize(
    ("units", "is_refused"),
    [
        (("degC", "K"), True),
        (("K", "K"), False),
        (("", "K"), False),
        (("K", ""), False),
        (("K", "kelvin"), False),
    ],
)
def test_files_of_a_set_have_one_unit(
    tmp_path: Path, h5py: Any, units: tuple[str, str], *, is_refused: bool
) -> None:
    for i, unit in enumerate(units):
        with h5py.File(tmp_path / f"part-{i}.h5", "w") as file:
            file["y"] = [1.0, 2.0]
            if unit:
                file["y"].attrs["units"] = unit
    pattern = f"{tmp_path}/part-*.h5"
    if not is_refused:
        assert evaluate(pattern, np.zeros(4)).tallies[0].sum == 4.0  # 2 * (0.5 + 1.5)
        return
    with pytest.raises(DataError, match="'y' is in 'K', and in 'degC' in the first file"):
        evaluate(pattern, np.zeros(4))
