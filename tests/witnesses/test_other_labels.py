"""A label that differs in most rows, beside columns that agree but are no ids: another station."""

from __future__ import annotations

import io
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import EvalSettings, Execution, evaluate
from smoothl1.running.evaluate import LossOutput
from smoothl1.witnesses.first_rows import FirstRows
from smoothl1.witnesses.repeats import Repeats
from tests.sampling import in_turn
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

N = 12
MANY = 1500
START = datetime(2024, 1, 31, 22, tzinfo=UTC).replace(tzinfo=None)
TIMES = [START + timedelta(hours=i) for i in range(N)]
EPOCH = 1_704_067_200

formats = pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])


def heard(folder: Path, one: Any, other: Any, suffix: str = ".csv", **options: Any) -> list[str]:
    """The warnings of equal predictions and targets in tables with these other columns."""
    n = len(next(iter(one.values())))
    y = [i % 7 / 4 for i in range(n)]
    p = save(folder / f"p{suffix}", 500, **one, pred=y)
    t = save(folder / f"t{suffix}", 500, **other, y=y)
    found: list[str] = []
    result = evaluate(p, t, pred="pred", target="y", warn=found.append, **options)
    assert result.n == n
    return found


def shuffled(values: Any) -> list[Any]:
    some = list(values)
    random.Random(5).shuffle(some)
    return some


def panel(axis: list[Any], stations: list[str], name: str = "time") -> dict[str, list[Any]]:
    """The axis once for each station."""
    return {name: axis * len(stations), "station": [s for s in stations for _ in axis]}


# --- panels that are longer than the rows that are looked at first


AXES: dict[str, list[Any]] = {
    "times": [START + timedelta(hours=i) for i in range(MANY)],
    "times that fall": [START - timedelta(hours=i) for i in range(MANY)],
    "seconds": [EPOCH + 3600 * i for i in range(MANY)],
    "fractions": [i + 0.5 for i in range(MANY)],
    "products": shuffled(f"product {i}" for i in range(MANY)),
    "numbers of products": shuffled(range(7000, 7000 + 3 * MANY, 3)),
    "fractions in no order": shuffled(i + 0.5 for i in range(MANY)),
}


@pytest.mark.parametrize(("suffix", "axis"), in_turn((".csv", ".parquet", ".arrow"), list(AXES)))
def test_an_axis_that_begins_again_for_each_station_proves_nothing(
    tmp_path: Path, suffix: str, axis: str
) -> None:
    one, other = (panel(AXES[axis], two) for two in (["Wien", "Graz"], ["Bonn", "Wien"]))
    for execution in (Execution(1, 1000), Execution(2, 70), Execution(2)):
        (told,) = heard(tmp_path, one, other, suffix, execution=execution)
        assert "column 'station' differs" in told
        assert "from row 1 on" in told


@pytest.mark.parametrize("name", ["id", "product_id"])
def test_an_id_that_begins_again_proves_nothing(tmp_path: Path, name: str) -> None:
    ids = [100 + 7 * i for i in range(MANY)]
    ids += ids[3:]  # the second station begins a little later
    one, other = ({name: ids, "station": [a] * MANY + [b] * (MANY - 3)} for a, b in ("ab", "bc"))
    (told,) = heard(tmp_path, one, other)
    assert "column 'station' differs" in told


def test_an_axis_that_begins_again_in_each_shard_proves_nothing(tmp_path: Path) -> None:
    for side, stations in (("p", "abc"), ("t", "bcd")):
        (tmp_path / side).mkdir()
        for i, station in enumerate(stations):
            columns = panel(AXES["products"], [station], "product")
            save(tmp_path / side / f"{i}.parquet", **columns, y=[1.0] * MANY)
    found: list[str] = []
    evaluate(tmp_path / "p", tmp_path / "t", pred="y", target="y", warn=found.append)
    (told,) = found
    assert "column 'station' differs" in told


def test_losses_that_are_written_are_warned_of_alike(tmp_path: Path) -> None:
    one, other = (panel(AXES["times"], stations) for stations in (["a", "b"], ["b", "c"]))
    none = EvalSettings((1.0,), "none")
    (told,) = heard(tmp_path, one, other, settings=none, losses_to=LossOutput(io.BytesIO(), "npy"))
    assert "column 'station' differs" in told


@formats
def test_ids_in_no_order_outweigh_a_label_in_many_rows(tmp_path: Path, suffix: str) -> None:
    ids = shuffled(f"u{i}" for i in range(2 * MANY))
    one, other = ({"id": ids, "model": [model] * len(ids)} for model in "ab")
    assert heard(tmp_path, one, other, suffix) == []


# --- one station against another


@formats
@pytest.mark.parametrize(
    "more",
    [
        {"unit": ["degC"] * N},
        {"split": ["test"] * N, "unit": ["degC"] * N},
        {"weekday": [time.strftime("%A") for time in TIMES]},
        {"valid": [time + timedelta(hours=6) for time in TIMES]},
        {"month": [time.month for time in TIMES]},
    ],
)
def test_further_columns_that_agree_say_nothing_of_the_station(
    tmp_path: Path, suffix: str, more: dict[str, Any]
) -> None:
    one, other = ({**panel(TIMES, [station]), **more} for station in ("Wien", "Graz"))
    (told,) = heard(tmp_path, one, other, suffix)
    assert "column 'station' differs from that of" in told
    assert "in every row, and no id shows that rows match (--key, once for each column" in told


def test_a_label_that_differs_in_most_rows_is_warned_of(tmp_path: Path) -> None:
    one, other = ["Wien"] * N, ["Graz"] * (N - 1) + ["Wien"]
    (told,) = heard(tmp_path, {"time": TIMES, "s": one}, {"time": TIMES, "s": other})
    assert "column 's' differs from that of" in told
    assert "in most rows, and only 'time' agrees" in told


@formats
@pytest.mark.parametrize(
    "axis", [TIMES, list(range(2000, 2000 + N)), [f"P{i * i}" for i in range(N)]]
)
@pytest.mark.parametrize("ways", [([1] * N, [2] * N), ([1, 2] * (N // 2), [2, 3] * (N // 2))])
def test_whole_numbers_that_repeat_and_differ_in_every_row_are_warned_of(
    tmp_path: Path, suffix: str, axis: list[Any], ways: tuple[list[int], list[int]]
) -> None:
    one, other = ({"axis": axis, "store": stores} for stores in ways)
    (told,) = heard(tmp_path, one, other, suffix)
    assert "column 'store' differs from that of" in told
    assert "in every row, and only 'axis' agrees" in told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([f"note {i}" for i in range(N)], [f"remark {i}" for i in range(N)]),
        (["ok", "ok", *(f"note {i}" for i in range(N - 2))], [f"remark {i}" for i in range(N)]),
        ([""] * N, ["", *(f"remark {i}" for i in range(4)), *[""] * (N - 5)]),
        ([""] * N, ["", *(f"remark {i}" for i in range(N - 1))]),
        (["cat", "dog"] * (N // 2), ["cat", "cat"] * (N // 2)),
        (list(range(50, 50 + N)), [50 + 3 * i % 11 for i in range(N)]),
    ],
    ids=["notes", "notes with ok", "few notes", "no notes", "classes", "counts"],
)
def test_notes_and_predictions_may_differ_beside_times(
    tmp_path: Path, one: list[Any], other: list[Any]
) -> None:
    assert heard(tmp_path, {"time": TIMES, "x": one}, {"time": TIMES, "x": other}) == []


# --- what is an axis, and what an id


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NO_IDS: dict[str, list[Any]] = {
    "year": list(range(2000, 2000 + N)),
    "epoch": [EPOCH + 3600 * i for i in range(N)],
    "ms": [1000 * (EPOCH + 3600 * i) for i in range(N)],
    "quarter": [f"{2020 + i // 4}Q{i % 4 + 1}" for i in range(N)],
    "yyyymm": [202001 + i for i in range(N)],
    "day": [20240101 + i for i in range(N)],
    "week": [f"2024-W{i:02}" for i in range(1, N + 1)],
    "clock": [f"{i:02}:00" for i in range(N)],
    "seconds": [i / 2 for i in range(N)],
    "month": MONTHS,
    "product": shuffled(f"product {i}" for i in range(N)),
    "article": shuffled(range(70, 70 + 3 * N, 3)),
    "date_key": [20240125 + i + 69 * (i > 6) for i in range(N)],
    "id": list(range(1, N + 1)),
    "row_id": list(range(100, 100 + 5 * N, 5)),
    "@1": list(range(2000, 2000 + N)),
}
IDS: dict[str, list[Any]] = {
    "id": shuffled(range(70, 70 + N)),
    "user_id": [3, 7, 8, 12, 20, 21, 22, 40, 44, 50, 61, 70],
    "imageId": [f"i{i}" for i in range(N)],
    "image": [f"img_{i:03}.jpg" for i in range(N)],
    "case": [str(uuid.UUID(int=10**37 + i * 7**20)) for i in range(N)],
    "sha": [f"{i * 7919 + 10**9:x}" * 4 for i in range(N)],
    "x1": shuffled(i / 8 for i in range(N)),
    "@1": [3, 7, 8, 12, 20, 21, 22, 40, 44, 50, 61, 70],
}


@pytest.mark.parametrize("name", NO_IDS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_axis_does_not_outweigh_another_country(tmp_path: Path, suffix: str, name: str) -> None:
    one, other = (
        {name.replace("@1", ""): NO_IDS[name], "country": [c] * N} for c in ("Austria", "Germany")
    )
    (told,) = heard(tmp_path, one, other, suffix)
    assert "column 'country' differs from that of" in told


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_id_outweighs_another_label(tmp_path: Path, suffix: str, name: str) -> None:
    one, other = ({name.replace("@1", ""): IDS[name], "model": [m] * N} for m in "ab")
    assert heard(tmp_path, one, other, suffix) == []


DAYS = [f"2024-01-{i:02}" for i in range(1, 3)]
DATES: dict[str, list[Any]] = {
    "date": DAYS,
    "ds": DAYS,
    "valid": [f"{day} 06:00" for day in DAYS],
    "on": ["1/1/2024", "2/1/2024"],
    "at": [datetime(2024, 1, i, tzinfo=UTC).replace(tzinfo=None) for i in (1, 2)],
    "day": [20240101, 20240102],
    "year": [2023, 2024],
}


@pytest.mark.parametrize("name", DATES)
@pytest.mark.parametrize("coordinates", [1, 2])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_coordinate_does_not_outweigh_another_date(
    tmp_path: Path, suffix: str, coordinates: int, name: str
) -> None:
    names = shuffled(f"station {i}" for i in range(N))
    lats = {x: shuffled(47 + i / 8 for i in range(N)) for x in ("lat", "lon")[:coordinates]}
    one, other = ({"station": names, **lats, name: [day] * N} for day in DATES[name])
    (told,) = heard(tmp_path, one, other, suffix)
    assert f"column '{name}' differs from that of" in told
    assert "in every row, and no id shows that rows match" in told


def test_a_coordinate_does_not_outweigh_a_date_that_differs_in_most_rows(tmp_path: Path) -> None:
    lats = shuffled(47 + i / 8 for i in range(N))
    one, other = ({"lat": lats, "ds": [day] * (N - 1) + DAYS[:1]} for day in DAYS)
    (told,) = heard(tmp_path, one, other)
    assert "column 'ds' differs from that of" in told
    assert "in most rows, and only 'lat' agrees" in told
    few = {"lat": lats, "ds": [*DAYS[:1] * (N - 1), DAYS[1]]}
    assert heard(tmp_path, one, few) == []
    ids = {"id": IDS["id"]}
    assert heard(tmp_path, one | ids, other | ids) == []


@pytest.mark.parametrize("n_same", [1, 4])
def test_classes_may_differ_beside_an_id_in_equal_steps(tmp_path: Path, n_same: int) -> None:
    one, other = ["cat", "dog"] * (N // 2), ["cat", "dog"] * (N // 2)
    other[n_same:] = ["emu"] * (N - n_same)
    ids = list(range(7, 7 + N))
    assert heard(tmp_path, {"id": ids, "class": one}, {"id": ids, "class": other}) == []


def test_one_id_among_axes_is_enough(tmp_path: Path) -> None:
    same = {"time": TIMES, "id": IDS["imageId"], "year": NO_IDS["year"]}
    one, other = ({**same, "model": [m] * N} for m in "ab")
    assert heard(tmp_path, one, other) == []


# --- the accumulators by themselves


@given(st.lists(st.integers(0, 400), min_size=1, max_size=150), st.randoms(use_true_random=False))
def test_repeats_do_not_depend_on_the_order_in_which_parts_are_merged(
    values: list[int], rng: random.Random
) -> None:
    found = set()
    for _ in range(3):
        whole = Repeats()
        for value in rng.sample(values, len(values)):
            part = Repeats()
            part.add(pa.array([value]), may_repeat=False)
            whole.merge(part)
        found.add(whole.are_found)
    assert len(found) == 1
    if len(set(values)) <= 64:
        assert found == {len(set(values)) < len(values)}


@pytest.mark.parametrize("kind", [pa.int64(), pa.string(), pa.timestamp("ns"), pa.date32()])
def test_samples_are_found_in_later_rows_alone(kind: pa.DataType) -> None:
    values = (
        pa.array(np.arange(20), pa.int32())
        .cast(kind if kind != pa.timestamp("ns") else pa.int64())
        .cast(kind)
    )
    repeats = Repeats()
    repeats.add(values, may_repeat=True)
    assert not repeats.are_found
    repeats.add(values.slice(1, 5), may_repeat=True)
    assert not repeats.are_found
    repeats.add(values.slice(8), may_repeat=True)
    assert repeats.are_found


@pytest.mark.parametrize(
    ("values", "in_order", "evenly"),
    [
        ([1, 2, 3, 4], True, True),
        ([9, 6, 3, 0], True, True),
        ([1, 2, 4, 5], True, False),
        ([2, 1, 4, 3], False, False),
        (["8", "9", "10"], True, True),
        (["a", "b", "c"], True, False),
        ([-(2**63), 2**63 - 1, -(2**63)], False, False),
    ],
)
def test_first_rows_know_their_order_and_their_steps(
    values: list[Any], in_order: bool, evenly: bool
) -> None:
    column = pa.array(values)
    column = column.cast(pa.binary()) if pa.types.is_string(column.type) else column
    rows = FirstRows()
    for row in reversed(range(len(values))):
        part = FirstRows()
        part.add(row, column.slice(row, 1), column.slice(row, 1))
        rows.merge(part)
    assert (rows.are_in_order, rows.step_evenly) == (in_order, evenly)


@pytest.mark.parametrize(("texts", "repeat"), [("aabc", True), ("aabcd", False), ("aabbcde", True)])
def test_values_repeat_mostly_if_half_of_the_rows_share_one(texts: str, *, repeat: bool) -> None:
    firsts = FirstRows()
    firsts.add(0, *(pa.array([*side.encode()], pa.uint8()) for side in (texts, "z" * len(texts))))
    assert firsts.repeat_mostly(0) == repeat
