"""What `docs/comparison.schema.json` says of comparisons and rankings is so.

Whatever tests of the command line compare is held against it, too (`tests/cli/conftest.py`).
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from smoothl1 import Comparison, EvalSettings, compare
from smoothl1.results.increase import parse_increase
from tests.schema import COMPARISON_SCHEMA, COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: dict[str, list[Any]] = {
    "a": [1.0, 2.0, float("nan"), 8.0, float("inf"), 0.5],
    "b": [1.5, 0.0, 1.0, 9.0, 1.0, 0.5],
    "c": [0.5, 3.0, 1.0, 7.0, 2.0, 0.25],
    "y": [0.0, 0.0, 0.0, 0.0, 0.0, 0.25],
    "g": ["u", "v", "u", "v", "w", "v"],
    "h": ["s", "s", "t", "t", "t", "s"],
    "w": [1.0, 0.0, 2.0, 0.5, 1.0, 3.0],
}

OPTIONAL = {
    *("cluster", "margin", "group", "clusters", "ignored", "ignore_target"),
    *("weight_column", "weight_mean"),
}

CASES: dict[str, tuple[EvalSettings, dict[str, Any]]] = {
    "one": (EvalSettings(), {}),
    "betas": (EvalSettings((0.0, 0.5)), {}),
    "groups": (EvalSettings(by="g"), {}),
    "nested": (EvalSettings(by=("g", "h"), nan="omit"), {"weight": "w"}),
    "clusters": (EvalSettings(by="g", cluster="h"), {}),
    "ignored": (EvalSettings(ignore_target=(0.25,)), {}),
    "count": (EvalSettings(weight_mean="count"), {"weight": "w"}),
}


def documents(case: str) -> Iterator[dict[str, Any]]:
    """A comparison, with and without a margin, and a ranking."""
    (settings, more), table = CASES[case], pa.table(TABLE)
    for models in ({"pred_a": "a", "pred_b": "b"}, {"pred": ["a", "b"]}, {"pred": ["a", "b", "c"]}):
        found = compare(table, settings=settings, target="y", warn=str, **models, **more)
        written = [found.to_json(0.9)]
        if isinstance(found, Comparison):
            written.append(found.to_json(0.95, parse_increase("1%", "--margin")))
        yield from (json.loads(json.dumps(one, allow_nan=False)) for one in written)


def fields(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).values()
        schema = [part for name, part in schema.items() if name != "if"]
    if not isinstance(schema, str | int | float):
        for part in schema:
            yield from fields(part)


def test_the_schema_is_a_schema_whose_fields_are_described() -> None:
    Draft202012Validator.check_schema(COMPARISON_SCHEMA)
    described = [field.get("description", "") for field in fields(COMPARISON_SCHEMA)]
    assert all(text.endswith(".") for text in described)
    assert len(described) > 80


@pytest.mark.parametrize("case", CASES)
def test_comparisons_keep_to_the_schema_and_changed_ones_do_not(case: str) -> None:
    for document in documents(case):
        COMPARISONS.validate(document)
        for place in (document, document["results"][0], document["settings"]):
            for name, value in list(place.items()):
                del place[name]
                is_optional = name in OPTIONAL or "_text" in name
                assert COMPARISONS.is_valid(document) == is_optional, name
                place[name] = value
            wrong = copy.deepcopy(document)
            place["extra"] = 1
            assert not COMPARISONS.is_valid(document)
            del place["extra"]
            assert wrong == document
