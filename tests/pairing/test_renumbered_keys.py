"""Keys that count from 0 on one side and from 1 on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

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


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", ["object_id", "step"])
@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("is_first", [True, False])
def test_one_of_several_keys_counts_within_the_others(
    tmp_path: Path, suffix: str, name: str, start: int, *, is_first: bool
) -> None:
    sizes = {"a": 3, "b": 1, "c": 5}
    paths = []
    for side, values, begin, more in (("p", "p", start, "x"), ("t", "y", 1 - start, "z")):
        keys = [(of, i) for of, n in sizes.items() for i in range(begin, begin + n)] + [(more, 7)]
        columns: dict[str, Any] = {"series": [of for of, _ in keys], name: [i for _, i in keys]}
        columns = columns if is_first else dict(reversed(columns.items()))
        table = pa.table({**columns, values: [float(i) for i in range(len(keys))]})
        paths.append(tmp_path / f"{side}{suffix}")
        (csv.write_csv if suffix == ".csv" else pq.write_table)(table, paths[-1])
    key = ["series", name] if is_first else [name, "series"]
    said: list[str] = []
    if name == "step":
        assert evaluate(*paths, key=key, warn=said.append, **OMIT).n == 6
    else:
        with pytest.raises(DataError, match="rows may be matched with the next ones") as caught:
            evaluate(*paths, key=key, **OMIT)
        said.append(caught.value.what)
    assert said[0].startswith(f"{paths[0]}: " * (name == "step") + f"key '{name}' counts from")
    with pytest.raises(DataError, match="has no match") as caught:
        evaluate(*paths, key=key, **{**OMIT, "unmatched": "error"})
    assert caught.value.hint == "let both count from the same number"


@pytest.mark.parametrize(
    ("keys", "others"),
    [
        ([*"aaaabbbbb"], [*"aaaabbbbb"]),  # the series are no integers, the steps the same
        ([*"aaaabbbbb"], [*"aaaaabbbb"]),
        ([*"aaaabbbbb"], [*"ddddccccc"]),
    ],
)
def test_other_steps_of_a_series_are_left_out(
    tmp_path: Path, keys: Sequence[str], others: Sequence[str]
) -> None:
    tables = []
    for series, values in ((keys, "p"), (others, "y")):
        steps = [series[:i].count(of) for i, of in enumerate(series)]
        tables.append(pa.table({"series": series, "step": steps, values: [1.0] * len(series)}))
    said: list[str] = []
    common = {*zip(*tables[0].to_pydict().values(), strict=True)}
    common &= {*zip(*tables[1].to_pydict().values(), strict=True)}
    if not common:
        with pytest.raises(DataError, match="no row is left"):
            evaluate(*tables, key=["series", "step"], warn=said.append, **OMIT)
    else:
        found = evaluate(*tables, key=["series", "step"], warn=said.append, **OMIT)
        assert found.n == len({key[:2] for key in common})
    assert not [text for text in said if "counts from" in text]
