"""A column beside groups that cannot be the key is none, however many rows are left."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS: dict[str, Callable[[int], Any]] = {
    "whole numbers": lambda i: i,
    "texts": lambda i: f"a{i}",
}
OTHERS: dict[str, Callable[[int], Any]] = {
    "other numbers": lambda i: 1_000_000 + 7 * i,
    "other texts": lambda i: f"visit-{i}",
}
SIZES = (1000, 1024, 6000)


def counts(n: int, key: Callable[[int], Any], beside: list[Any]) -> list[int]:
    """The rows of each group, where five keys of the predictions have no target."""
    pred = pa.table({"id": [key(i) for i in range(n)], "p": [0.5] * n})
    target = pa.table({"id": [key(i) for i in range(n - 5)], "y": [1.5] * (n - 5)})
    groups = pa.table({"n": beside, "site": ["a", "b"] * (n // 2)})
    how: dict[str, Any] = {"key": "id", "unmatched": "omit", "by": "site", "warn": str}
    execution = Execution(chunk_rows=501, threads=2)
    found = evaluate(pred, target, groups=groups, execution=execution, **how)
    return [tally.n for tally in found.tallies]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_other_values_are_no_key(
    n: int, key: Callable[[int], Any], other: Callable[[int], Any]
) -> None:
    assert sum(counts(n, key, [other(i) for i in range(n)])) == n - 5


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(
    ("key", "written"),
    [
        (KEYS["whole numbers"], lambda i: i),
        (KEYS["whole numbers"], lambda i: i + 1),
        (KEYS["texts"], lambda i: f"a{i}"),
        (KEYS["texts"], lambda i: f"jpg/A{i}.jpg"),
        (lambda i: f"d/a{i}", lambda i: f"jpg/A{i}.jpg"),
    ],
    ids=["numbers", "numbers from 1", "texts", "files", "paths without a suffix"],
)
def test_keys_in_another_order_are_refused(
    n: int, key: Callable[[int], Any], written: Callable[[int], Any]
) -> None:
    beside = [written(i) for i in range(n)]
    random.Random(3).shuffle(beside)
    with pytest.raises(DataError, match=r"'id' differs from 'n' .* do not show"):
        counts(n, key, beside)
