"""Arrays of one axis in containers: they show whether rows match, and may be keys and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate
from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_hdf5, as_netcdf, as_npz, as_safetensors, as_zarr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
L1 = EvalSettings((0.0,), "sum")
Y = np.arange(N) * 8.0
IDS = np.arange(N) * 7 % 13 + 100
TEXTS = np.array([f"img{i}" for i in IDS])
CHARACTERS = TEXTS.astype("S").view("S1").reshape(N, -1)
ORDER = np.random.default_rng(0).permutation(N)


WRITERS = [as_npz, as_netcdf, as_hdf5, as_safetensors, as_zarr]


@pytest.fixture(params=["whole numbers", "text"])
def ids(request: pytest.FixtureRequest) -> Any:
    return IDS if request.param == "whole numbers" else TEXTS


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("shape", [(N,), (N, 1)])
def test_ids_in_another_order_are_refused_and_are_a_key(
    tmp_path: Path,
    write: Callable[[Path, dict[str, Any]], None],
    shape: tuple[int, ...],
    ids: Any,
) -> None:
    if write is as_safetensors and ids is TEXTS:
        pytest.skip("safetensors has no text")
    if write is as_netcdf and len(shape) > 1:
        pytest.skip("the writer of netCDF has one axis")
    p, t = tmp_path / "p", tmp_path / "t"
    write(p, {"ids": ids.reshape(shape), "preds": (Y + 0.5).reshape(shape)})
    write(t, {"ids": ids[ORDER].reshape(shape), "targets": Y[ORDER].reshape(shape)})
    columns: dict[str, Any] = {"pred": "preds", "target": "targets"}
    with pytest.raises(DataError, match=r"column 'ids' differs .* same values in another order"):
        evaluate(p, t, L1, **columns)
    assert evaluate(p, t, L1, key="ids", **columns).values == (N / 2,)
    found = evaluate(p, t, L1, options=ReadOptions(key_check=False), **columns)
    assert found.values == (np.abs(Y + 0.5 - Y[ORDER]).sum(),)


@pytest.mark.parametrize("write", [as_npz, as_zarr])
@pytest.mark.parametrize(("kind", "unit"), [("U", "characters"), ("S", "bytes")])
def test_texts_of_a_width_that_is_not_read_are_refused_with_the_limit(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None], kind: str, unit: str
) -> None:
    arrays = {"preds": Y, "targets": Y + 1}
    write(tmp_path / "read", arrays | {"ids": TEXTS.astype(f"{kind}9999")})
    write(tmp_path / "wide", arrays | {"ids": TEXTS.astype(f"{kind}10000")})
    columns: dict[str, Any] = {"pred": "preds", "target": "targets"}
    by = EvalSettings((0.0,), "sum", by="ids")
    assert len(evaluate(tmp_path / "read", settings=by, **columns).groups) == N
    assert evaluate(tmp_path / "wide", settings=L1, **columns).values == (N,)
    with pytest.raises(DataError, match=f"10,000 {unit} for each text, and at most 9,999 are read"):
        evaluate(tmp_path / "wide", settings=by, **columns)


@pytest.mark.parametrize("write", [as_npz, as_hdf5, as_safetensors, as_zarr])
def test_ids_of_several_elements_a_row_are_not_compared_and_that_is_said(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None]
) -> None:
    pairs = np.stack([IDS, IDS], 1)
    write(tmp_path / "p", {"ids": pairs, "preds": Y})
    write(tmp_path / "t", {"ids": pairs[ORDER], "targets": Y[ORDER]})
    with pytest.warns(UserWarning, match="column 'ids' cannot be compared with that of"):
        evaluate(tmp_path / "p", tmp_path / "t", L1, pred="preds", target="targets")


@pytest.mark.parametrize("write", [as_npz, as_netcdf, as_hdf5, as_zarr])
def test_texts_in_single_characters_are_as_texts(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None]
) -> None:
    """CF stores texts so: one axis more, of the characters of each."""
    of_format = {"version": 2} if write is as_zarr else {}
    p, t, other = tmp_path / "p", tmp_path / "t", tmp_path / "o"
    write(p, {"name": CHARACTERS, "p": Y + 0.5}, **of_format)
    write(t, {"name": CHARACTERS[ORDER], "y": Y[ORDER]}, **of_format)
    as_npz(other, {"name": TEXTS[ORDER].astype("U9"), "y": Y[ORDER]})
    for target in (t, other):
        with pytest.raises(DataError, match=r"column 'name' differs .* values in another order"):
            evaluate(p, target, L1)
        assert evaluate(p, target, L1, key="name").values == (N / 2,)
    grouped = evaluate(p, t, EvalSettings((0.0,), "mean", by="name"), key="name")
    assert grouped.values == (0.5,) * N
    with pytest.raises(DataError, match=r"text|byte strings"):
        evaluate(p, t, L1, pred="name", target="y")


def test_characters_of_unicode_are_texts_and_two_texts_in_a_row_are_none(tmp_path: Path) -> None:
    letters = TEXTS.astype("U6").view("U1").reshape(N, -1)
    as_npz(tmp_path / "p", {"name": letters, "two": TEXTS.reshape(-1, 2), "y": Y})
    as_npz(tmp_path / "t", {"name": letters[ORDER].astype(">U1"), "y": Y[ORDER]})
    columns: dict[str, Any] = {"pred": "y", "target": "y"}
    with pytest.raises(DataError, match=r"column 'name' differs .* values in another order"):
        evaluate(tmp_path / "p", tmp_path / "t", L1, **columns)
    assert evaluate(tmp_path / "p", tmp_path / "t", L1, key="name", **columns).values == (0.0,)
    with pytest.raises(DataError, match="array 'two' cannot be a key"):
        evaluate(tmp_path / "p", tmp_path / "p", L1, key="two", **columns)


def test_arrays_of_another_length_say_nothing(tmp_path: Path) -> None:
    as_npz(tmp_path / "p", {"ids": IDS[:5], "preds": Y, "scale": np.ones((N, 2))})
    as_npz(tmp_path / "t", {"ids": IDS[4::-1], "targets": Y, "scale": np.zeros((N, 2))})
    assert evaluate(tmp_path / "p", tmp_path / "t", L1, pred="preds", target="targets").values == (
        0,
    )


def test_text_that_is_not_chosen_is_no_candidate(tmp_path: Path) -> None:
    as_npz(tmp_path / "p", {"ids": TEXTS, "preds": Y})
    as_npz(tmp_path / "t", {"ids": TEXTS, "targets": Y + 1})
    found = evaluate(tmp_path / "p", tmp_path / "t", EvalSettings((0.0,), "mean", by="ids"))
    assert found.values == (1.0,) * N


def test_arrays_that_are_no_labels_are_no_keys(tmp_path: Path) -> None:
    as_npz(tmp_path / "p", {"wide": np.ones((N, 2), int), "preds": Y})
    with pytest.raises(DataError, match="array 'wide' cannot be a key or a group"):
        evaluate(tmp_path / "p", tmp_path / "p", L1, pred="preds", target="preds", key="wide")


@pytest.mark.parametrize("write", WRITERS)
def test_whole_numbers_in_floats_and_booleans_are_labels(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None]
) -> None:
    """pandas makes floats of ids of which one is missing; tables have such keys, too."""
    p, t, part = tmp_path / "p", tmp_path / "t", tmp_path / "part"
    write(p, {"id": IDS * 1.0, "half": IDS + 0.5, "preds": Y + 0.5})
    write(t, {"id": IDS[ORDER] * 1.0, "half": IDS + 0.5, "y": Y[ORDER]})
    as_npz(part, {"id": IDS[ORDER].astype("f4"), "y": Y[ORDER], "flag": IDS > 106})
    for target in (t, part):
        assert evaluate(p, target, L1, pred="preds", target="y", key="id").values == (N / 2,)
    with pytest.raises(
        DataError, match=r"the label of row 1 is 100.5, no whole number below 2\*\*53"
    ):
        evaluate(p, t, L1, pred="preds", target="y", key="half")
    by_mean = EvalSettings((0.0,), "mean", by=("flag",))
    assert len(evaluate(part, part, by_mean, pred="y", target="id").values) == 2
    worst = evaluate(p, p, EvalSettings((0.0,), top=1), pred="preds", target="id", keep="pred:half")
    assert ".5" in str(worst.top[0].labels)


def test_a_key_of_another_length_than_its_values_is_refused(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.npz", tmp_path / "t.npz"
    for n_keys, n_values in ((6, 5), (4, 5)):
        np.savez(pred, p=np.arange(n_keys) + 1.0, id=np.arange(n_keys)[::-1])
        np.savez(target, y=np.arange(float(n_values)), id=np.arange(n_keys))
        with pytest.raises(DataError, match=f"has {n_keys} rows, and the values have {n_values}"):
            evaluate(pred, target, pred="p", target="y", key="id")


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("kind", ["U", "S", "vlen"])
def test_text_of_zarr_of_every_kind_is_a_label(tmp_path: Path, version: int, kind: str) -> None:
    as_zarr(tmp_path / "p", {"ids": TEXTS, "preds": Y + 0.5}, version, kind)
    as_npz(tmp_path / "t.npz", {"ids": TEXTS[ORDER], "targets": Y[ORDER]})
    columns: dict[str, Any] = {"pred": "preds", "target": "targets"}
    with pytest.raises(DataError, match=r"column 'ids' differs .* same values in another order"):
        evaluate(tmp_path / "p", tmp_path / "t.npz", L1, **columns)
    paths = (tmp_path / "p", tmp_path / "t.npz")
    assert evaluate(*paths, L1, key="ids", **columns).values == (N / 2,)
    with pytest.raises(DataError, match="holds text"):
        evaluate(*paths, L1, pred="ids", target="targets")


@pytest.mark.parametrize("version", [2, 3])
def test_text_of_zarr_in_every_codec_and_in_shards_is_compared(
    tmp_path: Path, version: int
) -> None:
    zarr, of_v2 = imported("zarr"), imported("numcodecs")
    codecs = zarr.codecs
    steps = {
        2: [getattr(of_v2, x)() for x in ("LZ4", "GZip", "BZ2", "LZMA", "Zlib", "Zstd", "Blosc")],
        3: [[codecs.GzipCodec(), codecs.Crc32cCodec()], codecs.BloscCodec(), codecs.ZstdCodec()],
    }[version]
    texts = np.array([f"é{'x' * (i % 5)}{i}" for i in range(N)], object)
    group = zarr.open_group(tmp_path / "p", mode="w", zarr_format=version)
    for i, step in enumerate(steps):
        more = {"shards": (6,)} if version == 3 and i != 1 else {}
        of_array = {"shape": (N,), "chunks": (3,), "dtype": str, "compressors": step, **more}
        group.create_array(f"label{i}", **of_array)[:] = texts
    group.create_array("preds", shape=(N,), dtype="f8")[:] = Y + 0.5
    columns: dict[str, Any] = {"pred": "preds", "target": "targets"}
    labels = {f"label{i}": texts.astype("U") for i in range(len(steps))}
    as_npz(tmp_path / "t.npz", {**labels, "targets": Y})
    assert evaluate(tmp_path / "p", tmp_path / "t.npz", L1, **columns).values == (N / 2,)
    for name, values in labels.items():
        as_npz(tmp_path / "t.npz", {**labels, name: values[ORDER], "targets": Y})
        with pytest.raises(DataError, match=f"column '{name}' differs"):
            evaluate(tmp_path / "p", tmp_path / "t.npz", L1, **columns)


def test_ids_that_are_never_loaded_are_said_and_are_no_key(tmp_path: Path) -> None:
    objects = np.array([*map(str, IDS)], object)
    for name in ("ids", "names"):
        as_npz(tmp_path / "p.npz", {name: objects, "preds": Y})
        as_npz(tmp_path / "t.npz", {name: objects, "targets": Y + 1})
        heard: list[str] = []
        columns: dict[str, Any] = {"pred": "preds", "target": "targets"}
        evaluate(tmp_path / "p.npz", tmp_path / "t.npz", L1, warn=heard.append, **columns)
        said = f"{tmp_path / 'p.npz'}: column 'ids' cannot be compared with that of "
        assert heard == [f"{said}{tmp_path / 't.npz'}"] * (name == "ids")
    with pytest.raises(DataError, match="array 'names' cannot be a key or a group"):
        evaluate(tmp_path / "p.npz", tmp_path / "t.npz", L1, key="names")


@pytest.mark.parametrize("fault", ["date", "missing", "text", "bytes"])
def test_the_first_fault_in_the_order_of_the_rows_is_named(tmp_path: Path, fault: str) -> None:
    """The weight of row 2 comes before the label of row 3, and that before the weight of row 4."""
    labels = {
        "date": np.array([0, 1, 1 << 40, 3]).view("M8[Y]"),
        "missing": np.array([0, 1, np.iinfo("i8").min, 3]).view("M8[s]"),
        "text": np.array([97, 98, 0x110000, 97], np.uint32).view("<U1"),
        "bytes": np.array([b"a", b"b", b"\xff", b"d"]),
    }[fault]
    write = as_hdf5 if fault == "bytes" else as_npz
    columns: dict[str, Any] = {"pred": "p", "target": "t", "weight": "w", "by": "g"}
    for row, place in ((1, "weight in row 2"), (3, "row 3")):
        weight = np.ones(4)
        weight[row] = -1
        write(tmp_path / "p", {"g": labels, "p": Y[:4], "t": Y[4:8], "w": weight})
        with pytest.raises(DataError, match=place):
            evaluate(tmp_path / "p", None, EvalSettings((0.0,), "mean"), **columns)
