"""An error about keys that repeat names columns of both inputs that tell their rows apart.

Forecasts in long form have a row for each series and horizon: `--key series` alone is half a key.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate
from smoothl1.pairing import further_keys

if TYPE_CHECKING:
    from pathlib import Path

SERIES = ["a", "a", "b", "b", "c", "c"]
STEPS = [1, 2, 1, 2, 1, 2]
PREDS = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
BACKWARDS = [5, 4, 3, 2, 1, 0]

BOTH_HAVE = "--key step, too, which both inputs have, makes the keys unique"


def sides(**more: list[Any]) -> tuple[pa.Table, pa.Table]:
    both = pa.table({"series": SERIES, "step": STEPS, **more})
    pred = both.append_column("p", pa.array(PREDS))
    target = both.append_column("y", pa.array([p + 2 for p in PREDS])).take(BACKWARDS)
    return pred, target


def hint_of(pred: Any, target: Any, **how: Any) -> str:
    given = {"pred": "p", "target": "y", "key": "series", **how}
    with pytest.raises(DataError, match="key 'a'") as caught:
        evaluate(pred, target, warn=str, **given)
    return str(caught.value.hint)


def saved(table: pa.Table, path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    return path


@pytest.mark.parametrize("formats", [("csv", "parquet"), ("jsonl", "csv"), ("parquet", "jsonl")])
@pytest.mark.parametrize("duplicates", ["error", "identical"])
def test_the_column_that_makes_keys_unique_is_named(
    formats: tuple[str, str], duplicates: str, tmp_path: Path
) -> None:
    stems = ("p", "y")
    paths = [
        saved(table, tmp_path / f"{stem}.{suffix}")
        for table, stem, suffix in zip(sides(), stems, formats, strict=True)
    ]
    assert hint_of(*paths, duplicates=duplicates) == BOTH_HAVE
    followed = evaluate(*paths, pred="p", target="y", key=["series", "step"])
    assert followed.mean == 1.5


def test_two_further_columns_are_named_together() -> None:
    pred, target = sides(part=[1, 1, 1, 1, 1, 1])
    more = pred.set_column(2, "part", pa.array([2] * 6))
    rest = target.set_column(2, "part", pa.array([2] * 6))
    both = pa.concat_tables([pred, more]), pa.concat_tables([target, rest])
    wanted = "--key step and --key part, too, which both inputs have, make the keys unique"
    assert hint_of(*both) == wanted


def test_a_column_that_has_other_values_on_the_other_side_is_not_named() -> None:
    pred, target = sides()
    other = target.set_column(1, "step", pa.array([f"t{i}" for i in range(6)]))
    assert "--duplicates first" in hint_of(pred, other)


def test_a_column_that_is_evaluated_and_one_with_missing_values_are_not_named() -> None:
    pred, target = sides()
    gaps = pred.set_column(1, "step", pa.array([1, None, 1, 2, 1, 2]))
    assert "--duplicates first" in hint_of(gaps, target)
    evaluated = target.rename_columns(["series", "step", "other"])
    with pytest.raises(DataError, match="--duplicates first"):
        evaluate(pred, evaluated, pred="p", target="step", key="series", warn=str)


def test_of_more_rows_than_are_read_again_no_column_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert hint_of(*sides()) == BOTH_HAVE
    monkeypatch.setattr(further_keys, "_MOST_ROWS", 5)
    assert "--duplicates first" in hint_of(*sides())


def test_all_models_of_a_comparison_must_have_the_column() -> None:
    pred, target = sides()
    how: dict[str, Any] = {"pred": "p", "target": "y", "key": "series", "warn": str}
    with pytest.raises(DataError, match="--key step, too, which all inputs have, makes the keys"):
        compare(pred, pred, target, options=ReadOptions(), **how)
    without = pred.drop_columns(["step"])
    with pytest.raises(DataError, match="--duplicates first"):
        compare(pred, without, target, options=ReadOptions(), **how)


@pytest.mark.parametrize("key", ["series", "series=Reihe"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_column_that_the_inputs_call_otherwise_is_named(
    tmp_path: Path, key: str, format_: str
) -> None:
    days = [f"2024-01-{5 * step:02}" for step in STEPS]
    pred, target = sides(lot=days)
    target = target.rename_columns(
        {"step": "h", "lot": "Tag", **({"series": "Reihe"} if "=" in key else {})}
    )
    pred, written = pred.drop(["step"]), target.drop(["h"])
    files = saved(pred, tmp_path / f"p.{format_}"), saved(written, tmp_path / f"t.{format_}")
    said = "--key lot=Tag, too, makes the keys unique, if these columns mean the same"
    assert said in hint_of(*files, key=key)
    assert evaluate(*files, pred="p", target="y", key=(key, "lot=Tag")).mean == 1.5
    named = written.set_column(1, "Tag", pa.array([f"{day[8:]}-Jan-2024" for day in days]))
    named = named.set_column(1, "Tag", named.column("Tag").take(pa.array(BACKWARDS)))
    assert said in hint_of(pred, named, key=key)


def test_one_of_two_columns_that_match_is_not_chosen() -> None:
    texts = list(map("h{}".format, STEPS))
    pred, target = sides(lot=texts, other=texts)
    renamed = target.rename_columns({"lot": "h", "step": "t"}).drop(["other"])
    pred = pred.rename_columns({"step": "rank"})  # numbers may rank or count as well
    assert "--duplicates first" in hint_of(pred, renamed)
    assert "--key lot=h, too" in hint_of(pred.drop(["other"]), renamed)
    said = hint_of(pred.drop(["other", "lot"]), renamed)
    assert said.startswith("if another column tells the rows of a key apart, --key COL, too, or")
    assert "--duplicates first" in said
