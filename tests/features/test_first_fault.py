"""Of several faults the first is named: the earliest row, however and in what pieces it is read."""

from __future__ import annotations

import contextlib
import gzip
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, SmoothL1Error, compare, evaluate
from smoothl1.errors import DataError
from smoothl1.sources.columns import LABEL_HINT
from smoothl1.sources.csv import first_lines as csv
from smoothl1.sources.csv import quotes
from tests.forking import forks
from tests.pipes import fed
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Iterator


NAMES = ("g", "p", "y", "w")
RANDOM_CASES = range(60)

Row = dict[str, Any]
"""The cell of each column: a number or text; None where it is missing."""


class Fault(NamedTuple):
    """A fault, ordered as it should be found: what cannot be read comes before what cannot count.

    Attributes:
        row: Counted from 1.
        stage: 0 for bytes, 1 for a ragged row, 2 for cells, 3 for weights, 4 for what is missing.
        place: Byte or column within the row.
        words: The message.
    """

    row: int
    stage: int
    place: int
    words: str


def random_table(rng: random.Random, n_rows: int, kinds: tuple[str, ...]) -> list[Row]:
    """Good rows, of which a few get one or two of these faults."""
    rows: list[Row] = [{"g": rng.choice("ab"), "p": 1, "y": 2, "w": 1} for _ in range(n_rows)]
    for _ in range(rng.randint(1, 4)):
        row = rng.choice(rows)
        match rng.choice(kinds):
            case "missing":
                row[rng.choice("pyg")] = None
            case "weight":
                row["w"] = rng.choice([-1, None, 0, 0])
            case "text":
                row[rng.choice("py")] = "x"
            case "ragged":
                row["more"] = ",1"
            case "NUL":
                row["y"] = "2\0"
            case "quote":
                row["p"] = '1"2'
            case "mark":
                row["mark"] = "\ufeff"
    return rows


def csv_bytes(rows: list[Row], *, final: bool = True) -> bytes:
    lines = [",".join(NAMES), *map(csv_line, rows)]
    return ("\n".join(lines) + "\n" * final).encode()


def csv_line(row: Row) -> str:
    cells = ("" if row[name] is None else str(row[name]) for name in NAMES)
    return row.get("mark", "") + ",".join(cells) + row.get("more", "")


def faults(rows: list[Row], *, weighted: bool, missing: str) -> Iterator[Fault]:
    """All that is wrong with some rows, by what the pages promise."""
    begin = len(",".join(NAMES)) + 1
    for number, row in enumerate(rows, 1):
        line = csv_line(row).encode()
        for mark, what in (
            (b"\xef\xbb\xbf", "a misplaced byte order mark at byte {}"),
            (b"\0", "a NUL byte at byte {}: not text, or damaged"),
            (b'"', "a misplaced quote at byte {}"),
        ):
            if (at := line.find(mark)) >= 0:
                yield Fault(number, 0, at, what.format(begin + at))
        begin += len(line) + 1
        if "more" in row:
            yield Fault(number, 1, 0, f"row {number} has 5 cells, expected 4")
        yield from cell_faults(row, number, weighted=weighted, missing=missing)


def cell_faults(row: Row, number: int, *, weighted: bool, missing: str) -> Iterator[Fault]:
    for i, name in enumerate(NAMES[:3]):
        where = f"row {number}, column '{name}': "
        if row[name] == "x":
            yield Fault(number, 2, i, f"{where}'x' is not a number")
        elif row[name] is None and not (weighted and name in "py"):
            yield Fault(number, 2, i, f"{where}the value is missing ({missing})")
        elif row[name] is None and row["w"] != 0:
            yield Fault(number, 4, i, f"{where}the value is missing")
    if weighted and row["w"] is None:
        yield Fault(number, 3, 0, f"the weight in row {number} is missing")
    elif weighted and row["w"] == -1:
        words = f"the weight in row {number} is -1.0, not finite and >= 0"
        yield Fault(number, 3, 0, words)


def refusal(path: Path, *, weighted: bool, execution: Execution) -> str | None:
    """What is said of a file, after its name; None if it is accepted."""
    try:
        evaluate(
            path,
            None,
            EvalSettings(by="g"),
            pred=("p",),
            target=("y",),
            weight="w" if weighted else None,
            execution=execution,
            options=ReadOptions(format="csv" if path.suffix == ".csv" else None),
            warn=lambda message: None,
        )
    except DataError as error:
        return error.what
    return None


def save_rows(path: Path, rows: list[Row], group: int) -> None:
    """The rows without their faults of text, in a format that has types."""
    kinds = {"g": pa.string(), "p": pa.float64(), "y": pa.int64(), "w": pa.float32()}
    table = pa.table(
        {name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()}
    )
    save_table(path, table, group)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", RANDOM_CASES)
def test_the_first_fault_of_a_csv_is_named_wherever_it_is_cut(
    seed: int, weighted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert csv.RowChunks is quotes.RowChunks  # imported before the size is another
    rng = random.Random(seed)
    kinds = ("missing", "weight", "text", "ragged", "NUL", "quote", "mark")
    rows = random_table(rng, 12, kinds)
    path = tmp_path / "t.csv"
    first = min(faults(rows, weighted=weighted, missing="empty"), default=None)
    expected = first and first.words
    for i, n_bytes in enumerate((1, 2, 3, 5, 9, 17, 40, 1 << 20)):
        path.write_bytes(csv_bytes(rows, final=bool((seed + i) % 2)))
        monkeypatch.setattr(quotes, "CHUNK_BYTES", n_bytes)
        execution = Execution(rng.choice([1, 2]), rng.choice([1, 3, 100]))
        assert refusal(path, weighted=weighted, execution=execution) == expected


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
@pytest.mark.parametrize("seed", RANDOM_CASES[:20])
def test_the_first_fault_of_columns_with_types_is_named_wherever_they_are_cut(
    seed: int, suffix: str, weighted: bool, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    rows = random_table(rng, 12, ("missing", "weight"))
    path = tmp_path / f"t.{suffix}"
    first = min(faults(rows, weighted=weighted, missing="null"), default=None)
    for n in (1, 5, 12):
        save_rows(path, rows, n)
        for threads, chunk_rows in (((1, 1), (2, 100)), ((1, 100), (2, 5)))[seed % 2]:
            found = refusal(path, weighted=weighted, execution=Execution(threads, chunk_rows))
            assert found == (first and first.words)


@pytest.mark.parametrize("suffixes", [("csv", "csv"), ("csv", "parquet"), ("parquet", "csv")])
@pytest.mark.parametrize("seed", RANDOM_CASES[:20])
def test_of_two_files_the_one_with_the_earlier_fault_is_named(
    seed: int, suffixes: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    wrong = [(rng.randrange(12), i) for i in rng.choices((0, 1), k=3)]
    paths = [tmp_path / f"{'pt'[i]}.{suffix}" for i, suffix in enumerate(suffixes)]
    for i, path in enumerate(paths):
        rows: list[Row] = [{"g": "a", "p": 1, "y": 1, "w": 1} for _ in range(12)]
        for row, side in wrong:
            if side == i:
                rows[row]["p"] = None
        if path.suffix == ".csv":
            path.write_bytes(csv_bytes(rows))
        else:
            save_rows(path, rows, 5)
    row, side = min(wrong)
    executions = (Execution(1, 1), Execution(2, 5), Execution(2, 100))
    for i, n_bytes in enumerate((3, 40, 1 << 20), seed):
        monkeypatch.setattr(quotes, "CHUNK_BYTES", n_bytes)
        with pytest.raises(DataError, match=f"row {row + 1}, column 'p'") as caught:
            evaluate(*paths, pred=("p",), target=("p",), execution=executions[i % 3])
        assert caught.value.path == str(paths[side])


def test_of_a_comparison_the_first_fault_is_named(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.csv" for name in "abt"]
    for path, text in zip(paths, ("1\n1\n1\nx\n", "1\n1\nx\n1\n", "1\nx\n1\n1\n"), strict=True):
        path.write_text(f"v\n{text}")
    with pytest.raises(SmoothL1Error, match=r"t\.csv: row 2, column 'v'"):
        compare(*paths)


def test_groups_that_differ_are_named_before_what_is_wrong_below(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "t.csv"
    pred.write_text("g,p\na,1\nb,1\nb,x\n")
    target.write_text("g,y\na,1\na,1\nb,\n")
    for chunk_rows in (1, 100):
        with pytest.raises(DataError, match="row 2 is of group 'b', but of group 'a'"):
            evaluate(pred, target, EvalSettings(by="g"), execution=Execution(1, chunk_rows))


def test_a_weight_is_named_before_a_group_below_that_the_other_side_cannot_have(
    tmp_path: Path,
) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "t.parquet"
    target_rows = pa.table({"g": [1, 2, 3, 4, 5], "y": pa.array([1.0] * 5), "w": [1, -1, 1, 1, 1]})
    pq.write_table(target_rows, target)
    pred.write_text("g,p\n1,1\n2,1\nthree,1\n4,1\nfive,1\n")
    for chunk_rows in (1, 2, 100):
        with pytest.raises(DataError, match="the weight in row 2 is -1"):
            evaluate(
                pred,
                target,
                EvalSettings(by="g"),
                target=("y",),
                weight="w",
                execution=Execution(1, chunk_rows),
            )


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_the_first_boolean_that_is_none_is_named_of_both_sides(suffix: str, tmp_path: Path) -> None:
    sides = [np.zeros(9, np.bool_), np.zeros(9, np.bool_)]
    sides[0].view(np.uint8)[7] = 3
    sides[1].view(np.uint8)[4] = 2
    if suffix == "npz":
        path = tmp_path / "both.npz"
        np.savez(path, p=sides[0], y=sides[1])
        paths: tuple[Path, ...] = (path,)
        columns: dict[str, Any] = {"pred": ("p",), "target": ("y",)}
    else:
        paths, columns = (tmp_path / "p.npy", tmp_path / "y.npy"), {}
        for path, side in zip(paths, sides, strict=True):
            np.save(path, side)
    for chunk_rows in (1, 2, 6, 100):
        for threads in (1, 2):
            with pytest.raises(DataError, match="element 5 is a boolean with byte value 2"):
                evaluate(*paths, **columns, execution=Execution(threads, chunk_rows))


def test_text_that_is_not_utf8_is_named_in_its_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"g,p,y\na,1,1\n\xe9t\xe9,1,1\nb,,1\n")
    words = refusal(path, weighted=False, execution=Execution())
    assert words == r"row 2, column 'g': '\\xe9t\\xe9' is not UTF-8"


@pytest.mark.parametrize("way", ["path", "stdin", "gzip", "pipe"])
def test_every_way_in_names_the_same_fault(way: str, tmp_path: Path) -> None:
    data = b"g,p,y\na,1,0\n,1,0\na,x,0\n\xef\xbb\xbfz,5,0"
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(data) if way == "gzip" else data)
    name = {"stdin": "-", "pipe": str(tmp_path / "fifo")}.get(way, str(path))
    command = [forks().script, "eval", name, "--pred", "p", "--target", "y", "--by", "g"]
    with fed(Path(name), data) if way == "pipe" else contextlib.nullcontext():
        done = subprocess.run(
            command, check=False, input=data if way == "stdin" else b"", capture_output=True
        )
    assert done.returncode == 3
    words = f"smoothl1: error: {name}: row 2, column 'g': the value is missing (empty)"
    assert done.stderr.decode() == f"{words} [{LABEL_HINT}]\n"
