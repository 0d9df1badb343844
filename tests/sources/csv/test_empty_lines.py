"""Empty lines: rows of a table of one column, wherever they are; at the end of others, no rows."""

from __future__ import annotations

import gzip
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, ShapeError, evaluate
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.csv import layout, quotes
from smoothl1.sources.formats import open_table
from tests.forking import forks
from tests.sources.files import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[str | bytes], Path]

OMIT = EvalSettings((0.0,), "sum", "omit")
HINT = "--nan omit .*; an empty line is a row of the only column: delete it if it is none"
SIZES = [*range(1, 12), 1 << 20]


def loss(pred: Path, target: Path, **more: Any) -> tuple[float, int, int]:
    """The sum of |pred - target|, and how many pairs count and were left out."""
    found = evaluate(pred, target, OMIT, warn=lambda _: None, **more)
    return found.values[0], found.n, found.tallies[0].n_omitted


@pytest.fixture
def target(tmp_path: Path) -> Path:
    np.save(tmp_path / "t.npy", [1.5, 2.0, 4.0, 8.0])
    return tmp_path / "t.npy"


@pytest.mark.parametrize("n_bytes", SIZES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", ["p", ""])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["1", "2", "", ""], (0.5, 2, 2)),
        (["1", "2", "3", ""], (1.5, 3, 1)),
        (["1", "2", " ", '""'], (0.5, 2, 2)),
        (["1", "", "3", "\t"], (1.5, 2, 2)),
        (["1", '"2"', "", ""], (0.5, 2, 2)),
    ],
)
def test_an_empty_line_at_the_end_is_a_row_wherever_chunks_end(
    save: Save,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    n_bytes: int,
    end: str,
    head: str,
    rows: list[str],
    expected: tuple[float, int, int],
) -> None:
    assert layout.RowChunks is quotes.RowChunks
    monkeypatch.setattr(quotes, "CHUNK_BYTES", n_bytes)
    path = save("".join(line + end for line in [head] * bool(head) + rows))
    assert loss(path, target) == expected


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_file_of_empty_lines_below_its_header_has_as_many_rows(
    save: Save, target: Path, decimal: str
) -> None:
    options = ReadOptions(decimal=decimal, delimiter=";")
    with pytest.raises(DataError, match=rf"row 1, column 'p': the value is missing.*{HINT}"):
        read(save("p\n\n\n\n\n"), options=options)
    assert loss(save("p\n\n\n\n8\n"), target, options=options) == (0.0, 1, 3)


def test_the_first_empty_line_at_the_end_is_named_with_the_way_out(
    save: Save, tmp_path: Path
) -> None:
    np.save(tmp_path / "t.npy", [1.0, 2.0])
    for text in ("p\n1\n2\n\n", "p\n1\n2\n\n\n", "p\r\n1\r\n2\r\n\r\n", "p\n1\n2\n  "):
        with pytest.raises(DataError, match=rf"row 3, column 'p': the value is missing.*{HINT}"):
            evaluate(save(text), tmp_path / "t.npy", warn=lambda _: None)
        with pytest.raises(ShapeError, match=r"[34] rows, but .* has 2"):
            evaluate(save(text), tmp_path / "t.npy", OMIT, warn=lambda _: None)


def test_rows_of_later_shards_are_not_shifted(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    for i, text in enumerate(("p\n1\n2\n\n", "p\n4\n5\n6\n")):
        (tmp_path / "p" / f"{i}.csv").write_text(text)
    (tmp_path / "t.csv").write_text("t\n1\n2\n3\n4\n5\n\n")
    assert loss(tmp_path / "p", tmp_path / "t.csv") == (0.0, 4, 2)
    with pytest.raises(DataError, match="row 3, column 'p': the value is missing"):
        evaluate(tmp_path / "p", tmp_path / "t.csv")


def test_other_ways_to_read_a_file_give_the_same_rows(tmp_path: Path, target: Path) -> None:
    text = b"p\n1\n2\n\n\n"
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "skipped.csv").write_bytes(b"made by hand\n\n" + text)
    (tmp_path / "utf16.csv").write_bytes(text.decode().encode("utf-16"))
    assert loss(tmp_path / "p.csv.gz", target) == (0.5, 2, 2)
    skipping = ReadOptions(skip_rows=2)
    assert loss(tmp_path / "skipped.csv", target, options=skipping) == (0.5, 2, 2)
    assert loss(tmp_path / "utf16.csv", target, options=ReadOptions(encoding="utf-16")) == (
        (0.5, 2, 2)
    )
    (tmp_path / "p.csv").write_bytes(text)
    for threads in (1, 2):
        execution = Execution(threads, 1)
        assert loss(tmp_path / "p.csv", target, execution=execution) == (0.5, 2, 2)
    command = [forks().script, "eval", "-", str(target), "-b0", "-rsum", "--nan=omit", "-q"]
    piped = subprocess.run(command, input=text, capture_output=True, check=True)
    assert float(piped.stdout) == 0.5


def test_empty_lines_count_where_the_number_of_rows_settles_a_header(
    save: Save, tmp_path: Path
) -> None:
    path = save("0\n1.5\n\n")
    np.save(tmp_path / "two.npy", [1.0, 9.0])
    np.save(tmp_path / "three.npy", [0.0, 1.0, 9.0])
    assert loss(path, tmp_path / "two.npy") == (0.5, 1, 1)
    assert loss(path, tmp_path / "three.npy") == (0.5, 2, 1)


def test_what_pyarrow_writes_of_nulls_in_one_column_is_read_as_it_was(
    tmp_path: Path, target: Path
) -> None:
    for quoting in ("needed", "all_valid", "none"):
        table = pa.table({"p": [1.0, None, 4.5, None]})
        options = pa_csv.WriteOptions(quoting_style=quoting)
        pa_csv.write_csv(table, tmp_path / "p.csv", options)
        assert loss(tmp_path / "p.csv", target) == (1.0, 2, 2)


def test_an_empty_label_at_the_end_is_missing_too(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("g\na\nb\n\n")
    with (
        pytest.raises(DataError, match=r"row 3, column 'g': the value is missing.*delete it"),
        closing(open_table(str(path), ReadOptions(), lambda _: None)) as table,
    ):
        list(table.select(Wanted((), ("g",))).blocks(Part(0, None), 10))


@pytest.mark.parametrize("tail", ["\n", "\r\n\r\n", "  \n\t\n", "\n" * 5000])
def test_blank_lines_at_the_end_of_several_columns_are_no_rows(save: Save, tail: str) -> None:
    assert read(save("p,t\n1,2\n3,4\n" + tail), "p").tolist() == [1.0, 3.0]


@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_losses_that_were_written_as_text_are_read_back(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "p.csv").write_text("p\n1\n\n3.5\n\n")
    np.save(tmp_path / "t.npy", [1.5, 2.0, 3.0, 8.0])
    out = tmp_path / f"loss{suffix}"
    paths = map(str, (tmp_path / "p.csv", tmp_path / "t.npy"))
    command = [
        forks().script,
        "eval",
        *paths,
        "-b0",
        "-rnone",
        "--nan=propagate",
        "-q",
        "-o",
        str(out),
    ]
    subprocess.run(command, check=True)
    np.testing.assert_array_equal(read(out), [0.5, np.nan, 0.5, np.nan])
