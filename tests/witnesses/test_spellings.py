"""Columns in common that hold the same times or ids in another spelling."""

from __future__ import annotations

import csv
import warnings
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
Y = [i * i / 8 for i in range(N)]
TIMES = [datetime(2024, 3, 30, 20, tzinfo=UTC) + timedelta(minutes=37 * i * i) for i in range(N)]
NAIVE = [time.replace(tzinfo=None) for time in TIMES]
CET = timezone(timedelta(hours=1))
IDS = [UUID(int=0xABCDEF << 100 | i * 0x9E3779B97F4A7C15) for i in range(N)]
ZULU = [f"{time:%Y-%m-%dT%H:%M:%S}.000Z" for time in TIMES]

SPELLINGS: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {
    "Z and +00:00": (ZULU, [f"{time:%Y-%m-%d %H:%M:%S}+00:00" for time in TIMES]),
    "Z and +01:00": (ZULU, [str(time.astimezone(CET)) for time in TIMES]),
    "Z and +0100": (ZULU, [f"{time.astimezone(CET):%Y-%m-%dT%H:%M:%S%z}" for time in TIMES]),
    "nanoseconds": (ZULU, [f"{time:%Y-%m-%dT%H:%M:%S}.000000000+00:00" for time in TIMES]),
    "UTC": ([f"{time:%Y-%m-%d %H:%M:%S} UTC" for time in TIMES], pa.array(TIMES)),
    "basic form": ([f"{time:%Y%m%dT%H%M%SZ}" for time in TIMES], pa.array(TIMES)),
    "basic form and UTC": (
        [f"{time.astimezone(CET):%Y%m%dT%H%M%S%z}" for time in TIMES],
        [f"{time:%Y-%m-%d %H:%M:%S.0} UTC" for time in TIMES],
    ),
    "Z and +00": (ZULU, [f"{time:%Y-%m-%d %H:%M:%S}+00" for time in TIMES]),
    "Z without seconds": (ZULU, [f"{time:%Y-%m-%dT%H:%MZ}" for time in TIMES]),
    "offset after a blank": (
        ZULU,
        [f"{time.astimezone(CET):%Y-%m-%d %H:%M:%S %z}" for time in TIMES],
    ),
    "without seconds": (
        [f"{time:%Y-%m-%d %H:%M}" for time in NAIVE],
        [f"{time:%Y-%m-%dT%H:%M:%S}" for time in NAIVE],
    ),
    "times of day": (
        [f"{i + 9:02}:{i * 4:02}" for i in range(N)],
        [f"{i + 9:02}:{i * 4:02}:00.0" for i in range(N)],
    ),
    "text and times": ([str(time.astimezone(CET)) for time in TIMES], pa.array(TIMES)),
    "zeros and times": (
        [f"{time:%Y-%m-%d %H:%M:%S}.000000000" for time in NAIVE],
        pa.array(NAIVE, pa.timestamp("us")),
    ),
    "UUIDs": ([str(id_) for id_ in IDS], [str(id_).upper() for id_ in IDS]),
    "seconds": ([time.timestamp() for time in TIMES], pa.array(TIMES)),
    "seconds with fractions": (
        [time.timestamp() + 0.25 for time in TIMES],
        pa.array([time + timedelta(seconds=0.25) for time in TIMES], pa.timestamp("us", "UTC")),
    ),
}

cases = pytest.mark.parametrize(("one", "other"), SPELLINGS.values(), ids=SPELLINGS)


def save(path: Path, of_numbers: str, name: str, values: Sequence[Any]) -> Path:
    if isinstance(values, pa.Array):
        pq.write_table(pa.table({name: values, of_numbers: Y}), path)
        return path
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[name, of_numbers], *zip(values, Y, strict=True)])
    return path


@cases
def test_the_same_values_in_another_spelling_agree(
    tmp_path: Path, one: Sequence[Any], other: Sequence[Any]
) -> None:
    p, t = save(tmp_path / "p", "pred", "w", one), save(tmp_path / "t", "target", "w", other)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = evaluate(p, t, pred="pred", target="target")
    assert result.values == (0,)
    assert [d.reason for d in result.decisions if "'w'" in d.reason] == [
        "column 'w' agrees in every row"
    ]


@cases
@pytest.mark.parametrize("other_name", ["w", "v"])
def test_another_order_in_another_spelling_is_refused(
    tmp_path: Path, one: Sequence[Any], other: Sequence[Any], other_name: str
) -> None:
    if other_name == "v" and isinstance(one[0], float):
        return  # columns of fractions are no guess
    p = save(tmp_path / "p", "pred", "w", one)
    t = save(tmp_path / "t", "target", other_name, other[::-1])
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(p, t, pred="pred", target="target")


def test_elapsed_seconds_are_no_times(tmp_path: Path) -> None:
    p = save(tmp_path / "p", "pred", "w", [0.5 * i for i in range(N)])
    t = save(tmp_path / "t", "target", "w", pa.array(TIMES))
    with pytest.warns(match="no column shows .*: column 'w' differs"):
        assert evaluate(p, t, pred="pred", target="target").values


@pytest.mark.parametrize("name", ["UTC", "basic form", "basic form and UTC", "Z without seconds"])
def test_keys_in_another_spelling_match(tmp_path: Path, name: str) -> None:
    one, other = SPELLINGS[name]
    p, t = save(tmp_path / "p", "y", "w", one), save(tmp_path / "t", "y", "w", other)
    assert evaluate(p, t, key="w").values == (0,)


def test_numbers_between_colons_are_no_times_of_day(tmp_path: Path) -> None:
    ratios = [f"{i + 24}:{i + 60}" for i in range(N)]
    p = save(tmp_path / "p", "y", "w", ratios)
    t = save(tmp_path / "t", "y", "w", [f"{ratio}:00" for ratio in ratios])
    with pytest.raises(DataError, match="no match"):
        evaluate(p, t, key="w")
