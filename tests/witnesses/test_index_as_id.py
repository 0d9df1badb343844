"""An index of rows that the other input may have as a column: pandas keeps ids in the index."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

PRED = [9.5, 1.5, 5.5]
TARGET = [1.0, 5.0, 9.0]
TEXTS = ["img_3", "img_1", "img_2"]
NUMBERS = [17, 3, 5]


def save(path: Path, index: str, **columns: list[Any]) -> Path:
    """Save a frame as pandas does, its first column being the index of that name."""
    names = [index, *list(columns)[1:]]
    if path.suffix == ".csv":
        rows = [names, *zip(*columns.values(), strict=True)]
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
        return path
    names[0] = index or "__index_level_0__"
    note = b'{"index_columns": ["%s"]}' % names[0].encode()
    arrays = list(map(pa.array, columns.values()))
    table = pa.table(arrays, names=names).replace_schema_metadata({b"pandas": note})
    pq.write_table(table, path)
    return path


formats = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@formats
@pytest.mark.parametrize("index", ["", "image"])
@pytest.mark.parametrize("labels", [TEXTS, NUMBERS], ids=["text", "numbers"])
def test_an_index_is_compared_with_the_only_label_of_the_other_side(
    tmp_path: Path, suffix: str, index: str, labels: list[Any]
) -> None:
    p = save(tmp_path / f"p{suffix}", index, i=labels, pred=PRED)
    t = tmp_path / "t.csv"
    rows = zip(sorted(labels), TARGET, strict=True)
    t.write_text("id,target\n" + "".join(f"{one},{y}\n" for one, y in rows))
    with pytest.raises(DataError, match=r"another order.*=id matches rows by it"):
        evaluate(p, t, pred="pred", target="target")
    key = "__index_level_0__" if suffix == ".parquet" else "@1"
    matched = evaluate(p, t, pred="pred", target="target", key=f"{index or key}=id")
    expected = [(PRED[labels.index(one)], y) for one, y in zip(sorted(labels), TARGET, strict=True)]
    losses = [0.5 * (p - t) ** 2 if abs(p - t) < 1 else abs(p - t) - 0.5 for p, t in expected]
    assert matched.values == (sum(losses) / 3,)


@formats
def test_an_index_of_numbers_is_compared_though_the_other_side_counts_its_rows(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", "", i=NUMBERS, pred=PRED)
    t = save(tmp_path / f"t{suffix}", "", i=[0, 1, 2], id=sorted(NUMBERS), target=TARGET)
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t, target="target")


@formats
def test_a_default_index_says_nothing_about_ids(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", "", i=[0, 1, 2], pred=PRED)
    t = tmp_path / "t.csv"
    t.write_text("id,target\n2,9\n0,1\n1,5\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, target="target").values == (0.125,)


@formats
def test_an_index_proves_that_rows_are_paired_correctly(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", "", i=TEXTS, pred=PRED)
    t = save(tmp_path / f"t{suffix}", "", i=[0, 1, 2], id=TEXTS, target=[9.0, 1.0, 5.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = evaluate(p, t, target="target")
    assert result.values == (0.125,)
    assert any("agrees in every row" in decision.reason for decision in result.decisions)


def test_weights_with_ids_in_their_index_are_compared_with_the_ids_of_the_sides(
    tmp_path: Path,
) -> None:
    for name, column in (("pred", PRED), ("target", TARGET)):
        rows = zip(TEXTS, column, strict=True)
        text = f"id,{name}\n" + "".join(f"{one},{y}\n" for one, y in rows)
        (tmp_path / f"{name}.csv").write_text(text)
    w = save(tmp_path / "w.csv", "", i=sorted(TEXTS), w=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="weights must be in the order"):
        evaluate(tmp_path / "pred.csv", tmp_path / "target.csv", weights=w)


@formats
@pytest.mark.parametrize("role", ["groups", "clusters"])
@pytest.mark.parametrize("key", [(), "id"])
def test_groups_and_clusters_with_ids_in_their_index_are_compared_like_weights(
    tmp_path: Path, suffix: str, role: str, key: Any
) -> None:
    for name, column in (("pred", PRED), ("target", TARGET)):
        rows = zip(TEXTS, column, strict=True)
        text = f"id,{name}\n" + "".join(f"{one},{y}\n" for one, y in rows)
        (tmp_path / f"{name}.csv").write_text(text)
    labels = ["a", "b", "b"]
    sides = tmp_path / "pred.csv", tmp_path / "target.csv"
    right = save(tmp_path / f"right{suffix}", "", i=TEXTS, site=labels)
    counted = save(tmp_path / f"counted{suffix}", "", i=[0, 1, 2], site=labels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for labelled in (right, counted):  # an index that counts rows says nothing
            evaluate(*sides, key=key, **{role: labelled})
    wrong = save(tmp_path / f"wrong{suffix}", "", i=sorted(TEXTS), site=labels)
    with pytest.raises(DataError, match=f"{role} must be in the order"):
        evaluate(*sides, key=key, **{role: wrong})


@formats
@pytest.mark.parametrize("index", ["", "image"])
@pytest.mark.parametrize("labels", [TEXTS, NUMBERS], ids=["text", "numbers"])
def test_an_index_in_another_order_is_named_before_a_copy_of_the_targets(
    tmp_path: Path, suffix: str, index: str, labels: list[Any]
) -> None:
    """A copy can be no key, but rows can be matched by the index."""
    order = [labels.index(one) for one in sorted(labels)]
    copy = [TARGET[order.index(i)] for i in range(3)]
    p = save(tmp_path / f"p{suffix}", index, i=labels, pred=PRED, a_target=copy)
    t = save(tmp_path / f"t{suffix}", index, i=sorted(labels), a_target=TARGET)
    with pytest.raises(DataError, match=r"another order.*--key \S+ matches rows by it") as caught:
        evaluate(p, t, pred="pred", target="a_target")
    key = str(caught.value.hint).split()[1].strip("'")
    matched = evaluate(p, t, pred="pred", target="a_target", key=key)
    losses = [abs(PRED[i] - y) for i, y in zip(order, TARGET, strict=True)]
    assert matched.values == (sum(one - 0.5 if one >= 1 else one * one / 2 for one in losses) / 3,)
