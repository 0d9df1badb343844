"""Texts that a file stores once for many rows: the answers are those of texts in each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

LONG = "long text " * 200
GROUPS = ["a", LONG, LONG + "b", LONG, "a", LONG]
N = len(GROUPS)
KEYS = [f"{LONG}{i}" for i in range(N - 1)] + ["short"]


def runs(column: pa.Array) -> pa.Array:
    """A run for each row."""
    ends = pa.array(np.arange(1, len(column) + 1, dtype=np.int32))
    return pa.RunEndEncodedArray.from_arrays(ends, column)


def with_null(column: pa.Array) -> pa.Array:
    """A dictionary with a value that is null, which some rows may have."""
    values = pa.concat_arrays([pa.nulls(1, pa.string()), column.drop_null().unique()])
    places = [values.to_pylist().index(text) for text in column.to_pylist()]
    return pa.DictionaryArray.from_arrays(pa.array(places), values)


STORAGES: dict[str, Any] = {
    "dictionary": lambda column: column.dictionary_encode(),
    "dictionary with null": with_null,
    "dictionary of bytes": lambda column: column.cast(pa.binary()).dictionary_encode(),
    "runs": runs,
    "views": lambda column: column.cast(pa.string_view()),
    "views of bytes": lambda column: column.cast(pa.binary()).cast(pa.binary_view()),
    "records of a dictionary": lambda column: pa.StructArray.from_arrays(
        [column.dictionary_encode()], ["oid"]
    ),
}

storages = pytest.mark.parametrize("storage", STORAGES)
SIDES = ("--pred", "p", "--target", "t")


def plain(column: pa.Array) -> pa.Array:
    return column


def saved(folder: Path, stored: Any, *, other: Any = plain) -> Path:
    """Two files: rows, and the same in the opposite order, with texts stored in some way."""
    folder.mkdir()
    ids = np.arange(N)
    groups, keys = pa.array(GROUPS), pa.array(KEYS)
    kept = pa.array([None, *GROUPS[1:]])
    numbers = {"p": np.arange(N) * 1.5, "t": np.arange(N) * 1.0, "id": ids}
    texts = {"g": groups, "k": keys, "n": kept}
    save_table(folder / "a.arrow", numbers | {name: stored(of) for name, of in texts.items()}, 4)
    backwards = {name: other(of[::-1]) for name, of in texts.items()}
    save_table(
        folder / "b.arrow", {name: of[::-1].copy() for name, of in numbers.items()} | backwards, 4
    )
    return folder


ONE = [
    ("--by", "g", "--json"),
    ("--by", "g", "--key", "id", "--json"),
    ("--cluster", "g", "-f", "tsv"),
    ("--top", "3", "--keep", "n", "--keep", "g", "--json"),
    ("--key", "k", "--json"),
    ("--key", "g", "--duplicates", "first"),
    ("--key", "g"),
    ("--key", "n"),
    ("-r", "none", "--keep", "n", "-f", "tsv"),
    ("-r", "none", "--key", "k", "-f", "json"),
]
TWO = [
    ("--key", "id", "--by", "g", "--json"),
    ("--key", "k", "--cluster", "g", "-f", "tsv"),
    ("--key", "k", "--by", "g", "--top", "2", "--keep", "pred:n", "--json"),
    ("--key", "g", "--duplicates", "identical"),
    ("--key", "id", "--by", "g", "--duplicates", "identical", "--json"),
    ("--by", "g"),
    ("--key", "n", "--unmatched", "omit"),
    ("-r", "none", "--key", "k", "--keep", "pred:n", "-f", "csv"),
]


@storages
@pytest.mark.parametrize("options", ONE, ids=" ".join)
def test_one_file_gives_the_same_answer(
    run: Run, tmp_path: Path, storage: str, options: tuple[str, ...]
) -> None:
    folders = [saved(tmp_path / "plain", plain), saved(tmp_path / "once", STORAGES[storage])]
    expected, found = (run("eval", "a.arrow", *SIDES, *options, cwd=folder) for folder in folders)
    assert (found.returncode, found.stderr) == (expected.returncode, expected.stderr)
    assert found.stdout == expected.stdout


@storages
@pytest.mark.parametrize("are_both", [True, False])
@pytest.mark.parametrize("options", TWO, ids=" ".join)
def test_two_files_give_the_same_answer(
    run: Run, tmp_path: Path, storage: str, options: tuple[str, ...], *, are_both: bool
) -> None:
    stored = STORAGES[storage]
    once = saved(tmp_path / "once", stored, other=stored if are_both else plain)
    folders = [saved(tmp_path / "plain", plain), once]
    line = ("eval", "a.arrow", "b.arrow", *SIDES, *options)
    expected, found = (run(*line, cwd=folder) for folder in folders)
    assert (found.returncode, found.stderr) == (expected.returncode, expected.stderr)
    assert found.stdout == expected.stdout


@storages
def test_groups_beside_whole_numbers_are_compared_as_such(
    run: Run, tmp_path: Path, storage: str
) -> None:
    texts = pa.array([" 1", "2", LONG])
    save_table(tmp_path / "a.arrow", {"p": [1.0, 2.0, 3.0], "g": STORAGES[storage](texts)})
    save_table(tmp_path / "b.arrow", {"t": [1.0, 2.0, 4.0], "g": [1, 2, 3]})
    done = run("eval", "a.arrow", "b.arrow", *SIDES, "--by", "g")
    assert done.returncode == 3
    assert done.stderr.startswith("smoothl1: error: a.arrow: row 3, column 'g': 'long text")
    assert "is not a whole number" in done.stderr
