"""Texts that count rows, which prove nothing: each side may have been numbered by itself."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.witnesses.counted_texts import counted_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

N = 40
Y = [8.0 * i for i in range(N)]
NUMBERS = random.Random(3).sample(range(10_000, 99_999), N)

COUNTS = {
    "from 1": [f"Sample {i + 1}" for i in range(N)],
    "from 0, with zeros": [f"row_{i:03}" for i in range(N)],
    "downwards, with a suffix": [f"n{i}-x" for i in range(N, 0, -1)],
    "behind another number": [f"run2_{i + 1}" for i in range(N)],
}
OTHERS = {
    "from 3": [f"Sample {i + 3}" for i in range(N)],
    "with a gap": [f"Sample {i + 1 + (i > 30)}" for i in range(N)],
    "with another prefix": [f"{'ab'[i > 30]}{i}" for i in range(N)],
    "files": [f"{i:06}.jpg" for i in range(N)],
    "days": [f"2024-01-{i + 1:02}" for i in range(20)],
    "addresses": [f"10.0.0.{i}" for i in range(N)],
}


@pytest.mark.parametrize("texts", COUNTS.values(), ids=COUNTS)
def test_texts_that_count_rows_do_not_outweigh_another_order(texts: Sequence[str]) -> None:
    one = pa.table({"sample": texts, "mrn": NUMBERS, "pred": Y})
    other = pa.table({"sample": texts, "mrn": NUMBERS[::-1], "y": Y})
    with pytest.raises(DataError, match=r"'mrn' differs .* another order"):
        evaluate(one, other, pred="pred", target="y", execution=Execution(chunk_rows=7))
    same = pa.table({"sample": texts, "mrn": NUMBERS, "y": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(one, same, pred="pred", target="y").mean == 0


@pytest.mark.parametrize("texts", OTHERS.values(), ids=OTHERS)
def test_texts_that_name_rows_prove_them(texts: Sequence[str]) -> None:
    n = len(texts)
    assert counted_texts([text.encode() for text in texts], n) is None
    one = pa.table({"sample": texts, "grade": NUMBERS[:n], "pred": Y[:n]})
    other = pa.table({"sample": texts, "grade": NUMBERS[:n][::-1], "y": Y[:n]})
    assert evaluate(one, other, pred="pred", target="y").mean == 0


def test_a_count_that_ends_after_the_first_rows_is_none() -> None:
    n = 3000
    texts = [f"p{i + (i == n - 1):05}" for i in range(n)]
    numbers = random.Random(3).sample(range(10_000, 99_999), n)
    one = pa.table({"sample": texts, "mrn": numbers, "pred": range(n)})
    other = pa.table({"sample": texts, "mrn": numbers[::-1], "y": range(n)})
    assert evaluate(one, other, pred="pred", target="y").mean == 0
    counted = [f"p{i:05}" for i in range(n)]
    one, other = (t.set_column(0, "sample", pa.array(counted)) for t in (one, other))
    with pytest.raises(DataError, match=r"'mrn' differs .* another order"):
        evaluate(one, other, pred="pred", target="y")
