"""Keys that count from 0 on one side and from 1 on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.read_options import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
OMIT: Any = {"pred": "p", "target": "y", "unmatched": "omit", "betas": 0.0}


def save(path: Path, name: str, keys: Sequence[Any], of_values: str) -> Path:
    """Write keys, and values that are 1, 2, ... in their order."""
    if path.suffix == ".parquet":
        values = [float(i) for i in range(len(keys))]
        pq.write_table(pa.table({name: list(keys), of_values: values}), path)
    else:
        rows = "".join(f"{key},{i}.0\n" for i, key in enumerate(keys))
        path.write_text(f"{name},{of_values}\n{rows}")
    return path


def sides(folder: Path, suffix: str, keys: Sequence[Any], others: Sequence[Any]) -> list[Path]:
    one = save(folder / f"p{suffix}", "id", keys, "p")
    return [one, save(folder / f"t{suffix}", "id", others, "y")]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("step", [1, -1])
def test_keys_that_match_the_next_row_are_refused(
    tmp_path: Path, suffix: str, start: int, step: int
) -> None:
    keys, others = (range(first, first + N)[::step] for first in (start, 1 - start))
    paths = sides(tmp_path, suffix, keys, others)
    with pytest.raises(DataError, match=rf"'id' counts from {start}, .* from {1 - start}: rows"):
        evaluate(*paths, key="id", **OMIT)
    with pytest.raises(DataError, match="has no match") as caught:
        evaluate(*paths, key="id", **{**OMIT, "unmatched": "error"})
    assert caught.value.hint == "let both count from the same number"
    options = ReadOptions(key_check=False)
    assert evaluate(*paths, key="id", options=options, warn=lambda _: None, **OMIT).n == N - 1


def test_texts_that_count_are_refused_too(tmp_path: Path) -> None:
    keys, others = (list(map(str, range(first, first + N))) for first in (0, 1))
    with pytest.raises(DataError, match="'id' counts from 0"):
        evaluate(*sides(tmp_path, ".parquet", keys, others), key="id", **OMIT)


def test_there_is_a_warning_about_columns_that_are_no_ids(tmp_path: Path) -> None:
    paths = [
        save(tmp_path / "p.csv", "frame", range(N), "p"),
        save(tmp_path / "t.csv", "frame", range(1, N + 1), "y"),
    ]
    warnings: list[str] = []
    assert evaluate(*paths, key="frame", warn=warnings.append, **OMIT).n == N - 1
    assert "key 'frame' counts from 0" in warnings[0]


@pytest.mark.parametrize(
    ("keys", "others"),
    [
        (range(N), range(1, N)),  # a row more
        (range(N), range(2, N + 2)),
        (range(5, 5 + N), range(6, 6 + N)),
        (range(7), range(1, 8)),  # few
        (range(N), [*range(1, N), 99]),
        ([*range(N), *"ab"], [*range(1, N + 1), *"ab"]),
    ],
)
def test_other_keys_without_a_match_are_left_out(
    tmp_path: Path, keys: Sequence[Any], others: Sequence[Any]
) -> None:
    paths = sides(tmp_path, ".csv", keys, others)
    found = evaluate(*paths, key="id", warn=lambda _: None, **OMIT)
    assert found.n == len({*keys} & {*others})
