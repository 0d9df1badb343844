"""Safetensors: the numbers that its library has written, and the faults that it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, evaluate
from smoothl1.sources.containers.safetensors import _DTYPES
from tests.sources.containers.packages import imported
from tests.sources.files import bits, read

if TYPE_CHECKING:
    from pathlib import Path

VALUES = np.array([[0.0, 1.0, 3.0], [5.0, 7.0, 100.0]])


def content(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def tensor(shape: Any = (2,), offsets: Any = (0, 8), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_every_dtype_is_read_as_the_library_writes_it(tmp_path: Path) -> None:
    library = imported("safetensors.numpy")
    arrays = {name: VALUES.astype(code) for name, code in _DTYPES.items()}
    library.save_file(arrays, tmp_path / "x", {"format": "np"})
    for name, array in arrays.items():
        found = read(tmp_path / "x", name)
        assert (found.dtype, found.tolist()) == (array.dtype, array.reshape(-1).tolist())


def test_a_loss_is_that_of_the_arrays_at_any_chunk_size(tmp_path: Path) -> None:
    library = imported("safetensors.numpy")
    pred, target = np.random.default_rng(0).normal(size=(2, 3000, 2)).astype(np.float32)
    library.save_file({"p": pred, "t": target}, tmp_path / "x.safetensors")
    library.save_file({"p": pred}, tmp_path / "p.safetensors")
    np.save(tmp_path / "t.npy", target)
    expected = evaluate(pred, target)
    for rows in (None, 7):
        of_both = evaluate(
            tmp_path / "x.safetensors", pred="p", target="t", execution=Execution(2, rows)
        )
        of_one = evaluate(
            tmp_path / "p.safetensors", tmp_path / "t.npy", execution=Execution(2, rows)
        )
        assert of_both.tallies == of_one.tallies == expected.tallies


def test_what_the_library_refuses_is_refused_and_every_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    good = content({"a": tensor()}, bytes(8))
    cases = {
        "not JSON": content(b'{"a": '),
        "a key is there twice": content(b'{"a": {}, "a": {}}'),
        "header should be 99 bytes": content({"a": tensor()}, bytes(8), 99),
        "without tensors": content({"__metadata__": {"a": "b"}}, bytes(8)),
        "has not just dtype, shape and data_offsets": content({"a": {"dtype": "F32"}}),
        "no lists of whole numbers": content({"a": tensor((2.0,))}, bytes(8)),
        "no lists of whole numbers ?": content({"a": tensor(offsets=(0, True))}, bytes(8)),
        "larger than any array": content({"a": tensor((2**62, 2))}, bytes(8)),
        "4 bytes, but its shape and dtype are 8": content({"a": tensor(offsets=(0, 4))}, bytes(4)),
        "bytes 4 to 12, but the one before ends at 0": content({"a": tensor(offsets=(4, 12))}),
        "one before ends at 8": content({"a": tensor(), "b": tensor(offsets=(0, 8))}, bytes(8)),
        "has 7 bytes of data, the header says 8": good[:-1],
        "1 bytes after the end": good + b"x",
        "'a' is 'F6_E2M3'; accepted are BF16, BOOL": content(
            {"a": tensor((8,), dtype="F6_E2M3")}, bytes(8)
        ),
    }
    for says, data in cases.items():
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        with pytest.raises(DataError, match=says.removesuffix(" ?")):
            read(path)
    for length in range(9, len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(DataError):
            read(path)


def test_a_header_that_claims_gigabytes_or_is_deep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content({"a": tensor()}, bytes(8), 1 << 31))
    with pytest.raises(DataError, match="cut short"):
        read(path)
    path.write_bytes(content(b'{"a": ' + b"[" * 100_000, b""))
    with pytest.raises(DataError, match="not JSON"):
        read(path)


def test_bfloat16_is_the_upper_half_of_binary32(tmp_path: Path) -> None:
    """All 65,536 codes, against the sign, exponent and fraction by hand, and as ml_dtypes reads."""
    codes = np.arange(1 << 16, dtype="<u2")
    (tmp_path / "x").write_bytes(
        content({"a": tensor((256, 256), (0, 1 << 17), "BF16")}, codes.tobytes())
    )
    found = read(tmp_path / "x", n_rows=7)
    for code in (0x3F80, 0xC049, 0x0001, 0x7F7F, 0x8000):
        exponent, fraction = code >> 7 & 0xFF, code & 0x7F
        scaled = fraction + 128 * (exponent > 0)
        expected = (-1) ** (code >> 15) * scaled * 2.0 ** (max(exponent, 1) - 134)
        assert found[code] == expected
    wide = pytest.importorskip("ml_dtypes").bfloat16
    np.testing.assert_array_equal(found, codes.view(wide).astype(np.float32))


def test_a_tensor_without_axes_is_one_number(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content({"a": tensor((), (0, 8), "F64")}, np.float64(2).tobytes()))
    assert bits(read(tmp_path / "x")) == bits([2.0])
    assert evaluate(tmp_path / "x", np.array(0.0), EvalSettings((0.0,))).tallies[0].sum == 2.0


def test_ids_beside_floats_that_numpy_does_not_know_are_compared(tmp_path: Path) -> None:
    ids = np.array([7, 9, 8, 11, 10, 15])
    tensors = {"x": tensor((6,), (0, 12), "BF16"), "id": tensor((6,), (12, 60), "I64")}
    for name, stored in {"p": ids, "q": ids, "t": ids[::-1]}.items():
        (tmp_path / name).write_bytes(content(tensors, bytes(12) + stored.tobytes()))
    assert evaluate(tmp_path / "p", tmp_path / "q", pred="x", target="x").mean == 0
    with pytest.raises(DataError, match=r"column 'id' differs .* in another order"):
        evaluate(tmp_path / "p", tmp_path / "t", pred="x", target="x")
    with pytest.raises(DataError, match="array 'x' cannot be a key or a group"):
        evaluate(tmp_path / "p", tmp_path / "q", pred="id", target="id", by="x")
