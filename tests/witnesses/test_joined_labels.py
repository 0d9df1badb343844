"""A table whose two columns of one label differ: tables were put side by side, not joined."""

from __future__ import annotations

import datetime as dt
import random
import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pytest

from smoothl1 import Execution, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

N = 20
IDS = random.Random(7).sample(range(100, 9000), N)
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}
RUN = Execution(threads=2, chunk_rows=7)


def table(
    names: tuple[str, str],
    one: list[Any],
    other: list[Any],
    evaluated: tuple[str, str] = ("pred", "y"),
    **more: list[Any],
) -> pa.Table:
    """The predictions with one label, and targets with another, and further columns."""
    columns = [one, [3.0 * i + 0.5 for i in range(N)], other, [2.0 * i for i in range(N)]]
    every = [*map(pa.array, columns), *map(pa.array, more.values())]
    return pa.table(every, [names[0], evaluated[0], names[1], evaluated[1], *more])


DAYS = [dt.date(2024, 1, 1) + dt.timedelta(i) for i in range(N + 1)]
TIMES = [("date_x", "date_y"), ("date", "date"), ("date", "date.1"), ("t_pred", "t_y")]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])
@pytest.mark.parametrize("names", TIMES)
def test_times_of_two_periods_are_warned_of(
    tmp_path: Path, names: tuple[str, str], suffix: str
) -> None:
    columns = table(names, DAYS[1:], DAYS[:-1], ("v_pred", "v_y"))
    path = tmp_path / f"joined{suffix}"
    if suffix == ".csv":
        with path.open("wb") as file:
            pa.csv.write_csv(columns, file)
    else:
        save_table(path, columns)
    with pytest.warns(UserWarning, match="differ from row 1 on, and both rise: are predictions"):
        evaluate(path, pred="v_pred", target="v_y", execution=RUN)


@pytest.mark.parametrize(
    ("names", "one", "other"),
    [
        (("date_x", "date_y"), DAYS[1:], DAYS[1:]),
        (("date_x", "date_y"), DAYS[1:], [*DAYS[1:11], *DAYS[:10]]),  # not in order
        (("date_x", "date_y"), [*DAYS[:20]], [d + dt.timedelta(900) for d in DAYS[:20]]),
        (("date_valid_x", "date_valid_y"), DAYS[1:], DAYS[1:]),
        (("init_date", "valid_date"), DAYS[:-1], DAYS[1:]),
        (("user_x", "user_y"), IDS, [i + 1 for i in IDS]),
    ],
)
def test_times_that_may_be_meant_to_differ_are_not_warned_of(
    tmp_path: Path, names: tuple[str, str], one: list[Any], other: list[Any]
) -> None:
    path = save_table(tmp_path / "joined.parquet", table(names, one, other))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(path, **COLUMNS)


@pytest.mark.parametrize(
    ("names", "evaluated"),
    [
        (("pred_date", "obs_date"), ("pred", "obs")),
        (("date_model", "date_gauge"), ("model", "gauge")),
        (("yhatTime", "obsTime"), ("yhat", "obs")),
    ],
)
def test_times_called_as_what_is_evaluated_are_its_times(
    names: tuple[str, str], evaluated: tuple[str, str]
) -> None:
    pred, target = evaluated
    shifted = table(names, DAYS[1:], DAYS[:-1], evaluated)
    with pytest.warns(UserWarning, match=f"'{names[0]}' and '{names[1]}' differ .* and both rise"):
        evaluate(shifted, pred=pred, target=target)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(table(names, DAYS[1:], DAYS[1:], evaluated), pred=pred, target=target)


def test_the_day_of_a_forecast_is_that_of_its_issue() -> None:
    issued = table(("forecast_date", "obs_date"), DAYS[:-1], DAYS[1:], ("forecast", "obs"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(issued, pred="forecast", target="obs")


STATIONS = [("bern", "oslo", "rome")[i // 7] for i in range(N)]
OTHERS = [("oslo", "rome", "bern")[i // 7] for i in range(N)]
TWICE = [("station", "station"), ("station", "station.1"), ("station", "station:1")]


@pytest.mark.parametrize("names", TWICE)
def test_labels_of_one_name_that_differ_in_every_row_are_warned_of(names: tuple[str, str]) -> None:
    with pytest.warns(UserWarning, match="differ in every row, with the same values: do predict"):
        evaluate(table(names, STATIONS, OTHERS), **COLUMNS, execution=RUN)


@pytest.mark.parametrize(
    ("names", "one", "other", "more"),
    [
        (TWICE[1], STATIONS, STATIONS, {}),
        (TWICE[1], STATIONS, [*OTHERS[:-1], STATIONS[-1]], {}),
        (TWICE[1], STATIONS, OTHERS, {"id": IDS, "id.1": IDS}),  # joined by an id
        (TWICE[1], STATIONS, [f"{name}!" for name in OTHERS], {}),
        (TWICE[1], ["model"] * N, ["sensor"] * N, {}),
        (("team_x", "team_y"), STATIONS, OTHERS, {}),  # of a match
    ],
)
def test_labels_that_may_be_meant_to_differ_are_not_warned_of(
    names: tuple[str, str], one: list[str], other: list[str], more: dict[str, Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(table(names, one, other, **more), **COLUMNS)


@pytest.mark.parametrize("are_first", [True, False])
@pytest.mark.parametrize("names", [("name", "name"), ("name", "name.1")])
def test_labels_on_one_side_of_what_is_evaluated_are_those_of_a_table_that_was_joined_twice(
    tmp_path: Path, names: tuple[str, str], *, are_first: bool
) -> None:
    """The stations of a trip differ in every row, and both are of one list."""
    choice = random.Random(1)
    pairs = [choice.sample(["bern", "oslo", "rome", "wien", "prag"], 2) for _ in range(N)]
    numbers = [(float(i), i + 0.5) for i in range(N)]
    rows = [
        [*pair, *two] if are_first else [*two, *pair]
        for pair, two in zip(pairs, numbers, strict=True)
    ]
    heads = [*names, "pred", "y"] if are_first else ["pred", "y", *names]
    text = "\n".join([",".join(heads), *(",".join(map(str, row)) for row in rows)])
    (tmp_path / "trips.csv").write_text(f"{text}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "trips.csv", **COLUMNS, execution=RUN).mean == 0.125
