"""What is said of a row that cannot be read, and what to do about it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p,y\n1,1\np,y\n2,2\n", "column 'p': 'p' is not a number, but the name of the column"),
        ('p,y\n"1,5",1\n', r"'1,5' is not a number: it may have a decimal comma \[write decimal"),
        ("p;y\n1,5;1\n", r"is the delimiter ';'\? \[--delimiter ';' --decimal ','\]"),
        ("p,y\n[1.5],1\n", r"'\[1.5\]' is not a number \[it is a list or an object"),
        ("p,y\n(1.5),1\n", r"minus sign, not brackets: write -1\.5 if it is one\]"),
        ("p,y\n\u22121.5,1\n", r"is the character U\+2212: write -1\.5\]"),
        ("p,y\n1.5D+03,1\n", r"write E for the exponent: 1\.5E\+03\]"),
        ("p,y\n5.5%,1\n", r"write the number without %, in the unit of the other side\]"),
        ("p,y\n45%,44%\n50%,51%\n", r"write the number without %, in the unit of the other side"),
        ("p,y\n$1.5,$2\n", r"alone, in plain digits, in the unit of the other side\]"),
        ("p,y\nyes,no\n", r"write True and False in the whole column, or 1 and 0\]"),
        ("p,y\nt,F\n1,2\n", r"'t' is not a number \[remove the row below the names, if it"),
        ("p,y\n$1.5,1\n", r"alone, in plain digits, in the unit of the other side\]"),
        ("p,y\n0x1F,1\n", r"write it in decimal digits\]"),
        ("p,y\nyes,1\n", r"write True and False in the whole column, or 1 and 0\]"),
        ("p,y\nkg,m\n1,2\n", r"'kg' is not a number \[remove the row below the names, if it"),
        ("p,y\nabc,1\n", r"'abc' is not a number$"),
        ("p,y\ntensor(1.5),1\n", r"a tensor: write x.item\(\)"),
        ("p,y\nnp.float64(1.5),1\n", r"shows the number: write float\(x\)"),
    ],
)
def test_what_stands_in_place_of_a_number_is_named_with_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=says):
        evaluate(tmp_path / "t.csv", pred="p", target="y")


def test_blank_lines_above_the_header_are_left_out_as_is_advised(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("title\n \n\np,y\n1,2\n")
    skipped = ReadOptions(skip_rows=1)
    plain = ReadOptions(skip_rows=1, header=False)
    with pytest.raises(DataError, match=r"blank \[remove the blank lines\]"):
        evaluate(tmp_path / "t.csv", pred="@1", target="@2", options=plain)
    with pytest.raises(DataError, match=r"blank \[--skip-rows 3 leaves out the lines above the"):
        evaluate(tmp_path / "t.csv", pred="p", target="y", options=skipped)
    advised = ReadOptions(skip_rows=3)
    assert evaluate(tmp_path / "t.csv", pred="p", target="y", options=advised).mean == 0.5


BOUNDS = (
    "<0.5",
    ">100",
    "< 0.01",
    "\u22645",
    "\u2265 5",
    "<=5",
    "<-5",
    "<1,5 U",
    "&lt;0.5",
    "<LOD",
    "100+",
)


def error_about(text: str, tmp_path: Path) -> str:
    """The error about a target in the second row, behind a number."""
    (tmp_path / "t.csv").write_text(f'p;y\n1;1\n0.25;"{text}"\n', "utf-8")
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "t.csv", pred="p", target="y", options=ReadOptions(delimiter=";"))
    return str(caught.value)


@pytest.mark.parametrize("text", BOUNDS)
def test_a_bound_is_no_value_and_pairs_with_it_can_be_left_out(tmp_path: Path, text: str) -> None:
    said = error_about(text, tmp_path)
    assert "is not a number [a bound is no value: --missing-value " in said
    advised = re.search("--missing-value (.*) --nan omit-target leaves out", said)
    assert advised is not None
    assert shlex.split(advised[1]) == [text]
    options, warned = ReadOptions(delimiter=";", missing_values=[text]), list[str]()
    result = evaluate(
        tmp_path / "t.csv",
        pred="p",
        target="y",
        options=options,
        nan="omit-target",
        warn=warned.append,
    )
    assert (result.mean, result.count) == (0, 1)


@pytest.mark.parametrize("text", ["\u00b10.5", "\u00b1 5 mm", "+/-0.5", "+-1"])
def test_a_number_of_either_sign_is_no_bound(tmp_path: Path, text: str) -> None:
    assert error_about(text, tmp_path).endswith("[write the number with its one sign]")


@pytest.mark.parametrize("text", ["=5", "~5", "\u00bd", "'5", "5)", "12.3\u00b10.1", "\u06651"])
def test_a_unit_is_spoken_of_only_where_one_is_beside_the_number(tmp_path: Path, text: str) -> None:
    assert error_about(text, tmp_path).endswith("[write the number alone, in plain digits]")


@pytest.mark.parametrize("text", ["5 kg", "\u20ac5", "5\u00b0", "1:30.5"])
def test_a_number_beside_a_unit_is_written_in_that_of_the_other_side(
    tmp_path: Path, text: str
) -> None:
    assert error_about(text, tmp_path).endswith("plain digits, in the unit of the other side]")


@pytest.mark.parametrize("text", ["BDL", "LOD", "ND", "not detected"])
def test_a_word_for_what_was_not_measured_can_be_missing(tmp_path: Path, text: str) -> None:
    advised = f"[--missing-value {shlex.quote(text)} --nan omit-target if it says that this was"
    assert advised in error_about(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "mark"), [("1,5 *", "*"), ("12.3\u2020", "\u2020"), ("*12.3", "*"), ("0.5 U", "U")]
)
def test_what_a_mark_beside_a_number_says_is_asked(tmp_path: Path, text: str, mark: str) -> None:
    said = error_about(text, tmp_path)
    assert f"in plain digits, if {mark!r} is a unit or a footnote; --missing-value " in said
    assert "--nan omit-target if it says that this was not measured" in said


@pytest.mark.parametrize(
    ("text", "number"), [("5-", "-5"), ("($5)", "-5"), ("\u20135", "-5"), ("-1.#INF", "-inf")]
)
def test_no_hint_drops_a_sign(tmp_path: Path, text: str, number: str) -> None:
    assert re.search(rf"write {number}( if it is|\])", error_about(text, tmp_path))


def test_a_file_that_begins_with_a_bound_is_no_markup(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("1\n2\n")
    (tmp_path / "y.csv").write_text("<0.5\n2\n")
    options = ReadOptions(header=False, missing_values=["<0.5"])
    paths, warned = (tmp_path / "p.csv", tmp_path / "y.csv"), list[str]()
    assert evaluate(*paths, options=options, nan="omit-target", warn=warned.append).mean == 0


@pytest.mark.parametrize("word", ["refused", "timeout", "I cannot rate this"])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_word_below_numbers_may_be_a_missing_value(
    tmp_path: Path, suffix: str, word: str
) -> None:
    rows = (
        f"p,t\n1,2\n{word},2\n2,2\n"
        if suffix == ".csv"
        else f'{{"p":1,"t":2}}\n{{"p":"{word}","t":2}}\n{{"p":2,"t":2}}\n'
    )
    path = tmp_path / f"x{suffix}"
    path.write_text(rows)
    with pytest.raises(DataError, match=f"'{word}' is not a number") as caught:
        evaluate(path, pred="p", target="t")
    assert caught.value.hint == (
        f"--missing-value {shlex.quote(word)} --nan omit if it is a missing value"
    )
    options = ReadOptions(missing_values=(word,))
    found = evaluate(path, pred="p", target="t", nan="omit", options=options, warn=lambda _: None)
    assert (found.mean, found.n) == (0.25, 2)
