"""Numbers as lines of text: the same from compiled code and from Python, and what repr says."""

from __future__ import annotations

import math
import os
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smoothl1.sinks import lines as lines_module
from smoothl1.sinks.lines import lines_of, shortest_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

if os.environ.get("SMOOTHL1_REQUIRE_NATIVE") == "1":
    from smoothl1.sinks import _lines
else:
    _lines = pytest.importorskip("smoothl1.sinks._lines", exc_type=ImportError)

UNSIGNED = {np.float16: np.uint16, np.float32: np.uint32, np.float64: np.uint64}


def texts(numbers: NDArray[Any]) -> list[str]:
    """The number of each row, by compiled code."""
    return _lines.lines(numbers, 1, b",", None, None).decode().split("\n")[:-1]


def assert_as_repr(numbers: NDArray[Any]) -> None:
    found, expected = texts(numbers), shortest_texts(numbers)
    wrong = [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]]
    assert not wrong, wrong[:5]


def neighbours(numbers: NDArray[Any]) -> NDArray[Any]:
    """Numbers with those before and after them, and their negatives."""
    bits = numbers.view(UNSIGNED[numbers.dtype.type])
    near = np.concatenate([bits - 1, bits, bits + 1]).view(numbers.dtype)
    return np.concatenate([near, -near])


def test_every_binary16_is_written_as_numpy_and_repr_do() -> None:
    assert_as_repr(np.arange(1 << 16, dtype=np.uint16).view(np.float16))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_powers_of_two_have_less_room_below_than_above(dtype: type) -> None:
    info = np.finfo(dtype)
    exponents = np.arange(info.minexp - info.nmant, info.maxexp)
    assert_as_repr(neighbours(np.ldexp(np.ones(exponents.size, dtype), exponents)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_powers_of_ten_and_their_neighbours_are_written_as_repr_does(dtype: type) -> None:
    most = 38 if dtype is np.float32 else 308
    numbers = [float(f"{digit}e{exponent}") for exponent in range(-most, most) for digit in (1, 5)]
    assert_as_repr(neighbours(np.array(numbers, dtype)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(3))
def test_random_bits_are_written_as_repr_does(dtype: type, seed: int) -> None:
    kind = UNSIGNED[dtype]
    rng = np.random.default_rng(seed)
    with np.errstate(invalid="ignore"):  # the text of a signalling NaN
        assert_as_repr(rng.integers(0, np.iinfo(kind).max, 30_000, kind, endpoint=True).view(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_of_usual_sizes_and_few_digits_are_written_as_repr_does(dtype: type) -> None:
    sizes = 10 ** np.random.default_rng(0).uniform(-8, 20, 30_000)
    for numbers in (sizes, np.round(sizes), np.round(sizes, 3)):
        assert_as_repr(numbers.astype(dtype))


@given(st.floats(width=64))
@example(9007199254740993.0)
@example(5e-324)
@example(2.2250738585072014e-308)
@example(2.0**-44)
@example(9.5367431640625e-07)
def test_a_binary64_is_written_as_repr_does(number: float) -> None:
    assert texts(np.array([number])) == [repr(number)]


@given(st.integers(0, 2**32 - 1))
def test_a_binary32_has_the_fewest_digits_that_read_back(bits: int) -> None:
    number = struct.unpack("f", struct.pack("I", bits))[0]
    if math.isnan(number):
        return
    least = next(f"{number:.{n}g}" for n in range(1, 10) if np.float32(f"{number:.{n}g}") == number)
    (text,) = texts(np.array([number], np.float32))
    assert np.float32(text) == np.float32(number)
    assert n_digits(text) <= n_digits(least)


def n_digits(text: str) -> int:
    """Digits from the first to the last that is not 0."""
    return len(text.lstrip("-").partition("e")[0].replace(".", "").strip("0"))


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("compiled", [True, False])
def test_the_layout_is_that_of_repr_for_every_dtype(
    dtype: type, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "_is_compiled", lambda: compiled)
    numbers = np.array([0, -0.0, 1.5, 1024, 0.0625, 2.0**-14, np.nan, np.inf, -np.inf], dtype)
    shown = lines_of(numbers, 1, ",").split()
    small = {np.float16: b"6.104e-05", np.float32: b"6.1035156e-05"}
    least = small.get(dtype, b"6.103515625e-05")
    assert shown == [b"0.0", b"-0.0", b"1.5", b"1024.0", b"0.0625", least, b"nan", b"inf", b"-inf"]


def test_numbers_from_1e16_on_have_an_exponent_in_binary32_too() -> None:
    numbers = np.array([1.5e6, 1e15, 1e16, 3.4028235e38], np.float32)
    assert texts(numbers) == ["1500000.0", "1000000000000000.0", "1e+16", "3.4028235e+38"]


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("start", [None, 0, 2])
def test_compiled_code_and_python_write_the_same_bytes(
    dtype: type, width: int, start: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(1).standard_normal(40 * width).astype(dtype)
    prefixes = None
    if start is not None:  # an array that begins within its buffers
        keys = [f"é{i}," if i % 3 else "" for i in range(start + 40)]
        prefixes = pa.array(keys, pa.large_string()).slice(start)
    monkeypatch.setattr(lines_module, "_BATCH", 7)
    found = []
    for compiled in (True, False):
        monkeypatch.setattr(lines_module, "_is_compiled", lambda compiled=compiled: compiled)
        found.append(bytes(lines_of(numbers, width, ",", prefixes)))
    assert found[0] == found[1]
    assert found[0].count(b"\n") == 40


@pytest.mark.parametrize("n", [0, 1, 2])
def test_no_rows_and_empty_prefixes_are_written(n: int) -> None:
    empty = pa.array([""] * n, pa.large_string())
    assert lines_of(np.zeros(n), 1, ",", empty) == b"0.0\n" * n


@pytest.mark.parametrize(
    ("numbers", "width", "offsets"),
    [
        (np.zeros(3), 0, None),
        (np.zeros(3), -1, None),
        (np.zeros(3), 2, None),
        (np.zeros(3, np.int32), 1, None),
        (np.zeros(3, np.float32).astype(">f4"), 1, None),
        (np.zeros(2), 1, [0, 1]),
        (np.zeros(2), 1, [0, 2, 1]),
        (np.zeros(2), 1, [0, 1, 4]),
        (np.zeros(2), 1, [-1, 1, 2]),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    numbers: NDArray[Any], width: int, offsets: list[int] | None
) -> None:
    bounds = None if offsets is None else np.array(offsets, np.int64)
    with pytest.raises(ValueError, match="that"):
        _lines.lines(numbers, width, b",", bounds, b"abc")


def test_the_environment_turns_compiled_code_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines_module._is_compiled()
    monkeypatch.setenv(lines_module.BACKEND_VARIABLE, "cpu")
    assert not lines_module._is_compiled()
