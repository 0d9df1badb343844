"""Rows that a key moves: all that belongs to a row moves with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import Execution, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_values_of_several_columns_move_with_their_rows(
    tmp_path: Path, suffix: str
) -> None:
    ids, order = [*"abcdefg"], [3, 0, 6, 5, 1, 2, 4]
    a, b = [1.0, None, 3.0, 4.0, 5.0, None, 7.0], [None, 2.0, 8.0, 1.0, 2.0, None, 16.0]
    u, v = [8.0 * i for i in range(7)], [64.0 + i for i in range(7)]
    moved = {"id": ids, "u": u, "v": v}
    pred = save_table(str(tmp_path / f"p.{suffix}"), {"id": ids, "a": a, "b": b}, 3)
    target = save_table(
        str(tmp_path / f"t.{suffix}"), {k: [x[i] for i in order] for k, x in moved.items()}, 2
    )
    pairs = [*zip(a, u, strict=True), *zip(b, v, strict=True)]
    expected = [abs(x - y) for x, y in pairs if x is not None]
    for one, other, sides in ((pred, target, ("ab", "uv")), (target, pred, ("uv", "ab"))):
        found = evaluate(
            one,
            other,
            pred=(*sides[0],),
            target=(*sides[1],),
            betas=0,
            key="id",
            nan="omit",
            execution=Execution(2, 2),
            warn=lambda _: None,
        )
        assert (found.n, found.mean) == (len(expected), sum(expected) / len(expected))
