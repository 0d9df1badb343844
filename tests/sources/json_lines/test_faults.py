"""What is said of values of JSON Lines that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError
from smoothl1.sources.columns import MISSING_HINT
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("first", "says"),
    [
        ("null", f"the value is missing (null or empty) [{MISSING_HINT}]"),
        ('""', f"the value is missing (null or empty) [{MISSING_HINT}]"),
        ('"p"', "'p' is not a number"),
        ('"m"', "'m' is not a number"),
    ],
)
def test_nothing_is_said_of_the_lines_and_header_rows_of_csv(
    tmp_path: Path, first: str, says: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"p":{first},"y":"m"}}\n{{"p":1,"y":1}}\n')
    with pytest.raises(DataError) as caught:
        read(path, "p")
    assert str(caught.value) == f"{path}: row 1, column 'p': {says}"
