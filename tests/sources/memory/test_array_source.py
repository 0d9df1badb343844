"""The rows of arrays in memory: those of a part, in either order, and booleans of any byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import Execution, evaluate
from smoothl1.sources.contract import Part
from smoothl1.sources.memory.array_source import ArraySource
from tests.grids import cut_small

if TYPE_CHECKING:
    from numpy.typing import NDArray

N = 23
PRED = np.random.default_rng(40).normal(size=(N, 3))
TARGET = np.random.default_rng(41).normal(size=(N, 3))


def sizes_and_values(source: Any, part: Part, n_rows: int) -> tuple[list[int], list[float]]:
    blocks = [(block.n_rows, block.fields[0].values) for block in source.blocks(part, n_rows)]
    return [n for n, _ in blocks], [v for _, values in blocks for v in values.tolist()]


def test_a_part_holds_just_its_rows() -> None:
    source = ArraySource("<preds>", PRED)
    rows = [v for row in PRED[2:9].tolist() for v in row]
    assert sizes_and_values(source, Part(2, 9), 4) == ([4, 3], rows)
    assert sizes_and_values(source, Part(N - 1, None), 4)[0] == [1]


def test_two_arrays_of_one_order_are_read_as_they_lie_in_memory() -> None:
    for one, other, fortran in (
        (PRED, TARGET, False),
        (np.asfortranarray(PRED), np.asfortranarray(TARGET), True),
    ):
        found = ArraySource("<preds>", one).elementwise(ArraySource("<targets>", other))
        assert found is not None
        assert found.fortran is fortran
        for source, values in ((found.pred, one), (found.target, other)):
            stored = values.ravel(order="K").tolist()
            assert sizes_and_values(source, Part(0, None), 10)[1] == stored
            block = next(iter(source.blocks(Part(0, None), 10)))
            assert np.shares_memory(block.fields[0].values, values)
    assert ArraySource("", PRED).elementwise(ArraySource("", np.asfortranarray(TARGET))) is None


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_first_nan_is_in_its_row_in_either_order(order: Any) -> None:
    pred = np.array(PRED, order=order)
    pred[17, 0] = pred[4, 2] = np.nan
    target = np.array(TARGET, order=order)
    with cut_small(part=11), pytest.warns(UserWarning, match="the first in row 5"):
        found = evaluate(pred, target, execution=Execution(2, 3), nan="propagate")
    assert (found.n, found.tallies[0].first_nan) == (3 * N, 4 * 3 + 2)


def test_each_byte_but_0_is_true() -> None:
    stored: NDArray[np.uint8] = np.array([0, 1, 2, 255], np.uint8)
    expected = [0.0, 0.5, 0.5, 0.5]  # of 0 and 1, at beta 1
    block = next(ArraySource("<preds>", stored.view(np.bool_)).blocks(Part(0, None), 4))
    assert block.fields[0].values.astype(np.int64).tolist() == [0, 1, 1, 1]
    for zeros in (np.zeros(4), np.zeros(4, np.bool_), np.zeros(4, np.float32)):
        found = evaluate(stored.view(np.bool_), zeros, reduction="sum")
        assert found.values == (sum(expected),)
