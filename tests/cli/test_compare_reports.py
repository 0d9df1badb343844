"""What `smoothl1 compare` tells CI servers and pull requests, and its margin."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import xmlschema

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "views" / "junit.xsd")
FILES = ("compare", "a.npy", "b.npy", "y.npy", "-b", "0")
GROUPS = ("compare", "t.csv", "--pred-a", "a", "--pred-b", "b", "--target", "y", "-b", "0")
REPORTS = ("--junit", "j.xml", "--markdown", "m.md")
WORSE = ("--fail-if", "worse")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """Every loss of B is larger by 1/4. In group u of the table it is smaller, in v larger."""
    a = [float(i) for i in range(1, 5)]
    sides = {"a": a, "b": [x + 0.25 for x in a], "y": [0.0] * 4}
    for name, side in sides.items():
        np.save(tmp_path / f"{name}.npy", side)
    rows = [f"{x},{x - 0.5},0,u\n{x},{x + 0.5},0,v\n" for x in a]
    (tmp_path / "t.csv").write_text("a,b,y,g\n" + "".join(rows))


def cases_of(folder: Path) -> list[ET.Element]:
    """The test cases of the JUnit report, once its schema has accepted it."""
    SCHEMA.validate(str(folder / "j.xml"))
    return list(ET.parse(folder / "j.xml").iter("testcase"))


def outputs_of(path: Path) -> dict[str, str]:
    found = re.findall(r"(\w+)<<END\n(.*?)\nEND\n", path.read_text(), re.DOTALL)
    return dict(found)


def test_each_result_is_a_case_that_fails_where_its_gate_does(run: Run, tmp_path: Path) -> None:
    done = run(*GROUPS, "--by", "g", *WORSE, "--junit", "j.xml", "-q")
    assert done.returncode == 1
    first, second = cases_of(tmp_path)
    assert [case.get("name") for case in (first, second)] == [
        f"fail-if worse: difference b - a at beta 0 of group '{name}' (by g)" for name in "uv"
    ]
    assert first.find("failure") is None
    assert (first.findtext("system-out") or "").endswith(": b is not shown to be worse")
    failure = second.find("failure")
    assert failure is not None
    assert failure.get("type") == "fail-if"
    assert f"smoothl1: gate failed: {failure.text}\n" == done.stderr
    properties = [
        (p.get("name"), p.get("value")) for p in ET.parse(tmp_path / "j.xml").iter("property")
    ]
    sides = [pair for pair in properties if pair[0] not in ("backend", "confidence")]
    assert [value for _, value in sides] == ["t.csv", "a", "t.csv", "b", "t.csv", "y"]
    assert [name for name, _ in sides[::2]] == ["pred_a", "pred_b", "target"]
    assert ("confidence", "0.95") in properties


def test_without_a_gate_each_result_is_a_case_that_passes(run: Run, tmp_path: Path) -> None:
    assert run(*FILES, "-b", "1", "--junit", "j.xml").returncode == 0
    cases = cases_of(tmp_path)
    assert [case.get("name") for case in cases] == [
        "difference B - A at beta 0",
        "difference B - A at beta 1",
    ]
    assert [case.findtext("system-out") for case in cases] == ["0.25", "0.25"]


def test_markdown_is_inputs_verdict_and_table(run: Run, tmp_path: Path) -> None:
    assert run(*FILES, *WORSE, "--markdown", "m.md", "-q").returncode == 1
    assert (tmp_path / "m.md").read_text() == (
        "**Smooth L1 loss** of `b.npy` (B) and `a.npy` (A) against `y.npy`\n"
        "\n"
        "B is worse by 0.25 (+10%), 95% interval of B - A 0.25 to 0.25, p = 0.\n"
        "\n"
        "| mean A | mean B | B - A | 95% from | to | change | p | A better | B better | ties "
        "| gates |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | :--- |\n"
        "| 2.5 | 2.75 | 0.25 | 0.25 | 0.25 | +10% | 0 | 4 | 0 | 0 | ❌ fail-if worse |\n"
    )


def test_markdown_has_one_name_for_each_model_of_several_columns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,y,z\n1,2,3,4\n2,3,4,5\n2,4,1,2\n")
    models = ("--pred-a", "a", "--pred-a", "b", "--pred-b", "b", "--pred-b", "a")
    targets = ("--target", "y", "--target", "z")
    done = run("compare", "t.csv", *models, *targets, "--markdown", "m.md")
    assert done.returncode == 0
    first, _, sentence, *_ = (tmp_path / "m.md").read_text().splitlines()
    assert first == "**Smooth L1 loss** of `b+a` and `a+b` against `y`, `z` in `t.csv`"
    assert "`b+a` is worse than `a+b`" in sentence


def test_markdown_names_betas_and_groups_where_there_are_several(run: Run, tmp_path: Path) -> None:
    assert run(*GROUPS, "-b", "0.1", "--by", "g", "--markdown", "m.md").returncode == 0
    lines = (tmp_path / "m.md").read_text().splitlines()
    assert (
        lines[2]
        == "Of 4 results, `b` is better than `a` in 2 and worse in 2, each at the 95% level."
    )
    assert lines[4].startswith("| beta | `g` | mean `a` | mean `b` |")
    assert lines[5].startswith("| ---: | :--- | ---: |")
    assert [line.split(" | ")[:2] for line in lines[6:]] == [
        *(["| 0", "`u`"], ["| 0", "`v`"], ["| 0.1", "`u`"], ["| 0.1", "`v`"]),
        *(["| 0", "`all`"], ["| 0.1", "`all`"]),
    ]
    assert "gates" not in lines[4]


def test_no_more_than_fifty_rows_are_shown_and_failed_ones_first(run: Run, tmp_path: Path) -> None:
    rows = [f"{x},{x + (1 if g == 59 else -1)},0,{g}\n" for g in range(60) for x in (5, 6)]
    (tmp_path / "t.csv").write_text("a,b,y,g\n" + "".join(rows))
    assert run(*GROUPS, "--by", "g", *WORSE, "--markdown", "m.md", "-q").returncode == 1
    text = (tmp_path / "m.md").read_text()
    assert text.count("fail-if worse") == 50
    assert "| `59` |" in text
    assert text.endswith("\n\nand 10 more\n")


def test_a_name_of_a_group_breaks_no_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b,y,g\n1,2,0,"x|`<b>"\n2,1,0,"x|`<b>"\n')
    assert run(*GROUPS, "--by", "g", "--markdown", "m.md").returncode == 0
    assert "| <code>x&#124;&#96;&#60;b&#62;</code> |" in (tmp_path / "m.md").read_text()


def test_github_gets_a_summary_annotations_and_outputs(run: Run, tmp_path: Path) -> None:
    env = {
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    done = run(*GROUPS, "--by", "g", *WORSE, "--github", "--markdown", "m.md", "-q", env=env)
    assert done.returncode == 1
    failed, annotation = done.stderr.splitlines()
    message = failed.removeprefix("smoothl1: gate failed: ")
    assert annotation == f"::error title=smoothl1 fail-if worse::{message}"
    assert (tmp_path / "summary").read_text() == (tmp_path / "m.md").read_text() + "\n"
    assert outputs_of(tmp_path / "output") == {
        "value": "u\t-0.5\nv\t0.5",
        "passed": "false",
        "count": "8",
        "verdict": "of 2 results, b is better than a in 1 and worse in 1, each at the 95% level",
    }


def test_of_one_result_the_output_is_the_difference_alone(run: Run, tmp_path: Path) -> None:
    env = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": ""}
    assert run(*FILES, "--github", "-q", env=env).returncode == 0
    found = outputs_of(tmp_path / "output")
    assert (found["value"], found["passed"], found["count"]) == ("0.25", "true", "4")
    assert found["verdict"].startswith("B is worse by 0.25 (+10%)")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("none.npy", "b.npy", "y.npy"), 4),
        (("a.npy", "b.npy", "bad.npy"), 3),
        (("a.npy", "b.npy", "y.npy", "-o", "nodir/x"), 4),
        (("a.npy", "b.npy", "y.npy", "--nan", "error"), 3),
    ],
)
def test_an_error_replaces_the_reports_of_an_earlier_run(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: int
) -> None:
    np.save(tmp_path / "bad.npy", [1.0, 2.0])
    assert run(*FILES, *REPORTS).returncode == 0
    if "--nan" in args:
        np.save(tmp_path / "b.npy", [np.nan] * 4)
    done = run("compare", *args, *REPORTS, "--github")
    assert done.returncode == code
    line, annotation = done.stderr.splitlines()
    message = line.removeprefix("smoothl1: error: ")
    assert annotation.startswith("::error title=smoothl1::")
    (case,) = cases_of(tmp_path)
    error = case.find("error")
    assert error is not None
    assert error.get("message") == message
    assert (tmp_path / "m.md").read_text().startswith("**Smooth L1 loss**: ❌ no result")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--markdown", "y.npy"), "y.npy: --markdown would replace an input"),
        (("--junit", "b.npy"), "b.npy: --junit would replace an input"),
        (("--junit", "x", "--markdown", "x"), "x: --junit and --markdown are the same file"),
        (("--junit", "x.csv", "-o", "x.csv"), "x.csv: --output and --junit are the same file"),
        (("--junit", "-"), "a standard stream cannot be used here"),
        (
            ("--margin", "0.1"),
            "needs --fail-if worse or maybe-worse [--fail-if worse --margin 0.1]",
        ),
        (
            ("--margin", "1%", "--fail-if", "not-better"),
            "[--fail-if worse or maybe-worse, or no --margin]",
        ),
        (("--margin", "1", *WORSE), "--margin 1 may be meant as per cent"),
        (("--margin", "x", *WORSE), "--margin is a number or a percentage"),
        (("--margin", "1%", "--margin", "2%", *WORSE), "--margin is given twice"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = run(*FILES, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("margin", "code"), [("0.24", 1), ("0.25", 0), ("9.9%", 1), ("10%", 0), ("0", 1)]
)
def test_b_fails_only_if_it_is_worse_by_more_than_the_margin(
    run: Run, margin: str, code: int
) -> None:
    """All rows differ by 1/4, a tenth of the mean of A."""
    done = run(*FILES, *WORSE, "--margin", margin, "-q")
    assert (done.returncode, "B is worse by more than" in done.stderr) == (code, bool(code))
    assert done.stdout == run(*FILES).stdout


def test_the_margin_stands_in_json_and_tables(run: Run, tmp_path: Path) -> None:
    margin = (*WORSE, "--margin", "10%", "-q")
    assert run(*FILES, *margin, "-o", "x.json").returncode == 0
    found = json.loads((tmp_path / "x.json").read_text())
    assert found["margin"] == "10%"
    assert found["results"][0]["margin"] == 0.25
    done = run(*FILES, *margin, "-f", "csv")
    head, row = done.stdout.splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["margin"] == "0.25"
    for plain in (run(*FILES, "--json"), run(*FILES, *WORSE, "-f", "csv")):
        assert "margin" not in plain.stdout


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        ("5%", "B is worse by more than the margin of 5% (0.125)."),
        ("0.25", "B is not worse by more than the margin of 0.25."),
        ("0.5", "B is not worse by more than the margin of 0.5."),
    ],
)
def test_the_sentence_says_on_which_side_of_the_margin_b_is(
    run: Run, tmp_path: Path, margin: str, said: str
) -> None:
    run(*FILES, *WORSE, "--margin", margin, "-q", "--markdown", "m.md")
    text = (tmp_path / "m.md").read_text()
    assert text.splitlines()[2].endswith(f"p = 0; {said}")
    assert "| margin |" in text
    run(*GROUPS, "--by", "g", *WORSE, "--margin", margin, "-q", "--markdown", "m.md")
    text = (tmp_path / "m.md").read_text()
    counts = re.search(
        rf"it is worse by more than the margin of {margin} in (\d+), not worse by more in (\d+), "
        r"and in (\d+) that is not clear\.",
        text,
    )
    assert counts is not None
    assert sum(map(int, counts.groups())) == 2
    assert "f 2 results, " in text


def test_a_comparison_of_no_groups_fails_its_gate_and_every_report_says_so(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("a,b,y,g\n")
    env = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": ""}
    args = (*GROUPS, "--by", "g", "--allow-empty", *WORSE, *REPORTS, "--github", "-q")
    done = run(*args, env=env)
    assert done.returncode == 1
    said = "there are no groups, so there is nothing to compare"
    assert done.stderr.startswith(f"smoothl1: gate failed: {said}\n::error ")
    (case,) = cases_of(tmp_path)
    assert case.find("failure") is not None
    assert (tmp_path / "m.md").read_text().endswith(f"\n\nT{said[1:]}.\n")
    assert outputs_of(tmp_path / "output") == {
        "value": "",
        "passed": "false",
        "count": "0",
        "verdict": said,
    }
