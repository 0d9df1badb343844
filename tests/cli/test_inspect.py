"""What `smoothl1 inspect` says of the columns of text, and the hints of `eval` about these."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


LOG = """# sensor log v2
# time pred meas
2025-01-01T00:00Z  20.0  20.5
2025-01-01T00:01Z  20.0  20.25
"""


def test_inspect_says_what_the_lines_of_text_may_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(LOG)
    (tmp_path / "words.csv").write_text("first name\nanna b\n")
    (tmp_path / "x.csv").write_text("#id,p\n1,2.5\n")
    blank = "  hint: is the delimiter a blank? --delimiter whitespace if so"
    for args, lines in (
        (
            ("log.txt",),
            [
                "  '# sensor log v2' text",
                "  hint: --comment '#' leaves out the 2 lines that begin with #, in all CSV inputs",
            ],
        ),
        (("log.txt", "--comment", "#"), ["  '2025-01-01T00:00Z  20.0  20.5' text", blank]),
        (("log.txt", "--comment", "#", "--header"), ["  'time pred meas' text", blank]),
        (
            ("log.txt", "--comment", "#", "--header", "--delimiter", "whitespace"),
            ["  'time' text", "  'pred' number", "  'meas' number"],
        ),
        (("words.csv",), ["  'first name' text"]),
        (("x.csv",), ["  '#id' whole number", "  'p' number"]),
    ):
        done = run("inspect", *args)
        assert (done.stdout.splitlines()[1:], done.stderr) == (lines, ""), args
    found = json.loads(run("inspect", "log.txt", "--comment", "#", "--json").stdout)["inputs"][0]
    assert found["hint"] == blank.removeprefix("  hint: ")


def test_eval_says_that_words_of_the_only_column_may_be_cells(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(LOG)
    options = ("--comment", "#")
    done = run("eval", "log.txt", "log.txt", *options)
    assert done.stderr.endswith("[is the delimiter a blank? --delimiter whitespace if so]\n")
    options += ("--delimiter", "whitespace", "--pred", "pred", "--target", "meas")
    done = run("eval", "log.txt", *options)
    assert "[--header reads names from the comment above the rows" in done.stderr
    assert run("eval", "log.txt", *options, "--header", "-b", "0", "-r", "sum").stdout == "0.75\n"


def test_inspect_calls_records_and_lists_by_their_kind(run: Run, tmp_path: Path) -> None:
    row = '{"id":1,"a":{"x":1,"y":2},"b":["u"],"c":[1,2],"d":{"$oid":"ab"},"e":"t"}'
    (tmp_path / "x.jsonl").write_text(f"{row}\n{row}\n")
    (tmp_path / "t.jsonl").write_text('{"t":"a"}\n{"t":"b"}\n')
    kinds = ["'id' whole number", "'a' record", "'b' list", "'c' list of 2 numbers"]
    kinds += ["'d' text", "'e' text"]
    assert [line.strip() for line in run("inspect", "x.jsonl").stdout.splitlines()[1:]] == kinds
    assert run("inspect", "t.jsonl").stdout.splitlines()[1:] == ["  't' text"]
