"""Two columns of digits may be one with decimal commas: what is said of them names the options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
OPTIONS = r"--delimiter ';' --decimal ','"
GERMAN = ReadOptions(delimiter=";", decimal=",")


def sides(folder: Path, *texts: str) -> list[Path]:
    for name, text in zip("pt", texts, strict=True):
        (folder / f"{name}.csv").write_text(text)
    return [folder / f"{name}.csv" for name in "pt"]


@pytest.mark.parametrize(
    "texts", [("1,5\n2,5\n3,25\n", "1,0\n2,0\n3,0\n"), ("-1,5\n2,5", "7,1\n2,0\n")]
)
def test_a_warning_about_two_columns_of_digits_names_the_decimal_comma(
    tmp_path: Path, texts: tuple[str, str]
) -> None:
    warnings: list[str] = []
    evaluate(*sides(tmp_path, *texts), L1, warn=warnings.append)
    assert any(OPTIONS in warning for warning in warnings)


def test_the_option_that_is_named_reads_one_column(tmp_path: Path) -> None:
    paths = sides(tmp_path, "1,5\n2,5\n3,25\n", "1,0\n2,0\n3,0\n")
    found = evaluate(*paths, L1, options=GERMAN)
    assert (found.values, found.n) == ((1.25,), 3)


def test_zeros_at_the_beginning_of_the_second_cell_are_refused(tmp_path: Path) -> None:
    paths = sides(tmp_path, "1,5\n2,05\n\n", "1,0\n2,25\n")
    with pytest.raises(DataError, match=rf"decimal marks\? \[{OPTIONS} if they are; --pred"):
        evaluate(*paths, L1)
    paths = sides(tmp_path, "1,5\n2,05\n", "1,0\n2,25\n")
    assert evaluate(*paths, L1, options=GERMAN).values == (0.5 + (2.25 - 2.05),)
    found = evaluate(*paths, L1, pred=("@2",), target=("@2",), warn=lambda _: None)
    assert found.values == (5.0 + 20.0,)


def test_the_error_about_several_columns_names_the_decimal_comma(tmp_path: Path) -> None:
    paths = sides(tmp_path, "1,5\n2,5\n", "1.5\n2.5\n")
    np.save(tmp_path / "t.npy", [1.5, 2.5])
    for other in (paths[1], tmp_path / "t.npy"):
        with pytest.raises(DataError, match=f"several numeric columns.*{OPTIONS}"):
            evaluate(paths[0], other, L1)


@pytest.mark.parametrize(
    "text", ["1,-5\n2,5\n", "1,5.0\n2,5\n", "1,5,7\n2,5,7\n", "a,b\n1,5\n2,5\n", "1;5\n2;5\n"]
)
def test_what_cannot_be_decimal_commas_is_not_said_to_be(tmp_path: Path, text: str) -> None:
    warnings: list[str] = []
    options = ReadOptions(delimiter=";") if ";" in text else ReadOptions()
    other = text.replace("5", "6").replace("7", "8")
    evaluate(*sides(tmp_path, text, other), L1, options=options, warn=warnings.append)
    assert "matched by name" in warnings[0]
    assert "decimal" not in warnings[0]
