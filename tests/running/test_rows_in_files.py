"""Rows are counted as in the file, also where others of the file are left out."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from smoothl1 import EvalSettings, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_the_worst_rows_are_those_of_the_file(tmp_path: Path, *, is_shuffled: bool) -> None:
    draw = random.Random(3)
    keys = [*range(40), 5, 17]  # two come twice: the first of them counts
    if is_shuffled:
        draw.shuffle(keys)
    preds = [(key, draw.randrange(100)) for key in keys if key % 7]
    targets = {key: draw.randrange(100) for key in range(60) if key % 5}
    (tmp_path / "p.csv").write_text("id,y\n" + "".join(f"k{k},{y}\n" for k, y in preds))
    (tmp_path / "t.csv").write_text("id,y\n" + "".join(f"k{k},{y}\n" for k, y in targets.items()))
    expected, seen = [], set()
    for row, (key, y) in enumerate(preds, 1):
        if key in targets and key not in seen:
            expected.append((-abs(y - targets[key]), row, y, targets[key]))
        seen.add(key)
    expected.sort()
    settings = EvalSettings((0.0,), unmatched="omit", duplicates="first", top=5)
    warnings: list[str] = []
    found = evaluate(
        tmp_path / "p.csv", tmp_path / "t.csv", settings, key="id", warn=warnings.append
    )
    (worst,) = found.metric_states
    told = [(-row.loss, row.row, row.pred, row.target) for row in worst.rows]  # type: ignore[attr-defined]
    assert told == expected[:5]
    assert found.tallies[0].n == len(expected)
