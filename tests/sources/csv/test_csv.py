"""CSV: numbers rounded once, rows never lost or shifted, and a message that names the place."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import EvalSettings, Execution, ReadOptions, SettingsError, SmoothL1Error, evaluate
from smoothl1.errors import DataError
from smoothl1.files.file import InputFile
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources.csv import quotes
from tests.forking import forks
from tests.sampling import marked, swept
from tests.sources.files import bits, open_source, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


Save = "Callable[[str | bytes], Path]"


HINT = " [--nan omit leaves out pairs of which a side is missing]"
LINE_HINT = f"{HINT[:-1]}; an empty line is a row of the only column: delete it if it is none]"


def message(path: Path, *columns: str, options: ReadOptions = ReadOptions()) -> str:
    """What is said of a file that must be refused, after its name."""
    with pytest.raises(DataError) as caught:
        read(path, *columns, options=options)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


def cell_read_as(save: Callable[[str | bytes], Path], cell: str) -> float:
    """The number in a cell, between others, beyond any first block, and in a column of text."""
    found = read(save(f"t,x\na,0\nb,{cell}\nc,3\n"), "x").tolist()
    assert (found[0], found[2], len(found)) == (0.0, 3.0, 3)
    return float(found[1])


def midpoint(value: float) -> Fraction:
    """Half way to the next larger number: a tie, where only exact reading rounds right."""
    return (Fraction(value) + Fraction(np.nextafter(value, np.inf).item())) / 2


def decimal_text(number: Fraction) -> str:
    """All decimal digits of a binary fraction."""
    scale = number.denominator.bit_length() - 1
    digits = str(number.numerator * 5**scale).rjust(scale + 1, "0")
    return f"{digits[: len(digits) - scale]}.{digits[len(digits) - scale :]}"


# --- numbers


def test_the_shortest_text_of_any_number_reads_back_to_the_same_bits(
    save: Callable[[str | bytes], Path],
) -> None:
    rng = np.random.default_rng(1)
    numbers = rng.integers(0, 2**64, 40_000, np.uint64).view(np.float64)
    numbers = np.concatenate([numbers[np.isfinite(numbers)], [5e-324, 2.2250738585072014e-308]])
    found = read(save("x\n" + "".join(f"{value!r}\n" for value in numbers.tolist())))
    assert bits(found) == bits(numbers)


def test_ties_and_their_neighbours_are_rounded_right_however_many_digits(
    save: Callable[[str | bytes], Path],
) -> None:
    rng = random.Random(5)
    values = [1.0, 9007199254740992.0, 5e-324, 2.2250738585072009e-308, 1.7976931348623155e308]
    values += [rng.uniform(-1, 1) * 10.0 ** rng.randint(-290, 290) for _ in range(150)]
    texts, expected = [], []
    for value in map(abs, values):
        tie = midpoint(value)
        text = decimal_text(tie)
        upper = float(np.nextafter(value, np.inf))
        even = value if np.float64(value).view(np.uint64) % 2 == 0 else upper
        below = decimal_text(tie - Fraction(1, 1 << 1200))
        texts += [text, text + "1", below]
        expected += [even, upper, value]
    lines = "".join(f"{text}\n" for text in texts)
    assert bits(read(save("x\n" + lines))) == bits(expected)


def test_a_mantissa_of_400_digits_is_read_exactly(save: Callable[[str | bytes], Path]) -> None:
    digits = "".join(random.Random(3).choices("0123456789", k=400))
    assert cell_read_as(save, f"0.{digits}") == float(Fraction(int(digits), 10**400))
    assert cell_read_as(save, f"1{digits}e-420") == float(Fraction(int("1" + digits), 10**420))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("+1", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1.e3", 1000.0),
        ("1e5", 1e5),
        ("1E+05", 1e5),
        ("1e-05", 1e-5),
        ("007", 7.0),
        ("0" * 5000 + "1", 1.0),
        ("-0", -0.0),
        ("-0.0", -0.0),
        ("1e-320", 1e-320),
        ("4.9e-324", 5e-324),
        ("2e-324", 0.0),
        ("1e-400", 0.0),
        ("-1e-400", -0.0),
        ("1e-999999999999", 0.0),
        ("0e999999999999", 0.0),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("1.7976931348623158e308", 1.7976931348623157e308),
        ("inf", np.inf),
        ("-inf", -np.inf),
        ("+Inf", np.inf),
        ("INFINITY", np.inf),
        ("-Infinity", -np.inf),
        ("9007199254740992", 9007199254740992.0),
        ("-9007199254740994", -9007199254740994.0),
        ("9007199254740993.0", 9007199254740992.0),
        ("9007199254740993e0", 9007199254740992.0),
        ("18446744073709551616", 2.0**64),
        ("1" + "0" * 22, 1e22),
        (" 1", 1.0),
        ("1 ", 1.0),
        ("\t 1\t ", 1.0),
        ('" 1 "', 1.0),
        ('"1"', 1.0),
    ],
)
def test_a_number_may_be_written_as_strtod_reads_it(
    save: Callable[[str | bytes], Path], cell: str, value: float
) -> None:
    assert bits([cell_read_as(save, cell)]) == bits([value])


@pytest.mark.parametrize("cell", ["nan", "NaN", "NAN", "-nan", "+nan", "nan(0x1)", "nan()"])
def test_nan_is_a_number_that_is_not_one(save: Callable[[str | bytes], Path], cell: str) -> None:
    assert np.isnan(cell_read_as(save, cell))


NOT_NUMBERS = [
    "1e",
    "1e+",
    ".e1",
    ".",
    "+",
    "-",
    "--1",
    "+-1",
    "1..2",
    "1.2.3",
    "1e5.5",
    "0x10",
    "0b1",
    "1f",
    "1d5",
    "1_000",
    "1 000",
    "1'000",
    "1;2",
    "1%",
    "$1",
    "(1)",
    "TRUE",
    "true",
    "None",
    "?",
    "#N/A",
    "na",
    "Null",
    "infinit",
    "nan(",
    "nan(-)",
    "NaN1",
    "\u22121",
    "\uff11",
    "\u0661",
    "1\u00a0",
    "\u20031",
    "1\x0b",
    "1\x0c",
    "\x1a",
    "1\u2028",
    "1\\",
    "\ufeff1",
    "Row #7: Expected 3 columns",
]


@pytest.mark.parametrize("cell", NOT_NUMBERS)
def test_text_in_a_number_column_is_shown_with_its_row_and_column(
    save: Callable[[str | bytes], Path], cell: str
) -> None:
    found = message(save(f"t,x\na,0\nb,{cell}\nc,3\n"), "x")
    assert found.startswith("row 2, column 'x': ")
    assert f"{cell!r} is not a number" in found


@pytest.mark.parametrize("cell", ['"1,234.5"', '"1,5"', '"1\n2"', '"1""2"', '"1"""', '"1\r"'])
def test_text_in_quotes_is_no_number_either(save: Callable[[str | bytes], Path], cell: str) -> None:
    assert "row 2, column 'x'" in message(save(f"t,x\na,0\nb,{cell}\nc,3\n"), "x")


@pytest.mark.parametrize(
    "cell",
    [
        "Row #7: Expected 3 columns, got 9",
        f"Row #{'7' * 5000}: Expected 3 columns, got 9",
        "CSV parse error: Row #7: Expected 3 columns, got 9",
        "straddling object straddles two block boundaries",
    ],
)
def test_a_cell_that_reads_like_an_error_of_the_parser_is_just_text(
    save: Callable[[str | bytes], Path], cell: str
) -> None:
    found = message(save(f't,x\na,0\nb,"{cell}"\n'), "x")
    assert found.startswith(f"row 2, column 'x': '{cell[:40]}")


@pytest.mark.parametrize("cell", ["1e400", "-1e400", "1e999999999999", "1.7976931348623159e308"])
@pytest.mark.parametrize("near", ["0", "nan", "inf", "1e300"])
def test_overflow_is_not_read_as_infinity(
    save: Callable[[str | bytes], Path], cell: str, near: str
) -> None:
    found = message(save(f"x\n{near}\n{cell}\n{near}\n0\n"))
    assert found == f"row 2, column 'x': '{cell}' is too large for float64"


INEXACT = ["9007199254740993", "-9007199254740993", "+0018446744073709551617", "1" * 300]


@pytest.mark.parametrize("cell", INEXACT)
@pytest.mark.parametrize("near", ["0", "nan", "inf", "9007199254740992"])
def test_an_integer_that_binary64_cannot_hold_is_refused(
    save: Callable[[str | bytes], Path], cell: str, near: str
) -> None:
    found = message(save(f"x\n{near}\n{cell}\n{near}\n0\n"))
    assert found.startswith(f"row 2, column 'x': the integer '{cell[:40]}")
    assert found.endswith("is not exact in float64")


def test_large_numbers_do_not_take_a_python_loop_each(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save("x\n" + "-1.5e17\n" * 100_000)
    n_calls = 0

    def count(*_: object) -> None:
        nonlocal n_calls
        n_calls += 1

    sys.setprofile(count)
    try:
        assert read(path, n_rows=1 << 20).size == 100_000
    finally:
        sys.setprofile(None)
    assert n_calls < 10_000


@pytest.mark.parametrize("cell", ["", " ", '""', "NA", "N/A", "null", "NULL", " NA ", '" NA "'])
def test_a_missing_value_is_said_to_be_missing(
    save: Callable[[str | bytes], Path], cell: str
) -> None:
    found = message(save(f"x,y\n1,1\n2,{cell}\n3,3\n"), "y")
    assert found.startswith("row 2, column 'y': the value is missing")


def test_a_column_that_turns_from_integers_to_floats_late_is_read(
    save: Callable[[str | bytes], Path],
) -> None:
    found = read(save("x\n" + "7\n" * 1_000_000 + "2.5\n"), n_rows=1 << 21)
    assert found[[0, 999_999, 1_000_000]].tolist() == [7.0, 7.0, 2.5]
    assert found.size == 1_000_001


# --- rows and line ends


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", ["", "x\u20ac"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("tail", [[], [""], [" ", "\t", ""], [""] * 1000])
@pytest.mark.parametrize("width", [1, 2])
def test_any_line_end_bom_and_blank_tail_give_the_same_rows(
    save: Callable[[str | bytes], Path], end: str, head: str, bom: str, tail: list[str], width: int
) -> None:
    """A blank line is a row of a table of one column."""
    heard: list[str] = []
    lines = [",".join([row] * width) for row in [head] * bool(head) + ["1.5", "-2", "3e0"]]
    lines += tail if width > 1 else []
    found = read(save(bom + "".join(line + end for line in lines)), "@1", warnings=heard)
    assert found.tolist() == [1.5, -2.0, 3.0]
    assert heard == []


def test_mixed_line_ends_are_counted_once_each(save: Callable[[str | bytes], Path]) -> None:
    assert read(save("x\r1\n2\r\n3\r4\n")).tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "text", ["x\n1\n2.25", "1\n2.25", "x\r\n1\r\n2.25 ", 't,x\n"",1\n"a",2.25']
)
def test_a_last_row_without_line_end_is_read_and_warned_about_once(
    save: Callable[[str | bytes], Path], text: str
) -> None:
    heard: list[str] = []
    path = save(text)
    columns = ["x"] if "," in text else []
    assert read(path, *columns, warnings=heard).tolist() == [1.0, 2.25]
    (warning,) = heard
    assert warning.startswith(f"{path}: the last line has no line end")


@pytest.mark.parametrize("blank", ["\n", "  \n", "\t\n", "\r\n", "\n\n\n", '""\n'])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_blank_line_among_the_rows_of_one_column_is_a_missing_value(
    save: Callable[[str | bytes], Path], blank: str, end: str
) -> None:
    found = message(save(f"x{end}1{end}2{end}{blank}4{end}"))
    assert found == f"row 3, column 'x': the value is missing (empty){LINE_HINT}"


@pytest.mark.parametrize("blank", ["\n", "  \n", "\r\n"])
def test_a_blank_line_among_the_rows_of_several_columns_is_refused_at_its_row(
    save: Callable[[str | bytes], Path], blank: str
) -> None:
    found = message(save(f"x,y\n1,1\n2,2\n{blank}4,4\n"), "x")
    assert found.startswith(("row 3 has 1 cell", "row 3, column 'x': the value is missing"))


def test_a_blank_line_after_the_header_is_row_1(save: Callable[[str | bytes], Path]) -> None:
    found = message(save("x\n\n1\n"))
    assert found == f"row 1, column 'x': the value is missing (empty){LINE_HINT}"
    assert message(save("x,y\n\n1,2\n"), "x").startswith("row 1")


def test_crcrlf_is_a_line_end_too_many_never_a_row_less(
    save: Callable[[str | bytes], Path],
) -> None:
    for width in (1, 2):
        for lines in ("x 1 2", "1 2 3", "x 1"):
            rows = (",".join([cell] * width) + "\r\r\n" for cell in lines.split())
            found = message(save("".join(rows)), "@1")
            assert found.startswith(r"the lines end with \r\r\n: \n was twice replaced by \r\n [")


@pytest.mark.parametrize("text", ["\n1\n2\n", "  \nx\n1\n", "\r\n1\n", "\n\n", "   ", "\ufeff"])
def test_a_blank_first_line_is_refused(save: Callable[[str | bytes], Path], text: str) -> None:
    assert "first line is blank" in message(save(text))


@pytest.mark.parametrize(
    ("row", "n_found"), [("5", 1), ("5,6,7", 3), ("5,6,", 3), ("5,6,,", 4), (",,,,,,,,,", 10)]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_with_too_few_or_too_many_cells_is_counted_and_placed(
    save: Callable[[str | bytes], Path], row: str, n_found: int, end: str
) -> None:
    found = message(save(end.join(["p,t", "1,2", "3,4", row, "7,8", ""])), "p")
    cells = "1 cell" if n_found == 1 else f"{n_found} cells"
    assert found == f"row 3 has {cells}, expected 2"


def test_rows_of_a_file_without_header_are_counted_from_its_first_line(
    save: Callable[[str | bytes], Path],
) -> None:
    assert message(save("1,2\n3,4\n5\n"), "@1") == "row 3 has 1 cell, expected 2"
    assert message(save("1,2\n3,4\n5,z\n"), "@2").startswith("row 3, column '@2': 'z'")


def test_a_trailing_comma_on_data_rows_only_shifts_nothing(
    save: Callable[[str | bytes], Path],
) -> None:
    assert message(save("a,b\n1,2,\n3,4,\n"), "a") == "row 1 has 3 cells, expected 2"


@pytest.mark.parametrize("raw", [b"\xff", b"\xb5,\xe9", b"\x83\x65"])
def test_a_row_of_wrong_length_in_another_encoding_is_counted_just_the_same(
    save: Callable[[str | bytes], Path], capfd: pytest.CaptureFixture[str], raw: bytes
) -> None:
    found = message(save(b"x\n1\n2," + raw + b"\n"))
    assert found.startswith("row 2 has ")
    assert capfd.readouterr().err == ""


def test_footers_and_second_tables_are_refused_at_their_row(
    save: Callable[[str | bytes], Path],
) -> None:
    assert message(save("p,t\n1,2\nTotal,2\n"), "p").startswith("row 2, column 'p': 'Total'")
    assert message(save("p,t\n1,2\n\np,t\n3,4\n"), "p").startswith("row 2")
    assert message(save("p,t\n1,2\n# done\n"), "p") == "row 2 has 1 cell, expected 2"


BIG = 350_000


@pytest.mark.grid
@pytest.mark.parametrize("row", [1, 2, 131_071, 131_072, 131_073, 262_145, 345_678, BIG])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_row_numbers_are_right_far_into_a_large_file(
    save: Callable[[str | bytes], Path], row: int, end: str
) -> None:
    """Blocks are of 1 MiB, which is 131,072 rows of 8 bytes."""
    line = "1234,5" + " " * (2 - len(end)) + end
    head = "p,t" + " " * (5 - len(end)) + end
    for wrong, found in (
        ("12x4,5", f"row {row}, column 'p': '12x4' is not a number"),
        (",5", f"row {row}, column 'p': the value is missing (empty){HINT}"),
        ("1e999,5", f"row {row}, column 'p': '1e999' is too large for float64"),
        ("9007199254740993,5", "not exact in float64"),
        ("123456", f"row {row} has 1 cell, expected 2"),
        ("1,2,3", f"row {row} has 3 cells, expected 2"),
    ):
        text = head + line * (row - 1) + wrong + end + line * (BIG - row)
        said = message(save(text), "p")
        assert said.endswith(found)
        assert f"row {row}" in said


def test_the_first_wrong_cell_is_named_when_there_are_several(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save("p,t\n1,2\n3,y\nx,4\n")
    for columns in (["p", "t"], ["t", "p"]):
        assert message(path, *columns) == "row 2, column 't': 'y' is not a number"


def test_only_the_chosen_columns_need_to_be_numbers(save: Callable[[str | bytes], Path]) -> None:
    path = save(b"a,x,b\n,1,NA\n\xff\xfe,2,\xe9\n1e999,3,-\n")
    assert read(path, "x").tolist() == [1.0, 2.0, 3.0]


# --- blocks


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let files be read a few bytes at a time, so that small ones show what happens in large."""
    return lambda n_bytes: monkeypatch.setattr(quotes, "CHUNK_BYTES", n_bytes)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("n_bytes", swept(range(40, 80)))
def test_quoted_line_ends_and_delimiters_survive_any_boundary(
    save: Callable[[str | bytes], Path],
    small_chunks: Callable[[int], None],
    end: str,
    n_bytes: int,
) -> None:
    small_chunks(n_bytes)
    texts = ["plain", '"a,b"', '"c""d"', '"\n"', '"\r\n\r\n"', '"\r"', '""', '""""', '"\n,"",\n"']
    lines = [f"{text},{i}.5,{text}" for i, text in enumerate(texts * 5)]
    found = read(save(end.join(["s,x,more", *lines, ""])), "x", n_rows=7)
    assert found.tolist() == [i + 0.5 for i in range(len(lines))]


@pytest.mark.parametrize("n_bytes", swept(range(20, 60)))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_rows_of_every_length_survive_any_boundary(
    save: Callable[[str | bytes], Path],
    small_chunks: Callable[[int], None],
    n_bytes: int,
    end: str,
    last: str,
) -> None:
    small_chunks(n_bytes)
    numbers = [i / 8 * 10**k for i in range(12) for k in range(9)]
    text = end.join(["x", *map(repr, numbers), ""])
    assert read(save(text.removesuffix(end) if last else text)).tolist() == numbers


@pytest.mark.parametrize("n_bytes", range(16, 40))
def test_blank_lines_are_missing_or_a_tail_wherever_a_boundary_falls(
    save: Callable[[str | bytes], Path], small_chunks: Callable[[int], None], n_bytes: int
) -> None:
    small_chunks(n_bytes)
    rows = "1\n" * 20
    several = save("x,y\n" + rows.replace("1", "1,1") + "\n \n" * 30)
    assert read(several, "x").tolist() == [1.0] * 20
    for last in ("", "2\n"):
        found = message(save("x\n" + rows + "\n" * 30 + last))
        assert found == f"row 21, column 'x': the value is missing (empty){LINE_HINT}"


@pytest.mark.parametrize("tail", ["\r\n", "\r\r\n", "\r \n", "\n\r\n \r\t\n", "\r\r\r\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_blank_tail_may_have_line_ends_of_its_own(
    save: Callable[[str | bytes], Path],
    small_chunks: Callable[[int], None],
    end: str,
    tail: str,
) -> None:
    for n_bytes in (1 << 20, 9, 10, 11, 12, 13):
        small_chunks(n_bytes)
        found = read(save(f"x,y{end}1,1{end}2,2{end}3,3{tail}"), "x")
        assert found.tolist() == [1.0, 2.0, 3.0]
        assert read(save(f'x,y{end}1,"a{end}"{end}3,""{tail}'), "x").tolist() == [1.0, 3.0]


@pytest.mark.parametrize("nan", ["propagate", "omit"])
def test_a_megabyte_of_blank_lines_is_no_number_of_missing_rows(
    save: Callable[[str | bytes], Path], nan: str
) -> None:
    path = save("p,t\n1,2\n2,4\n" + "\n" * 3_000_000)
    options = ReadOptions(allow_missing=True)
    with pytest.raises(DataError, match="a megabyte of blank lines at byte 12"):
        evaluate(
            path,
            settings=EvalSettings(nan=nan),
            pred=("p",),
            target=("t",),
            options=options,
        )


@pytest.mark.parametrize("threads", [2, 5])
@pytest.mark.parametrize("n_bytes", [40, 55, 1000])
def test_chunks_parsed_in_threads_come_in_order(
    save: Callable[[str | bytes], Path],
    small_chunks: Callable[[int], None],
    n_bytes: int,
    threads: int,
) -> None:
    small_chunks(n_bytes)
    lines = [f'{i}.5,"{"a" * (i % 7)}\n",{i % 3}' for i in range(300)]
    text = "\n".join(["p,s,t", *lines, ""])
    out = io.BytesIO()
    given: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    evaluate(
        save(text),
        settings=EvalSettings((0.0,), reduction="none"),
        losses_to=LossOutput(out, "npy"),
        execution=Execution(threads),
        **given,
    )
    out.seek(0)
    assert np.load(out).tolist() == [abs(i + 0.5 - i % 3) for i in range(300)]
    lines[250] = '1,"",x'
    broken = save("\n".join(["p,s,t", *lines, ""]))
    with pytest.raises(DataError, match="row 251, column 't'"):
        evaluate(broken, execution=Execution(threads), **given)


@pytest.mark.parametrize("n_bytes", range(16, 40))
def test_misplaced_and_open_quotes_are_found_wherever_a_boundary_falls(
    save: Callable[[str | bytes], Path], small_chunks: Callable[[int], None], n_bytes: int
) -> None:
    small_chunks(n_bytes)
    rows = '"a",1\n' * 9
    at = len("s,x\n" + rows)
    assert f"quote at byte {at + 2}" in message(save(f's,x\n{rows}"b"c,1\n{rows}'), "x")
    assert f"quote at byte {at + 1}" in message(save(f's,x\n{rows}b"c",1\n{rows}'), "x")
    assert f"the quote opened at byte {at} is not closed" in message(
        save(f's,x\n{rows}"b,1\n'), "x"
    )


@pytest.mark.parametrize("n_before", range(8))
@pytest.mark.parametrize("last", ["12345\n", "12345", "12345\r\n", '"12345"\n'])
def test_the_tail_of_the_last_row_may_be_alone_in_the_last_block(
    save: Callable[[str | bytes], Path], n_before: int, last: str
) -> None:
    """The last row begins some bytes before a multiple of 1 MiB."""
    text = "x\n" + "1\n" * ((1 << 19) - 5) + "1" * (9 - n_before) + "\n" + last
    found = read(save(text), n_rows=1 << 20)
    assert found[[0, -1]].tolist() == [1.0, 12345.0]
    assert found.size == (1 << 19) - 3


@pytest.mark.parametrize("length", [1000, 40_000, 700_000])
def test_long_rows_over_many_megabytes_are_read(
    save: Callable[[str | bytes], Path], length: int
) -> None:
    n = 4_000_000 // length
    text = "s,x\n" + "".join(f'"{"y," * (length // 2)}",{i}\n' for i in range(n))
    assert read(save(text), "x").tolist() == list(range(n))


def test_cr_ended_rows_with_quoted_line_feeds_are_read_beyond_a_block(
    save: Callable[[str | bytes], Path],
) -> None:
    """What spreadsheets write on old Macs."""
    n = 60_000
    text = "s,x\r" + "".join(f'"a\nb\nc,""d""",{i}\r' for i in range(n))
    assert read(save(text), "x", n_rows=n).tolist() == list(range(n))


@pytest.mark.parametrize("row", ["1" * (4 << 20), '"' + "1\n" * (2 << 20) + '"', "1,1" * (1 << 20)])
def test_a_row_of_megabytes_is_refused(save: Callable[[str | bytes], Path], row: str) -> None:
    assert message(save("x,y\n1,1\n" + row + "\n2,2\n"), "x")


FILLERS = {"blank lines": "\n", "spaces": " ", "digits": "1", "commas": ",", "CRs": "\r"}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Bytes and thread of each read of an input."""
    seen: list[tuple[int, int]] = []
    original = InputFile.read

    def read(self: InputFile, offset: int, n_bytes: int) -> bytes:
        data = original(self, offset, n_bytes)
        seen.append((len(data), threading.get_ident()))
        return data

    monkeypatch.setattr(InputFile, "read", read)
    return seen


@pytest.mark.parametrize("begin", ['x\n"', "x\n1", "x\n1\n", 'x\n1\n"', '"', "x"])
@pytest.mark.parametrize("filler", list(FILLERS.values()), ids=list(FILLERS))
def test_a_row_or_a_blank_tail_without_end_is_not_read_for_ever(
    save: Callable[[str | bytes], Path], reads: list[tuple[int, int]], begin: str, filler: str
) -> None:
    assert message(save(begin + filler * (24 << 20)))
    assert sum(n_bytes for n_bytes, _ in reads) < 16 << 20


def test_bytes_are_read_by_the_thread_that_asks_for_them(
    save: Callable[[str | bytes], Path], reads: list[tuple[int, int]]
) -> None:
    """A parser that reads ahead in a thread of its own would still be at it when all ends."""
    assert read(save("x\n" + "1\n" * 3_000_000), n_rows=1 << 22).size == 3_000_000
    assert {thread for _, thread in reads} == {threading.get_ident()}


@pytest.mark.grid
def test_a_wrong_row_early_in_a_long_file_ends_the_program_each_time_alike(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save("p,t\n" + "1,2\n" * 1000 + "1,2,3\n" + "1,2\n" * 1_000_000)
    command = [forks().script, "eval", str(path), "--pred", "p", "--target", "t"]

    def run(_: int) -> tuple[int, str]:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stderr

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(run, range(4)))
    assert found == {(3, f"smoothl1: error: {path}: row 1001 has 3 cells, expected 2\n")}


def test_the_first_fault_of_a_file_is_reported_every_time(
    save: Callable[[str | bytes], Path],
) -> None:
    ok = "1,2\n" * 1_000_000
    path = save("p,t\n1,2\n1,zz\n" + ok + "1,2,3\n" + ok + "1,\x00\n")
    assert {message(path, "t") for _ in range(5)} == {"row 2, column 't': 'zz' is not a number"}


def test_the_result_does_not_depend_on_rows_in_a_chunk_or_threads(
    save: Callable[[str | bytes], Path],
) -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(3000, 2)).tolist()
    path = save("p,t\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    results = {
        evaluate(path, pred=("p",), target=("t",), execution=Execution(threads, n_rows)).tallies
        for threads in (1, 4)
        for n_rows in (1, 7, 2999, 3000, 10**6)
    }
    assert len(results) == 1


# --- headers, names and columns


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1,2\n3,4\n", ("@1", "@2")),
        ("nan,inf\n3,4\n", ("@1", "@2")),
        ('"1",2\n"3",4\n', ("@1", "@2")),
        ("p,t\n3,4\n", ("p", "t")),
        (" p ,\tt\n3,4\n", ("p", "t")),
        ('"p","t"\n3,4\n', ("p", "t")),
        ("p,\n3,4\n", ("p", "")),
        ('"p,q","r""s"\n3,4\n', ("p,q", 'r"s')),
        ('"p\nq",t\n3,4\n', ("p\nq", "t")),
        ("\ufeffp,t\n3,4\n", ("p", "t")),
        ('\ufeff"p",t\n3,4\n', ("p", "t")),
        ("p,P\n3,4\n", ("p", "P")),
    ],
)
def test_a_first_row_is_the_header_unless_all_of_it_is_numbers(
    save: Callable[[str | bytes], Path], text: str, names: tuple[str, ...]
) -> None:
    source = open_source(str(save(text)), [(f"@{i + 1}",) for i in range(len(names))])
    source.close()
    assert tuple(field.columns[0] for field in source.fields) == names


def test_the_header_option_settles_what_the_first_row_is(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save("2024\n1\n2\n")
    assert read(path).tolist() == [2024.0, 1.0, 2.0]
    assert read(path, options=ReadOptions(header=True)).tolist() == [1.0, 2.0]
    assert read(path, "2024", options=ReadOptions(header=True)).tolist() == [1.0, 2.0]
    path = save("y\n1\n")
    assert "row 1, column '@1': 'y'" in message(path, "@1", options=ReadOptions(header=False))


@pytest.mark.parametrize("text", ["x\n", "x", "x\r\n", "\ufeffx\n", "a,b\n", "a,b\n \n\t\n"])
def test_a_header_without_rows_says_so(save: Callable[[str | bytes], Path], text: str) -> None:
    path = save(text)
    assert "no rows, only a header [--allow-empty " in message(path)
    assert "no rows" in message(path, "@1")
    empty = ReadOptions(allow_empty=True)
    assert read(path, "@1", options=empty).tolist() == []


def test_a_doubled_name_is_ambiguous_and_a_position_is_not(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save("a,b,a\n1,2,3\n")
    assert "'a' is there 2 times [name it as @1 and @3]" in message(path, "a")
    assert read(path, "@3").tolist() == [3.0]
    assert read(path, "b").tolist() == [2.0]


def test_a_name_that_looks_like_a_position_is_a_name_first(
    save: Callable[[str | bytes], Path],
) -> None:
    assert read(save("x,@1\n5,7\n"), "@1").tolist() == [7.0]


@pytest.mark.parametrize("position", ["@0", "@3", "@-1", "@01", "@999999999999", "@"])
def test_a_position_that_is_none_is_refused(
    save: Callable[[str | bytes], Path], position: str
) -> None:
    assert f"no column {position}" in message(save("x,y\n5,7\n"), position).replace("'", "")


def test_a_near_miss_is_suggested(save: Callable[[str | bytes], Path]) -> None:
    assert "did you mean 'y_hat'?" in message(save("y_hat,y\n1,2\n"), "yhat")


def test_another_case_is_suggested_even_if_nothing_is_near(
    save: Callable[[str | bytes], Path],
) -> None:
    assert "did you mean 'P'?" in message(save("P,xyz\n1,2\n"), "p")
    assert "did you mean" not in message(save("P,xyz\n1,2\n"), "quite another")


def test_twelve_names_are_shown_and_forty_characters_of_each(
    save: Callable[[str | bytes], Path],
) -> None:
    for n, more in ((12, ""), (13, " and 1 more")):
        names = [f"c{i}" for i in range(n)]
        listed = ", ".join(map(repr, names[:12]))
        found = message(save(",".join(names) + "\n" + ",".join("1" * n) + "\n"), "?")
        assert found == f"no column '?'; there are {listed}{more}"
    for length, cut in ((40, ""), (41, "...")):
        found = message(save("n" * length + "\nx\n"))
        assert found.startswith(f"row 1, column '{'n' * 40}{cut}': ")


def test_the_only_column_that_begins_with_a_number_is_taken(
    save: Callable[[str | bytes], Path],
) -> None:
    assert read(save("id,x,day\na,1.5,mon\nb,2.5,tue\n")).tolist() == [1.5, 2.5]


def test_another_delimiter_is_hinted_at(save: Callable[[str | bytes], Path]) -> None:
    for delimiter in (";", "\t", "|"):
        path = save(f"p{delimiter}t\n1{delimiter}2\n")
        assert f"is the delimiter {delimiter!r}?" in message(path, "p")
        assert f"[--delimiter {delimiter!r}]" in message(path)
        assert read(path, "t", options=ReadOptions(delimiter=delimiter)).tolist() == [2.0]


BLANKS = ["1.0e+00 2.0e+00\n3.0e+00 4.0e+00\n", "1 2\n3 4.5\n", "p t\n1 2\n", "100 200\n300 400\n"]


@pytest.mark.parametrize("text", BLANKS)
@pytest.mark.parametrize("header", [None, True, False])
def test_blanks_between_numbers_are_read_or_named_as_the_delimiter(
    save: Callable[[str | bytes], Path], text: str, header: bool | None
) -> None:
    path = save(text)
    rows = [line.split() for line in text.splitlines()]
    expected = [float(row[1]) for row in rows[text.startswith("p") or header is True :]]
    if text.startswith("100"):  # the blanks may separate thousands
        found = message(path, "@2", options=ReadOptions(header=header))
        assert "is the delimiter ' '? --delimiter whitespace if so" in found
    elif text.startswith("1 ") and header is None:  # the numbers may be names
        assert "--header or --no-header" in message(path, "@2")
    elif not (text.startswith("p") and header is False):
        assert read(path, "@2", options=ReadOptions(header=header)).tolist() == expected
    for delimiter in (" ", "whitespace"):
        options = ReadOptions(delimiter=delimiter, header=text.startswith("p"))
        assert set(read(path, "@2", options=options).tolist()) <= {2.0, 4.0, 4.5, 200.0, 400.0}


def test_a_blank_in_a_name_or_within_figures_is_no_delimiter(
    save: Callable[[str | bytes], Path],
) -> None:
    assert read(save("my pred\n1\n2.5\n")).tolist() == [1.0, 2.5]
    assert "delimiter" not in message(save("1 234\n5 678\n"))
    assert "delimiter" not in message(save("x y\na b\n"))
    assert "delimiter" not in message(save("my pred\n1\n"), "preds")


@pytest.mark.parametrize("delimiter", [";", "\t", "|", " ", ":"])
def test_any_delimiter_reads_the_same_rows(
    save: Callable[[str | bytes], Path], delimiter: str
) -> None:
    rows = [["s", "x"], ['"a,b"', "1.5"], [f'"q""{delimiter}"', "-2"], ["", "3"]]
    path = save("".join(delimiter.join(row) + "\n" for row in rows))
    assert read(path, "x", options=ReadOptions(delimiter=delimiter)).tolist() == [1.5, -2.0, 3.0]


def test_a_last_row_of_nothing_but_tabs_is_a_row_where_tabs_delimit(
    save: Callable[[str | bytes], Path],
) -> None:
    found = message(save("p\tt\n1\t2\n\t\n"), "p", options=ReadOptions(delimiter="\t"))
    assert found.startswith("row 2, column 'p': the value is missing")


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "\u00e9"])
def test_what_cannot_delimit_is_refused(
    save: Callable[[str | bytes], Path], delimiter: str
) -> None:
    with pytest.raises(SettingsError, match="delimiter"):
        read(save("x\n1\n"), options=ReadOptions(delimiter=delimiter))


def test_names_in_another_encoding_do_not_matter_to_the_numbers(
    save: Callable[[str | bytes], Path],
) -> None:
    path = save(b"gr\xf6\xdfe,x\n\xe4,1.5\n")
    assert read(path, "x").tolist() == [1.5]
    assert read(path, "@2").tolist() == [1.5]
    assert read(save(b"gr\xf6\xdfe\n1.5\n"), os.fsdecode(b"gr\xf6\xdfe")).tolist() == [1.5]


def test_huge_names_do_not_make_huge_messages(save: Callable[[str | bytes], Path]) -> None:
    names = ["n" * 60_000 + str(i) for i in range(12)]
    path = save(",".join(names) + "\n" + ",".join("x" * 12) + "\n")
    for column in ("nope", "@1"):
        assert len(message(path, column)) < 2000


@pytest.mark.grid
def test_forty_thousand_columns_are_read(save: Callable[[str | bytes], Path]) -> None:
    n = 40_000
    row = ",".join(map(str, range(n)))
    path = save(",".join(f"c{i}" for i in range(n)) + f"\n{row}\n{row}\n")
    assert read(path, f"c{n - 1}").tolist() == [n - 1, n - 1]
    assert "and 39988 more" in message(path, "nope")


# --- quotes, NUL, other text


@pytest.mark.parametrize(
    "cell",
    ['"1"2', '1"2"', '"1" ', ' "1"', '"1"x', 'x"', '"x', 'a"b', '"a"b"c"', '""1', '1""', '"a" "b"'],
)
@pytest.mark.parametrize("where", ["first", "last", "text"])
def test_a_quote_that_neither_opens_nor_closes_a_cell_is_refused(
    save: Callable[[str | bytes], Path], cell: str, where: str
) -> None:
    row = {"first": f"{cell},1,t", "last": f"1,1,{cell}", "text": f"1,{cell},t"}[where]
    assert "quote" in message(save(f"a,x,b\n1,1,t\n{row}\n1,1,t\n"), "@1")


@pytest.mark.parametrize(
    ("text", "byte"),
    [('x\n"1\n2\n', 2), ('s,x\na,1\n"b,2\n', 8), ('x,y\n1,"a""b', 6), ('x,y\n1,"a\n""', 6)],
)
def test_a_quote_left_open_is_placed_where_it_was_opened(
    save: Callable[[str | bytes], Path], text: str, byte: int
) -> None:
    assert message(save(text), "x") == f"the quote opened at byte {byte} is not closed"


def test_backslashes_escape_nothing(save: Callable[[str | bytes], Path]) -> None:
    assert read(save('s,x\n"a\\",1\n\\,2\n'), "x").tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "at", [1, 3, 100, 511, 512, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2_000_000]
)
def test_a_nul_byte_is_placed(save: Callable[[str | bytes], Path], at: int) -> None:
    text = bytearray(b"x\n" + b"1\n" * 1_100_000)
    text[at] = 0
    assert f"NUL byte at byte {at}" in message(save(bytes(text)))


def test_a_nul_byte_in_a_long_header_is_refused(save: Callable[[str | bytes], Path]) -> None:
    assert "NUL byte at byte 600" in message(save(b"x" * 600 + b"\x00\n1\n"))
    assert "NUL" in message(save(b"x\x00\n1\n"), options=ReadOptions(format="csv"))


def test_a_power_cut_tail_of_nul_bytes_is_refused(save: Callable[[str | bytes], Path]) -> None:
    assert "NUL byte at byte 4000" in message(save(b"1\n" * 2000 + b"\x00" * 4096))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_refused(save: Callable[[str | bytes], Path], encoding: str) -> None:
    assert message(save("x\n1\n2\n".encode(encoding)))


@pytest.mark.parametrize("before", ["", "x\n", "x\n1\n"])
def test_a_misplaced_byte_order_mark_is_refused(
    save: Callable[[str | bytes], Path], before: str
) -> None:
    start = "\ufeff" if not before else ""
    assert message(save(f"{start}{before}\ufeff1\n2\n"))


def test_a_byte_order_mark_is_refused_at_the_beginning_of_any_block(
    save: Callable[[str | bytes], Path], small_chunks: Callable[[int], None]
) -> None:
    small_chunks(16)
    for n in range(20):
        found = message(save("x\n" + "1\n" * n + "\ufeff1\n2\n"))
        assert f"row {n + 1}" in found or "byte order mark" in found


def test_control_characters_are_never_line_ends(save: Callable[[str | bytes], Path]) -> None:
    path = save("s,x\na\x0bb\x0cc\x1c\x1d\x85\u2028\u2029,1\n")
    assert read(path, "x").tolist() == [1.0]


# --- everything at once

CELLS = st.text(st.sampled_from('ab",\n\r 1.\xe9'), max_size=12)
NUMBERS = st.floats(width=64, allow_nan=False)


@given(
    rows=st.lists(st.tuples(CELLS, NUMBERS, CELLS), min_size=1, max_size=25),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    n_bytes=st.integers(120, 400),
    n_rows=st.integers(1, 9),
)
def test_what_a_careful_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, float, str]],
    end: str,
    n_bytes: int,
    n_rows: int,
) -> None:
    """Quoted by RFC 4180, by hand: an independent writer."""
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    lines = [f"{quoted(s)},{x!r},{quoted(t)}" for s, x, t in rows]
    path.write_bytes(end.join(["s,x,t", *lines, ""]).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "CHUNK_BYTES", n_bytes)
        assert bits(read(path, "x", n_rows=n_rows)) == bits([x for _, x, _ in rows])


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.grid
@pytest.mark.parametrize("seed", marked(range(77, 80), {77}))
def test_damage_anywhere_is_refused_or_read_but_never_crashes(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    originals = [
        b"x\n1\n2.5\n-3\n",
        b'a,x\n"q""r",1\n"s\nt",2\r\n,3\n',
        b"1\r2\r3\r",
        b"\xef\xbb\xbfx,y\r\n1e5,1\r\ninf,2\r\n",
    ]
    path = tmp_path / "x.csv"
    n_read = 0
    for _ in range(330):
        path.unlink(missing_ok=True)
        path.write_bytes(damaged(rng.choice(originals), rng))
        columns = rng.choice([(), ("@1",), ("x",)])
        try:
            evaluate(
                path,
                path,
                EvalSettings(),
                pred=columns,
                target=columns,
                warn=lambda _: None,
            )
            n_read += 1
        except SmoothL1Error as error:
            assert str(error).startswith(f"{path}: ")  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017
    assert 30 < n_read < 250


def damaged(original: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, put in or taken out, or the end cut off."""
    data = bytearray(original)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(1, len(data) - 1))
        what = rng.random()
        if what < 0.4:
            data[at] = rng.choice([0, 255, 9, 10, 13, 32, 34, 44, 46, 57, 101, rng.randrange(256)])
        elif what < 0.7:
            data[at:at] = rng.choice([b'"', b"\n", b",", b"\r", b"9", b"\xff\xfe", b"nan", b"\x00"])
        elif what < 0.9:
            del data[at + 1 : at + rng.randint(2, 4)]
        else:
            del data[at + 1 :]
    return bytes(data)
