"""The compiled parser gives the numbers of Python's float(), or says that it cannot."""

from __future__ import annotations

import math
import os
import re
import struct
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smoothl1 import DataError
from smoothl1.sources.csv import rows as rows_module
from tests.sources.files import bits, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

if os.environ.get("SMOOTHL1_REQUIRE_NATIVE") == "1":
    from smoothl1.sources.csv import _numbers
else:
    _numbers = pytest.importorskip("smoothl1.sources.csv._numbers", exc_type=ImportError)

SIMPLE = re.compile(rb"(-?)(?=\.?[0-9])([0-9]*)(\.?)([0-9]*)(?:([eE])([+-]?[0-9]+))?")
"""Sign, digits, point, decimals and exponent, as the parser may read them."""

LEAST = Decimal(sys.float_info.min)
"""The least normal number, exactly."""


def parse(
    chunk: bytes,
    wanted: Sequence[int] = (0,),
    n_columns: int = 1,
    delimiter: bytes = b",",
    capacity: int | None = None,
) -> list[list[float]] | None:
    """The columns; None for -1."""
    out = np.full((len(wanted), chunk.count(b"\n") if capacity is None else capacity), 7.0)
    n = _numbers.parse(chunk, delimiter, n_columns, np.array(wanted, np.int64), out)
    assert -1 <= n <= out.shape[1]
    return None if n < 0 else out[:, :n].tolist()


def is_simple(cell: bytes) -> bool:
    """The definition, in numbers of any size."""
    match = SIMPLE.fullmatch(cell)
    if match is None:
        return False
    _, digits, point, decimals, e, exponent = match.groups(b"")
    significand = int(digits + decimals)
    if significand >= (10**19 if point or e else 2**53) or abs(int(exponent or 0)) >= 10_000:
        return False
    size = Decimal(cell.decode()).copy_abs()
    return size == 0 or (size >= LEAST and math.isfinite(float(size)))


def expected(
    chunk: bytes, wanted: Sequence[int], n_columns: int, delimiter: bytes
) -> list[list[float]] | None:
    """What the definition gives for cells that Python splits."""
    if not chunk.endswith(b"\n") or b'"' in chunk:
        return None
    rows = [row.removesuffix(b"\r").split(delimiter) for row in chunk[:-1].split(b"\n")]
    if any(len(row) != n_columns or b"\r" in b"".join(row) for row in rows):
        return None
    if not all(is_simple(row[i]) for row in rows for i in wanted):
        return None
    return [[float(row[i]) for row in rows] for i in wanted]


def is_parsed_as_defined(
    chunk: bytes, wanted: Sequence[int] = (0,), n_columns: int = 1, delimiter: bytes = b","
) -> bool:
    """Compare bit for bit; whether there were numbers."""
    found = parse(chunk, wanted, n_columns, delimiter)
    right = expected(chunk, wanted, n_columns, delimiter)
    assert (found is None) == (right is None), chunk
    if found is None or right is None:
        return False
    assert list(map(bits, found)) == list(map(bits, right)), chunk
    return True


def one(cell: bytes) -> float | None:
    """The number in a cell, alone and between others: as the last bytes, and well before them."""
    is_parsed_as_defined(cell + b"\n")
    for end in (b"\n", b"\r\n"):
        chunk = b"1,2,x" + end + b"3," + cell + b",y" + end + b"4,5," + b"z" * 20 + end
        is_parsed_as_defined(chunk, (1,), 3)
        is_parsed_as_defined(chunk, (0, 1), 3)
    found = parse(cell + b"\n")
    return None if found is None else found[0][0]


def spellings(value: float) -> list[str]:
    """One number in many ways, not all of them exact."""
    formats = ("r", "f", ".6g", ".17g", ".16g", ".9g", "e", ".3e", ".0f", ".8f", "E", "g", ".18e")
    return [repr(value) if spec == "r" else format(value, spec) for spec in formats]


numbers = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1e6, 1e6)
    | st.floats(-100, 100, width=32)
    | st.integers(-(2**54), 2**54).map(float)
)
any_bits = (
    st.integers(0, 2**64 - 1)
    .map(lambda number: struct.unpack("d", struct.pack("Q", number))[0])
    .filter(math.isfinite)
)
powers_of_two = st.integers(-1022, 1023).map(lambda power: 2.0**power)
texts = st.text("abc .-+5eE\u00e9", max_size=12)


@st.composite
def ties(draw: st.DrawFn) -> tuple[int, int]:
    """A significand and a power of ten that make an odd number of 54 bits times a power of two."""
    power = draw(st.integers(-4, 23))
    five = 5 ** abs(power)
    if power < 0:
        most = min(2**54, 10**19 // five)
        significand = five * (2 * draw(st.integers(2**52, most // 2 - 1)) + 1)
    else:
        least, most = -(-(2**53) // five), (2**54 - 1) // five
        significand = 2 * draw(st.integers(least // 2, (most - 1) // 2)) + 1
    n_bits = ((10**19 - 1) // significand).bit_length()
    return significand << draw(st.integers(0, n_bits - 1)), power


# --- numbers


@given(value=numbers)
def test_any_spelling_of_a_number_is_read_as_python_reads_it(value: float) -> None:
    for text in spellings(value):
        one(text.encode())


@given(
    sign=st.sampled_from(["", "-", "+"]),
    digits=st.text("0123456789", max_size=20),
    point=st.sampled_from(["", "."]),
    decimals=st.text("0123456789", max_size=26),
    exponent=st.just("") | st.from_regex(r"\A[eE][+-]?[0-9]{0,4}\Z"),
)
def test_all_that_looks_like_a_number_is_read_as_python_reads_it(
    sign: str, digits: str, point: str, decimals: str, exponent: str
) -> None:
    one(f"{sign}{digits}{point}{decimals}{exponent}".encode())


@given(significand=st.integers(0, 2**53), k=st.integers(-22, 22))
def test_every_significand_and_power_that_are_exact_are_simple(significand: int, k: int) -> None:
    assert one(f"{significand}e{k}".encode()) == float(f"{significand}e{k}")


@given(value=any_bits, spec=st.sampled_from([".16e", ".17e", ".18e", ".17g", ".18g", ".19g"]))
def test_normal_numbers_of_up_to_19_digits_are_simple(value: float, spec: str) -> None:
    for text in (repr(value), format(value, spec)):
        found = one(text.encode())
        is_long_integer = text.lstrip("-").isdigit() and abs(float(text)) >= 2**53
        is_normal = value == 0 or abs(value) > sys.float_info.min
        assert (found is not None) == (is_normal and not is_long_integer)


@given(significand=st.integers(10**17, 10**19 - 1), k=st.integers(-340, 320))
@example(significand=10**19 - 1, k=-326)
@example(significand=10**19 - 1, k=-327)
@example(significand=1, k=308)
@example(significand=1, k=309)
def test_long_significands_are_rounded_correctly_with_any_power(significand: int, k: int) -> None:
    found = one(f"{significand}e{k}".encode())
    assert found is None or found == float(f"{significand}e{k}")


@given(tie=ties())
@example(tie=(2**53 + 1, 0))
@example(tie=(2**54 - 1, 0))
@example(tie=(1, 23))
@example(tie=((2**53 + 1) * 5**4, -4))
@example(tie=((2**53 + 3) * 5**4, -4))
def test_half_way_between_two_goes_to_the_even_one(tie: tuple[int, int]) -> None:
    significand, power = tie
    found = one(f"{significand}e{power}".encode())
    assert found is not None
    assert int(math.frexp(found)[0] * 2**53) % 2 == 0
    for beside in (significand - 1, significand + 1):
        one(f"{beside}e{power}".encode())


@given(power=powers_of_two, n_digits=st.integers(15, 19), off=st.integers(-2, 2))
@example(power=2.0**-1022, n_digits=17, off=0)
@example(power=2.0**-1022, n_digits=17, off=-1)
def test_numbers_beside_powers_of_two_are_rounded_correctly(
    power: float, n_digits: int, off: int
) -> None:
    """There the distance to the number below is half of that to the one above."""
    digits, exponent = format(Decimal(power), f".{n_digits - 1}e").split("e")
    significand = int(digits.replace(".", "")) + off
    one(f"{significand}e{int(exponent) - n_digits + 1}".encode())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("-0", -0.0),
        ("-0.0e5", -0.0),
        ("0", 0.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5E+1", -5.0),
        ("1e22", 1e22),
        ("1e-22", 1e-22),
        ("1e0000000000000000000000000000000000000005", 1e5),
        ("9007199254740991", 2.0**53 - 1),
        ("9007199254740992.", 2.0**53),
        ("9007199254740992e0", 2.0**53),
        ("900719925474099.2", 900719925474099.2),
        ("000000000000000000000000000000000009007199254740991", 2.0**53 - 1),
        ("0.0000000000000000000001", 1e-22),
        ("12345678", 12345678.0),
        ("1234567.12345678", 1234567.12345678),
        ("0.12345678", 0.12345678),
        ("0.30000000000000004", 0.1 + 0.2),
        ("7.639073982308902", 7.639073982308902),  # takes all 128 bits of the power
        ("-1.2192021266564745E+00", -1.2192021266564745),
        ("1e23", 1e23),
        ("1e-23", 1e-23),
        ("0.00000000000000000000001", 1e-23),
        ("0e23", 0.0),
        ("-0e-9999", -0.0),
        ("0.00000000000000000000000000000000", 0.0),
        ("000000000000.0000000000001234567890123456789", 1.234567890123456789e-13),
        ("9007199254740993.0", 2.0**53),
        ("9007199254740995.0", 2.0**53 + 4),
        ("90071992547409930e-1", 2.0**53),
        ("999999999999999.0", 1e15 - 1),
        ("1000000000000000.0", 1e15),
        ("9999999999999999999.", 1e19),
        ("922337203685477580.7", 2.0**63 / 10),
        ("2.2250738585072014e-308", sys.float_info.min),
        ("2225073858507201384e-326", sys.float_info.min),
        ("1.7976931348623157e308", sys.float_info.max),
        ("1.797693134862315807e308", sys.float_info.max),
        ("1e308", 1e308),
        ("9e307", 9e307),
    ],
)
def test_what_is_simple_is_read(cell: str, value: float) -> None:
    found = one(cell.encode())
    assert found is not None
    assert bits([found]) == bits([value])


@pytest.mark.parametrize("zeros", [9_999, 19_999])
def test_an_exponent_is_not_cut_short(zeros: int) -> None:
    assert parse(f"0.{'0' * zeros}1e{zeros + 1}0\n".encode()) is None


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "-",
        ".",
        "-.",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e-",
        "1e 5",
        "+1",
        "--1",
        "1-",
        "1..2",
        "1.2.3",
        "1 ",
        " 1",
        "\t1",
        "1_0",
        "0x10",
        "1f",
        "nan",
        "inf",
        "-inf",
        "NA",
        "null",
        "1,5",
        "1e99999999999999999999",
        '"1"',
        "9007199254740992",
        "-9007199254740992",
        "9007199254740993",
        "1234567890123456789",
        "18446744073709551617",
        "184467440737095516160",
        "10000000000000000000.",
        "1.8446744073709551617",
        "100000000000.12345678",
        "0.00012345678901234567890",
        "0.10000000000000000000",
        "1000000000000000000000e-3",
        "1e309",
        "1.797693134862315808e308",
        "9999999999999999999e290",
        "9999999999999999999e308",
        "2.2250738585072013e-308",
        "2.225073858507201383e-308",
        "1e-308",
        "5e-324",
        "9999999999999999999e-327",
        "1e-9999",
        "0e10000",
        "1\r2",
        "\u0661",
    ],
)
def test_what_is_not_simple_is_left_to_others(cell: str) -> None:
    assert one(cell.encode()) is None


# --- rows


@given(
    rows=st.lists(st.tuples(numbers, texts, numbers, texts), min_size=1, max_size=20),
    spelling=st.integers(0, 12),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_columns_are_chosen_among_others(
    rows: list[tuple[float, str, float, str]], spelling: int, end: str, delimiter: str
) -> None:
    lines = (
        delimiter.join((spellings(a)[spelling], b, spellings(c)[spelling], d)) + end
        for a, b, c, d in rows
    )
    chunk = "".join(lines).encode()
    for wanted in [(0,), (2,), (0, 2), (0, 1, 2), (3,)]:
        is_parsed_as_defined(chunk, wanted, 4, delimiter.encode())


@pytest.mark.parametrize(
    "chunk",
    [
        b"",
        b"\n",
        b"1,2",
        b"1,2\r",
        b"1,2\n\n",
        b"\n1,2\n",
        b"1,2\n3\n",
        b"1,2\n3,4,5\n",
        b"1,2,\n",
        b"1,2\r\r\n",
        b"1\r,2\n",
        b"1,2\n\r\n",
        b"1,2\r3,4\n",
        b'1,"2"\n',
        b'"1",2\n',
        b'1,2\n"\n',
        b"1,2\n3,4",
        b"1,2\n3,4\r",
        b"1,\n",
        b",1\n",
        b"1,2\x00\n",
        b" \n",
    ],
)
def test_rows_that_are_not_simple_are_left_to_others(chunk: bytes) -> None:
    assert parse(chunk, (0, 1), 2) is None
    assert not is_parsed_as_defined(chunk, (0, 1), 2)


@pytest.mark.parametrize("cell", [b"", b"x y", b"\xff\xfe", b"\x00", b"1e5", b"\xc3\xa9" * 40])
def test_a_column_that_is_not_wanted_may_hold_any_bytes(cell: bytes) -> None:
    assert parse(cell + b",2.5," + cell + b"\r\n", (1,), 3) == [[2.5]]


@pytest.mark.parametrize("delimiter", [b"+", b"-", b".", b"5", b"e", b"E", b'"', b"\n", b"\r"])
def test_a_delimiter_that_numbers_contain_is_left_to_others(delimiter: bytes) -> None:
    assert parse(b"1" + delimiter + b"2\n", (0, 1), 2, delimiter) is None


def test_more_rows_than_there_is_room_for_are_left_to_others() -> None:
    assert parse(b"1\n2\n3\n", capacity=3) == [[1.0, 2.0, 3.0]]
    assert parse(b"1\n2\n3\n", capacity=4) == [[1.0, 2.0, 3.0]]
    assert parse(b"1\n2\n3\n", capacity=2) is None
    assert parse(b"1\n2\n3\n", capacity=0) is None


@given(
    chunk=st.binary(max_size=60).map(lambda data: data + b"\n")
    | st.text("0123456789.-+eE,\r\n\n, x", max_size=60).map(str.encode)
    | st.lists(st.sampled_from([b"1", b"-2.5", b",", b"\n", b"\r\n", b"x"])).map(b"".join),
    wanted=st.sets(st.integers(0, 2), min_size=1).map(sorted),
)
@example(chunk=b"1,2,3\n4,5,6\r\n", wanted=[0, 2])
def test_any_bytes_are_read_as_defined(chunk: bytes, wanted: list[int]) -> None:
    for n_columns in range(wanted[-1] + 1, 4):
        is_parsed_as_defined(chunk, wanted, n_columns)


def test_a_chunk_may_end_anywhere() -> None:
    text = b"1.25,12345678.5\n" * 3 + b"9,8\n"
    for n in range(len(text)):
        is_parsed_as_defined(text[:n], (0, 1), 2)


# --- arguments


@pytest.mark.parametrize(
    ("wanted", "out"),
    [
        (np.array([0]), np.empty((2, 1))),
        (np.array([0]), np.empty(1)),
        (np.array([0]), np.empty((1, 1), np.float32)),
        (np.array([0], np.int32), np.empty((1, 1))),
        (np.array([[0]]), np.empty((1, 1))),
        (np.array([2]), np.empty((1, 1))),
        (np.array([-1]), np.empty((1, 1))),
        (np.array([1, 0]), np.empty((2, 1))),
        (np.array([0, 0]), np.empty((2, 1))),
        (np.array([], np.int64), np.empty((0, 1))),
        (np.array([0]), np.empty((1, 1), ">f8")),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(wanted: Any, out: Any) -> None:
    with pytest.raises(ValueError, match="do not go together"):
        _numbers.parse(b"1,2\n", b",", 2, wanted, out)


def test_an_array_that_is_not_contiguous_or_not_writable_is_refused() -> None:
    out = np.empty((1, 4))
    frozen = out.copy()
    frozen.setflags(write=False)
    for wrong in (out[:, ::2], frozen):
        with pytest.raises((ValueError, BufferError), match=r"contiguous|read-only"):
            _numbers.parse(b"1\n", b",", 1, np.array([0]), wrong)


# --- its place


@pytest.fixture
def parsed_by_pyarrow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the chunks that were left to pyarrow."""
    left: list[int] = []
    whole = rows_module._parse

    def parse_and_tell(chunk: bytes, *args: Any) -> dict[int, pa.Array]:
        left.append(len(chunk))
        return whole(chunk, *args)

    monkeypatch.setattr(rows_module, "_parse", parse_and_tell)
    monkeypatch.delenv("SMOOTHL1_BACKEND", raising=False)
    return left


def test_simple_files_never_reach_pyarrow(
    save: Callable[[str], Path], parsed_by_pyarrow: list[int]
) -> None:
    path = save('"p","name","t"\n1.5,a,-0\n2,b,1e3\n')
    assert bits(read(path, "t")) == bits([-0.0, 1000.0])
    assert read(path, "t", "p").tolist() == [-0.0, 1.5, 1000.0, 2.0]
    assert parsed_by_pyarrow == []


def test_large_numbers_that_are_simple_are_not_parsed_again_as_text(
    save: Callable[[str], Path], parsed_by_pyarrow: list[int]
) -> None:
    path = save("p\n9007199254740992.0\n-1.2345678901234567e300\n")
    assert read(path, "p").tolist() == [2.0**53, -1.2345678901234567e300]
    assert parsed_by_pyarrow == []


def test_others_do_and_so_does_all_where_nothing_compiled_is_wanted(
    save: Callable[[str], Path], parsed_by_pyarrow: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(save("p\n0.1\n5e-324\n"), "p").tolist() == [0.1, 5e-324]
    assert len(parsed_by_pyarrow) == 1
    monkeypatch.setenv(rows_module.BACKEND_VARIABLE, "cpu")
    assert read(save("p\n0.1\n0.3\n"), "p").tolist() == [0.1, 0.3]
    assert len(parsed_by_pyarrow) == 2


def test_what_is_wrong_is_said_in_the_same_words(
    save: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for backend in ("", "cpu"):
        monkeypatch.setenv(rows_module.BACKEND_VARIABLE, backend)
        for text in ("1,2\n3\n", "1,2\n3,x\n", "1,2\n,4\n", "1,2\n9007199254740993,4\n"):
            with pytest.raises(DataError) as caught:
                read(save("p,t\n" + text), "p", "t")
            said.append(str(caught.value))
    assert said[:4] == said[4:]
