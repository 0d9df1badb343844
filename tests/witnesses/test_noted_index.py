"""An index that pandas does not store: it notes its first value, its last and its step."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
PRED = [0.5 * i * i for i in range(N)]
TARGET = [0.5 * i * i + 2 for i in range(N)]
"""In this order each loss is 1.5."""

SHUFFLED = [3, 0, 7, 11, 1, 9, 5, 2, 10, 4, 8, 6]

formats = pytest.mark.parametrize("suffix", [".parquet", ".arrow"])


def save(
    path: Path, rows: range | Sequence[int], name: str | None = None, /, **columns: Sequence[Any]
) -> Path:
    """Save a frame as pandas does: a range as a note, any other index as a column."""
    table = pa.table({key: list(values) for key, values in columns.items()})
    stored = name or "__index_level_0__"
    index: Any = stored
    if isinstance(rows, range):
        index = {"kind": "range", "name": name}
        index |= {key: getattr(rows, key) for key in ("start", "stop", "step")}
    else:
        table = table.append_column(stored, pa.array(rows))
    note = json.dumps({"index_columns": [index], "columns": []}).encode()
    table = table.replace_schema_metadata({b"pandas": note})
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=5)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=5)
    return path


def pick(values: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    return [values[i] for i in rows]


def value_without_warning(*inputs: Path, **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (value,) = evaluate(*inputs, **options).values
    return value


@formats
@pytest.mark.parametrize("rows", [SHUFFLED, range(N - 1, -1, -1)], ids=["stored", "noted"])
def test_a_noted_index_shows_that_the_other_side_is_in_another_order(
    tmp_path: Path, suffix: str, rows: range | list[int]
) -> None:
    p = save(tmp_path / f"p{suffix}", range(N), pred=PRED)
    t = save(tmp_path / f"t{suffix}", rows, target=pick(TARGET, rows))
    with pytest.raises(DataError, match=r"'__index_level_0__' .*in another order"):
        evaluate(p, t)
    with pytest.raises(DataError, match=r"'__index_level_0__' .*in another order"):
        evaluate(t, p, pred="target", target="pred", warn=str)
    assert evaluate(p, t, key="__index_level_0__", warn=[].append).values == (1.5,)


@formats
@pytest.mark.parametrize("name", ["house", "id"])
def test_a_column_that_is_in_another_order_as_well_is_proposed_as_key_before_an_index(
    tmp_path: Path, suffix: str, name: str
) -> None:
    houses, regions = [f"H{i:03}" for i in range(N)], ["north", "south"] * (N // 2)
    p = save(tmp_path / f"p{suffix}", range(N), pred=PRED, region=regions, **{name: houses})
    columns = {"target": TARGET, "region": regions, name: houses}
    moved = {column: pick(values, SHUFFLED) for column, values in columns.items()}
    t = save(tmp_path / f"t{suffix}", SHUFFLED, **moved)
    with pytest.raises(DataError, match=rf"'{name}' .*another order.*--key {name} matches"):
        evaluate(p, t, pred="pred", target="target")


@formats
def test_a_noted_index_with_a_name_is_a_column_to_match_rows_by(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", range(100, 100 + N), "id", pred=PRED)
    ids = [100 + i for i in SHUFFLED]
    t = save(tmp_path / f"t{suffix}", ids, "id", target=pick(TARGET, SHUFFLED))
    with pytest.raises(DataError, match=r"--key id matches rows"):
        evaluate(p, t)
    said: list[str] = []
    assert evaluate(p, t, key="id", warn=said.append).values == (1.5,)
    assert [text.count("'id' is not stored") for text in said] == [1]
    grouped = evaluate(p, t, EvalSettings(by="id"), key="id", warn=said.append)
    assert [group.group for group in grouped.groups] == [str(100 + i) for i in range(N)]


@formats
def test_noted_indexes_that_begin_at_different_rows_give_a_warning(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", range(2, N), pred=PRED[2:])
    t = save(tmp_path / f"t{suffix}", range(N - 2), target=TARGET[:-2])
    with pytest.warns(match="'__index_level_0__' differs"):
        evaluate(p, t)


@formats
@pytest.mark.parametrize("rows", [range(N), range(5, 5 + N), range(N - 1, -1, -1)])
def test_equal_noted_indexes_say_nothing(tmp_path: Path, suffix: str, rows: range) -> None:
    p = save(tmp_path / f"p{suffix}", rows, pred=PRED)
    t = save(tmp_path / f"t{suffix}", rows, target=TARGET)
    assert value_without_warning(p, t) == 1.5


@formats
def test_a_noted_index_that_counts_rows_says_nothing_about_ids(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", range(N), pred=PRED)
    t = tmp_path / "t.csv"
    others = [2 * i for i in SHUFFLED]
    for ids in (others, SHUFFLED):
        rows = "".join(f"{i},{y}\n" for i, y in zip(ids, TARGET, strict=True))
        t.write_text("id,target\n" + rows)
        if ids is others:
            assert value_without_warning(p, t, target="target") == 1.5
    with pytest.warns(match=f"'id' numbers the rows .*p{suffix} has no ids to compare"):
        assert evaluate(p, t, target="target").values == (1.5,)


@formats
def test_a_noted_index_of_another_number_of_rows_is_no_column(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", range(N + 1), pred=PRED)
    t = save(tmp_path / f"t{suffix}", range(N, 0, -1), target=TARGET)
    assert value_without_warning(p, t) == 1.5
    with pytest.raises(DataError, match="no column '__index_level_0__'"):
        evaluate(p, t, key="__index_level_0__")


def test_a_noted_index_does_not_hide_the_only_column_without_a_name(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", range(N), None, **{"": PRED})
    t = save(tmp_path / "t.parquet", range(N), target=TARGET)
    assert value_without_warning(p, t) == 1.5


def save_shards(folder: Path, rows: Sequence[range], /, **columns: Sequence[Any]) -> Path:
    """Save shards of four rows, with these noted indexes."""
    folder.mkdir()
    for i, of_shard in enumerate(rows):
        some = {name: values[4 * i : 4 * i + 4] for name, values in columns.items()}
        save(folder / f"part-{i}.parquet", of_shard, None, **some)
    return folder


EACH = [range(4)] * 3
CUT = [range(4), range(4, 8), range(8, 12)]


@pytest.mark.parametrize("of_pred", [EACH, CUT], ids=["each", "cut"])
@pytest.mark.parametrize("of_target", [EACH, CUT], ids=["each", "cut"])
def test_shards_that_count_their_rows_say_nothing(
    tmp_path: Path, of_pred: list[range], of_target: list[range]
) -> None:
    p = save_shards(tmp_path / "p", of_pred, pred=PRED)
    t = save_shards(tmp_path / "t", of_target, target=TARGET)
    whole = save(tmp_path / "w.parquet", range(N), target=TARGET)
    assert value_without_warning(p, t) == value_without_warning(p, whole) == 1.5


def test_shards_whose_noted_indexes_are_in_another_order_are_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", range(N), pred=PRED)
    rows = [CUT[0], CUT[2], CUT[1]]
    order = [i for some in rows for i in some]
    t = save_shards(tmp_path / "t", rows, target=pick(TARGET, order))
    with pytest.raises(DataError, match="in another order"):
        evaluate(p, t)
    assert evaluate(p, t, key="__index_level_0__", warn=[].append).values == (1.5,)


def test_other_columns_are_compared_where_a_shard_has_no_noted_index(tmp_path: Path) -> None:
    names = [f"k{i}" for i in range(N)]
    p = save(tmp_path / "p.parquet", range(N), name=names, pred=PRED)
    t = save_shards(tmp_path / "t", CUT, name=names[::-1], target=TARGET[::-1])
    middle = t / "part-1.parquet"
    pq.write_table(pq.read_table(middle).replace_schema_metadata(None), middle)
    with pytest.raises(DataError, match="column 'name' differs"):
        evaluate(p, t)


@formats
@pytest.mark.parametrize("rows", [range(80, 80 + N), [*range(80, 80 + N)]], ids=["noted", "stored"])
def test_a_note_that_was_kept_when_rows_were_reordered_proves_nothing(
    tmp_path: Path, suffix: str, rows: range | list[int]
) -> None:
    shops = [i % 10 for i in range(N)]
    t = save(tmp_path / f"t{suffix}", rows, shop=shops, target=TARGET)
    reordered = {"shop": pick(shops, SHUFFLED), "pred": pick(PRED, SHUFFLED)}
    p = save(tmp_path / f"p{suffix}", range(80, 80 + N), **reordered)
    with pytest.raises(DataError, match=r"'shop' .* in another order"):
        evaluate(p, t, pred="pred", target="target")
