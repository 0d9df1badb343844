"""A column called index, as reset_index and with_row_index write it, beside a count of rows."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ORDER = [6, 1, 4, 7, 3, 5, 0, 2]
Y = [i * i / 8 for i in range(8)]
RANGE = (
    b'{"index_columns": [{"kind": "range", "name": null, "start": 0, "stop": 8, "step": 1}],'
    b' "columns": []}'
)


def counted(path: Path, first: int = 0) -> Path:
    """A table whose index counts its rows: stored in a CSV, noted in Parquet."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table({"y": Y}).replace_schema_metadata({b"pandas": RANGE}), path)
        return path
    return save_table(path, {"": [first + i for i in range(8)], "y": Y})


def ranked(path: Path, name: str, order: Sequence[int] = ORDER, **more: Any) -> Path:
    return save_table(path, {name: order, **more, "score": [Y[i % 8] for i in order]})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", ["index", "level_0", "row_nr", "row_number", "Index"])
@pytest.mark.parametrize("more", [{}, {"who": list("abcdefgh")}])
def test_an_index_in_a_column_is_compared_with_one_that_counts(
    tmp_path: Path, suffix: str, name: str, more: dict[str, Any]
) -> None:
    p, t = ranked(tmp_path / "p.csv", name, **more), counted(tmp_path / f"t{suffix}")
    key = f"{name}={'@1' if suffix == '.csv' else '__index_level_0__'}"
    match = rf"column '{name}' differs .* in another order.*--key {key} matches"
    with pytest.raises(DataError, match=match):
        evaluate(p, t, pred="score", target="y")
    with pytest.raises(DataError, match="in another order"):
        evaluate(t, p, pred="y", target="score")
    assert evaluate(p, t, pred="score", target="y", key=key, warn=lambda _: None).values == (0.0,)


def test_an_index_in_a_column_is_compared_though_both_files_have_one_that_counts(
    tmp_path: Path,
) -> None:
    p = save_table(tmp_path / "p.csv", {"": range(8), "index": ORDER, "score": Y})
    with pytest.raises(DataError, match=r"'index' differs .* in another order"):
        evaluate(p, counted(tmp_path / "t.csv"), pred="score")


def test_rows_counted_from_one_are_compared_with_rows_counted_from_one(tmp_path: Path) -> None:
    p = ranked(tmp_path / "p.csv", "index", [i + 1 for i in ORDER])
    with pytest.raises(DataError, match="in another order"):
        evaluate(p, counted(tmp_path / "t.csv", 1), pred="score")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("index", range(8)),
        ("index", range(100, 108)),
        ("index", [3, 1, 3, 1, 5, 5, 0, 2]),
        ("id", [2 * i for i in ORDER]),
        ("rank", ORDER),
        ("index", [100 + i for i in ORDER]),
    ],
)
def test_any_other_column_says_nothing_beside_an_index_that_counts(
    tmp_path: Path, suffix: str, name: str, order: Sequence[int]
) -> None:
    p, t = tmp_path / "p.csv", counted(tmp_path / f"t{suffix}")
    save_table(p, {name: list(order), "score": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, pred="score", target="y").values == (0.0,)


def test_a_column_that_proves_the_rows_outweighs_an_index_in_a_column(tmp_path: Path) -> None:
    who = ["h1", "b2", "z3", "d4", "y5", "f6", "x7", "a8"]
    p = save_table(tmp_path / "p.csv", {"index": ORDER, "who": who, "score": Y})
    t = save_table(tmp_path / "t.csv", {"": range(8), "who": who, "y": Y})
    assert evaluate(p, t, pred="score", target="y").values == (0.0,)


@pytest.mark.parametrize("name", ["idx", "sample_idx"])
def test_numbers_of_samples_from_two_processes_are_not_in_the_order_of_an_index(
    tmp_path: Path, name: str
) -> None:
    order = [*range(0, 12, 2), *range(1, 12, 2)]
    (tmp_path / "p.csv").write_text(f"{name},pred\n" + "".join(f"{i},{i}.5\n" for i in order))
    (tmp_path / "t.csv").write_text(",y\n" + "".join(f"{i},{i}\n" for i in range(12)))
    with pytest.raises(DataError, match=f"--key {name}=@1 matches rows"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", pred="pred")
