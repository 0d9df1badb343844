"""What is said of several columns of numbers, none of which was chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

ROWS = np.arange(21.0).reshape(7, 3) + 30
NAMES = "x,y,z"


def save(path: Path, *, header: str = "", comments: str = "# ", delimiter: str = ",") -> Path:
    np.savetxt(path, ROWS, "%.3f", delimiter, header=header, comments=comments)
    return path


@pytest.mark.parametrize("delimiter", [" ", ","])
@pytest.mark.parametrize("is_first", [True, False])
def test_names_in_a_comment_of_one_side_are_told_with_the_option_that_is_right(
    tmp_path: Path, delimiter: str, is_first: bool
) -> None:
    marked = save(tmp_path / "marked.csv", header=delimiter.join("xyz"), delimiter=delimiter)
    plain = save(tmp_path / "plain.csv", delimiter=" ")
    sides = (marked, plain) if is_first else (plain, marked)
    advised = rf"\[--comment '#' if the line of {re.escape(str(marked))} that begins with # is a"
    with pytest.raises(DataError, match=rf"several numeric columns: .*{advised}"):
        evaluate(*sides)
    with pytest.warns(UserWarning, match="3 columns were matched by name: '@1'"):
        assert evaluate(*sides, options=ReadOptions(comment="#")).values == (0.0,)


def test_a_row_that_was_read_as_names_is_not_to_be_one_where_the_other_names_are_a_comment(
    tmp_path: Path,
) -> None:
    plain, marked = save(tmp_path / "plain.csv"), save(tmp_path / "marked.csv", header=NAMES)
    with pytest.raises(DataError, match=r"has others: '# x', 'y', 'z' \[--comment '#' without --h"):
        evaluate(plain, marked, options=ReadOptions(header=True))


def test_names_in_a_comment_are_read_where_the_other_side_has_names(tmp_path: Path) -> None:
    named = save(tmp_path / "named.csv", header=NAMES, comments="")
    marked = save(tmp_path / "marked.csv", header=NAMES)
    with pytest.raises(DataError, match=r"\[--comment '#' --header if the line of .*marked.csv"):
        evaluate(named, marked)
    options = ReadOptions(comment="#", header=True)
    with pytest.warns(UserWarning, match="3 columns were matched by name: 'x'"):
        assert evaluate(named, marked, options=options).values == (0.0,)


def test_columns_of_two_sides_with_other_names_are_both_listed(tmp_path: Path) -> None:
    one = save(tmp_path / "one.csv", header=NAMES, comments="")
    other = save(tmp_path / "other.csv", header="u,v,w", comments="")
    says = r"one.csv: several numeric columns: 'x', 'y', 'z'; .*other.csv has others: 'u', 'v', 'w'"
    with pytest.raises(DataError, match=rf"{says} \[choose with --pred\]"):
        evaluate(one, other)
