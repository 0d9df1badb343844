"""Files that go together by their names have as many rows, unless they are parts of a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COUNTS, OTHERS = (3, 5, 1), (5, 3, 1)


def cut(folder: Path, names: Sequence[str], counts: Sequence[int], suffix: str = ".npy") -> Path:
    """0.0, 1.0 and so on, cut into a file for each name."""
    values = iter(range(sum(counts)))
    for name, n in zip(names, counts, strict=True):
        path = folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [float(next(values)) for _ in range(n)]
        if suffix == ".npy":
            np.save(path, rows)
        else:
            path.write_text("\n".join(["id,score", *(f"a{x * x:.0f},{x}" for x in rows), ""]))
    return folder


NAMED = [
    ["berlin", "bonn", "oslo"],
    ["de", "en", "fr"],
    ["x_am", "x_noon", "x_pm"],  # x is no number ten where all names have it
    ["2024-01-01", "2024-01-02", "2024-01-03"],
    ["202401/20240101", "202401/20240102", "202401/20240103"],
    ["store=7/x", "store=8/x", "store=9/x"],
    ["year=2024/month=01/x", "year=2024/month=02/x", "year=2024/month=03/x"],
    ["city=bern/worker=0/x", "city=oslo/worker=0/x", "city=rome/worker=0/x"],
    ["bern", "oslo", "x"],
    ["bern", "oslo", "right"],
    ["high", "low", "medium"],
    ["b", "g", "r"],
    ["2024-01-01", "2024-01-02", "latest"],
    ["bern_2019", "bern_2020", "oslo_2019"],
    ["bern_2024-01-01", "bern_2024-01-02", "oslo_2024-01-01"],
    ["bern_t2m", "bern_tp", "oslo_t2m"],
    ["bern_0", "oslo_0", "oslo_1"],
]
PARTS = [
    ["0", "1", "2"],
    ["part-00000-of-00003", "part-00001-of-00003", "part-00002-of-00003"],
    ["xaa", "xab", "xac"],
    ["part_a", "part_b", "part_c"],
    ["first", "middle", "rest"],
    ["x_one", "x_three", "x_two"],
    ["part_one", "part_three", "part_two"],
    ["rank=3/x", "rank=4/x", "rank=5/x"],
    ["worker=0/x", "worker=1/x", "worker=2/x"],
    ["city=bern/part_id=1/x", "city=bern/part_id=2/x", "city=bern/part_id=3/x"],
    ["erste", "zweite", "zwölfte"],
    ["left", "right", "top"],
    ["bern_0", "bern_1", "oslo_0"],
    ["2024-01-01_0", "2024-01-01_1", "2024-01-02_0"],
    ["bern_9", "bern_10", "oslo_11"],
    ["part_0", "part_1", "rest"],
    ["data_0", "end", "rest"],
    ["0a", "10", "ef"],
    ["xaa", "xab", "rest"],
]


@pytest.mark.filterwarnings("ignore:.*column .* differs from that of")  # folders are columns
@pytest.mark.parametrize("names", NAMED)
@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_files_of_one_name_have_as_many_rows(tmp_path: Path, names: list[str], suffix: str) -> None:
    p = cut(tmp_path / "p", [f"pred/{name}" for name in names], COUNTS, suffix) / "pred/**"
    t = cut(tmp_path / "t", [f"{name}" for name in names], OTHERS) / "**"
    with pytest.raises(DataError, match=r"has 3 rows, and .* has 5: .* --no-key-check"):
        evaluate(p, t, L1)
    assert evaluate(p, t, L1, options=ReadOptions(key_check=False)).values == (0.0,)
    same = cut(tmp_path / "same", names, COUNTS) / "**"
    assert evaluate(p, same, L1).values == (0.0,)
    with pytest.raises(DataError, match="has 3 rows"):
        compare(p, same, t)
    with pytest.raises(DataError, match="has 3 rows"):
        evaluate(p, same, L1, weights=t)


@pytest.mark.parametrize("names", PARTS)
def test_parts_of_a_whole_may_be_cut_at_other_rows(tmp_path: Path, names: list[str]) -> None:
    p, t = cut(tmp_path / "p", names, COUNTS), cut(tmp_path / "t", names, OTHERS)
    assert evaluate(p / "**", t / "**", L1).values == (0.0,)


def test_all_parts_of_one_name_have_as_many_rows_together(tmp_path: Path) -> None:
    names = ["bern_0", "bern_1", "oslo_0", "oslo_1"]
    p, t = cut(tmp_path / "p", names, (3, 5, 1, 1)), cut(tmp_path / "t", names, (5, 4, 1, 0))
    with pytest.raises(DataError, match=r"bern_0.npy to .*bern_1.npy have 8 rows, and .* have 9:"):
        evaluate(p / "**", t / "**", L1)


def test_an_id_in_common_proves_rows_that_are_cut_elsewhere(tmp_path: Path) -> None:
    names = ["berlin", "bonn", "oslo"]
    p, t = (cut(tmp_path / x, names, n, ".csv") for x, n in (("p", COUNTS), ("t", OTHERS)))
    assert evaluate(p, t, L1, pred=("score",), target=("score",)).values == (0.0,)


def test_weights_without_the_key_are_told_to_have_it(tmp_path: Path) -> None:
    names = ["berlin", "bonn", "oslo"]
    p, t = (cut(tmp_path / x, names, n, ".csv") for x, n in (("p", COUNTS), ("t", OTHERS)))
    w = cut(tmp_path / "w", names, OTHERS)
    columns: dict[str, Any] = {"pred": "score", "target": "score", "key": "id"}
    with pytest.raises(DataError, match=rf"different names .*{w} needs the column 'id', which"):
        evaluate(p, t, L1, **columns, weights=w)
    assert evaluate(p, t, L1, **columns, weights=t, weight="score").values == (0.0,)
