"""The rules of the house: arrows point down, and core knows no command line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "core"

LAYERS = [
    ["errors", "decisions"],
    ["settings", "exact", "loss", "ordered"],
    ["products", "student", "exact_sums", "rows", "row_signs", "monotonic"],
    ["moments", "ratio"],
    ["group_moments", "tally"],
    ["input_summary", "json_fields"],
    ["sources.contract", "sources.table", "sources.file", "sinks.contract"],
    ["sources", "sinks", "alignment", "parts", "labels"],
    ["groups", "label_codes", "row_hashes", "row_values", "shared_rows"],
    [
        "array_input",
        "arrow_input",
        "label_order",
        "backends",
        "criterion",
        "result",
        "result_json",
        "moments_json",
        "json_reader",
        "comparison",
        "intervals",
        "baseline",
        "verdict_text",
        "few_rows",
        "gates",
    ],
    ["pairing", "row_checks", "engines"],
    ["omission", "nan_places", "keys", "agreement", "id_columns"],
    ["selection", "column_choice", "common_columns", "headers", "sides", "input_checks"],
    ["outcome", "run_checks"],
    ["running"],
    ["inputs"],
    ["evaluation", "comparing"],
    ["inspection"],
]
"""From the bottom up. A module may import its own layer and those below."""


def modules() -> list[str]:
    paths = (path.relative_to(CORE).with_suffix("") for path in sorted(CORE.rglob("*.py")))
    return [
        ".".join(path.parts).removesuffix(".__init__") for path in paths if str(path) != "__init__"
    ]


def imports_at_run_time(module: str) -> list[str]:
    path = CORE / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names = []
    for node in ast.walk(_without_type_checking(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "smoothl1":
            names += [f"smoothl1.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return tree


def layer_of(module: str) -> int:
    candidates = [
        (len(name), level)
        for level, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    assert candidates, f"{module} has no layer: give it one"
    return max(candidates)[1]


@pytest.mark.parametrize("module", modules())
def test_arrows_point_down(module: str) -> None:
    for name in imports_at_run_time(module):
        if name.startswith("smoothl1."):
            below = name.removeprefix("smoothl1.")
            assert layer_of(below) <= layer_of(module), f"{module} imports {below}"


@pytest.mark.parametrize("module", modules())
def test_core_knows_no_command_line(module: str) -> None:
    tops = {name.split(".")[0] for name in imports_at_run_time(module)}
    assert not tops & {"click", "rich"}
    assert not any(name.startswith("smoothl1.cli") for name in imports_at_run_time(module))


def test_every_module_was_looked_at() -> None:
    assert {"loss", "sources.npy", "sinks.atomic", "evaluation"} <= set(modules())
    assert "numpy" in imports_at_run_time("loss")
