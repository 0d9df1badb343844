"""Gates as a JUnit report, which Jenkins, GitLab and others show beside the reports of tests.

The dialect is that of Jenkins (`junit-10.xsd` of its xUnit plugin). The report has no time and no
host, so that equal results give equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from smoothl1.cli.console import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.cli.views import CiReport
    from smoothl1.results.gates import Verdict
    from smoothl1.tallies.group import Group

_NAME = "smoothl1"


def junit_xml(report: CiReport) -> bytes:
    """A report with a test case for each gate, beta and group; without gates, for each result.

    Control characters, and all others that XML cannot hold, are escaped.

    Args:
        report: The report on the run.

    Returns:
        XML in UTF-8.
    """
    checked = [_checked(report.subject, verdict) for verdict in report.verdicts]
    return _suite(checked or _unchecked(report), report.properties)


def junit_error(kind: str, message: str) -> bytes:
    """A report of an error that left no result, to replace any earlier report.

    Args:
        kind: The name of the kind of error that ended the run.
        message: What it says.

    Returns:
        XML in UTF-8.
    """
    case = _case("evaluation")
    message = printable(message)
    SubElement(case, "error", type=kind, message=message).text = message
    return _suite([case], [])


def _suite(cases: Sequence[Element], properties: Sequence[tuple[str, str]]) -> bytes:
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
    }
    suites = Element("testsuites", {"name": _NAME, **counts})
    suite = SubElement(suites, "testsuite", {"name": _NAME, **counts})
    listed = SubElement(suite, "properties")
    for name, value in properties:
        SubElement(listed, "property", name=name, value=printable(value))
    suite.extend(cases)
    indent(suites)
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _checked(subject: str, verdict: Verdict) -> Element:
    """A test case of one gate. Its message is in each of the places where a reader looks for it."""
    case = _case(f"{verdict.gate}: {_named(subject, verdict.beta, verdict.group)}")
    message = printable(verdict.message)
    if verdict.passed:
        SubElement(case, "system-out").text = message
    else:
        kind = verdict.gate.partition(" ")[0]
        SubElement(case, "failure", type=kind, message=message).text = message
    return case


def _unchecked(report: CiReport) -> list[Element]:
    """Test cases that pass, one for each result."""
    cases = []
    for subject, beta, group, value in report.values:
        cases.append(_case(_named(subject, beta, group)))
        SubElement(cases[-1], "system-out").text = repr(value)
    return cases


def _case(name: str) -> Element:
    return Element("testcase", classname=_NAME, name=printable(name))


def _named(subject: str, beta: float, group: Group) -> str:
    """The name of a case, in full: readers drop cases whose names are equal."""
    parts = [f"at beta {beta!r}"]
    parts += [f"of {phrase}" for phrase in group.phrases()]
    return " ".join([subject, *parts])
