"""Columns of labels: keys and groups as every format delivers them, and what cannot be one."""

from __future__ import annotations

import contextlib
import os
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate
from smoothl1.errors import DtypeError
from smoothl1.settings import Execution
from smoothl1.sources.columns import LABEL_HINT
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.csv import quotes
from smoothl1.sources.formats import open_table
from tests.forking import forks
from tests.labels.kinds import FORMATS, TYPED, VALUES, save
from tests.pipes import fed
from tests.tables import cell

if TYPE_CHECKING:
    from pathlib import Path


every_format = pytest.mark.parametrize("name", FORMATS)
every_typed = pytest.mark.parametrize("name", TYPED)


def labels(
    path: Path, *names: str, n_rows: int = 2, options: ReadOptions = ReadOptions()
) -> list[list[Any]]:
    """The values of columns, read in small blocks."""
    found: list[list[Any]] = [[] for _ in names]
    with closing(open_table(str(path), options)) as table:
        source = table.select(Wanted((), names))
        assert [label.name for label in source.labels] == list(names)
        for block in source.blocks(Part(0, source.n_rows), n_rows):
            assert 1 <= block.n_rows <= n_rows
            assert [len(label) for label in block.labels] == [block.n_rows] * len(names)
            for values, label in zip(found, block.labels, strict=True):
                values.extend(label.to_pylist())
    return found


@every_typed
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("n_rows", [1, 2, 100])
def test_values_of_every_kind_arrive_as_they_are(
    name: str, kind: str, n_rows: int, tmp_path: Path
) -> None:
    path = save(tmp_path / f"x.{name}", {"k": VALUES[kind]})
    assert labels(path, "k", n_rows=n_rows) == [VALUES[kind].to_pylist()]


@pytest.mark.parametrize("name", ["csv", "csv.gz"])
@pytest.mark.parametrize("kind", VALUES)
def test_a_csv_delivers_the_text_of_its_cells(name: str, kind: str, tmp_path: Path) -> None:
    path = save(tmp_path / f"x.{name}", {"k": VALUES[kind], "n": range(len(VALUES[kind]))})
    assert labels(path, "k") == [list(map(cell, VALUES[kind].to_pylist()))]


@every_format
def test_columns_come_in_the_order_asked_for_beside_the_numbers(name: str, tmp_path: Path) -> None:
    columns = {"a": list("xyzxy"), "b": [1.5, 2.0, 3.0, 4.0, 5.0], "c": list("pqrst")}
    path = save(tmp_path / f"x.{name}", columns)
    with closing(open_table(str(path))) as table:
        source = table.select(Wanted((("b",),), ("c", "@1", "c")))
        blocks = list(source.blocks(Part(0, source.n_rows), 100))
    assert [label.name for label in source.labels] == ["c", "a", "c"]
    numbers = np.concatenate([block.fields[0].values for block in blocks])
    assert numbers.tolist() == columns["b"]
    for i, column in enumerate(("c", "a", "c")):
        found = pa.concat_arrays([block.labels[i] for block in blocks])
        assert found.to_pylist() == columns[column]


@every_format
@pytest.mark.parametrize("row", [1, 3, 4, 7])
@pytest.mark.parametrize("n_rows", [1, 2, 100])
def test_a_missing_value_is_named_with_its_row(
    name: str, row: int, n_rows: int, tmp_path: Path
) -> None:
    values = [None if i == row else f"k{i}" for i in range(1, 8)]
    path = save(tmp_path / f"x.{name}", {"v": [0.0] * 7, "k": values})
    with pytest.raises(DataError) as caught:
        labels(path, "k", n_rows=n_rows)
    how = "empty" if "csv" in name else "null"
    assert (
        str(caught.value)
        == f"{path}: row {row}, column 'k': the value is missing ({how}) [{LABEL_HINT}]"
    )


@pytest.mark.parametrize("n_bytes", [8, 21, 64, 1 << 20])
def test_rows_of_a_csv_are_counted_across_the_bytes_read_at_a_time(
    n_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [f"two\nlines {i}" for i in range(20)]
    path = save(tmp_path / "x.csv", {"k": values, "v": range(20)})
    monkeypatch.setattr(quotes, "CHUNK_BYTES", n_bytes)
    assert labels(path, "k") == [values]
    save(path, {"k": [*values[:17], None], "v": range(18)})
    with pytest.raises(DataError, match=r"row 18, column 'k': the value is missing"):
        labels(path, "k")


@every_format
def test_missing_numbers_being_allowed_excuses_no_missing_label(name: str, tmp_path: Path) -> None:
    path = save(tmp_path / f"x.{name}", {"v": [0.0, 1.0], "k": ["a", None]})
    with pytest.raises(DataError, match="row 2, column 'k': the value is missing"):
        labels(path, "k", options=ReadOptions(allow_missing=True))


@pytest.mark.parametrize("name", ["arrow", "arrows"])
def test_a_null_among_the_values_of_a_dictionary_is_missing(name: str, tmp_path: Path) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1], pa.int8()), pa.array(["a", None]))
    path = save(tmp_path / f"x.{name}", {"k": values})
    with pytest.raises(DataError, match="row 3, column 'k': the value is missing"):
        labels(path, "k")


@every_typed
@pytest.mark.parametrize("chunk_rows", [None, 1, 2])
@pytest.mark.parametrize("by", ["k.é", "@1"])
@pytest.mark.parametrize("kind", ["plain", "dictionary", "with a null"])
def test_groups_are_the_same_as_dictionaries_or_plain(
    name: str, kind: str, by: str, chunk_rows: int | None, tmp_path: Path
) -> None:
    texts = ["b", "a", "b", "c", "", "a", "b"]
    groups = pa.array(texts)
    if kind != "plain":
        groups = groups.dictionary_encode()
    if kind == "with a null":
        null = [] if name == "parquet" else [None]  # pyarrow writes none there
        values = pa.array(["never", *null, *dict.fromkeys(texts)])
        places = [values.to_pylist().index(text) for text in texts]
        groups = pa.DictionaryArray.from_arrays(pa.array(places, pa.int16()), values)
    numbers = pa.array([1.0, 2.0, 3.0, 5.0, 7.0, 11.0, 13.0])
    columns = {"k.é": groups, "p": numbers, "t": pa.array([0.0] * 7)}
    path = save(tmp_path / f"x.{name}", columns)
    result = evaluate(
        path,
        settings=EvalSettings((0.0,), by=by),
        pred=("p",),
        target=("t",),
        execution=Execution(2, chunk_rows),
    )
    assert [group.group for group in result.groups] == ["", "a", "b", "c"]
    assert [tally.sum for tally in result.tallies] == [7.0, 13.0, 17.0, 5.0]


@every_typed
def test_a_missing_group_in_a_dictionary_is_named_with_its_row(name: str, tmp_path: Path) -> None:
    groups = pa.array(["a", "b", "a", "b", None]).dictionary_encode()
    numbers = pa.array([1.0] * 5)
    path = save(tmp_path / f"x.{name}", {"k": groups, "p": numbers, "t": numbers})
    with pytest.raises(DataError, match="row 5, column 'k': the value is missing"):
        evaluate(path, settings=EvalSettings(by="k"), pred=("p",), target=("t",))


@every_typed
def test_a_dictionary_may_be_groups_and_numbers_at_once(name: str, tmp_path: Path) -> None:
    numbers = pa.array([2, 1, 2, 3])
    columns = {"k": numbers.dictionary_encode(), "t": pa.array([0.0] * 4)}
    path = save(tmp_path / f"x.{name}", columns)
    settings = EvalSettings((0.0,), by="k")
    result = evaluate(path, settings=settings, pred=("@1",), target=("t",))
    assert [tally.sum for tally in result.tallies] == [1.0, 4.0, 3.0]


@every_typed
def test_groups_of_both_sides_agree_as_dictionaries_or_plain(name: str, tmp_path: Path) -> None:
    texts = pa.array(["b", "a", "b", "c"])
    numbers = pa.array([1.0, 2.0, 3.0, 4.0])
    one = save(tmp_path / f"one.{name}", {"k": texts, "v": numbers})
    other = save(tmp_path / f"other.{name}", {"k": texts.dictionary_encode(), "v": numbers})
    result = evaluate(one, other, EvalSettings(by="k"))
    assert [group.group for group in result.groups] == ["a", "b", "c"]


UNFIT = {
    "list": pa.array([[1], [2]]),
    "struct": pa.array([{"a": 1, "b": 2}, {"a": 2, "b": 1}]),
    "fixed_size_binary[1]": pa.array([b"a", b"b"], pa.binary(1)),
    "null": pa.array([None, None]),
}


@every_typed
@pytest.mark.parametrize("kind", UNFIT)
def test_what_cannot_be_compared_exactly_is_refused_by_name(
    name: str, kind: str, tmp_path: Path
) -> None:
    path = save(tmp_path / f"x.{name}", {"k": UNFIT[kind], "v": [1.0, 2.0]})
    with pytest.raises(DtypeError) as caught:
        labels(path, "k")
    assert str(caught.value).startswith(f"{path}: column 'k' is {kind}")
    assert "cannot be a key or group" in str(caught.value)


def test_a_cell_of_blanks_or_na_is_text_and_an_empty_one_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('k,v\nNA,1\n null,2\n" ",3\nnan,4\n')
    assert labels(path, "k") == [["NA", " null", " ", "nan"]]
    path.write_text('k,v\nNA,1\n"",3\n')
    with pytest.raises(DataError, match=r"row 2, column 'k': the value is missing \(empty\)"):
        labels(path, "k")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_labels_are_read_through_every_dialect(end: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    lines = ["# made by hand", "k;v", "ü;1,5", '"a;b";2', "01;3", ""]
    path.write_bytes(end.join(lines).encode("latin-1"))
    options = ReadOptions(delimiter=";", decimal=",", encoding="latin-1", skip_rows=1)
    assert labels(path, "k", options=options) == [["ü", "a;b", "01"]]


def test_a_label_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"k,v\na,1\n\xe9,2\n")
    with pytest.raises(DataError, match=r"x\.csv: "):
        labels(path, "k")


@pytest.mark.parametrize("which", ["@1", "caf\udce9"])
def test_a_column_whose_name_is_not_text_is_read_or_refused_in_a_sentence(
    which: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"caf\xe9,v\na,1\nb,2\n")
    with contextlib.suppress(DataError), closing(open_table(str(path))) as table:
        source = table.select(Wanted((), (which,)))
        (block,) = source.blocks(Part(0, None), 10)
        assert block.labels[0].to_pylist() == ["a", "b"]


def test_an_array_has_no_labels(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(3))
    with pytest.raises(DataError, match=r"x\.npy: .*no columns"):
        labels(tmp_path / "x.npy", "k")


@every_format
def test_shards_deliver_their_labels_one_after_another(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    for i, keys in enumerate(("abcd", "e", "fg")):
        save(folder / f"{i}.{name}", {"k": list(keys), "v": [1.0] * len(keys)})
    assert labels(folder, "k") == [list("abcdefg")]


@every_typed
def test_shards_whose_labels_differ_in_kind_are_refused_with_both_kinds(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    save(folder / f"0.{name}", {"k": pa.array([1, 2], pa.int64())})
    save(folder / f"1.{name}", {"k": pa.array([3, 4], pa.date32())})
    with pytest.raises(DataError, match="shards must agree") as caught:
        labels(folder, "k")
    assert str(caught.value).startswith(f"{folder / '1'}.{name}: ")
    assert "date32" in str(caught.value)
    assert "int64" in str(caught.value)


KEYS = ["c", "a", "d", "b", "e"]
PRED = {"k": KEYS, "v": [1.0, 2.0, 4.0, 8.0, 16.0]}
TARGET = {"k": sorted(KEYS), "v": [0.0] * 5}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@every_format
@pytest.mark.parametrize("piped", ["pred", "target"])
def test_rows_from_a_pipe_are_joined(name: str, piped: str, tmp_path: Path) -> None:
    paths = {
        "pred": save(tmp_path / f"p.{name}", PRED),
        "target": save(tmp_path / f"t.{name}", TARGET),
    }
    data = paths[piped].read_bytes()
    paths[piped] = tmp_path / "pipe"
    with fed(tmp_path / "pipe", data):
        result = evaluate(paths["pred"], paths["target"], key=("k",))
    assert (result.tallies[0].n, result.tallies[0].sum) == (5, 31.0 - 2.5)


def smoothl1(*words: str | Path, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit code and output of the command."""
    done = subprocess.run(
        [forks().script, *map(str, words)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", ["csv", "parquet", "arrows"])
def test_rows_from_standard_input_are_joined(name: str, tmp_path: Path) -> None:
    pred = save(tmp_path / f"p.{name}", PRED)
    target = save(tmp_path / "t.csv", TARGET)
    words = ["--key", "k", "-b", "0", "-r", "none"]
    code, out, err = smoothl1("eval", "-", target, *words, stdin=pred.read_bytes())
    assert (code, out, err) == (0, b"c\t1.0\na\t2.0\nd\t4.0\nb\t8.0\ne\t16.0\n", b"")


def test_a_key_without_a_partner_is_one_line_and_exits_with_3(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.csv", PRED)
    target = save(tmp_path / "t.csv", {"k": ["a", "b", "c", "d", "x"], "v": [0.0] * 5})
    code, out, err = smoothl1("eval", pred, target, "-k", "k")
    message = f"smoothl1: error: {pred}: key 'e' of row 5 has no match in {target}; "
    assert (code, out) == (3, b"")
    assert err.decode().startswith(message)


def test_a_key_in_two_parts_exits_with_2_before_a_file_is_opened(tmp_path: Path) -> None:
    words = ["--key", "v", "--pred", "v"]
    code, out, err = smoothl1("eval", tmp_path / "none.csv", tmp_path / "none.csv", *words)
    assert (code, out) == (2, b"")
    assert err.startswith(b"smoothl1: error: column 'v' cannot be numbers and a key")
