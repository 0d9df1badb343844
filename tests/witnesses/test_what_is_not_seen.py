"""What docs/pairing.md says is not compared, or not seen: each sentence as it is today."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 24
DAYS = [date(2024, 1, 20) + timedelta(days=i) for i in range(N)]
MONDAYS = [date(2024, 1, 1) + timedelta(weeks=i) for i in range(N)]
HOURS = [datetime(2024, 1, 31, tzinfo=UTC) + timedelta(hours=i) for i in range(N)]
AUTUMN = [datetime(2024, 10, 26, 14, tzinfo=UTC) + timedelta(hours=i) for i in range(N)]
SPRING = [datetime(2024, 3, 30, 14, tzinfo=UTC) + timedelta(hours=i) for i in range(N)]
ORDER = [(7 * i + 3) % N for i in range(N)]
UUIDS = [str(uuid.UUID(int=random.Random(i).getrandbits(128))) for i in range(N)]


def local(times: list[datetime], city: str = "Berlin") -> list[str]:
    return [f"{at.astimezone(ZoneInfo(f'Europe/{city}')):%Y-%m-%d %H:%M:%S}" for at in times]


def seconds(times: list[datetime]) -> list[int]:
    return [int(at.timestamp()) for at in times]


class Case(NamedTuple):
    """The values of both sides in rows that match, and what is said of these and of others."""

    one: list[Any]
    other: list[Any]
    right: str
    moved: str


CASES = {
    "weeks and their days": Case(
        [f"{day.isocalendar().year}-W{day.isocalendar().week:02}" for day in MONDAYS],
        list(map(str, MONDAYS)),
        "warned",
        "warned",
    ),
    "milliseconds beside points": Case(
        [1000 * count for count in seconds(HOURS)],
        [f"{at:%d.%m.%Y %H:%M:%S}" for at in HOURS],
        "warned",
        "warned",
    ),
    "clocks set back": Case(local(AUTUMN), seconds(AUTUMN), "warned", "warned"),
    "clocks set forward": Case(local(SPRING), seconds(SPRING), "warned", "warned"),
    "clocks set forward from UTC": Case(
        local(SPRING, "London"), seconds(SPRING), "refused", "warned"
    ),
    "letters before some ids": Case(
        [f"A{i + 1}" if i % 2 else str(i + 1) for i in ORDER],
        [str(i + 1) for i in ORDER],
        "warned",
        "warned",
    ),
    "the next frame": Case(
        [f"000001_{i + 10}.png" for i in range(N)],
        [f"000001_{i + 11}.png" for i in range(N)],
        "refused",
        "warned",
    ),
    "slashes beside dates by type": Case(
        [f"{day:%d/%m/%Y}" for day in DAYS], DAYS, "warned", "warned"
    ),
    "UUIDs without hyphens": Case(
        UUIDS, [text.replace("-", "") for text in UUIDS], "warned", "warned"
    ),
    "hexadecimal numbers": Case(
        [hex(1000 + i) for i in ORDER], [1000 + i for i in ORDER], "warned", "warned"
    ),
    "zeros before ids": Case(
        [f"{i + 1:04}" for i in ORDER], [i + 1 for i in ORDER], "silent", "refused"
    ),
    "a zone on one side": Case(
        [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in HOURS],
        [f"{at:%Y-%m-%d %H:%M:%S}" for at in HOURS],
        "warned",
        "warned",
    ),
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def outcome(one: list[Any], other: list[Any], names: tuple[str, str] = ("k", "k")) -> str:
    """Whether rows are refused, warned of, or paired without a word."""
    said: list[str] = []
    p = pa.table({names[0]: one, "p": [0.5] * len(one)})
    t = pa.table({names[1]: other, "t": [1.5] * len(other)})
    try:
        evaluate(p, t, pred="p", target="t", warn=said.append)
    except DataError:
        return "refused"
    return "warned" if said else "silent"


@cases
def test_values_of_rows_that_match(case: Case) -> None:
    assert outcome(case.one, case.other) == case.right


@cases
def test_values_in_another_order(case: Case) -> None:
    assert outcome(case.one, [case.other[i] for i in ORDER]) == case.moved


@pytest.mark.parametrize("name", ["price", "log_price"])
def test_a_logarithm_has_another_name(name: str) -> None:
    prices = [1.5 * i for i in ORDER]
    moved = "silent" if name == "log_price" else "refused"
    assert outcome(prices, prices[::-1], ("price", name)) == moved


def test_texts_that_differ_in_case_alone_are_one_id() -> None:
    texts = [f"a{i}" for i in ORDER]
    assert outcome(texts, [text.upper() for text in texts]) == "silent"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([f"{day:%d.%m.%Y}" for day in DAYS], list(map(str, DAYS))),
        (["1.234", "1.235"], ["1234", "1235"]),
        (["2024-01", "2024-02"], ["202401", "202402"]),
        (["2024Q1", "2024Q2"], ["Q1 2024", "Q2 2024"]),
    ],
    ids=["days", "groups of digits", "months", "quarters"],
)
def test_keys_in_two_notations_are_other_texts(one: list[str], other: list[str]) -> None:
    p = pa.table({"k": one, "p": [0.5] * len(one)})
    t = pa.table({"k": other, "t": [1.5] * len(one)})
    with pytest.raises(DataError, match="has no match in"):
        evaluate(p, t, pred="p", target="t", key="k")


def test_arrays_are_paired_as_they_are(tmp_path: Path) -> None:
    paths = [tmp_path / "preds_2023.npy", tmp_path / "targets_2024.npy"]
    for path in paths:
        np.save(path, np.arange(N) * 0.5)
    assert evaluate(*paths, warn=pytest.fail).mean == 0


def test_an_array_beside_a_table_whose_ids_have_gaps_is_paired_as_it_is() -> None:
    table = pa.table({"id": [3 * i for i in ORDER], "p": [0.5] * N})
    assert evaluate(table, np.ones(N), pred="p", warn=pytest.fail).n == N


def test_ids_that_are_called_after_the_sides_of_one_table_are_not_compared() -> None:
    ids = [100 + i for i in range(N)]
    both = pa.table({"pred_id": ids, "gt_id": ids[::-1], "pred": [0.5] * N, "gt": [1.5] * N})
    assert evaluate(both, None, pred="pred", target="gt", warn=pytest.fail).n == N


def test_a_copy_of_the_targets_beside_a_key_is_not_compared() -> None:
    ids, targets = list(range(N)), [0.5 * i for i in ORDER]
    p = pa.table({"id": ids, "p": [0.5] * N, "t": targets[::-1]})
    t = pa.table({"id": ids, "t": targets})
    assert evaluate(p, t, pred="p", target="t", key="id", warn=pytest.fail).n == N


@pytest.mark.parametrize(("factor", "expected"), [(1.019, "silent"), (1.03, "warned")])
def test_targets_that_changed_by_less_than_two_percent_are_taken_for_rounded(
    factor: float, expected: str
) -> None:
    said: list[str] = []
    targets = [10.0 + i for i in ORDER]
    p = pa.table({"p": [0.5] * N, "t": [factor * value for value in targets]})
    evaluate(p, pa.table({"t": targets}), pred="p", target="t", warn=said.append)
    assert ("warned" if said else "silent") == expected


def test_a_column_that_agrees_and_repeats_is_not_reported() -> None:
    assert outcome(["train", "test"] * (N // 2), ["train", "test"] * (N // 2)) == "silent"


@pytest.mark.parametrize("levels", [(0.1, 0.5, 0.9), (0.0, 1.0)], ids=["quantiles", "classes"])
def test_fractions_of_a_few_levels_in_another_order_are_warned_of(levels: tuple[float]) -> None:
    one = [*levels] * (N // len(levels))
    assert outcome(one, one) == "silent"
    assert outcome(one, one[::-1]) == ("warned" if len(levels) > 2 else "silent")


def test_a_few_rows_of_several_columns_under_other_names_are_not_seen_in_another_order() -> None:
    panel = [(f"H{i // 12}", f"2024-01-{i % 12 + 1:02}") for i in range(N)]
    moved = [*panel[:2], panel[7], *panel[2:7], *panel[8:]]
    said: list[str] = []
    p = pa.table({"unit": [a for a, _ in panel], "of": [b for _, b in panel], "p": [0.5] * N})
    t = pa.table({"item": [a for a, _ in moved], "at": [b for _, b in moved], "t": [1.5] * N})
    evaluate(p, t, pred="p", target="t", warn=said.append)
    assert said == []
