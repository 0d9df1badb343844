"""Different values of a column have different texts: in results, in errors, and across files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, Result, compare, evaluate
from smoothl1.labels.texts import texts_of
from smoothl1.tallies.group import in_order
from smoothl1.tallies.group_numbers import GroupNumbers
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
# Clocks were set back in Berlin at 2024-10-27 01:00 UTC, and by 8 seconds in Calcutta, whose offset
# in hours and minutes stayed the same, at 1854-06-27 18:06:32 UTC.
BERLIN = [int(dt.datetime(2024, 10, 27, h, 30, tzinfo=dt.UTC).timestamp()) for h in (0, 1)]
CALCUTTA = int(dt.datetime(1854, 6, 27, 18, 6, 32, tzinfo=dt.UTC).timestamp())
FOLDS = {"Europe/Berlin": BERLIN, "Asia/Kolkata": [CALCUTTA - 3, CALCUTTA + 5]}


def temporal(kind: pa.DataType, values: list[int]) -> pa.Array:
    return pa.array(values, pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)


def save_rows(path: Path, groups: pa.Array) -> Path:
    """Predictions 1, 2, 3 and so on against 0, a row for each group."""
    n = len(groups)
    columns = {
        "g": groups,
        "p": pa.array([float(i + 1) for i in range(n)]),
        "y": pa.array([0.0] * n),
    }
    return save_table(path, columns)


SIDES: dict[str, Any] = {"pred": ("p",), "target": ("y",)}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
@pytest.mark.parametrize("zone", FOLDS)
def test_both_times_at_the_fold_of_a_zone_are_groups(
    zone: str, suffix: str, unit: str, tmp_path: Path
) -> None:
    factor = UNITS[unit]
    groups = temporal(pa.timestamp(unit, zone), [second * factor for second in FOLDS[zone]])
    result = evaluate(
        save_rows(tmp_path / f"t.{suffix}", groups), None, EvalSettings(by="g"), **SIDES
    )
    assert [tally.mean for tally in result.tallies] == [0.5, 1.5]
    names = [group.group or "" for group in result.groups]
    stamps = [dt.datetime.fromisoformat(name).timestamp() for name in names]
    assert stamps == FOLDS[zone]
    assert all(name.endswith("Z") for name in names)
    assert Result.from_json(result.to_json()) == result
    assert [tally.n for tally in Result.merged([result, result]).tallies] == [2, 2]


def test_a_comparison_keeps_both_times_at_a_fold(tmp_path: Path) -> None:
    path = save_rows(tmp_path / "t.arrow", temporal(pa.timestamp("s", "Europe/Berlin"), BERLIN))
    sides = {"pred_a": ("p",), "pred_b": ("y",), "target": ("y",)}
    found = compare(path, settings=EvalSettings(by="g"), warn=lambda _: None, **sides)
    assert [d.estimate.value for d in found.differences] == [-0.5, -1.5]


KINDS = [
    *(pa.timestamp(unit, zone) for unit in UNITS for zone in (None, "UTC", "+05:30", "No/Where")),
    *(pa.duration(unit) for unit in UNITS),
    *(pa.time32(unit) for unit in ("s", "ms")),
    *(pa.time64(unit) for unit in ("us", "ns")),
    pa.date32(),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_different_times_of_a_column_have_different_texts(kind: pa.DataType) -> None:
    limit = 2 ** (kind.bit_width - 1)
    values = [
        *range(-3, 4),
        59,
        60,
        999,
        1000,
        86399,
        86400,
        limit - 2,
        limit - 1,
        -limit,
        1 - limit,
    ]
    texts = texts_of(temporal(kind, values))
    assert len(set(texts)) == len(values)
    assert not any("value out of range" in text for text in texts)


def test_texts_of_other_units_do_not_stand_for_other_times() -> None:
    far = 2**62
    durations = {texts_of(temporal(pa.duration(unit), [5]))[0] for unit in UNITS}
    assert durations == {"5 s", "5 ms", "5 us", "5 ns"}
    texts = [texts_of(temporal(pa.timestamp(unit), [far]))[0] for unit in ("s", "ms", "us")]
    assert len(set(texts)) == 3


def test_texts_are_what_people_write() -> None:
    assert texts_of(temporal(pa.timestamp("ms"), [1])) == ["1970-01-01 00:00:00.001"]
    assert texts_of(temporal(pa.timestamp("s", "Asia/Tokyo"), [0])) == ["1970-01-01 00:00:00Z"]
    assert texts_of(temporal(pa.date32(), [1, 2**30])) == ["1970-01-02", f"{2**30} days"]
    assert texts_of(temporal(pa.time32("s"), [61])) == ["00:01:01"]
    assert texts_of(pa.array([True, False])) == ["true", "false"]
    assert texts_of(pa.array([2**64 - 1], pa.uint64())) == [str(2**64 - 1)]
    assert texts_of(pa.array(["<value out of range: 1>"])) == ["<value out of range: 1>"]


def test_merging_keeps_apart_what_files_of_other_units_hold(tmp_path: Path) -> None:
    parts = [
        evaluate(
            save_rows(tmp_path / f"{unit}.arrow", temporal(pa.duration(unit), [5])),
            None,
            EvalSettings(by="g"),
            **SIDES,
        )
        for unit in ("s", "ms")
    ]
    assert [group.group for group in Result.merged(parts).groups] == ["5 ms", "5 s"]


def test_durations_are_in_the_order_of_their_lengths() -> None:
    assert in_order(["10 s", "-5 s", "9 s"]) == ["-5 s", "9 s", "10 s"]
    assert in_order(["10 s", "9 ms"]) == ["10 s", "9 ms"]
    assert in_order(["10 apples", "9 apples"]) == ["10 apples", "9 apples"]
    assert in_order(["10", "9"]) == ["9", "10"]


def test_values_that_have_the_same_text_are_refused_and_never_joined() -> None:
    numbers = GroupNumbers(EvalSettings(by="g"), 1)
    dates = temporal(pa.date64(), [86_400_000, 86_400_001])  # no whole day: not from a file
    numbers._labels.encode([dates])
    with pytest.raises(DataError, match="different values, but the same text '1970-01-02'"):
        numbers.in_order([])


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_an_instant_is_one_group_in_any_unit(zone: str | None, tmp_path: Path) -> None:
    results = []
    for unit, factor in list(UNITS.items())[1:]:
        groups = temporal(pa.timestamp(unit, zone), [0, 3 * factor, 7 * factor // 2])
        path = save_rows(tmp_path / f"{unit}.parquet", groups)
        results.append(evaluate(path, None, EvalSettings(by="g"), **SIDES))
    merged = Result.merged(results)
    suffix = "Z" if zone else ""
    assert [group.group for group in merged.groups] == [
        f"1970-01-01 00:00:0{text}{suffix}" for text in ("0", "3", "3.5")
    ]
    assert [tally.mean for tally in merged.tallies] == [0.5, 1.5, 2.5]


def test_a_time_of_day_is_one_group_in_any_unit() -> None:
    kinds = [pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")]
    texts = [texts_of(pa.array([dt.time(10, 20, 30)], kind)) for kind in kinds]
    assert texts == [["10:20:30"]] * 4


@pytest.mark.parametrize("texts", [["1\n2", "3"], ["1", "2\n"], ["-", "1"], ["1" * 21, "2"]])
def test_texts_that_are_not_all_whole_numbers_are_sorted_as_text(texts: list[str]) -> None:
    assert in_order(texts) == sorted(texts)


def test_the_largest_whole_numbers_are_sorted_as_numbers() -> None:
    texts = [str(2**64 - 1), str(-(2**63)), "9", "10", "-1"]
    assert in_order(texts) == sorted(texts, key=int)
