"""Months, quarters and weeks of a column in common, each side in a notation of its own."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.files.shard_words import words_of_months
from smoothl1.witnesses.months import have_points
from smoothl1.witnesses.period_spellings import with_plain_periods
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 40
ENGLISH = [words.split("|")[0].title() for words in words_of_months()]
FULL = [words.split("|")[1].title() for words in words_of_months()]
FULL[4] = "May"
SHUFFLED = [(7 * i + 3) % N for i in range(N)]

Written = list[str] | list[int]


def months(form: Callable[[int, int], Any], n: int = N + 1) -> list[Any]:
    return [form(2020 + i // 12, i % 12 + 1) for i in range(n)]


def quarters(form: str) -> list[str]:
    return [form.format(2015 + i // 4, i % 4 + 1) for i in range(N + 1)]


def weeks(form: str) -> list[str]:
    return [form.format(2024, i + 1) for i in range(N + 1)]


NOTATIONS: dict[str, list[Written]] = {
    "month": [
        months(lambda y, m: f"{y}-{m:02}"),
        months(lambda y, m: 100 * y + m),
        months(lambda y, m: f"{y}/{m:02}"),
        months(lambda y, m: f"{y}-{m}"),
        months(lambda y, m: f"{m:02}/{y}"),
        months(lambda y, m: f"{m}/{y}"),
        months(lambda y, m: f"{m:02}.{y}"),
        months(lambda y, m: f"{y}M{m:02}"),
        months(lambda y, m: f"{ENGLISH[m - 1]} {y}"),
        months(lambda y, m: f"{y}-{ENGLISH[m - 1]}".upper()),
        months(lambda y, m: f"{FULL[m - 1]} {y}"),
        months(lambda y, m: f"{ENGLISH[m - 1]}-{y % 100:02}"),
    ],
    "quarter": [*map(quarters, ("{}Q{}", "{}-Q{}", "Q{1} {0}", "{1}Q{0}"))],
    "week": [*map(weeks, ("{}-W{:02}", "{}W{:02}", "{}-w{}"))],
}
PAIRS = [pair for of_one in NOTATIONS.values() for pair in combinations(of_one, 2)]
SOME = [*PAIRS[:11], *PAIRS[-9:]]


def shown(pair: Any) -> str:
    return str(pair[0])


def said(one: Written, other: Written, name: str = "period", rows: int = 13) -> list[str]:
    """The warnings about two tables with these periods, a few rows at a time."""
    found: list[str] = []
    p = pa.table({"period": one, "p": [0.5] * len(one)})
    t = pa.table({name: other, "t": [1.5] * len(one)})
    execution = Execution(chunk_rows=rows, threads=2)
    evaluate(p, t, pred="p", target="t", execution=execution, warn=found.append)
    return found


@pytest.mark.sampled
@pytest.mark.parametrize(("one", "other"), SOME, ids=shown)
def test_right_rows_in_two_notations_are_silent(one: Written, other: Written) -> None:
    assert said(one, other) == []
    assert said(other, one, rows=1000) == []


POINTS = {"2024.01": "{y}.{m:02}", "01.2024": "{m:02}.{y}"}
BESIDE = {
    "202401": "{y}{m:02}",
    "2024-01": "{y}-{m:02}",
    "2024/1": "{y}/{m}",
    "Jan 2024": "{n} {y}",
}


def csv_of(path: Path, form: str, value: str, rows: list[int]) -> Path:
    """A file of months in text, 30 of them from January 2022 on, of which these rows are taken."""
    months = [form.format(y=2022 + i // 12, m=i % 12 + 1, n=ENGLISH[i % 12]) for i in rows]
    lines = [f"{month},{i}.5" for i, month in zip(rows, months, strict=True)]
    path.write_text("\n".join((f"month,{value}", *lines, "")), encoding="utf-8")
    return path


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("beside", [*BESIDE, *POINTS])
def test_months_with_points_are_months_beside_those_of_another_notation(
    tmp_path: Path, point: str, beside: str
) -> None:
    rows = list(range(30))
    one = csv_of(tmp_path / "p.csv", POINTS[point], "p", rows)
    form = (BESIDE | POINTS)[beside]
    found: list[str] = []
    same = csv_of(tmp_path / "t.csv", form, "t", rows)
    execution = Execution(chunk_rows=7)
    assert evaluate(one, same, pred="p", target="t", execution=execution, warn=found.append).n == 30
    assert found == []
    reordered = csv_of(tmp_path / "r.csv", form, "t", rows[::-1])
    with pytest.raises(DataError, match="the same values in another order") as caught:
        evaluate(one, reordered, pred="p", target="t", execution=execution)
    assert "--key" not in str(caught.value.hint) or point == beside
    shifted = csv_of(tmp_path / "s.csv", form, "t", [i + 1 for i in rows])
    with pytest.raises(DataError, match="rises on both sides") as caught:
        evaluate(one, shifted, pred="p", target="t", execution=execution)
    assert "--key" not in str(caught.value.hint) or point == beside


@pytest.mark.parametrize(
    ("one", "other", "are_months"),
    [
        (["2024.01", "2024.02"], ["202401", "202402"], True),
        (["2024.01", None], ["01.2024", "02.2024"], True),
        (["2024.01", "2024.13"], ["202401", "202402"], False),
        (["2024.01", "2024.02"], ["2024.01", "2024.02"], False),
        (["01.2024", "02.2024"], ["02.2024", "03.2024"], True),
        (["202401"], ["2024-01"], False),
        ([None], ["2024.01"], False),
        (["2024.01"], ["2024"], False),
    ],
)
def test_fractions_are_months_only_if_all_are(
    one: list[str | None], other: list[str | None], are_months: bool
) -> None:
    sides = [pa.array(some, pa.binary()) for some in (one, other)]
    assert have_points(*sides) == are_months
    assert have_points(*sides[::-1]) == are_months


@pytest.mark.parametrize(("one", "other"), SOME, ids=shown)
@pytest.mark.parametrize("name", ["period", "when"])
def test_another_order_is_refused_with_advice_to_write_both_alike(
    one: Written, other: Written, name: str
) -> None:
    for rows in (13, 1000):
        with pytest.raises(DataError, match="the same values in another order") as caught:
            said(one[:N], [other[i] for i in SHUFFLED], name, rows)  # type: ignore[arg-type]
        assert str(caught.value.hint).startswith("write both alike, as keys must be")


@pytest.mark.sampled
@pytest.mark.parametrize(("one", "other"), SOME, ids=shown)
def test_a_lag_of_one_is_refused_in_two_notations(one: Written, other: Written) -> None:
    for sides in ((one[:N], other[1:]), (other[:10], one[1:11])):
        with pytest.raises(DataError, match="rises on both sides, with other values") as caught:
            said(*sides)
        assert "write both alike, as keys must be" in str(caught.value.hint)


@pytest.mark.parametrize("of_one", [n for some in NOTATIONS.values() for n in some], ids=shown)
@pytest.mark.parametrize("begin", [0, 5])
def test_a_lag_of_one_in_one_notation_is_refused_with_the_key(of_one: Written, begin: int) -> None:
    with pytest.raises(DataError, match="rises on both sides, with other values") as caught:
        said(of_one[begin : begin + 8], of_one[begin + 1 : begin + 9])
    assert "--key period matches" in str(caught.value.hint)


def test_months_are_no_quarters_and_no_days() -> None:
    for other in (NOTATIONS["quarter"][0], [f"2024-03-{i:02}" for i in range(1, 31)]):
        n = len(other)
        (warning,) = said(NOTATIONS["month"][8][:n], other)
        assert "column 'period' differs" in warning


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files_are_treated_as_tables_in_memory(tmp_path: Path, suffix: str) -> None:
    right = [*NOTATIONS["month"][8]]
    p = save_table(tmp_path / f"p{suffix}", {"month": NOTATIONS["month"][1], "p": [0.5] * (N + 1)})
    for texts, is_right in ((right, True), (right[::-1], False)):
        t = save_table(tmp_path / f"t{suffix}", {"month": texts, "t": [1.5] * (N + 1)})
        if is_right:
            assert evaluate(p, t, pred="p", target="t", warn=pytest.fail).n == N + 1
            continue
        with pytest.raises(DataError, match="the same values in another order"):
            evaluate(p, t, pred="p", target="t")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("septiembre, 2024", "202409"),
        ("märz 2024", "202403"),
        ("dez. 1999", "199912"),
        ("jan-70", "197001"),
        ("jan-69", "206901"),
        (" 2024m1 ", "202401"),
        ("2024 w3", "2024w03"),
    ],
)
def test_a_period_has_one_plain_notation(text: str, plain: str) -> None:
    assert with_plain_periods(pa.array([text.encode()])).to_pylist() == [plain.encode()]


@pytest.mark.parametrize(
    "text",
    ["24-jan", "jan 24", "2024-13", "13/2024", "2024", "1.2024", "2024.1", "2024-1-2", "q5 2024"],
)
def test_other_texts_are_no_periods(text: str) -> None:
    assert with_plain_periods(pa.array([text.encode()])).to_pylist() == [text.encode()]
