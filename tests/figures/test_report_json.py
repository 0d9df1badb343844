"""Reports as JSON: read back to the same page, merged to that of one run, and never trusted."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import smoothl1
from smoothl1 import DataError, Report, Result, SettingsError
from tests.schema import VALIDATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

N = 1301
CUTS = (0, 611, 612, 1000, N)

RNG = np.random.default_rng(8)
TARGET = RNG.normal(size=N) * 10.0 ** RNG.integers(-3, 3, N)
PRED = TARGET + RNG.normal(size=N)
HARD = PRED.copy()
HARD[[3, 700]], HARD[[5, 1200]] = np.nan, np.inf
TABLE = pa.table(
    {
        "p": pa.array(PRED, mask=RNG.random(N) < 0.01),
        "y": TARGET,
        "kind": RNG.choice(["cat", "dog", "cow"], N),
        "w": RNG.choice([0.0, 0.25, 1.5, 1e308], N),
        "far": PRED * 100,
        "large": np.full(N, 1e308),
    }
)
COLUMNS: dict[str, Any] = {"pred": "p", "target": "y"}
OMIT = {"nan": "omit", "options": smoothl1.ReadOptions(allow_missing=True)}

CASES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "numbers": (PRED, TARGET, {"betas": 0.5}),
    "columns": (np.c_[PRED, TARGET], np.c_[TARGET, PRED / 3], {"by_column": True, "betas": 0}),
    "not finite": (HARD.astype(np.float32), TARGET, {"betas": 1e-3, "reduction": "sum"}),
    "integers": ((PRED * 10).astype(np.int64), (TARGET * 10).astype(np.int64), {"betas": 3}),
    "groups": (TABLE, None, COLUMNS | OMIT | {"by": "kind", "keep": "w"}),
    "weights": (TABLE, None, COLUMNS | {"weight": "w", "nan": "omit-target"} | OMIT),
    "infinite products": (TABLE, None, {"pred": "far", "target": "y", "weight": "large"} | OMIT),
}


def report_of(case: str, start: int = 0, stop: int = N, **options: Any) -> Report:
    pred, target, given = CASES[case]
    sides = [side if side is None else side[start:stop] for side in (pred, target)]
    return smoothl1.report(*sides, warn=lambda message: None, **given, **options)


def parts_of(case: str) -> list[Report]:
    ends = pairwise(CUTS)
    return [report_of(case, start, stop, rows_before=start) for start, stop in ends]


def shown(report: Report) -> list[object]:
    """All that a report shows, but for the rows of the worst elements, which are those of parts."""
    figures = [figure for figure in report.figures if figure.name != "worst"]
    return [report.title, report.notes, *map(str, figures)]


@pytest.mark.parametrize("case", CASES)
def test_a_report_is_read_back(case: str) -> None:
    report = report_of(case)
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    VALIDATOR.validate(document)
    for given in (document, json.dumps(document), json.dumps(document).encode()):
        again = Report.from_json(given)
        assert again.to_html() == report.to_html()
        assert again.to_json() == document
    assert Result.from_json(document) == report.result
    assert {name: document[name] for name in report.result.to_json()} == report.result.to_json()


@pytest.mark.parametrize("case", CASES)
def test_parts_have_the_report_of_the_whole_in_any_order_and_grouping(case: str) -> None:
    a, b, c, d = parts_of(case)
    whole = Report.merged([a, b, c, d])
    assert shown(whole) == shown(report_of(case))
    assert whole.warnings == ()
    saved = [Report.from_json(part.to_json()) for part in (d, c, b, a)]
    for grouped in ([Report.merged([a, b]), Report.merged([c, d])], [a, Report.merged([b, c]), d]):
        assert Report.merged(grouped).to_json() == whole.to_json()
    assert Report.merged(saved).to_html() == whole.to_html()


def test_parts_whose_places_are_not_known_follow_each_other() -> None:
    parts = [report_of("numbers", start, stop) for start, stop in ((0, 612), (612, 1124))]
    for merged in (
        Report.merged([*parts, report_of("numbers", 1124)]),
        Report.merged([parts[0], Report.merged([parts[1], report_of("numbers", 1124)])]),
    ):
        assert shown(merged) == shown(report_of("numbers"))
    other = Report.merged([report_of("numbers", 0, 611), report_of("numbers", 611)])
    assert "rows" not in [figure.name for figure in other.figures]
    assert "--rows-before 611" in other.warnings[0]
    assert other.warnings[0] in other.notes


def test_rows_are_those_of_the_inputs_whatever_their_shapes() -> None:
    flat = smoothl1.ReadOptions(flatten=True)
    reports = [
        smoothl1.report(np.ones((6, 3)), np.zeros((6, 3)), rows_before=0),
        smoothl1.report(np.ones((4, 3)), np.zeros((4, 3)), rows_before=6),
        smoothl1.report(np.ones((4, 3)), np.zeros(12), options=flat),
        smoothl1.report(np.float64(1), np.float64(0), rows_before=10),
    ]
    reports.append(Report.merged(reports[:2]))
    reports.append(Report.merged([reports[3], reports[4]]))
    assert reports[5].result.inputs[0].shape is None
    for report in reports:
        assert Report.from_json(report.to_json()).to_json() == report.to_json()
    document = reports[4].to_json()
    block = document["figures"]["along_rows"][0]
    assert block["counts"] == [3] * 10
    block["counts"][:2] = [4, 2]
    with pytest.raises(DataError, match="along_rows does not have the rows of the inputs"):
        Report.from_json(document)


def test_reports_that_do_not_go_together_are_refused() -> None:
    part = report_of("numbers", 0, 900, rows_before=0)
    with pytest.raises(DataError, match="betas is"):
        Report.merged([part, report_of("integers")])
    with pytest.raises(DataError, match="row 801 of the whole is in two"):
        Report.merged([part, report_of("numbers", 800, rows_before=800)])
    with pytest.raises(DataError, match="a result without figures"):
        Report.from_json(part.result.to_json())
    for number in (-1, True, 1.5, 2**62):
        with pytest.raises(SettingsError, match="rows_before is a whole number"):
            report_of("numbers", rows_before=number)


def test_the_report_of_a_comparison_is_not_saved() -> None:
    from smoothl1.figures.report import report_of_comparison

    found = smoothl1.compare(PRED, PRED * 0.9, TARGET, histogram=True)
    report = report_of_comparison(found, 0.95)
    with pytest.raises(SettingsError, match="report of several models"):
        report.to_json()
    for together in ([report], [report, report_of("numbers")], [report_of("numbers"), report]):
        with pytest.raises(SettingsError, match="reports of several models are not merged"):
            Report.merged(together)


def test_the_document_is_small_whatever_the_rows() -> None:
    wide = RNG.normal(size=400_000) * 10.0 ** RNG.integers(-30, 30, 400_000)
    document = json.dumps(smoothl1.report(wide, wide[::-1].copy()).to_json(), indent=2)
    assert len(document) < 1_000_000


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    items = value.items() if isinstance(value, dict) else ()
    items = [(0, value[0])] if isinstance(value, list) and value else items
    for key, inner in items:
        yield from leaves(inner, (*place, key))


@pytest.mark.parametrize("case", ["numbers", "weights"])
def test_a_damaged_report_is_refused_or_drawn(case: str) -> None:
    document = report_of(case, 0, 40).to_json()
    n_refused = 0
    for place in [place for place in leaves(document["figures"]) if place]:
        holder = document["figures"]
        for key in place[:-1]:
            holder = holder[key]
        before = holder[place[-1]]
        for value in (None, True, -1, 0, 1, 257, 1.5, 2**62, 2**63, "0x1p0", "x", [], [1], {}):
            holder[place[-1]] = value
            try:
                Report.from_json(document).to_html()
            except DataError:
                n_refused += 1
        holder[place[-1]] = before
    assert n_refused > 300
    Report.from_json(document)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("extra",), 1, "'extra' is no field"),
        (("errors", "zero"), 1, "zero is larger than its bin"),
        (("errors", "bins", 0), 32760, "bins are not ascending"),
        (("errors", "counts", 0), 5, "not those of 3 pairs"),
        (("errors", "bins"), [100, 16352, 49024], "closer than beta"),
        (("errors", "bins", 2), 65520, "losses that are not finite"),
        (("pairs", "counts", 0), 2, "counts are not those of 3 pairs"),
        (("pairs", "low"), -3.0, "in no cell that holds a pair"),
        (("pairs", "low"), 8.0, "low is above high"),
        (("pairs", "rows", 0), 256, "not those of cells"),
        (("betas", "beta", 0), 2e-3, "not the betas around 1"),
        (("betas", "total", 0), "0x0p0", "rises with beta"),
        (("betas", "total", 0), "0x1p4", "betas contradict the errors at 0.01: the sum"),
        (("errors", "bins", 0), 16337, "errors contradict the extremes of the result"),
        (("betas", "inf", 0), 1, "inf is not that of the result"),
        (("betas", "quadratic", 0), 3, "quadratic contradicts the errors"),
        (("betas", "quadratic", 4), 2, "at beta 1 is not that of the result"),
        (("along_rows", 0, "block_rows"), 2, "block_rows is not 1"),
        (("along_rows", 0, "blocks", 2), 3, "not ascending blocks"),
        (("along_rows", 0, "counts", 0), 2, "does not have the sums"),
        (("along_rows", 0, "total", 0), "0x1p0", "does not have the sums"),
        (("along_rows",), [], "does not have the sums"),
        (("along_rows", 0, "rows"), 4, "along_rows does not have the rows of the inputs"),
        (("along_rows", 0, "rows_before"), 1, "not ascending blocks"),
    ],
)
def test_contradictions_are_named(place: tuple[Any, ...], value: Any, said: str) -> None:
    document = smoothl1.report([0.0, 2.0, 5.0], [-0.25, 1.0, 6.0]).to_json()
    holder = copy.deepcopy(document)
    inner = holder["figures"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(DataError, match=said):
        Report.from_json(holder)
    assert Report.from_json(document).to_json() == document
