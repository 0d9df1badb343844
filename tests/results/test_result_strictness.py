"""`Result.from_json` refuses all that the schema forbids, and counts that contradict each other."""

from __future__ import annotations

import copy
import json
import math
import re
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, Result, evaluate
from tests.schema import VALIDATOR, result_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GIVEN_CASES = ("statistics", "none", "all", "overflow", "merged", "clusters", "weighted clusters")

VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.5, -0.5, 1e300, 2**70, math.nan, math.inf),
    *("", "x", "nan", "inf", "-inf", "0x0p0", "0x1p0", "0x2p0", "-0x1p0", "0x1p0\n", "0x1p+1"),
    *("0x01p0", "0x1p-0", "0x0p1", "0x1p-1075", "0X1p0", "<f4", "mixed", "<f4\n", "omit", "mean"),
    *([], [0], [-1], [0.5, 0.5], ["a"], ["a", "a"], ["a", "b"], {}, {"count": 1}),
]
EXTRA = ("extra", "path", "paths", "group", "column", "weight", "mean_text", "min_text", "max_text")
EXTRA_VALUES: list[Any] = [None, "nan", "inf", "a", "0x1p0", ["a", "b"]]


def document_of(case: str, folder: Path) -> dict[str, Any]:
    if case == "merged":
        parts = [result_of("statistics", folder, name) for name in ("a.csv", "b.csv")]
        return written(Result.merged(parts))  # type: ignore[no-any-return]
    return written(result_of(case, folder))  # type: ignore[no-any-return]


def mutations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document with one thing changed, left out or added, and what that was.

    The moments of rows are left alone here.
    """
    for place in places(document):
        inner, last = within(document, place)
        original = inner[last]
        for value in VALUES:
            inner[last] = value
            yield f"{place} = {value!r}", document
        del inner[last]
        yield f"no {place}", document
        if isinstance(inner, list):
            inner.insert(last, original)
        else:
            inner[last] = original
    for place in [(), *places(document)]:
        found = within(document, (*place, ""))[0]
        for name in EXTRA if isinstance(found, dict) else ():
            if name not in found:
                for value in EXTRA_VALUES:
                    found[name] = value
                    yield f"{place} with {name} = {value!r}", document
                del found[name]


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document, results after the second and moments left out."""
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    if isinstance(value, list):
        keys = list(range(min(2, len(value))))
    found = []
    for key in keys:
        if key != "rows":
            found += [(*place, key), *places(value[key], (*place, key))]
    return found


def within(document: Any, place: tuple[Any, ...]) -> tuple[Any, Any]:
    """What holds the thing at a place, and its name or number there."""
    for key in place[:-1]:
        document = document[key]
    return document, place[-1]


def is_accepted(document: dict[str, Any]) -> bool:
    """As an object and, where JSON has such a thing, as text; no error but of data."""
    try:
        result = Result.from_json(document)
    except DataError:
        return False
    assert is_valid(json.dumps(written(result)))
    assert Result.from_json(json.dumps(document)) == result
    return True


@cache
def is_valid(text: str) -> bool:
    """Whether the schema allows a document, of which many differ from others in nothing."""
    return VALIDATOR.is_valid(json.loads(text))


@pytest.mark.grid
@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("case", GIVEN_CASES)
def test_what_the_schema_forbids_is_refused(case: str, step: int, tmp_path: Path) -> None:
    """Every eleventh change, so that each place and each value comes in some documents."""
    document = document_of(case, tmp_path)
    before = copy.deepcopy(document)
    assert VALIDATOR.is_valid(document)
    assert is_accepted(document)
    n_forbidden, enough = 0, 40
    for what, mutated in islice(mutations(document), GIVEN_CASES.index(case) % step, None, step):
        was_accepted = is_accepted(mutated)
        if was_accepted or n_forbidden <= enough:  # validating takes most of the time
            is_forbidden = not is_valid(json.dumps(mutated))
            n_forbidden += is_forbidden
            assert not (was_accepted and is_forbidden), what
    assert n_forbidden > enough
    assert document == before


NAN_TABLE = "p,y\n1,2\nnan,1\n4,1\n"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"min": 9.0}, "a smallest loss that cannot be"),
        ({"max": 0.25}, "a smallest loss that cannot be"),
        ({"quadratic": 3}, "more elements of a kind than there are elements"),
        ({"inf": 2}, "a smallest loss that cannot be"),
        ({"inf": 3}, "more elements of a kind"),
        ({"missing": 2}, "more elements missing than are NaN or left out"),
        ({"omitted": 1}, "elements left out that the settings keep"),
        ({"zero_weight": 1}, "elements left out that the settings keep"),
        ({"first_nan": 3}, "a first NaN beyond all elements"),
        ({"nan": 0, "count": 2}, "a first NaN where there is none"),
        ({"nan": 3}, "losses without a smallest and a largest one"),
        ({"min": None, "min_text": "inf"}, "a smallest loss that cannot be"),
        ({"max": None, "max_text": "inf"}, "a largest loss that cannot be"),
    ],
)
def test_counts_and_extremes_that_contradict_each_other_are_refused(
    changes: dict[str, Any], what: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(NAN_TABLE)
    result = evaluate(path, None, pred=("p",), target=("y",), warn=lambda message: None)
    document = written(result)
    document["results"][0] |= changes
    if changes.get("nan") == 0:
        document["results"][0].pop("mean_text")
        document["results"][0].pop("sum_text")
        document["results"][0] |= {"mean": 1.5, "sum": 3.0}
    if "count" in changes:
        document["signature"] = document["signature"].replace("|n:3|", "|n:2|")
    assert VALIDATOR.is_valid(document)
    with pytest.raises(DataError, match=rf"damaged: results\[0\]: {what}.*evaluate again"):
        Result.from_json(document)


def test_betas_are_of_the_same_elements(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("p,y\n1,1\n1,1\n")
    sides = {"pred": ("p",), "target": ("y",)}
    document = written(evaluate(path, None, EvalSettings((0.5, 1.0)), **sides))
    document["results"][1] |= {"count": 1, "quadratic": 1}
    with pytest.raises(DataError, match="not of the same elements"):
        Result.from_json(document)


def test_a_field_of_the_future_is_named(tmp_path: Path) -> None:
    document = document_of("one", tmp_path)
    document["results"][0]["median"] = 1.0
    with pytest.raises(DataError, match=r"damaged: results\[0\]\.'median' is no field .*newer"):
        Result.from_json(document)


OVERFLOWS = {
    "some": "p,y,w,g\n1e300,0,1e100,a\n1,0,1,a\n",
    "all": "p,y,w,g\n1e300,0,1e100,a\n",
    "a group": "p,y,w,g\n1e300,0,1e100,a\n1,0,1,b\n",
    "and a NaN": "p,y,w,g\n1e300,0,1e100,a\nnan,0,1,a\n",
    "and an infinite one": "p,y,w,g\n1e300,0,1e100,a\ninf,0,1,a\n",
    "infinite of a small weight": "p,y,w,g\ninf,0,1e-300,a\n1,0,1e-300,a\n",
}


@pytest.mark.parametrize("case", OVERFLOWS)
@pytest.mark.parametrize("by", [None, "g"])
def test_a_weight_that_takes_a_loss_beyond_binary64_damages_no_result(
    case: str, by: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(OVERFLOWS[case])
    sides = {"pred": ("p",), "target": ("y",), "weight": "w"}
    result = evaluate(path, None, EvalSettings(by=by), **sides, statistics=True, warn=[].append)
    document = written(result)
    assert VALIDATOR.is_valid(document)
    assert Result.from_json(document) == result
    assert Result.from_json(written(Result.merged([result, result]))).n == 2 * result.n


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"max": None, "max_text": "inf"}, "a largest loss that cannot be"),
        ({"min": None, "min_text": "inf"}, "a smallest loss that cannot be"),
        ({"min": None, "max": None, "min_text": "inf", "max_text": "inf"}, "a smallest loss"),
    ],
)
def test_extremes_that_no_weight_explains_are_refused(
    changes: dict[str, Any], what: str, tmp_path: Path
) -> None:
    document = document_of("weights", tmp_path)
    document["results"][0] |= changes
    assert VALIDATOR.is_valid(document)
    with pytest.raises(DataError, match=rf"damaged: results\[0\]: {what}.*evaluate again"):
        Result.from_json(document)


def first_definition(losses: list[float], weights: list[float]) -> float:
    """The standard error with n / (n - 1) in place of the effective rows."""
    n, total = len(losses), sum(map(Fraction, weights))
    mean = sum(map(Fraction, losses)) / total
    rows = zip(losses, weights, strict=True)
    squares = sum((Fraction(s) - mean * Fraction(m)) ** 2 for s, m in rows)
    return math.sqrt(Fraction(n, n - 1) * squares) / float(total)


@pytest.mark.parametrize("is_unlike", [True, False])
@pytest.mark.parametrize("with_third", [True, False])
def test_a_standard_error_of_the_first_definition_is_refused_with_what_to_do(
    is_unlike: bool, with_third: bool, tmp_path: Path
) -> None:
    weights = [1.0, 3.0] if is_unlike else [2.0, 2.0]
    path = tmp_path / "t.csv"
    path.write_text("".join(("p,y,w\n", f"2,0,{weights[0]}\n", f"6,0,{weights[1]}\n")))
    sides = {"pred": ("p",), "target": ("y",), "weight": "w"}
    document = written(evaluate(path, None, EvalSettings((0.0,)), **sides, statistics=True))
    if not with_third:
        for name in ("sss", "ssm", "smm", "mmm"):
            del document["results"][0]["exact"]["rows"][name]
    losses = [2 * weights[0], 6 * weights[1]]
    earlier = first_definition(losses, weights)
    document["results"][0]["stderr"] = earlier if is_unlike else earlier + 1
    with pytest.raises(DataError, match=r"damaged: results\[0\]\.stderr is ") as caught:
        Result.from_json(document)
    expected = "evaluate again" if is_unlike or not with_third else None
    assert (caught.value.hint or "").endswith(expected or "")
    assert (caught.value.hint is None) == (expected is None)


@pytest.mark.parametrize("case", ["statistics", "all", "merged"])
@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("results", 0, "exact", "rows"), "results[0].exact.rows."),
        (("results", 0, "exact"), "results[0].exact."),
        (("results", 0), "results[0]."),
        (("decisions", 0), "decisions[0]."),
        (("settings",), "settings."),
        (("inputs", "pred"), "inputs.pred."),
    ],
)
def test_a_field_that_the_schema_does_not_know_is_refused_wherever_it_is(
    case: str, place: tuple[Any, ...], text: str, tmp_path: Path
) -> None:
    document = document_of(case, tmp_path)
    document["decisions"] = [{"subject": "rows", "input": "", "choice": "a", "reason": "b"}]
    assert is_accepted(document)
    within(document, (*place, ""))[0]["fourth"] = "0x1p0"
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(DataError, match=re.escape(f"damaged: {text}'fourth' is no field")):
        Result.from_json(document)


def test_third_moments_of_many_rows_are_refused(tmp_path: Path) -> None:
    document = document_of("statistics", tmp_path)
    entry = document["results"][0]
    entry["exact"]["rows"]["count"] = 4097
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(DataError, match="is no field"):
        Result.from_json(document)


@pytest.mark.parametrize("name", ["count", "overflowed"])
def test_rows_are_at_most_as_many_as_elements_that_are_not_nan(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(NAN_TABLE + "inf,0\n")
    sides = {"pred": ("p",), "target": ("y",)}
    document = written(evaluate(path, None, **sides, statistics=True, warn=[].append))
    assert is_accepted(document)
    document["results"][0]["exact"]["rows"][name] += 1
    with pytest.raises(
        DataError, match=r"damaged: results\[0\]: more rows than elements that are not NaN"
    ):
        Result.from_json(document)


def test_rows_beyond_the_elements_are_refused_where_the_standard_error_agrees(
    tmp_path: Path,
) -> None:
    """A row of size 0 and loss 0 in every sum."""
    path = tmp_path / "t.csv"
    path.write_text("p,y\n1,2\n4,1\n")
    sides = {"pred": ("p",), "target": ("y",)}
    document = written(evaluate(path, None, **sides, statistics=True))
    document["results"][0]["exact"]["rows"]["count"] = 3
    assert VALIDATOR.is_valid(document)
    with pytest.raises(
        DataError, match=r"damaged: results\[0\]: more rows than elements that are not NaN"
    ):
        Result.from_json(document)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"labels": ["bert", "anna"]}, "labels are not different ones in order"),
        ({"labels": ["anna", "anna"]}, "labels are not different ones in order"),
        ({"sizes": [0, 4]}, "sizes has a cluster of no elements"),
        ({"sizes": [2, 2**63]}, "sizes[1] is 9223372036854775808"),
        ({"sizes": [4]}, "labels are not as many as sizes and totals"),
        ({"totals": [["0x1p0", "0x1p0"]]}, "totals does not have a list for each beta"),
        ({"totals": [["0x1p0"]] * 2}, "labels are not as many as sizes and totals"),
        ({"totals": [["-0x1p0", "0x1p0"]] * 2}, "no exact sum"),
    ],
)
def test_clusters_that_do_not_fit_are_refused(
    changes: dict[str, Any], what: str, tmp_path: Path
) -> None:
    document = document_of("clusters", tmp_path)
    document["clusters"][0].update(changes)
    with pytest.raises(DataError, match=f"damaged: .*{re.escape(what)}"):
        Result.from_json(document)
    document["clusters"] = []
    with pytest.raises(DataError, match="clusters does not have an item for each group"):
        Result.from_json(document)


@pytest.mark.parametrize("changes", [{"sizes": [4]}, {"totals": [["0x5p0"]]}])
def test_clusters_that_do_not_add_up_are_refused(changes: dict[str, Any]) -> None:
    document = evaluate([1.0, 2.0, 3.0], [0.0] * 3, clusters=["a"] * 3).to_json()
    document["clusters"][0].update(changes)  # the standard error of one cluster is NaN anyway
    with pytest.raises(DataError, match="the clusters do not add up to the results"):
        Result.from_json(document)


def test_a_group_that_no_text_is_called_is_refused() -> None:
    document = evaluate([1.0, 2.0], [0.0, 0.0], groups=["a\\b", "é"]).to_json()
    Result.from_json(document)
    document["results"][1]["group"] = "\ud800"
    with pytest.raises(DataError, match=r"results\[1\].group has half of a pair of surrogates"):
        Result.from_json(document)
