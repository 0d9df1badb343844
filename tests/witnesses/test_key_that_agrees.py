"""The error about a column in another order names an id that agrees: either may be the key."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

N = 24
Y = [0.5 * i for i in range(N)]
COUNT = list(range(N))
SHUFFLED = random.Random(1).sample(COUNT, N)
NAMES = [f"c{number}" for number in random.Random(2).sample(range(10_000, 99_999), N)]
GAPS = [100 + 7 * i for i in range(N)]
MATCHES = "--key {} matches rows by a column that agrees in every row"
OR_THE_OTHER = ", --key {} by the one that differs"
AS_THEY_STAND = "; --no-key-check pairs them as they stand"

Labels = dict[str, "Sequence[int | str]"]


def sides(differing: str, values: Sequence[int | str], agreeing: Labels) -> tuple[Labels, Labels]:
    shuffled = [values[i] for i in SHUFFLED]
    return {**agreeing, differing: values}, {**agreeing, differing: shuffled}


def refusal(one: Labels, other: Labels, pred: str = "p", target: str = "y") -> DataError:
    tables = pa.table({**one, pred: Y}), pa.table({**other, target: [2 * y for y in Y]})
    chosen = {} if pred == target else {"pred": pred, "target": target}
    with pytest.raises(DataError, match=r"differs .* another order") as caught:
        evaluate(*tables, **chosen)
    return caught.value


@pytest.mark.parametrize(
    ("differing", "values", "agreeing", "values_that_agree"),
    [
        ("rank", COUNT, "id", COUNT),
        ("position", [i + 1 for i in COUNT], "image_id", [i + 1 for i in COUNT]),
        ("name", NAMES, "image_id", GAPS),
        ("image_id", GAPS, "name", NAMES),
    ],
)
def test_a_column_in_another_order_and_one_that_agrees_are_both_named(
    differing: str,
    values: Sequence[int | str],
    agreeing: str,
    values_that_agree: Sequence[int | str],
) -> None:
    hint = refusal(*sides(differing, values, {agreeing: values_that_agree})).hint
    assert (
        hint
        == f"{MATCHES.format(agreeing)}, --key {differing} by the one that differs{AS_THEY_STAND}"
    )


def test_a_column_with_values_twice_is_named_as_no_key() -> None:
    n_tokens = [10 + i % 12 for i in COUNT]
    hint = refusal(*sides("n_tokens", n_tokens, {"id": COUNT})).hint
    assert hint == f"{MATCHES.format('id')}{AS_THEY_STAND}"


def test_an_id_is_named_before_other_columns_that_agree() -> None:
    agreeing: Labels = {"batch": [7 * i * i for i in COUNT], "id": GAPS}
    hint = refusal(*sides("name", NAMES, agreeing)).hint or ""
    assert hint.startswith(MATCHES.format("id"))


@pytest.mark.parametrize(
    "agreeing",
    [
        {},
        {"split": ["test"] * N},
        {"step": COUNT},
        {"sample": [f"Sample {i}" for i in COUNT]},
        {"group_id": [i // 2 for i in COUNT]},
    ],
    ids=["none", "one value", "a count", "a count in text", "an id of groups"],
)
def test_a_column_that_tells_no_rows_apart_is_not_named(agreeing: Labels) -> None:
    hint = refusal(*sides("rank", COUNT, agreeing)).hint
    assert hint == f"--key rank matches rows by it{AS_THEY_STAND}"


def test_both_columns_are_named_where_columns_are_chosen_by_names_in_common() -> None:
    hint = refusal(*sides("rank", COUNT, {"id": COUNT}), pred="y", target="y").hint or ""
    assert hint.startswith(f"{MATCHES.format('id')}{OR_THE_OTHER.format('rank')}; ")


def test_the_key_that_agrees_pairs_rows_as_they_stand() -> None:
    one, other = sides("rank", COUNT, {"id": COUNT})
    tables = pa.table({**one, "p": Y}), pa.table({**other, "y": [2 * y for y in Y]})
    by_key = evaluate(*tables, pred="p", target="y", key="id")
    assert by_key.mean == evaluate(Y, [2 * y for y in Y]).mean


def test_a_part_names_both_columns() -> None:
    one, other = sides("rank", COUNT, {"id": COUNT})
    tables = pa.table({**one, "p": Y}), pa.table({**other, "y": Y})
    with pytest.raises(DataError, match="a part does not show") as caught:
        evaluate(*tables, pred="p", target="y", part=(1, 2))
    assert (caught.value.hint or "").startswith(MATCHES.format("id"))
