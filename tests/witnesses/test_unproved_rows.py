"""Ids, dates and names of both sides that have nothing in common do not show that rows match."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import Execution, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 9
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(weeks=i * i) for i in range(N)]
WEEKS = [f"week {day.isocalendar().week} of {day.year}" for day in DAYS]
NUMERALS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
Y = [float(i * i % 7) for i in range(N)]
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y"}


def save(path: Path, **columns: list[Any]) -> Path:
    if path.suffix == ".csv":
        csv.write_csv(pa.table(columns), path)
    else:
        pq.write_table(pa.table(columns), path)
    return path


def heard(*inputs: Any, **options: Any) -> list[str]:
    """The warnings of an evaluation."""
    said: list[str] = []
    evaluate(*inputs, **CHOSEN, **options, warn=said.append)
    return said


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ({"time": WEEKS}, {"day": DAYS}),
        ({"time": WORDS}, {"day": NUMERALS}),
        ({"time": WORDS, "model": ["m"] * N}, {"day": NUMERALS, "site": ["a", "b", "c"] * 3}),
        ({"time": WORDS, "where": WORDS}, {"day": NUMERALS, "name": NUMERALS}),
        ({"id": [3, 1, 4, 15, 9, 2, 6, 5, 35]}, {"day": NUMERALS}),
        ({"x": [0.5 + i for i in range(N)]}, {"x": [0.25 + i for i in range(N)]}),
    ],
    ids=["dates", "words", "beside labels", "one of many", "an id", "fractions"],
)
def test_columns_that_tell_rows_apart_and_have_nothing_in_common_give_a_warning(
    tmp_path: Path, mine: dict[str, list[Any]], others: dict[str, list[Any]]
) -> None:
    suffix = ".csv" if len(others) > 1 else ""  # Parquet tells that such columns differ
    p = save(tmp_path / f"p{suffix}", **mine, p=Y)
    t = save(tmp_path / f"t{suffix}", **others, y=Y)
    name, other = next(iter(mine)), next(iter(others))
    which = f"column '{name}' differs" if name == other else f"'{name}' and '{other}' differ"
    for execution in (Execution(), Execution(2, 2)):
        (said,) = heard(p, t, execution=execution)
        assert "paired by position, and no column shows that they are those of" in said
        assert which in said
        assert "--no-key-check says that the order is right" in said
    assert not heard(p, t, options=ReadOptions(key_check=False))


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ({"time": WORDS, "id": NUMERALS}, {"day": WEEKS, "id": NUMERALS}),
        ({"time": WORDS, "id": NUMERALS}, {"day": WEEKS, "key": NUMERALS}),
        ({"time": WORDS}, {"site": ["a", "b", "c"] * 3}),
        ({"age": [i * 7 for i in range(N)]}, {"rooms": [i * i + 5 for i in range(N)]}),
        ({"id": [*range(N)]}, {"day": WORDS}),
        ({"id": WORDS}, {"sample": [f"row {i}" for i in range(N)]}),
        ({"time": WORDS}, {}),
        ({"flag": [True, False, True] * 3}, {"flag": [False, True, True] * 3, "id": WORDS}),
    ],
    ids=["an id", "two names", "labels", "features", "a count", "in text", "one side", "flags"],
)
def test_rows_that_are_proved_or_have_no_ids_on_a_side_give_none(
    tmp_path: Path, mine: dict[str, list[Any]], others: dict[str, list[Any]]
) -> None:
    said = heard(save(tmp_path / "p", **mine, p=Y), save(tmp_path / "t", **others, y=Y))
    assert not any("no column shows" in text for text in said)


def test_few_rows_give_none(tmp_path: Path) -> None:
    p = save(tmp_path / "p", time=WORDS[:7], p=Y[:7])
    assert not heard(p, save(tmp_path / "t", day=NUMERALS[:7], y=Y[:7]))


def test_of_two_models_the_one_is_named_whose_rows_are_not_proved(tmp_path: Path) -> None:
    a = save(tmp_path / "a", id=WORDS, p=Y)
    b = save(tmp_path / "b", time=NUMERALS, p=[y + 1 for y in Y])
    t = save(tmp_path / "t", id=WORDS, y=Y)
    said: list[str] = []
    compare(a, b, t, **CHOSEN, warn=said.append)
    assert len(said) == 1
    assert said[0].startswith(f"{b}: ")
    assert f"those of {t}: columns 'time' and 'id' differ" in said[0]
