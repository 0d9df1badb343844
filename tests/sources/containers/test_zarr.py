"""Zarr stores, as the package zarr writes them, and by hand what it would not write."""

from __future__ import annotations

import base64
import errno
import gzip
import json
import os
import shutil
import struct
import sys
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import (
    DataError,
    DtypeError,
    EvalSettings,
    Execution,
    MissingExtraError,
    ReadOptions,
    Result,
    SettingsError,
    StorageError,
    answer,
    evaluate,
    plan_tasks,
)
from smoothl1.files.crc32c import crc32c
from smoothl1.files.file import FileState
from smoothl1.files.opening import state_at
from smoothl1.sources.containers.zarr import codecs
from tests.sources.containers.packages import imported
from tests.sources.files import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODES = ["?", "i1", "<i2", ">i4", "<i8", "u1", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8"]
TABLE = np.random.default_rng(0).integers(-99, 99, (23, 5)) * 0.5


@pytest.fixture(scope="module")
def zarr() -> Any:
    return imported("zarr")


def written(path: Path, data: dict[str, bytes], **entries: Any) -> Path:
    """A store of one array of format 2, by hand: eight rows of float64 in chunks of four."""
    known = {"zarr_format": 2, "shape": [8], "chunks": [4], "dtype": "<f8", "fill_value": 0}
    path.mkdir()
    text = json.dumps(known | {"compressor": None, "filters": None, "order": "C"} | entries)
    (path / ".zarray").write_text(text)
    for key, chunk in data.items():
        (path / key).write_bytes(chunk)
    return path


def halves() -> dict[str, bytes]:
    return {"0": np.arange(4.0).tobytes(), "1": np.arange(4.0, 8).tobytes()}


@pytest.mark.parametrize("version", [2, 3])
def test_every_dtype_order_and_chunk_is_read_as_zarr_writes_it(
    tmp_path: Path, zarr: Any, version: int
) -> None:
    group = zarr.open_group(tmp_path / "x.zarr", mode="w", zarr_format=version)
    turned = {2: {"order": "F"}, 3: {"filters": [zarr.codecs.TransposeCodec(order=(1, 0))]}}
    layouts: list[dict[str, Any]] = [{"chunks": (7, 2)}, {"chunks": (23, 5)}]
    layouts.append({"chunks": (5, 3), **turned[version]})
    for i, code in enumerate(CODES):
        array = group.create_array(f"run/{i}", shape=(23, 5), dtype=code, **layouts[i % 3])
        array[:] = TABLE.astype(code)
    for i, code in enumerate(CODES):
        found = read(tmp_path / "x.zarr", f"run/{i}", n_rows=(4, 1, 1000)[i % 3])
        assert found.tolist() == TABLE.astype(code).reshape(-1).tolist()


def test_every_codec_is_read(tmp_path: Path, zarr: Any) -> None:
    of_v2, of_v3 = imported("numcodecs"), zarr.codecs
    steps: dict[int, list[Any]] = {
        2: [
            *(getattr(of_v2, name)() for name in ("GZip", "BZ2", "LZMA", "Zlib", "Zstd", "LZ4")),
            *(of_v2.Blosc(name, shuffle=way) for name, way in (("lz4", 1), ("zstd", 2))),
            None,
        ],
        3: [of_v3.BloscCodec(), of_v3.GzipCodec(), of_v3.Crc32cCodec()],
    }
    steps[3] += [[of_v3.ZstdCodec(), of_v3.Crc32cCodec()], None]
    for version, compressors in steps.items():
        group = zarr.open_group(tmp_path / f"{version}", mode="w", zarr_format=version)
        for i, compressor in enumerate(compressors):
            more = {"filters": [of_v2.Shuffle(8)]} if version == 2 and i % 2 else {}
            more |= {"shards": (8, 6)} if version == 3 and i % 2 else {}
            known = {"shape": (23, 5), "dtype": "f8", "chunks": (4, 3)}
            group.create_array(f"{i}", compressors=compressor, **known, **more)[:] = TABLE
        for i in range(len(compressors)):
            found = read(tmp_path / f"{version}", f"{i}", n_rows=3)
            assert found.tolist() == TABLE.reshape(-1).tolist(), (version, i)


def test_a_loss_is_that_of_the_arrays_in_folders_and_in_zip_archives(
    tmp_path: Path, zarr: Any
) -> None:
    pred, target = np.random.default_rng(0).normal(size=(2, 300, 2)).astype(np.float32)
    archive = zarr.storage.ZipStore(tmp_path / "x.zarr.zip", mode="w")
    for place in (tmp_path / "x.zarr", archive):
        group = zarr.open_group(place, mode="w")
        group.create_array("p", shape=(300, 2), chunks=(7, 1), shards=(70, 2), dtype="f4")[:] = pred
        group.create_array("t", shape=(300, 2), chunks=(101, 2), dtype=">f4")[:] = target
    archive.close()
    with zipfile.ZipFile(tmp_path / "folder.zip", "w") as file:
        for found in sorted((tmp_path / "x.zarr").rglob("*")):
            file.write(found, found.relative_to(tmp_path))
    expected = evaluate(pred, target)
    store = tmp_path / "x.zarr"
    parts = [evaluate(store, pred="p", target="t", part=(i, 2)) for i in (1, 2)]
    assert type(parts[0]).merged(parts).tallies == expected.tallies
    for name in ("x.zarr", "x.zarr.zip", "folder.zip"):
        for rows in (None, 5):
            run = Execution(2, rows)
            loss = evaluate(tmp_path / name, pred="p", target="t", execution=run)
            assert loss.tallies == expected.tallies


def test_what_is_not_stored_is_the_fill_value_and_it_is_said(tmp_path: Path, zarr: Any) -> None:
    group = zarr.open_group(tmp_path / "x.zarr", mode="w")
    known = {"shape": (12,), "chunks": (3,), "dtype": "f8"}
    group.create_array("a", fill_value=np.nan, **known)[3:6] = 1.5
    group.create_array("b", fill_value=2.5, shards=(6,), **known)[3:6] = 1.5
    group.create_array("c", fill_value=-np.inf, **known)[:] = 1.5
    said = {
        "a": "3 of 4 chunks are not stored: their values are the fill value, nan",
        "b": "3 of 4 chunks are not stored: their values are the fill value, 2.5",
        "c": "",
    }
    for name, words in said.items():
        heard: list[str] = []
        found = read(tmp_path / "x.zarr", name, warnings=heard)
        assert np.array_equal(found, group[name][:], equal_nan=True)
        path = tmp_path / "x.zarr"
        assert heard == ([f"{path}: array '{name}': {words}"] if words else [])
    written(tmp_path / "z", {"0": halves()["0"], "01": halves()["1"], "2": b""})
    heard = []
    assert read(tmp_path / "z", "/", warnings=heard).tolist() == [0, 1, 2, 3, 0, 0, 0, 0]
    assert [line.partition("/': ")[2] for line in heard] == [
        "1 of 2 chunks is not stored: its values are the fill value, 0.0"
    ]
    no_fill = written(tmp_path / "y", {"0": halves()["0"]}, fill_value=None)
    with pytest.raises(DataError, match="chunk 1 is not stored, and the array has no fill value"):
        read(no_fill)


@pytest.mark.parametrize("form", ["2", "3", "shards", "zip"])
def test_an_array_of_which_nearly_nothing_is_stored_is_refused_if_it_claims_much(
    form: str, tmp_path: Path, zarr: Any
) -> None:
    shape = (1 << 60,)
    if form in ("2", "zip"):
        store = written(tmp_path / "x.zarr", {"0": halves()["0"]}, shape=shape)
    else:
        known = {"shape": shape, "chunks": (4,), "dtype": "f8", "fill_value": 0}
        shards = {"shards": (8,)} if form == "shards" else {}
        zarr.create_array(tmp_path / "x.zarr", **known, **shards)[:4] = 1
        store = tmp_path / "x.zarr"
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
            for found in sorted(store.rglob("*")):
                file.write(found, found.relative_to(store))
        store = tmp_path / "x.zip"
    n = (1 << 60) // 4
    with pytest.raises(DataError, match=f"array '/': {n - 1} of {n} chunks are not stored: begun"):
        evaluate(store, store)


def test_no_codec_but_those_listed_is_run(tmp_path: Path) -> None:
    for i, (entries, says) in enumerate(
        [
            ({"filters": [{"id": "pickle"}]}, "array '/' is encoded by 'pickle', which is not"),
            ({"compressor": {"id": "delta", "dtype": "<f8"}}, "encoded by 'delta'"),
            ({"dtype": "|O", "filters": [{"id": "pickle"}]}, "holds Python objects"),
            ({"dtype": "<U5"}, "holds text"),
            ({"dtype": [["a", "<f4"]]}, "structured data"),
            ({"compressor": {"id": "zlib"}, "filters": [{"id": "gzip"}]}, "more than once"),
            ({"compressor": {"id": "lzma", "filters": [{"id": 3}]}}, "lzma with filters"),
            ({"compressor": {"level": 1}}, "metadata without a name"),
            ({"chunks": [0]}, "do not go with shape"),
            ({"shape": [-1]}, "no list of whole numbers"),
            ({"fill_value": "x"}, "the fill value 'x' is no float64"),
            ({"zarr_format": 4}, "zarr_format is 4"),
            ({"chunks": [1 << 24], "shape": [1 << 24]}, "pieces of 134217728 bytes, at most"),
        ]
    ):
        path = written(tmp_path / f"{i}", halves(), **entries)
        with pytest.raises(DataError, match=says):
            read(path, "/")


def test_a_chunk_of_another_size_is_refused_and_never_unpacked_beyond_its_own(
    tmp_path: Path,
) -> None:
    bomb = gzip.compress(bytes(1 << 24), 1)
    chunks: list[tuple[dict[str, Any], Callable[[bytes], bytes], str]] = [
        ({}, lambda data: data[:-1], "array '/': chunk 1 has 31 bytes, and not 32"),
        ({"compressor": {"id": "gzip"}}, lambda _: bomb, "unpacks to more than 32 bytes"),
        ({"compressor": {"id": "zlib"}}, lambda data: zlib.compress(data)[:-1], "cut short"),
        ({"compressor": {"id": "zlib"}}, lambda data: zlib.compress(data) + b"x", "bytes follow"),
        ({"compressor": {"id": "zlib"}}, lambda data: zlib.compress(data[:-8]), "has 24 bytes"),
        ({"compressor": {"id": "zstd"}}, lambda _: b"junk", "damaged zstd data"),
        ({"filters": [{"id": "crc32c"}]}, lambda data: data + b"1234", "checksum .* not match"),
    ]
    for i, (entries, change, says) in enumerate(chunks):
        data = {key: change(chunk) for key, chunk in halves().items()}
        (tmp_path / f"{i}").mkdir()
        path = written(tmp_path / f"{i}" / "x", data | {"0": data["1"]}, **entries)
        with pytest.raises(DataError, match=says.replace("chunk 1", "chunk 0")) as caught:
            read(path)
        assert caught.value.path == str(path)


def test_numcodecs_unpacks_no_more_than_it_must_and_is_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numcodecs = imported("numcodecs")
    for name, codec in {"blosc": numcodecs.Blosc(), "lz4": numcodecs.LZ4()}.items():
        long = codec.encode(np.arange(5.0))
        path = written(tmp_path / name, {"0": long}, compressor={"id": name})
        with pytest.raises(DataError, match="it unpacks to 40 bytes, and not to 32"):
            read(path)
    monkeypatch.setitem(sys.modules, "numcodecs", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'smoothl1\[zarr\]'"):
        read(tmp_path / "blosc", "/")


def test_an_error_of_the_system_in_a_codec_names_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = written(tmp_path / "x", halves(), compressor={"id": "zlib"})
    monkeypatch.setattr(codecs, "_all_of", refused)
    with pytest.raises(StorageError, match=rf"^{path}: .*chunk 0: input/output error$"):
        read(path)


def test_a_shard_that_is_cut_or_changed_is_refused(tmp_path: Path, zarr: Any) -> None:
    array = zarr.create_array(
        tmp_path / "x", shape=(8,), chunks=(2,), shards=(8,), dtype="f8", compressors=None
    )
    array[:] = np.arange(8.0)
    shard = tmp_path / "x" / "c" / "0"
    data = shard.read_bytes()
    assert read(tmp_path / "x").tolist() == list(range(8))
    for length in range(1, len(data), 3):
        shard.write_bytes(data[:length])
        with pytest.raises(DataError, match="cut short"):
            read(tmp_path / "x")
    far = struct.pack("<2Q", 60, 16) + data[64 + 16 : 64 + 64]
    shard.write_bytes(data[:64] + far + struct.pack("<I", crc32c(far)))
    assert read(tmp_path / "x").size == 8
    far = struct.pack("<2Q", 1 << 63, 1 << 63) + far[16:]
    shard.write_bytes(data[:64] + far + struct.pack("<I", crc32c(far)))
    with pytest.raises(DataError, match="shard c/0 has chunk 1 in bytes"):
        read(tmp_path / "x")


def test_flipped_bytes_of_metadata_end_in_numbers_or_in_one_line(tmp_path: Path, zarr: Any) -> None:
    for version in (2, 3):
        store = tmp_path / f"{version}"
        zarr.create_array(
            store, shape=(8,), chunks=(4,), dtype="f8", zarr_format=version, compressors=None
        )[:] = 1.5
        path = store / (".zarray" if version == 2 else "zarr.json")
        data = path.read_bytes()
        for position in range(0, len(data), 5):
            path.write_bytes(data[:position] + b"9" + data[position + 1 :])
            try:
                assert read(store).size < 10**3
            except DataError:
                continue


def test_a_file_of_the_store_is_named_where_it_is_to_blame(tmp_path: Path) -> None:
    path = written(tmp_path / "x", halves())
    (path / ".zarray").write_text("")
    with pytest.raises(DataError, match=r"x/\.zarray: empty file"):
        read(path)


def test_a_chunk_of_another_length_is_only_cut_if_it_is_shorter(tmp_path: Path) -> None:
    path = written(tmp_path / "x", halves())
    data = (path / "0").read_bytes()
    for found, said in ((data[:-1], ": cut short?"), (data + b"x", "")):
        (path / "0").write_bytes(found)
        with pytest.raises(DataError) as caught:
            read(path, "/")
        assert f"chunk 0 has {len(found)} bytes, and not {len(data)}{said}" in str(caught.value)
        assert str(caught.value).endswith(said or str(len(data)))


def test_a_link_to_itself_in_a_store_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "x", halves())
    (path / "0").unlink()
    (path / "0").symlink_to("0")
    (path / "notes").symlink_to("notes")  # no chunk, and so never read
    with pytest.raises(StorageError, match=r"x/0: .*links"):
        read(path, "/")


def test_stores_of_a_folder_or_a_pattern_are_a_set(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for i in (10, 9):
        group = folder / f"part-{i}.zarr"
        group.mkdir(parents=True)
        (group / ".zgroup").write_text('{"zarr_format": 2}')
        for name, low in (("p", 0.0), ("t", i / 2)):
            chunks = {key: np.full(4, low + int(key)).tobytes() for key in "01"}
            written(group / name, chunks)
    expected = [0, 0, 0, 0, 1, 1, 1, 1] * 2
    for place in (folder, folder / "part-*.zarr", tmp_path / "**" / "*.zarr"):
        assert read(place, "p").tolist() == expected
        assert read(place, "t").tolist() == [4.5] * 4 + [5.5] * 4 + [5.0] * 4 + [6.0] * 4
        parts = [evaluate(place, pred="p", target="t", part=(i, 2)) for i in (1, 2)]
        whole = evaluate(place, pred="p", target="t")
        assert type(whole).merged(parts).tallies == whole.tallies
    with pytest.raises(SettingsError, match=r"part-9\.zarr: is a folder .* which has no digest"):
        evaluate(folder, pred="p", target="t", options=ReadOptions(digests=True))
    for name in ("part-11.zarr", "part-12.zarr"):  # arrays themselves, without a group
        written(folder / name, halves())
    assert read(folder / "part-1[12].zarr").tolist() == [*map(float, range(8))] * 2
    (tmp_path / "bare").mkdir()
    for i in (1, 2):
        written(tmp_path / "bare" / f"{i}.zarr", halves())
    assert read(tmp_path / "bare").tolist() == [*map(float, range(8))] * 2
    np.save(folder / "part-13.npy", np.zeros(3))
    with pytest.raises(DataError, match="not a Zarr store, unlike other names of the set"):
        read(folder / "part-1[13].*")
    with pytest.raises(DataError, match=r"holds a folder, part-10\.zarr"):
        read(folder, "p")


def test_metadata_that_contradict_each_other_are_refused(tmp_path: Path, zarr: Any) -> None:
    for version in (2, 3):
        path = tmp_path / f"{version}"
        group = zarr.open_group(path, mode="w", zarr_format=version)
        group.create_array("y", shape=(4,), dtype="f8")[:] = 1.5
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # format 3 does not specify them
            zarr.consolidate_metadata(path)
        assert read(path, "y").tolist() == [1.5] * 4
        zarr.open_group(path, use_consolidated=False)["y"].resize((6,))
        with pytest.raises(DataError, match="another shape in the consolidated metadata"):
            read(path, "y")
        path = tmp_path / f"{version} a"
        inner = zarr.open_group(path, mode="w", zarr_format=version).create_group("inner")
        inner.create_array("y", shape=(4,), dtype="f8")[:] = 1.5
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zarr.consolidate_metadata(path, path="inner")
        real = zarr.open_group(path, use_consolidated=False)["inner/y"]
        real.attrs["history"] = "which says nothing about numbers"
        assert read(path, "inner/y").tolist() == [1.5] * 4
        real.attrs["units"] = "km"
        with pytest.raises(DataError, match="'inner/y' has another units in the consolidated"):
            read(path, "inner/y")
    (tmp_path / "3" / ".zgroup").write_text("{}")
    with pytest.raises(DataError, match="metadata of format 2 and of format 3"):
        read(tmp_path / "3", "y")


def test_missing_values_are_those_that_xarray_would_mask(tmp_path: Path, zarr: Any) -> None:
    values = np.array([1.5, -1.0, 2.5, np.nan])
    mark = base64.b64encode(struct.pack("<d", -1.0)).decode()
    for version, attributes in {2: {"_ARRAY_DIMENSIONS": ["n"]}, 3: {"_FillValue": mark}}.items():
        group = zarr.open_group(tmp_path / f"{version}", mode="w", zarr_format=version)
        array = group.create_array("y", shape=(4,), dtype="f8", fill_value=-1.0)
        array[:] = values
        assert np.array_equal(read(tmp_path / f"{version}", "y"), values, equal_nan=True)
        array.attrs.update(attributes)
        settings = EvalSettings((0.0,), nan="omit")
        path = tmp_path / f"{version}"
        result = evaluate(np.zeros(4), path, settings, target="y", warn=[].append)
        assert result.tallies[0].sum == 4.0
        with pytest.raises(DataError, match=r"row 2: the value is missing \(-1.0\)"):
            read(path, "y")


@pytest.mark.parametrize("name", ["scale_factor", "add_offset", "valid_range", "valid_max"])
@pytest.mark.parametrize("value", [10**400, [[1.0], [1.0, 2.0]], "a", {"a": 1}, None])
def test_attributes_that_are_no_numbers_are_refused(tmp_path: Path, name: str, value: Any) -> None:
    path = written(tmp_path / "z", {})
    (path / ".zattrs").write_text(json.dumps({name: value}))
    with pytest.raises(DtypeError, match=f"has the attribute {name}, which readers apply in"):
        read(path)


def test_bfloat16_is_widened(tmp_path: Path) -> None:
    values = np.array([1.5, -2.0, 3.140625, 0.0], np.float32)
    bits = (values.view(np.uint32) >> 16).astype("<u2")
    path = written(tmp_path / "x", {"0": bits.tobytes()}, dtype="bfloat16", shape=[4])
    assert read(path).tolist() == values.tolist()


def test_ids_beside_bfloat16_are_compared(tmp_path: Path) -> None:
    ids = np.array([7, 9, 8, 11])
    for side, stored in {"p": ids, "t": ids[::-1]}.items():
        (tmp_path / side).mkdir()
        (tmp_path / side / ".zgroup").write_text('{"zarr_format": 2}')
        written(tmp_path / side / "x", {}, dtype="bfloat16", shape=[4])
        written(tmp_path / side / "id", {"0": stored.tobytes()}, dtype="<i8", shape=[4])
    with pytest.raises(DataError, match=r"column 'id' differs .* in another order"):
        evaluate(tmp_path / "p", tmp_path / "t", pred="x", target="x", warn=[].append)


def test_a_link_that_leads_nowhere_is_no_chunk(tmp_path: Path) -> None:
    path = written(tmp_path / "x", halves())
    (path / ".#lock").symlink_to("nobody@nowhere")  # an editor leaves such
    assert read(path).tolist() == [*range(8)]
    result = evaluate(path, np.zeros(8), part=(1, 1))  # its plan has samples of all files
    assert result.tallies[0].n == 8


def test_a_chunk_that_is_written_again_is_a_change_of_the_store(tmp_path: Path) -> None:
    path = written(tmp_path / "x", halves())
    before = state_at(str(path))
    os.utime(path / "1", ns=(0, 2**62))
    changed = state_at(str(path))
    assert changed != before
    (path / "1").write_bytes(b"")
    assert state_at(str(path)).size == before.size - 32
    assert state_at(str(path)) == state_at(str(path))


def state_of_folder(path: Path) -> FileState:
    state = state_at(str(path))
    assert isinstance(state, FileState)
    return state


@pytest.mark.parametrize("is_deep", [False, True])
def test_a_chunk_that_is_replaced_by_an_older_one_of_its_size_is_a_change(
    tmp_path: Path, is_deep: bool
) -> None:
    separator = "/" if is_deep else "."
    chunks = {f"0{separator}{i}": chunk for i, chunk in halves().items()}
    how: dict[str, Any] = {"shape": [1, 8], "chunks": [1, 4]}
    if is_deep:
        how["dimension_separator"] = "/"
    path = written(tmp_path / "x", {} if is_deep else chunks, **how)
    for name, chunk in chunks.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(chunk)
    names = [*path.rglob("*"), path]

    def as_before() -> None:
        for name in names:
            os.utime(name, ns=(10**18, 10**18))

    as_before()
    plan = plan_tasks(str(path), str(path), task_elements=4, warn=lambda _: None)
    before = state_of_folder(path)
    shutil.copytree(path, tmp_path / "copy")  # as on another machine
    assert state_of_folder(tmp_path / "copy").content == before.content
    for time_ns in (10**18, 10**17):
        other = tmp_path / "other"
        other.write_bytes(np.ones(4).tobytes())
        os.utime(other, ns=(time_ns, time_ns))
        other.rename(path / [*chunks][1])
        if time_ns == 10**18:
            as_before()  # only its number tells it
        found = state_of_folder(path)
        assert found != before
        assert (found.content == before.content) == (time_ns == 10**18)
    with pytest.raises(StorageError, match="a worker found other files"):
        answer(plan.tasks[0])


def evaluated(path: Path, change: Callable[[], object]) -> Result:
    """The result of a store that is changed while it is read."""
    return evaluate(
        path,
        np.zeros(8),
        execution=Execution(chunk_rows=2, threads=1),
        progress=lambda _: change(),
    )


@pytest.mark.parametrize("change", ["written", "written, its time put back", "removed"])
def test_a_store_that_changes_while_it_is_read_is_refused(tmp_path: Path, change: str) -> None:
    chunk = written(tmp_path / "x", halves()) / "1"
    before = chunk.stat()

    def changed() -> None:
        if change == "removed":
            chunk.unlink(missing_ok=True)
            return
        while chunk.stat().st_ctime_ns == before.st_ctime_ns:  # a clock may be coarse
            chunk.write_bytes(np.zeros(4).tobytes())
            if change != "written":
                os.utime(chunk, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(StorageError, match="x: the file changed while being read"):
        evaluated(tmp_path / "x", changed)


def test_a_store_whose_files_are_linked_is_read(tmp_path: Path) -> None:
    chunk, link = written(tmp_path / "x", halves()) / "1", tmp_path / "link"
    expected = evaluated(tmp_path / "x", lambda: None)
    assert evaluated(tmp_path / "x", lambda: link.exists() or os.link(chunk, link)) == expected
    assert link.exists()


def test_axes_are_not_meant_where_none_is_named(tmp_path: Path, zarr: Any) -> None:
    group = zarr.open_group(tmp_path / "x", mode="w", zarr_format=2)
    for name, axes in {"n": ["n"], "y": ["n"]}.items():
        group.create_array(name, shape=(3,), dtype="f8", fill_value=None)[:] = [1, 2, 3]
        group[name].attrs["_ARRAY_DIMENSIONS"] = axes
    assert read(tmp_path / "x").tolist() == [1, 2, 3]


def test_a_zip_archive_of_more_than_a_store_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("x/.zgroup", "{}")
        file.writestr("notes.txt", "")
    with pytest.raises(DataError, match=r"of a Zarr store and of other files: 'notes.txt'"):
        read(tmp_path / "x.zip")


def test_arrays_of_a_zip_archive_need_no_metadata_of_a_group(tmp_path: Path) -> None:
    for name in ("y", "yz", "deep/w"):
        (tmp_path / "s" / name).parent.mkdir(parents=True, exist_ok=True)
        written(tmp_path / "s" / name, halves())
    for top in ("", "run/"):
        path = tmp_path / f"{len(top)}.zip"
        with zipfile.ZipFile(path, "w") as file:
            for found in sorted((tmp_path / "s").rglob("*")):  # folders, too
                file.write(found, top + found.relative_to(tmp_path / "s").as_posix())
        for name in ("y", "yz", "deep/w"):
            assert read(path, name).tolist() == [*map(float, range(8))]
        with zipfile.ZipFile(path, "a") as file:
            file.writestr(f"{top}deep/notes.txt", "x")
        with pytest.raises(DataError, match=r"and of other files: '.*deep/notes.txt'"):
            read(path, "y")


def test_damaged_texts_are_refused(tmp_path: Path) -> None:
    text = struct.pack("<II2sI1s", 2, 2, b"ab", 1, b"c")
    for i, (data, says) in enumerate(
        [
            (text[:-1], "a text in it is cut short"),
            (text + b"x", "bytes follow its last text"),
            (struct.pack("<II1s", 1, 1, b"a"), "it has 1 texts in 9 bytes, and not 2"),
            (struct.pack("<II2sI1s", 2, 2, b"\xff\xff", 1, b"c"), "a text in it is not UTF-8"),
            (b"x", "it has 120 texts"),
        ]
    ):
        known = {"dtype": "|O", "shape": [2], "chunks": [2], "filters": [{"id": "vlen-utf8"}]}
        store = tmp_path / f"{i}"
        store.mkdir()
        (store / ".zgroup").write_text('{"zarr_format": 2}')
        written(store / "id", {"0": data}, **known)
        written(store / "y", {"0": bytes(16)}, shape=[2], chunks=[2])
        with pytest.raises(DataError, match=f"array 'id': chunk id/0: {says}"):
            evaluate(store, None, EvalSettings(by="id"), pred="y", target="y", warn=[].append)


def test_a_flipped_bit_of_a_shard_in_a_zip_archive_is_refused(tmp_path: Path, zarr: Any) -> None:
    # from Python 3.12 on, zipfile compares no checksum of what was not read in order,
    # but for members of less than 4 KiB
    values = np.arange(4096.0)
    store = zarr.storage.ZipStore(tmp_path / "x.zip", mode="w")
    known = {"shape": (4096,), "chunks": (512,), "shards": (2048,), "dtype": "f8"}
    zarr.open_group(store, mode="w").create_array("y", compressors=None, **known)[:] = values
    store.close()
    assert read(tmp_path / "x.zip", "y", n_rows=500).tolist() == values.tolist()
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[data.index(values[3000:3008].tobytes()) + 3] ^= 1
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(DataError, match=r"member 'y/c/1' is damaged: Bad CRC-32"):
        read(tmp_path / "x.zip", "y", n_rows=500)


def test_a_folder_of_arrays_needs_no_metadata_of_a_group(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    written(tmp_path / "x" / "y", halves())
    assert read(tmp_path / "x").tolist() == [*map(float, range(8))]
    written(tmp_path / "x" / "z", halves())
    with pytest.raises(DataError, match="several numeric columns: 'y', 'z'"):
        read(tmp_path / "x")
    (tmp_path / "x" / "more").mkdir()
    with pytest.raises(DataError, match="holds a folder"):
        read(tmp_path / "x")
