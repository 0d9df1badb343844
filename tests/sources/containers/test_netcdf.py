"""netCDF's classic formats, as scipy writes and reads them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import netcdf_file

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, evaluate
from smoothl1.sources.containers.missing_values import may_be_compared, missing_values_of
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

N = 50
CODES = ["i1", ">i2", ">i4", ">f4", ">f8"]


def arrays() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes: list[tuple[int, ...]] = [(N,), (N, 3), (N, 2, 2)]
    return {
        f"{code[-2:]}{len(shape)}": rng.integers(-99, 99, shape).astype(code)
        for code in CODES
        for shape in shapes
    }


def written(path: Path, version: int, *, unlimited: bool) -> dict[str, Any]:
    with netcdf_file(path, "w", mmap=False, version=version) as file:
        for name, length in {"n": None if unlimited else N, "a": 3, "b": 2, "c": 2}.items():
            file.createDimension(name, length)
        for name, array in arrays().items():
            axes = {1: ("n",), 2: ("n", "a"), 3: ("n", "b", "c")}[array.ndim]
            file.createVariable(name, array.dtype, axes)[:] = array
    return arrays()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("unlimited", [False, True])
def test_every_variable_is_what_scipy_has_written(
    tmp_path: Path, version: int, unlimited: bool
) -> None:
    path = tmp_path / "x.nc"
    for name, array in written(path, version, unlimited=unlimited).items():
        for n_rows in (7, 1000):
            assert read(path, name, n_rows=n_rows).tolist() == array.reshape(-1).tolist()
    pred, target = arrays()["f42"], arrays()["i12"]
    expected = evaluate(pred, target)
    for rows in (None, 7):
        run = Execution(2, rows)
        assert evaluate(path, pred="f42", target="i12", execution=run).tallies == expected.tallies


def test_a_single_variable_of_short_records_has_no_gaps(tmp_path: Path) -> None:
    with netcdf_file(tmp_path / "x.nc", "w", mmap=False) as file:
        file.createDimension("n", None)
        file.createVariable("y", "i1", ("n",))[:] = np.arange(7, dtype=np.int8)
    assert read(tmp_path / "x.nc").tolist() == list(range(7))


def test_every_cut_is_refused_and_what_is_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.nc"
    written(path, 1, unlimited=True)
    data = path.read_bytes()
    for length in [*range(4, 1200, 7), len(data) - 1200, len(data) - 5]:
        path.unlink()
        path.write_bytes(data[:length])
        with pytest.raises(DataError, match=r"ends early|cut short"):
            read(path, "f42")
    path.write_bytes(data + bytes(100))
    with pytest.raises(DataError, match="bytes after the end of the last variable"):
        read(path, "f42")


def test_no_flipped_byte_of_the_header_does_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.nc"
    with netcdf_file(path, "w", mmap=False) as file:
        file.createDimension("n", 3)
        file.createVariable("y", ">f4", ("n",))[:] = np.array([1.5, 2.5, 3.5], np.float32)
    data = bytearray(path.read_bytes())
    for position in range(4, len(data) - 12):
        for change in (0x01, 0x80, 0xFF):
            flipped = bytearray(data)
            flipped[position] ^= change
            path.unlink()
            path.write_bytes(flipped)
            try:
                assert read(path).size <= len(data)
            except DataError:
                continue


def test_cdf_5_has_wider_numbers(tmp_path: Path) -> None:
    """Written by hand from the specification: one dimension, one variable of uint64."""

    def name(text: bytes) -> bytes:
        return struct.pack(">q", len(text)) + text + bytes(-len(text) % 4)

    none = struct.pack(">iq", 0, 0)
    head = b"CDF\x05" + struct.pack(">q", 0)
    head += struct.pack(">iq", 0x0A, 1) + name(b"n") + struct.pack(">q", 2) + none
    head += struct.pack(">iq", 0x0B, 1) + name(b"y") + struct.pack(">qq", 1, 0) + none
    begin = len(head) + 20
    data = struct.pack(">2Q", 2**63 + 1, 7)
    (tmp_path / "x.nc").write_bytes(head + struct.pack(">iqq", 11, 16, begin) + data)
    assert read(tmp_path / "x.nc").tolist() == [2**63 + 1, 7]


def test_coordinates_are_not_meant_where_none_is_named(tmp_path: Path) -> None:
    with netcdf_file(tmp_path / "x.nc", "w", mmap=False) as file:
        file.createDimension("n", 3)
        file.createDimension("k", 2)
        file.createVariable("n", ">i4", ("n",))[:] = [7, 8, 9]
        file.createVariable("label", "c", ("k",))[:] = np.array([b"a", b"b"])
        file.createVariable("y", ">f4", ("n",))[:] = [1.5, 2.5, 3.5]
    assert read(tmp_path / "x.nc").tolist() == [1.5, 2.5, 3.5]
    assert read(tmp_path / "x.nc", "n").tolist() == [7, 8, 9]
    with pytest.raises(DataError, match="variable 'label' holds text"):
        read(tmp_path / "x.nc", "label")


def test_missing_values_are_those_that_scipy_masks(tmp_path: Path) -> None:
    values = np.array([1.5, -1.0, 2.5, np.nan, -1.0, 1e20], np.float32)
    with netcdf_file(tmp_path / "x.nc", "w", mmap=False) as file:
        file.createDimension("n", 6)
        for name, mark in {"a": -1.0, "b": 1e20, "c": np.nan}.items():
            variable = file.createVariable(name, ">f4", ("n",))
            variable[:] = values
            variable._FillValue = np.float32(mark)
    with netcdf_file(tmp_path / "x.nc", mmap=False, maskandscale=True) as file:
        seen = {name: file.variables[name][:] for name in "abc"}
    target = np.zeros(6, np.float32)
    for name in "abc":
        expected = np.ma.filled(seen[name].astype(np.float64), np.nan)
        settings = EvalSettings((0.0,), nan="omit")
        result = evaluate(tmp_path / "x.nc", target, settings, pred=name, warn=[].append)
        assert result.tallies[0].sum == np.nansum(np.abs(expected))
        with pytest.raises(DataError, match=r"row \d: the value is missing \(.*--nan omit"):
            evaluate(tmp_path / "x.nc", target, pred=name)


def test_what_readers_differ_in_is_refused(tmp_path: Path) -> None:
    with netcdf_file(tmp_path / "x.nc", "w", mmap=False) as file:
        file.createDimension("n", 2)
        for name, attribute, value in (
            ("a", "scale_factor", np.float64(0.1)),
            ("b", "valid_max", np.float32(9)),
            ("c", "missing_value", np.float64(1e20)),
            ("d", "missing_value", "x"),
            ("e", "units", "m"),
        ):
            variable = file.createVariable(name, ">f4", ("n",))
            variable[:] = [1.5, np.float32(9.9692099683868690e36)]
            setattr(variable, attribute, value)
    for name, says in {
        "a": "array 'a' has the attribute scale_factor, which readers apply",
        "b": "attribute valid_max",
        "c": r"array 'c': missing_value .* is no float32",
        "d": "array 'd': missing_value .* is no float32",
        "e": "row 2: 9.96.* is what netCDF writes where nothing was written",
    }.items():
        with pytest.raises(DataError, match=says):
            read(tmp_path / "x.nc", name)


@pytest.mark.parametrize(
    ("name", "value", "dtype", "is_neutral"),
    [
        ("scale_factor", np.float64(1), "f8", True),
        ("add_offset", np.float32(0), "f4", True),
        ("scale_factor", np.float32(1), "i2", True),
        ("scale_factor", np.float64(1), "i4", True),
        ("scale_factor", np.float32(1), "i4", False),  # float32 does not hold all of them
        ("scale_factor", np.float32(1), "f8", False),
        ("scale_factor", np.float64(1), "i8", False),
        ("scale_factor", np.array([1.0, 1.0]), "f8", False),
        ("add_offset", np.float64(1), "f8", False),
        ("scale_factor", np.float64("nan"), "f8", False),
        ("scale_factor", 1, "f8", True),  # as JSON has it in Zarr
        ("scale_factor", "1", "f8", False),
        ("ScaleFactor", np.float64(1), "f4", True),  # as HDF-EOS5 has it
        ("ScaleFactor", np.float64(0.1), "i2", False),
        ("SCALING_FACTOR", np.float64(10000), "i2", False),
        ("Offset", np.float64(3), "f8", True),  # of nothing: it may be another offset
        ("_Unsigned", "false", "i2", True),
        ("_Unsigned", b"true", "u2", True),
        ("_Unsigned", "true", "i2", False),
        ("valid_min", np.float64(0), "f8", False),
    ],
)
def test_attributes_that_change_no_number_are_accepted(
    name: str, value: Any, dtype: str, is_neutral: bool
) -> None:
    assert may_be_compared({name: value}, np.dtype(dtype)) is is_neutral
    if is_neutral:
        missing_values_of({name: value}, np.dtype(dtype), "x", is_netcdf=False)
    else:
        with pytest.raises(DataError, match=f"attribute {name}, which readers apply"):
            missing_values_of({name: value}, np.dtype(dtype), "x", is_netcdf=False)


def test_a_scale_of_one_beside_a_missing_value_is_read(tmp_path: Path) -> None:
    with netcdf_file(tmp_path / "x.nc", "w", mmap=False) as file:
        file.createDimension("n", 3)
        variable = file.createVariable("a", "d", ("n",))
        variable[:] = [1.5, -9.0, 2.5]
        variable.scale_factor, variable.add_offset = np.float64(1), np.float64(0)
        variable._FillValue = np.float64(-9)
    settings = EvalSettings((0.0,), nan="omit")
    found = evaluate(tmp_path / "x.nc", np.zeros(3), settings, warn=[].append)
    assert found.tallies[0].sum == 4.0


@pytest.mark.parametrize("data", [b"ab", b"CDF", b"CDF\x07" + bytes(99), b"abcdefgh" * 9])
def test_what_is_no_netcdf_is_refused_where_it_is_asked_for(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(DataError, match="not netCDF: it begins with"):
        read(tmp_path / "x", options=ReadOptions(format="netcdf"))


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def name_of(text: str) -> bytes:
    return words(len(text)) + text.encode().ljust(-(-len(text) // 4) * 4, b"\0")


def header(*variables: tuple[str, list[int], int], tag: int = 11, records: int = 1) -> bytes:
    """Dimensions n of any length and a of 2, and variables: names, dimensions and types."""
    dimensions = words(10, 2) + name_of("n") + words(0) + name_of("a") + words(2)
    listed = words(tag, len(variables)) if variables else words(0, 0)
    for name, ids, code in variables:
        listed += name_of(name) + words(len(ids), *ids, 0, 0, code, 8, 400)
    return (b"CDF\x01" + words(records) + dimensions + words(0, 0) + listed).ljust(400, b"\0")


FLOAT32 = 5
DAMAGED = {
    "a netCDF file without variables": header()[:56],
    "two variables have the same name": header(("y", [1], FLOAT32), ("y", [1], FLOAT32)) + bytes(8),
    "variable 'y' has an unknown dimension": header(("y", [2], FLOAT32)) + bytes(8),
    "variable 'y' has records within records": header(("y", [1, 0], FLOAT32)) + bytes(8),
    "unexpected tag 12 before byte": header(("y", [1], FLOAT32), tag=12) + bytes(8),
    "unknown type 13 before byte": header(("y", [1], 13)) + bytes(8),
    "10 bytes of records, each of 4: cut short": (
        header(("y", [0], FLOAT32), records=2**32 - 1) + bytes(10)
    ),
    "variable 'y' begins in the header": (
        header(("y", [1], FLOAT32)).replace(words(8, 400), words(8, 8)) + bytes(8)
    ),
    "a list of 65 items before byte": header(("y", [1] * 65, FLOAT32)) + bytes(8),
}


@pytest.mark.parametrize("says", DAMAGED)
def test_a_header_that_contradicts_itself_is_refused(tmp_path: Path, says: str) -> None:
    (tmp_path / "x.nc").write_bytes(header(("y", [1], FLOAT32)) + struct.pack(">2f", 0.5, 2.5))
    assert read(tmp_path / "x.nc").tolist() == [0.5, 2.5]
    (tmp_path / "x.nc").write_bytes(DAMAGED[says])
    with pytest.raises(DataError, match=says):
        read(tmp_path / "x.nc")
