"""bfloat16, which NumPy writes as raw items of two bytes, is read exactly where a user says so."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DtypeError, EvalSettings, ReadOptions, Result, evaluate
from tests import oracle
from tests.command import SCRIPT
from tests.sources.files import bits, header, npy, read

if TYPE_CHECKING:
    from pathlib import Path

ALL = np.arange(1 << 16, dtype=np.uint16)
FINITE = ALL[(ALL & 0x7F80) != 0x7F80]
BFLOAT16 = ReadOptions(dtype="bfloat16")


def value(bits: int) -> float:
    """The number that 16 bits stand for: a sign, 8 bits of the exponent, 7 of the fraction."""
    sign = -1.0 if bits >> 15 else 1.0
    exponent, fraction = (bits >> 7) & 0xFF, bits & 0x7F
    if exponent == 0:
        return sign * fraction * 2.0**-133
    return sign * (128 + fraction) * 2.0 ** (exponent - 134)


@pytest.mark.parametrize("descr", ["<V2", "|V2", ">V2", "bfloat16"])
@pytest.mark.parametrize("fortran", [False, True])
def test_every_finite_number_is_read_to_the_bit(tmp_path: Path, descr: str, fortran: bool) -> None:
    path = tmp_path / "x.npy"
    shape = (FINITE.size // 2, 2)
    stored = FINITE.astype(">u2" if descr[0] == ">" else "<u2").reshape(shape)
    text = header(descr=repr(descr), fortran=repr(fortran), shape=repr(shape))
    path.write_bytes(npy(text, stored.tobytes(order="F" if fortran else "C")))
    options = ReadOptions() if descr == "bfloat16" else BFLOAT16
    found = read(path, n_rows=1000, options=options)
    assert found.dtype == np.float32
    assert bits(found.astype(np.float64)) == bits(np.array([value(int(x)) for x in FINITE]))


def test_raw_items_are_refused_with_the_option_that_says_what_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", ALL.view("V2"))
    with pytest.raises(DtypeError, match=r"raw data of 2 bytes.*\[--dtype bfloat16 if they are"):
        read(tmp_path / "x.npy")
    np.save(tmp_path / "x.npy", ALL.view("V4"))
    with pytest.raises(DtypeError, match="raw or structured data"):
        read(tmp_path / "x.npy", options=BFLOAT16)


@pytest.mark.parametrize("dtype", ["<u2", ">i2"])
def test_integers_that_may_be_its_bits_are_refused(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "x.npy", ALL.astype(dtype))
    with pytest.raises(DtypeError, match=r"integers \(u?int16\) \[if they.*save them with \.view"):
        read(tmp_path / "x.npy", options=BFLOAT16)
    np.save(tmp_path / "x.npy", np.arange(3, dtype="i4"))
    assert read(tmp_path / "x.npy", options=BFLOAT16).dtype == np.int32


def test_numbers_of_npz_raw_binary_and_pipes_give_the_same_bits(tmp_path: Path) -> None:
    stored = ALL[0x3C00:0x4400]
    target = np.linspace(-3, 3, stored.size, dtype=np.float32)
    expected = oracle.tally(np.array([value(int(x)) for x in stored]), target, 0.5).mean
    np.save(tmp_path / "x.npy", stored.view("V2"))
    np.savez(tmp_path / "x.npz", x=stored.view("V2"))
    stored.astype("<u2").tofile(tmp_path / "x.bin")
    np.save(tmp_path / "y.npy", target)
    tensor = {"dtype": "BF16", "shape": [stored.size], "data_offsets": [0, 2 * stored.size]}
    text = json.dumps({"x": tensor}).encode()
    data = len(text).to_bytes(8, "little") + text + stored.astype("<u2").tobytes()
    (tmp_path / "x.safetensors").write_bytes(data)
    raw = ReadOptions(raw="bfloat16")
    told = {"npy": BFLOAT16, "npz": BFLOAT16, "bin": raw, "safetensors": ReadOptions()}
    for suffix, options in told.items():
        columns = {"pred": "x"} if suffix in ("npz", "safetensors") else {}
        name = f"x.{suffix}"
        settings = EvalSettings((0.5,))
        found = evaluate(tmp_path / name, tmp_path / "y.npy", settings, options=options, **columns)
        assert found.mean == expected
    done = subprocess.run(
        [SCRIPT, "eval", "-", tmp_path / "y.npy", "--dtype", "bfloat16", "--beta", "0.5", "--json"],
        input=(tmp_path / "x.npy").read_bytes(),
        capture_output=True,
        check=True,
    )
    assert Result.from_json(done.stdout).mean == expected
    decisions = json.loads(done.stdout)["decisions"]
    assert "raw items are bfloat16" in [decision["choice"] for decision in decisions]
