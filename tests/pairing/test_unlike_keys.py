"""Keys of which none has a match: the message shows one of either side, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

CHOSEN: dict[str, Any] = {"pred": "p", "target": "y", "key": "k"}
Y = [1.0, 2.0, 3.0]


def refused(folder: Path, one: list[Any], other: list[Any]) -> DataError:
    p, t = save(folder / "p.csv", k=one, p=Y), save(folder / "t.csv", k=other, y=Y)
    with pytest.raises(DataError) as caught:
        evaluate(p, t, **CHOSEN)
    return caught.value


def test_a_key_of_either_side_is_shown_where_none_matches(tmp_path: Path) -> None:
    error = refused(tmp_path, ["x", "y", "z"], ["c", "b", "a"])
    assert "'x' of row 1 has no match in" in error.what
    assert error.what.endswith("t.csv, nor have 2 others; there the first is 'c'")
    assert "are --key and the files the right ones" in str(error.hint)


def test_a_key_without_a_match_of_either_side_is_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, ["a", "k-2", "b"], ["b", "k_2", "a"])
    assert error.what.endswith("t.csv; there the first without one is 'k_2'")
    assert "--unmatched omit leaves out" in str(error.hint)


def test_leaving_out_rows_is_not_advised_where_hardly_a_key_matches() -> None:
    pred = pa.table({"k": [f"a{i}" for i in range(20)], "p": np.arange(20.0)})
    target = pa.table({"k": ["a7", *(f"b{i}" for i in range(30))], "y": np.arange(31.0)})
    with pytest.raises(DataError, match=r"nor have 18 others; there the first is 'b0'") as caught:
        evaluate(pred, target, **CHOSEN)
    assert caught.value.hint == (
        "are --key and the files the right ones? --unmatched omit would keep 1 of 20 keys"
    )
    subset = target.slice(0, 1)
    with pytest.raises(DataError, match=r"\[--unmatched omit leaves out"):
        evaluate(pred, subset, **CHOSEN)


@pytest.mark.parametrize("counts", [[1772353800000, 1772357400000, 1772361000000], [1.7e9] * 3])
def test_counts_from_1970_beside_times_are_told_as_such(tmp_path: Path, counts: list[Any]) -> None:
    counts = [count + i for i, count in enumerate(counts)]
    times = [f"2026-03-01 {hour}:30:00+00:00" for hour in ("08", "09", "10")]
    for sides in ((counts, times), (times, counts)):
        error = refused(tmp_path, *sides)
        assert "a number is no time: write times of both alike" in str(error.hint)


def test_an_offset_from_utc_on_one_side_alone_is_told(tmp_path: Path) -> None:
    times = [f"2026-03-01 {hour}:30:00" for hour in ("08", "09", "10")]
    for sides in (
        (times, [f"{time}+00:00" for time in times]),
        ([f"{time}Z" for time in times], times),
    ):
        assert "write the times of both with an offset" in str(refused(tmp_path, *sides).hint)


@pytest.mark.parametrize(
    ("one", "other"), [(["a", "b", "c"], ["a", "b", "d"]), (["x", "x ", " "], ["X", "y", "z"])]
)
def test_keys_of_which_some_nearly_match_may_be_left_out(
    tmp_path: Path, one: list[str], other: list[str]
) -> None:
    assert "--unmatched omit leaves out" in str(refused(tmp_path, one, other).hint)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("img{}.jpg", "img{}"),
        ("/data/val/img{}.jpg", "img{}.jpg"),
        ("a/Img{}.JPG", "b/img{}.png"),
        ("imgs/img{}.jpg", "imgs/img{}"),
        ("img{}.jpg", "imgs/img{}"),
        ("img{}.q7", "img{}.png"),
        ("img{}.q7", "img{}"),
    ],
    ids=[
        *("a suffix", "folders", "both, and case", "a suffix in a folder", "one of each"),
        *("a format that is not known", "likewise, beside none"),
    ],
)
def test_names_of_files_in_other_folders_or_with_other_suffixes_are_told(
    tmp_path: Path, mine: str, other: str
) -> None:
    mines, others = [mine.format(i) for i in "xyz"], [other.format(i) for i in "zyx"]
    for one, two in ((mines, others), (others[::-1], mines[::-1])):
        error = refused(tmp_path, one, two)
        assert error.what.endswith(f"{one[0]}' and '{two[-1]}' differ in folders or suffixes")
        assert "write folders and suffixes alike in both" in str(error.hint)


def test_what_follows_the_point_in_a_tag_is_no_suffix(tmp_path: Path) -> None:
    error = refused(tmp_path, ["FIC1.PV", "FIC2.PV", "FIC3.PV"], ["FIC1.SP", "FIC2.SP", "FIC3.SP"])
    assert "there the first is 'FIC1.SP'" in error.what


DAYS = ["2024-01-31", "2024-02-01", "2024-02-02"]


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (DAYS, ["02.02.2024", "01.02.2024", "31.01.2024"]),
        (DAYS, ["2-Feb-2024", "1-Feb-2024", "31-Jan-2024"]),
        (DAYS, ["2/2/2024", "2/1/2024", "1/31/2024"]),
        (["1,5", "2,5", "x"], ["X", "2.5", "1.5"]),
    ],
)
def test_the_same_keys_in_another_notation_are_told(
    tmp_path: Path, mine: list[str], others: list[str]
) -> None:
    for one, two in ((mine, others), (others[::-1], mine[::-1])):
        error = refused(tmp_path, one, two)
        assert error.what.endswith(f"'{one[0]}' and '{two[-1]}' are written in two ways")
        assert error.hint == "write both alike, such as dates as 2024-01-31"


def test_dates_with_slashes_are_no_files_in_folders(tmp_path: Path) -> None:
    error = refused(tmp_path, ["31/1/2024", "30/1/2024", "a"], ["1/2/2024", "2/2/2024", "b"])
    assert "there the first is '1/2/2024'" in error.what
