"""Keys that are dates with the day first on one side, and the month first on the other."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [dt.date(2024, 1, 1) + dt.timedelta(i) for i in range(60)]
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])
ASKED: dict[str, Any] = {"pred": "p", "target": "y", "key": "date"}


def save_days(path: Path, name: str, form: str, days: list[dt.date] = DAYS) -> Path:
    """Save days in a form of `strftime`, each with its number."""
    texts = [day.strftime(form) for day in days]
    return save_table(path, {"date": texts, name: [float(day.toordinal()) for day in days]})


def left_out() -> Any:
    """Expect the warning about rows without a match."""
    return pytest.warns(UserWarning, match="left out")


@SUFFIXES
@pytest.mark.parametrize("unmatched", ["error", "omit"])
@pytest.mark.parametrize(
    ("form", "other"), [("%d/%m/%Y", "%m/%d/%Y"), ("%m-%d-%y", "%d.%m.%y"), ("%d/%m/%Y 10:00",) * 2]
)
def test_days_and_months_in_another_order_are_refused(
    tmp_path: Path, suffix: str, unmatched: str, form: str, other: str
) -> None:
    if form == other:
        other = "%m/%d/%Y 10:00"
    p = save_days(tmp_path / f"p{suffix}", "p", form)
    t = save_days(tmp_path / f"t{suffix}", "y", other)
    says = "key 'date' has dates with the (day|month) first .*: equal keys are other days"
    with pytest.raises(DataError, match=says):
        evaluate(p, t, unmatched=unmatched, **ASKED)
    b = save_table(
        tmp_path / f"b{suffix}", {"date": [d.strftime(form) for d in DAYS], "p": [0.5] * 60}
    )
    with pytest.raises(DataError, match=says):
        compare(p, b, t, unmatched=unmatched, **ASKED)


@SUFFIXES
def test_dates_in_one_order_are_matched(tmp_path: Path, suffix: str) -> None:
    p = save_days(tmp_path / f"p{suffix}", "p", "%d/%m/%Y", DAYS[5:])
    t = save_days(tmp_path / f"t{suffix}", "y", "%d/%m/%Y", DAYS[:-5])
    with left_out():
        found = evaluate(p, t, unmatched="omit", **ASKED)
    assert (found.n, found.mean) == (50, 0)


def test_texts_that_are_not_all_dates_are_matched(tmp_path: Path) -> None:
    p = save_table(tmp_path / "p.csv", {"date": ["13/1/20", "1/2/20", "x"], "p": [1.0, 2.0, 3.0]})
    t = save_table(tmp_path / "t.csv", {"date": ["1/13/20", "1/2/20", "y"], "y": [1.0, 2.0, 3.0]})
    with left_out():
        assert evaluate(p, t, unmatched="omit", **ASKED).n == 1


def test_fractions_such_as_versions_that_tell_both_orders_are_matched(tmp_path: Path) -> None:
    p = save_table(tmp_path / "p.csv", {"date": ["13.1.20", "1.13.20", "1.1.20"], "p": [1.0] * 3})
    t = save_table(tmp_path / "t.csv", {"date": ["1.13.20", "1.1.20", "1.2.20"], "y": [1.0] * 3})
    with left_out():
        assert evaluate(p, t, unmatched="omit", **ASKED).n == 2


def test_keys_are_matched_as_they_stand_if_asked_for(tmp_path: Path) -> None:
    p = save_days(tmp_path / "p.csv", "p", "%d/%m/%Y")
    t = save_days(tmp_path / "t.csv", "y", "%m/%d/%Y")
    options = ReadOptions(key_check=False)
    with left_out():
        assert evaluate(p, t, unmatched="omit", options=options, **ASKED).n == 4
