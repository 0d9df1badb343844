"""JSON of millions of small things is refused before it is read; what programs write is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, Result, evaluate
from smoothl1.files import dense_json
from smoothl1.files.dense_json import DenseError, check_density
from smoothl1.files.lists import read_list
from smoothl1.files.tree import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

SMALL = 1 << 12
"""In place of a thousand times as much, so that these tests are short."""

LISTS, NAMES = "too many lists and objects", "too many names of fields"


@pytest.fixture(autouse=True)
def small_is_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_json, "SMALL", SMALL)


HOSTILE = {
    "lists": ("[" + "[]," * (SMALL // 2) + "[]]", LISTS),
    "objects": ('{"results":[' + "{}," * (SMALL // 2) + "{}]}", LISTS),
    "nested lists": ("[" * (2 * SMALL), LISTS),
    "names": ("{" + ",".join(f'"{i}":0' for i in range(SMALL)) + "}", NAMES),
    "names before blanks": ("{" + ",".join(f'"{i}" \n:0' for i in range(SMALL)) + "}", NAMES),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_document_of_millions_of_small_things_is_refused(case: str, tmp_path: Path) -> None:
    text, what = HOSTILE[case]
    with pytest.raises(DataError, match=f"not a result of smoothl1: it has {what}"):
        Result.from_json(text)
    (tmp_path / "list.json").write_text(text)
    with pytest.raises(DataError, match="a list of files that is damaged"):
        read_list(str(tmp_path / "list.json"), "", LOCAL)


@pytest.mark.parametrize(
    "item",
    [
        '{"column":"a","value":"[{[{[{[{[{"}',
        '{"name":"a \\"b\\": [[[[ c","size":1}',
        '"[[[[[[[[",1,"[\\\\","a\\\\"',
        "1",
        '{"beta":1.0,"count":1,"exact":{"total":"0x1p0"}}',
    ],
)
def test_brackets_and_colons_of_strings_are_no_lists_and_no_names(item: str) -> None:
    text = "[" + ",".join([item] * (2 * SMALL // len(item))) + "]"
    assert len(text) > SMALL
    check_density(text)


@pytest.mark.parametrize("end", ["", "\\", "x"])
def test_a_string_that_does_not_end_is_looked_at_once(end: str) -> None:
    check_density('["' + '\\"' * 300_000 + end)  # if again at each quote, that takes hours


def test_a_small_document_may_be_anything() -> None:
    check_density("[]" * (SMALL // 2))
    with pytest.raises(DenseError):
        check_density("[]" * (SMALL // 2 + 1))


def test_a_large_result_is_read_however_it_is_written() -> None:
    labels = [f'[{{"{i}":1}}]' for i in range(120)]
    document = evaluate([1.0] * len(labels), [0.0] * len(labels), groups=labels).to_json()
    check_density(json.dumps(document, separators=(",", ":")) + " " * SMALL)
    text = json.dumps(document, indent=2)
    assert len(text) > SMALL
    assert Result.from_json(text.encode("utf-16")).n == len(labels)


def test_strings_that_differ_are_counted_as_names_only_if_they_may_be_too_many() -> None:
    values = ",\n".join(f'{{"name": "{i:060}"}}' for i in range(SMALL // 60))
    check_density(f"[{values}]")
    names = ",\n".join(f'{{"{i}": "{i % 7:030}"}}' for i in range(SMALL // 20))
    with pytest.raises(DenseError, match="names"):
        check_density(f"[{names}]")


@pytest.mark.parametrize("end", ["", '"', '"abc'])
def test_a_document_of_one_line_is_looked_at_in_pieces(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs write no line ends, and all strings at once would take ten times the document."""
    monkeypatch.setattr(dense_json, "_PIECE", 64)
    content = [{"name": f"{i} [,:", "n": i, "text": "t" * (i % 70)} for i in range(300)]
    text = json.dumps(content, separators=(",", ":")) + end
    pieces = [text[start:stop] for start, stop in dense_json._pieces(text)]
    assert "".join(pieces) == text
    assert len(pieces) > 50
    assert all(piece.count('"') % 2 == 0 for piece in pieces[:-1])
    check_density(text)
    names = "{" + ",".join(f'"name{i}":"{"v" * (i % 30)}"' for i in range(400)) + "}"
    with pytest.raises(DenseError, match=NAMES):
        check_density(names)


@pytest.mark.parametrize("between", [",", ",\n"], ids=["one line", "lines"])
@pytest.mark.parametrize("more", ["", "\\\\"], ids=["plain", "backslash"])
@pytest.mark.parametrize(("behind", "is_read"), [("", True), (":0", False)])
def test_strings_that_differ_are_names_only_before_a_colon(
    between: str, more: str, behind: str, *, is_read: bool
) -> None:
    strings = between.join(f'"{i:030}{more}"{behind}' for i in range(9000))
    text = f"{{{strings}}}" if behind else f"[{strings}]"
    assert len(text) > 2 * dense_json._PIECE
    if is_read:
        check_density(text)
        return
    with pytest.raises(DenseError, match="names"):
        check_density(text)


def test_names_behind_an_escaped_quotation_mark_are_counted() -> None:
    names = ",".join(f'"{i}":0' for i in range(SMALL))
    with pytest.raises(DenseError, match="names"):
        check_density(f'{{"\\"":0,{names}}}')
