"""Names that say how many files a set has, and files that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}


def tables(folder: Path, names: Sequence[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("p,t\n1,0\n")
    return folder


def n_of(path: Path | str) -> int:
    return evaluate(path, None, L1, **COLUMNS).n


COMPLETE = [
    [f"data-{i:05}-of-00003.csv" for i in range(3)],
    [f"data-{i:05}-of-00003.csv" for i in (1, 2, 3)],
    [f"{month}-{i}-of-2.csv" for month in ("2024-01", "2024-02") for i in (0, 1)],
    [f"city={city}/x-{i}-of-2.csv" for city in ("graz", "wien") for i in (0, 1)],
    [f"run-{i}-of-2/x-{j}-of-2.csv" for i in (0, 1) for j in (0, 1)],
    ["test_a.csv", "test_b.csv", "latest.csv"],
    [f"train-{i}-of-2-{i}f2a9c1e00c0ffee.csv" for i in (0, 1)],
    ["x-0-of-2.csv", "x-1-of-2.csv", "other.csv"],
    ["x_1_of_2", "x_2_of_2"],
    ["part-1-of-2048.csv", "part-10-of-2048.csv"],
    ["x-7-of-3.csv", "x-8-of-3.csv"],
    ["x-0-of-2.csv", "x-1-of-2.csv", "x-2-of-2.csv"],
]


@pytest.mark.parametrize("names", COMPLETE)
def test_sets_that_are_complete_or_counted_otherwise_are_read(
    tmp_path: Path, names: list[str]
) -> None:
    p = tables(tmp_path / "p", names)
    assert n_of(p / "**" / "*") == len(names)
    if "/" not in names[0]:
        assert n_of(p) == n_of(p / "*") == len(names)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["train-00000-of-00001.csv", "test-00000-of-00001.csv"], "2 sets .*test-.*train-"),
        (["a-0-of-1.csv", "b-0-of-2.csv", "b-1-of-2.csv"], r"2 sets .*a-\*, .*b-\* "),
        (["x_train.csv", "x_val.csv", "x_test.csv"], "3 sets .*x_test.csv, x_train.csv and 1 more"),
        (["dev/0.csv", "eval/0.csv", "eval/1.csv"], "2 sets .*dev/0.csv, eval/0.csv"),
    ],
)
def test_files_of_several_sets_are_warned_of(tmp_path: Path, names: list[str], says: str) -> None:
    p = tables(tmp_path / "p", names)
    with pytest.warns(UserWarning, match=f"files of {says}"):
        assert n_of(p / "**" / "*.csv") == len(names)
    if "/" not in names[0]:
        with pytest.warns(UserWarning, match=f"files of {says}"):
            assert n_of(p) == len(names)
        assert n_of(p / f"{names[0][:5]}*") < len(names)


INCOMPLETE = [
    (["data-00000-of-00003.csv", "data-00002-of-00003.csv"], "data-00001-of-00003.csv is missing"),
    (["data-00000-of-00003.csv", "data-00001-of-00003.csv"], "data-00002-of-00003.csv is missing"),
    (["data-2-of-3.csv", "data-3-of-3.csv"], "data-1-of-3.csv is missing"),
    (["data-1-of-3.csv", "data-2-of-3.csv"], "data-0-of-3.csv or .*data-3-of-3.csv is missing"),
    (["data-0-of-5.csv", "data-1-of-5.csv"], "data-2-of-5.csv is missing and 2 more"),
    (["a-0-of-1.csv", "b-0-of-3.csv", "b-2-of-3.csv"], "b-1-of-3.csv is missing"),
    (["x_1of3", "x_3of3"], "x_2of3 is missing"),
]


@pytest.mark.parametrize(("names", "says"), INCOMPLETE)
def test_a_set_with_a_missing_file_is_refused(tmp_path: Path, names: list[str], says: str) -> None:
    p = tables(tmp_path / "p", names)
    for path in (p, p / "*", f"{tmp_path}/**/*"):
        with pytest.raises(DataError, match=f"parts are there, by their names: .*{says}.*pattern"):
            n_of(path)


def test_a_pattern_that_does_not_match_what_is_missing_is_meant(tmp_path: Path) -> None:
    p = tables(tmp_path / "p", ["data-00000-of-00003.csv", "data-00002-of-00003.csv"])
    assert n_of(p / "data-0000[02]*.csv") == 2
    assert n_of(p / "data-00000-*.csv") == n_of(p / "data-00000-of-00003.csv") == 1
    (p / "data-00000-of-00003.csv").unlink()
    for path in (p, p / "*", f"{tmp_path}/**/*"):
        with pytest.raises(DataError, match="1 of 3 parts is there"):
            n_of(path)
    assert n_of(p / "data-00002-*.csv") == n_of(p / "data-00002-of-00003.csv") == 1


def test_a_missing_folder_of_a_set_is_missed(tmp_path: Path) -> None:
    names = [f"run-{i}-of-3/part-{j}-{i}{j}.csv" for i in (0, 2) for j in (0, 1)]
    p = tables(tmp_path / "p", names)
    for ends in ("*/*.csv", "run-*-of-3/*.csv", "**/*.csv"):
        with pytest.raises(DataError, match=r"2 of 3 parts .* .*run-1-of-3.* is missing"):
            n_of(p / ends)
    assert n_of(p / "run-0-of-3/*.csv") == n_of(p / "run-0-of-3") == 2
    assert n_of(p / "run-[02]-of-3/*.csv") == 4


SPLITS = ["split=test/a.csv", "split=train/a.csv", "split=train/b.csv"]


def test_sets_that_are_the_groups_are_meant(tmp_path: Path) -> None:
    folder = tables(tmp_path, SPLITS)
    by_split = EvalSettings((0.0,), "sum", by="split")
    found = evaluate(folder, None, by_split, **COLUMNS)
    assert [tally.n for tally in found.tallies] == [1, 2]
    with pytest.warns(UserWarning, match="2 sets .*test/a.csv, .*train/a.csv"):
        n_of(folder)
    tables(tmp_path, ["split=train/c_train.csv", "split=train/c_val.csv"])
    with pytest.warns(UserWarning, match="2 sets") as warned:
        evaluate(f"{folder}/split=*/*", None, by_split, **COLUMNS)
    assert len(warned) == 1


@pytest.mark.parametrize(
    "names",
    [
        [f"data-{i}-of-{n}.csv" for n in (2, 3) for i in range(n)],
        [f"data-{i}-of-2-{of}f2a9c1e00c0ffee.csv" for of in (1, 2) for i in range(2)],
        ["data-0-of-2.csv", "data-1-of-3.csv"],
    ],
)
def test_files_of_two_sets_are_refused(tmp_path: Path, names: list[str]) -> None:
    p = tables(tmp_path / "p", names)
    for path in (p, p / "*"):
        with pytest.raises(DataError, match=r"data-\d-of-.* are of two sets.*pattern"):
            n_of(path)
    if len(names) == 5:
        assert n_of(p / "*-of-2.csv") == 2


NOT_OF_FILES = [
    [f"member-1-of-5-part-{i}.csv" for i in range(3)],
    [f"fold-2-of-5_part-{i}.csv" for i in (1, 2, 10)],
    [f"member-{i}-of-2-part-{j}.csv" for i in (1, 2) for j in (0, 1)],
]


@pytest.mark.parametrize("names", NOT_OF_FILES)
def test_a_number_that_others_follow_is_not_that_of_a_file(
    tmp_path: Path, names: list[str]
) -> None:
    p = tables(tmp_path / "p", names)
    for path in (p, p / "*", p / "*part-[0-9]*.csv"):
        assert n_of(path) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        [f"data-0-of-1-{i}.csv" for i in (1, 2)],
        [f"data-1-of-2-v{i}.csv" for i in (1, 2)],
        [f"data-1-of-2-attempt-{i}.csv" for i in (1, 2)],
        [f"data-{i}-of-2-run{j}.csv" for i in (0, 1) for j in (1, 2)],
        ["data-1-of-2-part-0.csv", "data-1-of-3-part-0.csv"],
    ],
)
def test_versions_and_attempts_of_one_file_are_of_two_sets(
    tmp_path: Path, names: list[str]
) -> None:
    p = tables(tmp_path / "p", names)
    with pytest.raises(DataError, match="are of two sets"):
        n_of(p)


def test_a_missing_member_is_missed_though_each_has_parts(tmp_path: Path) -> None:
    names = [f"member-{i}-of-3-part-{j}.csv" for i in (1, 3) for j in (0, 1)]
    p = tables(tmp_path / "p", names)
    with pytest.raises(DataError, match=r"2 of 3 parts .*member-2-of-3-part-0.csv is missing"):
        n_of(p)
