"""Ids that number all rows: from another number than the other side, or beside an array."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, evaluate
from smoothl1.witnesses.hashes import of_integers
from smoothl1.witnesses.numbering import Numbering
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 60
Y = np.arange(N) * 2.0
ORDER = random.Random(7).sample(range(N), N)
NEXT = [i + 1 for i in ORDER]
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.mark.parametrize("size", [1, 7, N])
def test_numbers_of_rows_are_known_in_any_order_and_in_any_parts(size: int) -> None:
    def numbering(values: Sequence[int]) -> Numbering:
        whole = Numbering()
        for row in reversed(range(0, len(values), size)):
            part = Numbering()
            part.add(row, of_integers(np.array(values[row : row + size])))
            whole.merge(part)
        return whole

    cases = {0: ORDER, 1: NEXT}
    for begin, values in cases.items():
        for one, in_order in ((values, False), (sorted(values), True)):
            found = numbering(one)
            assert (found.begin, found.is_in_order) == (begin, in_order)
    for others in (
        [i + 2 for i in ORDER],
        [*ORDER[1:], ORDER[1]],
        [i * 2 for i in ORDER],
        ORDER[:7],
    ):
        assert numbering(others).begin is None


@SUFFIXES
@pytest.mark.parametrize(
    ("one", "other"), [("idx", "id"), ("sample_id", "id"), ("id", "id"), ("row_id", "key")]
)
def test_counts_from_other_numbers_in_another_order_are_refused(
    tmp_path: Path, suffix: str, one: str, other: str
) -> None:
    for mine, others in ((sorted(ORDER), NEXT), (NEXT, sorted(ORDER)), (ORDER, NEXT[::-1])):
        p = save(tmp_path / f"p{suffix}", 7, **{one: mine}, pred=Y)
        t = save(tmp_path / f"t{suffix}", 7, **{other: others}, y=Y)
        for execution in (Execution(), Execution(2, 7)):
            with pytest.raises(
                DataError, match=r"numbers the rows from 0 .* \[let both count from the same"
            ):
                evaluate(p, t, pred="pred", target="y", execution=execution)


def test_other_numbers_are_no_ids_that_are_shifted(tmp_path: Path) -> None:
    harmless: list[tuple[str, Sequence[int], str, Sequence[int]]] = [
        ("idx", sorted(ORDER), "id", sorted(NEXT)),  # both count their rows
        ("idx", sorted(ORDER), "id", [i * 3 + 1 for i in ORDER]),
        ("idx", sorted(ORDER), "score_rank", NEXT),
    ]
    for one, mine, other, others in harmless:
        p = save(tmp_path / "p.csv", 7, **{one: mine}, pred=Y)
        t = save(tmp_path / "t.csv", 7, **{other: others}, y=Y)
        assert silent(p, t, pred="pred", target="y") == 0
    p = save(tmp_path / "p.csv", 7, id=sorted(ORDER), pred=Y)
    t = save(tmp_path / "t.csv", 7, key=sorted(NEXT), y=Y)
    with pytest.warns(match="column 'id' differs from 'key'"):
        evaluate(p, t, pred="pred", target="y")


def silent(*inputs: Any, **options: Any) -> float | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*inputs, **options).tallies[0].mean


@SUFFIXES
def test_ids_in_another_order_beside_an_array_give_a_warning(tmp_path: Path, suffix: str) -> None:
    np.save(tmp_path / "y.npy", Y)
    for ids, begin in ((ORDER, 0), (NEXT, 1), (sorted(NEXT)[::-1], 1)):
        p = save(tmp_path / f"p{suffix}", 7, id=ids, pred=Y)
        said = f"'id' numbers the rows from {begin} to {begin + N - 1}, but not in this order"
        for execution in (Execution(), Execution(2, 7)):
            with pytest.warns(match=said):
                evaluate(p, tmp_path / "y.npy", pred="pred", execution=execution)
        assert silent(p, tmp_path / "y.npy", pred="pred", options=ReadOptions(key_check=False)) == 0
    doubled, gaps = [*ORDER[1:], ORDER[1]], [i * 3 for i in ORDER]
    for ids in (sorted(ORDER), sorted(NEXT), doubled, gaps, [i + 7 for i in ORDER]):
        p = save(tmp_path / f"p{suffix}", 7, id=ids, pred=Y)
        assert silent(p, tmp_path / "y.npy", pred="pred") == 0
    p = save(tmp_path / f"p{suffix}", 7, place=ORDER, pred=Y)  # called no id
    assert silent(p, tmp_path / "y.npy", pred="pred") == 0


@SUFFIXES
@pytest.mark.parametrize("begin", [0, 1])
def test_an_index_that_just_counts_rows_is_no_id_beside_ids_in_another_order(
    tmp_path: Path, suffix: str, begin: int
) -> None:
    index = "" if suffix == ".csv" else "__index_level_0__"
    counted: dict[str, Any] = {index: range(begin, begin + N)}
    y = save(tmp_path / f"y{suffix}", 7, **counted, y=Y)
    for own in ({}, counted):
        p = save(tmp_path / f"p{suffix}", 7, **own, id=ORDER, pred=Y)
        for execution in (Execution(), Execution(2, 7)):
            with pytest.warns(match=r"'id' numbers the rows .* and .*y\..* has no ids to compare"):
                evaluate(p, y, pred="pred", target="y", execution=execution)
            told = pytest.warns(match=r"'id' numbers the rows .* and .*y\..* has no ids to compare")
            with pytest.warns(match="are they swapped"), told:
                evaluate(y, p, pred="y", target="pred", execution=execution)


@SUFFIXES
def test_an_index_of_other_labels_says_nothing_beside_ids(tmp_path: Path, suffix: str) -> None:
    index = "" if suffix == ".csv" else "__index_level_0__"
    p = save(tmp_path / f"p{suffix}", 7, id=ORDER, pred=Y)
    far = [i + 1000 for i in sorted(ORDER)]
    for labels in (far, [i + 1000 for i in NEXT], [f"row {i}" for i in ORDER], ORDER):
        y = save(tmp_path / f"y{suffix}", 7, **{index: labels}, y=Y)
        assert silent(p, y, pred="pred", target="y") == 0


def test_ids_that_a_third_input_has_too_are_in_an_order_of_their_own() -> None:
    p, t = pa.table({"id": ORDER, "pred": Y}), pa.table({"id": ORDER, "y": Y})
    columns: dict[str, Any] = {"pred": "pred", "target": "y"}
    assert silent(p, t, weights=Y + 1, **columns) == 0
    groups = pa.table({"id": ORDER, "site": ["a", "b"] * (N // 2)})
    with pytest.warns(match=r"<groups>: 'id' numbers the rows .* and <predictions> has no ids"):
        evaluate(Y, Y + 1, EvalSettings(by="site"), groups=groups)
