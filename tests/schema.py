"""The schema of results, and results of all settings to hold against it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from smoothl1 import EvalSettings, ReadOptions, Result, evaluate
from smoothl1.running.evaluate import LossOutput
from smoothl1.settings import ALSO
from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMPARISON_SCHEMA = json.loads((ROOT / "docs" / "comparison.schema.json").read_text("utf-8"))
COMPARISONS = Draft202012Validator(COMPARISON_SCHEMA)
"""Accepts what `compare --json` writes, of two models and of more."""

SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

TABLE = """\
p,q,y,z,who,w
1,2,0,0,anna,1
2,0.5,0,0,bert,3
4,,0,0,anna,0.5
nan,1,0,0,carl,0
8,1,inf,0,anna,0.25
"""
CLEAN = "\n".join(TABLE.splitlines()[:3]) + "\n"

SIDES: dict[str, Any] = {"pred": ("p",), "target": ("y",)}
ROWS: dict[str, Any] = {"pred": ("p", "q"), "target": ("y", "z")}

CASES: dict[str, tuple[str, EvalSettings, dict[str, Any]]] = {
    "one": (CLEAN, EvalSettings(), SIDES),
    "statistics": (CLEAN, EvalSettings(), SIDES | {"statistics": True}),
    "betas": (CLEAN, EvalSettings((0, 0.1, 5e-324, 1e308)), SIDES | {"statistics": True}),
    "sum": (CLEAN, EvalSettings(reduction="sum"), SIDES),
    "none": (CLEAN, EvalSettings(reduction="none"), SIDES),
    "weights": (CLEAN, EvalSettings(), SIDES | {"weight": "w", "statistics": True}),
    "weights counted": (
        TABLE,
        EvalSettings(nan="omit", by="who", weight_mean="count"),
        SIDES | {"weight": "w", "statistics": True},
    ),
    "groups": (CLEAN, EvalSettings((1, 2), by="who"), SIDES | {"statistics": True}),
    "top": (
        CLEAN,
        EvalSettings(top=2, by=("who", "w"), by_column=True),
        ROWS | {"key": "who", "keep": "z"},
    ),
    "infinite rows": ("p,y\ninf,0\n1,inf\n", EvalSettings(top=2), SIDES),
    "nested": (CLEAN, EvalSettings(by=("who", "w")), SIDES),
    "columns": (CLEAN, EvalSettings(by_column=True), ROWS | {"statistics": True}),
    "all": (
        TABLE,
        EvalSettings((0.5, 1), "sum", "omit-target", by="who", by_column=True),
        ROWS | {"weight": "w", "statistics": True},
    ),
    "NaN and inf": (TABLE, EvalSettings(by="who"), SIDES | {"statistics": True}),
    "omitted": (TABLE, EvalSettings(nan="omit", by="who"), SIDES | {"statistics": True}),
    "ignored": (TABLE, EvalSettings(nan="omit", ignore_target=(0.0,)), SIDES),
    "missing": (TABLE, EvalSettings(), ROWS | {"statistics": True}),
    "overflow": ("p,y\n1e308,-1e308\n1e308,0\n1e308,0\n", EvalSettings(), SIDES),
    "squares": ("p,y\n1e200,0\n1,0\n", EvalSettings(), SIDES | {"statistics": True}),
    "also": (CLEAN, EvalSettings(also=ALSO), SIDES),
    "also of NaN and inf": (TABLE, EvalSettings((1, 2), by="who", also=ALSO), SIDES),
    "within": (CLEAN, EvalSettings(within=(0.5, 1e-5)), SIDES),
    "quantiles": (CLEAN, EvalSettings((1, 2), quantiles=(0, 0.5)), SIDES),
    "within nothing": ("p,y\n", EvalSettings(within=(1,), quantiles=(1,)), SIDES),
    "quantiles of NaN and inf": (TABLE, EvalSettings(by="who", quantiles=(1,)), SIDES),
    "clusters": (CLEAN, EvalSettings((0.5, 1), cluster="who"), ROWS),
    "weighted clusters": (
        TABLE,
        EvalSettings(nan="omit", by="z", by_column=True, cluster="who"),
        SIDES | {"weight": "w"},
    ),
    "clusters of NaN and inf": (TABLE, EvalSettings(cluster="who"), ROWS),
    "no clusters": ("p,y,who\n", EvalSettings(cluster="who"), SIDES),
    "left out": (
        CLEAN + CLEAN.splitlines()[1] + "\n9,9,9,9,dora,1\n",
        EvalSettings(unmatched="omit", duplicates="first"),
        SIDES | {"key": "who", "other": "who,y\nbert,1\nanna,1\nanna,1\neve,2\n"},
    ),
    "identical": (
        CLEAN,
        EvalSettings(duplicates="identical"),
        SIDES | {"key": "who", "other": "who,y\nbert,1\nanna,1\nanna,1\n"},
    ),
    "empty": ("p,y\n", EvalSettings(), SIDES | {"statistics": True}),
    "no groups": ("p,y,who\n", EvalSettings(by="who"), SIDES | {"statistics": True}),
}


def result_of(case: str, folder: Path, name: str = "t.csv") -> Result:
    text, settings, given = CASES[case]
    (folder / name).write_text(text)
    other = folder / f"other-{name}" if "other" in given else None
    if other is not None:
        other.write_text(given["other"])
    options = ReadOptions(allow_missing=True, allow_empty=True)
    losses_to = LossOutput(io.BytesIO(), "text") if settings.reduction == "none" else None
    return evaluate(
        *(folder / name, other, settings),
        options=options,
        losses_to=losses_to,
        warn=lambda message: None,
        **{argument: value for argument, value in given.items() if argument != "other"},
    )


def written(result: Result) -> Any:
    """As it stands in a file."""
    return json.loads(json.dumps(result.to_json(), allow_nan=False))
