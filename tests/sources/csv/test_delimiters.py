"""Files with another delimiter, decimal mark or comments: refused with a hint that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from tests.sources.files import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[str | bytes], Path]

EUROPEAN = ReadOptions(delimiter=";", decimal=",")


@pytest.mark.parametrize(
    ("text", "delimiter", "cell"),
    [
        ("id,target\n7,1\n8,2\n", ";", "id,target"),
        ("id,a,target\n7,1,2\n", ";", "id,a,target"),
        ("1,2,3\n7,1,2\n", ";", "1,2,3"),
        ("id,target\n7,1\n", "\t", "id,target"),
        ("id,target\n7,1\n", "|", "id,target"),
    ],
)
def test_a_file_with_commas_is_not_read_as_one_column_with_decimal_commas(
    save: Save, tmp_path: Path, text: str, delimiter: str, cell: str
) -> None:
    options = ReadOptions(delimiter=delimiter, decimal=",")
    (tmp_path / "p.csv").write_text(f"pred{delimiter}z\n1,5{delimiter}a\n2,5{delimiter}b\n")
    match = (
        rf"x\.csv: the rows have one cell, '{cell}' and .*is the delimiter ','.*"
        "--delimiter ',' --decimal . if all inputs have it, else convert one: "
        "--delimiter and --decimal apply to all CSV inputs"
    )
    for paths in ((tmp_path / "p.csv", save(text)), (save(text), tmp_path / "p.csv")):
        with pytest.raises(DataError, match=match):
            evaluate(*paths, options=options)


def test_a_line_of_another_delimiter_may_be_longer_than_a_cell_that_python_takes(
    save: Save,
) -> None:
    names = "\t".join(f"c{i}" for i in range(30_000))
    with pytest.raises(DataError, match=r"is the delimiter '\\t'\? \[--delimiter '\\t'\]"):
        read(save(f"{names}\n{names.replace('c', '1')}\n"), "c0")


@pytest.mark.parametrize("long", ["x" * 200_000, f'"{"x," * 100_000}"'])
def test_a_comment_above_the_rows_may_be_longer_than_a_cell_that_python_takes(
    save: Save, long: str
) -> None:
    path = save(f"# {long}\n1,2\n3,4\n")
    options = ReadOptions(comment="#", header=False)
    assert read(path, "@1", options=options).tolist() == [1.0, 3.0]
    with pytest.raises(DataError, match=r"comment above the first row has \d+ names?, the row 2"):
        read(path, "@1", options=options._replace(header=True))


def test_hints_about_the_delimiter_lead_in_no_circle(save: Save) -> None:
    with pytest.raises(DataError, match=r"\[--delimiter ';'\]$"):
        read(save("a;b\n1;2\n"))
    with pytest.raises(DataError, match=r"--delimiter ',' if all inputs have it, else convert one"):
        read(save("a,b\n1,2\n"), options=ReadOptions(delimiter=";"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pred\n1,5\n2,25\n", [1.5, 2.25]),
        ("1,5\n2,25\n", [1.5, 2.25]),
        ('"price, net"\n1,5\n2,25\n', [1.5, 2.25]),
        ("price, net\n3\n1,5\n", [3.0, 1.5]),
    ],
)
def test_one_column_of_numbers_with_decimal_commas_is_read(
    save: Save, text: str, expected: list[float]
) -> None:
    assert read(save(text), options=EUROPEAN).tolist() == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('"";"pred"\n"1";1,55\n', "--delimiter ';', with --decimal ',' if its numbers have"),
        ('"";"pred"\n"1";1.55\n', "--delimiter ';'"),
        ('"a"\t"b"\n1\t2\n', r"--delimiter '\\t'"),
        ("pred\n1,55\n", "--delimiter ';' --decimal ',' if the commas are decimal marks"),
        ("pred\n1\n1,55\n", "--delimiter ';' --decimal ',' if the commas are decimal marks"),
    ],
)
def test_a_file_of_another_country_is_refused_with_its_options(
    save: Save, text: str, hint: str
) -> None:
    with pytest.raises(DataError, match=hint.replace("(", r"\(")):
        read(save(text))


def test_a_quote_that_no_delimiter_explains_has_no_hint_about_it(save: Save) -> None:
    with pytest.raises(DataError, match=r"badly quoted: [^\[]*$"):
        read(save('"a"b\n1\n'))


@pytest.mark.parametrize(
    ("text", "n", "column"),
    [
        ("# model 3\n# v2\nid,pred\n1,0.5\n2,0.7\n", 2, "pred"),
        ("# model 3\nid,pred\n1,0.5\n2,0.7\n", 1, "pred"),
        ("# made by a, b\nid,x,pred\n1,1,0.5\n2,1,0.7\n", 1, "pred"),
        ("# model 3\n# v2\npred\n0.5\n0.7\n", 2, "pred"),
        ("# model 3\npred\n0.5\n0.7\n", 1, "pred"),
        ("# a, b\nid,pred\n1,0.5\n2,0.7\n", 1, "pred"),
    ],
)
@pytest.mark.parametrize("n_skipped", [0, 1])
def test_comments_at_the_beginning_are_named_with_the_option_that_skips_them(
    save: Save, text: str, n: int, column: str, n_skipped: int
) -> None:
    path = save("any line\n" * n_skipped + text)
    lines = "the line that begins" if n == 1 else f"the {n} lines that begin"
    hint = rf"--comment '#' leaves out {lines} with #, in all CSV inputs\]$"
    for columns in ([], [column]):
        if columns or not text.startswith("# a, b"):
            with pytest.raises(DataError, match=hint):
                read(path, *columns, options=ReadOptions(skip_rows=n_skipped))
    found = read(path, column, options=ReadOptions(skip_rows=n_skipped, comment="#"))
    assert found.tolist() == [0.5, 0.7]


@pytest.mark.parametrize("text", ["#id,pred\n1,0.5\n2,0.7\n", "# id pred\n1 0.5\n2 0.7\n"])
def test_names_in_a_comment_are_named_with_the_options_that_read_them(
    save: Save, text: str
) -> None:
    path = save(text)
    with pytest.raises(DataError, match=r"\[--comment '#' --header reads the names from"):
        read(path, "id")
    with pytest.raises(DataError, match=r"\[--header reads names from the comment above"):
        read(path, "id", options=ReadOptions(comment="#"))
    found = read(path, "id", options=ReadOptions(comment="#", header=True))
    assert found.tolist() == [1, 2]
    with pytest.raises(DataError, match=r"\[--comment '#' leaves out the line that begins"):
        read(path, "other")


def test_the_file_with_comments_is_blamed_for_them(save: Save, tmp_path: Path) -> None:
    path = save("# model 3\n# v2\nid,pred\n1,0.5\n")
    (tmp_path / "t.csv").write_text("id,y\n1,0.25\n")
    for paths in ((path, tmp_path / "t.csv"), (tmp_path / "t.csv", path)):
        with pytest.raises(DataError, match=r"x\.csv: the first 2 lines begin with #"):
            evaluate(*paths)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("#id,pred\n1,0.5\n2,0.7\n", "pred", [0.5, 0.7]),
        ("#id,pred\n#1,0.5\n#2,0.7\n", "pred", [0.5, 0.7]),
        ("#id,pred\n#1,0.5\n2,0.7\n", "pred", [0.5, 0.7]),
        ("# pred\n0.5\n0.7\n", "# pred", [0.5, 0.7]),
        ("#\n0.5\n0.7\n", "#", [0.5, 0.7]),
    ],
)
def test_a_header_that_begins_with_a_hash_is_read(
    save: Save, text: str, column: str, expected: list[float]
) -> None:
    assert read(save(text), column).tolist() == expected


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("Station;Vorhersage, °C\nWien;20,5\nGraz;18,25\n", (";", ","), [20.5, 18.25]),
        ("Station\tVorhersage, °C\nWien\t20,5\nGraz\t18,25\n", ("\t", ","), [20.5, 18.25]),
        ("Station|Vorhersage, °C\nWien|20,5\nGraz|18,25\n", ("|", ","), [20.5, 18.25]),
        (";Vorhersage, °C\n0;20,5\n1;18,25\n", (";", ","), [20.5, 18.25]),
        ("Lat, Lon\tpred\n48.21, 16.37\t20.5\n47.07, 15.44\t18.25\n", ("\t", "."), [20.5, 18.25]),
        ("Lat, Lon|pred\n48.21, 16.37|20.5\n47.07, 15.44|18.25\n", ("|", "."), [20.5, 18.25]),
        ("x,y,z\tpred\n1,2,3\t20.5\n4,5,6\t18.25\n", ("\t", "."), [20.5, 18.25]),
    ],
)
@pytest.mark.parametrize("columns", [[], ["pred"], ["Vorhersage, °C"]])
def test_commas_in_names_are_no_delimiters_where_the_rows_have_another_one(
    save: Save, text: str, options: tuple[str, str], expected: list[float], columns: list[str]
) -> None:
    path = save(text)
    delimiter, decimal = options
    mark = " --decimal ','" if decimal == "," else ""
    hint = f"--delimiter {delimiter!r}{mark} if so"
    with pytest.raises(DataError) as caught:
        read(path, *columns)
    assert hint in str(caught.value)
    name = text.partition("\n")[0].split(delimiter)[1]
    found = read(path, name, options=ReadOptions(delimiter=delimiter, decimal=decimal))
    assert found.tolist() == expected


@pytest.mark.parametrize(("pred", "target"), [((), ()), ("Preis, EUR", "Wert, EUR")])
def test_columns_with_commas_in_their_names_are_found_with_the_delimiter(
    save: Save, pred: str | tuple[()], target: str | tuple[()]
) -> None:
    path = save("Preis, EUR;Wert, EUR\n1234,5;1000,5\n99,25;98,25\n")
    with pytest.raises(DataError, match=r"\[--delimiter ';' --decimal ',' if so"):
        evaluate(path, pred=pred, target=target)
    options = ReadOptions(delimiter=";", decimal=",")
    result = evaluate(path, pred="Preis, EUR", target="Wert, EUR", options=options)
    assert result.values == ((233.5 + 0.5) / 2,)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("genre|sub,pred\nAction|Comedy,0.5\nDrama|War,0.7\n", "pred", [0.5, 0.7]),
        ("id,user|item,pred\n1,12|55,3.5\n2,12|56,4.5\n", "pred", [3.5, 4.5]),
        ("id,genres,pred\n1,Action|Comedy,0.5\n2,War,0.7\n", "pred", [0.5, 0.7]),
        ('"user|item",pred\n12|55,3.5\n12|56,4.5\n', "pred", [3.5, 4.5]),
        ('"a;b",pred\n"1;2",3\n"1;3",4\n', "pred", [3.0, 4.0]),
        ("note; more,pred\nx; 5 y,3\nz,4\n", "pred", [3.0, 4.0]),
        ("a;b,pred\nx;y z,3\nx;y,4\n", "pred", [3.0, 4.0]),
    ],
)
def test_names_with_other_delimiters_are_read(
    save: Save, text: str, column: str, expected: list[float]
) -> None:
    assert read(save(text), column).tolist() == expected


def test_blanks_beside_text_are_hinted_at_where_a_word_of_the_header_is_asked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.txt"
    for text in ("id p y\na 1 2\nb 2 3\n", '"id" "p" "y"\n"a" 1 2\n"b" 2 3\n'):
        path.write_text(text)
        with pytest.raises(DataError) as caught:
            evaluate(path, pred="p", target="y")
        assert "--delimiter whitespace" in str(caught.value.hint)
    path.write_text("my p\n1\n2\n")
    with pytest.raises(DataError, match="no column 'q'") as caught:
        evaluate(path, pred="q", target="my p")
    assert "whitespace" not in str(caught.value.hint)
