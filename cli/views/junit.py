"""Gates as a JUnit report, which Jenkins, GitLab and others show beside the reports of tests.

The dialect is that of Jenkins (`junit-10.xsd` of its xUnit plugin).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from smoothl1.cli.console import printable
from smoothl1.cli.views.markdown_text import sides_of
from smoothl1.number_texts import as_typed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from smoothl1.cli.views import CiReport
    from smoothl1.results.gates import Verdict
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.tallies.group import Group

_NAME = "smoothl1"


class Run(NamedTuple):
    """When and where a run was. All else in a report follows from the results.

    Attributes:
        begin: When it began, in UTC.
        seconds: How long it took.
        host: The name of the machine.
    """

    begin: datetime
    seconds: float
    host: str


def junit_xml(report: CiReport, run: Run) -> bytes:
    """A report with a test case for each gate, beta and group; without gates, for each result.

    Control characters, and all others that XML cannot hold, are escaped.

    Args:
        report: The report on the results.
        run: When and where they were formed. Its time is that of the suite: its cases are checked
            in one pass.

    Returns:
        XML in UTF-8.
    """
    checked = [_checked(report, verdict) for verdict in report.verdicts]
    *models, target = _sides(report.inputs)
    cases, of = checked or _unchecked(report), f"{', '.join(models)} against {target}"
    return _suite(_named_after(of, cases), report.properties, run)


def junit_error(kind: str, message: str, run: Run, inputs: Sequence[str] = ()) -> bytes:
    """A report of an error that left no result, to replace any earlier report.

    Args:
        kind: The name of the kind of error that ended the run.
        message: What it says.
        run: When and where the run was.
        inputs: The paths of the inputs, as far as they are known.

    Returns:
        XML in UTF-8.
    """
    case = _case("evaluation")
    message = printable(message)
    SubElement(case, "error", type=kind, message=message).text = message
    return _suite(_named_after(", ".join(inputs), [case]), [], run)


def _suite(cases: Sequence[Element], properties: Sequence[tuple[str, str]], run: Run) -> bytes:
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "time": f"{run.seconds:.3f}",
    }
    place = {"timestamp": f"{run.begin:%Y-%m-%dT%H:%M:%S}", "hostname": printable(run.host)}
    suites = Element("testsuites", {"name": _NAME, **counts})
    suite = SubElement(suites, "testsuite", {"name": _NAME, **counts, **place})
    listed = SubElement(suite, "properties")
    for name, value in properties:
        SubElement(listed, "property", name=name, value=printable(value))
    suite.extend(cases)
    indent(suites)
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _checked(report: CiReport, verdict: Verdict) -> Element:
    """A test case of one gate. Its message is in each of the places where a reader looks for it."""
    name = _named(report.subject, verdict.beta, verdict.group, report.conditions)
    case = _case(f"{verdict.gate}: {name}")
    message = printable(verdict.message)
    if verdict.passed:
        SubElement(case, "system-out").text = message
    else:
        kind = verdict.gate.partition(" ")[0]
        SubElement(case, "failure", type=kind, message=message).text = message
    return case


def _unchecked(report: CiReport) -> list[Element]:
    """Test cases that pass, one for each result."""
    cases, conditions = [], report.conditions
    for subject, beta, group, value in report.values:
        cases.append(_case(_named(subject, beta, group, conditions)))
        SubElement(cases[-1], "system-out").text = repr(value)
    return cases


def _sides(inputs: Sequence[InputSummary]) -> list[str]:
    """The name of each side, as Markdown has them."""
    sides, table = sides_of(inputs, str)
    return [*sides[:-1], f"{sides[-1]}{table}"]


def _named_after(of: str, cases: Sequence[Element]) -> Sequence[Element]:
    """The cases with a class that names the inputs: readers join reports of several runs.

    They take cases of one class and name for the same case. Its package ends at the last point, so
    the inputs have none.
    """
    if of:
        for case in cases:
            case.set("classname", f"{_NAME}.{printable(of).replace('.', '_')}")
    return cases


def _case(name: str) -> Element:
    return Element("testcase", classname=_NAME, name=printable(name))


def _named(subject: str, beta: float, group: Group, conditions: Sequence[str]) -> str:
    """The name of a case, in full: readers drop cases whose names are equal."""
    parts = [f"at beta {as_typed(beta)}"]
    parts += [f"of {phrase}" for phrase in group.phrases()]
    parts += [f"({', '.join(conditions)})"] if conditions else []
    return " ".join([subject, *parts])
