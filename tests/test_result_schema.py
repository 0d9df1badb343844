"""What `docs/result.schema.json` says of results is so, and `docs/results.md` says the same."""

from __future__ import annotations

import copy
import doctest
import json
import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smoothl1 import ReadOptions, Result, evaluate, report
from tests.schema import CASES, SCHEMA, VALIDATOR, result_of, written

ROOT = Path(__file__).parents[1]


def described(schema: dict[str, Any], place: str = "") -> dict[str, str]:
    """Every field of the schema, as a dotted path, and its description."""
    if "$ref" in schema:
        schema = {**SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], **schema}
    fields = {place: schema.get("description", "")} if place else {}
    patterns = {named(name): field for name, field in schema.get("patternProperties", {}).items()}
    for name, field in (schema.get("properties", {}) | patterns).items():
        fields |= described(field, f"{place}.{name}" if place else name)
    if "properties" in schema.get("items", {}) or "$ref" in schema.get("items", {}):
        fields |= described(schema["items"], f"{place}[]")
    return fields


def named(pattern: str) -> str:
    """A pattern of names of fields as one name, in which a star stands for numbers."""
    return pattern.strip("^$").replace("[^_]+", "*")


def found(value: Any, place: str = "") -> set[str]:
    """Every field of a document, as a dotted path."""
    if isinstance(value, dict):
        value = {re.sub(r"(?<=within_|antile_)[^_]+", "*", name): v for name, v in value.items()}
        inner = [found(v, f"{place}.{name}" if place else name) for name, v in value.items()]
        return {place}.union(*inner) - {""}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {place}.union(*(found(item, f"{place}[]") for item in value))
    return {place}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", CASES)
def test_results_of_all_settings_keep_to_the_schema(case: str, tmp_path: Path) -> None:
    result = result_of(case, tmp_path)
    document = written(result)
    VALIDATOR.validate(document)
    assert Result.from_json(json.dumps(document)) == result


@pytest.mark.parametrize("case", CASES)
def test_merged_results_keep_to_the_schema(case: str, tmp_path: Path) -> None:
    parts = [result_of(case, tmp_path, name) for name in ("a.csv", "b.csv", "a.csv")]
    document = written(Result.merged(parts))
    VALIDATOR.validate(document)
    assert [len(side["paths"]) for side in document["inputs"].values()] == [2, 2]


def test_merged_results_of_different_inputs_keep_to_the_schema(tmp_path: Path) -> None:
    samples = ROOT / "sample_data"
    parts = [
        evaluate(samples / "preds.csv", samples / "targets.npy"),
        evaluate(samples / "boxes_preds.npy", samples / "boxes_targets.npy"),
    ]
    document = written(Result.merged(parts))
    VALIDATOR.validate(document)
    assert document["inputs"]["pred"]["format"] == "mixed"
    assert document["inputs"]["pred"]["shape"] is None


def part_of_run() -> Result:
    return evaluate([1.0, 2.0], [0.0, 0.0], part=(2, 3))


def test_a_part_of_a_run_keeps_to_the_schema() -> None:
    document = written(part_of_run())
    assert VALIDATOR.is_valid(document)
    assert document["part"] == {"index": 2, "of": 3, "plan": document["part"]["plan"]}
    document["part"]["plan"] = "0x1"
    assert not VALIDATOR.is_valid(document)


def test_every_field_is_described() -> None:
    fields = described(SCHEMA)
    assert len(fields) > 50
    assert [name for name, text in fields.items() if len(text) < 10] == []


def test_every_field_of_the_schema_is_written_by_some_result(tmp_path: Path) -> None:
    results = [result_of(case, tmp_path) for case in CASES]
    results.append(Result.merged([result_of("one", tmp_path, n) for n in ("a.csv", "b.csv")]))
    results.append(part_of_run())
    with ThreadPoolExecutor(1) as executor:
        results.append(evaluate([1.0], [2.0], executor=executor))
    assert Result.from_json(written(results[-1])).engine == "ThreadPoolExecutor"
    digests = ReadOptions(digests=True)
    samples = ROOT / "sample_data"
    sides = samples / "preds.npy", samples / "targets.npy"
    results.append(evaluate(*sides, options=digests, part=(1, 2)))
    drawn = report([1.0, 2.0], [0.0, 4.0], weights=[1.0, 3.0]).to_json()
    VALIDATOR.validate(drawn)
    seen = found(drawn).union(*(found(written(result)) for result in results))
    assert seen - {"results[]", "inputs[]"} == set(described(SCHEMA)) - {"results[]", "inputs[]"}


def test_every_object_refuses_fields_it_does_not_know() -> None:
    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for item in schema for found in objects(item)]
        if not isinstance(schema, dict):
            return []
        inner = [found for item in schema.values() for found in objects(item)]
        return inner + ([schema] if schema.get("type") == "object" else [])

    assert len(objects(SCHEMA)) == 20
    assert all(schema["additionalProperties"] is False for schema in objects(SCHEMA))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("schema", "smoothl1.result/2"),
        ("extra", 1),
        ("settings.extra", 1),
        ("settings.betas", [1.0, 1.0]),
        ("settings.by", "who"),
        ("settings.by_column", True),
        ("settings.weighted", True),
        ("inputs.pred.paths", ["a", "b"]),
        ("inputs.pred.shape", [-1]),
        ("inputs.pred.dtype", "float"),
        ("results.0.mean", None),
        ("results.0.mean_text", "nan"),
        ("results.0.mean", -1.0),
        ("results.0.count", 1.5),
        ("results.0.count", True),
        ("results.0.group", "a"),
        ("results.0.first_nan", -1),
        ("results.0.exact.total", "0x4p0"),
        ("results.0.exact.total", "-0x5p0"),
        ("results.0.exact.total", "0x05p0"),
        ("results.0.exact.total", "0x5p-0"),
        ("results.0.exact.total", "0x0p1"),
        ("results.0.exact.weight", "0x1p0"),
        ("results.0.exact.rows.count", -1),
    ],
)
def test_damage_is_refused(place: str, value: object, tmp_path: Path) -> None:
    document = copy.deepcopy(written(result_of("statistics", tmp_path)))
    *path, last = place.split(".")
    inner: Any = document
    for name in path:
        inner = inner[int(name)] if name.isdigit() else inner[name]
    assert VALIDATOR.is_valid(document)
    inner[last] = value
    assert not VALIDATOR.is_valid(document)


def test_exact_numbers_mean_what_the_page_says(tmp_path: Path) -> None:
    # Losses 0.5 and 1.5 at beta 1, of weight 1 and 3: 0.5 + 4.5 = 5 and 1 + 3 = 4.
    exact = written(result_of("weights", tmp_path))["results"][0]["exact"]
    assert (exact["total"], exact["weight"]) == ("0x5p0", "0x1p2")
    mantissa, _, exponent = "0x5p-3".partition("p")
    assert int(mantissa, 16) * Fraction(2) ** int(exponent) == Fraction(5, 8)
    assert float.fromhex("0x5p-3") == 0.625


PAGE = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


def test_the_page_names_every_field() -> None:
    names = {re.split(r"[.\[\]]+", name.rstrip("[]"))[-1] for name in described(SCHEMA)}
    missing = {name for name in names if f"`{name}`" not in PAGE}
    assert {name for name in missing if not name.endswith("_text")} == set()


def test_the_examples_of_the_page_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "results.md", None, None)
    assert doctest.DocTestRunner().run(test).failed == 0
    assert len(test.examples) >= 8
