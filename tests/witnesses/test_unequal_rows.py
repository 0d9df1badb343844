"""Sides of different numbers of rows: the refusal names the id that would match them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from smoothl1 import ShapeError, compare, evaluate

NAMED = "--key {} matches rows by it, and --unmatched omit leaves out those of one side"


def side(name: str, ids: list[int], label: str | None = "id") -> pa.Table:
    columns = {name: [float(i) for i in ids]}
    return pa.table(columns if label is None else {label: ids, **columns})


@pytest.mark.parametrize(
    ("labels", "hint"),
    [
        (("id", "id"), NAMED.format("id")),
        (("user", "id"), NAMED.format("user=id")),
        (("id", None), None),
        ((None, None), None),
        (("day", "day"), None),
    ],
)
def test_an_id_of_both_sides_is_named(labels: tuple[str | None, ...], hint: str | None) -> None:
    pred, target = side("p", [3, 4, 9], labels[0]), side("y", [4, 9, 3, 8], labels[1])
    with pytest.raises(ShapeError) as caught:
        evaluate(pred, target, pred="p", target="y")
    assert (caught.value.what, caught.value.hint) == (
        "3 rows, but <targets> has 4; they must be equal",
        hint,
    )


def test_an_id_that_one_model_lacks_is_not_named() -> None:
    def hint(*labels: str) -> Any:
        sides = (side("p", [3, 4, 9], label) for label in labels)
        with pytest.raises(ShapeError) as caught:
            compare(*sides, side("y", [4, 9, 3, 8]), pred="p", target="y")
        return caught.value.hint

    assert hint("id", "id") == NAMED.format("id")
    assert hint("id", "name") is None
