"""Sides of different numbers of rows: the refusal names the id that would match them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pytest

from smoothl1 import ShapeError, compare, evaluate
from smoothl1.pairing.chunks import Pairing, Side
from smoothl1.sources.contract import Block, Part, Source
from smoothl1.witnesses.shared_column import SharedColumn

if TYPE_CHECKING:
    from collections.abc import Generator

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


class Rows:
    """A source of so many rows, which may turn out to be of another length than was expected."""

    def __init__(self, n_rows: int, fault: str = "") -> None:
        self.path = "p.csv"
        self.n_rows = n_rows
        self.fault = fault

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        if self.fault:
            raise ShapeError(self.fault, path=self.path)
        if self.n_rows:
            yield Block(self.n_rows, ())


def test_a_source_that_is_cut_short_has_no_hint_about_keys() -> None:
    def hint(one: Rows, other: Rows) -> str | None:
        sides = (Side(cast("Source", one), ("pred",)), Side(cast("Source", other), ("target",)))
        shared = (SharedColumn("id", "id", 0, 1, is_id=True),)
        with pytest.raises(ShapeError) as caught:
            list(Pairing(sides, None, (), shared=shared).chunks(Part(0, None), 10))
        return caught.value.hint

    assert hint(Rows(2), Rows(0)) == NAMED.format("id")
    assert hint(Rows(2), Rows(2, "2 rows, but 3 were expected")) is None
