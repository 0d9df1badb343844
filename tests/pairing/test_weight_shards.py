"""Weights in files of their own are in the order of the predictions, whatever the key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IDS = [101, 102, 103, 104]
WEIGHTS = [1.0, 1.0, 5.0, 5.0]
COLUMNS = {"key": ("id",), "pred": ("p",), "target": ("t",)}
RIGHT = (0.5 + 1.5 + 5 * 2.5 + 5 * 3.5) / 12  # losses of 1, 2, 3 and 4 against 0
KEYLESS = r"(?!.*--key COL).*--weight COL.*--no-key-check"


def predictions(folder: Path, names: Sequence[str], suffix: str = "parquet") -> str:
    """Two files of two rows each, in the order of the names given; and the targets."""
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(names):
        rows = slice(2 * i, 2 * i + 2)
        save(folder / f"{name}.{suffix}", id=IDS[rows], p=[1.0, 2.0, 3.0, 4.0][rows])
    return str(folder)


def targets(folder: Path) -> str:
    return str(save(folder / "targets.parquet", id=IDS[::-1], t=[0.0] * 4))


def weights(folder: Path, names: Sequence[str], **ids: Any) -> str:
    """Two files of two weights each, in the order of the names given."""
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(names):
        rows = slice(2 * i, 2 * i + 2)
        if name.endswith(".npy"):
            np.save(folder / name, WEIGHTS[rows])
        else:
            columns = {key: values[rows] for key, values in ids.items()}
            save(folder / name, w=WEIGHTS[rows], **columns)
    return str(folder)


DOUBTFUL = [
    ["w-jan.npy", "w-feb.npy"],
    ["w-jan.parquet", "w-feb.parquet"],
    ["w-jan.csv", "w-feb.csv"],
    [
        "96c446fa79c94bb089169c7891322b7a-0.parquet",
        "653f9bdf4ac4480f922c4b4948e9fd75-0.parquet",
    ],
]
MONTHS = ["run-2024-01", "run-2024-02"]


@pytest.mark.parametrize("names", DOUBTFUL, ids=" ".join)
@pytest.mark.parametrize("suffix", ["parquet", "csv", "arrow"])
def test_a_key_does_not_settle_the_order_of_weights(
    tmp_path: Path, names: list[str], suffix: str
) -> None:
    p, t = predictions(tmp_path / "p", MONTHS, suffix), targets(tmp_path)
    w = weights(tmp_path / "w", names)
    with pytest.raises(DataError, match=f"w: the order of its files is in doubt{KEYLESS}"):
        evaluate(p, t, weights=w, **COLUMNS)


def test_a_key_does_not_settle_the_order_of_predictions_beside_weights(tmp_path: Path) -> None:
    p, t = predictions(tmp_path / "p", ["p-jan", "p-feb"]), targets(tmp_path)
    w = str(tmp_path / "w.npy")
    np.save(w, WEIGHTS)
    with pytest.raises(DataError, match=f"p: the order of its files is in doubt{KEYLESS}"):
        evaluate(p, t, weights=w, **COLUMNS)
    with pytest.raises(DataError, match=f"p: the order of its files is in doubt{KEYLESS}"):
        evaluate(p, t, weights=w, pred=("p",), target=("t",))
    in_order = predictions(tmp_path / "q", ["01-jan", "02-feb"])
    assert evaluate(in_order, t, weights=w, **COLUMNS).values == (RIGHT,)


@pytest.mark.parametrize("keyed", [True, False])
def test_the_names_of_weights_go_together_with_those_of_predictions(
    tmp_path: Path, keyed: bool
) -> None:
    p, t = predictions(tmp_path / "p", MONTHS), targets(tmp_path)
    w = weights(tmp_path / "w", ["w-2024-02.npy", "w-2024-03.npy"])
    columns = COLUMNS if keyed else COLUMNS | {"key": ()}
    with pytest.raises(DataError, match=f"numbers in the names differ{KEYLESS}"):
        evaluate(p, t, weights=w, **columns)


def test_a_key_does_not_settle_the_order_of_weights_of_a_comparison(tmp_path: Path) -> None:
    p, t = predictions(tmp_path / "p", MONTHS), targets(tmp_path)
    b = str(save(tmp_path / "b.csv", id=IDS, p=[1.0] * 4))
    w = weights(tmp_path / "w", DOUBTFUL[0])
    columns = {"key": ("id",), "pred_a": ("p",), "pred_b": ("p",), "target": ("t",)}
    with pytest.raises(DataError, match=f"w: the order of its files is in doubt{KEYLESS}"):
        compare(p, b, t, weights=w, **columns)


def test_what_the_hints_say_settles_the_order_of_weights(tmp_path: Path) -> None:
    p, t = predictions(tmp_path / "p", ["jan", "feb"]), targets(tmp_path)
    w = weights(tmp_path / "w", ["jan.parquet", "feb.parquet"])
    assert evaluate(p, t, weights=w, **COLUMNS).values == (RIGHT,)
    doubtful = weights(tmp_path / "v", ["w-jan.npy", "w-feb.npy"])
    options = ReadOptions(key_check=False)
    in_order = predictions(tmp_path / "q", MONTHS)
    assert evaluate(in_order, t, weights=doubtful, options=options, **COLUMNS).values == (
        (0.5 * 5 + 1.5 * 5 + 2.5 + 3.5) / 12,
    )


def test_weights_with_the_key_are_compared_by_it(tmp_path: Path) -> None:
    p, t = predictions(tmp_path / "p", MONTHS), targets(tmp_path)
    uuids = [re.sub("parquet", "csv", name) for name in DOUBTFUL[3][::-1]]
    assert evaluate(p, t, weights=weights(tmp_path / "w", uuids, id=IDS), **COLUMNS).values == (
        RIGHT,
    )
    wrong = weights(tmp_path / "v", uuids[::-1], id=IDS)
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(p, t, weights=wrong, **COLUMNS)


def test_weights_with_a_part_of_the_key_are_not_identified_by_it(tmp_path: Path) -> None:
    p = tmp_path / "p"
    p.mkdir()
    for month, name in enumerate(MONTHS):
        save(p / f"{name}.csv", station=["a", "b"], month=[month] * 2, p=[1.0, 2.0])
    t = save(tmp_path / "t.csv", station=["b", "a"] * 2, month=[0, 0, 1, 1], t=[0.0, 0.0, 0.0, 0.0])
    w = weights(tmp_path / "w", ["w-jan.csv", "w-feb.csv"], station=["a", "b"] * 2)
    with pytest.raises(DataError, match=f"w: the order of its files is in doubt{KEYLESS}"):
        evaluate(p, t, weights=w, **COLUMNS | {"key": ("station", "month")})


def test_a_key_settles_the_order_of_files_without_weights(tmp_path: Path) -> None:
    p, t = predictions(tmp_path / "p", ["p-jan", "p-feb"]), targets(tmp_path)
    assert evaluate(p, t, **COLUMNS).values == (2.0,)
    folder = tmp_path / "t"
    folder.mkdir()
    for i, name in enumerate(["t-jan", "t-feb"]):
        save(folder / f"{name}.csv", id=IDS[2 * i : 2 * i + 2], t=[0.0, 0.0])
    w = weights(tmp_path / "w", ["w-2024-01.npy", "w-2024-02.npy"])
    months = predictions(tmp_path / "q", MONTHS)
    with pytest.raises(DataError, match=r"t: the order of its files is in doubt.*--key id matches"):
        evaluate(months, folder, weights=w, pred=("p",), target=("t",))
    assert evaluate(months, folder, weights=w, **COLUMNS).values == (RIGHT,)
