"""A file of one line whose rows are the objects in an array, as services answer."""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [{"id": i, "pred": float(i), "y": i + 0.5} for i in range(3)]
ANSWER = {"count": 3, "next": None, "results": ROWS}
"""It has a number that could be the prediction of a row."""

NO_ROW = {"status": "ok", "data": ROWS, "next": None, "has_more": False}

Names = str | list[str] | None


def _saved(tmp_path: Path, document: dict[str, Any], *, indent: int | None = None) -> str:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document, indent=indent))
    return str(path)


def _error(path: str, pred: Names = None, target: Names = None) -> DataError:
    with pytest.raises(DataError) as caught:
        evaluate(path, pred=pred or (), target=target or ())
    return caught.value


def _line_to_type(tmp_path: Path, array: str) -> str:
    return (
        'write a line for each: python -c "import json; '
        f"open('{tmp_path / 'x.jsonl'}', 'w').writelines(json.dumps(row) + '\\n' for row in "
        f"json.load(open('{tmp_path / 'x.json'}'))['{array}'])\""
    )


@pytest.mark.parametrize(
    ("pred", "target"),
    [("pred", "y"), ("data.pred", "data.y"), ("data", "data"), ("@2", "@2"), ("status.x", "y")],
)
def test_an_object_without_a_number_beside_the_array_is_told_as_if_it_had_several_lines(
    tmp_path: Path, pred: str, target: str
) -> None:
    pretty = _error(_saved(tmp_path, NO_ROW, indent=2), pred, target)
    error = _error(_saved(tmp_path, NO_ROW), pred, target)
    assert str(error) == str(pretty)
    assert error.hint == _line_to_type(tmp_path, "data")


@pytest.mark.parametrize(("pred", "target"), [("pred", "y"), ("results.pred", "results.y")])
def test_names_that_only_the_objects_in_the_array_have_are_answered_with_the_line_to_type(
    tmp_path: Path, pred: str, target: str
) -> None:
    error = _error(_saved(tmp_path, ANSWER), pred, target)
    assert error.what == f"no column {pred!r}; there are 'count', 'next', 'results'"
    assert error.hint == (
        f"if it is JSON with an array of objects, 'results', {_line_to_type(tmp_path, 'results')}"
    )


@pytest.mark.parametrize("name", ["results", "@3", "res*"])
def test_an_array_of_objects_that_is_chosen_itself_is_told_as_if_it_had_several_lines(
    tmp_path: Path, name: str
) -> None:
    pretty = _error(_saved(tmp_path, ANSWER, indent=2), name, "count")
    assert str(_error(_saved(tmp_path, ANSWER), name, "count")) == str(pretty)


@pytest.mark.parametrize("more", [{}, {"page": 1}])
def test_where_no_column_is_named_both_ways_out_are_told(
    tmp_path: Path, more: dict[str, int]
) -> None:
    path = _saved(tmp_path, {"count": 3, "results": ROWS, **more})
    with pytest.raises(DataError) as caught:
        evaluate(path, np.zeros(3))
    assert caught.value.hint == (
        "choose with --pred; if it is JSON with an array of objects, 'results', "
        f"{_line_to_type(tmp_path, 'results')}"
    )


def test_a_row_with_a_list_of_objects_beside_its_numbers_is_read(tmp_path: Path) -> None:
    row = {"id": 1, "pred": 0.5, "y": 0.25, "boxes": [{"x": 1}], "logits": [1, 2]}
    path = _saved(tmp_path, row)
    assert evaluate(path, pred="pred", target="y").n == 1
    assert evaluate(path, pred="logits", target="logits", warn=lambda _: None).n == 2
    path = _saved(tmp_path, {"hit": True, "boxes": [{"x": 1}]})
    assert evaluate(path, pred="hit", target="hit", warn=lambda _: None).n == 1


def test_a_field_of_a_record_beside_lists_of_objects_keeps_its_own_line_to_type(
    tmp_path: Path,
) -> None:
    row = {"name": "a", "scores": {"judge": 0.5, "other": 1}, "boxes": [{"x": 1}]}
    hint = _error(_saved(tmp_path, row), "scores.judge", "scores.other").hint
    assert hint is not None
    assert hint.startswith("'scores' holds records; this makes columns of their fields: jq ")


def test_two_rows_with_lists_of_objects_are_no_document(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f"{json.dumps(NO_ROW)}\n" * 2)
    assert _error(str(path), "pred", "y").hint is None


def test_rows_so_long_that_one_of_them_is_looked_at_are_no_document(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    values = [0.5] * 5000
    path.write_text(f"{json.dumps({'pred': values, 'y': values})}\n" * 2)
    assert path.stat().st_size // 2 < 1 << 16 < path.stat().st_size
    assert evaluate(str(path), pred="pred", target="y", warn=lambda _: None).n == 10_000


def test_a_long_document_is_told_like_a_short_one(tmp_path: Path) -> None:
    path = _saved(tmp_path, {**ANSWER, "results": ROWS * 4000})
    hint = _error(path, "pred", "y").hint or ""
    assert hint.endswith(_line_to_type(tmp_path, "results"))


@pytest.mark.parametrize("separators", [None, (",", ":")])
def test_a_saved_result_on_one_line_is_told_as_one(
    tmp_path: Path, separators: tuple[str, str] | None
) -> None:
    path = tmp_path / "x.json"
    result = evaluate(np.zeros(3), np.ones(3)).to_json()
    path.write_text(json.dumps(result, separators=separators))
    error = _error(str(path), "pred", "y")
    assert error.what == "not a file of numbers: it looks like a result of smoothl1"


def test_pages_in_a_folder_have_no_line_to_type_that_would_add_files_to_it(tmp_path: Path) -> None:
    for page in "12":
        (tmp_path / f"{page}.json").write_text(json.dumps(ANSWER))
    assert _error(f"{tmp_path}/*.json", "pred", "y").hint == (
        "if it is JSON with an array of objects, 'results', write a line for each, of each file, "
        "in another folder"
    )


@pytest.mark.parametrize("indent", [None, 1])
def test_a_compressed_document_is_unpacked_before_python_reads_it(
    tmp_path: Path, indent: int | None
) -> None:
    path = f"{_saved(tmp_path, ANSWER, indent=indent)}.gz"
    (tmp_path / "x.json.gz").write_bytes(gzip.compress((tmp_path / "x.json").read_bytes()))
    then = f"unpack it to {tmp_path / 'x.json'}, then {_line_to_type(tmp_path, 'results')}"
    assert (_error(path, "pred", "y").hint or "").endswith(then)


def test_what_the_line_to_type_writes_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _saved(tmp_path, ANSWER)
    hint = _error("x.json", "pred", "y").hint or ""
    subprocess.run([sys.executable, *shlex.split(hint.partition("python ")[2])], check=True)
    assert evaluate("x.jsonl", pred="pred", target="y").mean == 0.125
