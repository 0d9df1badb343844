"""Floats of 8 bits, in every format that can hold them, compared with ml_dtypes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DtypeError, ReadOptions, evaluate
from tests.sources.files import bits, read

if TYPE_CHECKING:
    from pathlib import Path

ml_dtypes = pytest.importorskip("ml_dtypes")

ALL = np.arange(256, dtype=np.uint8)
FORMATS = {
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ",
    "float8_e8m0fnu": "F8_E8M0",
    "float8_e3m4": None,
}


def numbers(name: str) -> Any:
    """All numbers of a format, as ml_dtypes has them."""
    found = ALL.view(getattr(ml_dtypes, name))
    return found[np.isfinite(found.astype(np.float64))]


@pytest.mark.parametrize("name", FORMATS)
def test_every_number_is_read_exactly_wherever_it_is_stored(tmp_path: Path, name: str) -> None:
    values = numbers(name)
    expected, n = values.astype(np.float64), values.size
    np.save(tmp_path / "x.npy", values)
    np.savez(tmp_path / "x.npz", x=values)
    values.view(np.uint8).tofile(tmp_path / "x.bin")
    store = tmp_path / "x.zarr"
    store.mkdir()
    known = {"zarr_format": 2, "shape": [n], "chunks": [n], "fill_value": 0, "order": "C"}
    known |= {"dtype": name, "compressor": None, "filters": None}
    (store / ".zarray").write_text(json.dumps(known))
    (store / "0").write_bytes(values.tobytes())
    said = ReadOptions(dtype=name)
    options = {"x.npy": said, "x.npz": said, "x.bin": ReadOptions(raw=name), "x.zarr": None}
    if code := FORMATS[name]:
        tensor = {"dtype": code, "shape": [n], "data_offsets": [0, n]}
        text = json.dumps({"x": tensor}).encode()
        data = len(text).to_bytes(8, "little") + text + values.tobytes()
        (tmp_path / "x.safetensors").write_bytes(data)
        options["x.safetensors"] = None
    for file, how in options.items():
        found = read(tmp_path / file, n_rows=50, options=how or ReadOptions())
        assert bits(found.astype(np.float64)) == bits(expected), file
    assert evaluate(values, np.zeros(n)) == evaluate(expected.astype(np.float32), np.zeros(n))


def test_raw_items_of_one_byte_are_refused_unless_it_is_said_what_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", numbers("float8_e4m3fn"))
    np.save(tmp_path / "f.npy", numbers("float8_e5m2"))
    np.save(tmp_path / "u.npy", ALL)
    for file, dtype, says in [
        (
            "v.npy",
            None,
            r"raw data of 1 byte, .*\[--dtype float8_e4m3fn if they are float8_e4m3fn, or",
        ),
        ("v.npy", "bfloat16", "raw data of 1 byte"),
        ("f.npy", None, r"raw data of 1 byte, .*\[--dtype float8_e5m2 if they are float8_e5m2 as"),
        ("f.npy", "float8_e4m3fn", "--dtype float8_e5m2 if"),
        ("u.npy", "float8_e5m2", r"the items are integers \(uint8\) .*view\('V1'\)"),
    ]:
        with pytest.raises(DtypeError, match=says):
            read(tmp_path / file, options=ReadOptions(dtype=dtype))
    beside = ReadOptions(dtype="bfloat16")  # of another input
    assert read(tmp_path / "u.npy", options=beside).tolist() == ALL.tolist()


def test_integers_of_one_byte_that_are_labels_are_read_beside_raw_items(tmp_path: Path) -> None:
    values = ml_dtypes.float8_e4m3fn(1) * np.arange(4).astype(ml_dtypes.float8_e4m3fn)
    bins = np.array([1, 2, 1, 2], np.uint8)
    np.savez(tmp_path / "p.npz", x=values, bin=bins)
    np.savez(tmp_path / "t.npz", y=np.zeros(4), bin=bins)
    np.save(tmp_path / "bin.npy", bins)
    paths, said = (tmp_path / "p.npz", tmp_path / "t.npz"), ReadOptions(dtype="float8_e4m3fn")
    of_all = {"betas": 0.0, "reduction": "sum", "pred": "x", "target": "y", "options": said}
    assert evaluate(*paths, **of_all, by="bin").values == (2.0, 4.0)
    assert evaluate(*paths, **of_all, groups=tmp_path / "bin.npy").values == (2.0, 4.0)
    np.savez(tmp_path / "t.npz", y=np.zeros(4), bin=bins[::-1])
    with pytest.warns(UserWarning, match="column 'bin' differs"):
        evaluate(*paths, **of_all)
    with pytest.raises(DtypeError, match=r"'bin.npy': .* the items are integers"):
        evaluate(paths[0], paths[0], pred="bin", target="bin", options=said)
