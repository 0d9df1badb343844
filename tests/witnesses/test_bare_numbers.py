"""Ids of one column name whose numbers have other texts around them on both sides."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, evaluate

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

N = 24
Y = [3.0 * i for i in range(N)]
NUMBERS = random.Random(4).sample(range(1, 4000), N)
RUN = Execution(threads=2, chunk_rows=5)


def quiet(_: str) -> None:
    pass


def table(name: str, spelled: str, numbers: list[int], values: str) -> pa.Table:
    ids: list[Any] = [spelled.format(i) for i in numbers]
    return pa.table({name: numbers if spelled == "integer" else ids, values: Y})


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("img_{}", "{}"),
        ("integer", "img_{:05}"),
        ("{:03}.png", "IMG_{:04}.JPG"),
        ("/d/img-{}.png", "{}.txt"),
        ("img_{:06}", "IMG-{}."),
    ],
)
def test_the_same_numbers_in_another_order_are_refused(mine: str, other: str) -> None:
    pred = table("case", mine, NUMBERS, "pred")
    moved = table("case", other, NUMBERS[::-1], "y")
    with pytest.raises(DataError, match=r"'case' .* the same numbers in another order") as error:
        evaluate(pred, moved, pred="pred", target="y", execution=RUN)
    assert str(error.value.hint).startswith("write both alike, as keys must be; ")
    heard: list[str] = []
    same = table("case", other, NUMBERS, "y")
    assert evaluate(pred, same, pred="pred", target="y", execution=RUN, warn=heard.append).mean == 0
    assert len(heard) == 1  # a prefix may say that these are others


@pytest.mark.parametrize(
    ("names", "mine", "ones", "other", "others"),
    [
        (("image", "rank"), "img_{}", [*range(N)], "integer", [*range(N)][::-1]),
        (("case", "case"), "img_{}", NUMBERS, "integer", [i + 1 for i in NUMBERS]),
        (("case", "case"), "a{}", NUMBERS, "b{}", NUMBERS[::-1]),
        (("case", "case"), "run 2 of {}", NUMBERS, "{}", NUMBERS[::-1]),
    ],
    ids=["numbers of another column", "other numbers", "other letters", "several numbers"],
)
def test_other_numbers_are_left_alone(
    names: tuple[str, str], mine: str, ones: list[int], other: str, others: list[int]
) -> None:
    pred, target = table(names[0], mine, ones, "pred"), table(names[1], other, others, "y")
    run = {"pred": "pred", "target": "y"}
    assert evaluate(pred, target, **run, execution=RUN, warn=quiet).mean == 0  # type: ignore[arg-type]


def test_a_text_without_a_number_or_of_another_shape_tells_nothing() -> None:
    for odd in ("none", "img_a_7", "IMG_7"):
        ids = [f"img_{i}" for i in NUMBERS]
        pred = pa.table({"case": [*ids[:-1], odd], "pred": Y})
        target = pa.table({"case": NUMBERS[::-1], "y": Y})
        for sides, columns in (((pred, target), ("pred", "y")), ((target, pred), ("y", "pred"))):
            found = evaluate(*sides, pred=columns[0], target=columns[1], execution=RUN, warn=quiet)
            assert found.mean == 0


@pytest.mark.parametrize("suffixes", [(".csv", ".csv"), (".csv", ".parquet"), (".parquet",) * 2])
@pytest.mark.parametrize("kind", [pa.float64(), pa.decimal128(24, 2)])
def test_numbers_that_are_stored_as_fractions_are_compared(
    tmp_path: Path, suffixes: tuple[str, str], kind: pa.DataType
) -> None:
    def saved(name: str, suffix: str, ids: pa.Array, values: str) -> Path:
        columns = pa.table({"case": ids, values: Y})
        path = tmp_path / f"{name}{suffix}"
        if suffix == ".csv":
            rows = zip(ids.to_pylist(), Y, strict=True)
            path.write_text(f"case,{values}\n" + "".join(f"{i},{y}\n" for i, y in rows))
        else:
            pq.write_table(columns, path)
        return path

    p = saved("p", suffixes[0], pa.array([f"img_{i}" for i in NUMBERS]), "pred")
    moved = pa.array(NUMBERS[::-1]).cast(pa.int64()).cast(kind)
    t = saved("t", suffixes[1], moved, "y")
    with pytest.raises(DataError, match=r"'case' .* the same numbers in another order"):
        evaluate(p, t, pred="pred", target="y", execution=RUN)
