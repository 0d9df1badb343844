"""A table whose two ids contradict each other: tables were put side by side, not joined."""

from __future__ import annotations

import random
import re
import tracemalloc
import warnings
from types import SimpleNamespace as Of
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, ReadOptions, evaluate, preview
from smoothl1.cli.views.inspection import inspection_text
from smoothl1.witnesses.joined_ids import joined_columns, joined_ids
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

N = 20
PRED = [3.0 * i + 0.5 for i in range(N)]
IDS = random.Random(7).sample(range(100, 9000), N)
ORDER = random.Random(8).sample(range(N), N)
TEXTS = [f"im{number}" for number in IDS]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}
RUN = Execution(threads=2, chunk_rows=7)


def moved(values: list[Any]) -> list[Any]:
    return [values[i] for i in ORDER]


def table(names: tuple[str, str], one: list[Any], other: list[Any]) -> pa.Table:
    """The predictions with one id, and targets with another."""
    columns = [
        pa.array(one),
        pa.array(PRED),
        pa.array(other),
        pa.array(moved([*range(0, 3 * N, 3)])),
    ]
    return pa.table(columns, [names[0], "pred", names[1], "y"])


@pytest.mark.parametrize("ids", [IDS, TEXTS], ids=["numbers", "texts"])
@pytest.mark.parametrize(
    "names", [("id_x", "id_y"), ("id", "id"), ("id", "id.1"), ("id", "id_right"), ("id", "id:1")]
)
def test_ids_in_another_order_are_refused_and_match_rows(
    tmp_path: Path, names: tuple[str, str], ids: list[Any]
) -> None:
    path = save_table(tmp_path / "joined.parquet", table(names, ids, moved(ids)))
    with pytest.raises(DataError, match="another order: predictions and targets of a row") as error:
        evaluate(path, **COLUMNS, execution=RUN)
    key = str(error.value.hint).split()[1]
    assert evaluate(path, path, **COLUMNS, key=key.strip("'")).values == (0.125,)
    evaluate(path, **COLUMNS, options=ReadOptions(key_check=False))
    same = save_table(tmp_path / "same.parquet", table(names, ids, ids))
    evaluate(same, **COLUMNS)


@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        (("v_pred", "v_true"), ("id_pred", "id_true")),
        (("pred_v", "obs_v"), ("pred_id", "obs_id")),
        (("v", "true_v"), ("id", "true_id")),
        (("modelValue", "obs.modelValue"), ("rowId", "obs.rowId")),
        (("v (pred)", "v (gt)"), ("id (pred)", "id (gt)")),
        (("vPred", "vTrue"), ("idPred", "idTrue")),
    ],
)
def test_ids_called_as_what_is_evaluated_are_those_of_a_join(
    columns: tuple[str, str], ids: tuple[str, str]
) -> None:
    named = table(ids, IDS, moved(IDS)).rename_columns([ids[0], columns[0], ids[1], columns[1]])
    with pytest.raises(DataError, match=re.escape(f"columns '{ids[0]}' and '{ids[1]}' differ")):
        evaluate(named, pred=columns[0], target=columns[1])
    same = named.set_column(2, ids[1], pa.array(IDS))
    assert evaluate(same, pred=columns[0], target=columns[1]).n == N
    others = named.rename_columns(["left_id", columns[0], "right_id", columns[1]])
    assert evaluate(others, pred=columns[0], target=columns[1]).n == N


SERIAL = list(range(1, N + 1))
PAIRED = [f"u{i % 10}" for i in range(N)]


@pytest.mark.parametrize(
    ("names", "one", "other"),
    [
        (("id_x", "id_y"), SERIAL, moved(SERIAL)),  # each table counted its rows
        (("name_x", "name_y"), [f"row {i}" for i in SERIAL], [f"row {i}" for i in moved(SERIAL)]),
        (("rank_x", "rank_y"), IDS, moved(IDS)),
        (("user_x", "user_y"), PAIRED, PAIRED[3:] + PAIRED[:3]),  # all pairs of a self-join
        (("node_1", "node_2"), TEXTS, moved(TEXTS)),  # edges
        (("pred_id", "y_id"), IDS, moved(IDS)),  # an id that is predicted
        (("id_x", "id_y"), IDS, [number + 9000 for number in IDS]),
    ],
)
def test_columns_that_may_differ_are_left_alone(
    names: tuple[str, str], one: list[Any], other: list[Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(table(names, one, other), **COLUMNS).n == N


def test_ids_of_two_groups_of_a_file_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "both.npz"
    arrays: dict[str, Any] = {"model/pred": PRED, "model/ids": IDS, "other/pred": PRED}
    np.savez(path, **arrays, **{"obs/y": PRED, "obs/ids": moved(IDS)})
    with pytest.raises(DataError, match="columns 'model/ids' and 'obs/ids' differ"):
        evaluate(path, pred="model/pred", target="obs/y")
    np.savez(path, **arrays, **{"obs/y": PRED, "model/case": IDS, "obs/case": moved(IDS)})
    with pytest.raises(DataError, match="columns 'model/case' and 'obs/case' differ"):
        evaluate(path, path, pred="model/pred", target="obs/y")
    assert evaluate(path, pred="other/pred", target="obs/y").mean == 0


def test_a_preview_names_both_ids_of_a_file() -> None:
    both = pa.table([[7, 9], [1.0, 2.0], [7, 8], [2.0, 3.0]], ["id", "pred", "id", "y"])
    found = preview(both, **COLUMNS)
    assert found.pairs[1].labels == (("@1", "9", "8", "@3"),)
    heads = inspection_text([], found, None).splitlines()[-3]
    assert heads == "row\t@1 (pred)\t@3 (target)\tpred\ttarget"


class NamesFoundOnce(list[str]):
    def count(self, name: str) -> int:
        raise AssertionError(f"all names are looked through for {name}")


def test_names_of_a_wide_table_are_looked_through_once() -> None:
    names = NamesFoundOnce(["p", "y", *(f"id{i}_{end}" for i in range(9) for end in "xy"), "p"])
    sides: Any = Of(roles=("pred", "target"), wanted=Of(fields=(("p",), ("y",))))
    free: Any = {
        name: Of(name=name, kind="text", is_evaluated=False, is_index=False) for name in names
    }
    tables: Any = [Of(path="t.csv", names=names)]
    found = [
        (one.name, other.name) for _, one, other, _ in joined_ids(tables, [sides], [free], [0])
    ]
    assert found == [(f"id{i}_x", f"id{i}_y") for i in range(9)]


def test_the_names_of_very_many_columns_take_little_memory() -> None:
    names = [f"c{i}" for i in range(20_000)]
    tracemalloc.start()
    try:
        assert not any(joined_columns(names))
        assert tracemalloc.get_traced_memory()[1] < 100 * len(names)
    finally:
        tracemalloc.stop()


def test_columns_of_one_name_and_those_that_a_join_renames_are_found_in_one_table() -> None:
    found = joined_columns(["a", "id_x", "a", "", "id_y", "", "b", "b_1", "g/k", "h/k", "b"])
    assert [*found] == [(0, 2, "a"), (6, 10, "b"), (1, 4, "id"), (6, 7, "b"), (8, 9, "k")]
