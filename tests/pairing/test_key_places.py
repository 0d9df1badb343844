"""Rows that have equal codes: found by a table or by sorting, and never where one is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.engines.threads import Threads
from smoothl1.pairing import held_keys, key_places
from smoothl1.pairing.key_places import are_unique, places_of
from tests.labels.kinds import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

UNMATCHED = "--unmatched omit leaves out rows without a match"
DUPLICATES = (
    "--duplicates first keeps the first row of each key, identical drops rows that are the same"
)
LOWEST, HIGHEST = -(2**63), 2**63 - 1

codes = st.one_of(
    st.integers(-4, 40),
    st.integers(LOWEST, HIGHEST),
    st.sampled_from([LOWEST, LOWEST + 1, -1, 0, HIGHEST - 1, HIGHEST]),
)
several = st.lists(codes, max_size=40)


def found(one: Sequence[int], other: Sequence[int], n_threads: int = 2) -> list[int] | None:
    sides = (np.array(one, np.int64), np.array(other, np.int64))
    places = places_of(*sides, Threads(n_threads))
    return None if places is None else places.tolist()


def expected(one: Sequence[int], other: Sequence[int]) -> list[int] | None:
    """By a dictionary; None if the rows are no pairs."""
    rows = {code: row for row, code in enumerate(one)}
    if len(rows) < len(one) or len(set(other)) < len(other) or rows.keys() != set(other):
        return None
    return [rows[code] for code in other]


@pytest.fixture(params=[1, 3, key_places._BLOCK], ids=lambda rows: f"blocks of {rows}")
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_places, "_BLOCK", request.param)


def all_alike(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.zeros_like(bits)


def nearly_alike(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return bits << np.uint64(62)


@given(several, st.randoms())
def test_each_code_is_found_in_another_order(one: list[int], random: object) -> None:
    unique = list(dict.fromkeys(one))
    other = unique.copy()
    random.shuffle(other)  # type: ignore[attr-defined]
    assert found(unique, other) == expected(unique, other) == [unique.index(c) for c in other]


@given(several, several)
def test_codes_that_are_no_pairs_are_not_matched(one: list[int], other: list[int]) -> None:
    assert found(one, other) == expected(one, other)


SETS = {
    "dense": [*range(-3, 5), *range(6, 10)],
    "sparse": [LOWEST, -(2**40), -1, 0, 7, 2**20, 2**33, 2**40, 2**62, HIGHEST - 1, HIGHEST],
}


def assert_found_wherever_it_is(kind: str, n_threads: int, step: int) -> None:
    """With a code at each place but the ends that is next to it, or so many places apart."""
    one = SETS[kind]
    other = [*one[5:], *one[:5]]
    assert found(one, other, n_threads) == expected(one, other)
    for i in range(1, len(one) - 1):
        for j in sorted({i - 1, i + 1, *range(i % step, len(one), step)}):
            twice = one.copy()
            twice[i] = one[j]
            for sides in ((twice, other), (other, twice), (twice, twice[::-1])):
                assert found(*sides, n_threads) == expected(*sides)
        changed = one.copy()
        changed[i] = 5
        for sides in ((changed, other), (other, changed)):
            assert found(*sides, n_threads) is expected(*sides) is None


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("alike", [None, nearly_alike, all_alike])
def test_a_code_twice_or_without_a_match_is_found_at_any_row(
    kind: str, n_threads: int, alike: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if alike is not None:
        monkeypatch.setattr(key_places, "mixed", alike)
    assert_found_wherever_it_is(kind, n_threads, step=5)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("kind", SETS)
def test_a_code_twice_is_found_beside_every_other(kind: str) -> None:
    assert_found_wherever_it_is(kind, 2, step=1)


@pytest.mark.parametrize("factor", [1, 0x9E3779B97F4A7C15])
def test_many_codes_are_found(factor: int) -> None:
    rng = np.random.default_rng(0)
    n = 3 * key_places._BLOCK + 5
    one, other = (
        (rng.permutation(n).astype(np.uint64) * np.uint64(factor)).view(np.int64) for _ in range(2)
    )
    places = places_of(one, other, Threads(2))
    assert places is not None
    np.testing.assert_array_equal(one[places], other)
    np.testing.assert_array_equal(np.sort(places), np.arange(n))


@given(several)
def test_codes_are_unique_if_none_occurs_twice(one: list[int]) -> None:
    assert are_unique(np.array(one, np.int64)) is (len(set(one)) == len(one))


# Codes of texts, and of several columns, prove nothing by themselves


def of_first_byte(texts: pa.Array) -> NDArray[np.uint64]:
    return np.array([text.encode()[0] for text in texts.to_pylist()], np.uint64)


def of_nothing(texts: pa.Array) -> NDArray[np.uint64]:
    return np.zeros(len(texts), np.uint64)


def save_sides(folder: Path, target_keys: list[str]) -> tuple[Path, Path]:
    pred = {"k": ["ax", "bx", "cx"], "v": [1.0, 2.0, 3.0]}
    target = {"k": target_keys, "v": [float(10 * (ord(k[0]) - ord("a") + 1)) for k in target_keys]}
    return save(folder / "p.parquet", pred), save(folder / "t.parquet", target)


@pytest.mark.parametrize("hashes", [of_first_byte, of_nothing])
@pytest.mark.parametrize("order", [["cx", "ax", "bx"], ["ax", "bx", "cx"], ["cx", "bx", "ax"]])
def test_texts_are_matched_whatever_their_hashes(
    hashes: object, order: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_keys, "of_bytes", hashes)
    result = evaluate(*save_sides(tmp_path, order), EvalSettings((0.0,), "sum"), key="k")
    assert result.values == (9.0 + 18.0 + 27.0,)


def test_texts_of_the_same_hash_that_differ_are_not_matched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_keys, "of_bytes", of_first_byte)
    pred, target = save_sides(tmp_path, ["cx", "ay", "bx"])
    with pytest.raises(DataError) as caught:
        evaluate(pred, target, key="k")
    wanted = f"{pred}: key 'ax' of row 1 has no match in {target}"
    wanted += "; there the first without one is 'ay'"
    assert str(caught.value) == f"{wanted} [{UNMATCHED}]"


def test_a_fault_of_the_first_side_is_told_before_one_of_the_second(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.parquet", {"k": [1, 2, 2], "v": [0.0] * 3})
    keys = pa.array([2, 1, None], pa.int64())
    target = save(tmp_path / "t.parquet", {"k": keys, "v": [0.0] * 3})
    with pytest.raises(DataError) as caught:
        evaluate(pred, target, key="k")
    wanted = f"{pred}: key '2' stands there 2 times, first in row 2"
    assert str(caught.value) == f"{wanted} [{DUPLICATES}]"
