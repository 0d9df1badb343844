"""Gates as JUnit reports."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import xmlschema

import smoothl1
from smoothl1 import EvalSettings, ExactSum, ReadOptions, Result, Tally, evaluate
from smoothl1.cli.views import Report
from smoothl1.cli.views.junit import Run, junit_error, junit_xml
from smoothl1.results.gates import Limits, Verdict, check
from smoothl1.results.increase import parse_increase
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.group import Group

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")
RUN = Run(datetime(2026, 2, 3, 4, 5, 6, 789, UTC), 1.2349, "ci-1")
SIGNATURE = f"smoothl1|beta:1.0|red:mean|nan:propagate|w:no|n:1|version:{smoothl1.__version__}"


def result_of(
    *losses: float,
    settings: EvalSettings = EvalSettings(),
    groups: tuple[Group, ...] = (Group(),),
    paths: tuple[str, ...] = ("preds.npy",),
) -> Result:
    tallies = tuple(Tally(n=1, total=ExactSum.of([loss])) for loss in losses)
    inputs = (InputSummary(paths, "npy", (1,), "<f8"), InputSummary(("y.npy",), "npy", (1,), "<f8"))
    return Result(settings, inputs, tallies, groups)


def report_of(result: Result, verdicts: tuple[Verdict, ...] | list[Verdict] = ()) -> ET.Element:
    """Read back, after the schema has accepted it."""
    content = junit_xml(Report(result, verdicts), RUN)
    SCHEMA.validate(content.decode())
    return ET.fromstring(content)


def test_an_error_is_a_case_of_its_own() -> None:
    content = junit_error("DataError", "p.csv: row 3: 'x' is\x07 <no> number", RUN)
    SCHEMA.validate(content.decode())
    suites = ET.fromstring(content)
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("1", "0", "1")
    (error,) = suites.iter("error")
    assert error.get("type") == "DataError"
    assert error.get("message") == error.text == "p.csv: row 3: 'x' is\\x07 <no> number"


def test_a_report_is_just_these_bytes() -> None:
    result = result_of(0.75)
    assert junit_xml(Report(result, check(result, Limits(fail_above=0.5))), RUN).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<testsuites name="smoothl1" tests="1" failures="1" errors="0" time="1.235">\n'
        '  <testsuite name="smoothl1" tests="1" failures="1" errors="0" time="1.235" '
        'timestamp="2026-02-03T04:05:06" hostname="ci-1">\n'
        "    <properties>\n"
        f'      <property name="signature" value="{SIGNATURE}" />\n'
        '      <property name="pred" value="preds.npy" />\n'
        '      <property name="target" value="y.npy" />\n'
        "    </properties>\n"
        '    <testcase classname="smoothl1.preds_npy against y_npy" '
        'name="fail-above 0.5: mean at beta 1">\n'
        '      <failure type="fail-above" message="the mean, 0.75, is above --fail-above 0.5">'
        "the mean, 0.75, is above --fail-above 0.5</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_a_report_says_which_backend_computed() -> None:
    result = replace(result_of(0.75), backend="cuda:1")
    listed = report_of(result, []).findall("testsuite/properties/property")
    assert {item.get("name"): item.get("value") for item in listed}["backend"] == "cuda:1"


def test_there_is_a_case_for_each_gate_beta_and_group() -> None:
    groups = (Group("north", "x"), Group("south", "x"))
    settings = EvalSettings((0.5, 1.0), "sum", by="region", by_column=True)
    result = result_of(1, 2, 3, 4, settings=settings, groups=groups)
    baseline = result_of(1, 2, 3, 3, settings=settings, groups=groups)
    verdicts = check(result, Limits(2.5, (parse_increase("5%"),)), baseline)
    suites = report_of(result, verdicts)
    names = [
        f"{gate}: sum at beta {beta} of group '{group}' of column 'x' (by region)"
        for gate in ("fail-above 2.5", "max-increase 5%")
        for beta in ("0.5", "1")
        for group in ("north", "south")
    ]
    cases = suites.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == names
    assert [case.find("failure") is not None for case in cases] == [
        *(False, False, True, True),
        *(False, False, False, True),
    ]
    counts = {"name": "smoothl1", "tests": "8", "failures": "3", "errors": "0"}
    assert suites.attrib == counts | {"time": "1.235"}
    place = {"timestamp": "2026-02-03T04:05:06", "hostname": "ci-1"}
    assert suites[0].attrib == suites.attrib | place


def test_what_passes_says_its_message_too() -> None:
    result = result_of(0.25)
    suites = report_of(result, check(result, Limits(fail_above=0.5)))
    said = suites.findtext("testsuite/testcase/system-out")
    assert said == "the mean, 0.25, is at most --fail-above 0.5"
    assert suites.get("failures") == "0"


def test_without_gates_each_result_is_a_case_that_passes() -> None:
    result = result_of(1.5, math.pi, settings=EvalSettings((0.5, 1.0)))
    suites = report_of(result)
    cases = suites.findall("testsuite/testcase")
    assert [(case.get("name"), case.findtext("system-out")) for case in cases] == [
        ("mean at beta 0.5", "1.5"),
        ("mean at beta 1", "3.141592653589793"),
    ]
    assert (suites.get("tests"), suites.get("failures")) == ("2", "0")


def test_runs_that_differ_in_any_setting_have_cases_of_other_names() -> None:
    """Readers that join their reports would drop one of two cases of one name."""
    runs = [
        (EvalSettings(), None, ""),
        (EvalSettings(nan="omit"), None, " (nan omit)"),
        (EvalSettings(ignore_target=(-999.0,)), None, " (ignore-target -999)"),
        (EvalSettings(weighted=True), None, " (weight yes)"),
        (EvalSettings(weighted=True, weight_column="w"), None, " (weight w)"),
        (
            EvalSettings(weighted=True, weight_mean="count"),
            None,
            " (weight-mean count, weight yes)",
        ),
        (EvalSettings(by="error"), None, " (by error)"),
        (EvalSettings(unmatched="omit", duplicates="first"), 0.9, None),
        (EvalSettings(), 0.95, " (confidence 0.95)"),
    ]
    for settings, confidence, end in runs:
        result = result_of(1.0, settings=settings)
        gated = check(result, Limits(2.0))
        for verdicts, before in (((), ""), (gated, "fail-above 2: ")):
            content = junit_xml(Report(result, verdicts, confidence=confidence), RUN)
            (case,) = ET.fromstring(content).iter("testcase")
            said = " (unmatched omit, duplicates first, confidence 0.9)" if end is None else end
            assert case.get("name") == f"{before}mean at beta 1{said}"


_CONFIGURED = ("missing_values", 'missing-value = "9" in pyproject.toml')


def test_runs_that_differ_in_the_key_or_in_how_a_file_is_read_have_cases_of_other_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "p.csv").write_text("id,p\n1,1\n2,9\n3,3\n")
    (tmp_path / "t.csv").write_text("id,t\n1,1\n2,9\n3,3\n")
    nines, by_name = ReadOptions(missing_values=("9",)), ReadOptions(header=True)
    runs: list[tuple[dict[str, Any], str]] = [
        ({}, ""),
        ({"key": "id"}, " (key 'id')"),
        ({"options": nines}, " (nan omit, missing-value: 9 stands for a missing value)"),
        ({"options": by_name}, " (header: the first row is the header)"),
    ]
    for how, end in runs:
        nan = "omit" if "nan" in end else "propagate"
        files = [str(tmp_path / name) for name in ("p.csv", "t.csv")]
        found = evaluate(*files, pred="p", target="t", nan=nan, warn=lambda _: None, **how)
        (case,) = ET.fromstring(junit_xml(Report(found), RUN)).iter("testcase")
        assert case.get("name") == f"mean at beta 1{end}"


@pytest.mark.parametrize(
    ("how", "end"),
    [
        ({"options": ReadOptions(raw="float32")}, ""),
        ({"pred": "p*", "target": "t*"}, ""),
        (
            {
                "pred": "p1",
                "target": "t1",
                "options": ReadOptions(missing_values=("9",), origins=(_CONFIGURED,)),
            },
            " (missing-value: 9 stands for a missing value)",
        ),
    ],
)
def test_names_of_cases_have_options_for_csv_however_they_are_given(
    tmp_path: Path, how: dict[str, Any], end: str
) -> None:
    (tmp_path / "p.csv").write_text("p1,p2\n1,1\n2,5\n")
    (tmp_path / "t.csv").write_text("t1,t2\n1,1\n2,5\n")
    files = [str(tmp_path / name) for name in ("p.csv", "t.csv")]
    if how.get("options") == ReadOptions(raw="float32"):
        files = [str(tmp_path / name) for name in ("p.bin", "t.bin")]
        for file in files:
            np.ones(3, np.float32).tofile(file)
    found = evaluate(*files, warn=lambda _: None, **how)
    (case,) = ET.fromstring(junit_xml(Report(found), RUN)).iter("testcase")
    assert case.get("name") == f"mean at beta 1{end}"


HOSTILE = ["\x00", "\x1b[31m", "a\nb\tc\r", "\ufffe\uffff", "\ud800", "]]>&<'\"", "\x85", "ä 😀"]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_xml_cannot_hold_is_shown_escaped(name: str) -> None:
    settings = EvalSettings(by="who")
    groups = (Group(name), Group("b"))
    result = result_of(1, 0, settings=settings, groups=groups, paths=(name,))
    suites = report_of(result, check(result, Limits(fail_above=0.5)))
    (failure,) = suites.iter("failure")
    assert (
        failure.text
        == failure.get("message")
        == f"the mean of group {name!r}, 1.0, is above --fail-above 0.5"
    )
    case = suites.find("testsuite/testcase")
    assert case is not None
    assert case.get("name") == f"fail-above 0.5: mean at beta 1 of group {name!r} (by who)"
    (shown,) = [p.get("value") for p in suites.iter("property") if p.get("name") == "pred"]
    assert shown == "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def test_names_that_differ_stay_different() -> None:
    groups = (Group("a\x01"), Group("a\\x01"), Group("a\\\\x01"))
    result = result_of(1, 1, 1, settings=EvalSettings(by="who"), groups=groups)
    names = [case.get("name") for case in report_of(result).iter("testcase")]
    assert len(set(names)) == 3


def test_all_paths_of_merged_results_are_properties() -> None:
    parts = [result_of(1, paths=(f"part-{i}.npy",)) for i in range(2)]
    suites = report_of(Result.merged(parts), [])
    found = [(p.get("name"), p.get("value")) for p in suites.iter("property")]
    assert found[1:] == [("pred", "part-0.npy"), ("pred", "part-1.npy"), ("target", "y.npy")]


def test_columns_tell_the_reports_on_one_table_apart() -> None:
    result = result_of(1)
    sides = (result.inputs[0]._replace(columns=("a", "b\x01")), result.inputs[1])
    found = report_of(replace(result, inputs=sides)).iter("property")
    assert [(p.get("name"), p.get("value")) for p in found][1:] == [
        ("pred", "preds.npy"),
        ("pred column", "a"),
        ("pred column", "b\\x01"),
        ("target", "y.npy"),
    ]


def test_cases_of_several_runs_are_told_apart() -> None:
    table = result_of(1).inputs[0]._replace(paths=("t.csv",))
    columns = [table._replace(columns=(name,)) for name in "pqy"]
    a, b, c = (result_of(1, paths=(path,)) for path in ("a/p.npy", "b/p.npy", "c\x01"))
    p, q = (replace(a, inputs=(side, columns[2])) for side in columns[:2])
    found = [report_of(result).find("testsuite/testcase") for result in (a, b, c, p, q)]
    assert [case.get("classname") for case in found if case is not None] == [
        "smoothl1.a/p_npy against y_npy",
        "smoothl1.b/p_npy against y_npy",
        r"smoothl1.c\x01 against y_npy",
        "smoothl1.p against y in t_csv",
        "smoothl1.q against y in t_csv",
    ]
    failed = [ET.fromstring(junit_error("E", "no", RUN, paths)) for paths in (["a"], ["b"], [])]
    assert [case.get("classname") for one in failed for case in one.iter("testcase")] == [
        *("smoothl1.a", "smoothl1.b", "smoothl1"),
    ]


def test_the_schema_refuses_what_is_no_report() -> None:
    content = junit_xml(Report(result_of(1)), RUN).decode()
    of = "smoothl1.preds_npy against y_npy"
    for right, wrong in (("testcase", "case"), (f'classname="{of}" ', ""), ('"1"', '"one"')):
        assert right in content
        assert not SCHEMA.is_valid(content.replace(right, wrong))
