"""A result is a value: what it writes it reads back, and what is damaged it refuses by name."""

from __future__ import annotations

import copy
import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothl1 import DataError, EvalSettings, ReadOptions, Result, evaluate
from tests import oracle
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

NAN, INF = math.nan, math.inf
HUGE, SUBNORMAL = 1.7976931348623157e308, 5e-324

DATA: dict[str, dict[str, list[Any]]] = {
    "plain": {
        "p0": [0.1, -0.4, 3.0, 0.5, 1e-3, 7.0],
        "p1": [2.0, 0.25, 1 / 3, -5.0, 0.0, 1e9],
        "t0": [0.3, 0.9, 2.5, 0.4, 0.0, -7.0],
        "t1": [1.0, 0.25, 0.0, 5.0, 1e-9, 0.0],
        "g": ["ü\n", "a", "ü\n", "ü\n", "a", "ü\n"],
        "w": [1.0, 0.1, 3.0, 0.7, 1e-5, 2.0],
    },
    "nan": {
        "p0": [1.0, NAN, 3.0, None, 2.0, 1.0],
        "p1": [NAN, 2.0, 3.0, 1.0, 2.0, 1.0],
        "t0": [0.0, 1.0, None, 1.0, NAN, 2.0],
        "t1": [0.0, 0.0, 0.0, 0.5, 0.25, 0.125],
        "g": ["a", "a", "b", "c", "c", "b"],
        "w": [1.0, 2.0, 0.5, 1.0, 1.0, 0.0],
    },
    "inf": {
        "p0": [INF, 1.0, 2.0],
        "p1": [1.0, -INF, 2.0],
        "t0": [0.0, 0.0, 0.0],
        "t1": [0.0, 0.0, 0.0],
        "g": ["a", "b", "b"],
        "w": [1.0, 1.0, 2.0],
    },
    "subnormal": {
        "p0": [SUBNORMAL, 3 * SUBNORMAL, 0.0],
        "p1": [0.0, 2.0**-1060, SUBNORMAL],
        "t0": [0.0, 0.0, 0.0],
        "t1": [0.0, 0.0, 0.0],
        "g": ["a", "b", "b"],
        "w": [1.0, 0.5, 2.0],
    },
    "huge": {
        "p0": [1e308, HUGE, HUGE],
        "p1": [1e308, 1.0, SUBNORMAL],
        "t0": [0.0, 0.0, -1.0],
        "t1": [0.0, 0.0, 0.0],
        "g": ["a", "b", "a"],
        "w": [1.0, 0.5, 1e-300],
    },
    "single": {"p0": [2.0], "p1": [1.0], "t0": [0.0], "t1": [1.0], "g": ["1"], "w": [0.5]},
}

SETTINGS = {
    "mean": EvalSettings(),
    "sum": EvalSettings((0.0, 1.0, 1 / 3, SUBNORMAL, 1e308), "sum"),
    "by": EvalSettings((1.0, 0.5), by="g"),
    "columns": EvalSettings((0.25,), by_column=True),
    "both": EvalSettings((0.0, 2.0), "sum", by="g", by_column=True),
}


def evaluated(
    folder: Path,
    data: str,
    wanted: EvalSettings,
    *,
    weighted: bool = False,
    statistics: bool = True,
) -> Result:
    path = folder / f"{data}.parquet"
    save_table(path, DATA[data])
    return evaluate(
        path,
        settings=wanted,
        pred=("p0", "p1"),
        target=("t0", "t1"),
        weight="w" if weighted else None,
        options=ReadOptions(allow_missing=True),
        statistics=statistics,
        warn=[].append,
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A document in which every field is there, and none is null."""
    folder = tmp_path_factory.mktemp("document")
    wanted = EvalSettings((0.5, 1.0), by="g", by_column=True)
    written: dict[str, Any] = evaluated(folder, "plain", wanted, weighted=True).to_json()
    assert "null" not in json.dumps(written).replace('"first_nan": null', "")
    return written


def places(content: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every field and item."""
    if not isinstance(content, dict | list):
        return []
    keys = list(content) if isinstance(content, dict) else list(range(len(content)))
    return [p for key in keys for p in [(*at, key), *places(content[key], (*at, key))]]


def of_some(content: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The way to every field, of results to those of the first two and the last."""
    left_out = range(2, len(content["results"]) - 1)
    return [at for at in places(content) if at[0] != "results" or at[1:2] not in set(zip(left_out))]


def name_of(place: tuple[Any, ...]) -> str:
    """As a person would write it: results[0].exact.total."""
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in place)[1:]


def changed(content: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy with one field replaced; with `...`, without that field."""
    found = copy.deepcopy(content)
    within: Any = found
    for key in place[:-1]:
        within = within[key]
    if value is ...:
        del within[place[-1]]
    else:
        within[place[-1]] = value
    return found


def refusal(content: Any) -> str:
    """What is said of it, as an object and as text alike."""
    said = set()
    for form in (content, json.dumps(content)) if isinstance(content, dict) else (content,):
        with pytest.raises(DataError) as caught:
            Result.from_json(form)
        said.add(str(caught.value))
    assert len(said) == 1
    return said.pop()


@pytest.mark.parametrize("statistics", [True, False], ids=["statistics", "plain"])
@pytest.mark.parametrize("weighted", [True, False], ids=["weighted", "unweighted"])
@pytest.mark.parametrize("data", DATA)
def test_a_result_reads_back_as_an_equal_value(
    tmp_path: Path, data: str, weighted: bool, statistics: bool
) -> None:
    for shape in SETTINGS.values():
        for policy in ("propagate", "omit", "omit-target") if data == "nan" else ("propagate",):
            wanted = EvalSettings(
                shape.betas, shape.reduction, policy, by=shape.by, by_column=shape.by_column
            )
            result = evaluated(tmp_path, data, wanted, weighted=weighted, statistics=statistics)
            written = result.to_json()
            text = json.dumps(written, allow_nan=False)
            for form in (written, text, text.encode(), json.dumps(written, indent=1) + "\n"):
                back = Result.from_json(form)
                assert back == result
                assert back.to_json() == written
            assert text == json.dumps(back.to_json(), allow_nan=False)


def test_the_exact_state_stands_for_the_exact_sum(tmp_path: Path) -> None:
    for data in ("plain", "subnormal", "huge"):
        pred, target = (
            np.array([DATA[data][f"{side}0"], DATA[data][f"{side}1"]]).T for side in "pt"
        )
        result = evaluated(tmp_path, data, SETTINGS["sum"])
        for entry, beta in zip(result.to_json()["results"], result.settings.betas, strict=True):
            wanted = oracle.tally(pred, target, beta)
            assert oracle.exact(entry["exact"]["total"]) == wanted.total
            rows = [
                sum(oracle.losses(x, y, beta)) for x, y in zip(pred, target, strict=True)
            ]  # two elements: one addition, rounded once
            if all(map(math.isfinite, rows)):
                squares = sum(Fraction(s) ** 2 for s in rows)
                assert oracle.exact(entry["exact"]["rows"]["squares"]) == squares
                assert oracle.exact(entry["exact"]["rows"]["sss"]) == sum(
                    Fraction(s) ** 3 for s in rows
                )


def test_merged_results_read_back_too(tmp_path: Path) -> None:
    parts = [evaluated(tmp_path, data, SETTINGS["both"]) for data in ("plain", "nan", "huge")]
    whole = Result.merged(parts)
    assert len(whole.inputs[0].paths) == 3
    assert Result.from_json(json.dumps(whole.to_json())) == whole


def test_the_merged_result_of_other_shapes_has_no_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((2, 3)))
    np.save(tmp_path / "b.npy", np.ones(4, np.float32))
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    np.save(tmp_path / "y.npy", np.zeros(4))
    parts = [evaluate(tmp_path / f"{a}.npy", tmp_path / f"{b}.npy") for a, b in ("ax", "by")]
    whole = Result.merged(parts)
    assert whole.inputs[0].shape is None
    assert whole.inputs[0].dtype == "mixed"
    assert Result.from_json(json.dumps(whole.to_json())) == whole


@pytest.mark.parametrize("shapes", [((10, 3), (30,)), ((6, 5), (2, 5, 3)), ((1, 30), (30, 1))])
def test_inputs_that_are_paired_element_by_element_have_no_rows(
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    sides = [np.arange(30.0).reshape(shape) / (i + 1) for i, shape in enumerate(shapes)]
    options = ReadOptions(flatten=True)
    result = evaluate(*sides, options=options, statistics=True)
    assert Result.from_json(result.to_json()) == result
    merged = Result.merged([result, evaluate(*sides, options=options, statistics=True)])
    assert Result.from_json(merged.to_json()) == merged


def test_every_field_that_is_missing_is_named(document: dict[str, Any]) -> None:
    for place in of_some(document):
        if isinstance(place[-1], int):
            continue
        damaged = changed(document, place, ...)
        if place[-1] in {"decisions", "weight_column", "expects_nan"}:
            Result.from_json(damaged)
            continue
        said = refusal(damaged)
        if place[-1] in {"group", "column"}:
            continue  # of which group that was, nothing tells
        named = str(place[-1]) if place == ("schema",) else name_of(place)
        if place[-1] == "path":
            named += "s"
        if place[-2:] == ("exact", "weight"):
            assert place[-1] in said or "mean" in said, said
        elif place[-2:] == ("exact", "rows"):
            assert "stderr" in said
        else:
            assert named in said


@pytest.mark.parametrize("value", [True, "x", [], {}, 1.5, -7], ids=repr)
def test_every_field_of_a_wrong_type_is_named(document: dict[str, Any], value: Any) -> None:
    for place in of_some(document):
        within: Any = document
        for key in place:
            within = within[key]
        number = isinstance(within, float) and isinstance(value, int | float)
        if (isinstance(value, type(within)) and value is not True) or number:
            continue
        if place[-1] == "first_nan" or (isinstance(value, bool) and isinstance(within, bool)):
            continue
        said = refusal(changed(document, place, value))
        assert f"{name_of(place)} is " in said or place == ("schema",), (place, said)


def test_a_value_that_is_null_is_named_as_the_document_names_it(document: dict[str, Any]) -> None:
    entry = "damaged: results[0]"
    assert refusal(changed(document, ("results", 0), None)) == f"{entry} is null, not an object"
    said = refusal(changed(document, ("results", 0, "mean"), None))
    assert said == f"{entry}.mean is null without a mean_text"
    said = refusal(changed(document, ("results", 0, "exact", "total"), ...))
    assert said == f"{entry}.exact.total is missing"


@pytest.mark.parametrize(
    "name",
    ["count", "nan", "inf", "quadratic", "missing", "omitted", "zero_weight"],
)
@pytest.mark.parametrize("value", [-1, 1 << 63, 1 << 200])
def test_a_count_out_of_range_is_named(document: dict[str, Any], name: str, value: int) -> None:
    assert f"results[1].{name}" in refusal(changed(document, ("results", 1, name), value))


@pytest.mark.parametrize("name", ["count", "overflowed"])
def test_a_negative_count_of_rows_is_named(document: dict[str, Any], name: str) -> None:
    place = ("results", 0, "exact", "rows", name)
    assert name_of(place) in refusal(changed(document, place, -1))


def test_a_position_below_zero_is_named(document: dict[str, Any]) -> None:
    assert "results[1].first_nan" in refusal(changed(document, ("results", 1, "first_nan"), -1))


def test_a_shape_below_zero_is_named(document: dict[str, Any]) -> None:
    assert "inputs.pred.shape" in refusal(changed(document, ("inputs", "pred", "shape"), [-6, 2]))


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "0x", "0xgp0", "0x5", "0x5p", "0x5.8p0", "0X5p0", "0x05p0", "0x5P0", " 0x5p0"),
        *("0x5p0\n", "--0x5p0", "0x5p99999", "0x1p4000", "0x1p9999", "0x1p-2149", "0x1p-9999"),
        *("nan", "0x٣p0", "0x1p٣", "0x" + "f" * 5000 + "p0"),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_an_exact_sum_that_is_none_is_named(document: dict[str, Any], text: str) -> None:
    for names in (("total",), ("weight",), ("rows", "squares"), ("rows", "sizes")):
        place = ("results", 2, "exact", *names)
        assert name_of(place) in refusal(changed(document, place, text))


@pytest.mark.parametrize("name", ["mean", "sum", "stderr"])
def test_a_number_that_does_not_follow_from_the_exact_state_is_named(
    document: dict[str, Any], name: str
) -> None:
    for i, entry in enumerate(document["results"]):
        if entry[name] is None:
            others: list[Any] = [0.0, 1.0]
        else:
            others = [math.nextafter(entry[name], INF), math.nextafter(entry[name], -INF), 0.0, -1]
        for value in others:
            if value != entry[name]:
                said = refusal(changed(document, ("results", i, name), value))
                assert f"results[{i}].{name}" in said


def test_an_exact_sum_that_was_changed_is_found(document: dict[str, Any]) -> None:
    for place in places(document):
        if place[-1] in {"total", "weight", "cross", "squares", "sizes"}:
            refusal(changed(document, place, "0x123457p-9"))


@pytest.mark.parametrize("digits", [400, 4000, 5000])
def test_a_number_of_thousands_of_digits_is_refused(document: dict[str, Any], digits: int) -> None:
    number = 10**digits
    mark = "a number goes here"
    for place in of_some(document):
        if place[-1] == "first_nan":
            continue
        text = json.dumps(changed(document, place, mark))
        with pytest.raises(DataError):
            Result.from_json(text.replace(json.dumps(mark), f"1{'0' * digits}"))
        with pytest.raises(DataError):
            Result.from_json(changed(document, place, number))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_no_json_are_refused(document: dict[str, Any], constant: str) -> None:
    text = json.dumps(changed(document, ("results", 0, "mean"), float(constant)))
    assert constant in text
    assert constant in refusal(text)


@pytest.mark.parametrize("word", ["NaN", "Inf", "1.0", "", "infinity", 0])
def test_the_text_of_a_number_is_one_of_three(tmp_path: Path, word: Any) -> None:
    written = evaluated(tmp_path, "nan", EvalSettings()).to_json()
    assert (written["results"][0]["mean"], written["results"][0]["mean_text"]) == (None, "nan")
    place = ("results", 0, "mean_text")
    assert "results[0].mean_text" in refusal(changed(written, place, word))


def test_a_field_that_is_there_twice_is_refused(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for field in ('"schema": ', '"count": ', '"total": ', '"nan": '):
        doubled = text.replace(field, f"{field}1, {field}", 1)
        assert "twice" in refusal(doubled)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("smoothl1.result/2", "a newer smoothl1 reads it"),
        ("smoothl1.result/1.1", "a newer smoothl1 reads it"),
        ("smoothl1.comparison/1", '"smoothl1.comparison/1"'),
        ("other", '"other"'),
        ("", '""'),
        (7, "its schema is 7"),
        (None, "it has no schema"),
        ([], "its schema"),
    ],
)
def test_a_document_of_another_schema_is_said_to_be_one(
    document: dict[str, Any], word: Any, said: str
) -> None:
    assert said in refusal(changed(document, ("schema",), word))


@pytest.mark.parametrize("text", ["[]", "1", "null", '"smoothl1.result/1"', "true", "[[1], 2]"])
def test_a_document_that_is_no_object_is_refused(text: str) -> None:
    assert "not an object" in refusal(text)


@pytest.mark.parametrize("text", ["", " ", "{", "mean\t0.5\n", "{'schema': 1}", "\ufeff{}"])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    assert "not a JSON document" in refusal(text)


@pytest.mark.parametrize("content", [b"\xff\xfe\xfd", b'{"schema": "\xe9"}', b"\x93NUMPY", b"\0"])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    assert "not a JSON document" in refusal(content)


def test_a_document_that_is_cut_short_is_asked_about() -> None:
    text = json.dumps(evaluate([1.0], [2.0]).to_json())
    for end in range(1, len(text)):
        with pytest.raises(DataError, match=r"it ends within line 1: is the file cut short\?"):
            Result.from_json(text[:end])
    with pytest.raises(DataError, match="line 1, column 1 is no JSON"):
        Result.from_json("")


def test_a_document_cut_anywhere_is_refused(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False).encode()
    for end in range(0, len(text), 13):
        with pytest.raises(DataError, match="not a JSON document"):
            Result.from_json(text[:end])


@pytest.mark.parametrize("opening", ["[", '{"a": '])
def test_a_document_nested_at_any_depth_is_refused(document: dict[str, Any], opening: str) -> None:
    """About the limit of recursion, too, where reading succeeds and saying so might not."""
    mark, closing = "here it goes", {"[": "]", '{"a": ': "}"}[opening]
    texts = [
        json.dumps(changed(document, place, mark))
        for place in (("schema",), ("version",), ("results", 0, "mean"), ("settings", "betas", 0))
    ]
    for depth in [1, 50, *range(850, 1010, 7), *range(985, 1005), 5000, 100_000]:
        nested = f"{opening * depth}1{closing * depth}"
        for text in texts:
            with pytest.raises(DataError):
                Result.from_json(text.replace(json.dumps(mark), nested))


def test_a_list_of_results_that_does_not_fit_the_settings_is_refused(
    document: dict[str, Any], tmp_path: Path
) -> None:
    results = document["results"]
    for others in (results[:-1], results[1:], results[::-1], [*results, results[-1]], results[:1]):
        refusal({**document, "results": others})
    twice = [results[0], *results[1:]]
    twice[1] = {**twice[1], "group": twice[0]["group"], "column": twice[0]["column"]}
    refusal({**document, "results": twice})
    refusal(changed(document, ("results", 0, "beta"), 0.75))


def test_a_result_without_groups_has_one_entry_for_each_beta(tmp_path: Path) -> None:
    written = evaluated(tmp_path, "plain", EvalSettings((0.5, 1.0))).to_json()
    refusal({**written, "results": []})


def test_a_result_without_groups_names_none(tmp_path: Path) -> None:
    written = evaluated(tmp_path, "plain", EvalSettings((0.5, 1.0))).to_json()
    refusal({**written, "results": [{**entry, "group": "a"} for entry in written["results"]]})


def test_entries_name_what_the_settings_part_them_by(tmp_path: Path) -> None:
    written = evaluated(tmp_path, "single", EvalSettings(by="g")).to_json()
    (entry,) = written["results"]
    assert entry["group"] == "1"
    refusal({**written, "results": [{k: v for k, v in entry.items() if k != "group"}]})
    refusal({**written, "results": [{**entry, "column": "p0"}]})
    refusal(changed(written, ("settings", "by"), None))


def test_weights_are_there_just_where_the_settings_say_so(tmp_path: Path) -> None:
    written = evaluated(tmp_path, "single", EvalSettings(), weighted=True).to_json()
    assert written["settings"]["weighted"]
    refusal(changed(written, ("results", 0, "exact", "weight"), "0x0p0"))
    refusal(changed(written, ("settings", "weighted"), value=False))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("betas", []), ("betas", [1.0, 1.0]), ("betas", [-1.0]), ("betas", [0.0, -0.0])),
        *(("reduction", "median"), ("reduction", "none"), ("nan", "drop"), ("betas", ["1"])),
    ],
)
def test_settings_out_of_range_are_refused(
    document: dict[str, Any], name: str, value: object
) -> None:
    assert "settings" in refusal(changed(document, ("settings", name), value))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**330), 10**330)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["nan", "inf", "-inf", "0x0p0", "-0x1p0", "0x1p-1074", "0x1p1024", 1e308]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


def assert_refused_or_sound(content: str | bytes | dict[str, Any]) -> None:
    """It is refused, or it is a result that can be used and written again."""
    try:
        result = Result.from_json(content)
    except DataError:
        return
    assert Result.from_json(json.dumps(result.to_json(), allow_nan=False)) == result
    assert len(result.values) == len(result.tallies)
    assert result.signature.startswith("smoothl1|")


@given(json_values)
def test_any_json_is_refused(content: Any) -> None:
    assert_refused_or_sound(json.dumps(content))
    with pytest.raises(DataError):
        Result.from_json(json.dumps({"schema": "smoothl1.result/1", "a": content}))


@pytest.mark.grid
@settings(max_examples=150)
@given(data=st.data())
def test_a_document_with_any_fields_replaced_is_refused_or_sound(
    document: dict[str, Any], data: st.DataObject
) -> None:
    damaged = document
    for place in data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        value = data.draw(json_values)
        try:
            damaged = changed(damaged, place, value)
        except (LookupError, TypeError):
            continue  # it is no longer there
    assert_refused_or_sound(damaged)
    assert_refused_or_sound(json.dumps(damaged))


@given(data=st.data())
def test_a_document_with_any_bytes_replaced_is_refused_or_sound(
    document: dict[str, Any], data: st.DataObject
) -> None:
    text = bytearray(json.dumps(document).encode())
    for at in data.draw(st.lists(st.integers(0, len(text) - 1), min_size=1, max_size=3)):
        text[at] = data.draw(st.integers(0, 255) | st.sampled_from(b'0123456789"{}[],:-+.eExp'))
    assert_refused_or_sound(bytes(text))


def _places() -> list[tuple[Any, ...]]:
    """Of the document above; hypothesis wants them before the fixture is there."""
    tops = [("schema",), ("version",), ("settings",), ("inputs",), ("results",)]
    names = ("betas", "reduction", "nan", "weighted", "by", "by_column")
    of_settings = [("settings", name) for name in names]
    sides = ("path", "format", "shape", "dtype", "columns")
    of_inputs = [("inputs", role, name) for role in ("pred", "target") for name in sides]
    fields = (
        *("beta", "group", "column", "mean", "mean_text", "sum", "stderr", "stderr_text", "count"),
        *("nan", "inf", "quadratic", "missing", "omitted", "zero_weight", "min", "max"),
        *("first_nan", "exact"),
    )
    of_entries = [("results", i, name) for i in (0, 3) for name in fields]
    exact = [("total",), ("weight",), ("rows",)]
    exact += [
        ("rows", name)
        for name in ("count", "squares", "cross", "sizes", "overflowed", "sss", "mmm")
    ]
    of_exact = [("results", i, "exact", *names) for i in (0, 3) for names in exact]
    return [*tops, *of_settings, *of_inputs, *of_entries, *of_exact, ("results", 0)]


PLACES = _places()
