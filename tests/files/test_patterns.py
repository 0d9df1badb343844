"""Patterns of files: `**` in them, and files at different depths."""

from __future__ import annotations

import gzip
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, SettingsError, StorageError, evaluate
from smoothl1.files.tree import LOCAL
from smoothl1.sources.formats import files_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Tables whose losses are 1, 2, 4 and 8, and one in a hidden folder."""
    for i, name in enumerate(["run/2.csv", "run/a/0.csv", "run/a/b/1.csv", "run/c/1.csv"]):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"p,t\n{2**i},0\n")
    (tmp_path / "run/.hidden").mkdir()
    (tmp_path / "run/.hidden/3.csv").write_text("p,t\n100,0\n")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**/*.csv", 15.0),
        ("run/**/*.csv", 15.0),
        ("run/**/1.csv", 12.0),
        ("run/**", 15.0),
        ("run/**/*", 15.0),
        ("run/**/**/*.csv", 15.0),
        ("**/a/**/*.csv", 6.0),
        ("run/a/**/*.csv", 6.0),
        ("run/*/*.csv", 10.0),
        ("run/*/**/*.csv", 14.0),
    ],
)
def test_two_asterisks_stand_for_any_number_of_folders(
    tree: Path, pattern: str, expected: float
) -> None:
    assert evaluate(tree / pattern, None, L1, **COLUMNS).values == (expected,)


def test_two_asterisks_find_the_files_that_other_commands_take(tree: Path) -> None:
    found = files_of(f"{tree}/run/**/*.csv", lambda _: None)
    names = ("2.csv", "a/0.csv", "a/b/1.csv", "c/1.csv")
    assert found == [f"{tree}/run/{name}" for name in names]


def test_a_name_with_brackets_that_is_no_file_is_warned_of(tree: Path) -> None:
    with pytest.warns(UserWarning, match=r"no file of this name; as a pattern it matches .*2\.csv"):
        assert evaluate(tree / "run/[2].csv", None, L1, **COLUMNS).values == (1.0,)
    for pattern in ("run/[1-3].csv", "run/[!1].csv", "run/[2].c*", "run/*/[1].csv"):
        evaluate(tree / pattern, None, L1, **COLUMNS)
    (tree / "run/[2].csv").write_text("p,t\n16,0\n")
    assert evaluate(tree / "run/[2].csv", None, L1, **COLUMNS).values == (16.0,)


@pytest.mark.parametrize("pattern", ["run/**.csv", "run/a**/0.csv", "run/***/0.csv"])
def test_two_asterisks_within_a_name_are_refused(tree: Path, pattern: str) -> None:
    with pytest.raises(SettingsError, match=r"\*\* is not a whole name"):
        evaluate(tree / pattern, None, L1, **COLUMNS)


def test_two_asterisks_in_brackets_are_asterisks(tree: Path) -> None:
    (tree / "x**y.csv").write_text("p,t\n3,0\n")
    assert evaluate(tree / "x[*][*]*.csv", None, L1, **COLUMNS).values == (3.0,)
    assert evaluate(tree / "x**y.csv", None, L1, **COLUMNS).values == (3.0,)


def test_a_folder_that_two_asterisks_match_beside_files_is_refused(tree: Path) -> None:
    (tree / "run/d.csv").mkdir()
    (tree / "run/d.csv/part-0.txt").write_text("p,t\n3,0\n")
    with pytest.raises(OSError, match=r"d\.csv"):
        evaluate(tree / "run/**/*.csv", None, L1, **COLUMNS)


@pytest.mark.parametrize("pattern", ["run/**/*.csv", "run/**"])
def test_the_unfinished_files_of_hadoop_are_refused(tree: Path, pattern: str) -> None:
    (tree / "run/_temporary/0").mkdir(parents=True)
    (tree / "run/_temporary/0/1.csv").write_text("p,t\n3,0\n")
    with pytest.raises(DataError, match=r"looks unfinished, .*_temporary/0/1\.csv"):
        evaluate(tree / pattern, None, L1, **COLUMNS)
    assert evaluate(tree / "run/_temporary/*/1.csv", None, L1, **COLUMNS).values == (3.0,)


def test_the_order_of_files_at_different_depths_is_in_doubt(tree: Path) -> None:
    np.save(tree / "t.npy", np.zeros(4))
    with pytest.raises(DataError, match=r"in doubt: 2\.csv and a/0\.csv are at different depths"):
        evaluate(tree / "run/**/*.csv", tree / "t.npy", L1, pred=("p",))
    loose = ReadOptions(key_check=False)
    found = evaluate(tree / "run/**/*.csv", tree / "t.npy", L1, pred=("p",), options=loose)
    assert found.values == (15.0,)
    same = evaluate(tree / "run/**/*.csv", tree / "run/**/*.csv", L1, **COLUMNS)
    assert same.values == (15.0,)


@pytest.mark.parametrize("name", ["{}.parquet", "{}.csv.gz", "part-{}"])
def test_empty_files_are_no_shards_but_of_text(tmp_path: Path, name: str) -> None:
    data = pa.table({"p": [1.0, 2.0], "t": [1.0, 3.0]})
    whole = tmp_path / name.format(0)
    if name.endswith("gz"):
        whole.write_bytes(gzip.compress(b"p,t\n1,2\n"))
    else:
        pq.write_table(data, whole)
    (tmp_path / name.format(1)).touch()
    for path in (tmp_path, tmp_path / "*"):
        with pytest.raises(DataError, match=r"1.* has 0 bytes: not written to the end"):
            evaluate(path, pred="p", target="t")
    whole.write_text("p,t\n1,3\n")
    if name == "part-{}":
        assert evaluate(tmp_path, pred="p", target="t").n == 1


def test_a_pattern_that_matches_a_folder_beside_an_empty_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.csv").touch()
    with pytest.raises(StorageError, match=r"/a: not a regular file$"):
        evaluate(tmp_path / "*", pred="p", target="t")


def test_a_folder_that_vanishes_is_the_fault_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each of the questions that are asked of it, one after the other."""
    calls: list[str] = []

    def vanishing(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any) -> Any:
            calls.append(ask.__name__)
            if len(calls) == last:
                shutil.rmtree(tmp_path / "run")
            return ask(*args)

        return asked

    for name in ("names", "folders", "which", "is_folder", "empty"):
        monkeypatch.setattr(LOCAL, name, vanishing(getattr(LOCAL, name)))
    for last in range(2, 40):  # the first asks whether it is a folder
        (tmp_path / "run").mkdir(exist_ok=True)
        for i in range(2):
            (tmp_path / f"run/{i}.csv").write_text("p,t\n1,0\n")
        calls.clear()
        refusal = None
        try:
            assert evaluate(tmp_path / "run", None, L1, **COLUMNS).n == 2
        except StorageError as error:
            refusal = error
        if len(calls) < last:
            break
        assert str(refusal).startswith(f"{tmp_path}/run")
    assert 3 < len(calls) < last
