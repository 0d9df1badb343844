"""Folders that Hugging Face Datasets saved: the list beside the files says which of them count."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, StorageError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}


def value_of(path: Path | str) -> float:
    (value,) = evaluate(path, None, L1, **COLUMNS).values
    return float(value)


def saved(folder: Path, **state: Any) -> Path:
    """What `save_to_disk` writes, and a cache that `map` wrote beside it."""
    folder.mkdir()
    names = [f"data-0000{i}-of-00002.arrow" for i in range(2)]
    for i, name in enumerate([*names, "cache-3f2a9c1e00aa11bb.arrow"]):
        table = pa.table({"p": [float(10**i)], "t": [0.0]})
        with pa.ipc.new_stream(folder / name, table.schema) as stream:
            stream.write_table(table)
    listed = [{"filename": name} for name in names]
    (folder / "state.json").write_text(json.dumps({"_data_files": listed, "_split": None, **state}))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def test_only_the_files_that_a_saved_dataset_lists_count(tmp_path: Path) -> None:
    p = saved(tmp_path / "p")
    found = evaluate(p, None, L1, **COLUMNS)
    assert found.values == (11.0,)
    order, left_out = (decision[2:] for decision in found.decisions[:2])
    assert order[0] == "as state.json lists them"
    assert left_out == ("cache-3f2a9c1e00aa11bb.arrow", "state.json does not list them")
    turned = [{"filename": f"data-0000{i}-of-00002.arrow"} for i in (1, 0)]
    q = saved(tmp_path / "q", _data_files=turned)
    t = saved(tmp_path / "t")
    both: dict[str, Any] = {"pred": ("p",), "target": ("p",)}
    with pytest.raises(DataError, match="numbers in the names differ"):
        evaluate(q, t, L1, **both)


def test_a_pattern_for_listed_files_and_others_is_refused(tmp_path: Path) -> None:
    p = saved(tmp_path / "p")
    with pytest.raises(DataError, match=r"lists data-00000-of-00002.arrow, but not cache-.*folder"):
        value_of(p / "*.arrow")
    assert value_of(p / "data-*.arrow") == 11.0
    assert value_of(p / "cache-*.arrow") == 100.0


def test_a_saved_dataset_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    p = saved(tmp_path / "p")
    (p / "data-00001-of-00002.arrow").unlink()
    with pytest.raises(DataError, match="lists a file that is not there, data-00001-of-00002"):
        value_of(p)
    empty = saved(tmp_path / "q", _data_files=[])
    with pytest.raises(DataError, match="lists no files"):
        value_of(empty)
    chosen = saved(tmp_path / "r", _indices_data_files=[{"filename": "indices.arrow"}])
    with pytest.raises(DataError, match="a table of indices"):
        value_of(chosen)


def test_files_that_a_saved_dataset_does_not_list_are_told(tmp_path: Path) -> None:
    p = saved(tmp_path / "p")
    (p / "more.csv").write_text("p,t\n1,0\n")
    with pytest.warns(UserWarning, match="does not list were left out: more.csv"):
        assert value_of(p) == 11.0


DAMAGED = {
    "empty": b"",
    "cut": b'{"_data_files": [{"filen',
    "marked": b"\xef\xbb\xbf{}",
    "no text": b"\xff\xfe{",
    "null": b'{"_data_files": null}',
    "number": b'{"_data_files": 3}',
    "names": b'{"_data_files": ["data-00000-of-00002.arrow"]}',
    "nested": b"[" * 200_000,
    "large": b" " * ((1 << 26) + 1),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_list_of_a_saved_dataset_is_refused(tmp_path: Path, content: bytes) -> None:
    p = saved(tmp_path / "p")
    (p / "state.json").write_bytes(content)
    for path in (p, p / "*.arrow", p / "data-*"):
        with pytest.raises(DataError, match=r"state.json: a list of files .*save_to_disk"):
            value_of(path)
    assert value_of(p / "data-00001-of-00002.arrow") == 10.0


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_a_list_of_a_saved_dataset_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    p = saved(tmp_path / "p")
    (p / "state.json").unlink()
    if kind == "pipe":
        os.mkfifo(p / "state.json")
    elif kind == "folder":
        (p / "state.json").mkdir()
    else:
        (p / "state.json").symlink_to("/dev/zero")
    for path in (p, p / "*.arrow"):
        with pytest.raises(DataError, match=r"state.json: a list of files, but not a regular"):
            value_of(path)


def test_a_list_of_a_saved_dataset_that_a_link_leads_nowhere_is_refused(tmp_path: Path) -> None:
    p = saved(tmp_path / "p")
    (p / "state.json").unlink()
    (p / "state.json").symlink_to("nowhere")
    with pytest.raises(StorageError, match=r"state.json: a link to nowhere, which is not there"):
        value_of(p)


@pytest.mark.parametrize("text", ["[]", "{}", '{"step": 5}', "null"])
def test_a_state_of_another_program_beside_arrow_files_lists_nothing(
    tmp_path: Path, text: str
) -> None:
    p = saved(tmp_path / "p")
    (p / "state.json").write_text(text)
    (p / "cache-3f2a9c1e00aa11bb.arrow").unlink()
    assert value_of(p) == value_of(p / "*.arrow") == 11.0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"_data_files": 3}', '{"step": 5}'])
def test_a_state_of_another_program_lists_nothing(tmp_path: Path, text: str) -> None:
    p = tmp_path / "p"
    p.mkdir()
    for name in ("x.csv", "y.csv"):
        (p / name).write_text("p,t\n1,3\n")
    (p / "state.json").write_text(text)
    assert value_of(p) == value_of(p / "*") == 4.0
