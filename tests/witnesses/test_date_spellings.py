"""Dates of a column in common in two notations, and texts that differ in case or zeros alone."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.witnesses.agreement import Agreement
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

N = 40
DAYS = [date(2023, 12, 1) + timedelta(days=i) for i in range(N)]
ISO = list(map(str, DAYS))
MOVED = [*DAYS[7:], *DAYS[:7]]

NOTATIONS: dict[str, Callable[[date], str]] = {
    "points": lambda day: f"{day:%d.%m.%Y}",
    "points without zeros": lambda day: f"{day.day}.{day.month}.{day.year}",
    "without zeros": lambda day: f"{day.year}-{day.month}-{day.day}",
    "year and slashes": lambda day: f"{day:%Y/%m/%d}",
    "time of day": lambda day: f"{day:%d.%m.%Y} 00:00",
    "day and slashes": lambda day: f"{day:%d/%m/%Y}",
    "month and slashes": lambda day: f"{day.month}/{day.day}/{day.year}",
    "R": lambda day: f"{day.day}-{day:%b-%Y}",
    "SAS": lambda day: f"{day:%d%b%Y}".upper(),
    "Excel": lambda day: f"{day:%d-%b-%y}",
    "month in words": lambda day: f"{day:%B} {day.day}, {day.year}",
}
cases = pytest.mark.parametrize("written", NOTATIONS.values(), ids=NOTATIONS)


def said(
    one: Sequence[str | int] | pa.Array,
    other: Sequence[str | int] | pa.Array,
    name: str = "day",
    rows: int = 13,
) -> list[str]:
    """The warnings about two tables with these texts, a few rows at a time."""
    found: list[str] = []
    p = pa.table({"day": one, "p": [0.5] * len(one)})
    t = pa.table({name: other, "t": [1.5] * len(one)})
    execution = Execution(chunk_rows=rows, threads=2)
    of = {"pred": "p", "target": "t", "execution": execution, "warn": found.append}
    assert evaluate(p, t, **of).n == len(one)
    return found


@cases
def test_dates_in_two_notations_are_the_same(written: Callable[[date], str]) -> None:
    for rows in (13, 1000):
        assert said(ISO, list(map(written, DAYS)), rows=rows) == []
        assert said(list(map(written, DAYS)), ISO, rows=rows) == []


TIMES = [datetime(2024, 1, 20, 5, 30, tzinfo=UTC) + timedelta(hours=7 * i) for i in range(N)]
CLOCKS: dict[str, Callable[[datetime], str]] = {
    "Excel, month first": lambda at: f"{at.month}/{at.day}/{at.year} {at.hour}:{at:%M}",
    "Excel, year first": lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M}",
    "halves of a day": lambda at: f"{at:%m/%d/%Y} {at.hour % 12 or 12}:{at:%M:%S} {half_of(at)}",
    "halves in ISO": lambda at: (
        f"{at:%Y-%m-%d} {at.hour % 12 or 12:02}:{at:%M}{half_of(at).lower()}"
    ),
    "ISO without zeros": lambda at: f"{at:%Y-%m-%d} {at.hour}:{at:%M}",
    "comma": lambda at: f"{at:%Y-%m-%d %H:%M:%S},000",
    "day first": lambda at: f"{at:%d.%m.%Y %H:%M}",
    "a comma behind the day": lambda at: f"{at:%d.%m.%Y, %H:%M:%S}",
    "T behind the day": lambda at: f"{at:%Y/%m/%dT%H:%M}",
    "JavaScript": lambda at: f"{at.month}/{at.day}/{at.year}, {at:%I:%M:%S %p}",
    "SAS": lambda at: f"{at:%d%b%Y:%H:%M:%S}".upper(),
    "C": lambda at: at.ctime(),
    "SQL": lambda at: f"{at:%b} {at.day:2} {at.year} {at:%I:%M%p}",
    "capitals": lambda at: f"{at.day} {FRENCH[at.month - 1].upper()} {at.year} {at:%H:%M}",
    "Spanish": lambda at: f"{at.day} de {SPANISH[at.month - 1]} de {at.year} {at:%H:%M}",
}
FRENCH = ["janv.", "f\u00e9vr.", *("mars", "avr.", "mai", "juin", "juil.", "ao\u00fbt", "sept.")]
FRENCH += ["oct.", "nov.", "d\u00e9c."]
SPANISH = ["enero", *("feb", "mar", "abr", "mayo", "jun", "jul", "ago", "set", "oct", "nov", "dic")]
ZONED: dict[str, Callable[[datetime], str]] = {
    "mail": lambda at: f"{at:%a, %d %b %Y %H:%M:%S} GMT",
    "mail with an offset": lambda at: f"{at:%a, %d %b %Y %H:%M:%S} +0000",
    "servers": lambda at: f"{at + timedelta(hours=1):%d/%b/%Y:%H:%M:%S} +0100",
}


def half_of(time: datetime) -> str:
    return "AM" if time.hour < 12 else "PM"


@pytest.mark.parametrize("written", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("rows", [13, 1000])
def test_times_of_day_in_two_notations_are_the_same(
    written: Callable[[datetime], str], rows: int
) -> None:
    others = list(map(written, TIMES))
    for sign in " T":
        iso = [f"{at:%Y-%m-%d}{sign}{at:%H:%M:%S}" for at in TIMES]
        assert said(iso, others, rows=rows) == []
        with pytest.raises(DataError, match="holds the same values in another order"):
            said(others, [*iso[7:], *iso[:7]], rows=rows)


@pytest.mark.parametrize("written", ZONED.values(), ids=ZONED)
def test_times_of_utc_with_names_of_months_are_no_local_times(
    written: Callable[[datetime], str],
) -> None:
    others = list(map(written, TIMES))
    for iso in ("{:%Y-%m-%dT%H:%M:%S}Z", "{:%Y-%m-%d %H:%M:%S}+00:00"):
        assert said(list(map(iso.format, TIMES)), others) == []
        with pytest.raises(DataError, match="holds the same values in another order"):
            said(list(map(iso.format, [*TIMES[7:], *TIMES[:7]])), others)
    assert "differs" in said([f"{at:%Y-%m-%d %H:%M:%S}" for at in TIMES], others)[0]


@cases
@pytest.mark.parametrize("name", ["day", "date"])
def test_another_order_in_another_notation_is_refused(
    written: Callable[[date], str], name: str
) -> None:
    for rows in (13, 1000):
        with pytest.raises(DataError, match=r"row 1 on.*holds? the same values in another order"):
            said(ISO, list(map(written, MOVED)), name, rows)


MONTHS = [
    *("Jan", "février", "März", "avril", "mayo", "Juni"),
    *("juillet", "Aug.", "Sept", "Okt", "nov", "Dez"),
]


def test_months_have_names_in_several_languages_and_other_words_are_no_months() -> None:
    days = [date(2023, month, 9) for month in range(1, 13)]
    written = [f"9. {name} 2023" for name in MONTHS]
    assert said(list(map(str, days)), written) == []
    with pytest.raises(DataError, match=r"another order.*\[write both alike, as keys must be; "):
        said([*map(str, days[1:]), str(days[0])], written)
    codes = [f"{i}dec{i}x" for i in range(N)]
    assert "differs" in said(codes, [f"{i}mar{i}x" for i in range(N)])[0]


@pytest.mark.parametrize("written", ["{day}-{at:%b}-{at:%y}", "{at:%y}{at:%b}{day:02}"])
def test_years_of_two_digits_are_no_proof_of_other_days(written: str) -> None:
    """They may be of another century, or the days of the month."""
    days = [date(1948, 1, 5) + timedelta(days=i) for i in range(20)]
    texts = [written.format(at=day, day=day.day) for day in days]
    assert "differs" in said(list(map(str, days)), texts)[0]


def test_dates_with_slashes_are_read_as_they_agree() -> None:
    """Days up to the twelfth fit both readings; if one agrees, the other order is none."""
    days = [date(2024, month, day) for month in range(1, 13) for day in range(1, 13)]
    swapped = [f"{day.month}/{day.day}/{day.year}" for day in days]
    assert said(list(map(str, days)), swapped) == []
    (warning,) = said([f"{day.day:02}/{day.month:02}/2024" for day in days], swapped)
    assert "column 'day' differs" in warning  # nothing tells how each side is read


@pytest.mark.parametrize("rows", [13, 1000])
@pytest.mark.parametrize("zeros", [True, False])
def test_a_day_above_twelve_settles_how_both_sides_with_slashes_are_read(
    rows: int, *, zeros: bool
) -> None:
    written = "{:02}/{:02}/{}" if zeros else "{}/{}/{}"
    first = [written.format(day.day, day.month, day.year) for day in DAYS]
    second = [f"{day:%m/%d/%Y}" for day in DAYS]
    assert said(first, second, rows=rows) == []
    assert said(second, first, rows=rows) == []
    for name in ("day", "date"):
        with pytest.raises(DataError, match="the same values in another order") as caught:
            said(first, [*second[7:], *second[:7]], name, rows)
        assert "write both alike, as keys must be" in str(caught.value.hint)


def test_zeros_of_dates_with_slashes_do_not_count() -> None:
    short = [f"{day.month}/{day.day}/{day.year}" for day in DAYS[:8]]
    padded = [f"{day:%m/%d/%Y}" for day in DAYS[:8]]
    assert said(short, padded) == []
    with pytest.raises(DataError, match="the same values in another order"):
        said(short, padded[::-1])


@pytest.mark.parametrize("written", [NOTATIONS["points"], NOTATIONS["year and slashes"]])
@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.timestamp("ns")])
def test_dates_in_text_are_read_beside_dates_by_type(
    written: Callable[[date], str], kind: pa.DataType
) -> None:
    stored = pa.array(DAYS).cast(kind)
    texts, moved = list(map(written, DAYS)), list(map(written, MOVED))
    for rows in (13, 1000):
        assert said(stored, texts, rows=rows) == []
        assert said(texts, stored, rows=rows) == []
        for name in ("day", "date"):
            with pytest.raises(DataError, match=r"holds? the same values in another order"):
                said(stored, moved, name, rows)


BESIDE_SLASHES: dict[str, Callable[[date], str | int]] = {
    "points": lambda day: f"{day:%d.%m.%Y}",
    "points without zeros": lambda day: f"{day.day}.{day.month}.{day.year}",
    "year and slashes": lambda day: f"{day:%Y/%m/%d}",
    "eight digits": lambda day: f"{day:%Y%m%d}",
    "integers": lambda day: int(f"{day:%Y%m%d}"),
}


@pytest.mark.parametrize("written", BESIDE_SLASHES.values(), ids=BESIDE_SLASHES)
@pytest.mark.parametrize("slashes", ["%d/%m/%Y", "%m/%d/%Y"])
@pytest.mark.parametrize("rows", [13, 1000])
def test_dates_with_slashes_are_read_beside_dates_of_any_notation(
    written: Callable[[date], str | int], slashes: str, rows: int
) -> None:
    others = [written(day) for day in DAYS]
    assert said([day.strftime(slashes) for day in DAYS], others, rows=rows) == []
    moved = [day.strftime(slashes) for day in MOVED]
    for name in ("day", "date"):
        for one, other in ((moved, others), (others, moved)):
            with pytest.raises(DataError, match=r"holds? the same values in another order"):
                said(one, other, name, rows)


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d.%m.%Y"])
def test_times_with_slashes_are_read_beside_hours_without_zeros(written: str) -> None:
    excel = list(map(CLOCKS["Excel, month first"], TIMES))
    others = [f"{at.strftime(written)} {at.hour}:{at:%M}" for at in TIMES]
    assert said(excel, others) == []
    with pytest.raises(DataError, match="holds the same values in another order"):
        said(excel, [*others[7:], *others[:7]])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["01234", "1234"], ["1234", "01234"]),
        (["aB3", "Ab3"], ["Ab3", "aB3"]),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_ids_that_differ_in_zeros_or_case_alone_are_refused_in_another_order(
    tmp_path: Path, one: list[str], other: list[str], suffix: str
) -> None:
    rest = [f"{i}" for i in range(5000, 5020)]
    p = save_table(tmp_path / f"p{suffix}", {"id": [*rest, *one], "p": [0.5] * 22})
    t = save_table(tmp_path / f"t{suffix}", {"id": [*rest, *other], "t": [1.5] * 22})
    with pytest.raises(DataError, match=r"'id' differs .* row 21 on, and holds the same values"):
        evaluate(p, t, pred="p", target="t")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, p, pred="p", target="p", warn=lambda _: None).mean == 0


def test_zeros_that_one_side_alone_has_are_the_spelling_of_one_id() -> None:
    padded = [f"{i:05}" for i in range(N)]
    assert said(padded, [str(i) for i in range(N)]) == []


@pytest.mark.parametrize(
    "written",
    [
        lambda i, day: f"{day:%Y%m%d}" if i < N // 2 else str(day),
        lambda i, day: f"{day:%d.%m.%Y}" if i < N // 2 else f"{day:%Y%m%d}",
        lambda i, day: f"{day:%d.%m.%Y}" if i % 2 else f"{day.year}-{day.month}-{day.day}",
    ],
    ids=["digits, then ISO", "points, then digits", "points and no zeros"],
)
def test_a_column_of_two_notations_is_judged_alike_at_any_chunk_size(
    tmp_path: Path, written: Callable[[int, date], str]
) -> None:
    numbers = [0.5] * N
    t = save_table(tmp_path / "t.parquet", {"d": pa.array(DAYS), "t": numbers})
    for days, are_moved in ((DAYS, False), (MOVED, True)):
        texts = [written(i, day) for i, day in enumerate(days)]
        p = save_table(tmp_path / "p.csv", {"d": texts, "p": numbers})
        for rows in (1, 8, N // 2, 25, N, None):
            told: list[str] = []
            execution = Execution(2, rows)
            if not are_moved:
                evaluate(p, t, pred="p", target="t", execution=execution, warn=told.append)
                assert not told
                continue
            with pytest.raises(DataError, match="the same values in another order") as caught:
                evaluate(p, t, pred="p", target="t", execution=execution)
            assert "write both alike, as keys must be" in (caught.value.hint or "")


@pytest.mark.parametrize("written", [NOTATIONS["points"], NOTATIONS["month and slashes"]])
def test_parts_are_merged_in_any_order(written: Callable[[date], str]) -> None:
    for days, are_moved in ((DAYS, False), (MOVED, True)):
        ones, others = ([*[""] * 13, *dates] for dates in (ISO, map(written, days)))
        parts = [part_of(begin, ones, others, n) for begin, n in ((0, 13), (30, 23), (13, 17))]
        parts[0].merge(parts[1])
        parts[0].merge(parts[2])
        assert (parts[0].agrees, parts[0].is_permuted) == (not are_moved, are_moved)


def test_the_first_row_of_other_zeros_is_that_of_all_parts() -> None:
    one = ["7", "8", "07", "08"]
    parts = [part_of(begin, one, [*one[2:], *one[:2]], 2) for begin in (2, 0)]
    parts[0].merge(parts[1])
    assert parts[0].is_permuted
    assert not parts[0].agrees
    assert parts[0].first_difference == 0


def part_of(begin: int, one: Sequence[str], other: Sequence[str], n: int) -> Agreement:
    """The comparison of some rows."""
    found = Agreement()
    rows = slice(begin, begin + n)
    found.add(begin, *(pa.array([x.encode() for x in side[rows]]) for side in (one, other)))
    return found
