"""Columns that are kept: written before the losses, as they are, from either input."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import Execution, compare, evaluate
from smoothl1.errors import DataError, DtypeError, SettingsError
from smoothl1.running.evaluate import LossOutput
from tests.grids import cut_small
from tests.inside import called
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

N = 5
NONE: dict[str, Any] = {"reduction": "none", "betas": 0.0, "pred": "p", "target": "t"}

KINDS: dict[str, tuple[pa.Array, list[str]]] = {
    "text": (pa.array(["a", "ä,", None, "", 'q"']), ["a", "ä,", "", "", 'q"']),
    "long text": (pa.array(["x" * 2000] * N, pa.large_string()), ["x" * 2000] * N),
    "dictionary": (pa.array([*"uvuv", None]).dictionary_encode(), ["u", "v", "u", "v", ""]),
    "int": (pa.array([1, None, -3, 2**62, 0]), ["1", "", "-3", str(2**62), "0"]),
    "float": (pa.array([0.1, 1e-7, None, 1e300, -2.0]), ["0.1", "1e-07", "", "1e+300", "-2.0"]),
    "float32": (pa.array([0.1, 1, 2, 3, None], pa.float32()), ["0.1", "1.0", "2.0", "3.0", ""]),
    "bool": (pa.array([True, None, False, True, True]), ["true", "", "false", "true", "true"]),
    "date": (pa.array([dt.date(2024, 2, 29), *[None] * 4]), ["2024-02-29", *[""] * 4]),
    "decimal": (pa.array([decimal.Decimal("1.50"), *[None] * 4]), ["1.50", *[""] * 4]),
    "nulls": (pa.array([None] * N, pa.string()), [""] * N),
}


def table(kept: Any, **more: Any) -> dict[str, Any]:
    return {"p": [float(i) for i in range(N)], "k": kept, **more, "t": [0.0] * N}


def written(form: str, *inputs: Path, **choices: Any) -> bytes:
    file = io.BytesIO()
    evaluate(*inputs, losses_to=LossOutput(file, form), **NONE | choices)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_kept_columns_have_their_own_type_in_tables_and_their_text_in_text(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    values, texts = KINDS[kind]
    path = save_table(tmp_path / f"t.{suffix}", table(values), 2)
    found = pq.read_table(pa.BufferReader(written("parquet", path, keep="k")))
    plain = values.dictionary_decode() if kind == "dictionary" else values
    assert found.column_names == ["k", "loss"]
    assert found["k"].type == plain.type
    assert found["k"].to_pylist() == plain.to_pylist()
    assert found["loss"].to_pylist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    rows = list(csv.reader(io.StringIO(written("csv", path, keep="k").decode())))
    assert rows == [["k", "loss"], *([t, f"{i}.0"] for i, t in enumerate(texts))]


def test_json_has_numbers_texts_and_nulls(tmp_path: Path) -> None:
    columns = table(pa.array([1, None, 3, 4, 5]), f=[0.5, None, 2.0, 1.0, 1.0], s=["a"] * N)
    path = save_table(tmp_path / "t.parquet", columns)
    found = json.loads(written("json", path, keep=("s", "f", "k")))
    assert found[:2] == [
        {"s": "a", "f": 0.5, "k": 1, "loss": 0.0},
        {"s": "a", "f": None, "k": None, "loss": 1.0},
    ]


def test_cells_of_a_csv_are_kept_as_they_are_written(tmp_path: Path) -> None:
    text = 'p,t,k,"x,y"\n1.50,0,007,a\n2e0,0, b ,"q,""\n"\n3,0,,NA\n'
    (tmp_path / "t.csv").write_text(text)
    found = written("csv", tmp_path / "t.csv", keep=("k", "x,y", "p")).decode()
    assert list(csv.reader(io.StringIO(found))) == [
        ["k", "x,y", "p", "loss"],
        ["007", "a", "1.50", "1.5"],
        [" b ", 'q,"\n', "2e0", "2.0"],
        ["", "NA", "3", "3.0"],
    ]
    table = pq.read_table(pa.BufferReader(written("parquet", tmp_path / "t.csv", keep="k")))
    assert table["k"].to_pylist() == ["007", " b ", None]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_kept_columns_follow_their_rows_at_any_chunk_size(
    tmp_path: Path, suffix: str, form: str
) -> None:
    n = 40
    rows = {
        "id": list(range(n)),
        "p": [float(i) for i in range(n)],
        "a": [f"a{i}" for i in range(n)],
    }
    order = [(7 * i) % n for i in range(n)]
    others = {"id": order, "t": [0.0] * n, "b": [f"b{i}" if i % 3 else None for i in order]}
    pred = save_table(tmp_path / f"p.{suffix}", rows, 8)
    target = save_table(tmp_path / f"t.{suffix}", others, 8)
    seen = set()
    for execution in (Execution(1, 3), Execution(2, 16), Execution(2)):
        with cut_small(8):
            seen.add(written(form, pred, target, key="id", keep=("b", "a"), execution=execution))
    if form == "parquet":
        tables = [pq.read_table(pa.BufferReader(some)) for some in seen]
        assert all(one == tables[0] for one in tables)
        assert tables[0].column_names == ["id", "b", "a", "loss"]
        assert tables[0]["b"].to_pylist() == [f"b{i}" if i % 3 else None for i in range(n)]
        assert tables[0]["loss"].to_pylist() == rows["p"]
    else:
        assert len(seen) == 1


def test_shards_carry_kept_columns(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for i in range(3):
        save_table(tmp_path / "s" / f"{i}.parquet", table([f"{i}"] * N))
    found = written("csv", tmp_path / "s", keep="k").decode().splitlines()
    assert found[1::N] == ["0,0.0", "1,0.0", "2,0.0"]


def test_a_column_that_both_inputs_have_is_refused_until_one_is_named(tmp_path: Path) -> None:
    pred = save_table(tmp_path / "p.csv", {"p": [1.0, 2.0], "k": ["a", "b"]})
    target = save_table(tmp_path / "t.csv", {"t": [0.0, 0.0], "k": ["a", "c"]})
    quiet: dict[str, Any] = {"warn": [].append}
    with pytest.raises(
        DataError, match=r"both inputs have a column 'k' \[--keep pred:k is that of this"
    ):
        written("csv", pred, target, keep="k")
    assert written("csv", pred, target, keep="target:k", **quiet) == b"k,loss\na,1.0\nc,2.0\n"
    assert written("csv", pred, target, keep="pred:@2", **quiet) == b"k,loss\na,1.0\nb,2.0\n"
    with pytest.raises(SettingsError, match="two columns carried are called 'k'"):
        written("csv", pred, target, keep=("pred:k", "target:k"), **quiet)
    with pytest.raises(DataError, match="no column 'x'"):
        written("csv", pred, target, keep="pred:x", **quiet)


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    lists = save_table(tmp_path / "l.parquet", table(pa.array([[1], [2], [3], [4], [5]])))
    with pytest.raises(DtypeError, match=r"'k' is list.*, which cannot be kept \[text, numbers"):
        written("csv", lists, keep="k")
    tabs = save_table(tmp_path / "t.parquet", table(["a\tb"] * N))
    with pytest.raises(DataError, match=r"'a.tb' holds a tab or a line end \[-f csv quotes"):
        written("text", tabs, keep="k")
    with pytest.raises(SettingsError, match="no room for columns to keep"):
        written("npy", tabs, keep="k")
    with pytest.raises(SettingsError, match=r"none are written \[--reduction none or --top"):
        evaluate(tabs, keep="k", pred="p", target="t")
    sides = [save_array(tmp_path / f"{x}.npy", [1.0]) for x in "pt"]
    with pytest.raises(DataError, match="--keep k: arrays have no columns"):
        written("csv", *sides, keep="k", pred=(), target=())
    with pytest.raises(DataError, match="no column 'z'"):
        written("csv", tabs, keep="z")
    (tmp_path / "bad.csv").write_bytes(b"p,t,k\n1,0,a\n2,0,\xff\n")
    with pytest.raises(DataError, match=r"row 2, column 'k'.*is not UTF-8"):
        written("csv", tmp_path / "bad.csv", keep="k")


def test_a_column_that_is_written_anyhow_may_be_kept_as_well(tmp_path: Path) -> None:
    path = save_table(tmp_path / "t.csv", table([*"abcde"], q=[*"vwxyz"]))
    for kept in (("k", "q"), ("q", "k"), ("q", "q")):
        keyed = written("csv", path, key="k", keep=kept)
        assert keyed.startswith(b"k,q,loss\na,v,0.0\n")
    sides = {"pred": "p", "target": "t"}
    result = evaluate(path, by="q", keep=("q", "k", "k"), top=1, **sides)
    assert result.to_arrow(top=True).column_names == ["row", "q", "k", "pred", "target", "loss"]
    two = {"pred_a": "t", "pred_b": "p", "target": "t"}
    found = compare(path, key="k", by="q", keep=("k", "q"), top=1, warn=str, **two)
    assert found.to_arrow(top=True).column_names[:4] == ["row", "q", "k", "target"]


def test_the_command_keeps_columns(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = save_table(tmp_path / "t.csv", table(["a", "b", "c", "d", "e"]))
    args = ("eval", path, "--pred", "p", "--target", "t", "-b", "0", "--keep", "k")
    said = called(capfd, *args, "--keep", "p", "-r", "none", "-f", "tsv")
    assert said.splitlines()[:2] == ["k\tp\tloss", "a\t0.0\t0.0"]
    with pytest.raises(SettingsError, match="--reduction none"):
        called(capfd, *args)
