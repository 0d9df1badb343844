"""A bracket gives the distance of a rank, or says that it does not have it; never another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1.metrics import bracket
from smoothl1.metrics.bracket import Bracket
from smoothl1.numerics.ranks import rank_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

N = 1500
KINDS = {
    "alike": np.abs(np.random.default_rng(1).normal(size=N)),
    "of few values": np.random.default_rng(2).integers(0, 9, N).astype(float),
    "rising": np.arange(N, dtype=float),
    "falling": np.arange(N, dtype=float)[::-1],
    "two halves": np.r_[np.arange(N // 2), np.full(N // 2, 1e6)].astype(float),
    "infinite": np.where(np.arange(N) % 2 == 0, np.inf, np.arange(N)),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bracket, "MOST_VALUES", 200)
    monkeypatch.setattr(bracket, "_SAMPLE", 128)
    monkeypatch.setattr(bracket, "_MARGIN", 8)


def chunks(values: NDArray[np.float64], seed: int) -> Iterator[NDArray[np.float64]]:
    cuts = np.sort(np.random.default_rng(seed).integers(0, values.size, 12))
    yield from np.split(values, cuts)


def filled(parts: Sequence[NDArray[np.float64]], q: float) -> Bracket:
    """A bracket merged of one for each part."""
    whole = Bracket(q)
    for seed, part in enumerate(parts):
        one = Bracket(q)
        for chunk in chunks(part, seed):
            one.add(chunk)
        whole.merge(one)
    return whole


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("q", [0.0, 0.01, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("n_parts", [1, 3])
def test_what_a_bracket_gives_is_right(n_parts: int, q: float, kind: str) -> None:
    values = KINDS[kind]
    found = filled(np.array_split(values, n_parts), q)
    ordered = np.sort(values)
    given = [(rank, found.at(rank)) for rank in range(1, N + 1)]
    assert all(value == ordered[rank - 1] for rank, value in given if value is not None)
    if kind in ("alike", "of few values"):
        assert found.at(rank_of(q, N)) == ordered[rank_of(q, N) - 1]


def test_a_bracket_holds_a_bounded_number_of_distances() -> None:
    found = Bracket(0.5)
    for chunk in chunks(KINDS["alike"], 3):
        found.add(chunk)
        assert sum(found.at(rank) is not None for rank in range(1, N)) <= 200
