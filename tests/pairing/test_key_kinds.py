"""Keys of several types: what is equal for certain is matched, and the rest is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, evaluate

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [date(1969, 12, 31), date(2024, 2, 29), date(2024, 3, 1)]
INSTANTS = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS]
TIMES = [instant.replace(tzinfo=None) for instant in INSTANTS]
THERE = timezone(timedelta(hours=5, minutes=30))
IDS = [uuid.UUID(int=i * 7919 << 90 | i) for i in range(3)]

EQUAL: dict[str, list[pa.Array]] = {
    "times": [
        *(pa.array(TIMES, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")),
        pa.array(DAYS, pa.date32()),
        pa.array(DAYS, pa.date64()),
    ],
    "times in text": [
        pa.array(DAYS, pa.date32()),
        pa.array([f"{day} 00:00:00.000000000" for day in DAYS]),
    ],
    "times in other text": [
        pa.array(TIMES, pa.timestamp("ms")),
        pa.array([f"{day}T00:00:00.000000" for day in DAYS]),
    ],
    "instants": [
        pa.array(INSTANTS, pa.timestamp("s", "UTC")),
        pa.array(INSTANTS, pa.timestamp("ns", "America/New_York")),
        pa.array([time.astimezone(THERE).isoformat() for time in INSTANTS]),
    ],
    "times of day": [
        pa.array([1, 2, 3], pa.time32("s")),
        pa.array([10**9, 2 * 10**9, 3 * 10**9], pa.time64("ns")),
    ],
    "times of day in text": [
        pa.array([30600, 1, 0], pa.time32("s")),
        pa.array(["08:30", "00:00:01", "00:00:00.000"]),
    ],
    "times of day in fine text": [
        pa.array([30_600_250_000, 1, 0], pa.time64("us")),
        pa.array(["08:30:00.25", "00:00:00.000001000", "00:00"]),
    ],
    "durations": [
        pa.array([1, 2, 3], pa.duration("s")),
        pa.array([1000, 2000, 3000], pa.duration("ms")),
    ],
    "whole numbers": [
        pa.array([-7, 0, 2**53 - 1]),
        pa.array([-7.0, -0.0, 2.0**53 - 1]),
        pa.array(list(map(Decimal, (-7, 0, 2**53 - 1))), pa.decimal128(38, 0)),
        pa.array(list(map(Decimal, ("-7.00", "0.00", f"{2**53 - 1}.00"))), pa.decimal256(60, 2)),
        pa.array(["-7.0", "+0", f"0{2**53 - 1}"]),
        pa.array([-7.0, 0.0, 2.0**53 - 1]).dictionary_encode(),
    ],
    "small numbers": [
        pa.array([7, 8, 9], pa.uint8()),
        pa.array([7, 8, 9], pa.float32()),
        pa.array(np.array([7, 8, 9], np.float16)),
    ],
    "texts": [
        pa.array(["a", "ü", "日本"]),
        pa.array(["a", "ü", "日本"], pa.large_string()),
        pa.array(["a", "ü", "日本"]).dictionary_encode(),
        pa.array([text.encode() for text in ("a", "ü", "日本")], pa.large_binary()),
    ],
    "UUIDs": [
        pa.array([one.bytes for one in IDS], pa.binary(16)),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([x.bytes for x in IDS], pa.binary(16))),
        pa.array([str(one).upper() for one in IDS]),
    ],
}


def matched(one: pa.Array, other: pa.Array) -> Any:
    """The mean loss of rows in another order, which is 0 only if each has its own partner."""
    pred = pa.table({"k": one, "v": [0.0, 1.0, 2.0]})
    back = pa.array([2, 1, 0])
    keys = pa.chunked_array([other]).combine_chunks()
    target = pa.table({"k": keys.take(back), "v": [2.0, 1.0, 0.0]})
    small = Execution(1, 2)
    return evaluate(pred, target, pred="v", target="v", key="k", execution=small).mean


@pytest.mark.parametrize("what", EQUAL)
def test_values_that_mean_the_same_are_matched_whatever_their_types(what: str) -> None:
    for one, other in permutations(EQUAL[what], 2):
        assert matched(one, other) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ([1.0, 2.0, 3.5], [1, 2, 3], "row 3, column 'k': 3.5 is no whole number below 2**53"),
        ([1.0, 2.0**53, 3.0], [1, 2, 3], "row 2, column 'k': 9007199254740992.0 is no whole"),
        ([1.0, 2.5, 3.0], [1, 2, 3], "so no key or group; as text it can be one"),
        ([1.0, np.nan, 3.0], [1, 2, 3], "row 2, column 'k': nan is no whole number"),
        ([1.0, None, 3.0], [1, 2, 3], "row 2, column 'k': the value is missing"),
        ([Decimal("1.0"), Decimal("2.5"), None], [1, 2, 3], "row 2, column 'k': 2.5 is no whole"),
        ([Decimal(2**70), Decimal(1), Decimal(2)], [1, 2, 3], "no whole number of 64 bits"),
        (TIMES, INSTANTS, "but 'k' is timestamp[us] on the other side [write the times of both"),
        (DAYS, INSTANTS, "but 'k' is date32[day] on the other side [write the times of both"),
        (list(map(str, DAYS)), INSTANTS, "row 1, column 'k': '1969-12-31' has no offset from UTC"),
        ([f"{time}Z" for time in TIMES], TIMES, "'1969-12-31 00:00:00Z' has an offset from UTC"),
        (["2024-02-29", "soon", "2024-03-01"], DAYS, "row 2, column 'k': 'soon' is compared with"),
        ([True, False, True], [1, 0, 1], "is int64, but 'k' is bool on the other side [convert"),
        (["1", "x", "2"], [0, 1, 2], "row 2, column 'k': 'x' is not a whole number, but compared"),
        (
            ["1709164800", "0", "1"],
            TIMES,
            "is a number, but is compared with timestamp[us] [a number",
        ),
        (
            ["20240229", "0", "1"],
            DAYS,
            "is a number, but is compared with timestamp[us] [a",
        ),
        (
            [f"{time}" for time in TIMES],
            [0, 1, 2],
            "whole number, but compared with int64 [a number",
        ),
        (["1", "9" * 19, "2"], [0, 1, 2], f"'{'9' * 19}' is out of range for the other side"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_row_and_both_types(
    one: list[Any], other: list[Any], words: str
) -> None:
    with pytest.raises(DataError) as caught:
        matched(pa.array(one), pa.array(other))
    assert words in str(caught.value)


def test_whole_floats_and_uuids_are_groups_and_kept_columns_stay_as_they_are() -> None:
    bytes_of = [IDS[i].bytes for i in (0, 1, 0)]
    groups = {"g": [1.0, 2.0, 1.0], "u": pa.array(bytes_of, pa.binary(16))}
    pred = pa.table({**groups, "v": [1, 2, 3], "w": [4, 5, 7]})
    by_float = evaluate(pred, pred="v", target="w", by="g")
    assert [group.group for group in by_float.groups] == ["1", "2"]
    by_uuid = evaluate(pred, pred="v", target="w", by=("u", "@1"), top=1, keep="g")
    assert [group.group for group in by_uuid.groups] == [(str(IDS[0]), "1"), (str(IDS[1]), "2")]
    assert by_uuid.top[0].labels == (("g", "1.0"),)
    assert by_uuid.top[0].group == (str(IDS[0]), "1")


@pytest.mark.parametrize("days", [pa.date32(), pa.date64()])
def test_a_text_with_a_time_of_day_is_a_key_without_a_match_beside_days(days: pa.DataType) -> None:
    texts = [f"{day} {hour}:00" for day, hour in zip(DAYS, ("00", "06", "00"), strict=True)]
    pred = pa.table({"k": texts, "v": [1.0, 2.0, 3.0]})
    target = pa.table({"k": pa.array(DAYS[::-1], days), "v": [3.5, 9.0, 1.0]})
    with pytest.raises(DataError, match=r"key '2024-02-29 06:00:00' of row 2 has no match"):
        evaluate(pred, target, pred="v", target="v", key="k")
    chosen: dict[str, Any] = {"pred": "v", "target": "v", "key": "k", "unmatched": "omit"}
    found = evaluate(pred, target, warn=lambda _: None, **chosen)
    assert (found.n, found.sum) == (2, 0.125)


@pytest.mark.parametrize("width", [pa.int8(), pa.int16(), pa.uint8(), pa.uint32()])
def test_a_text_beyond_narrow_integers_is_a_key_without_a_match(
    tmp_path: Path, width: pa.DataType
) -> None:
    pq.write_table(
        pa.table({"k": pa.array([1, 2, 3], width), "p": [1.0, 2.0, 3.0]}), tmp_path / "p.parquet"
    )
    (tmp_path / "t.csv").write_text("k,y\n5000000000,4\n3,3.5\n-2,9\n2,2\n1,1\n")
    sides = (tmp_path / "p.parquet", tmp_path / "t.csv")
    found = evaluate(*sides, pred="p", target="y", key="k", unmatched="omit", warn=lambda _: None)
    assert (found.n, found.sum) == (3, 0.125)
    with pytest.raises(DataError, match=r"key '5000000000' of row 1 has no match"):
        evaluate(*sides, pred="p", target="y", key="k")
