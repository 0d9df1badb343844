"""Targets that models have of their own: a comparison tells of those that it does not use."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import compare, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

N = 60
IDS = [7 * i % 101 for i in range(N)]
Y = [i / 7 for i in range(N)]
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y"}


def table(path: Path, y: list[float], order: list[int] | None = None) -> Path:
    """A model, whose predictions are 1, with its ids and targets, in an order of the rows."""
    rows = order or list(range(N))
    columns = {"id": IDS, "p": [1.0] * N, "y": y}
    return save(path, **{name: [of[i] for i in rows] for name, of in columns.items()})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("key", [(), "id"])
@pytest.mark.parametrize(
    ("corrected", "said"),
    [
        ({17: 40.0}, "in 1 of 60 rows"),
        ({3: Y[3] * (1 + 2e-5), 58: -1.0}, "in 2 of 60 rows"),
        (dict.fromkeys(range(40), 100.0), "in most rows"),
        ({17: Y[17] * (1 + 1e-6)}, ""),
        ({i: round(Y[i], 3) for i in range(N)}, ""),  # rounded
        ({17: round(Y[17], 3), 4: round(Y[4], 4), 58: -round(-Y[58], 2)}, ""),  # small, too
        ({17: float("nan")}, ""),
        ({}, ""),
    ],
)
def test_targets_of_a_model_that_were_corrected_are_told(
    tmp_path: Path, suffix: str, key: Any, corrected: dict[int, float], said: str
) -> None:
    now = [corrected.get(i, y) for i, y in enumerate(Y)]
    order = [*range(1, N), 0] if key else None
    before, after = (table(tmp_path / f"a{suffix}", Y), table(tmp_path / f"b{suffix}", now, order))
    heard: list[str] = []
    found = compare(before, after, after, key=key, nan="omit", warn=heard.append, **CHOSEN)
    about = [text for text in heard if "column 'y'" in text]
    of_all = ", and is not used: all losses are against the last file"
    whole = f"{before}: column 'y' differs from that of {after} {said}{of_all}"
    if said == "in most rows":
        of_all = f"from that of {after}, which is evaluated: the targets have changed"
        whole = f"{before}: column 'y' differs {said} {of_all}"
    assert about == ([whole] if said else [])
    assert found.differences[0].estimate.value == 0.0  # the targets are the last ones for both


def test_targets_of_a_model_may_differ_beyond_float64(tmp_path: Path) -> None:
    ours, theirs = table(tmp_path / "a.csv", [1e308] * N), table(tmp_path / "b.csv", [-1e308] * N)
    heard: list[str] = []
    compare(ours, theirs, theirs, warn=heard.append, **CHOSEN)  # NumPy's warnings are errors here
    assert any("column 'y' differs in most rows" in text for text in heard)


@pytest.mark.parametrize("odd", [b"12 ms", b"\xff"])
def test_a_copy_that_is_no_number_in_one_row_is_compared_in_the_others(
    tmp_path: Path, odd: bytes
) -> None:
    rows = [b"1,%d" % i if i != 5000 else b"1," + odd for i in range(9000)]
    (tmp_path / "p.csv").write_bytes(b"\n".join([b"p,y", *rows, b""]))
    (tmp_path / "t.csv").write_text("y\n" + "\n".join(map(str, range(9000, 0, -1))) + "\n")
    with pytest.warns(match="column 'y' differs in most rows from that of .*t.csv"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", **CHOSEN)


def test_the_targets_of_each_model_are_compared_in_sets_of_files_and_beside_rows_left_out(
    tmp_path: Path,
) -> None:
    now = [y + 1 if i < 2 else y for i, y in enumerate(Y)]
    table(tmp_path / "y.parquet", now, list(range(N))[::-1])
    (tmp_path / "a").mkdir()
    for i in range(2):
        table(tmp_path / "a" / f"part-{i}.parquet", Y, list(range(30 * i, 30 * i + 30)))
    table(tmp_path / "b.csv", Y, list(range(1, N)))  # lacks the first row
    sides = [tmp_path / name for name in ("a", "b.csv", "y.parquet")]
    heard: list[str] = []
    compare(*sides, key="id", unmatched="omit", warn=heard.append, **CHOSEN)
    told = [text for text in heard if "column 'y'" in text]
    assert len(told) == 2
    assert all(" in 1 of 59 rows" in text for text in told)


def test_targets_that_evaluate_reads_may_be_corrected(tmp_path: Path) -> None:
    now = [40.0, *Y[1:]]
    before, after = table(tmp_path / "a.csv", Y), table(tmp_path / "b.parquet", now)
    distances = [abs(1.0 - y) for y in now]
    mean = float(sum(map(Fraction, distances)) / N)
    assert evaluate(before, after, betas=0, key="id", **CHOSEN).mean == mean
