"""Ids, dates and names of both sides that have nothing in common do not show that rows match."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, Execution, ReadOptions, compare, evaluate

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


def test_no_message_advises_to_match_rows_by_a_feature(tmp_path: Path) -> None:
    p = save(tmp_path / "p", latency=[0.5 + i * i for i in range(N)], p=Y)
    t = save(tmp_path / "t", latency=[0.25 + i * i for i in range(N)], y=Y)
    (said,) = heard(p, t)
    assert "column 'latency' differs (--key matches rows by an id" in said
    assert "--key latency" not in said


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


@pytest.mark.parametrize("lead", ["lead_hours", "step", "horizon"])
def test_times_of_issue_show_nothing_beside_a_lead(tmp_path: Path, lead: str) -> None:
    """Forecasts of a day ahead go with the times of a day later."""
    dates = [dt.date(2024, 1, 1) + dt.timedelta(i) for i in range(N + 1)]
    columns: dict[str, list[Any]] = {"init_time": dates[:N], "p": Y}
    p = save(tmp_path / "p", **columns, **{lead: [24] * N})
    for times in (dates[:N], dates[1:]):
        (said,) = heard(p, save(tmp_path / "t", time=times, y=Y))
        assert "columns 'init_time' and 'time' are times of issue and other times" in said
        assert "--key init_time=time" not in said
    p = save(tmp_path / "p", **columns, **{lead: [24] * N}, id=WORDS)
    assert not heard(p, save(tmp_path / "t", time=dates[1:], id=WORDS, y=Y))


TIMES = [dt.datetime.fromisoformat(f"2024-01-01 {i:02}:00") for i in range(N)]
TEXTS = [f"2024-01-01 {i:02}:00:00" for i in range(N)]
IDS = [1003, 1001, 1007, 1004, 1002, 1009, 1005, 1011, 1006]


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ({"model": ["lstm"] * N, "time": TEXTS}, {"timestamp": TIMES}),
        ({"fold": [3] * N, "time": TEXTS}, {"timestamp": TIMES, "level": [500] * N}),
        ({"image_id": IDS, "camera": ["A"] * N}, {"img": [*map(str, IDS)], "site": ["x"] * N}),
    ],
    ids=["times", "times beside constants", "ids"],
)
def test_columns_of_two_kinds_are_compared_beside_others(
    tmp_path: Path, mine: dict[str, list[Any]], others: dict[str, list[Any]]
) -> None:
    p = save(tmp_path / "p.csv", **mine, p=Y)
    assert not heard(p, save(tmp_path / "t", **others, y=Y))
    turned = {name: values[::-1] for name, values in others.items()}
    with pytest.raises(DataError, match="the same values in another order"):
        heard(p, save(tmp_path / "t", **turned, y=Y[::-1]))
    if "img" in others:
        others["img"] = [f"IMG_{i}.png" for i in IDS]
        (said,) = heard(p, save(tmp_path / "t", **others, y=Y))
        assert "columns 'image_id' and 'img' differ" in said


STATIONS = ["Berlin", "Bremen", "Dresden", "Essen", "Kassel", "Leipzig", "Mainz", "Potsdam"]
PANEL = [(station, day) for station in (*STATIONS, "Rostock") for day in range(2000, 2009)]


def panel(path: Path, names: tuple[str, str], value: str, rows: list[tuple[str, int]]) -> Path:
    """A table of each station at the same times."""
    stations, times = ([*column] for column in zip(*rows, strict=True))
    values = [float(i % 7) for i in range(len(rows))]
    return save(path, **{names[0]: stations, names[1]: times, value: values})


@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_labels_of_a_panel_that_have_two_names_give_a_warning(tmp_path: Path, suffix: str) -> None:
    mine, others = ("iso3", "yr"), ("country_code", "year")
    later, earlier = [x for x in PANEL if x[1] > 2000], [x for x in PANEL if x[1] < 2008]
    first, last = [x for x in PANEL if x[0] != "Rostock"], [x for x in PANEL if x[0] != "Berlin"]
    for rows, beside, which in (
        (later, earlier, "'yr' and 'year'"),
        (first, last, "'iso3' and 'country_code'"),
        (PANEL[1:], PANEL[:-1], "'yr' and 'year'"),
    ):
        p = panel(tmp_path / f"p{suffix}", mine, "p", rows)
        (said,) = heard(p, panel(tmp_path / f"t{suffix}", others, "y", beside))
        assert f"columns {which} differ (if these say which row it is, write them alike: " in said
        assert "--key, once for each column" in said
        assert not heard(p, panel(tmp_path / f"t{suffix}", others, "y", rows))


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
