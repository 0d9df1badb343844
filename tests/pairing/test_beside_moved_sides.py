"""Files of groups, weights and clusters beside sides whose rows a key puts in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, compare, evaluate
from smoothl1.read_options import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path

IDS = [5, 3, 1, 2, 4, 6, 8, 7, 10, 9]
FILES = dict(zip(range(1, 11), (f"img_{letter}.png" for letter in "zuyvxwbadc"), strict=True))
COLUMNS: Any = {"pred": "p", "target": "y", "key": "image_id"}


def save(path: Path, columns: dict[str, list[Any]], suffix: str) -> Path:
    path = path.with_suffix(suffix)
    if suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    else:
        rows = zip(*columns.values(), strict=True)
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(params=[".csv", ".parquet"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> list[Path]:
    """Predictions with ids alone, and targets in another order, which have names of files."""
    pred = {"image_id": IDS, "p": [i + i * i / 100 for i in IDS]}
    target = {"image_id": [*FILES], "file_name": [*FILES.values()], "y": [float(i) for i in FILES]}
    return [
        save(tmp_path / "p", pred, request.param),
        save(tmp_path / "t", target, request.param),
    ]


def beside(sides: list[Path], order: list[int], **more: list[Any]) -> Path:
    values = {"value": [float(1 + i % 2) for i in order]}
    columns = {"file_name": [FILES[i] for i in order], **more, **values}
    return save(sides[0].with_name("g"), columns, sides[0].suffix)


@pytest.mark.parametrize("what", ["groups", "weights", "clusters"])
def test_a_file_in_the_order_of_the_targets_is_refused(sides: list[Path], what: str) -> None:
    of_role: Any = {"groups": "by", "weights": "weight", "clusters": "cluster"}
    asked: Any = {what: beside(sides, [*FILES]), of_role[what]: "value"}
    with pytest.raises(DataError, match=r"'file_name' differs .* same values in another order"):
        evaluate(*sides, **asked, **COLUMNS)
    evaluate(*sides, **asked, **COLUMNS, options=ReadOptions(key_check=False))


def test_it_is_refused_beside_models_too(sides: list[Path]) -> None:
    groups = beside(sides, [*FILES])
    with pytest.raises(DataError, match="'file_name' differs"):
        compare(
            sides[0],
            sides[0],
            sides[1],
            groups=groups,
            by="value",
            warn=lambda _: None,
            **COLUMNS,
        )


def test_a_file_in_the_order_of_the_predictions_is_right(sides: list[Path]) -> None:
    found = evaluate(*sides, groups=beside(sides, IDS), by="value", betas=0.0, **COLUMNS)
    sums = {float(group.group or 0): tally.sum for _, group, tally in found.entries}
    assert sums == pytest.approx({1.0: 2.2, 2.0: 1.65})


def test_a_key_that_agrees_with_the_predictions_is_enough(sides: list[Path]) -> None:
    groups = beside(sides, [*FILES], image_id=IDS)
    warnings: list[str] = []
    evaluate(*sides, groups=groups, by="value", warn=warnings.append, **COLUMNS)
    assert warnings == []
